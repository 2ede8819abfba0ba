"""Pieces of text with their places, cut where a line reaches over several cells; ``cell_text`` puts them together.

Used by ``ruled`` and ``unruled``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voicehelper.recognition.extents import Extent, rows_of
from voicehelper.recognition.lines import Placed


@dataclass(frozen=True, slots=True)
class Piece(Extent):
    text: str


def whole(line: Placed) -> Piece:
    """From its first word to its last: the detected box is wider, and may reach into the next column."""
    words = _spread(line)
    start, end = (words[0].x0, words[-1].x1) if words else (line.x0, line.x1)
    return Piece(start, line.y0, max(start, end), line.y1, line.line.text)


def cut(line: Placed, cuts: Sequence[float], *, through: Sequence[float] = ()) -> list[Piece]:
    """At those of ``cuts`` (x, ascending) that part its words; at those of ``through`` in the middle of a word, too."""
    inside = [at for at in sorted([*cuts, *through]) if line.x0 < at < line.x1]
    words = [part for word in _spread(line) for part in _parted(word, through)]
    if not inside or len(words) < 2:
        return [whole(line)]
    parts: dict[int, list[Piece]] = {}
    for word in words:
        parts.setdefault(sum(word.middle > at for at in inside), []).append(word)
    if len(parts) < 2:
        return [whole(line)]
    return [_joined(part, line) for part in parts.values()]


def _parted(word: Piece, cuts: Sequence[float]) -> list[Piece]:
    """At cuts well inside of it, by the share of its letters: two columns that nearly touch are read as one word."""
    width = (word.x1 - word.x0) / max(1, len(word.text))
    at = next((cut for cut in cuts if word.x0 + width < cut < word.x1 - width), None)
    if at is None or width <= 0:
        return [word]
    count = round((at - word.x0) / width)
    left = Piece(word.x0, word.y0, at, word.y1, word.text[:count])
    return [left, *_parted(Piece(at, word.y0, word.x1, word.y1, word.text[count:]), cuts)]


def _spread(line: Placed) -> list[Piece]:
    """The words, from fractions of the page to this line's place on the straight page."""
    words, box = line.line.words, line.line.box
    if not words or box.x1 <= box.x0:
        return []
    scale = (line.x1 - line.x0) / (box.x1 - box.x0)
    return [
        Piece(
            line.x0 + (word.box.x0 - box.x0) * scale,
            line.y0,
            line.x0 + (word.box.x1 - box.x0) * scale,
            line.y1,
            word.text,
        )
        for word in words
    ]


def _joined(words: Sequence[Piece], line: Placed) -> Piece:
    """As the line's text has them: with its own blanks."""
    return Piece(words[0].x0, line.y0, words[-1].x1, line.y1, _between(words, line.line.text))


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
    rows = rows_of(pieces)
    text = ""
    for piece in (piece for row in rows for piece in row):
        text += piece.text if not text or _touches(text[-1], piece.text[:1]) else f" {piece.text}"
    return text


def _touches(before: str, after: str) -> bool:
    return before > "\u2e7f" and after > "\u2e7f"
