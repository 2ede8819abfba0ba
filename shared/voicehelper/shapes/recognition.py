"""What a recogniser reads from the picture of a page: lines with their words, tables, and how sure it is.

Boxes are fractions of the page as it is read: turned upright, origin top left, x to the right and y down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Box(NamedTuple):
    """0 <= x0 <= x1 <= 1 and 0 <= y0 <= y1 <= 1."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """A word of a script with spaces, or one character of a script without."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """``words`` in the order of ``text``; empty from providers that give no boxes of words."""

    text: str
    box: Box
    confidence: float
    words: tuple[RecognisedWord, ...] = ()


@dataclass(frozen=True, slots=True)
class RecognisedTable:
    """``rows`` are equally long; a cell that spans others stands in the first of them, the others are empty."""

    rows: tuple[tuple[str, ...], ...]
    box: Box


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """``lines`` in reading order, those of tables included. ``text`` is one line for each row of them: what stands at
    one height is joined by a blank.

    ``number`` counts from 1 and is 1 for a single picture. ``confidence`` is 0 … 1, the mean of the lines weighted by
    their length, and 0 without lines. ``rotation`` is by how many degrees (0, 90, 180, 270) the picture, as its EXIF
    turns it, was turned clockwise to be upright. ``degraded`` names what was configured and did not answer, so that the
    built-in recogniser did. Where ``is_placed`` is False, a model wrote the page down: it tells neither places nor how
    sure it is, boxes say only what follows on what, and the confidence is one number for all.
    """

    number: int
    lines: tuple[RecognisedLine, ...]
    tables: tuple[RecognisedTable, ...]
    confidence: float
    rotation: int
    text: str
    degraded: str = ""
    is_placed: bool = True
