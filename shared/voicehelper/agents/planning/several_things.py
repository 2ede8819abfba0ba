"""Values of several things, and what is computed of them: "A 的价格比 B 高多少", "the ratio of A to B".

``several_things`` is the entry; ``rules`` is the caller. The text is ``periods.plain``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from voicehelper.agents.planning.attributes import ATTRIBUTES_ZH, attribute_of
from voicehelper.agents.planning.drafts import Draft
from voicehelper.agents.planning.operations import Operation, compiled, expression_of, in_percent, is_less
from voicehelper.agents.planning.periods import periods
from voicehelper.agents.planning.wording import question_for, trimmed
from voicehelper.messages.language import Language

_MARKS: Final = ' \t,，.。;；:：?？!！、"“”‘’'
_MOST_THINGS: Final = 8
_ADJECTIVE_ZH: Final = "|".join(sorted(ATTRIBUTES_ZH, key=len, reverse=True))
_THING: Final = r"([^,，。;；?？]{1,60}?)"
_BETWEEN_ZH: Final = re.compile(r"、|以及|和|与|跟|及|/| and ")
_BETWEEN_EN: Final = re.compile(r",? and |, |&| or ")
_FORMS_ZH: Final = compiled(
    (
        (
            "share",
            rf"^{_THING}(?:在|占)(?:了)?([^,，。;；?？]{{1,60}}?)(?:中)?(?:所占|占)?的?(?:的?(?:比例|比重|"
            rf"百分比|份额|百分之[几多]少?)|多少|几成)",
        ),
        ("ratio", rf"^{_THING}(?:大约|大概)?(?:是|为|相当于){_THING}的(?:几|多少)倍"),
        ("ratio", rf"^{_THING}(?:与|和|跟|同){_THING}(?:的比值|之比|的比例|的比率|的比)(?:是|为|[?？]|$)"),
        ("difference", rf"^{_THING}比{_THING}(?:要|会)?({_ADJECTIVE_ZH}|增加|减少)(?:了|出)?(?:多少|几|百分之[几多])"),
        (
            "difference",
            r"^([^,，。;；?？]{1,120}?)(?:之间)?的?(?:相差|的?差[价额距值]|的差(?=是|为|[?？]|$)|之差|"
            r"差)(?:是|为|有)?(?:多少|几|[?？]|$)",
        ),
        ("mean", r"^([^。;；?？]{1,160}?)的?平均(?:值|数)?(?:是|为|有)?(?:多少|几|[?？]|$)"),
        ("mean", r"^([^。;；?？]{1,120}?)的平均([^。;；?？]{1,40}?)(?:是|为|有)?(?:多少|几|[?？]|$)"),
        (
            "sum",
            r"^([^。;；?？]{1,160}?)的?(?:合计|总和|之和|总计|共计|加起来|加在一起|一共|总共|共)(?:要|是|"
            r"为|有|需要?|花|多)?(?:多少|几|[?？]|$)",
        ),
        ("sum", r"^([^。;；?？]{1,120}?)的总([^。;；?？]{1,40}?)(?:是|为|有)?(?:多少|几|[?？]|$)"),
    )
)
_ADJECTIVE_EN: Final = r"(?:(?:more|less) )?([a-z]{2,14})"
_IS: Final = r"(?:is|was|are|were)"
_ROWS_EN: Final[Sequence[tuple[Operation, str, str]]] = (
    (
        "share",
        rf"\b(?:what|which) (?:share|percent(?:age)?|proportion|fraction|part|%) of {_THING} (?:{_IS} "
        rf"(?:spent on |used (?:for|on) |from |due to |made up of )?|comes? from |came from |goes? to |went to |goes "
        rf"into |(?:does|do|did) )(.{{1,80}}?)(?: (?:account for|make up|represent|contribute|take))?$",
        "{1}|{0}",
    ),
    ("share", rf"\bshare of {_THING} (?:in|of) (.{{1,80}})$", "{0}|{1}"),
    ("share", rf"^(?:what {_IS} )?(.{{1,80}}?) as an? (?:share|percent(?:age)?|proportion) of (.{{1,80}})$", "{0}|{1}"),
    ("ratio", rf"\bratio (?:of|between) {_THING} (?:to|and|over) (.{{1,80}})$", "{0}|{1}"),
    (
        "ratio",
        rf"\bhow many times (?:as )?(?:more |less )?(?:\w{{2,14}} )?{_IS} {_THING} (?:than|as|compared "
        rf"(?:to|with)) (.{{1,80}})$",
        "{0}|{1}",
    ),
    ("ratio", rf"\bhow many times (?:as )?(?:the )?{_THING} {_IS} (.{{1,80}})$", "{1}|{0}"),
    (
        "difference",
        rf"\bhow much {_ADJECTIVE_EN} {_IS} {_THING} (?:than|compared (?:to|with)) (.{{1,80}})$",
        "!{0}|{1}|{2}",
    ),
    ("difference", rf"\bby how much (?:does|do|did) {_THING} exceed (.{{1,80}})$", "{0}|{1}"),
    ("difference", r"\b(?:difference|gap) in ([^,;?]{1,60}?) between (.{1,160})$", "{0}#{1}"),
    ("difference", r"\b(?:difference|gap) between (.{1,160})$", "#{0}"),
    ("mean", r"\b(?:average|mean) ([^,;?]{1,60}?) (?:of|for|across|over|in) (.{1,200})$", "{0}#{1}"),
    (
        "sum",
        r"\b(?:total|combined|sum of|total of)(?: the)? ([^,;?]{1,60}?) (?:of|for|across|in) "
        r"(.{1,200})$",
        "{0}#{1}",
    ),
    ("sum", r"\b(?:sum|total) of (.{1,200})$", "#{0}"),
)
_FORMS_EN: Final = tuple((name, re.compile(pattern, re.IGNORECASE), form) for name, pattern, form in _ROWS_EN)
_HELPERS: Final = "do|does|did"
_VERB_FORMS_EN: Final = compiled(
    (
        (
            "difference",
            rf"^(how (?:much|many)) (?:more|less|fewer) ?(.{{0,60}}?)\b({_HELPERS}) {_THING} (\w{{2,16}}(?: "
            rf"for)?) than (.{{1,80}})$",
        ),
        (
            "sum",
            rf"^(how (?:much|many)|what) (.{{0,60}}?)\b({_HELPERS}) {_THING}(?: together| both)? "
            rf"(\w{{2,16}})(?: together| altogether| in total| combined| in all)$",
        ),
    )
)
_END_EN: Final = re.compile(
    r"(?:^| )(?:together|altogether|combined|in total|in all|does|do|did|is|was)$", re.IGNORECASE
)
_OPENING_ZH: Final = re.compile(r"^(?:分别|对于|关于|就)")
_IN_PERIOD: Final = re.compile(r"(?:^| )(?:in|for|during|of|as of) ?$")


def several_things(text: str, language: Language) -> Draft | None:
    """None where the text computes nothing of two things, or more than the rules read."""
    bare, period = _without_period(trimmed(text), language)
    found = _zh(bare) if language == "zh" else _en(bare)
    for operation, measures in found:
        if 2 <= len(measures) <= _MOST_THINGS and all(measures) and any(map(_is_measure, measures)):
            return _draft(operation, measures, text, period, language)
    return None


def _is_measure(name: str) -> bool:
    """Whether a name says what is measured: "the price of X1", "revenue", and not "X1" or "the Pro plan"."""
    if " of " in name or "的" in name or name.startswith(("How ", "What ")):
        return True
    return re.search(r"[A-Z\d]", name.lstrip("the ")) is None


def _draft(operation: Operation, measures: Sequence[str], text: str, period: str, language: Language) -> Draft | None:
    values = [f"{{{number}}}" for number in range(1, len(measures) + 1)]
    if operation == "difference" and is_less(text):
        values.reverse()
    is_growth = operation == "difference" and in_percent(text) and re.search(r"比|than", text) is not None
    result = expression_of("growth", values[::-1]) if is_growth else expression_of(operation, values)
    questions = [_question(measure, period, language) for measure in measures]
    return Draft("found_values", questions, *result, subject=" / ".join(measures)) if result else None


def _question(measure: str, period: str, language: Language) -> str:
    if measure.startswith(("How ", "What ")):
        return f"{measure}{f' in {period}' if period else ''}?"
    if language == "zh":
        return question_for(f"{period}{measure}", language)
    return question_for(f"{measure}{f' in {period}' if period else ''}", language)


def _without_period(text: str, language: Language) -> tuple[str, str]:
    """(the text without its one period, that period); a text with none or several stays."""
    named = periods(text)
    if len(named) != 1:
        return text, ""
    [period] = named
    before, after = text[: period.start], text[period.end :]
    if language == "en":
        before = _IN_PERIOD.sub("", before)
        return " ".join(f"{before} {after}".split()).strip(_MARKS), period.text
    name = period.text if period.text[-1] in "年度月份" or not period.text[-1].isdigit() else f"{period.text} 年"
    after = after.removeprefix("的")
    return f"{before.removesuffix('在')}{after}".strip(_MARKS), name


def _zh(text: str) -> Iterator[tuple[Operation, list[str]]]:
    for operation, pattern in _FORMS_ZH:
        if (match := pattern.search(text)) and (measures := _measures_zh(operation, match)):
            yield operation, [_OPENING_ZH.sub("", measure).strip(_MARKS) for measure in measures]


def _measures_zh(operation: Operation, match: re.Match[str]) -> list[str]:
    first, *rest = match.groups()
    if len(rest) == 2:
        return _of_adjective(first, *rest)
    if rest and operation in ("share", "ratio"):
        return _with_the_same(first, rest[0])
    return _listed_zh(first, rest[0] if rest else "")


def _of_adjective(first: str, second: str, adjective: str) -> list[str]:
    """ "T1 比 T2 贵" is about prices, "T1 的重量比 T2 大" about weights, "市场费用比研发费用多" about these."""
    if "的" in first:
        return _with_the_same(first, second)
    attribute = ATTRIBUTES_ZH.get(adjective, "")
    if not attribute or (adjective in "多少高低大小" and not re.search(r"[A-Za-z\d]$", first)):
        return [first, second]
    return [f"{first}的{attribute}", f"{second}的{attribute}"]


def _with_the_same(first: str, second: str) -> list[str]:
    """The second with the attribute of the first where it names none."""
    name, of, attribute = first.rpartition("的")
    second = second.removesuffix("的")
    return (
        [first, f"{second}的{attribute}"]
        if of and name and "的" not in second and not second.endswith(attribute)
        else [first, second]
    )


def _listed_zh(text: str, measure: str) -> list[str]:
    """ "A、B 和 C 的价格" is the price of each; "研发费用和市场费用" are measures themselves."""
    names, of, attribute = (text, "的", measure) if measure else text.rpartition("的")
    if not of or not _BETWEEN_ZH.search(names):
        names, attribute = text, ""
    names = re.sub(r"(?:这|那)?[两二三四五几](?:个|款|种|项|者|家)[^、和与]{0,6}$", "", names)
    things = [name.strip(_MARKS) for name in _BETWEEN_ZH.split(names) if name.strip(_MARKS)]
    if not attribute and len(things) > 1:
        return _with_shared_end(things)
    return [f"{name}的{attribute}" for name in things]


def _with_shared_end(things: Sequence[str]) -> list[str]:
    """ "华东区和华南区销售额": what follows the common part of the last belongs to the others."""
    *others, last = things
    mark = others[-1][-1]
    place = last.find(mark)
    end = last[place + 1 :] if 0 < place < len(last) - 1 else ""
    return (
        [*(f"{name}{end}" for name in others), last]
        if end and all(name[-1] == mark for name in others)
        else list(things)
    )


def _en(text: str) -> Iterator[tuple[Operation, list[str]]]:
    for operation, pattern in _VERB_FORMS_EN:
        if match := pattern.search(text):
            yield operation, _by_verb(operation, *(group.strip() for group in match.groups()))
    for operation, pattern, form in _FORMS_EN:
        if match := pattern.search(text):
            groups = [_END_EN.sub("", group.strip(_MARKS)) for group in match.groups()]
            yield operation, _measures_en(form.format(*groups))


def _by_verb(operation: Operation, how: str, what: str, helper: str, thing: str, verb: str, *other: str) -> list[str]:
    things = [thing, _END_EN.sub("", other[0])] if operation == "difference" else names_en(thing)
    opening = "How much" if how.lower() == "what" else how.capitalize()
    helper = "does" if helper.lower() == "do" and what == "" else helper
    return [" ".join(filter(None, [opening, what, helper, name, verb])) for name in things]


def _measures_en(form: str) -> list[str]:
    if form.startswith("!"):
        adjective, *things = form[1:].split("|")
        if " of " in things[0]:
            return _same_of(things)
        attribute = attribute_of(adjective)
        return [f"the {attribute} of {_that(name)}" for name in things] if attribute else _same_of(things)
    if "#" not in form:
        return _same_of([name.strip(_MARKS) for name in form.split("|")])
    measure, _, names = form.partition("#")
    things = names_en(names)
    measure = re.sub(r"^the ", "", measure)
    return [f"the {measure} of {_that(name)}" for name in things] if measure else _same_of(things)


def _same_of(things: Sequence[str]) -> list[str]:
    """ "the price of A and that of B", "the prices of A and B", "the A and B prices": the attribute of each."""
    first = things[0]
    measure, of, _ = first.partition(" of ")
    if (
        of
        and not any(" of " in thing for thing in things[1:])
        and any(re.search(r"[A-Z\d]", thing) for thing in things[1:])
    ):
        return [first, *(f"{measure} of {_that(thing)}" for thing in things[1:])]
    if of:
        return [first, *(re.sub(r"^(?:that|those) of ", f"{measure} of ", thing) for thing in things[1:])]
    return [re.sub(r"^(?:that|those) of ", "", thing) for thing in things]


def _that(name: str) -> str:
    return re.sub(r"^(?:that|those) of ", "", name)


def names_zh(text: str) -> list[str]:
    return [name.strip(_MARKS) for name in _BETWEEN_ZH.split(text) if name.strip(_MARKS)]


def names_en(text: str) -> list[str]:
    return [name.strip(_MARKS) for name in _BETWEEN_EN.split(text) if name.strip(_MARKS)]
