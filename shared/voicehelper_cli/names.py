"""Names as people give them: any text for a base, a file name for a document, and suggestions for what is not there."""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_VALID: Final = re.compile(r"[a-z0-9_]{1,64}")
_NO_NAME: Final = re.compile(r"[^a-z0-9]+")


def base_name(display_name: str) -> str:
    """The name the API takes, for any text: itself if it may be, else its letters and a digest that tells it apart."""
    if _VALID.fullmatch(display_name):
        return display_name
    folded = unicodedata.normalize("NFKD", display_name).encode("ascii", "ignore").decode().lower()
    letters = _NO_NAME.sub("_", folded).strip("_")[:48] or "base"
    return f"{letters}_{hashlib.sha256(_same(display_name).encode()).hexdigest()[:6]}"


def is_same(one: str, other: str) -> bool:
    """Without regard to case, blanks around and the composition of accents."""
    return _same(one) == _same(other)


def _same(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """At most three of the known names that may have been meant, the likeliest first."""
    by_fold = {_same(other): other for other in known}
    close = difflib.get_close_matches(_same(name), by_fold, n=3, cutoff=0.5)
    inside = [fold for fold in by_fold if _same(name) and (_same(name) in fold or fold in _same(name))]
    return [by_fold[fold] for fold in dict.fromkeys([*close, *inside])][:3]
