"""Charts of the kinds that Office 2016 added, such as waterfalls, funnels and tree maps.

Entry function: ``extended_chart_text``, called by ``docx`` and ``pptx_shapes``. Format: MS-ODRAWXML, 2.24.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.office.number_formats import shown_number
from voicehelper.ingestion.parsers.office.ooxml import Element, attribute, child, children, local, number

_MAX_POINTS = 10_000
_MAX_LEVELS = 8
_MAX_SERIES = 255


def extended_chart_text(root: Element) -> str:
    """``root`` is a cx:chartSpace. The title, then a line for each point: its categories and its value."""
    data = {attribute(item, "id") or "": item for item in children(child(root, "chartData"), "data")}
    chart = child(root, "chart")
    lines = [_words(child(chart, "title"))]
    region = child(child(chart, "plotArea"), "plotAreaRegion")
    for series in islice(children(region, "series"), _MAX_SERIES):
        source = data.pop(attribute(child(series, "dataId"), "val") or "", None)
        lines += _lines(_words(child(series, "tx")), source) if source is not None else []
    return "\n".join(filter(None, lines))


def _words(element: Element | None) -> str:
    texts = (item.text or "" for item in (element.iter() if element is not None else ()) if local(item) in ("t", "v"))
    return one_line(" ".join(texts))


def _lines(name: str, source: Element) -> Iterator[str]:
    categories = [_points(level) for level in islice(_levels(source, "strDim"), _MAX_LEVELS)]
    values = next((_points(level) for level in _levels(source, "numDim")), {})
    for at in sorted({*values, *(at for level in categories for at in level)})[:_MAX_POINTS]:
        labels = [text for level in reversed(categories) if (text := level.get(at, ""))]
        value = values.get(at, "")
        shown = f"{name}: {value}" if name and value else value
        yield " | ".join(filter(None, [" ".join(labels), shown]))


def _levels(source: Element, kind: str) -> Iterator[Element]:
    """The innermost first."""
    return (level for dimension in children(source, kind) for level in children(dimension, "lvl"))


def _points(level: Element) -> dict[int, str]:
    code = attribute(level, "formatCode") or ""
    points = islice(children(level, "pt"), _MAX_POINTS)
    return {number(attribute(point, "idx")): one_line(shown_number(point.text or "", code)) for point in points}
