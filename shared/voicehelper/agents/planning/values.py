"""The value that an observation gives to its question, and the arguments of a step with such values filled in.

``value_of`` and ``resolve_arguments`` are the entries; the planner by rules calls them before a step is carried out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Final

from pydantic import JsonValue

from voicehelper.agents.planning.amounts import CURRENCIES, decimal_text, unit_of
from voicehelper.agents.planning.drafts import CALCULATOR
from voicehelper.agents.planning.periods import Period, periods, plain
from voicehelper.agents.planning.plan import Observed, PlannedStep
from voicehelper.agents.planning.readings import Reading, readings
from voicehelper.agents.planning.tiers import has_tiers
from voicehelper.errors import VoiceHelperError
from voicehelper.text.question_terms import content_terms

REFERENCE: Final = re.compile(r"\{(\d{1,3})\}")
_TIMES: Final = frozenset(["second", "minute", "hour", "day", "night", "week", "month", "quarter", "year"])
_MONEY: Final = re.compile(
    r"多少钱|营收|收入|利润|价格|单价|费|金额|[总销]额|成本|工资|薪|补[贴助]|津贴|预算|支出|花销|租金|"
    r"奖金|售价|资产|负债"
    r"|\b(?:revenue|price|cost|fee|profit|earn|pay|paid|spen[dt]|sales|allowance|budget|expense|salary|"
    r"rent|income|worth|"
    r"turnover|charge|debt|equity|assets)\w{0,2}\b",
    re.IGNORECASE,
)
_DURATION: Final = re.compile(
    r"多久|多长时间|几[天年个月]|多少天|[期限]是|时长|\b(?:how long|warranty|duration|notice period|"
    r"how many (?:days|weeks|months|years|hours))\b",
    re.IGNORECASE,
)
_SHARE: Final = re.compile(
    r"[率]是|[率]$|比例|比重|占比|百分|份额|\b(?:percent\w{0,3}|margin|growth rate|interest rate|share|"
    r"discount|rate of|"
    r"churn rate|\w{3,20} rate (?:in|for))\b",
    re.IGNORECASE,
)
_PHYSICAL: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), frozenset(units.split()))
    for pattern, units in (
        (r"重量|多重|\bweigh", "kilogram gram tonne lb pound 斤"),
        (
            r"[长宽高厚深]度|距离|\b(?:length|width|height|depth|distance|thickness)\b",
            "metre kilometre centimetre millimetre mile inch foot",
        ),
        (r"功率|\bpower\b", "watt kilowatt"),
        (r"电压|\bvoltage\b", "volt"),
        (r"温度|\btemperature\b", "celsius"),
    )
)
_COUNTED: Final = re.compile(r"多少([人台件个名位份张辆间项套次家])|\bhow many (\w{2,20})|([人台件])数", re.IGNORECASE)
_IS_CHANGE: Final = re.compile(
    r"(?:增长|增加|减少|下降|上升|提高|降低|同比|环比|上涨|下跌)了?(?:约|近)?$|\b(?:by|up|down|growth "
    r"of|increase of|decrease of|"
    r"rise of|grew|rose|fell)$",
    re.IGNORECASE,
)
# "T1", "X-200", "B" of "B 公司"; no "A licence".
_NAME: Final = re.compile(
    r"(?<![A-Za-z\d])(?:[A-Z]{1,6}-?\d{1,6}[A-Z]{0,2}|[A-Z](?!\w| ?[.&/]| [a-z]|\d))(?![A-Za-z\d])"
)
_NEAR: Final = 0.1  # scores that are nearer are alike
# (larger unit, smaller unit, how many)
_SMALLER: Final = (
    ("year", "month", 12), ("week", "day", 7), ("hour", "minute", 60), ("minute", "second", 60),
    ("kilometre", "metre", 1000),
    ("kilogram", "gram", 1000), ("tonne", "kilogram", 1000), ("quarter", "month", 3),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """``number`` is in ``unit`` itself, ``text`` as it stands; ``mark`` is its source among those of ``step``."""

    number: Decimal
    unit: str
    period: str
    text: str
    scale: int = 0
    mark: int = 0
    step: int = 0
    quote: str = ""  # the sentence that it stands in


class UnresolvedError(VoiceHelperError):
    """The values of ``steps`` are missing, ambiguous, or in units that do not fit each other."""

    code = "VALUE_NOT_FOUND"

    def __init__(self, steps: Sequence[int], *, tiered: bool = False) -> None:
        super().__init__(f"no usable value from {', '.join(map(str, steps))}", details={"steps": list(steps)})
        self.steps, self.tiered = list(steps), tiered


def is_refused(observed: Observed) -> bool:
    """Whether a step found nothing: it failed, or its answer says that the documents do not hold it."""
    if observed.failure is not None or observed.result is None or not observed.result.observation.strip():
        return True
    result = observed.result.result
    status = result.get("status", "answered") if isinstance(result, dict) else "answered"
    return status != "answered"


def is_change(label: str) -> bool:
    """Whether an amount after these words is what something grew by, and not what it is."""
    return _IS_CHANGE.search(label) is not None


def question_of(observed: Observed) -> str:
    """What a step asked; empty for a step that asks nothing."""
    asked = observed.arguments.get("question", observed.arguments.get("query", ""))
    return asked if isinstance(asked, str) else ""


def value_of(question: str, observed: Observed) -> Quantity | None:
    """The one amount that answers the question; None where nothing was found, or several could be meant."""
    if is_refused(observed) or observed.result is None:
        return None
    if observed.planned.tool == CALCULATOR:
        return _computed(observed)
    asked = plain(question)
    wanted = periods(asked)
    candidates = _of_kind(asked, [r for r in readings(observed.result.observation) if _fits(wanted, r.period)])
    scored = sorted(((_score(asked, wanted, reading), reading) for reading in candidates), key=lambda pair: -pair[0])
    if not scored:
        return None
    best, reading = scored[0]
    others = [other for score, other in scored[1:] if best - score < _NEAR and not _same(other, reading)]
    return None if others else _quantity(reading, observed.planned.step)


def _computed(observed: Observed) -> Quantity | None:
    result = observed.result.result if observed.result else None
    try:
        number = Decimal(str(result))
    except InvalidOperation:
        return None
    return Quantity(number, "", "", str(result), step=observed.planned.step) if number.is_finite() else None


def _quantity(reading: Reading, step: int) -> Quantity:
    amount, period = reading.amount, reading.period.text if reading.period else ""
    return Quantity(
        amount.number, amount.unit, period, amount.text, amount.scale, reading.mark, step, quote=reading.quote
    )


def _same(one: Reading, other: Reading) -> bool:
    return one.amount.number == other.amount.number and other.amount.unit in (one.amount.unit, "")


def _fits(wanted: Sequence[Period], period: Period | None) -> bool:
    """Not about another period than the question's; a year that is only "last year" may be any."""
    exact = [one for one in wanted if one.order != (0, 0) and one.order[0] < _RELATIVE_YEAR]
    if not exact or period is None or period.order[0] >= _RELATIVE_YEAR:
        return True
    return any(_same_period(one, period) for one in exact)


