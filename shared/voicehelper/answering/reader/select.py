"""Selects the units of an answer (``select_units``) and renders them with their marks (``render_answer``).

``compose`` is the caller.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from voicehelper.answering.cues import answer_cue
from voicehelper.answering.reader.leads import what_follows
from voicehelper.answering.reader.rows import MAX_LIST_CHARS
from voicehelper.answering.reader.units import Unit, fitting
from voicehelper.text.question_terms import QuestionTerms
from voicehelper.text.sentences import CELL_BORDER
from voicehelper.text.tokenization import terms

MAX_UNITS: Final = 3
MAX_ANSWER_CHARS: Final = 480
_OPEN_ENDS: Final = "；;，,"  # of a sentence that went on with what was not asked
_OTHER_HALF: Final = 0.25  # coverage that a unit adds if it answers the other half of a question
_ITEM: Final = re.compile(
    r"[-•*·●▪◦](?!\d)|\d{1,2}[.)、](?!\d)|[（(]?[一二三四五六七八九十]{1,3}[)）、.]|[①-⑳]|第[一二三四五六七八九十\d]+步"
)
_LIST_QUESTION: Final = re.compile(
    r"步骤|流程|哪些|哪几|怎么|怎样|如何|包括|\bhow (?:do|to|can|should)\b|\bsteps?\b|\blist\b|"
    r"\bwhich \w+ are\b|\bwhat (?:\w+ )?are\b",
    re.IGNORECASE,
)

_WHICH_PART: Final = re.compile(
    r"\b(?:which|what) (?:clause|section|article|chapter|paragraph|part|point|step|rule|page)\b|(?:哪|"
    r"第几).{0,2}[条章节款项步页]",
    re.IGNORECASE,
)


def select_units(question: str, units: Sequence[Unit], query_terms: QuestionTerms) -> list[Unit]:
    """The best unit, then others that score nearly as well or cover terms of the question that are still missing.

    ``units`` come best first. A question for steps or members is answered with the list around the best unit.
    """
    candidates = [unit for unit in units if not unit.is_heading] or list(units)  # a heading alone is no answer
    best = _best_unit(candidates, query_terms)
    if following := what_follows(question, best, units):
        return following
    if _LIST_QUESTION.search(question) and (items := _list_around(best, candidates)):
        return items
    if _WHICH_PART.search(question) and (heading := _heading_of(best, units)):
        return [heading, best]
    cue = answer_cue(question)
    wanted = cue if cue and cue.search(best.text) else None
    selected, present, length = [best], set(best.terms), len(best.text)
    for unit in candidates:
        gain = query_terms.coverage(unit.terms - present)
        if wanted and gain < _OTHER_HALF and not wanted.search(unit.text):  # answers another question
            continue
        is_good = unit.score >= 0.72 * best.score or (gain >= 0.12 and unit.score >= 0.5 * best.score)
        is_duplicate = any(unit.text == other.text for other in selected)
        fits = length + len(unit.text) <= MAX_ANSWER_CHARS and _is_relevant(unit, best, query_terms)
        if is_good and not is_duplicate and fits:
            selected.append(unit)
            present |= unit.terms
            length += len(unit.text)
        if len(selected) == MAX_UNITS:
            break
    return selected


def _heading_of(best: Unit, units: Sequence[Unit]) -> Unit | None:
    """The nearest heading above a unit, which names the part it is in."""
    above = [unit for unit in units if unit.is_heading and unit.passage == best.passage and unit is not best]
    return max(above, key=lambda unit: unit.position, default=None)


def _best_unit(units: Sequence[Unit], query_terms: QuestionTerms) -> Unit:
    """The first unit; if it is a table row, the row of its passage whose values the question names.

    Rows of one table all contain its column names, so their scores hardly differ.
    """
    best = units[0]
    if CELL_BORDER not in best.text:
        return best
    rows = [unit for unit in units if unit.passage == best.passage and CELL_BORDER in unit.text]
    return max(rows, key=lambda unit: query_terms.coverage(_values(unit)))


def _is_relevant(unit: Unit, best: Unit, query_terms: QuestionTerms) -> bool:
    """A second row is relevant if the question names its values as much as the best row's, or names others in it."""
    if CELL_BORDER not in unit.text or CELL_BORDER not in best.text:
        return True
    in_best, in_unit = query_terms.found(_values(best)), query_terms.found(_values(unit))
    is_as_good = query_terms.coverage(in_unit) >= 0.9 * query_terms.coverage(in_best)
    return is_as_good or query_terms.coverage(in_unit - in_best) >= 0.12


def _values(row: Unit) -> frozenset[str]:
    cells = (cell.partition(": ") for cell in row.text.split(CELL_BORDER))
    return frozenset(term for name, _, value in cells for term in terms(value or name))


def _list_around(best: Unit, units: Sequence[Unit]) -> list[Unit]:
    """Consecutive list items around the best unit, or after it if it introduces them; empty for fewer than two."""
    by_position = {unit.position: unit for unit in units if unit.passage == best.passage}
    first = best.position if _is_item(best) else best.position + 1
    while _is_item(by_position.get(first - 1)):
        first -= 1
    last = first
    while _is_item(by_position.get(last)):
        last += 1
    items = [by_position[position] for position in range(first, last)]
    if len(items) < 2 or (not _is_item(best) and best.text[-1] not in ":："):
        return []
    shown = fitting(items, MAX_LIST_CHARS)
    return shown if _is_item(best) else [best, *shown]


def _is_item(unit: Unit | None) -> bool:
    return unit is not None and _ITEM.match(unit.text) is not None


def render_answer(units: Sequence[Unit]) -> tuple[str, list[int]]:
    """(text with marks, indices of the passages). Passages in the order of their best unit, units in text order."""
    order = list(dict.fromkeys(unit.passage for unit in units))
    parts = []
    for mark, number in enumerate(order, start=1):
        texts = [u.text for u in sorted(units, key=lambda u: u.position) if u.passage == number]
        parts.append(f"{join_units(texts).rstrip(_OPEN_ENDS)} [{mark}]")
    return "\n".join(parts), order


def join_units(texts: Sequence[str]) -> str:
    """Sentences run on; rows, items and lines that are not sentences are on lines of their own."""
    return "".join(text + separator(text, following) for text, following in zip(texts, [*texts[1:], ""], strict=True))


def separator(text: str, following: str) -> str:
    if not following:
        return ""
    if (
        CELL_BORDER in text
        or CELL_BORDER in following
        or _ITEM.match(text)
        or _ITEM.match(following)
        or text[-1] not in "。！？；.!?;…"
    ):
        return "\n"
    return "" if text[-1] in "。！？；" else " "
