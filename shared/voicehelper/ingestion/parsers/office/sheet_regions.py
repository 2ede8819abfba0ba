"""Where the tables of a sheet begin and end: bands of rows between empty rows, divided where tables stand side by side.

Entry function: ``regions``, called by ``sheets``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from voicehelper.ingestion.parsers.common.tables import has_column_names, header_index, is_value

_MAX_GROUPS = 32  # more groups of columns are no tables but a scattered form
_MAX_DIVISIONS = 3
_HEADER_SEARCH_ROWS = 20
_KEY_NAMES = re.compile(r"(?i)(no|nr|id|pos|item|year|month|week|day)\b\.?|#|№|序号|编号|編號|代码|年份?|月份?|日期")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """``number`` counts from 1. A row without cells stands for one that is left out, so that it leaves no gap.

    ``notes`` are column → note. ``is_emphasised`` if all its filled cells are bold, or a table names it as its head.
    """

    number: int
    cells: Sequence[str]
    notes: Mapping[int, str] = field(default_factory=dict)
    is_emphasised: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """Neighbouring rows, cut to the columns from ``left``; ``gap`` is the number of empty rows above them.

    ``is_beside``: another region stands in the same rows.
    """

    rows: list[SheetRow]
    left: int
    gap: int
    is_beside: bool = False

    @property
    def texts(self) -> list[Sequence[str]]:
        return [row.cells for row in self.rows]

    @property
    def width(self) -> int:
        return max(len(row.cells) for row in self.rows)


def regions(rows: Iterable[SheetRow], division: int = 0, left: int = 0) -> Iterator[Region]:
    """From top to bottom, those side by side from left to right."""
    for gap, band in _bands(rows):
        groups = _column_groups(band) if division < _MAX_DIVISIONS else []
        if len(groups) < 2:
            yield _trimmed(band, left, gap)
            continue
        titles = _leading_titles(band)
        if titles:
            yield _trimmed(band[:titles], left, gap)
        for start, end in groups:
            part = [_cut(row, start, end) for row in band[titles:]]
            for region in regions((row for row in part if any(row.cells)), division + 1, left + start):
                yield replace(region, is_beside=True, gap=max(region.gap, 0 if titles else gap))


def head_row(region: Region) -> int | None:
    """Index of the row that names the columns, or None.

    Bold type decides; otherwise it is the first row that reads like names, below a preamble of labels and values.
    """
    texts = region.texts
    found = header_index(texts)
    limit = _HEADER_SEARCH_ROWS if found is None else found
    for at in range(min(len(texts), _HEADER_SEARCH_ROWS)):
        if is_marked_head(region, at) and (at <= limit or _is_preamble(texts[:at])):
            return at
        if at and _is_below_preamble(texts, at) and (found is None or found < at):
            return at
    return None if found is not None and _is_list_of_labels(texts[found:]) else found


def _is_list_of_labels(texts: list[Sequence[str]]) -> bool:
    """Two columns, the second with words and numbers: labels with values, "Company | Acme" and "Phone | 44 02"."""
    filled = [[cell for cell in row if cell] for row in texts]
    if any(len(row) > 2 for row in filled) or has_column_names(filled[0][1:]):
        return False
    values = [row[1] for row in filled[1:] if len(row) == 2]
    with_digits = sum(any(c.isdigit() for c in value) for value in values)
    return len(values) > 2 and 0.2 < with_digits / len(values) < 0.8


def is_title(cells: Sequence[str]) -> bool:
    """One text, or one that a merged cell repeats."""
    filled = [cell for cell in cells if cell]
    return len(filled) == 1 or (bool(filled) and all(a == b for a, b in pairwise(filled)))


def is_marked_head(region: Region, at: int) -> bool:
    row = region.rows[at]
    filled = [cell for cell in row.cells if cell]
    below = region.rows[at + 1 : at + 2]
    is_contrasted = bool(below) and not below[0].is_emphasised
    return row.is_emphasised and is_contrasted and len(set(filled)) > 1 and sum(map(is_value, filled)) * 2 < len(filled)


def _is_preamble(rows: Sequence[Sequence[str]]) -> bool:
    return all(sum(map(bool, row)) <= 2 or is_title(row) for row in rows)


def _is_below_preamble(texts: list[Sequence[str]], at: int) -> bool:
    """Three columns or more under rows of a label and a value."""
    is_wider = len({cell for cell in texts[at] if cell}) > 2
    return is_wider and _is_preamble(texts[:at]) and header_index(texts[at : at + _HEADER_SEARCH_ROWS]) == 0


def _bands(rows: Iterable[SheetRow]) -> Iterator[tuple[int, list[SheetRow]]]:
    """(empty rows above, rows without an empty one between them)."""
    band: list[SheetRow] = []
    last = gap = 0
    for row in rows:
        empty, last = row.number - last - 1, row.number
        if empty > 0 and band:
            yield gap, band
            band = []
        gap = gap if band else max(empty, 0)
        if any(row.cells) or row.notes:
            band.append(row)
    if band:
        yield gap, band


def _leading_titles(band: list[SheetRow]) -> int:
    return next((at for at, row in enumerate(band) if not is_title(row.cells)), 0)


def _trimmed(band: list[SheetRow], left: int, gap: int) -> Region:
    """Without the empty columns on the left."""
    first = min((column for row in band for column, cell in enumerate(row.cells) if cell), default=0)
    return Region([_cut(row, first, None) for row in band] if first else band, left + first, gap)


def _cut(row: SheetRow, start: int, end: int | None) -> SheetRow:
    notes = {
        column - start: note for column, note in row.notes.items() if start <= column and (end is None or column < end)
    }
    return replace(row, cells=row.cells[start:end], notes=notes)


def _column_groups(band: list[SheetRow]) -> list[tuple[int, int]]:
    """(first column, column behind the last) of tables side by side; one group if there is but one table."""
    body = [
        row
        for row in band[_leading_titles(band) :]
        if not is_title(row.cells) or len(list(filter(None, row.cells))) == 1
    ]
    filled = sorted({column for row in body for column, cell in enumerate(row.cells) if cell})
    runs: list[tuple[int, int]] = []
    for column in filled:
        if runs and column == runs[-1][1]:
            runs[-1] = (runs[-1][0], column + 1)
        else:
            runs.append((column, column + 1))
    if len(body) < 2 or not 2 <= len(runs) <= _MAX_GROUPS:
        return runs[:1]
    groups = [runs[0]]
    for run in runs[1:]:
        if _are_separate(body, groups[-1], run):
            groups.append(run)
        else:
            groups[-1] = (groups[-1][0], run[1])
    return groups


def _are_separate(body: list[SheetRow], left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether the columns of ``right`` are a table of their own, and not further columns of ``left``."""
    one, other = _part(body, left), _part(body, right)
    if min(len(one), len(other)) < 2 or len(one[0].cells) == 1:
        return bool(one and other) and other[0].number != one[0].number and len(other) > 1 and len(one) > 1
    if len(other[0].cells) == 1:
        return other[-1].number > one[-1].number
    heads = [header_index([row.cells for row in part]) for part in (one, other)]
    if None in heads:
        return False
    names = other[heads[1] or 0].cells
    keys = [row.cells[0] for row in other[(heads[1] or 0) + 1 :] if row.cells[0]]
    has_key = sum(map(is_value, keys)) * 2 < len(keys) or bool(_KEY_NAMES.match(names[0]))
    return has_key or right[0] - left[1] > 1 or set(names) == set(one[heads[0] or 0].cells)


def _part(body: list[SheetRow], columns: tuple[int, int]) -> list[SheetRow]:
    return [cut for row in body if any((cut := _cut(row, *columns)).cells)]
