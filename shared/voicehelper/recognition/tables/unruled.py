"""Tables without lines down: rows of short pieces that stand below each other.

Entry function: ``unruled_tables``.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Any, Final

import numpy as np

from voicehelper.recognition.extents import rows_of
from voicehelper.recognition.lines import Placed
from voicehelper.recognition.tables.pieces import Piece, cell_text, cut
from voicehelper.recognition.tables.ruled import Table
from voicehelper.recognition.tables.rulings import blanks_of

_FAR: Final = 2.6  # heights of a line between two rows of one table
_LONG_CELL: Final = 40  # characters, by the median of a column: longer ones are prose
_PARTS_CELLS: Final = 0.9  # heights of letters; a blank after a Chinese comma is .7
_PARTS_WORDS: Final = 0.3
_PARTS_COLUMNS: Final = 0.24  # columns that nearly touch
_TOUCHING: Final = 0.7  # of the rows
_WITHIN: Final = 1.6  # times as far apart: rows, as against lines of a row
_INK: Final = 0.75  # of a detected line's height
_PLACED: Final = 0.5  # heights of a line, by which the place of a letter is wrong at most
_FEW_ROWS: Final = 4
_CROSSING: Final = 0.15  # of the rows may reach over the space between two columns

Column = tuple[float, float]
Row = list[Piece]


def unruled_tables(lines: Sequence[Placed], ink: Any) -> list[Table]:
    tables = []
    wide = [(line, blanks_of(ink, line, wider_than=_PARTS_CELLS)) for line in lines]
    pieces = [piece for line, blanks in wide for piece in cut(line, _middles(blanks))]
    for block in _blocks(rows_of(pieces)):
        narrow = _narrow_gutters(block, ink)
        table = _table(_cut_at_columns(block, lines, ink, narrow), narrow)
        if table is not None:
            tables.append(table)
    return tables


def _middles(spans: Sequence[Column]) -> list[float]:
    return [(start + end) / 2 for start, end in spans]


def _cut_at_columns(block: list[Row], lines: Sequence[Placed], ink: Any, narrow: Sequence[Column]) -> list[Row]:
    """Once more, at narrower blanks where nearly no row has ink. A heading over several columns stays whole, though it
    has a blank between them.
    """
    between = _gutters(block, ink)
    heads = [piece for row in itertools.takewhile(lambda row: len(row) == 1, block) for piece in row]
    top, bottom = heads[-1].y1 if heads else _top(block[0]), _bottom(block[-1])
    pieces = [*heads]
    for line in lines:
        if top <= line.centre <= bottom:
            blanks = _within(blanks_of(ink, line, wider_than=_PARTS_WORDS), between)
            touching = _within(blanks_of(ink, line, wider_than=_PARTS_COLUMNS), narrow) if narrow else []
            pieces += cut(line, _middles(blanks), through=_middles(touching))
    return rows_of([_beside(piece, narrow) for piece in pieces])


def _within(blanks: Sequence[Column], gutters: Sequence[Column]) -> list[Column]:
    return [one for one in blanks if any(_share(one, gutter) for gutter in gutters)]


def _beside(piece: Piece, between: Sequence[Column]) -> Piece:
    """Not over the edge of the space that it stands beside: places of letters are right to a letter."""
    x0, x1, near = piece.x0, piece.x1, _PLACED * piece.height
    for start, end in between:
        if x0 < start < x1 < end + near:
            x1 = start
        elif start - near < x0 < end < x1:
            x0 = end
    return replace(piece, x0=x0, x1=x1)


def _gutters(block: Sequence[Row], ink: Any) -> list[Column]:
    """Where no more rows have ink than may reach over the space between two columns."""
    crossing = sum(row.astype("int32") for row in _inked(block, ink))
    return _spans(crossing <= _most_crossing(len(block)), _PARTS_WORDS * _height(block))


def _narrow_gutters(block: Sequence[Row], ink: Any) -> list[Column]:
    """Where columns nearly touch: no row has ink, and most of several have some close by on both sides."""
    if len(block) < _FEW_ROWS:
        return []
    rows, near = _inked(block, ink), round(_height(block))
    clear = _spans(sum(row.astype("int32") for row in rows) == 0, _PARTS_COLUMNS * near)
    return [
        (start, end)
        for start, end in clear
        if end - start < _PARTS_CELLS * near
        and sum(_has_ink(row, start - near, start) and _has_ink(row, end, end + near) for row in rows)
        >= _TOUCHING * len(rows)
    ]


def _has_ink(row: Any, start: float, end: float) -> bool:
    return bool(row[max(0, int(start)) : int(end)].any())


def _inked(block: Sequence[Row], ink: Any) -> list[Any]:
    """Of each row, whether it has ink at an x."""
    inked = []
    for row in block:
        middle, half = median(one.centre for one in row), _INK / 2 * median(one.height for one in row)
        inked.append(ink[max(0, round(middle - half)) : max(1, round(middle + half))].any(axis=0))
    return inked


def _height(block: Sequence[Row]) -> float:
    return median(piece.height for row in block for piece in row)


def _spans(is_clear: Any, least: float) -> list[Column]:
    edges = np.flatnonzero(np.diff(np.pad(is_clear.astype("int8"), 1))).reshape(-1, 2)
    return [(float(start), float(end)) for start, end in edges if end - start >= least]


def _most_crossing(rows: int) -> float:
    return max(1.0 if rows >= _FEW_ROWS else 0.0, _CROSSING * rows)


def _share(first: Column, second: Column) -> bool:
    return min(first[1], second[1]) > max(first[0], second[0])


def _blocks(rows: Sequence[Row]) -> list[list[Row]]:
    """Runs of rows without large gaps, from the first to the last with more than one piece."""
    blocks: list[list[Row]] = []
    height = median(piece.height for row in rows for piece in row) if rows else 0.0
    for row in rows:
        previous = blocks[-1][-1] if blocks else None
        if previous and _top(row) - _bottom(previous) <= _FAR * height and not _is_prose(row, previous):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return [trimmed for block in blocks if (trimmed := _trimmed(block))]


def _is_prose(row: Row, previous: Row) -> bool:
    """Two sentences below each other are no table's rows."""
    return len(row) == len(previous) == 1 and min(len(row[0].text), len(previous[0].text)) > _LONG_CELL


