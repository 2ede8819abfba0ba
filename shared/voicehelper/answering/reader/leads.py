"""A line that only repeats the question is no answer: a question of a FAQ, a title, a label. What stands below it is.

``what_follows`` is the entry of ``select``, ``only_repeats`` that of ``rows``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from voicehelper.answering.reader.units import Unit
from voicehelper.text.sentences import CELL_BORDER
from voicehelper.text.tokenization import STOP_WORDS, normalize

_QUESTION_LINE: Final = re.compile(r"^\W*(?:q|question|问|问题|f|frage)\s?\d{0,3}\s?[:：.、]|[?？]\W*$", re.IGNORECASE)
_ANSWER_LABEL: Final = re.compile(r"^\W*(?:a|answer|答|答案|回答|antwort)\s?\d{0,3}\s?[:：.、]\s*", re.IGNORECASE)
_WORD: Final = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_ITEM: Final = re.compile(r"[-•*·●▪◦–](?!\d)|\d{1,2}[.)、](?!\d)|[（(]?[a-z一二三四五六七八九十]{1,3}[)）、.]|[①-⑳]")
_SENTENCE_END: Final = "。！？.!?；;"
_MAX_LABEL: Final = 80  # characters
_MAX_FOLLOWING: Final = 4
_MAX_CHARS: Final = 480
_STEM: Final = 4  # letters by which a word of the line is one of the question: "delivered" and "delivery"


def what_follows(question: str, best: Unit, units: Sequence[Unit]) -> list[Unit]:
    """The units that answer in place of ``best`` if it only repeats the question; empty otherwise.

    A label stays above its value, a question and a title are left out.
    """
    if CELL_BORDER in best.text or not only_repeats(question, best.text):
        return []
    by_position = {unit.position: unit for unit in units if unit.passage == best.passage}
    following = _below(best, by_position)
    if not following:
        return []
    is_label = not _QUESTION_LINE.search(best.text) and len(following) == 1 and not _is_text(following[0].text)
    is_opening = is_label or _is_list(following)
    return [*([best] if is_opening and not best.is_heading else []), *map(_without_label, following)]


def only_repeats(question: str, line: str) -> bool:
    """Whether a line has no word that the question has not, or is itself a question."""
    if _QUESTION_LINE.search(line):
        return True
    asked = _words(question)
    stems = {word[:_STEM] for word in asked}
    new = [word for word in _words(line) if word not in asked and word[:_STEM] not in stems]
    return not new and (len(line) <= _MAX_LABEL or not _is_text(line))


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(normalize(text)) if word not in STOP_WORDS and word not in "的之是"}


def _below(lead: Unit, by_position: Mapping[int, Unit]) -> list[Unit]:
    """The sentences, items or the one value below a lead, up to the next lead."""
    following: list[Unit] = []
    position, length = lead.position + 1, 0
    while (unit := by_position.get(position)) and not unit.is_heading and not _is_lead(unit, by_position):
        if following and _begins_another(following, unit):
            break
        length += len(unit.text)
        if following and length > _MAX_CHARS:
            break
        following.append(unit)
        position += 1
        if len(following) == _MAX_FOLLOWING and not _is_list(following):
            break
    return following


def _is_lead(unit: Unit, by_position: Mapping[int, Unit]) -> bool:
    return _QUESTION_LINE.search(unit.text) is not None and unit.position + 1 in by_position


def _begins_another(following: Sequence[Unit], unit: Unit) -> bool:
    """After sentences a short line begins something else, after items a line that is none; a value is one line."""
    if _ITEM.match(following[0].text):
        return _ITEM.match(unit.text) is None
    return not _is_text(following[-1].text) or not _is_text(unit.text)


def _is_list(units: Sequence[Unit]) -> bool:
    return len(units) > 1 and all(_ITEM.match(unit.text) for unit in units)


def _is_text(text: str) -> bool:
    return text.rstrip("\"'”’」』）) ")[-1:] in _SENTENCE_END


def _without_label(unit: Unit) -> Unit:
    return replace(unit, text=_ANSWER_LABEL.sub("", unit.text) or unit.text)
