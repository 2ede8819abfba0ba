"""Renders rows of cells as lines that name their columns, so that each can be read alone.

Entry functions: ``table_lines`` for a whole table; ``header_index``, ``full_names``, ``named_row`` and ``plain_row``
for parsers that place each row. Called by every parser whose format has tables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, zip_longest

from voicehelper.ingestion.parsers.common.cleaning import one_line

Row = Sequence[str]
_NUMBER = re.compile(r"[-+(]?(?:[$€£¥￥]|[A-Z]{3}\s)?\s?[-(]?\d[\d,.\s]*\s?(?:[%‰]|[$€£¥￥元]|[A-Z]{3}\b)?\s?\)?")
_YEAR = re.compile(r"(19|20)\d\d")
_DIGITS, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")
_HEADER_SEARCH_ROWS = 10
_CURRENCY_SIGNS = frozenset("$€£¥￥")
# Usual column names: where every column holds words, nothing else distinguishes a header row.
_COLUMN_NAMES = frozenset(
    re.findall(
        r"[^/]+",
        "id/no/no./code/name/title/type/kind/date/time/status/city/country/email/phone/address/department/description/"
        "price/amount/quantity/total/unit/remark/note/category/question/answer/key/value/"
        "编号/序号/代码/名称/姓名/标题/类型/类别/日期/时间/状态/城市/国家/邮箱/电话/手机/地址/部门/描述/说明/单价/价格/金额/数量/"
        "合计/单位/备注/问题/答案/編號/序號/名稱/類型/日期/狀態/備註/數量/金額/單價",
    )
)
# Further ones, which are as usual among values: several in one row tell a head.
_LIKELY_COLUMN_NAMES = _COLUMN_NAMES | frozenset(
    re.findall(
        r"[^/]+",
        "article/article no./item/part/product/model/serial/serial number/version/brand/size/color/colour/weight/stock/"
        "supplier/vendor/customer/client/company/partner/contact/contact person/person/employee/manager/owner/lead/"
        "responsible/team/role/position/function/project/task/topic/subject/course/trainer/machine/device/equipment/"
        "location/place/site/room/floor/building/office/desk/warehouse/shelf/region/area/state/language/currency/start/"
        "end/deadline/due/due date/duration/priority/comment/comments/notes/result/reason/action/source/link/extension/"
        "artikel/menge/preis/ort/datum/betrag/lieferant/kunde/ansprechpartner/abteilung/raum/telefon/bemerkung/firma/"
        "项目/任务/负责人/责任人/联系人/联系方式/设备/机器/位置/地点/区域/仓库/楼层/房间/会议室/客户/供应商/公司/单位名称/产品/"
        "商品/物料/规格/型号/品牌/库存/版本/岗位/职务/职位/角色/课程/讲师/培训师/开始/结束/截止日期/期限/时长/有效期/优先级/"
        "内容/原因/结果/措施/来源/用途/工号/学号/性别/年龄/班次/车间/邮编/分机/专案/設備/地點/產品/供應商/客戶/聯絡人/電話",
    )
)
_MERGED_TEXT_LENGTH = 25  # equal neighbours longer than this are taken for one merged cell


def table_lines(rows: Sequence[Row], inherited: Row | None = None) -> list[str]:
    """One line per row; the names of the header row, where there is one, are repeated in every row below it.

    ``inherited`` holds the column names of a table that continues from the page before without a header of its own.
    """
    non_empty = clean_rows(rows)
    header = header_index(non_empty)
    if header is None:
        return [named_row(inherited, row) if inherited else plain_row(row) for row in non_empty]
    names, first = full_names(non_empty, header)
    below = [named_row(names, row) for row in non_empty[first:]]
    return [plain_row(row) for row in non_empty[:header]] + (below or [plain_row(names)])


def full_names(rows: Sequence[Row], header: int) -> tuple[Row, int]:
    """(names, index of the first row below them). The second row of a two-row header completes the names above it."""
    names, first = rows[header], header + 1
    while first < len(rows) - 1 and _extends_header(
        names, rows[first], rows[first + 1 : first + 1 + _HEADER_SEARCH_ROWS]
    ):
        names = [f"{a} {b}" if a and b and a != b else a or b for a, b in zip_longest(names, rows[first], fillvalue="")]
        first += 1
    return names, first


def _extends_header(names: Row, row: Row, below: Sequence[Row]) -> bool:
    return _adds_years(names, row) or (_has_merged_names(names) and _completes_names(names, row, below))


def _adds_years(names: Row, row: Row) -> bool:
    """Years below names that have none: "December 3," over "2021"."""
    columns = [column for column, cell in enumerate(row) if cell]
    are_years = all(column < len(names) and names[column] and _YEAR.fullmatch(row[column]) for column in columns)
    return len(columns) > 1 and are_years and not any(_YEAR.search(name) for name in names)


def _has_merged_names(names: Row) -> bool:
    return any(a and a == b for a, b in pairwise(names))


def _completes_names(names: Row, row: Row, below: Sequence[Row]) -> bool:
    """Whether ``row`` distinguishes columns that the names above it do not, and holds no values itself."""
    filled = [cell for cell in row if cell]
    if len(set(filled)) < 2 or any(is_value(cell) for cell in filled):
        return False
    pairs = zip(pairwise(names), pairwise(row), strict=False)
    distinguishes = any(name and name == other and cell != neighbour for (name, other), (cell, neighbour) in pairs)
    return distinguishes and not _is_like_below(row, below)


def clean_rows(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Cleaned cells; rows without any text are dropped."""
    cleaned = [tuple(_join_currency_signs([one_line(cell) for cell in row])) for row in rows]
    return [row for row in cleaned if any(row)]