def _trimmed(block: list[Row]) -> list[Row]:
    """From the first to the last row of several pieces, and rows of one piece beside that which do not begin where the
    block does: a heading over some columns, the last lines of a cell.
    """
    several = [index for index, row in enumerate(block) if len(row) > 1]
    if not several:
        return []
    left = min(block[index][0].x0 for index in several)
    first, last = several[0], several[-1]
    while first > 0 and block[first - 1][0].x0 > left + block[first - 1][0].height:
        first -= 1
    while last + 1 < len(block) and block[last + 1][0].x0 > left + block[last + 1][0].height:
        last += 1
    return block[first : last + 1]


def _top(row: Row) -> float:
    return min(piece.y0 for piece in row)


def _bottom(row: Row) -> float:
    return max(piece.y1 for piece in row)


def _table(rows: list[Row], between: Sequence[Column]) -> Table | None:
    pieces = [piece for row in rows for piece in row]
    groups = _grouped(pieces)
    columns = _columns(pieces, len(groups), between)
    groups = _with_rests(groups, columns)
    if len(columns) < 2 or len(groups) < (2 if len(columns) > 2 else 3):
        return None
    cells = [[cell_text(_of_column(group, columns, index)) for index in range(len(columns))] for group in groups]
    if not _is_tabular(cells):
        return None
    bounds = min(one.x0 for one in pieces), _top(rows[0]), max(one.x1 for one in pieces), _bottom(rows[-1])
    return Table(cells, bounds)


