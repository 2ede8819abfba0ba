"""The sentences, rows and headings of passages, ranked by how much of the question they and their surroundings cover.

``rank_units`` is the entry; ``compose`` is the caller.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from voicehelper.answering.reader.hand_made import HandMadeReader, HandMadeScores
from voicehelper.index.passage import Passage
from voicehelper.models.reading import TextWindow
from voicehelper.text.question_terms import QuestionTerms
from voicehelper.text.sentences import sentences


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
    """Best first, by ``score``; of as many passages as a reader judges at once."""
    texts = [_texts(passage) for passage in passages]
    windows = [
        TextWindow(passage.title, (*headings, *body), passage.score)
        for passage, (headings, body) in zip(passages, texts, strict=True)
    ]
    scores = HandMadeReader(query_terms).score(question, windows)
    numbered = enumerate(zip(texts, scores, strict=True))
    return best_first(unit for number, (own, judged) in numbered for unit in _units(number, own, judged))


def rank_by_titled(units: Sequence[Unit]) -> list[Unit]:
    return with_scores(units, [unit.titled for unit in units])


def fitting(units: Sequence[Unit], max_chars: int) -> list[Unit]:
    """As many of the first units as have at most ``max_chars`` together."""
    lengths = itertools.accumulate(len(unit.text) for unit in units)
    return [unit for unit, length in zip(units, lengths, strict=True) if length <= max_chars]


def best_first(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (-unit.score, unit.passage, unit.position))


def _units(number: int, texts: tuple[list[str], list[str]], scores: HandMadeScores) -> Iterator[Unit]:
    headings, body = texts
    rows = zip([*headings, *body], scores.fitted, scores.terms, scores.sentences, strict=True)
    for position, (text, fitted, found, titled) in enumerate(rows):
        yield Unit(number, position, text, fitted, found, position < len(headings), titled)


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


def with_scores(units: Sequence[Unit], scores: Sequence[float]) -> list[Unit]:
    return best_first(replace(unit, score=score) for unit, score in zip(units, scores, strict=True))
