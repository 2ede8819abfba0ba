"""Shapes of PowerPoint slides as blocks: text with its automatic numbers, tables, charts and SmartArt.

Entry functions: ``shape_blocks``, and ``read`` for attributes that a file may have wrong; called by ``pptx``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pptx.exc import PythonPptxError

from voicehelper.errors import RejectedError
from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block
from voicehelper.ingestion.parsers.common.cleaning import clean_text
from voicehelper.ingestion.parsers.common.tables import table_lines
from voicehelper.ingestion.parsers.office.charts import chart_text
from voicehelper.ingestion.parsers.office.charts_extended import extended_chart_text
from voicehelper.ingestion.parsers.office.diagrams import diagram_items
from voicehelper.ingestion.parsers.office.numerals import numeral
from voicehelper.ingestion.parsers.office.ooxml import Element, attribute, child, local, number, xml_tree

# What python-pptx raises for attributes that are not what the standard demands.
DAMAGED = (
    PythonPptxError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, NotImplementedError,
    SyntaxError,
)  # fmt: skip
ValueT = TypeVar("ValueT")
# Beginnings of ST_TextAutonumberScheme → formats of numerals; the endings are Period, ParenR, ParenBoth and Plain.
_SCHEMES = {
    "arabic": "decimal", "alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman",
    "romanUc": "upperRoman", "ea1Chs": "chineseCounting", "ea1Cht": "chineseCounting", "ea1Jpn": "chineseCounting",
    "circleNum": "decimalEnclosedCircle",
}  # fmt: skip
_ENDINGS = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Minus": "{}-"}
_SHAPES = ("sp", "grpSp", "graphicFrame", "pic", "cxnSp")
_MAX_ALTERNATIVES = 1000


def read(get: Callable[[Any], ValueT], item: object, default: ValueT) -> ValueT:
    """A position, size or kind; ``default`` where the file has no such value, so that the text is not lost with it."""
    try:
        return get(item)
    except DAMAGED:
        return default


def shape_blocks(shape: Any, place: Place, path: tuple[str, ...]) -> Iterator[Block]:
    if getattr(shape, "has_table", False):
        yield Block("\n".join(table_lines(_table_rows(shape.table))), "table", place, path)
    elif getattr(shape, "has_chart", False):
        yield Block(read(lambda shape: chart_text(shape.chart._chartSpace), shape, ""), "table", place, path)
    elif shape.has_text_frame:
        yield Block(clean_text(_numbered_text(shape.text_frame)), "paragraph", place, path)
    elif (extended := _related_tree(shape, "chart", "id")) is not None:
        yield Block(extended_chart_text(extended), "table", place, path)
    elif (diagram := _related_tree(shape, "relIds", "dm")) is not None:
        yield from (Block(item, "list_item", place, path) for item in diagram_items(diagram))


def unwrap_alternatives(tree: Element) -> None:
    """Puts shapes that only newer versions draw, such as those with formulas, in place of the choice around them."""
    choices = [item for item in tree.iter() if local(item) == "AlternateContent"][:_MAX_ALTERNATIVES]
    for item in choices:
        parent, newest = item.getparent(), child(item, "Choice")
        shapes = [shape for shape in (newest if newest is not None else ()) if local(shape) in _SHAPES]
        if parent is not None and local(parent) in ("spTree", "grpSp") and shapes:
            at = parent.index(item)
            parent[at : at + 1] = shapes


def _numbered_text(frame: Any) -> str:
    """Paragraphs as lines, with the numbers that PowerPoint writes before them."""
    counters: dict[int, int] = {}
    lines = []
    for paragraph in frame.paragraphs:
        text = str(paragraph.text).replace("\v", "\n")
        properties = child(paragraph._p, "pPr")
        scheme = child(properties, "buAutoNum")
        depth = number(attribute(properties, "lvl"))
        counters = {level: count for level, count in counters.items() if level < depth + (scheme is not None)}
        if scheme is not None and text.strip():
            counters[depth] = counters.get(depth, number(attribute(scheme, "startAt"), 1) - 1) + 1
            text = f"{_number_shown(counters[depth], attribute(scheme, 'type') or '')} {text}"
        lines.append(text)
    return "\n".join(lines)


def _number_shown(value: int, scheme: str) -> str:
    number_format = next((shown for name, shown in _SCHEMES.items() if scheme.startswith(name)), "decimal")
    pattern = next((pattern for ending, pattern in _ENDINGS.items() if scheme.endswith(ending)), "{}")
    return pattern.format(numeral(value, number_format))


def _related_tree(shape: Any, name: str, reference: str) -> Element | None:
    """The part that the first element of this name refers to."""
    element = next((item for item in shape._element.iter() if local(item) == name), None)
    part = attribute(element, reference)
    if part is None:
        return None
    try:
        return xml_tree(shape.part.related_part(part).blob, name)
    except (RejectedError, *DAMAGED):
        return None


def _table_rows(table: Any) -> list[list[str]]:
    """A merged cell repeats its text in each place. By XML elements, since the library counts rows for each cell."""
    rows: list[list[str]] = []
    for element in table._tbl.tr_lst:
        row: list[str] = []
        for cell in element.tc_lst:
            if read(lambda cell: bool(cell.hMerge), cell, False) and row:
                row.append(row[-1])
            elif read(lambda cell: bool(cell.vMerge), cell, False):
                row.append(rows[-1][len(row)] if rows and len(row) < len(rows[-1]) else "")
            else:
                row.append(str(cell.text))
        rows.append(row)
    return rows
