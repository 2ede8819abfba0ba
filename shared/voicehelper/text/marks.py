"""``without_marks``: text from outside without what would read as a citation of the product."""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = re.compile(r"\[(\d{1,3})\]")


def without_marks(text: str) -> str:
    """ "[3]" becomes "(3)": a mark in brackets names a source of an answer, and no note of a page or a cell."""
    return _MARK.sub(r"(\1)", text)
