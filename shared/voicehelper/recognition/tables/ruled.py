"""Tables drawn with lines: a grid of rulings, whose cells are merged where no line parts them.

Entry function: ``ruled_tables``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from voicehelper.recognition.extents import rows_of
from voicehelper.recognition.lines import Placed
from voicehelper.recognition.tables.pieces import Piece, cell_text, cut
from voicehelper.recognition.tables.rulings import Rulings, Segment

_NEAR: Final = 10.0  # pixels by which lines miss each other at a corner
_COVERED: Final = 0.6  # of a cell's side, for it to count as drawn
_UNDRAWN_ROWS: Final = 3
_FULL, _FULL_COLUMNS = 0.7, 3  # of the rows that a column fills; columns, where others have gaps

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Table:
    rows: list[list[str]]
    bounds: Bounds


@dataclass(slots=True)
class _Group:
    across: list[Segment] = field(default_factory=list)
    down: list[Segment] = field(default_factory=list)


def ruled_tables(lines: Sequence[Placed], rulings: Rulings) -> list[Table]:
    found = (_table(group, lines) for group in _groups(rulings))
    return [table for table in found if table is not None]


def _groups(rulings: Rulings) -> Iterable[_Group]:
    """Lines that meet, each group one table."""
    owners = list(range(len(rulings.across) + len(rulings.down)))

    def owner(index: int) -> int:
        while owners[index] != index:
            index = owners[index]
        return index

    for i, across in enumerate(rulings.across):
        for j, down in enumerate(rulings.down, len(rulings.across)):
            if _meet(across, down):
                owners[owner(j)] = owner(i)
    groups: dict[int, _Group] = {}
    for i, across in enumerate(rulings.across):
        groups.setdefault(owner(i), _Group()).across.append(across)
    for j, down in enumerate(rulings.down, len(rulings.across)):
        groups.setdefault(owner(j), _Group()).down.append(down)
    return groups.values()


def _meet(across: Segment, down: Segment) -> bool:
    return across.start - _NEAR <= down.at <= across.end + _NEAR and down.start - _NEAR <= across.at <= down.end + _NEAR


def _table(group: _Group, lines: Sequence[Placed]) -> Table | None:
    """None for a frame around text, and for a grid that holds next to nothing."""
    if len(group.across) < 2 or not group.down:
        return None
    left, right = min(one.start for one in group.across), max(one.end for one in group.across)
    # The sides may be open: what the lines across reach over is the table.
    xs = _distinct([left, right, *(one.at for one in group.down)])
    ys = _distinct([one.at for one in group.across])
    if len(xs) < 3 or len(ys) < 2:
        return None
    inside = [line for line in lines if ys[0] < line.centre < ys[-1] and line.x1 > xs[0] and line.x0 < xs[-1]]
    pieces = [piece for line in inside for piece in cut(line, xs[1:-1])]
    ys = _with_undrawn(ys, xs, pieces)
    rows = _filled(_regions(group, xs, ys), xs, ys, pieces)
    rows = _without_empty(rows)
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    return Table(rows, (xs[0], ys[0], xs[-1], ys[-1]))


def _distinct(values: Iterable[float]) -> list[float]:
    distinct: list[float] = []
    for value in sorted(values):
        if not distinct or value - distinct[-1] > _NEAR:
            distinct.append(value)
    return distinct


def _with_undrawn(ys: list[float], xs: list[float], pieces: Sequence[Piece]) -> list[float]:
    """Between rows that no line parts, but that stand in every column at the same heights, or in most of three or more:
    flags and remarks are not in every row.
    """
    result = [ys[0]]
    for top, bottom in itertools.pairwise(ys):
        band = [piece for piece in pieces if top < piece.centre < bottom]
        rows = rows_of(band)
        counts = [sum(any(x0 < one.middle < x1 for one in row) for row in rows) for x0, x1 in itertools.pairwise(xs)]
        if len(rows) >= _UNDRAWN_ROWS and _stand_in_columns(counts, len(rows)):
            bottoms = [max(one.y1 for one in row) for row in rows[:-1]]
            tops = [min(one.y0 for one in row) for row in rows[1:]]
            result += [(low + high) / 2 for low, high in zip(bottoms, tops, strict=True)]
        result.append(bottom)
    return result


def _stand_in_columns(counts: Sequence[int], rows: int) -> bool:
    """``counts``: in how many of the rows each column has something."""
    filled = sum(count > 0 for count in counts)
    full = sum(count >= _FULL * rows for count in counts)
    return filled > 1 and (full == filled or (full >= _FULL_COLUMNS and 2 * full > filled))


def _regions(group: _Group, xs: list[float], ys: list[float]) -> dict[tuple[int, int], tuple[int, int]]:
    """Each cell's first cell, by row and column: its own, or that of the merged one it belongs to."""
    drawn = _distinct([one.at for one in group.across])
    first = {(row, column): (row, column) for row in range(len(ys) - 1) for column in range(len(xs) - 1)}
    for row, column in first:
        if column and not _is_drawn(group.down, xs[column], ys[row], ys[row + 1]):
            first[row, column] = first[row, column - 1]
        elif row and ys[row] in drawn and not _is_drawn(group.across, ys[row], xs[column], xs[column + 1]):
            first[row, column] = first[row - 1, column]
    return first


def _is_drawn(segments: Iterable[Segment], at: float, start: float, end: float) -> bool:
    covered = sum(max(0.0, min(one.end, end) - max(one.start, start)) for one in segments if abs(one.at - at) <= _NEAR)
    return covered >= _COVERED * (end - start)


def _filled(
    first: dict[tuple[int, int], tuple[int, int]], xs: list[float], ys: list[float], pieces: Sequence[Piece]
) -> list[list[str]]:
    cells: dict[tuple[int, int], list[Piece]] = {}
    for piece in pieces:
        row = sum(piece.centre > y for y in ys[1:-1])
        column = sum(piece.middle > x for x in xs[1:-1])
        cells.setdefault(first[row, column], []).append(piece)
    rows, columns = len(ys) - 1, len(xs) - 1
    return [[cell_text(cells.get((row, column), ())) for column in range(columns)] for row in range(rows)]


def _without_empty(rows: list[list[str]]) -> list[list[str]]:
    """Without columns and rows that hold nothing: double lines, and sides that are drawn beside others."""
    rows = [row for row in rows if any(row)]
    kept = [column for column in range(len(rows[0])) if any(row[column] for row in rows)] if rows else []
    return [[row[column] for column in kept] for row in rows]
