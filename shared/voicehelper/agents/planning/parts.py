"""The questions of one task: numbered, in sentences of their own, or joined by "以及" and "and also".

``parts_of`` is the entry; ``rules`` is the caller.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

from voicehelper.agents.planning.periods import plain
from voicehelper.agents.planning.wording import is_question
from voicehelper.messages.language import Language
from voicehelper.retrieval.followups import standalone

MAX_TASK: Final = 2_000  # characters that are read for their parts; a longer task is a question with its material
_MOST_PARTS: Final = 30
_I: Final = re.compile(r"\b(?:I|we)\b")
_IT: Final = re.compile(r"\b(?:it|they|them)\b", re.IGNORECASE)
_ITS: Final = re.compile(r"\b(?:its|their)\b", re.IGNORECASE)
_NAMED: Final = re.compile(r"\b(?:the|our) [A-Za-z][\w-]{0,30}(?: [\w-]{1,30}){0,3}")
_PRONOUN: Final = re.compile(r"\b(?:it|its|they|their|them)\b", re.IGNORECASE)
_ENDS_TEXT: Final = "is are was were and or of in on at for to by with from when after before does do did can has have"
_ENDS: Final = frozenset(_ENDS_TEXT.split())
_COMMA: Final = re.compile(r"[,，]")
_ASKING_ZH: Final = re.compile(
    r"多少|几[个天年月时次人]|什么|哪|谁|怎么|怎样|如何|为什么|是否|能否|吗|何时|多[久长大高远快重]"
)
# An order to compute that does not say of what: it belongs to the part before.
_COMPUTES: Final = re.compile(
    r"^(?:并|然后|再|请|最后|，|,)*(?:计算|算|求)(?:出|一下)?(?:其|它们?的?|两者的?|年均|平均|复合|"
    r"同比|的){0,3}(?:增长率|增速|增幅|差[额值距]?|总和|合计|总[数额计]|平均值?|均值|比例|比值|变化|"
    r"涨幅|占比)[^\d]{0,6}$"
    r"|^(?:(?:and|then|also|please|finally|,) ?){0,3}(?:calculate|compute|work out|give|find) (?:the |"
    r"their |its |me ){0,2}(?:average |annual |total |percentage |compound ){0,2}"
    r"(?:growth(?: rate)?|difference|total|sum|average|ratio|change|cagr|mean|increase|decrease|"
    r"percentage|share)[^\d]{0,24}$"
    r"|^(?:那|又|各|一共|总共|合计|平均|两者)?(?:增长|增加|减少|下降|上升|变化|相差|合计|平均|一共|"
    r"总共|差)了?(?:是|为)?(?:多少|百分之几|几)[^\d]{0,4}$"
    r"|^(?:and )?(?:by how much|by what percentage|what (?:is|was|'s)) (?:did (?:it|they|that) (?:grow|"
    r"change|increase|rise|fall|decrease)|the "
    r"(?:difference|increase|change|growth(?: rate)?|total|sum|average|decrease))\W*$",
    re.IGNORECASE,
)
_WH: Final = r"(?:what|how|who|whom|whose|when|where|which|why|is there|are there|do we|does|can|by what)\b"
# A number that opens an item: "1. ", "2)", "(3)", "①", "四、"; "1.5" is none.
_ITEM: Final = re.compile(
    r"(?:^|(?<=[\s。；;？?！!：:，,.)]))(?:[(（]?\d{1,2}[)）、]|\d{1,2}[.．](?!\d)|[①-⑳]|"
    r"[(（]?[一二三四五六七八九十]{1,2}[、)）])(?! ?[-+*/×÷=%])"
)
_FIRST: Final = re.compile(r"(?<!\d)1(?!\d)|①|(?<!十)一")
_STRONG: Final = re.compile(
    r"(?<=[？?；;。！!])|(?<=[a-z\d)][.]) (?=[A-Z])"
    r"|[，,]? ?(?:以及|还有|另外|此外|顺便|同时|并且|并(?=[说告列解])|然后再?|"
    r"而且)[，,]?(?=[^，,。？?]{0,40}(?:多少|什么|哪|谁|怎么|如何|几|吗|为什么|多久|是否|能否|何时))"
    rf"|,? (?:and|but|then)(?: also)?,? (?={_WH})|,? (?:and also|as well as|in addition,?|also,)(?= )",
    re.IGNORECASE,
)
_ORDER: Final = re.compile(
    r"^\W*(?:please |then |also |and )?(?:compare|calculate|compute|find|list|explain|summari[sz]e|"
    r"describe|tell|show|give|split|search|"
    r"look up|analy[sz]e|write|prepare|check|evaluate|work out|draft|name|identify|convert)\b"
    r"|^\W*(?:请|帮我|再|然后|并|另外)*(?:计算|算|比较|对比|列出|说明|解释|总结|分析|查|搜|写|找|介绍|"
    r"告诉|评估|整理|概述|描述|换算)",
    re.IGNORECASE,
)


def parts_of(task: str, language: Language) -> list[str]:
    """Each ``plain`` and complete in itself, in their order; at least one where the task has any text."""
    pieces = [piece for line in task[:MAX_TASK].split("\n") for piece in _pieces(plain(line))]
    joined = _with_context([piece for piece in pieces if any(map(str.isalnum, piece))])[:_MOST_PARTS]
    whole: list[str] = []
    for part in joined:
        whole.append(_alone(part, whole, language))
    return whole


def clauses_of(part: str, language: Language) -> list[str]:
    """The questions that commas join: "年假有几天，病假有几天"; the part itself where only one of its clauses asks."""
    pieces = [piece.strip() for piece in _COMMA.split(part) if piece.strip()]
    if language != "zh" or len(pieces) < 2 or not all(_ASKING_ZH.search(piece) for piece in pieces):
        return [part]
    whole: list[str] = []
    for piece in pieces:
        whole.append(_alone(piece, whole, language))
    return whole


def asks(part: str) -> bool:
    return is_question(part) or _ORDER.search(part) is not None


def _pieces(line: str) -> Iterator[str]:
    starts = [match.span() for match in _ITEM.finditer(line)]
    if starts and starts[0][0] and (len(starts) == 1 or not _FIRST.search(line[slice(*starts[0])])):
        starts = []  # "see 2) below", "compute 12 * 3. Compute 4 * 5."
    begins, ends = [0, *(end for _, end in starts)], [*(start for start, _ in starts), len(line)]
    for begin, end in zip(begins, ends, strict=True):
        yield from (piece.strip() for piece in _STRONG.split(line[begin:end]) if piece and piece.strip())


def _with_context(pieces: Sequence[str]) -> list[str]:
    """What asks nothing belongs to the next that does, or to the one before."""
    parts: list[str] = []
    waiting: list[str] = []
    for piece in pieces:
        if parts and not waiting and _COMPUTES.search(piece):
            parts[-1] = f"{parts[-1]} {piece}"
        elif asks(piece):
            parts.append(" ".join([*waiting, piece]))
            waiting = []
        else:
            waiting.append(piece)
    if waiting and parts:
        parts[-1] = " ".join([parts[-1], *waiting])
        return parts
    return [*parts, *([" ".join(waiting)] if waiting else [])]


def _alone(part: str, before: Sequence[str], language: Language) -> str:
    """With what "it" means taken from the part before."""
    if language == "zh" or not before:
        return standalone(part, [("user", before[-1])]) if before else part
    if not _PRONOUN.search(part):
        return part
    if named := _named(before[-1]):
        return _ITS.sub(f"{named}'s", _IT.sub(named, part, count=1), count=1)
    return standalone(part, [("user", _I.sub("one", before[-1]))])


def _named(question: str) -> str:
    """The thing that a question names with an article: "the data protection officer"."""
    match = _NAMED.search(question)
    words = match[0].split() if match else []
    named = list(itertools.takewhile(lambda word: word.lower() not in _ENDS, words))
    is_verb = len(named) > 2 and named[-1].endswith(("ed", "ept", "eld", "ade"))  # "the key kept"
    return " ".join(named[:-1] if is_verb else named)
