"""Rows of cells → lines that still name their columns when read alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from voicehelper.ingestion.parsers.cleaning import one_line

Row = Sequence[str]
_NUMBER = re.compile(r"[-+(]?[$€£¥￥]?\s?\d[\d,.\s]*\s?[%‰)]?")
_SEARCHED_ROWS = 10


def table_lines(rows: Sequence[Row]) -> list[str]:
    """One line a row; the header row, where there is one, is woven into the lines below it."""
    cleaned = [tuple(one_line(cell) for cell in row) for row in rows]
    cleaned = [row for row in cleaned if any(row)]
    header = header_index(cleaned)
    if header is None:
        return [plain_row(row) for row in cleaned]
    above = [plain_row(row) for row in cleaned[:header]]
    names = cleaned[header]
    below = [named_row(names, row) for row in cleaned[header + 1 :]]
    return above + (below or [plain_row(names)])


def named_row(names: Row, row: Row) -> str:
    """``name: value`` pairs; an empty cell leaves with its name, a cell spread over columns appears once."""
    parts: list[str] = []
    for name, value in zip_longest(names, row, fillvalue=""):
        part = f"{name}: {value}" if name and name != value else value
        if value and part not in parts[-1:]:
            parts.append(part)
    return " | ".join(parts)


def plain_row(row: Row) -> str:
    """The cells that hold something; a cell spread over columns appears once."""
    parts = [value for at, value in enumerate(row) if value and (at == 0 or row[at - 1] != value)]
    return " | ".join(parts)


def header_index(rows: Sequence[Row]) -> int | None:
    """Which row names the columns: the first well-filled one, if it reads like names and not like values.

    Rows above it with one distinct value are titles. None means a table without a head.
    """
    for index, row in enumerate(rows[:_SEARCHED_ROWS]):
        filled = [cell for cell in row if cell]
        if len(set(filled)) < 2:
            continue
        return index if _reads_like_names(row, rows[index + 1 : index + 1 + _SEARCHED_ROWS]) else None
    return None


def _reads_like_names(row: Row, below: Sequence[Row]) -> bool:
    filled = [cell for cell in row if cell]
    if not below or any(_is_value(cell) for cell in filled) or max(map(len, filled)) > 60:
        return False
    width = max(len(other) for other in below)
    return len(filled) >= max(2, width // 2)


def _is_value(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None and not re.fullmatch(r"(19|20)\d\d", cell)


def has_header(rows: Sequence[Row]) -> bool:
    """Whether the first row of a file of values is a head: short, unlike what follows column by column."""
    if header_index(rows) != 0:
        return False
    return any(
        _differs(rows[0][column], [row[column] for row in rows[1:] if column < len(row)])
        for column in range(len(rows[0]))
    )


def _differs(name: str, values: Sequence[str]) -> bool:
    """The name has no digit where the values have, or a length the values never have (Sniffer's rule, softened)."""
    kept = [value for value in values if value]
    if not kept or not name:
        return False
    digits = sum(any(c.isdigit() for c in value) for value in kept)
    if digits >= 0.8 * len(kept):
        return not any(c.isdigit() for c in name)
    lengths = {len(value) for value in kept}
    return len(kept) > 2 and len(lengths) == 1 and len(name) not in lengths
