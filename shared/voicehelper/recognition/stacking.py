"""Lines and tables without places → below each other, as they were written down.

``stacked`` is the entry, called by ``chat_model``: what reads a page next goes by places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from voicehelper.shapes.recognition import Box, RecognisedLine, RecognisedTable

Rows = tuple[tuple[str, ...], ...]
_MARGIN: Final = 0.05  # of the page
_SPACE: Final = 0.2  # of a band, above and below its line


def stacked(
    lines: Sequence[str], tables: Sequence[Rows], confidence: float
) -> tuple[tuple[RecognisedLine, ...], tuple[RecognisedTable, ...]]:
    """A band of the page each. A table lies over the lines that are its rows; one that no line repeats stands last."""
    spans = [_span(table, lines) for table in tables]
    bands, below = max(1, len(lines) + spans.count(None)), len(lines)
    placed = []
    for table, span in zip(tables, spans, strict=True):
        first, last = span or (below, below)
        below += span is None
        placed.append(RecognisedTable(table, Box(0.0, first / bands, 1.0, (last + 1) / bands)))
    return tuple(_line(line, at, bands, confidence) for at, line in enumerate(lines)), tuple(placed)


def _line(text: str, at: int, bands: int, confidence: float) -> RecognisedLine:
    box = Box(_MARGIN, (at + _SPACE) / bands, 1 - _MARGIN, (at + 1 - _SPACE) / bands)
    return RecognisedLine(text, box, confidence)


def _span(table: Rows, lines: Sequence[str]) -> tuple[int, int] | None:
    """The first and the last line that is one of its rows, where most of them and hardly another stand between."""
    rows = {_plain("".join(row)) for row in table if sum(map(bool, row)) > 1}
    found = [at for at, line in enumerate(lines) if _plain(line) in rows]
    if 2 * len(found) < len(table) or not found or found[-1] - found[0] + 1 > 2 * len(found):
        return None
    return found[0], found[-1]


def _plain(text: str) -> str:
    """Letters and digits: rows are written with blanks, bars or tabulators between their cells."""
    return "".join(character for character in text.casefold() if character.isalnum())