_RELATIVE_YEAR: Final = 3000


def _same_period(one: Period, other: Period) -> bool:
    years = {one.order[0], other.order[0]} - {0}
    return len(years) <= 1 and one.order[1] == other.order[1]


def _of_kind(question: str, found: Sequence[Reading]) -> list[Reading]:
    """Those of the asked kind, else those without a unit, where the question says which kind it asks for."""
    units = _wanted_units(question)
    if not units:
        return list(found)
    return [r for r in found if r.amount.unit in units] or [r for r in found if not r.amount.unit]


def _wanted_units(question: str) -> frozenset[str]:
    if match := _COUNTED.search(question):
        unit = unit_of(next(filter(None, match.groups())))
        return frozenset([unit, "person"]) if unit in ("employee", "staff", "people") else frozenset([unit])
    if _SHARE.search(question):
        return frozenset(["percent"])
    if _DURATION.search(question):
        return _TIMES
    if _MONEY.search(question):
        return CURRENCIES
    return next((units for pattern, units in _PHYSICAL if pattern.search(question)), frozenset())


def _score(question: str, wanted: Sequence[Period], reading: Reading) -> float:
    asked = set(content_terms(_without_periods(question, wanted))) or {""}
    in_label, in_line = (len(asked & set(content_terms(text))) / len(asked) for text in (reading.label, reading.line))
    in_period = 1.0 if wanted and reading.period and _same_period(wanted[0], reading.period) else 0.0
    changes = 1.5 if is_change(reading.label) and not is_change(question) else 0.0
    return (
        _about(question, reading)
        + in_period
        + in_label
        + 0.5 * in_line
        - changes
        + (0.25 if reading.amount.unit else 0.0)
    )


