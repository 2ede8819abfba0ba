"""The amounts of an observation, each with the period and the words that it stands for.

``readings`` is the entry; ``values`` and ``revise`` choose among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from voicehelper.agents.planning.amounts import Amount, amounts
from voicehelper.agents.planning.periods import Period, periods, plain
from voicehelper.answering.citations import marks_of, without_marks
from voicehelper.text.sentences import sentences

_MOST_LINES: Final = 60
_BORDER: Final = re.compile(r"[，,;；。:：|]|\b(?:and|but|while|whereas|up from|down from|compared with)\b|而|和|与|及")
# Between an amount and the period that follows it: "$12 million in 2024", "12 亿元（2024 年）".
_THEN_PERIOD: Final = re.compile(
    r"[ (]{0,2}(?:in|for|during|as of|at the end of|of|by)?[ (]{0,2}(?:the )?(?:year |fiscal year )?", re.IGNORECASE
)
_NO_AMOUNT: Final = re.compile(
    r"(?:第|[§#№]|\b(?:page|section|clause|article|chapter|step|version|no\.?|item|table|figure|level|phase) ?)$",
    re.IGNORECASE,
)
_ITEM_NUMBER: Final = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}[.)、]? ")
_OR: Final = frozenset(
    ["", "or", "to", "或", "或者", "至", "到", "-", "~", "–", "/", "、"]
)  # then it is the same that has two
_HEADER_UNIT: Final = re.compile(r"\((?:单位[:：] ?|in )?([^()\d]{1,20})\)[^()]{0,4}$")
_LINE_UNIT: Final = re.compile(r"\((?:单位[:：] ?|in )([^()\d]{1,20})\)")
_RESPECTIVELY: Final = re.compile(r"分别|\brespectively\b", re.IGNORECASE)
_LISTED: Final = re.compile(r"、|和|与|及|\band\b", re.IGNORECASE)
_PLURAL_SCALE: Final = re.compile(r"\b(thousand|million|billion)s\b", re.IGNORECASE)
_VERB: Final = re.compile(r"(?:分别)?(?:约|近)?(?:为|是|有|达到?|占)?(?:约|近)?$")


@dataclass(frozen=True, slots=True)
class Reading:
    """``label`` is what stands before the amount in its clause, ``before`` all since the amount before it.

    ``mark`` names its source, from 1, 0 for none.
    """

    amount: Amount
    period: Period | None
    label: str
    before: str
    line: str
    mark: int
    quote: str = ""


def readings(observation: str) -> list[Reading]:
    """In their order. A mark stands at the end of what it covers, so lines without one have that of a later line."""
    lines = [line for line in observation.split("\n") if line.strip()][:_MOST_LINES]
    found: list[Reading] = []
    for number, line in enumerate(lines):
        mark = next((marks[0] for later in lines[number:] if (marks := marks_of(later))), 0)
        for sentence in sentences(without_marks(line)) or [without_marks(line)]:
            found += [replace(reading, quote=sentence.strip()) for reading in _of_sentence(plain(sentence), mark)]
    return found


def _of_sentence(line: str, mark: int) -> Iterator[Reading]:
    found = [amount for amount in amounts(line) if _is_amount(line, amount)]
    named = periods(line)
    by_order, names = _respectively(found, named), _names_in_order(line, found)
    first, label, end = "", "", 0
    for place, amount in enumerate(found):
        following = found[place + 1].start if place + 1 < len(found) else len(line)
        before = line[end : amount.start]
        if not (label and before.strip(" ,，") in _OR):
            label = _BORDER.split(before.rstrip(" :："))[-1].strip() or before.strip()
        first = first or _VERB.sub("", label)
        period = by_order[place] if by_order else _period(line, amount, named, following)
        header = line[: found[0].start]
        said = names[place] if names else _whole(label, first)
        yield Reading(_with_header_unit(amount, before, header), period, said, said if names else before, line, mark)
        end = amount.end


def _names_in_order(line: str, found: Sequence[Amount]) -> list[str]:
    """ "A、B 分别为 2 和 3": as many names as amounts, all of them before; empty otherwise."""
    if len(found) < 2 or not _RESPECTIVELY.search(line):
        return []
    clause = re.split(r"[，,;；。]", _RESPECTIVELY.sub("", line[: found[0].start]))[-1]
    names = [name.strip() for name in _LISTED.split(clause) if name.strip()]
    return names if len(names) == len(found) else []


def _whole(label: str, first: str) -> str:
    """ "华东区销售额 3 亿元，华南区 2 亿元": what a short label leaves out is as in the first one."""
    own = _VERB.sub("", label)
    is_like = 0 < len(own) < len(first) and not own.isascii() and first[len(own) - 1] == own[-1]
    return f"{label} {first[len(own) :]}" if is_like else label


def _is_amount(line: str, amount: Amount) -> bool:
    if _NO_AMOUNT.search(line[max(0, amount.start - 10) : amount.start]):
        return False
    is_item = amount.start == 0 and not amount.unit and _ITEM_NUMBER.match(line) is not None
    return not is_item


def _respectively(found: Sequence[Amount], named: Sequence[Period]) -> list[Period]:
    """ "in 2023 and 2024 was 10 and 12 respectively": as many periods as amounts, all of them before."""
    if len(named) < 2 or len(named) != len(found) or named[-1].end > found[0].start:
        return []
    return list(named)


def _period(line: str, amount: Amount, named: Sequence[Period], following: int) -> Period | None:
    after = next((period for period in named if amount.end <= period.start < following), None)
    if after and line[after.end :][:1] not in (":", "：") and _THEN_PERIOD.fullmatch(line[amount.end : after.start]):
        return after
    return next((period for period in reversed(named) if period.end <= amount.start), None)


def _with_header_unit(amount: Amount, before: str, header: str) -> Amount:
    """ "营收（万元）: 1200" is in 万元."""
    match = None if amount.unit else _HEADER_UNIT.search(before.rstrip(" :：")) or _LINE_UNIT.search(header)
    if match is None:
        return amount
    named = _PLURAL_SCALE.sub(r"\1", match[1]).replace(" of ", " ")
    stated = amounts(f"1 {named}")
    if len(stated) != 1 or not (stated[0].unit or stated[0].scale):
        return amount
    unit = stated[0]
    return replace(amount, number=amount.number.scaleb(unit.scale), unit=unit.unit, scale=amount.scale + unit.scale)
