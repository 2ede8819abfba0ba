"""What was computed, as lines of a report: the result with its unit, the formula, and where each number stands.

``computed_lines`` is the entry; ``report`` is the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from voicehelper.agents.planning.amounts import decimal_text
from voicehelper.agents.planning.drafts import CALCULATOR, Draft
from voicehelper.agents.planning.growths import Growth, growth_in
from voicehelper.agents.planning.plan import Observed
from voicehelper.agents.planning.rules import drafts_of
from voicehelper.agents.planning.sourcing import Sources, quoted
from voicehelper.agents.planning.steps import EXPRESSION
from voicehelper.agents.planning.values import REFERENCE, Quantity, UnresolvedError, question_of, referenced_values
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language

_PLACES: Final = 4  # decimal places that are shown of a result, 2 of a percentage
_UNITS: Final = {
    "percent": ("%", "%"), "ratio": (" 倍", ""), "yuan": (" 元", " yuan"), "dollar": (" 美元", " dollars"),
    "euro": (" 欧元", " euros"), "pound": (" 英镑", " pounds"), "hour": (" 小时", " hours"), "day": (" 天", " days"),
    "minute": (" 分钟", " minutes"), "month": (" 个月", " months"), "year": (" 年", " years"),
    "week": (" 周", " weeks"),
    "night": (" 晚", " nights"), "person": (" 人", " people"), "kilometre": (" 公里", " km"),
    "metre": (" 米", " m"),
    "kilogram": (" 公斤", " kg"), "gram": (" 克", " g"),
}  # fmt: skip
_SCALES: Final = {
    "zh": {4: "万", 6: "百万", 8: "亿", 9: "十亿", 12: "万亿"},
    "en": {3: "thousand", 6: "million", 9: "billion", 12: "trillion"},
}
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class _Result:
    """``values`` are those that its references name, ``growth`` what it computes of one observation."""

    observed: Observed
    number: Decimal
    values: Mapping[int, Quantity]
    draft: Draft | None
    growth: tuple[Observed, Growth] | None


def computed_lines(task: str, observed: Sequence[Observed], sources: Sources, language: Language) -> Iterator[str]:
    """A paragraph for each result, in the order of the steps."""
    drafts = [draft for draft in drafts_of(task, language) if draft.expression]
    growths = {growth.expression: (one, growth) for one in observed if (growth := growth_in(one))}
    by_step = {one.planned.step: one for one in observed}
    for one in observed:
        result = _result(one, by_step, drafts, growths) if one.planned.tool == CALCULATOR else None
        if result:
            yield "\n\n".join(filter(None, _paragraphs(result, by_step, sources, language)))


def _result(
    one: Observed,
    by_step: Mapping[int, Observed],
    drafts: Sequence[Draft],
    growths: Mapping[str, tuple[Observed, Growth]],
) -> _Result | None:
    number = _number(one)
    if number is None:
        return None
    try:
        values = referenced_values(one.planned, by_step)
    except UnresolvedError:
        values = {}
    expression = str(one.planned.arguments.get(EXPRESSION, ""))
    draft = next((draft for draft in drafts if _shape(draft.expression) == _shape(expression)), None)
    return _Result(one, number, values, draft, growths.get(expression))


def _number(one: Observed) -> Decimal | None:
    try:
        number = Decimal(str(one.result.result)) if one.result else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _shape(expression: str) -> str:
    """The expression whichever steps it refers to."""
    return REFERENCE.sub("{}", expression)


def _paragraphs(
    result: _Result, by_step: Mapping[int, Observed], sources: Sources, language: Language
) -> Iterator[str]:
    subject, value = _subject(result, language), shown_value(result.number, *_unit(result), language)
    yield message_for("report_result", language, {"subject": subject, "value": value})
    filled = str(result.observed.arguments.get(EXPRESSION, ""))
    shown = str(result.observed.result.result) if result.observed.result else ""
    yield message_for("report_formula", language, {"expression": quoted(filled), "result": shown})
    yield "\n".join(_values(result, by_step, sources))
    if _has_numbers_of_task(result):
        yield message_for("report_from_task" if result.values else "report_all_from_task", language)


def _subject(result: _Result, language: Language) -> str:
    if result.growth:
        first, last = result.growth[1].years
        code = "report_growth" if last - first == 1 else "report_growth_a_year"
        return message_for(code, language, {"first": first, "last": last})
    subject = quoted(result.draft.subject) if result.draft else ""
    return message_for("report_answer_of" if subject else "report_answer", language, {"subject": subject})


def _unit(result: _Result) -> tuple[str, int]:
    """(unit, power of ten that all values are written in)."""
    if result.growth:
        return "percent", 0
    unit = result.draft.unit if result.draft else ""
    units = {value.unit for value in result.values.values()} - {""}
    if unit or len(units) != 1:
        return unit, 0
    if units == {"percent"} and len(result.values) == 1:
        return "", 0  # a share of what the task says
    scales = {value.scale for value in result.values.values()}
    return units.pop(), scales.pop() if len(scales) == 1 else 0


def shown_value(number: Decimal, unit: str, scale: int, language: Language) -> str:
    """ "2.5 亿元", "25%", "$" never: a currency is written out."""
    name = _SCALES[language].get(scale, "")
    places = 2 if unit == "percent" else _PLACES
    rounded = round(number.scaleb(-scale) if name else number, places)
    figure = decimal_text(rounded if rounded or not number else number)
    zh, en = _UNITS.get(unit, (f" {unit}" if unit else "",) * 2)
    shown = zh.lstrip() if name and language == "zh" else zh if language == "zh" else en
    return f"{_grouped(figure)}{f' {name}' if name else ''}{shown}"


def _grouped(figure: str) -> str:
    whole, point, rest = figure.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.lstrip("-").isdecimal() and whole != "-0" else figure


def _values(result: _Result, by_step: Mapping[int, Observed], sources: Sources) -> Iterator[str]:
    """Each number that was found, with its mark."""
    for step, value in sorted(result.values.items()):
        one = by_step[step]
        mark = sources.mark(one, value.mark, value.quote)
        yield f"- {quoted(question_of(one))} {quoted(value.text)}{mark}"
    if result.growth:
        one, growth = result.growth
        for reading in (growth.first, growth.last):
            when = reading.period.text if reading.period else ""
            yield f"- {when} {quoted(reading.amount.text)}{sources.mark(one, reading.mark, reading.quote)}"


def _has_numbers_of_task(result: _Result) -> bool:
    """Whether the task gave some of the formula's numbers: counts, beside a rate that was found."""
    expression = REFERENCE.sub("", str(result.observed.planned.arguments.get(EXPRESSION, "")))
    numbers = [number for number in _NUMBER.findall(expression) if number not in ("1", "100")]
    return bool(numbers) and result.growth is None and not re.search(r"\*\* \(1 /|\) / \d+$", expression)
