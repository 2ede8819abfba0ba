"""The sentences, rows and headings of passages, ranked by how much of the question they and their surroundings cover.

``rank_units`` is the entry; ``compose`` is the caller.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from voicehelper.answering.cues import answer_cue
from voicehelper.index.passage import Passage
from voicehelper.text.question_terms import QuestionTerms
from voicehelper.text.sentences import sentences
from voicehelper.text.tokenization import terms
from voicehelper.text.windows import title_terms

# What a term counts that only the title says, beside 1: in the order that the decision was fitted to, and where the
# sentence is chosen.
_TITLE_CREDIT: Final = 0.35
_HIGH_TITLE_CREDIT: Final = 0.85


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence, row or heading of a passage, with its score; ``terms`` are the question's terms in it.

    ``titled`` is the score where what only the titles say counts nearly as much as the sentence.
    """

    passage: int
    position: int
    text: str
    score: float
    terms: frozenset[str]
    is_heading: bool = False
    titled: float = 0.0


def rank_units(question: str, query_terms: QuestionTerms, passages: Sequence[Passage]) -> list[Unit]:
    """Best first, by ``score``."""
    cue = answer_cue(question)
    return best_first(
        unit for number, passage in enumerate(passages) for unit in _units(cue, query_terms, passage, number)
    )


def rank_by_titled(units: Sequence[Unit]) -> list[Unit]:
    return with_scores(units, [unit.titled for unit in units])


def fitting(units: Sequence[Unit], max_chars: int) -> list[Unit]:
    """As many of the first units as have at most ``max_chars`` together."""
    lengths = itertools.accumulate(len(unit.text) for unit in units)
    return [unit for unit, length in zip(units, lengths, strict=True) if length <= max_chars]


def best_first(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (-unit.score, unit.passage, unit.position))


def _units(cue: re.Pattern[str] | None, query_terms: QuestionTerms, passage: Passage, number: int) -> list[Unit]:
    headings, body = _texts(passage)
    texts = [*headings, *body]
    present = [query_terms.found(terms(text)) for text in texts]
    heading = query_terms.found(title_terms(passage.title))
    units = []
    for position, text in enumerate(texts):
        before = present[position - 1] if position else frozenset[str]()
        after = present[position + 1] if position + 1 < len(texts) else frozenset[str]()
        here, around = present[position], [(0.45, before), (0.2, after)]
        extra = 0.12 * passage.score + 0.10 * _cue_score(cue, text) - _length_penalty(text)
        score = extra + _score(query_terms, here, [*around, (_TITLE_CREDIT, heading)])
        titled = extra + _score(query_terms, here, [(_HIGH_TITLE_CREDIT, heading), *around])
        units.append(Unit(number, position, text, score, here, position < len(headings), titled))
    return units


def body_units(passage: Passage, number: int) -> list[Unit]:
    """The sentences and rows of a passage in their order, unranked."""
    headings, body = _texts(passage)
    return [Unit(number, len(headings) + at, text, 0.0, frozenset()) for at, text in enumerate(body)]


def _texts(passage: Passage) -> tuple[list[str], list[str]]:
    """(headings at the start of the passage, its sentences and rows): a heading is not the start of a sentence."""
    headings = set(passage.heading_path)
    lines = passage.text.split("\n")
    opening = list(itertools.takewhile(lambda line: line.strip() in headings, lines))
    return [line.strip() for line in opening], sentences("\n".join(lines[len(opening) :]))


def _score(query_terms: QuestionTerms, here: frozenset[str], around: Sequence[tuple[float, frozenset[str]]]) -> float:
    """Coverage by the sentence itself; what only its surroundings say counts by their credit, each term once."""
    score, known = query_terms.coverage(here), here
    for credit, terms_there in around:
        score += credit * query_terms.coverage(terms_there - known)
        known |= terms_there
    return score


def _cue_score(cue: re.Pattern[str] | None, text: str) -> float:
    if cue is None:
        return 0.5
    return 1.0 if cue.search(text) else 0.0


def _length_penalty(text: str) -> float:
    """Penalty for units of less than 4 or more than 200 characters, and for questions."""
    penalty = 0.25 if len(text) < 4 else 0.0
    penalty += 0.15 if text.rstrip().endswith(("?", "？")) else 0.0
    return penalty + max(0, len(text) - 200) / 4000


def with_scores(units: Sequence[Unit], scores: Sequence[float]) -> list[Unit]:
    return best_first(replace(unit, score=score) for unit, score in zip(units, scores, strict=True))
