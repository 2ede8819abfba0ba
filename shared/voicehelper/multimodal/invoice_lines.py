"""Lines of an invoice from its tables: columns by the words of their heads. Entry function: ``invoice_lines``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from voicehelper.multimodal.models import InvoiceLine
from voicehelper.shapes.recognition import RecognisedTable

_HEADS: Final = {
    "description": re.compile(r"项目名称|货物|品名|商品|名称|\bdescription\b|\bitem\b|\bproduct\b", re.IGNORECASE),
    "specification": re.compile(r"规格|型号|\bspec|\bmodel\b", re.IGNORECASE),
    "unit": re.compile(r"^单\s*位$|^\s*(?:unit|uom)\s*$", re.IGNORECASE),
    "quantity": re.compile(r"数\s*量|\bqty\b|\bquantity\b", re.IGNORECASE),
    "unit_price": re.compile(r"单\s*价|\bunit\s*price\b|\bprice\b|\brate\b", re.IGNORECASE),
    "tax_rate": re.compile(r"税率|征收率|\b(?:tax|vat)\s*(?:rate|%)", re.IGNORECASE),
    "tax": re.compile(r"税\s*额|\btax\b|\bvat\b", re.IGNORECASE),
    "amount": re.compile(r"金\s*额|\bamount\b|\btotal\b", re.IGNORECASE),
}
_END: Final = re.compile(r"合\s*计|小\s*计|价税|备\s*注|\b(?:sub[\s-]?total|total|tax|vat|balance)\b", re.IGNORECASE)
_MIN_COLUMNS: Final = 3


def invoice_lines(tables: Sequence[RecognisedTable]) -> list[InvoiceLine]:
    """Of the first table that has heads of an invoice; sums and what is below them are no lines."""
    for table in tables:
        for index, row in enumerate(table.rows):
            columns = _columns(row)
            if len(columns) >= _MIN_COLUMNS and {"amount", "quantity"} & set(columns):
                return _lines(table.rows[index + 1 :], columns)
    return []


def _columns(row: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, cell in enumerate(row):
        name = next((name for name, head in _HEADS.items() if name not in columns and head.search(cell)), None)
        if name:
            columns[name] = index
    return columns


def _lines(rows: Sequence[Sequence[str]], columns: dict[str, int]) -> list[InvoiceLine]:
    lines = []
    for row in rows:
        if any(_END.match(cell.strip()) for cell in row[:2]):
            break
        values = {name: row[index] for name, index in columns.items()}
        if any(values.values()):
            lines.append(InvoiceLine(**values))
    return lines
