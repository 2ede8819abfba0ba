"""Ruled tables: from strokes to a grid, from words to its cells."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from voicehelper.ingestion.parsers.common.cleaning import joined
from voicehelper.ingestion.parsers.pdf.words import HYPHEN, Edge, Word

_NEAR = 3.0  # points: strokes this close are one line of the grid
_MAX_LINES = 300


@dataclass(frozen=True, slots=True)
class RuledTable:
    """``rows`` are as wide as the grid; a cell spread over several places repeats its text in each of them."""

    rows: list[list[str]]
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class _Grid:
    columns: list[float]
    rows: list[float]
    horizontal: list[Edge]
    vertical: list[Edge]


def ruled_tables(words: Sequence[Word], edges: Sequence[Edge]) -> tuple[list[RuledTable], list[Word]]:
    """The tables of a page and the words outside of them."""
    tables: list[RuledTable] = []
    rest = list(words)
    for group in _connected(edges):
        grid = _grid(group)
        if grid is None:
            continue
        inside = [word for word in rest if _is_inside(word, grid)]
        table = _filled(grid, inside)
        if table is not None:
            tables.append(table)
            taken = set(map(id, inside))
            rest = [word for word in rest if id(word) not in taken]
    return tables, rest


@dataclass(slots=True)
class _Drawing:
    """Strokes that touch, and the box around them."""

    left: float
    right: float
    bottom: float
    edges: list[Edge]

    def take(self, other: _Drawing) -> None:
        self.left, self.right = min(self.left, other.left), max(self.right, other.right)
        self.bottom = max(self.bottom, other.bottom)
        self.edges += other.edges


def _connected(edges: Sequence[Edge]) -> list[list[Edge]]:
    """Strokes that touch belong to one drawing; from top to bottom, so that only those still open are compared."""
    done: list[_Drawing] = []
    still_open: list[_Drawing] = []
    for edge in sorted(edges, key=itemgetter(1, 0)):
        drawing = _Drawing(edge.left, edge.right, edge.bottom, [edge])
        above, left, right = edge.top - _NEAR, edge.left - _NEAR, edge.right + _NEAR
        apart = []
        for other in still_open:
            if other.bottom < above:
                done.append(other)
            elif other.left <= right and left <= other.right:
                other.take(drawing)
                drawing = other
            else:
                apart.append(other)
        still_open = [*apart, drawing]
    return [drawing.edges for drawing in done + still_open]


def _grid(edges: list[Edge]) -> _Grid | None:
    """At least two columns and two rows between strokes, else it is a frame or an underline."""
    horizontal = [edge for edge in edges if edge.bottom - edge.top < edge.right - edge.left]
    vertical = [edge for edge in edges if edge.bottom - edge.top >= edge.right - edge.left]
    columns, rows = _lines(edge.left for edge in vertical), _lines(edge.top for edge in horizontal)
    if not 3 <= len(columns) <= _MAX_LINES or not 3 <= len(rows) <= _MAX_LINES:
        return None
    return _Grid(columns, rows, horizontal, vertical)


def _lines(positions: Iterable[float]) -> list[float]:
    lines: list[float] = []
    for position in sorted(positions):
        if not lines or position - lines[-1] > _NEAR:
            lines.append(position)
    return lines


def _is_inside(word: Word, grid: _Grid) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return (
        grid.columns[0] - _NEAR <= x <= grid.columns[-1] + _NEAR and grid.rows[0] - _NEAR <= y <= grid.rows[-1] + _NEAR
    )


def _filled(grid: _Grid, words: list[Word]) -> RuledTable | None:
    height, width = len(grid.rows) - 1, len(grid.columns) - 1
    owner = _merged(grid, height, width)
    cells: dict[int, list[Word]] = {}
    for word in words:
        row = _slot(grid.rows, (word.top + word.bottom) / 2, height)
        column = _slot(grid.columns, min(word.left + 2, (word.left + word.right) / 2), width)
        cells.setdefault(owner(row, column), []).append(word)
    if len(cells) < 3:
        return None
    texts = {place: cell_text(inside) for place, inside in cells.items()}
    rows = [[texts.get(owner(row, column), "") for column in range(width)] for row in range(height)]
    rows = [row for at, row in enumerate(rows) if any(row) and (at == 0 or row != rows[at - 1])]
    if len(rows) < 2 or sum(len(set(row)) < 2 for row in rows) > 0.5 * len(rows):
        return None  # bars of shading: the columns are told by the words alone
    return RuledTable(rows, grid.columns[0], grid.rows[0], grid.columns[-1], grid.rows[-1])


def _slot(lines: list[float], position: float, count: int) -> int:
    return min(max(bisect_right(lines, position) - 1, 0), count - 1)


def _merged(grid: _Grid, height: int, width: int) -> Callable[[int, int], int]:
    """Places without a stroke between them are one cell: union-find over the grid, row after row."""
    parent = list(range(height * width))

    def find(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    right_walls, lower_walls = _walls(grid, height, width)
    for place in range(height * width):
        if (place + 1) % width and not right_walls[place]:
            parent[find(place + 1)] = find(place)
        if place + width < len(parent) and not lower_walls[place]:
            parent[find(place + width)] = find(place)
    return lambda row, column: find(row * width + column)


def _walls(grid: _Grid, height: int, width: int) -> tuple[bytearray, bytearray]:
    """Whether a place has a stroke at its right, and at its lower side."""
    right, lower = bytearray(height * width), bytearray(height * width)
    row_middles, column_middles = _middles(grid.rows), _middles(grid.columns)
    for edge in grid.vertical:
        column = _nearest(grid.columns, edge.left) - 1
        rows = _covered(row_middles, edge.top, edge.bottom)
        if column >= 0 and rows:
            right[rows.start * width + column : rows.stop * width : width] = b"\1" * len(rows)
    for edge in grid.horizontal:
        row = _nearest(grid.rows, edge.top) - 1
        columns = _covered(column_middles, edge.left, edge.right)
        if row >= 0 and columns:
            lower[row * width + columns.start : row * width + columns.stop] = b"\1" * len(columns)
    return right, lower


def _nearest(lines: list[float], position: float) -> int:
    at = bisect_right(lines, position)
    is_before = at == len(lines) or (at > 0 and position - lines[at - 1] <= lines[at] - position)
    return at - 1 if is_before else at


def _middles(lines: list[float]) -> list[float]:
    return [(one + other) / 2 for one, other in pairwise(lines)]


def _covered(middles: list[float], start: float, end: float) -> range:
    """The places whose middle lies within start … end."""
    return range(bisect_left(middles, start), bisect_right(middles, end))


def cell_text(words: list[Word]) -> str:
    """Words in the order they are stored, which inside one cell is the order of reading."""
    text = ""
    for before, word in zip([None, *words], words, strict=False):
        if before is None or text.endswith(HYPHEN):
            text = text.rstrip(HYPHEN) + word.text
        elif word.top > before.bottom - before.height / 2 or word.left < before.left:
            text = joined(text, word.text)
        else:
            text = f"{text} {word.text}"
    return text.replace(HYPHEN, "-")
