"""Ranges of a worksheet: merged cells, filters and declared tables.

Entry function: ``sheet_ranges``, called by ``xlsx``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from voicehelper.ingestion.parsers.office.cell_rows import Range, SheetRanges
from voicehelper.ingestion.parsers.office.formula_syntax import column_index
from voicehelper.ingestion.parsers.office.ooxml import Package, attribute, child, number

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")
_MAX_TABLES = 256  # of one sheet
_REFERRED = re.compile(rb"<(?:\w{1,20}:)?(mergeCell|autoFilter)\b[^<>]*?\bref=\"([A-Z0-9$:]{5,24})\"")


def sheet_ranges(package: Package, part: str, content: bytes) -> SheetRanges:
    """``content`` is that of the worksheet ``part``."""
    found = [(kind.decode(), _range(ref.decode())) for kind, ref in _REFERRED.findall(content)]
    merges = [item for kind, item in found if item and kind == "mergeCell"]
    filters = [item for kind, item in found if item and kind == "autoFilter"][:1]
    tables = list(islice(_tables(package, part), _MAX_TABLES))
    heads = frozenset(item.first_row for item in (*filters, *tables))
    return SheetRanges(merges, [*filters, *tables], heads)


def _tables(package: Package, part: str) -> Iterator[Range]:
    """Declared tables with a head row; they have filters of their own."""
    for kind, target in package.relations(part).values():
        root = package.decoration(target) if kind == "table" else None
        if root is None or number(attribute(root, "headerRowCount"), 1) != 1:
            continue
        item = _range(attribute(root, "ref") or attribute(child(root, "autoFilter"), "ref") or "")
        if item:
            yield item


def _range(ref: str) -> Range | None:
    match = _RANGE.fullmatch(ref)
    return Range(int(match[2]), int(match[4]), column_index(match[1]), column_index(match[3])) if match else None
