"""Tables without lines down: rows of short pieces that stand below each other.

Entry function: ``unruled_tables``.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any, Final

from voicehelper.recognition.lines import Placed
from voicehelper.recognition.tables.pieces import Piece, cell_text, cut, in_lines
from voicehelper.recognition.tables.ruled import Table
from voicehelper.recognition.tables.rulings import blanks_of

_FAR: Final = 2.6  # heights of a line between two rows of one table
_LONG_CELL: Final = 40  # characters, by the median of a column: longer ones are prose
_PARTS_CELLS: Final = 0.9  # heights of letters; a blank after a Chinese comma is .7
_PARTS_WORDS: Final = 0.3
_WITHIN: Final = 1.45  # times as far apart: rows, as against lines of a row

Column = tuple[float, float]
Row = list[Piece]


def unruled_tables(lines: Sequence[Placed], ink: Any) -> list[Table]:
    tables = []
    wide = [(line, blanks_of(ink, line, wider_than=_PARTS_CELLS)) for line in lines]
    pieces = [piece for line, blanks in wide for piece in cut(line, _middles(blanks))]
    for block in _blocks(in_lines(pieces)):
        table = _table(_cut_at_columns(block, lines, ink))
        if table is not None:
            tables.append(table)
    return tables


def _middles(spans: Sequence[Column]) -> list[float]:
    return [(start + end) / 2 for start, end in spans]


def _cut_at_columns(block: list[Row], lines: Sequence[Placed], ink: Any) -> list[Row]:
    """Once more, at narrower blanks that stand where other rows have the end of a column."""
    columns = _columns(block)
    between = [(before[1], after[0]) for before, after in itertools.pairwise(columns)]
    top, bottom = _top(block[0]), _bottom(block[-1])
    pieces = []
    for line in lines:
        if top <= line.centre <= bottom:
            blanks = blanks_of(ink, line, wider_than=_PARTS_WORDS)
            pieces += cut(line, _middles([one for one in blanks if any(_share(one, gap) for gap in between)]))
    return in_lines(pieces)


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


def _table(rows: list[Row]) -> Table | None:
    columns = _columns(rows)
    if len(columns) < 2 or len(rows) < (2 if len(columns) > 2 else 3):
        return None
    groups = _grouped(rows, columns)
    cells = [[cell_text(_of_column(group, columns, index)) for index in range(len(columns))] for group in groups]
    if len(cells) < 2 or not _is_tabular(cells):
        return None
    pieces = [piece for row in rows for piece in row]
    bounds = min(one.x0 for one in pieces), _top(rows[0]), max(one.x1 for one in pieces), _bottom(rows[-1])
    return Table(cells, bounds)


def _columns(rows: Sequence[Row]) -> list[Column]:
    """What pieces of the fullest kind of row stand above each other, as intervals of x."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    if not counts:
        return []
    most = max(size for size, count in counts.items() if count > 1 or size == max(counts) or len(counts) == 1)
    full = [row for row in rows if len(row) >= most]
    columns: list[Column] = []
    for piece in sorted((piece for row in full for piece in row), key=lambda one: one.x0):
        if columns and piece.x0 < columns[-1][1]:
            columns[-1] = columns[-1][0], max(columns[-1][1], piece.x1)
        else:
            columns.append((piece.x0, piece.x1))
    return columns


def _column(piece: Piece, columns: Sequence[Column]) -> int:
    """The first column that a good part of it stands in, or else the nearest."""
    shared = [min(piece.x1, end) - max(piece.x0, start) for start, end in columns]
    best = max(shared)
    if best <= 0:
        return min(range(len(columns)), key=lambda at: abs(piece.middle - sum(columns[at]) / 2))
    return next(index for index, size in enumerate(shared) if size > 0.5 * best)


def _of_column(group: Sequence[Piece], columns: Sequence[Column], index: int) -> list[Piece]:
    return [piece for piece in group if _column(piece, columns) == index]


def _grouped(rows: list[Row], columns: Sequence[Column]) -> list[list[Piece]]:
    """Lines of one row of the table: closer to each other than rows are, or without a first cell below one that has."""
    near = _near(rows)
    groups: list[list[Piece]] = []
    for index, row in enumerate(rows):
        continues = index > 0 and (
            _distance(rows[index - 1], row) < near if near else _is_rest(row, groups[-1], columns)
        )
        if continues:
            groups[-1] += row
        else:
            groups.append(list(row))
    return groups


def _distance(above: Row, below: Row) -> float:
    return median(one.centre for one in below) - median(one.centre for one in above)


def _near(rows: Sequence[Row]) -> float:
    """A distance that parts lines of a row from rows; 0 where all distances are alike."""
    distances = sorted(_distance(above, below) for above, below in itertools.pairwise(rows))
    jumps = [(after / max(before, 1.0), (before + after) / 2) for before, after in itertools.pairwise(distances)]
    ratio, at = max(jumps, default=(0.0, 0.0))
    is_incomplete = [len(row) for row in rows if len(row) < max(len(one) for one in rows)]
    return at if ratio > _WITHIN and is_incomplete else 0.0


def _is_rest(row: Row, group: Sequence[Piece], columns: Sequence[Column]) -> bool:
    filled = {_column(piece, columns) for piece in row}
    return 0 not in filled and len(filled) <= len(columns) / 2 and filled < {_column(piece, columns) for piece in group}


def _is_tabular(cells: Sequence[Sequence[str]]) -> bool:
    """At least two columns mostly filled, and no more than one of sentences."""
    by_column = list(zip(*cells, strict=True))
    filled = [sum(map(bool, column)) / len(cells) for column in by_column]
    long = [median(len(cell) for cell in column) > _LONG_CELL for column in by_column]
    return sum(share >= 0.5 for share in filled) >= 2 and sum(long) <= len(long) / 2