def _about(question: str, reading: Reading) -> float:
    """Whether the thing that the question names by a code or letter is the one of the amount: "T1", "B 公司"."""
    asked, beside, in_line = (set(_NAME.findall(text)) for text in (question, reading.before, reading.line))
    if not asked:
        return 0.0
    if beside & asked:
        return 1.0
    return -1.0 if beside else 0.5 if in_line & asked else -0.5 if in_line else 0.0


def _without_periods(question: str, wanted: Sequence[Period]) -> str:
    for period in reversed(wanted):
        question = f"{question[: period.start]} {question[period.end :]}"
    return question


def resolve_arguments(step: PlannedStep, observed: Mapping[int, Observed]) -> dict[str, JsonValue]:
    """The step's arguments with a plain number for each ``{n}``, all in one unit. Raises UnresolvedError."""
    filled = {n: _shown(step, quantity) for n, quantity in referenced_values(step, observed).items()}
    fill = {n: number if number[0] != "-" else f"({number})" for n, number in filled.items()}
    return {name: _filled(argument, fill) for name, argument in step.arguments.items()}


def _filled(argument: JsonValue, numbers: Mapping[int, str]) -> JsonValue:
    if not isinstance(argument, str):
        return argument
    return REFERENCE.sub(lambda match: numbers[int(match[1])], argument)


def referenced_values(step: PlannedStep, observed: Mapping[int, Observed]) -> dict[int, Quantity]:
    """The value of each ``{n}``, in units that can be computed with each other. Raises UnresolvedError."""
    texts = [argument for argument in step.arguments.values() if isinstance(argument, str)]
    numbers = list(dict.fromkeys(int(number) for text in texts for number in REFERENCE.findall(text)))
    found = {n: value_of(question_of(observed[n]), observed[n]) if n in observed else None for n in numbers}
    if missing := [n for n, quantity in found.items() if quantity is None]:
        raise UnresolvedError(missing)
    quotes = {n: quantity.quote for n, quantity in found.items() if quantity and quantity.quote}
    tiered = [n for n, quote in quotes.items() if has_tiers(_observation(observed[n]), quote)]
    if tiered and _multiplies(" ".join(texts)):
        raise UnresolvedError(tiered, tiered=True)
    return _in_one_unit({n: quantity for n, quantity in found.items() if quantity}, " ".join(texts))


def _multiplies(expression: str) -> bool:
    """A rate times a count, or a sum of such; no growth, ratio or difference."""
    return "*" in expression and not re.search(r"-|/ [{(]", expression)


def _observation(observed: Observed) -> str:
    return observed.result.observation if observed.result else ""


def _in_one_unit(values: Mapping[int, Quantity], expression: str) -> dict[int, Quantity]:
    units = {quantity.unit for quantity in values.values() if quantity.unit}
    if len(units) < 2:
        return dict(values)
    smallest = next((small for large, small, _ in _SMALLER if {large, small} >= units), None)
    if smallest:
        return {n: _smaller(quantity, smallest) for n, quantity in values.items()}
    is_added = re.search(r"\} [-+] \{", expression) is not None
    if len(units & CURRENCIES) > 1 or is_added:
        raise UnresolvedError(list(values))
    return dict(values)


def _smaller(quantity: Quantity, unit: str) -> Quantity:
    many = next((many for large, small, many in _SMALLER if (large, small) == (quantity.unit, unit)), 1)
    return replace(quantity, number=quantity.number * many, unit=unit)


def _shown(step: PlannedStep, quantity: Quantity) -> str:
    """A percentage counts as its hundredth beside other numbers, and as points among percentages."""
    number = decimal_text(quantity.number)
    texts = [argument for argument in step.arguments.values() if isinstance(argument, str)]
    is_alone = len({number for text in texts for number in REFERENCE.findall(text)}) == 1
    return f"({number} / 100)" if quantity.unit == "percent" and is_alone else number
