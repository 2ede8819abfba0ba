"""Ruled tables: from strokes to a grid, from words to its cells."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from voicehelper.ingestion.parsers.pdf_words import HYPHEN, Edge, Word

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


def _connected(edges: Sequence[Edge]) -> list[list[Edge]]:
    """Strokes that touch belong to one drawing; sorted by their top, so only open groups are compared."""
    done: list[list[Edge]] = []
    open_groups: list[tuple[list[float], list[Edge]]] = []  # ([left, right, bottom], edges)
    for edge in sorted(edges, key=lambda e: (e.top, e.left)):
        done += [group for box, group in open_groups if box[2] < edge.top - _NEAR]
        open_groups = [item for item in open_groups if item[0][2] >= edge.top - _NEAR]
        touching = [
            item for item in open_groups if item[0][0] - _NEAR <= edge.right and edge.left <= item[0][1] + _NEAR
        ]
        box, group = [edge.left, edge.right, edge.bottom], [edge]
        for other, members in touching:
            box = [min(box[0], other[0]), max(box[1], other[1]), max(box[2], other[2])]
            group = members + group
        open_groups = [item for item in open_groups if item not in touching] + [(box, group)]
    return done + [group for _, group in open_groups]


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
    cells: dict[tuple[int, int], list[Word]] = {}
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


def _merged(grid: _Grid, height: int, width: int) -> Callable[[int, int], tuple[int, int]]:
    """Places without a stroke between them are one cell: union-find over the grid."""
    parent = {(row, column): (row, column) for row in range(height) for column in range(width)}

    def find(place: tuple[int, int]) -> tuple[int, int]:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    right_walls, lower_walls = _walls(grid)
    for row, column in list(parent):
        if column + 1 < width and (row, column) not in right_walls:
            parent[find((row, column + 1))] = find((row, column))
        if row + 1 < height and (row, column) not in lower_walls:
            parent[find((row + 1, column))] = find((row, column))
    return lambda row, column: find((row, column))


def _walls(grid: _Grid) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Places with a stroke at their right, and at their lower side."""
    right: set[tuple[int, int]] = set()
    lower: set[tuple[int, int]] = set()
    row_middles, column_middles = _middles(grid.rows), _middles(grid.columns)
    for edge in grid.vertical:
        column = _nearest(grid.columns, edge.left)
        right.update((row, column - 1) for row in _covered(row_middles, edge.top, edge.bottom))
    for edge in grid.horizontal:
        row = _nearest(grid.rows, edge.top)
        lower.update((row - 1, column) for column in _covered(column_middles, edge.left, edge.right))
    return right, lower


def _nearest(lines: list[float], position: float) -> int:
    at = bisect_right(lines, position)
    return min((at - 1, at), key=lambda i: abs(lines[i] - position) if 0 <= i < len(lines) else 1e9)


def _middles(lines: list[float]) -> list[float]:
    return [(one + other) / 2 for one, other in pairwise(lines)]


def _covered(middles: list[float], start: float, end: float) -> range:
    """The places whose middle lies within start … end."""
    return range(bisect_left(middles, start), bisect_right(middles, end))


def cell_text(words: list[Word]) -> str:
    """Words in the order they are stored, which inside one cell is the order of reading."""
    from voicehelper.ingestion.parsers.cleaning import joined

    text = ""
    for before, word in zip([None, *words], words, strict=False):
        if before is None or text.endswith(HYPHEN):
            text = text.rstrip(HYPHEN) + word.text
        elif word.top > before.bottom - before.height / 2 or word.left < before.left:
            text = joined(text, word.text)
        else:
            text = f"{text} {word.text}"
    return text.replace(HYPHEN, "-")
