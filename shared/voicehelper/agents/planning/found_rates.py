"""A rate that is still to be found, times the counts of the task: "按差旅标准，5 人 3 天的住宿费共多少".

``found_rate`` is the entry; ``rules`` is the caller. The text is ``amounts.plain``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from voicehelper.agents.planning.amounts import Amount, amounts, decimal_text
from voicehelper.agents.planning.drafts import Draft
from voicehelper.agents.planning.wording import question_for, trimmed
from voicehelper.messages.language import Language

_ASKS: Final = re.compile(
    r"多少钱|[共计总]多少|[一总]共|合计|总[价共额计]|总费用|总成本|多少费用|多少元|"
    r"[要花需付领报给得补发]多少|(?:费|费用|补贴|补助|津贴|奖金|金额|价格|租金|工资|"
    r"赔偿)[共总]?[是为有]?多少|能(?:报销|领|拿|补)"
    r"|\bhow much\b|\btotal\b|\bcost\b|\bwhat (?:do|does|will|would|is|are)\b.{0,80}\b(?:cost|price|"
    r"fee|pay|allowance|charge)|\baltogether\b|\bin all\b",
    re.IGNORECASE,
)
_SOURCE: Final = re.compile(
    r"标准|政策|规定|制度|比例|费率|税率|价目|报价|价格表|合同|手册|办法|单价|文档|知识库|定额|补[贴助]|津贴|资料"
    r"|\b(?:policy|policies|handbook|price list|rates?|contract|rules?|allowance|per diem|standard|"
    r"agreement|tariff|document|according to|under|based on)\b",
    re.IGNORECASE,
)
_AND: Final = re.compile(r" and |, |和|、|以及|与|，|,")
_NO_COUNTS: Final = frozenset(["", "percent", "折", "code", "version", "page", "step", "chapter", "floor"])
_EACH_ZH: Final = {
    "person": "每人", "day": "每天", "night": "每晚", "hour": "每小时", "month": "每月", "year": "每年", "week": "每周",
    "piece": "每件",
    "kilometre": "每公里", "kilogram": "每公斤",
}  # fmt: skip
_TIMES: Final = frozenset(["day", "night", "hour", "month", "year", "week", "quarter", "minute"])
_ASKING_ZH: Final = re.compile(
    r"(?:一共|总共|合计|共计|总计|共|总)?(?:需要|要花|要付|要|应该|应|可以|能|得|花|付|领取?|报销|补|"
    r"支付|拿到?|给){0,5}+(?:的总?费用)?(?:是|为|有)?(?:多少(?:钱|元|费用)?|几)(?:呢|啊)?|一共|总共|合计|"
    r"共计|总计|怎么算|请?计算|^如果|^假如"
)
_BY_ZH: Final = re.compile(r"按|根据|依据|依照|参照|参考")
_LEADING_ZH: Final = re.compile(
    r"^(?:按照?|根据|依据?|依照|参照|参考|以|公司派|派|如果|我们|有|买|购买|采购|订购|租|给|为|的|，|,)+"
)
_BY_EN: Final = re.compile(r"^((?:under|based on|according to|per|by|as per) [^,]{2,80}), (.+)$", re.IGNORECASE)
_ASKING_EN: Final = re.compile(
    r"^(?:what|how much)(?: money)? (?:do|does|would|will|can|could|should|is|are|did|must) (?:it |we |"
    r"i |you |they )?(?:(?:have to |need to )?(?:cost|pay|get|claim|spend|charge|receive|budget) "
    r"?)?(?:for )?"
    r"|\b(?:do|does|did|would|will|can|could|should) (?:get|pay|receive|claim|earn|need)\b"
    r"|\b(?:would|will|can|do|could|should|did) (?:i|we|you|one|they) (?:get|pay|receive|claim|need|have)\b"
    r"|\b(?:how much|in total|altogether|in all|the total|total|cost|costs|in sum|please|be|come to|"
    r"amount to|calculate|what is|what are)\b",
    re.IGNORECASE,
)
_DANGLING_EN: Final = re.compile(
    r"\b(?:staying|travell?ing|working|for|and|of|with|over|during|each|on|by|a|to|at|we|need|rent|buy|"
    r"order)\b(?=\W*(?:$|\b(?:under|according|in|per|based|for|by|and)\b))|^(?:for|and|of|is|are|to|"
    r"the cost of|with)\b",
    re.IGNORECASE,
)


def found_rate(text: str, language: Language) -> Draft | None:
    """None where nothing is counted, or the text asks for no amount of it, or names the price itself."""
    found = amounts(text)
    counts = [amount for amount in found if amount.unit not in _NO_COUNTS]
    if not counts or not _ASKS.search(text) or len(found) > len(counts):
        return None
    money = [amount for amount in counts if amount.is_money]
    if money and (len(counts) > 1 or not _SOURCE.search(text)):
        return None
    if not money and not _SOURCE.search(text) and not _names_price(text):
        return None
    several = _several(text, counts, language)
    if several or len([count for count in counts if _is_thing(count) and count.number != 1]) > 1:
        return several  # counts of different things are not multiplied with each other
    return _one(text, counts, language)


def _one(text: str, counts: Sequence[Amount], language: Language) -> Draft | None:
    rest = _without(text, counts)
    measure = _measure_zh(rest, counts) if language == "zh" else _measure_en(rest, counts)
    if not measure:
        return None
    if language == "zh" and "钱" in text and not (_names_price(measure) or measure.endswith(("金额", "标准", "贴"))):
        measure = f"{measure}的价格"
    figures = " * ".join(decimal_text(count.number) for count in counts)
    return Draft("found_values", [question_for(measure, language)], f"{{1}} * {figures}", subject=measure)


def _several(text: str, counts: Sequence[Amount], language: Language) -> Draft | None:
    """Prices of several things: "8 monitors and 8 docks" have one each."""
    if named := _named_before(text) if language == "zh" else None:
        return _sum_of(*named, language)
    if len(counts) < 2 or not all(_is_thing(count) for count in counts):
        return None
    ends = [*(count.start for count in counts[1:]), len(text)]
    between = [text[count.end : end] for count, end in zip(counts, ends, strict=True)]
    if not all(_AND.search(part) for part in between[:-1]):
        return None
    names = [_name(count, part, language) for count, part in zip(counts, between, strict=True)]
    return _sum_of(names, counts, language)


def _named_before(text: str) -> tuple[list[str], list[Amount]] | None:
    """ "PP 棉滤芯 4 个和活性炭滤芯 2 个一共多少钱": each part names a thing, and then says how many of it."""
    parts = [part for part in _AND.split(text) if amounts(part)]
    counted = [(part, amounts(part)[-1]) for part in parts]
    names = [_LEADING_ZH.sub("", part[: count.start]).strip(" 的:") for part, count in counted]
    counts = [count for _, count in counted]
    if len(parts) < 2 or not all(names) or not all(map(_is_thing, counts)):
        return None
    # A name that counts something itself ("一台机器") is asked for as it is written.
    rest = [part[count.end :].strip() for part, count in counted]
    return (names, counts) if not any(rest[:-1]) and not _ASKING_ZH.sub("", rest[-1]).strip(" ?？。") else None


def _sum_of(names: Sequence[str], counts: Sequence[Amount], language: Language) -> Draft:
    price = "{}的单价是多少？" if language == "zh" else "What is the price of one {}?"
    terms = [f"{{{n}}} * {decimal_text(count.number)}" for n, count in enumerate(counts, start=1)]
    return Draft("found_values", [price.format(name) for name in names], " + ".join(terms), subject=" / ".join(names))


def _is_thing(count: Amount) -> bool:
    return count.unit not in _TIMES and count.unit != "person" and not count.is_money


def _name(count: Amount, after: str, language: Language) -> str:
    """What is counted: the unit itself in English, what follows it in Chinese."""
    if language == "en":
        return count.unit
    return _ASKING_ZH.sub("", _AND.split(after)[0]).strip(" ,，。?？要的")


def _names_price(text: str) -> bool:
    """Whether what is asked is money: "3 licences for 2 years cost", and not "how long"."""
    return (
        re.search(
            r"钱|元|费|价|薪|工资|租金|奖金|\b(?:cost|pay|price|fee|charge|spend|worth|how much)\b", text, re.IGNORECASE
        )
        is not None
    )


def _without(text: str, counts: Sequence[Amount]) -> str:
    parts, end = [], 0
    for count in counts:
        parts.append(text[end : count.start])
        end = count.end
    return " ".join("\x00".join([*parts, text[end:]]).split())


def _measure_zh(rest: str, counts: Sequence[Amount]) -> str:
    """ "差旅标准中每人每天的住宿费": for each of what is counted, where the text does not say so itself."""
    bare = _ASKING_ZH.sub("", trimmed(rest.replace("\x00", "，")))
    clauses = [clause.strip(" 。?？!！:：的") for clause in re.split(r"[,，;；。?？]", bare)]
    source = next((clause for clause in clauses if _BY_ZH.match(clause)), "")
    others = [_LEADING_ZH.sub("", clause) for clause in clauses if clause != source]
    source = _LEADING_ZH.sub("", source)
    named = "".join(other for other in others if len(other) > 1 and other not in source)
    each = "".join(dict.fromkeys(_each_zh(count) for count in counts if "每" not in f"{source}{named}"))
    if source:
        return f"{source}中{each}{named}的金额" if each or named else source
    if named and each:
        return f"{named}中{each}的标准" if named.endswith(("标准", "规定", "政策", "制度")) else f"{each}的{named}"
    return named


def _each_zh(count: Amount) -> str:
    if count.is_money:
        return ""
    known = _EACH_ZH.get(count.unit)
    return known or (f"每{count.unit}" if not count.unit.isascii() else "")


def _measure_en(rest: str, counts: Sequence[Amount]) -> str:
    """ "the cost of hotel nights per person per night under the travel policy"."""
    rest = _BY_EN.sub(r"\2 \1", rest.rstrip("?？. "))
    left = re.sub(r"(?:\b(?:for|of|over|with|staying|during|in|and|if|by) )?\x00", " ", rest)
    bare = _ASKING_EN.sub(" ", " ".join(trimmed(left).split()))
    previous = ""
    while bare != previous:
        previous, bare = bare, " ".join(_DANGLING_EN.sub(" ", bare).split()).strip(" ,.?!;:")
    things = [
        count.unit for count in counts if count.unit not in _TIMES and count.unit != "person" and not count.is_money
    ]
    per = "".join(f" per {count.unit}" for count in counts if count.unit in _TIMES or count.unit == "person")
    named = " ".join(filter(None, [f"one {things[0]}" if things else "", bare]))
    if not named:
        return ""
    if re.match(r"(?:the |our |a )?(?:under|according|based|in|per(?! diem)|by|as) ?", named):
        return f"the rate{per} {named}"
    head, marker, source = re.match(
        r"(.*?)( under | according to | based on | by our | per our |$)(.*)", named
    ).groups()  # type: ignore[union-attr]
    return f"the cost of {head.strip(' ,')}{per}{marker.rstrip()}{f' {source}' if source else ''}"
