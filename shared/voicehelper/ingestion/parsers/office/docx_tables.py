"""Tables of Word documents as rows of text.

Entry function: ``table_rows``, called by ``docx``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.office.ooxml import Element, attribute, child, children, local, number, value_of

_MAX_SPAN = 63  # columns of a Word table
_SPACES = re.compile(r"\s+")
ParagraphText = Callable[[Element], str]


def table_rows(table: Element, text_of: ParagraphText) -> list[list[str]]:
    """Rows of the table's grid; a merged cell repeats its text in each place, so that rows can be read alone.

    ``text_of`` reads a paragraph; it is called once for each, in document order.
    """
    rows: list[list[str]] = []
    for row in _rows(table):
        cells: list[str] = [""] * min(number(value_of(child(row, "trPr"), "gridBefore")), _MAX_SPAN)
        for cell in children(row, "tc", "sdt"):
            cell = _content_cell(cell)
            properties = child(cell, "tcPr")
            merge = child(properties, "vMerge")
            above = rows[-1][len(cells)] if rows and len(cells) < len(rows[-1]) else ""
            text = above if merge is not None and attribute(merge, "val") != "restart" else _cell_text(cell, text_of)
            cells += [text] * max(1, min(number(value_of(properties, "gridSpan"), 1), _MAX_SPAN))
        rows.append(cells)
    return rows


def _rows(table: Element) -> Iterator[Element]:
    """Rows that a tracked change deleted are left out."""
    for item in table:
        found = [item] if local(item) == "tr" else []
        if local(item) in ("sdt", "ins", "customXml"):
            found = [row for row in item.iter() if local(row) == "tr"]
        yield from (row for row in found if child(child(row, "trPr"), "del") is None)


def _content_cell(cell: Element) -> Element:
    return next((item for item in cell.iter() if local(item) == "tc"), cell)


def _cell_text(cell: Element, text_of: ParagraphText) -> str:
    """All paragraphs of the cell, those of nested tables included."""
    paragraphs = (item for item in cell.iter() if local(item) == "p" and not _is_alternative(item, cell))
    texts = (one_line(text_of(paragraph)) for paragraph in paragraphs)
    return _SPACES.sub(" ", " ".join(filter(None, texts)))


def _is_alternative(paragraph: Element, cell: Element) -> bool:
    """The copy of a text box for older versions."""
    for up in paragraph.iterancestors():
        if up is cell:
            return False
        if local(up) == "Fallback":
            return True
    return False
