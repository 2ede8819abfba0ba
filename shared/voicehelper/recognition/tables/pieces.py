"""Pieces of text with their places, cut where a line reaches over several cells; ``cell_text`` puts them together.

Used by ``ruled`` and ``unruled``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from voicehelper.recognition.lines import Placed


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def centre(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def height(self) -> float:
        return self.y1 - self.y0


def whole(line: Placed) -> Piece:
    """From its first word to its last: the detected box is wider, and may reach into the next column."""
    words = _spread(line)
    start, end = (words[0].x0, words[-1].x1) if words else (line.x0, line.x1)
    return Piece(line.line.text, start, line.y0, max(start, end), line.y1)


def cut(line: Placed, cuts: Sequence[float]) -> list[Piece]:
    """At those of ``cuts`` (x, ascending) that part its words."""
    inside = [at for at in cuts if line.x0 < at < line.x1]
    words = _spread(line)
    if not inside or len(words) < 2:
        return [whole(line)]
    parts: dict[int, list[Piece]] = {}
    for word in words:
        parts.setdefault(sum(word.middle > at for at in inside), []).append(word)
    if len(parts) < 2:
        return [whole(line)]
    return [_joined(part, line) for part in parts.values()]


def _spread(line: Placed) -> list[Piece]:
    """The words, from fractions of the page to this line's place on the straight page."""
    words, box = line.line.words, line.line.box
    if not words or box.x1 <= box.x0:
        return []
    scale = (line.x1 - line.x0) / (box.x1 - box.x0)
    return [
        Piece(
            word.text,
            line.x0 + (word.box.x0 - box.x0) * scale,
            line.y0,
            line.x0 + (word.box.x1 - box.x0) * scale,
            line.y1,
        )
        for word in words
    ]


def _joined(words: Sequence[Piece], line: Placed) -> Piece:
    """As the line's text has them: with its own blanks."""
    return Piece(_between(words, line.line.text), words[0].x0, line.y0, words[-1].x1, line.y1)


def _between(words: Sequence[Piece], text: str) -> str:
    """The part of ``text`` that these words are, if it is found; they alone otherwise."""
    plain = "".join(word.text for word in words)
    kept = [(at, character) for at, character in enumerate(text) if not character.isspace()]
    start = "".join(character for _, character in kept).find(plain)
    if start < 0 or not plain:
        return " ".join(word.text for word in words)
    return text[kept[start][0] : kept[start + len(plain) - 1][0] + 1]


def cell_text(pieces: Iterable[Piece]) -> str:
    """Lines of a cell from top to bottom. Between two lines stands a blank, but not between Chinese characters."""
    rows = in_lines(pieces)
    text = ""
    for piece in (piece for row in rows for piece in row):
        text += piece.text if not text or _touches(text[-1], piece.text[:1]) else f" {piece.text}"
    return text


def _touches(before: str, after: str) -> bool:
    return before > "\u2e7f" and after > "\u2e7f"


def in_lines(pieces: Iterable[Piece]) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: one.centre):
        if rows and abs(piece.centre - median(one.centre for one in rows[-1])) < 0.5 * min(
            piece.height, median(one.height for one in rows[-1])
        ):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda one: one.x0) for row in rows]
