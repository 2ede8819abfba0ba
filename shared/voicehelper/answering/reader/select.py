"""Which sentences and rows make the answer, and how they are put down with their marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.text.question_terms import QuestionTerms
from voicehelper.text.tokenization import terms

MAX_UNITS: Final = 3
MAX_ANSWER_CHARS: Final = 480
MAX_LIST_CHARS: Final = 1_500
_CELL: Final = " | "
_ITEM: Final = re.compile(
    r"[-•*·●▪◦](?!\d)|\d{1,2}[.)、](?!\d)|[（(]?[一二三四五六七八九十]{1,3}[)）、.]|[①-⑳]|第[一二三四五六七八九十\d]+步"
)
_ASKS_FOR_LIST: Final = re.compile(
    r"步骤|流程|哪些|哪几|怎么|怎样|如何|包括|\bhow (?:do|to|can|should)\b|\bsteps?\b|\blist\b|"
    r"\bwhich \w+ are\b|\bwhat (?:\w+ )?are\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence, row or heading of a passage, and how well it answers."""

    passage: int
    position: int
    text: str
    score: float
    covers: frozenset[str]
    is_heading: bool = False


def select_units(question: str, units: Sequence[Unit], weighted: QuestionTerms) -> list[Unit]:
    """The best unit, then others that score nearly as well or add what the question asked and is still missing.

    ``units`` come best first. A question for steps or members gets the list that the best unit is an item of.
    """
    candidates = [unit for unit in units if not unit.is_heading] or list(units)  # a heading alone is no answer
    best = _row_asked_for(candidates, weighted)
    if _ASKS_FOR_LIST.search(question) and (items := _list_around(best, candidates)):
        return items
    selected, covered, length = [best], set(best.covers), len(best.text)
    for unit in candidates:
        adds = weighted.covered(unit.covers - covered)
        worth = unit.score >= 0.72 * best.score or (adds >= 0.12 and unit.score >= 0.5 * best.score)
        repeated = any(unit.text == other.text for other in selected)
        fits = length + len(unit.text) <= MAX_ANSWER_CHARS and _is_asked_for(unit, best, weighted)
        if worth and not repeated and fits:
            selected.append(unit)
            covered |= unit.covers
            length += len(unit.text)
        if len(selected) == MAX_UNITS:
            break
    return selected


def _row_asked_for(units: Sequence[Unit], weighted: QuestionTerms) -> Unit:
    """Rows of one table all name its columns: the one whose values the question names is meant."""
    best = units[0]
    if _CELL not in best.text:
        return best
    rows = [unit for unit in units if unit.passage == best.passage and _CELL in unit.text]
    return max(rows, key=lambda unit: weighted.covered(_values(unit) & weighted.weights.keys()))


def _is_asked_for(unit: Unit, best: Unit, weighted: QuestionTerms) -> bool:
    """A row beside the best one belongs to the answer if its values are named as well, or other ones are."""
    if _CELL not in unit.text or _CELL not in best.text:
        return True
    wanted, named = _values(best) & weighted.weights.keys(), _values(unit) & weighted.weights.keys()
    return weighted.covered(named) >= 0.9 * weighted.covered(wanted) or weighted.covered(named - wanted) >= 0.12


def _values(row: Unit) -> frozenset[str]:
    cells = (cell.partition(": ") for cell in row.text.split(_CELL))
    return frozenset(term for name, _, value in cells for term in terms(value or name))


def _list_around(best: Unit, units: Sequence[Unit]) -> list[Unit]:
    """The items in a row that the best one is among, or that follow the line it is; none where they are not two."""
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
    fitting = [item for end, item in enumerate(items, 1) if sum(len(i.text) for i in items[:end]) <= MAX_LIST_CHARS]
    return fitting if _is_item(best) else [best, *fitting]


def _is_item(unit: Unit | None) -> bool:
    return unit is not None and _ITEM.match(unit.text) is not None


def render_answer(units: Sequence[Unit]) -> tuple[str, list[int]]:
    """(text with marks, the passages cited). Passages in the order of their best unit; inside one its own order."""
    order = list(dict.fromkeys(unit.passage for unit in units))
    parts = []
    for mark, number in enumerate(order, start=1):
        texts = [u.text for u in sorted(units, key=lambda u: u.position) if u.passage == number]
        parts.append(f"{join_units(texts)} [{mark}]")
    return "\n".join(parts), order


def join_units(texts: Sequence[str]) -> str:
    """Sentences follow each other; rows, items and lines that are no sentence stand on lines of their own."""
    return "".join(text + separator(text, following) for text, following in zip(texts, [*texts[1:], ""], strict=True))


def separator(text: str, following: str) -> str:
    if not following:
        return ""
    if (
        _CELL in text
        or _CELL in following
        or _ITEM.match(text)
        or _ITEM.match(following)
        or text[-1] not in "。！？；.!?;…"
    ):
        return "\n"
    return "" if text[-1] in "。！？；" else " "
