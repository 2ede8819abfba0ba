"""The check of a model's reply: ``answer_from_reply``, called by ``generate``.

Every sentence is held to the passages it cites. What they do not support is dropped, and a reply of which nothing is
left becomes the refusal. Sentences that words cannot judge stay.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from voicehelper.answering.citations import marks_of, renumber, without_marks
from voicehelper.answering.events import Check, Composed, Usage
from voicehelper.answering.grounding import Claim, Evidence
from voicehelper.answering.hosted.markup import REMOVED, keep_quoted_markup
from voicehelper.answering.hosted.prompt import NO_ANSWER
from voicehelper.answering.injected_orders import without_orders
from voicehelper.answering.quantities import Quantity
from voicehelper.answering.reader.compose import refusal
from voicehelper.index.passage import Passage
from voicehelper.text.question_terms import Idf
from voicehelper.text.sentences import sentences

MAX_REPLY_CHARS: Final = 8_000  # more than the tokens that are asked for make
_MAX_LINE_CHARS: Final = 1_500  # of prose that is split into sentences at once
_MAX_ITEMS: Final = 50
_MAX_LEAD_IN_CHARS: Final = 80
_LEAD_IN_COVERAGE: Final = 0.3
_COVERAGE_WITHOUT_ADDRESS: Final = 0.75
_FIRST_MARKS: Final = re.compile(r"^(?:\s*[\[【［][\s\d,，、;；–^-]{1,40}[\]】］])+[.。]?")
_ITEM: Final = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.)、]|[（(]\d{1,2}[)）]|\|)\s*")
_TABLE_RULE: Final = re.compile(r"^[\s|:-]{3,}$")
_HEADING: Final = re.compile(r"^\s*(?:#{1,6}\s|\*\*[^*]{1,80}\*\*[:：]?\s*$)")


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line of a reply without the sentences that were dropped. ``leads`` lines state nothing by themselves, and stay
    only if something follows them; ``judged`` lines hold a sentence that is supported or cites a passage.
    """

    text: str
    leads: bool = False
    judged: bool = False


def answer_from_reply(reply: str, question: str, passages: Sequence[Passage], idf: Idf, usage: Usage) -> Composed:
    """The supported sentences with their marks, or with those the grounding check adds if none has any, or the
    refusal.
    """
    started = time.monotonic()
    bounded = reply[:MAX_REPLY_CHARS]
    if is_refusal(bounded):
        return refusal(question, usage=usage)
    evidence = Evidence(passages, idf, question)
    held = [without_orders(f"{passage.title}\n{passage.text}") for passage in passages]
    text = supported_text(keep_quoted_markup(bounded, held), evidence).replace(REMOVED, "")
    text, citations = renumber(text, len(passages))
    if text and not citations:
        text, citations = renumber(add_marks(text, evidence), len(passages))
    text = text if citations else ""
    check = Check(time.monotonic() - started, removed=max(0, _statements(bounded) - _statements(text)))
    if not citations:
        return replace(refusal(question, usage=usage), check=check)
    return Composed(text, citations, refused=False, confidence=1.0, usage=usage, check=check)


def _statements(text: str) -> int:
    lines = (line for line in text.split("\n") if any(map(str.isalnum, without_marks(line))))
    return sum(len(split_line(line)) for line in lines)


def is_refusal(reply: str) -> bool:
    """Whether the reply starts with the refusal token or is little more than it; quoted in an answer it is ignored."""
    bare = re.sub(r"[\s`*_\"'.。]", "", reply)
    token = NO_ANSWER.replace("_", "")
    return not bare or bare.startswith(token) or (token in bare and len(bare) < 2 * len(token))


def supported_text(reply: str, evidence: Evidence) -> str:
    """The reply without unsupported sentences, and without lead-ins that nothing follows any more."""
    lines = reply.split("\n")
    checked = [_check_line(lines, number, evidence) for number in range(len(lines))]
    if not any(line.judged for line in checked):
        return ""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_without_empty_lead_ins(checked))).strip()


