"""Ruled tables: drawn edges → a grid, words → its cells.

Entry function: ``ruled_tables``, called by ``document`` for each page before its lines are ordered.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from voicehelper.ingestion.parsers.common.cleaning import join_wrapped
from voicehelper.ingestion.parsers.pdf.strokes import Edge
from voicehelper.ingestion.parsers.pdf.word import Word
from voicehelper.ingestion.parsers.pdf.words import HYPHEN

_TOLERANCE = 3.0  # points; edges this close are one line of the grid
_MAX_LINES = 300


@dataclass(frozen=True, slots=True)
class RuledTable:
    """``rows`` are as wide as the grid; a merged cell repeats its text in each place it covers."""

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
    outside = list(words)
    for group in _connected(edges):
        grid = _grid(group)
        inside = [word for word in outside if _is_inside(word, grid)] if grid else []
        table = _table(grid, inside) if grid else None
        if table is not None:
            tables.append(table)
            inside_ids = set(map(id, inside))
            outside = [word for word in outside if id(word) not in inside_ids]
    return tables, outside


@dataclass(slots=True)
class _Drawing:
    """Edges that touch, and the extent they cover."""

    left: float
    right: float
    bottom: float
    edges: list[Edge]

    def merge(self, other: _Drawing) -> None:
        self.left, self.right = min(self.left, other.left), max(self.right, other.right)
        self.bottom = max(self.bottom, other.bottom)
        self.edges += other.edges


def _connected(edges: Sequence[Edge]) -> list[list[Edge]]:
    """Groups of edges that touch. Sweeps from top to bottom, so that only drawings that reach that far are compared."""
    finished: list[_Drawing] = []
    active: list[_Drawing] = []
    for edge in sorted(edges, key=itemgetter(1, 0)):
        drawing = _Drawing(edge.left, edge.right, edge.bottom, [edge])
        top, left, right = edge.top - _TOLERANCE, edge.left - _TOLERANCE, edge.right + _TOLERANCE
        separate = []
        for other in active:
            if other.bottom < top:
                finished.append(other)
            elif other.left <= right and left <= other.right:
                other.merge(drawing)
                drawing = other
            else:
                separate.append(other)
        active = [*separate, drawing]
    return [drawing.edges for drawing in finished + active]


def _grid(edges: list[Edge]) -> _Grid | None:
    """None with fewer than two columns or two rows: a frame or an underline."""
    horizontal = [edge for edge in edges if edge.bottom - edge.top < edge.right - edge.left]
    vertical = [edge for edge in edges if edge.bottom - edge.top >= edge.right - edge.left]
    columns, rows = _grid_lines(edge.left for edge in vertical), _grid_lines(edge.top for edge in horizontal)
    if not 3 <= len(columns) <= _MAX_LINES or not 3 <= len(rows) <= _MAX_LINES:
        return None
    return _Grid(columns, rows, horizontal, vertical)


def _grid_lines(positions: Iterable[float]) -> list[float]:
    lines: list[float] = []
    for position in sorted(positions):
        if not lines or position - lines[-1] > _TOLERANCE:
            lines.append(position)
    return lines


def _is_inside(word: Word, grid: _Grid) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    is_across = grid.columns[0] - _TOLERANCE <= x <= grid.columns[-1] + _TOLERANCE
    return is_across and grid.rows[0] - _TOLERANCE <= y <= grid.rows[-1] + _TOLERANCE


def _table(grid: _Grid, words: list[Word]) -> RuledTable | None:
    """None for a grid that holds no table: hardly any text, one row, or bars of shading behind unruled columns."""
    height, width = len(grid.rows) - 1, len(grid.columns) - 1
    owner = _cell_owner(grid, height, width)
    cells: dict[int, list[Word]] = {}
    for word in words:
        row = _interval(grid.rows, (word.top + word.bottom) / 2, height)
        column = _interval(grid.columns, min(word.left + 2, (word.left + word.right) / 2), width)
        cells.setdefault(owner(row, column), []).append(word)
    if len(cells) < 3:
        return None
    texts = {place: cell_text(cell_words) for place, cell_words in cells.items()}
    rows = _distinct_rows([[texts.get(owner(row, column), "") for column in range(width)] for row in range(height)])
    if len(rows) < 2 or sum(len(set(row)) < 2 for row in rows) > 0.5 * len(rows):
        return None
    return RuledTable(rows, grid.columns[0], grid.rows[0], grid.columns[-1], grid.rows[-1])


def _distinct_rows(rows: list[list[str]]) -> list[list[str]]:
    """Without empty rows, and without those that repeat the one above: the second half of a cell merged downwards."""
    return [row for number, row in enumerate(rows) if any(row) and (number == 0 or row != rows[number - 1])]


def _interval(lines: list[float], position: float, count: int) -> int:
    """The index of the column or row that ``position`` is in, the nearest one for a position outside the grid."""
    return min(max(bisect_right(lines, position) - 1, 0), count - 1)


def _cell_owner(grid: _Grid, height: int, width: int) -> Callable[[int, int], int]:
    """(row, column) → its cell. Places without an edge between them are one cell: union-find on the grid."""
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
    """For each place of the grid, row by row, whether an edge bounds it on the right and below."""
    right, lower = bytearray(height * width), bytearray(height * width)
    row_middles, column_middles = _middles(grid.rows), _middles(grid.columns)
    for edge in grid.vertical:
        column = _nearest_line(grid.columns, edge.left) - 1
        rows = _covered(row_middles, edge.top, edge.bottom)
        if column >= 0 and rows:
            right[rows.start * width + column : rows.stop * width : width] = b"\1" * len(rows)
    for edge in grid.horizontal:
        row = _nearest_line(grid.rows, edge.top) - 1
        columns = _covered(column_middles, edge.left, edge.right)
        if row >= 0 and columns:
            lower[row * width + columns.start : row * width + columns.stop] = b"\1" * len(columns)
    return right, lower


def _nearest_line(lines: list[float], position: float) -> int:
    after = bisect_right(lines, position)
    is_before = after == len(lines) or (after > 0 and position - lines[after - 1] <= lines[after] - position)
    return after - 1 if is_before else after


def _middles(lines: list[float]) -> list[float]:
    return [(one + other) / 2 for one, other in pairwise(lines)]


def _covered(middles: list[float], start: float, end: float) -> range:
    """Indices of the columns or rows whose middle lies within start … end."""
    return range(bisect_left(middles, start), bisect_right(middles, end))


def cell_text(words: list[Word]) -> str:
    """Words in the order of the file, which within one cell is the reading order."""
    text = ""
    for before, word in zip([None, *words], words, strict=False):
        if before is None or text.endswith(HYPHEN):
            text = text.rstrip(HYPHEN) + word.text
        elif word.top > before.bottom - before.height / 2 or word.left < before.left:
            text = join_wrapped(text, word.text)
        else:
            text = f"{text} {word.text}"
    return text.replace(HYPHEN, "-")
