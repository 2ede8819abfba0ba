"""Charts of Word and PowerPoint: title, axes and the values of every plot, as the chart shows them.

Entry function: ``chart_text``. Format: ECMA-376-1, 21.2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.common.tables import named_row
from voicehelper.ingestion.parsers.office.number_formats import formatted, parsed_number, plain_number, shown_number
from voicehelper.ingestion.parsers.office.ooxml import Element, attribute, child, children, local, number, value_of

_MAX_POINTS = 10_000  # of a series
_MAX_SERIES = 255  # as in Excel
_MAX_LEVELS = 8  # of categories


@dataclass(frozen=True, slots=True)
class _Axis:
    title: str
    code: str  # of its numbers, "" where they follow the values


@dataclass(frozen=True, slots=True)
class _Series:
    """``categories`` and ``values`` are index of the point → text."""

    name: str
    category_title: str
    value_title: str
    categories: dict[int, str]
    values: dict[int, str]

    @property
    def column(self) -> str:
        """ "Solar yield (MWh)": the axis says what the values are."""
        if not self.value_title or self.value_title.lower() in self.name.lower():
            return self.name
        return f"{self.name} ({self.value_title})" if self.name else self.value_title


def chart_text(root: Element) -> str:
    """``root`` is a c:chartSpace. The title, then a line for each category with the values of all series."""
    chart = child(root, "chart")
    area = child(chart, "plotArea")
    axes = {value_of(axis, "axId") or "": _axis(axis) for axis in _parts(area, "Ax")}
    series = list(islice((item for plot in _parts(area, "Chart") for item in _plot_series(plot, axes)), _MAX_SERIES))
    title = _title(chart) or (series[0].column if len(series) == 1 else "")
    return "\n".join(filter(None, [title, *_lines(series)]))


def _parts(area: Element | None, ending: str) -> Iterator[Element]:
    """Plots end in "Chart", axes in "Ax"."""
    return (item for item in (area if area is not None else ()) if local(item).endswith(ending))


def _axis(axis: Element) -> _Axis:
    number_format = child(axis, "numFmt")
    is_own = attribute(number_format, "sourceLinked") in ("0", "false")
    return _Axis(_title(axis), (attribute(number_format, "formatCode") or "") if is_own else "")


def _title(element: Element | None) -> str:
    """Its own text; a title without one repeats the name of the only series."""
    text = child(child(element, "title"), "tx")
    if text is None:
        return ""
    rich = " ".join(t.text or "" for t in text.iter() if local(t) == "t")
    return one_line(rich) or _first(_points(text))


def _lines(series: list[_Series]) -> Iterator[str]:
    """One table for all series with the same categories."""
    tables: dict[tuple[tuple[int, str], ...], list[_Series]] = {}
    for item in series:
        tables.setdefault(tuple(item.categories.items()), []).append(item)
    for group in tables.values():
        names = [group[0].category_title, *(item.column for item in group)]
        points = sorted({at for item in group for at in (*item.categories, *item.values)})
        for at in points[:_MAX_POINTS]:
            values = [item.values.get(at, "") for item in group]
            if any(values):
                yield named_row(names, [group[0].categories.get(at, ""), *values])


def _plot_series(plot: Element, axes: dict[str, _Axis]) -> Iterator[_Series]:
    own = [axes[value] for item in children(plot, "axId") if (value := attribute(item, "val") or "") in axes]
    category_axis, value_axis = (*own, _Axis("", ""), _Axis("", ""))[:2]
    for item in children(plot, "ser"):
        categories = child(item, "cat") if child(item, "cat") is not None else child(item, "xVal")
        values = child(item, "val") if child(item, "val") is not None else child(item, "yVal")
        yield _Series(
            _first(_points(child(item, "tx"))),
            category_axis.title,
            value_axis.title,
            _texts(_points(categories), category_axis.code),
            _shown_values(_points(values), item, plot, value_axis.code),
        )


_Points = dict[int, tuple[str, str]]  # index → (stored value, its number format)


def _points(source: Element | None) -> _Points:
    """Stored values of a reference or a literal; categories of several levels are joined, the outer one first."""
    if source is None:
        return {}
    levels = [item for item in source.iter() if local(item) == "lvl"]
    if levels:
        return _joined_levels([_level_points(level) for level in levels])
    if child(source, "v") is not None:
        return {0: (child(source, "v").text or "", "")}  # type: ignore[union-attr]
    cache = next((item for item in source.iter() if local(item) in ("strCache", "numCache", "strLit", "numLit")), None)
    return _level_points(cache) if cache is not None else {}


def _level_points(cache: Element) -> _Points:
    format_code = child(cache, "formatCode")
    default = (format_code.text or "") if format_code is not None else ""
    points: _Points = {}
    for point in children(cache, "pt"):
        value = child(point, "v")
        if value is not None and len(points) < _MAX_POINTS:
            points[number(attribute(point, "idx"))] = (value.text or "", attribute(point, "formatCode") or default)
    return points


def _joined_levels(levels: list[_Points]) -> _Points:
    """The innermost level comes first; an outer text stands for all points up to the next one."""
    inner, *outer = levels[:_MAX_LEVELS]
    places = sorted(inner)
    texts = [_carried_on(level, places) for level in reversed(outer)]
    return {at: (" ".join(filter(None, [*(level[at] for level in texts), inner[at][0]])), "") for at in places}


def _carried_on(level: _Points, places: list[int]) -> dict[int, str]:
    waiting = sorted(level, reverse=True)
    text, carried = "", {}
    for at in places:
        while waiting and waiting[-1] <= at:
            text = level[waiting.pop()][0]
        carried[at] = text
    return carried


def _first(points: _Points) -> str:
    return one_line(" ".join(text for text, _ in points.values()))


def _texts(points: _Points, axis_code: str) -> dict[int, str]:
    return {at: one_line(shown_number(text, axis_code or code)) for at, (text, code) in points.items()}


def _shown_values(points: _Points, series: Element, plot: Element, axis_code: str) -> dict[int, str]:
    """In the format of the data labels, else of the values, else percent where the axis counts in it."""
    labels = [item for item in (child(series, "dLbls"), child(plot, "dLbls")) if item is not None]
    label_code = next((code for item in labels if (code := _label_code(item))), "")
    shares = _shares(points) if any(_is_on(item, "showPercent") for item in labels[:1]) else {}
    return {
        at: _value_text(text, label_code or code, axis_code) + shares.get(at, "") for at, (text, code) in points.items()
    }


def _label_code(labels: Element) -> str:
    number_format = child(labels, "numFmt")
    is_own = attribute(number_format, "sourceLinked") in ("0", "false")
    return (attribute(number_format, "formatCode") or "") if is_own and not _is_on(labels, "showPercent") else ""


def _is_on(element: Element, name: str) -> bool:
    item = child(element, name)
    return item is not None and attribute(item, "val") not in ("0", "false")


def _shares(points: _Points) -> dict[int, str]:
    """Percentages that a pie chart writes beside its pieces."""
    values = {at: value for at, (text, _) in points.items() if (value := parsed_number(text)) is not None}
    total = math.fsum(map(abs, values.values()))
    return {at: f" ({formatted(abs(value) / total, '0%')})" for at, value in values.items()} if total else {}


def _value_text(text: str, code: str, axis_code: str) -> str:
    value = parsed_number(text)
    if value is not None and "%" in axis_code and code in ("", "General"):
        return f"{plain_number(round(value * 100, 9))}%"
    return shown_number(text, code)
