"""The aspects of a report and the things of a comparison, as questions: "分析 X 的规模、增长和风险".

``report`` and ``comparison`` are the entries; ``rules`` is the caller. The text is ``amounts.plain``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from voicehelper.agents.planning.attributes import ATTRIBUTES_ZH, attribute_of
from voicehelper.agents.planning.drafts import Draft
from voicehelper.agents.planning.several_things import names_en, names_zh
from voicehelper.agents.planning.wording import as_question, aspect_question, is_aspect, trimmed
from voicehelper.messages.language import Language

_MOST_ASPECTS: Final = 12
_MARKS: Final = ' \t,，.。;；:：?？!！、"“”‘’'
_REPORT_ZH: Final = re.compile(
    r"分析|报告|总结|概述|综述|调研|研究|评估|梳理|撰写|简报|纪要|摘要|归纳|概括|盘点|写一[篇份段个]|SWOT|起草|整理"
)
_REPORT_EN: Final = re.compile(
    r"\b(?:analy[sz]e|analysis|report|summar(?:y|i[sz]e)|overview|assess(?:ment)?|evaluate|evaluation|"
    r"review|brief(?:ing)?|memo|"
    r"research|outline|write[- ]up|prepare|draft|describe|survey|study)\b",
    re.IGNORECASE,
)
_IS_QUESTION: Final = re.compile(
    r"[?？]|^(?:what|who|when|where|how|which|why|is|are|does|do|did|can)\b|谁|什么时候|多少|几[个天]", re.IGNORECASE
)
_VERB_ZH: Final = (
    r"(?:(?:请(?!假|示|款|购|柬|求)|帮我|帮忙|麻烦|给我|我想|需要|基于(?:知识库|文档|资料)|根据(?:知识库|文档|资料|"
    r"上传的文[件档])|结合(?:知识库|文档|资料)|对(?!外|内|公业务|手|账|接|比|标)|就(?!业|诊|餐|医)|"
    r"为(?!什么)|从知识库中?|[,，])|"
    r"(?:全面|深入|详细|简要|简单|系统|综合)地?|分析(?!师|仪)并?|调研|研究(?!院|所|生)|评估|总结|概述|"
    r"梳理|撰写|归纳|概括|"
    r"盘点|写一[篇份段个]|SWOT|起草|整理|准备(?!金)|写(?!字楼)|做(?!工)|出具|出(?=一?[份个篇])|生成(?!式)|编写|输出|"
    r"一下|一[份个篇段]|介绍(?!信)|关于|有关|针对|当前|目前)+"
)
_SUBJECT_ZH: Final = re.compile(rf"^{_VERB_ZH}")
_END_ZH: Final = re.compile(
    r"(?:进行|做|的|一[个份次]|(?:全面|深入|详细|简要|系统)的?|市场分析|行业分析|分析|调研|研究|评估|"
    r"总结|概述|综述|简报|摘要|报告|介绍|情况|现状|梳理|归纳|[，,：: ]){1,12}+$"
)
_ASPECTS_ZH: Final = re.compile(
    r"[，,。;；:： (（]?(?:并且?|同时|最后|然后)?(?:从)?(?:给出|包括|包含|涵盖|涉及|内容为|说明|列出|"
    r"列明|指出|提出|提供|重点(?:关注|说明|分析)?|着重(?:说明|分析)?|突出|覆盖|分为|评估|分析|讨论|"
    r"描述|介绍|明确|写明|讲清楚?|总结)(?:其|它的|一下|了|以下)?[：:]?|[：:]"
)
_CLOSING_ZH: Final = re.compile(
    r"(?:等?(?:方面|内容|维度|角度|部分|几[个点]方面|情况)?(?:来?(?:进行)?分析)?|的?相关(?:内容|信息))$"
)
_VERB_EN: Final = re.compile(
    r"^(?:(?:please|can you|could you|help me|i need|we need|give me|us|me|write|prepare|draft|create|"
    r"produce|make|compile|do|provide|generate|put together|and)\b ?|"
    r"(?:a|an|the|our|some) |(?:short|brief|detailed|full|concise|quick|comprehensive|one-page|"
    r"executive|in-depth|thorough|market|written|management) |"
    r"(?:analy[sz]e|analysis|report|summar(?:y|i[sz]e)|overview|assess(?:ment)?|evaluate|evaluation|"
    r"review|brief(?:ing)?|memo|research|"
    r"outline|describe|survey|study|write-up)\b ?|(?:of|on|about|for|into|regarding|from|based on|using) ){1,16}",
    re.IGNORECASE,
)
_ASPECTS_EN: Final = re.compile(
    r",? ?\b(?:and )?(?:with|including|covering|cover(?:s|ing)?|that (?:covers|includes|lists|states)|"
    r"give|giving|focus(?:ing|ed)? on|highlight(?:ing)?|list(?:ing)?|state|stating|"
    r"addressing|showing|show|in terms of|recommend|provide|identify|explain|discuss|include|"
    r"mention(?:ing)?|point out)\b(?: (?:its|their|the|our|any|key|main|all|me|us|both)){0,4}[: ]|: ",
    re.IGNORECASE,
)
_OF_EN: Final = re.compile(r"^((?:[\w-]+,? (?:and )?){1,10}?)(?:of|in|for) (.+)$", re.IGNORECASE)
_DETERMINERS_EN: Final = re.compile(
    r"^(?:(?:its|their|the|our|any|key|main|all|a|an|and|also|some|major|your|give|state|list) )+", re.IGNORECASE
)
_MARKET: Final = re.compile(r"市场|行业|产业|\b(?:market|industry|sector)\b", re.IGNORECASE)
_SWOT: Final = {
    "zh": ("优势", "劣势", "机会", "威胁"),
    "en": ("strengths", "weaknesses", "opportunities", "threats"),
}
_FROM_ASPECTS_ZH: Final = re.compile(
    r"^.{0,8}?从([^。；]{2,80}?)(?:这|等)?(?:[两三四五六几\d]个?)?(?:方面|角度|维度|层面)(?:来|"
    r"出发)?,?(?:对)?(?:分析|评估|研究|介绍|总结|概述)?一?下?(.{2,80})$"
)
_FOR_EACH_EN: Final = re.compile(
    r"^(.{2,60}?) of (.{2,60}?),? and (?:the |its |their |any )?(.{2,60}?)(?: (?:for|of) each(?: of them| one)?)$"
)
_MARKET_ASPECTS: Final = {
    "zh": ("规模", "增长率", "趋势", "竞争格局", "风险"),
    "en": ("size", "growth rate", "trends", "competitors", "risks"),
}
_COMPARE_ZH: Final = re.compile(r"对比|比较|区别|差异|不同|哪[个款种家].{0,10}更|异同|优劣|优缺点|孰")
_COMPARE_EN: Final = re.compile(
    r"\b(?:compare|comparison|differences?|differ|versus|vs\.?|which (?:\w+ ){0,3}(?:is|has|are|was|"
    r"costs?|offers|lasts)|better)\b",
    re.IGNORECASE,
)
_VERBS_COMPARE_ZH: Final = re.compile(
    r"^(?:请|帮我|分析|详细|简要|并|一下|对比分析|对比|比较|[：: ])+|(?:的?(?:对比|比较)(?:分析|结果|"
    r"一下)?|进行(?:对比|比较))$"
)
_WHICH_ZH: Final = re.compile(
    r"^(.{2,80}?)[,，]?(?:相比|之间|"
    r"这?两[个款种者])?[,，]?哪[个款种家](?:的?([^更]{1,20}?)(?=更))?更?([^更]{1,6}?)[?？]?$"
)
_DIFF_ZH: Final = re.compile(
    r"^(.{2,100}?)(?:之间)?(?:在(.{1,30}?)(?:方面|上)?)?(?:的)?(?:有(?:什么|哪些|何)|是什么|"
    r"存在)?(?:的)?(?:区别|差异|不同|异同|优劣|优缺点)"
)


def report(text: str, language: Language) -> Draft | None:
    """None where the text asks for no report. Without aspects of its own, a market has those of every market."""
    if language == "zh":
        return _report_zh(text) if _REPORT_ZH.search(text) and not _IS_QUESTION.search(text) else None
    return _report_en(text) if _REPORT_EN.search(text) and not _IS_QUESTION.search(text) else None


def _report_zh(text: str) -> Draft:
    bare = _SUBJECT_ZH.sub("", text.strip(_MARKS), count=1)
    if match := _FROM_ASPECTS_ZH.match(text.strip(_MARKS)):
        return _draft(_END_ZH.sub("", match[2].strip(_MARKS)), _items_zh(match[1]), text, "zh")
    head, *named = _ASPECTS_ZH.split(bare)
    head = _END_ZH.sub("", head.strip(_MARKS))
    subject, of, listed = head.rpartition("的")
    if of and named and _NO_ASPECT_ZH.search(listed):
        listed = ""
    elif not of or (named and not _is_list(listed) and not is_aspect(listed)):
        subject, listed = head, ""
    parts = [listed, *named]
    aspects = [name for part in parts for name in _items_zh(part)]
    return _draft(_END_ZH.sub("", subject), aspects, text, "zh")


_NO_ASPECT_ZH: Final = re.compile(r"(?:情况|状况|现状|表现|概况|经营|运营|财务|基本|要点|重点|内容)$")


def _is_list(text: str) -> bool:
    return len(names_zh(text)) > 1


def _items_zh(text: str) -> list[str]:
    items = (_CLOSING_ZH.sub("", item.strip(_MARKS)).strip(_MARKS) for item in names_zh(re.sub(r"[。；;]", "、", text)))
    return [re.sub(r"^(?:其|它的|主要的?|相应的|具体的?|并)", "", item) for item in items if item]


def _report_en(text: str) -> Draft:
    bare = _VERB_EN.sub("", text.strip(_MARKS), count=1)
    head, *named = _ASPECTS_EN.split(bare)
    head, listed = head.strip(_MARKS), ""
    if each := _FOR_EACH_EN.match(head):
        return _draft(each[2], [_DETERMINERS_EN.sub("", each[1]), each[3]], text, "en")
    if ((match := _OF_EN.match(head)) and not named) or (
        match and len(names_en(match[1])) > 0 and not re.search(r"\bof\b", match[2])
    ):
        listed, head = match[1], match[2]
    aspects = [_DETERMINERS_EN.sub("", item) for part in (listed, *named) for item in names_en(part.strip(_MARKS))]
    return _draft(_VERB_EN.sub("", head).strip(_MARKS), [item for item in aspects if item], text, "en")


def _draft(subject: str, aspects: Sequence[str], text: str, language: Language) -> Draft:
    distinct = list(dict.fromkeys(aspects))[:_MOST_ASPECTS]
    if re.search(r"\bSWOT\b", text, re.IGNORECASE):
        distinct = list(_SWOT[language])
        subject = re.sub(r"的?\bSWOT\b(?: analysis of)? ?", "", subject, flags=re.IGNORECASE).strip(_MARKS)
    if not distinct and _MARKET.search(text) and subject:
        distinct = list(_MARKET_ASPECTS[language])
    if subject and _MARKET.search(text) and not _MARKET.search(subject):
        subject = f"{subject}市场" if language == "zh" else f"{subject} market"
    questions = [aspect_question(subject, aspect, language) for aspect in distinct]
    return Draft("report", questions or [_overview(subject, text, language)], subject=subject)


def _overview(subject: str, text: str, language: Language) -> str:
    if not subject:
        return as_question(text, language)
    return aspect_question(subject, "主要内容" if language == "zh" else "main points", language)


def comparison(text: str, language: Language) -> Draft | None:
    """A question per thing; None where the text compares nothing."""
    found = _compared_zh(text) if language == "zh" else _compared_en(text)
    if found is None or not 2 <= len(found[0]) <= _MOST_ASPECTS:
        return None
    things, aspect = found
    questions = [aspect_question(thing, aspect or _features(language), language) for thing in things]
    return Draft("comparison", questions, subject=" / ".join(things))


def _features(language: Language) -> str:
    return "主要特点" if language == "zh" else "main features"


def _compared_zh(text: str) -> tuple[list[str], str] | None:
    if not _COMPARE_ZH.search(text):
        return None
    bare = trimmed(text)
    if match := _WHICH_ZH.match(bare):
        return _which_zh(match[1].removesuffix("相比"), match[2] or "", match[3].strip("更 一些点"))
    if (match := _DIFF_ZH.match(bare)) and not _VERBS_COMPARE_ZH.match(bare):
        names, of, aspect = match[1].rpartition("的")
        return (
            (names_zh(names), match[2] or aspect)
            if of and len(names_zh(names)) > 1
            else (names_zh(match[1]), match[2] or "")
        )
    return _things_zh(_VERBS_COMPARE_ZH.sub("", bare)) if re.search(r"对比|比较", bare) else None


def _which_zh(names: str, aspect: str, adjective: str) -> tuple[list[str], str]:
    """ "A 和 B 的销售额哪个更高" names what is compared before, "哪个成本更低" after, "哪个更贵" by its adjective."""
    things, of, measure = names.rpartition("的")
    if of and not aspect and len(names_zh(things)) > 1:
        return names_zh(things), measure
    return names_zh(names), aspect or ATTRIBUTES_ZH.get(adjective, adjective)


def _things_zh(bare: str) -> tuple[list[str], str]:
    """ "A 和 B 的保修期", "A 和 B 两款打印机的速度", "A 的保修期和 B 的保修期", "A 与 B 在价格上"."""
    if match := re.match(r"^(.{2,100}?)在(.{1,40}?)(?:方面|上)", bare):
        return names_zh(match[1]), match[2]
    names, of, aspect = bare.rpartition("的")
    if not of:
        return names_zh(bare), ""
    kept = re.sub(r"(?:这|那)?[两二三四五几](?:个|款|种|项|者|家)([^、和与]{0,8})$", "", names)
    things = names_zh(kept)
    return [thing.removesuffix(f"的{aspect}") for thing in things], aspect


def _compared_en(text: str) -> tuple[list[str], str] | None:
    if not _COMPARE_EN.search(text):
        return None
    bare = trimmed(text)
    for pattern, names, aspect in _FORMS_EN:
        if match := pattern.match(bare):
            things = [
                re.sub(r"^(?:either|both) ", "", name)
                for name in re.split(r",? and |, | or | (?:with|to|versus|vs\.?) ", match[names])
            ]
            word = match[aspect] if aspect else ""
            return [name.strip(_MARKS) for name in things if name.strip(_MARKS)], _aspect_en(word)
    return None


def _aspect_en(word: str) -> str:
    word = re.sub(r"^(?:the|more|a|an) ", "", word.strip(_MARKS))
    return attribute_of(word) or word


_THINGS: Final = r"([^,;]{1,60}(?:, [^,;]{1,40}){0,6}(?:,? and | or | (?:with|to|versus|vs\.?) ).{1,60}?)"
_FORMS_EN: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), names, aspect)
    for pattern, names, aspect in (
        (rf"^compare (?:the )?(.{{1,80}}?) (?:of|for|between) {_THINGS}[.?]?$", 2, 1),
        (rf"^compare {_THINGS} (?:in terms of|by|on|regarding|with respect to|in|for) (?:their )?(.{{1,60}})$", 1, 2),
        (rf"^compare {_THINGS}$", 1, 0),
        (rf"^(?:what (?:is|are) the )?differences? in (.{{1,60}}?) between {_THINGS}$", 2, 1),
        (rf"^(?:what (?:is|are) the )?(?:main )?differences? between (?:the )?(.{{1,40}}?) of {_THINGS}$", 2, 1),
        (rf"^(?:what (?:is|are) the |explain the )?(?:main )?differences? between {_THINGS}$", 1, 0),
        (rf"^how (?:do|does) {_THINGS} (?:differ|compare)(?: (?:in|on)(?: terms of)? (.{{1,60}}))?$", 1, 2),
        (
            rf"^which (?:\w+ )?(?:is|was|are|has|lasts|costs|offers) (?:the )?(?:more |a |less "
            rf")?(.{{1,40}}?)(?: price| one)?[,:]? {_THINGS}$",
            2,
            1,
        ),
        (rf"^(?:is|are) {_THINGS} better$", 1, 0),
        (
            r"^(?:what are |list |explain )?the (pros and cons|(?:dis)?advantages(?: and "
            r"disadvantages)?|benefits|strengths and weaknesses) of "
            rf"{_THINGS}$",
            2,
            1,
        ),
        (r"^(?!what|which|how|list)((?:[^,;]{1,60}?) (?:versus|vs\.?) (?:[^,;]{1,60}))$", 1, 0),
    )
)