def _check_line(lines: Sequence[str], number: int, evidence: Evidence) -> CheckedLine:
    line = lines[number]
    if not any(character.isalnum() for character in without_marks(line)):
        return CheckedLine(line, leads=bool(_TABLE_RULE.match(line) and "|" in line))
    if _is_lead_in(lines, number) and (checked := _check_lead_in(lines, number, evidence)):
        return checked
    units = split_line(line)
    claims = {unit: evidence.claim(unit) for unit in units}
    kept = [unit for unit in units if not _is_unsupported(claims[unit])]
    judged = any(claims[unit].supported or claims[unit].citations for unit in kept)
    text = line if len(kept) == len(units) else _rebuilt(line, kept)
    return CheckedLine(text, leads=bool(kept) and not judged, judged=judged)


def _is_unsupported(claim: Claim) -> bool:
    """What is left of a sentence whose address was removed must stand in the passages nearly word by word."""
    return claim.supported is False or (REMOVED in claim.text and claim.coverage < _COVERAGE_WITHOUT_ADDRESS)


def _is_lead_in(lines: Sequence[str], number: int) -> bool:
    """A heading, the head of a table, or a short line that ends in a colon."""
    bare = without_marks(lines[number]).rstrip(" *_")
    following = lines[number + 1] if number + 1 < len(lines) else ""
    if _HEADING.match(lines[number]) or (_TABLE_RULE.match(following) and "|" in following):
        return len(bare) <= 2 * _MAX_LEAD_IN_CHARS
    return bare.endswith((":", "：")) and len(bare) <= _MAX_LEAD_IN_CHARS and not marks_of(lines[number])


def _check_lead_in(lines: Sequence[str], number: int, evidence: Evidence) -> CheckedLine | None:
    """The line, if it says little that the passages and the question do not; None if it must be judged as a claim."""
    items = sum(bool(_ITEM.match(line)) for line in lines[number + 1 : number + 1 + _MAX_ITEMS])
    claim = evidence.claim(lines[number], allowed=frozenset({Quantity(str(items))}))
    if claim.supported or claim.supported is None:
        return CheckedLine(lines[number], leads=True)
    asked = evidence.shared(without_marks(lines[number]))
    return CheckedLine(lines[number], leads=True) if asked >= _LEAD_IN_COVERAGE else None


def _without_empty_lead_ins(checked: Sequence[CheckedLine]) -> list[str]:
    """From the end: a lead-in stays if the next line that is left is not another block's."""
    kept: list[str] = []
    followed = False
    for line in reversed(checked):
        if line.leads and not followed and line.text.strip().endswith((":", "：", "|", "**", "#")):
            continue
        kept.append(line.text)
        followed = followed or line.judged
    return kept[::-1]


def split_line(line: str) -> list[str]:
    """Its sentences; marks at the start of one belong to the sentence before it."""
    units: list[str] = []
    parts = [line[start : start + _MAX_LINE_CHARS] for start in range(0, len(line), _MAX_LINE_CHARS)]
    for sentence in (sentence for part in parts for sentence in sentences(part)):
        marks = _FIRST_MARKS.match(sentence)
        if units and marks:
            units[-1] += f" {marks.group().strip()}"
            sentence = sentence[marks.end() :].strip()
        if sentence:
            units.append(sentence)
    return units


def _rebuilt(line: str, kept: Sequence[str]) -> str:
    """The kept sentences behind the line's list mark; a line without any is empty."""
    if not kept:
        return ""
    gap = "" if "\u3000" <= kept[0][-1] <= "\uffef" else " "
    mark = _ITEM.match(line)
    start = mark.group() if mark and not kept[0].startswith(mark.group().strip()) else ""
    return start + gap.join(kept)


def add_marks(text: str, evidence: Evidence) -> str:
    """Each line followed by the marks of the passages that support its sentences."""
    return "\n".join(_add_line_marks(line, evidence) for line in text.split("\n"))


def _add_line_marks(line: str, evidence: Evidence) -> str:
    numbers = (evidence.best(sentence) for sentence in split_line(line))
    marks = dict.fromkeys(f"[{number + 1}]" for number in numbers if number is not None)
    return f"{line} {''.join(marks)}" if marks else line
