"""Approximate token counts without a tokenizer.

``approximate_tokens`` is the entry; chunking and the history of conversations call it.
"""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(
    r"[\u2e80-\ua4cf\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]|[\uac00-\ud7af]{1,2}|\d{1,3}|[^\W\d_]{1,7}|[^\w\s]|_"
)
_ASCII_TOKEN: Final = re.compile(r"\d{1,3}|[A-Za-z]{1,7}|[^\w\s]|_")  # the same for ASCII text, faster


def approximate_tokens(text: str) -> int:
    """One token per Chinese or Japanese character, per started group of seven letters or three digits, and per symbol.

    More than multilingual tokenizers count for ordinary text, so a chunk within this limit is within theirs.
    """
    return len((_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text))
