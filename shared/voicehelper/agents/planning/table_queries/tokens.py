"""A text as words that can be compared: lower case, singular, every Chinese character alone. Entry: ``tokens``."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

Tokens = tuple[str, ...]
MAX_CHARACTERS: Final = 500
_TOKEN: Final = re.compile(r"[a-zà-öø-ÿ]+|[0-9]+(?:[.,][0-9]+)*|[^\s\w]|[^\W\d_]")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def tokens(text: str) -> Tokens:
    plain = unicodedata.normalize("NFKC", _CAMEL.sub(" ", text[:MAX_CHARACTERS])).lower()
    return tuple(_singular(token) for token in _TOKEN.findall(plain))


def _singular(word: str) -> str:
    """By its end alone, which is the same for both sides of a comparison: "sales" is "sale", "status" stays."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]