def _join_currency_signs(cells: list[str]) -> list[str]:
    """Financial statements set the currency sign in a column of its own: put it before its number."""
    for column, cell in enumerate(cells[:-1]):
        if cell in _CURRENCY_SIGNS and cells[column + 1]:
            cells[column : column + 2] = ["", f"{cell} {cells[column + 1]}"]
    return cells


def column_names(rows: Sequence[Row]) -> Row | None:
    """The names in the table's header, or None without one."""
    non_empty = clean_rows(rows)
    header = header_index(non_empty)
    return None if header is None else full_names(non_empty, header)[0]


def named_row(names: Row, row: Row) -> str:
    """``name: value`` pairs; empty cells are left out with their names, a merged cell appears once."""
    parts: list[str] = []
    before = ""
    for column, value in enumerate(row):
        name = names[column] if column < len(names) else ""
        is_merged = value == before and len(value) > _MERGED_TEXT_LENGTH
        before = value
        part = f"{name}: {value}" if name and name != value else value
        if value and not is_merged and part not in parts[-1:]:
            parts.append(part)
    return " | ".join(parts)


def plain_row(row: Row, *, merges: bool = True) -> str:
    """The non-empty cells; with ``merges`` equal neighbours are one merged cell and appear once."""
    cells = zip(["", *row], row, strict=False)
    return " | ".join(value for before, value in cells if value and not (merges and _is_merged_cell(before, value)))


def _is_merged_cell(before: str, value: str) -> bool:
    return before == value and not is_value(value)


def header_index(rows: Sequence[Row]) -> int | None:
    """Index of the row that names the columns: the first with two distinct cells, if they read like names.

    Rows above it are titles. None means a table without a header.
    """
    for index, row in enumerate(rows[:_HEADER_SEARCH_ROWS]):
        filled = [cell for cell in row if cell]
        if len(set(filled)) < 2:
            continue
        return index if _reads_like_names(row, rows[index + 1 : index + 1 + _HEADER_SEARCH_ROWS]) else None
    return None


def _reads_like_names(row: Row, below: Sequence[Row]) -> bool:
    filled = [cell for cell in row if cell]
    if not below or max(map(len, filled)) > 60 or any(is_value(cell) or cell[-1] in ":：" for cell in filled):
        return False
    width = max(len(other) for other in below)
    return len(filled) >= max(2, width // 2) and not _is_like_below(row, below)


def _is_like_below(row: Row, below: Sequence[Row]) -> bool:
    """Whether a cell has the shape of those below it: "A0340" above "A0341", "A0342" is a value, not a name."""
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


def is_value(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None and not _YEAR.fullmatch(cell)


def has_column_names(row: Row) -> bool:
    """Whether at least half of the cells are usual column names or end in one: "Unit price", "项目名称"."""
    filled = [cell.lower() for cell in row if cell]
    return bool(filled) and 2 * sum(map(_is_column_name, filled)) >= len(filled)


def _is_column_name(cell: str) -> bool:
    words = cell.split()
    is_chinese = not cell.isascii() and len(cell) <= 6
    ends = (words[-1], cell[-2:]) if is_chinese else words[-1:]
    return len(words) <= 3 and (cell in _LIKELY_COLUMN_NAMES or any(end in _LIKELY_COLUMN_NAMES for end in ends))


def has_header(rows: Sequence[Row]) -> bool:
    """Whether the first row of a CSV file is a header: it reads like names and differs from the rows below it."""
    if header_index(rows) != 0:
        return False
    if any(cell.lower() in _COLUMN_NAMES for cell in rows[0]):
        return True
    return any(
        _differs(rows[0][column], [row[column] for row in rows[1:] if column < len(row)])
        for column in range(len(rows[0]))
    )


def _differs(name: str, values: Sequence[str]) -> bool:
    """The name has no digit where the values have, or not the length that all values share.

    A more lenient form of the rule of ``csv.Sniffer.has_header`` in the standard library.
    """
    non_empty = [value for value in values if value]
    if not non_empty or not name:
        return False
    with_digits = sum(any(c.isdigit() for c in value) for value in non_empty)
    if with_digits >= 0.8 * len(non_empty):
        return not any(c.isdigit() for c in name)
    lengths = {len(value) for value in non_empty}
    return len(non_empty) > 2 and len(lengths) == 1 and len(name) not in lengths
