"""What a task computes from values that are still to be found, and the expression for it.

``operation_of`` and ``expression_of`` are the entries; the rules for values over time and of several things call them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from voicehelper.agents.planning.word_problems import annual_growth, growth

Operation = Literal["annual_growth", "growth", "share", "ratio", "mean", "sum", "difference"]
Form = tuple[Operation, re.Pattern[str]]


def compiled(forms: Sequence[tuple[Operation, str]]) -> tuple[Form, ...]:
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in forms)


_PERCENT: Final = (
    r"\bgrowth\b|year[- ]o(?:n|ver)[- ]year|\byoy\b|百分之?[几多比]|增长?率|增速|[增涨降跌]幅|比率|"
    r"[%％]|\bpercent|\bper cent\b|\brate\b|\bby what "
    r"(?:share|proportion)"
)
_CHANGE: Final = (
    r"增长|增加|上升|上涨|下降|下跌|减少|降低|提高|变化|同比|环比|[涨降增跌]了?|增速"
    r"|\b(?:gr[eo]w(?:n|th)?|increas\w{1,3}|ris(?:e|en)|rose|f[ae]ll(?:en)?|drop(?:ped)?|"
    r"decreas\w{1,3}|chang(?:e|ed)|declin\w{1,3}|"
    r"shr[aiu]nk|expand(?:ed)?|gain(?:ed)?|improved?|go(?:ne)? (?:up|down)|went (?:up|down))\b"
)
# The first that fits decides.
_OPERATIONS: Final = compiled(
    (
        (
            "annual_growth",
            r"年均复合|复合增长|年复合|年均增[长速]|年化增长|\bCAGR\b|\bcompound annual\b|"
            r"\bannual(?:i[sz]ed)? growth\b|\bgrowth per year\b",
        ),
        (
            "share",
            r"占.{1,40}(?:比例|比重|百分|多少|份额|几成)|\b(?:what|which) (?:share|percent(?:age)?|"
            r"proportion|fraction|part) of\b|\bas an? (?:share|percent(?:age)?|proportion) of\b|\bshare "
            r"of\b",
        ),
        (
            "ratio",
            r"几倍|多少倍|之比|比值|的比是|\bratio\b|\bhow many times\b|\btimes (?:as|more|larger|higher|"
            r"bigger)\b",
        ),
        ("mean", r"平均|均值|年均|\b(?:average|mean)\b"),
        (
            "sum",
            r"合计|总和|之和|一共|总共|共计|加起来|加在一起|总计|共[多有花是需]|\b(?:total|sum|combined|"
            r"together|altogether|in all)\b",
        ),
        (
            "difference",
            r"相差|差额|差距|差异?是?多少|差值|差价|之差|比.{1,60}(?:多少|几)|多多少|少多少|高多少"
            r"|\b(?:difference|gap)\b|\bby how much\b|\bhow (?:much|many) (?:more|less|fewer|"
            r"\w{2,12}er\b)|\bhow much (?:is|"
            r"was|are|were|do|does|did) .{1,80} exceed"
            rf"|{_CHANGE}",
        ),
    )
)
_GROWS: Final = re.compile(_CHANGE, re.IGNORECASE)
_IN_PERCENT: Final = re.compile(_PERCENT, re.IGNORECASE)
_DOWN: Final = re.compile(
    r"[少低轻短慢小便](?:宜)?(?:了|出)?(?:多少|几)|减少|下降|下跌|降低|降了|跌了"
    r"|\b(?:less|fewer|lower|cheaper|lighter|shorter|smaller|slower|decreas\w{1,3}|declin\w{1,3}|"
    r"drop(?:ped)?|f[ae]ll(?:en)?|shr[aiu]nk|down)\b",
    re.IGNORECASE,
)


def operation_of(text: str) -> Operation | None:
    found = next((name for name, pattern in _OPERATIONS if pattern.search(text)), None)
    is_change = _GROWS.search(text) is not None
    if found in ("difference", "mean", "sum", None) and is_change and _IN_PERCENT.search(text):
        return "growth"
    return (
        "difference"
        if found == "mean" and is_change and "平均" not in text and "average" not in text.lower()
        else found
    )


def is_change(text: str) -> bool:
    return _GROWS.search(text) is not None


def is_less(text: str) -> bool:
    """Whether it asks how much less, so that the answer is what the second has more."""
    return _DOWN.search(text) is not None


def in_percent(text: str) -> bool:
    return _IN_PERCENT.search(text) is not None


def expression_of(operation: Operation, values: Sequence[str], years: int = 0) -> tuple[str, str] | None:
    """(expression, unit, "" for that of the values); values in the order of time, or as named; None for too many.

    A difference is the first less the second, a share or ratio the first over the second.
    """
    if operation == "sum":
        return " + ".join(values), ""
    if operation == "mean":
        return f"({' + '.join(values)}) / {len(values)}", ""
    if len(values) != 2:
        return None
    first, second = values
    match operation:
        case "annual_growth":
            return annual_growth(first, second, str(years or 1)), "percent"
        case "growth":
            return growth(first, second), "percent"
        case "share":
            return f"{first} / {second} * 100", "percent"
        case "ratio":
            return f"{first} / {second}", "ratio"
        case _:
            return f"{first} - {second}", ""
