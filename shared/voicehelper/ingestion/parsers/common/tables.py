"""Rows of cells → lines that still name their columns when read alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, zip_longest

from voicehelper.ingestion.parsers.common.cleaning import one_line

Row = Sequence[str]
_NUMBER = re.compile(r"[-+(]?[$€£¥￥]?\s?\d[\d,.\s]*\s?[%‰)]?")
_YEAR = re.compile(r"(19|20)\d\d")
_DIGITS, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")
_SEARCHED_ROWS = 10
_SIGNS = frozenset("$€£¥￥")
# Words that head columns everywhere: where all columns hold words, nothing else tells the head from the rest.
_COLUMN_NAMES = frozenset(
    re.findall(
        r"[^/]+",
        "id/no/no./code/name/title/type/kind/date/time/status/city/country/email/phone/address/department/description/"
        "price/amount/quantity/total/unit/remark/note/category/question/answer/key/value/"
        "编号/序号/代码/名称/姓名/标题/类型/类别/日期/时间/状态/城市/国家/邮箱/电话/手机/地址/部门/描述/说明/单价/价格/金额/数量/"
        "合计/单位/备注/问题/答案/編號/序號/名稱/類型/日期/狀態/備註/數量/金額/單價",
    )
)
_SPREAD_LENGTH = 25  # the same text this long in two neighbouring cells is one cell


def table_lines(rows: Sequence[Row], inherited: Row | None = None) -> list[str]:
    """One line a row; the header row, where there is one, is woven into the lines below it.

    ``inherited`` names the columns of a table that goes on from the page before and has no head of its own.
    """
    cleaned = cleaned_rows(rows)
    header = header_index(cleaned)
    if header is None:
        return [named_row(inherited, row) if inherited else plain_row(row) for row in cleaned]
    names, first = full_names(cleaned, header)
    below = [named_row(names, row) for row in cleaned[first:]]
    return [plain_row(row) for row in cleaned[:header]] + (below or [plain_row(names)])


def full_names(rows: Sequence[Row], header: int) -> tuple[Row, int]:
    """(names, index of the first row below them). A name spread over columns is completed by the row under it."""
    names, first = rows[header], header + 1
    while first < len(rows) - 1 and (
        _are_years(names, rows[first]) or (_is_spread(names) and _completes(names, rows[first], rows[first + 1 :]))
    ):
        names = [f"{a} {b}" if a and b and a != b else a or b for a, b in zip_longest(names, rows[first], fillvalue="")]
        first += 1
    return names, first


def _are_years(names: Row, row: Row) -> bool:
    """Years below names that have none: "December 3," over "2021"."""
    filled = [at for at, cell in enumerate(row) if cell]
    below = len(filled) > 1 and all(at < len(names) and names[at] and _YEAR.fullmatch(row[at]) for at in filled)
    return below and not any(_YEAR.search(name) for name in names)


def _is_spread(names: Row) -> bool:
    return any(a and a == b for a, b in pairwise(names))


def _completes(names: Row, row: Row, below: Sequence[Row]) -> bool:
    """It tells apart what the names above do not, and holds no values itself."""
    filled = [cell for cell in row if cell]
    if len(set(filled)) < 2 or any(_is_value(cell) for cell in filled):
        return False
    apart = any(a and a == b and c != d for (a, b), (c, d) in zip(_pairs(names), _pairs(row), strict=False))
    return apart and not _is_like_below(row, below[:_SEARCHED_ROWS])


def _pairs(row: Row) -> list[tuple[str, str]]:
    return list(pairwise(row))


def cleaned_rows(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    cleaned = [tuple(_with_signs([one_line(cell) for cell in row])) for row in rows]
    return [row for row in cleaned if any(row)]


def _with_signs(cells: list[str]) -> list[str]:
    """Accounts set the currency in a column of its own: put it before its number."""
    for at, cell in enumerate(cells[:-1]):
        if cell in _SIGNS and cells[at + 1]:
            cells[at : at + 2] = ["", f"{cell} {cells[at + 1]}"]
    return cells


def column_names(rows: Sequence[Row]) -> Row | None:
    cleaned = cleaned_rows(rows)
    header = header_index(cleaned)
    return None if header is None else full_names(cleaned, header)[0]


def named_row(names: Row, row: Row) -> str:
    """``name: value`` pairs; an empty cell leaves with its name, a cell spread over columns appears once."""
    parts: list[str] = []
    before = ""
    for name, value in zip_longest(names, row, fillvalue=""):
        spread = value == before and len(value) > _SPREAD_LENGTH
        before = value
        part = f"{name}: {value}" if name and name != value else value
        if value and not spread and part not in parts[-1:]:
            parts.append(part)
    return " | ".join(parts)


def plain_row(row: Row, *, merges: bool = True) -> str:
    """The cells that hold something; with ``merges`` a text spread over columns appears once."""
    parts = [
        value for at, value in enumerate(row) if value and not (merges and at and _is_spread_cell(row[at - 1], value))
    ]
    return " | ".join(parts)


def _is_spread_cell(before: str, value: str) -> bool:
    return before == value and not _is_value(value)


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
    if not below or max(map(len, filled)) > 60 or any(_is_value(cell) or cell[-1] in ":：" for cell in filled):
        return False
    width = max(len(other) for other in below)
    return len(filled) >= max(2, width // 2) and not _is_like_below(row, below)


def _is_like_below(row: Row, below: Sequence[Row]) -> bool:
    """A first cell such as "A0340" above "A0341", "A0342" is a value, not a name."""
    for column, cell in enumerate(row):
        values = [other[column] for other in below if column < len(other) and other[column]]
        if _YEAR.fullmatch(cell) and not all(map(_YEAR.fullmatch, values)):
            continue
        shapes = [_shape(value) for value in values]
        if any(c.isdigit() for c in cell) and len(shapes) > 1 and shapes.count(_shape(cell)) > 0.5 * len(shapes):
            return True
    return False


def _shape(cell: str) -> str:
    return _LETTERS.sub("a", _DIGITS.sub("9", cell))


def _is_value(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None and not _YEAR.fullmatch(cell)


def has_header(rows: Sequence[Row]) -> bool:
    """Whether the first row of a file of values is a head: short, unlike what follows column by column."""
    if header_index(rows) != 0:
        return False
    if any(cell.lower() in _COLUMN_NAMES for cell in rows[0]):
        return True
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
