"""``Spelling``: a span of text and the terms it is indexed and asked by."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

Alternatives = tuple[str, ...]


class Spelling(NamedTuple):
    """``terms`` are added to a chunk's. A question asks for each of ``asked``, by any of its alternatives; where that
    is empty, it asks for the words as they stand.
    """

    start: int
    end: int
    terms: tuple[str, ...]
    asked: tuple[Alternatives, ...] = ()


Reader = Callable[[re.Match[str]], Spelling | None]


def spelled(match: re.Match[str], terms: Alternatives, *asked: Alternatives) -> Spelling:
    return Spelling(match.start(), match.end(), terms, asked)