def _columns(pieces: Sequence[Piece], rows: int, between: Sequence[Column]) -> list[Column]:
    """Intervals of x that several pieces share; a heading over some of them is alone between them."""
    limit, least = _most_crossing(rows), _PARTS_WORDS * median(piece.height for piece in pieces)
    edges = sorted([(piece.x0, 1) for piece in pieces] + [(piece.x1, -1) for piece in pieces])
    columns: list[Column] = []
    depth, start = 0, 0.0
    for x, step in edges:
        if depth <= limit < depth + step:
            start = x
        elif depth + step <= limit < depth:
            if columns and start - columns[-1][1] < least and not _parts(columns[-1][1], start, between):
                start = columns.pop()[0]
            columns.append((start, x))
        depth += step
    return columns


def _parts(end: float, start: float, between: Sequence[Column]) -> bool:
    """Whether the space between two columns is one that was seen."""
    return any(end <= (left + right) / 2 <= start for left, right in between)


def _column(piece: Piece, columns: Sequence[Column]) -> int:
    """The first column that a good part of it stands in, or else the nearest."""
    shared = [min(piece.x1, end) - max(piece.x0, start) for start, end in columns]
    best = max(shared)
    if best <= 0:
        return min(range(len(columns)), key=lambda at: abs(piece.middle - sum(columns[at]) / 2))
    return next(index for index, size in enumerate(shared) if size > 0.5 * best)


def _of_column(group: Sequence[Piece], columns: Sequence[Column], index: int) -> list[Piece]:
    return [piece for piece in group if _column(piece, columns) == index]


def _grouped(pieces: Sequence[Piece]) -> list[Row]:
    """Rows of the table: what overlaps in y, and what is closer than rows are where lines of a cell are."""
    height = _INK * median(piece.height for piece in pieces)
    bands: list[Row] = []
    bottom = 0.0
    for piece in sorted(pieces, key=lambda one: one.centre):
        if bands and piece.centre - height / 2 < bottom:
            bands[-1].append(piece)
        else:
            bands.append([piece])
        bottom = max(bottom, piece.centre + height / 2)
    return _joined(bands, height)


def _joined(bands: list[Row], height: float) -> list[Row]:
    """Bands of one piece a column stay apart, whatever is between them."""
    gaps = [min(one.centre for one in after) - max(one.centre for one in before) - height
            for before, after in itertools.pairwise(bands)]  # fmt: skip
    near = _near(gaps, height)
    most = max(len(band) for band in bands)
    groups = [bands[0]]
    for before, after, gap in zip(bands, bands[1:], gaps, strict=False):
        if gap < near and min(len(before), len(after)) < most:
            groups[-1] = groups[-1] + after
        else:
            groups.append(after)
    return groups


def _near(gaps: Sequence[float], height: float) -> float:
    """A gap that parts lines of a row from rows; 0 where all gaps are alike."""
    ordered = sorted(max(gap, 0.0) + 0.1 * height for gap in gaps)
    jumps = [(after / before, (before + after) / 2) for before, after in itertools.pairwise(ordered)]
    ratio, at = max(jumps, default=(0.0, 0.0))
    return at - 0.1 * height if ratio > _WITHIN else 0.0


def _with_rests(groups: list[Row], columns: Sequence[Column]) -> list[Row]:
    """Rows as far apart as the lines of a cell: a line without a first cell goes on with the row above."""
    rows: list[Row] = []
    for group in groups:
        if rows and _is_rest(group, rows[-1], columns):
            rows[-1] = rows[-1] + group
        else:
            rows.append(group)
    return rows


def _is_rest(row: Row, group: Sequence[Piece], columns: Sequence[Column]) -> bool:
    filled = {_column(piece, columns) for piece in row}
    return 0 not in filled and len(filled) <= len(columns) / 2 and filled < {_column(piece, columns) for piece in group}


def _is_tabular(cells: Sequence[Sequence[str]]) -> bool:
    """At least two columns mostly filled, and no more than one of sentences."""
    by_column = list(zip(*cells, strict=True))
    filled = [sum(map(bool, column)) / len(cells) for column in by_column]
    long = [median(len(cell) for cell in column) > _LONG_CELL for column in by_column]
    return sum(share >= 0.5 for share in filled) >= 2 and sum(long) <= len(long) / 2
