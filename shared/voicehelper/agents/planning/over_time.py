"""Values of one measure in several periods, and what is computed of them: "2024 年营收比 2023 年增长了多少".

``over_time`` is the entry; ``rules`` is the caller. The text is ``amounts.plain``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from voicehelper.agents.planning.drafts import Draft
from voicehelper.agents.planning.operations import Operation, expression_of, is_change, is_less, operation_of
from voicehelper.agents.planning.periods import Period, periods
from voicehelper.agents.planning.wording import question_for, trimmed
from voicehelper.messages.language import Language

_MOST_PERIODS: Final = 8
_MARKS: Final = " \t,，.。;；:：?？!！、\"“”'‘’()（）"
_FIRST_ZH: Final = re.compile(
    r"(?:从|自|在|截至|按照?|根据|将|把|相比于?|相较于?|与|和|同|较|(?:近|过去|最近)[两三四五几\d]年|[，,(（]){1,12}+$"
)
_RANGE: Final = re.compile(r" ?(?:至|到|-|–|—|~|～|to|through|until) ?(?:the )?(?:year )?", re.IGNORECASE)
# What may stand at the ends of the parts between the periods, and belongs to the operation.
_LEADING_ZH: Final = re.compile(
    r"^(?:[，,、 ()（）–~-]|年?的|之间|期间|这[几两三四五]年|[几两三四五]年|年间|相比于?|相较于?|对比|较|比|和|"
    r"与|跟|同|以及|及|至|到|"
    r"年度|分别|各|平均|年均|总共|一共|合计)+"
)
_TRAILING_TEXT: Final = (
    r"相比于?|相较于?|对比|比起|较|比|和|与|跟|同|以及|及|至|到|从|自|在|的|是|为|了|有|呢|吗|多少|"
    r"几个?|百分之[几多]少?|百分比|个?百分点|"
    r"是多少|请?(?:计算|算)(?:一下|出)?|求|年均复合增长率|复合年?均?增长率|年均增长率|年均增速|增长率|"
    r"增长幅度|增速|增幅|涨幅|降幅|变化率|变化|"
    r"同比增长|同比|环比|增长|增加|上升|上涨|提高|提升|下降|下跌|减少|降低|[多少高低]出?|涨|降|跌|总和|"
    r"之和|合计|总计|共计|一共|总共|共|加起来|"
    r"平均值|平均数|平均|均值|年均|相差|差额|差距|差异|差值|差|几倍|多少倍|之比|比值|比例|倍|分别|各|"
    r"占|情况|幅度|金额为?|是怎样|怎么样|如何|达到"
)
_TRAILING_ZH: Final = re.compile(rf"(?:[，,、。？?！!（()）\s–~-]|{_TRAILING_TEXT}){{1,12}}+$")
_PLACE: Final = "\x00"
_PREPOSITION: Final = re.compile(
    r"(?: ?\b(?:in|for|during|of|from|to|between|and|than|over|since|through|until|versus|vs\.?|"
    r"compared (?:to|with)|relative to|"
    r"against|by|the|years?|fiscal|calendar|period|both|or|on|it (?:did|was))\b|[ ,–-]){0,6}\x00(?:'s)?",
    re.IGNORECASE,
)
_VERBS: Final = (
    r"(?:grow|grown|increased?|rise|risen|changed?|declined?|drop(?:ped)?|fall|fallen|decreased?|go "
    r"(?:up|down)|gone (?:up|down)|"
    r"improved?|shrink|expand|climb|move)"
)
_HELPERS: Final = "did|does|do|has|have"
_HOW: Final = (
    r"(?:by )?(?:how much|how many percent(?:age points)?|(?:by )?what (?:percent(?:age)?|proportion|rate)|what)"
)
# (the asking, the question for one period of its groups)
_FORMS_EN: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), form)
    for pattern, form in (
        (rf"^{_HOW} (?:{_HELPERS}) (.{{1,160}}?) {_VERBS}\b(.{{0,120}})$", "What was {0}{1} in {period}?"),
        (rf"^how (?:{_HELPERS}) (.{{1,160}}?) {_VERBS}\b(.{{0,120}})$", "What was {0}{1} in {period}?"),
        (
            r"^(?:is|was|are|were) (?:the )?(.{1,120}?) (?:more|less|\w{2,12}er)\b.{0,120}?\bby how much$",
            "What was {0} in {period}?",
        ),
        (
            rf"^how (much|many) (?:more|less|fewer) (.{{0,80}}?)\b({_HELPERS}) (.{{1,160}})$",
            "How {0} {1}{2} {3} in {period}?",
        ),
        (
            r"^how (much|many) (?:more|less|fewer) (.{1,120}?) (was|were|is|are) there(.{0,120})$",
            "How {0} {1} {2} there{3} in {period}?",
        ),
        (
            r"^how much (?:more|less|higher|lower|larger|smaller|bigger|greater|\w{2,12}er) (?:was|"
            r"were|is|are) (.{1,200})$",
            "What was {0} in {period}?",
        ),
        (
            rf"^how (much|many) (.{{0,80}}?)\b({_HELPERS}) (.{{1,160}}?)(?: in total| altogether| "
            rf"combined| on average| together)?$",
            "How {0} {1}{2} {3} in {period}?",
        ),
    )
)
_OPENING_EN: Final = re.compile(
    r"^(?:what(?:'s| is| was| were| are)?|how (?:large|big|high) (?:is|was)|give me|show me|show|compare|and)\b ?",
    re.IGNORECASE,
)
_OPERATION_EN: Final = re.compile(
    r"\b(?:the )?(?:(?:total|combined|overall|annual|yearly|average|mean|compound|percentage|percent|absolute|net|"
    r"year[- ]on[- ]year|year[- ]over[- ]year|yoy|cumulative) ){0,4}(?:growth rates?|rates? of "
    r"(?:growth|change)|growth|increase|decrease|"
    r"change|difference|cagr|average|mean|sum|total|ratio|rise|decline|drop|combined)\b(?: ?(?:in|of|"
    r"for|between|to)\b)?(?: the\b)?",
    re.IGNORECASE,
)  # fmt: skip
_ADJECTIVES_EN: Final = re.compile(
    r"\b(?:the )?(?:(?:average|mean|total|combined|overall|annual|yearly) )+", re.IGNORECASE
)


def over_time(text: str, language: Language) -> Draft | None:
    """None where the text names no two periods, computes nothing, or says nothing of what."""
    named = _completed(periods(text))
    operation = operation_of(text)
    if operation is None and len(named) == 2 and is_change(text):
        operation = "difference"
    if operation is None or operation == "share" or not 2 <= len({period.text for period in named}) <= _MOST_PERIODS:
        return None
    measure = _measure_zh(text) if language == "zh" else _measure_en(text)
    if not measure:
        return None
    wanted = _ordered(text, operation, named)
    questions = [_question(measure, period, language) for period in wanted]
    years = abs((wanted[-1].year or 0) - (wanted[0].year or 0))
    values = [f"{{{number}}}" for number in range(1, len(wanted) + 1)]
    result = expression_of(operation, values, years)
    subject = measure[0] + measure[1] if language == "zh" else trimmed(measure[0])
    return Draft("found_values", questions, *result, subject=subject) if result else None


def _completed(named: Sequence[Period]) -> list[Period]:
    """Each once, with the year that stands beside another one: "2024 年第一季度和第二季度", "Q1 and Q2 2024"."""
    year = next((str(period.year) for period in named if period.year and period.year < 3000), "")
    has_parts = any(period.order[1] for period in named)
    whole: list[Period] = []
    for period in named:
        if has_parts and not period.order[1] and len(named) > 2 and period.year:
            continue  # the year of all
        if year and not period.year and not period.text.isascii():
            period = replace(period, text=f"{year} 年{period.text}")
        elif year and not period.year:
            period = replace(period, text=f"{period.text} {year}")
        whole.append(period)
    return list({period.text: period for period in whole}.values())


def _ordered(text: str, operation: Operation, named: Sequence[Period]) -> list[Period]:
    """In time for what grows; the later first for a difference, but where it asks how much less."""
    in_time = sorted(named, key=lambda period: period.order)
    if operation in ("sum", "mean"):
        return _all_years(text, in_time)
    if operation == "ratio":
        return list(named)
    if operation == "difference":
        return in_time if is_less(text) else in_time[::-1]
    return in_time


def _all_years(text: str, in_time: Sequence[Period]) -> list[Period]:
    """Of a range of years, each."""
    if len(in_time) != 2 or not all(period.year and period.year < 3000 and not period.order[1] for period in in_time):
        return list(in_time)
    first, last = in_time
    years = range(first.year or 0, (last.year or 0) + 1)
    if not _RANGE.fullmatch(text[first.end : last.start]) or not 2 <= len(years) <= _MOST_PERIODS:
        return list(in_time)
    suffix = last.text.replace(str(last.year), "{}", 1)
    return [replace(first, text=suffix.format(year) if "{}" in suffix else str(year)) for year in years]


def _measure_zh(text: str) -> tuple[str, str] | None:
    """(what stands before the first period, what stands after and between); None where both are empty."""
    first, *others = [period for period in periods(text) if period.text]
    head = _FIRST_ZH.sub("", trimmed(text[: first.start].rpartition(":")[2])).removesuffix("的")
    starts = [first.end, *(period.end for period in others)]
    ends = [*(period.start for period in others), len(text)]
    rest = "".join(_bare_zh(text[start:end]) for start, end in zip(starts, ends, strict=True))
    return (head, rest) if head or rest else None


def _bare_zh(part: str) -> str:
    part = _LEADING_ZH.sub("", part.strip(_MARKS))
    return _LEADING_ZH.sub("", _TRAILING_ZH.sub("", part)).strip(_MARKS)


def _measure_en(text: str) -> tuple[str, str] | None:
    """(question for one period, "")."""
    marked, end = [], 0
    for period in periods(text):
        marked += [text[end : period.start], _PLACE]
        end = period.end
    bare = " ".join(_PREPOSITION.sub(" ", "".join([*marked, text[end:]])).split())
    bare = trimmed(bare.replace(_PLACE, " "))
    for pattern, form in _FORMS_EN:
        if match := pattern.match(bare):
            groups = [group or "" for group in match.groups()]
            return form.format(*groups, period="{period}"), ""
    measure = _ADJECTIVES_EN.sub("", _OPERATION_EN.sub(" ", _OPENING_EN.sub("", bare), count=1))
    measure = re.sub(r"^(?:and|of|in|for|the|our)\b ", "", " ".join(measure.split()).strip(_MARKS))
    measure = re.sub(r",? and (?:calculate|compute|work out|give|find|show)$", "", measure)
    measure = re.sub(r"\b(?:together|altogether|in total|combined|in all|on average)$", "", measure).strip(_MARKS)
    return (f"What was {measure.replace('{', '').replace('}', '')} in {{period}}?", "") if measure else None


def _question(measure: tuple[str, str], period: Period, language: Language) -> str:
    head, rest = measure
    if language == "en":
        return head.replace("{period}", period.text.removeprefix("in "))
    name = (
        period.text
        if period.text.endswith(("年", "度", "月", "份", "财年")) or not period.text[-1].isdigit()
        else f"{period.text} 年"
    )
    return question_for(f"{head}{name}{rest}" if rest else f"{name}{head}", language)
