"""Extractive answers: rank the passages' sentences and rows, decide by confidence, render the best with their marks.

``compose_answer`` is the entry; ``OfflineAnswer`` calls it. Every word of an answer is from a passage.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from voicehelper.answering.events import Composed, Usage
from voicehelper.answering.evidence import READ_PASSAGES, answer_confidence, cross_lingual_match
from voicehelper.answering.reader.select import MAX_UNITS, Unit, render_answer, select_units
from voicehelper.index.passage import Passage
from voicehelper.text.language import text_language
from voicehelper.text.question_terms import Idf, QuestionTerms, question_terms
from voicehelper.text.sentences import sentences
from voicehelper.text.tokenization import terms

THRESHOLD: Final = 0.5
USAGE: Final = Usage("offline-extractive")
REFUSALS: Final = {
    "zh": "抱歉，在知识库中没有找到相关内容。",
    "en": "Sorry, I found nothing about this in the knowledge base.",
}

# (cue in the question, cue in an answer of that kind): a sentence with the matching cue scores higher.
_CUES: Final[tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]] = tuple(
    (re.compile(question_cue, re.IGNORECASE), re.compile(answer_cue, re.IGNORECASE))
    for question_cue, answer_cue in (
        (r"多少钱|价格|费用|售价|how much|price|cost", r"[¥￥$€]|\d+\s*(?:元|美元|万|USD|RMB|dollars?)"),
        (
            r"什么时候|何时|哪一?年|哪一?天|几点|几月|日期|\bwhen\b|what (?:year|date|day|time)|which year",
            r"\d{1,4}\s*年|\d{1,2}\s*月|\d{1,2}[:：]\d{2}|\b1\d{3}\b|\b20\d{2}\b|世纪|century|"
            r"january|february|march|april|may|june|july|august|september|october|november|december",
        ),
        (
            r"多少|几|多久|多长|多大|多高|多远|多重|what (?:percent|number)|"
            r"how (?:many|much|long|old|far|often|big|large)",
            r"\d|[一二三四五六七八九十百千万两半]+\s*[个天年月日次台元人名种项条位小分秒米岁%]|"
            r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b",
        ),
        (r"电话|热线|联系方式|phone|hotline|call", r"\d{3,}[- ]?\d{3,}"),
        (r"邮箱|e-?mail", r"\S+@\S+"),
        (
            r"谁|哪位|何人|\bwho\b|\bwhom\b|whose",
            r"[A-Z][a-z]+ [A-Z][a-z]+|[\u4e00-\u9fff]{2,4}(?:先生|女士|经理|总监|老师|博士)|·",
        ),
        (r"为什么|为何|原因|\bwhy\b", r"因为|由于|因此|所以|为了|because|due to|since|so that|in order to"),
    )
)


Similarity = Callable[[str, Sequence[str]], list[float]]


def compose_answer(
    question: str, passages: Sequence[Passage], idf: Idf, *, similarity: Similarity | None = None
) -> Composed:
    """Answer from the passages, best first, or refuse.

    ``similarity`` (question, texts → cosines) adds to the confidence, and ranks the sentences where question and
    passage share no words, as across languages; without it only words count.
    """
    query_terms = question_terms(question, idf)
    units = rank_units(question, query_terms, passages[:READ_PASSAGES])
    no_lexical_overlap = max((query_terms.coverage(unit.terms) for unit in units), default=0.0) < _MIN_OVERLAP
    # Costs 20 ms per unit, so before the decision only when words alone cannot decide.
    cross_lingual = no_lexical_overlap and cross_lingual_match(question, passages)
    if similarity and cross_lingual:
        units = _rank_by_similarity(question, units, passages, similarity)
    nearest = nearest_cosine(question, units, similarity)
    confidence = answer_confidence(question, query_terms, passages, nearest=nearest)
    if not units or confidence < THRESHOLD:
        return refusal(question, confidence)
    if similarity and no_lexical_overlap and not cross_lingual:
        units = _rank_by_similarity(question, units, passages, similarity)
    text, citations = render_answer(select_units(question, units, query_terms))
    return Composed(text, citations, refused=False, confidence=confidence, usage=USAGE)


def refusal(question: str, confidence: float = 0.0, usage: Usage = USAGE) -> Composed:
    """The fixed sentence in the question's language, without citations."""
    return Composed(REFUSALS[text_language(question)], [], refused=True, confidence=confidence, usage=usage)


_MIN_OVERLAP: Final = 0.15
_EMBEDDED_CHARS: Final = 400
_SIMILAR_PASSAGES: Final = 3
_SIMILAR_UNITS: Final = 24  # some 20 ms each


def nearest_cosine(question: str, units: Sequence[Unit], similarity: Similarity | None) -> float | None:
    if similarity is None or not units:
        return None
    return max(similarity(question, [unit.text[:_EMBEDDED_CHARS] for unit in units[:MAX_UNITS]]))


def _rank_by_similarity(
    question: str, units: Sequence[Unit], passages: Sequence[Passage], similarity: Similarity
) -> list[Unit]:
    """Units of the most similar passages, ranked by their own similarity: for questions that share no words."""
    nearest = sorted(range(len(passages[:READ_PASSAGES])), key=lambda n: -(passages[n].similarity or 0.0))
    candidates = [unit for number in nearest[:_SIMILAR_PASSAGES] for unit in units if unit.passage == number]
    candidates = candidates[:_SIMILAR_UNITS]
    cosines = similarity(question, [unit.text[:_EMBEDDED_CHARS] for unit in candidates])
    return _best_first(
        replace(unit, score=cosine + 0.05 * passages[unit.passage].score)
        for unit, cosine in zip(candidates, cosines, strict=True)
    )


def rank_units(question: str, query_terms: QuestionTerms, passages: Sequence[Passage]) -> list[Unit]:
    cue = _answer_cue(question)
    return _best_first(
        unit for number, passage in enumerate(passages) for unit in _units(cue, query_terms, passage, number)
    )


def _best_first(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (-unit.score, unit.passage, unit.position))


def _units(cue: re.Pattern[str] | None, query_terms: QuestionTerms, passage: Passage, number: int) -> list[Unit]:
    headings, body = _texts(passage)
    texts = [*headings, *body]
    present = [frozenset(terms(text)) & query_terms.weights.keys() for text in texts]
    heading = frozenset(terms(passage.title)) & query_terms.weights.keys()
    units = []
    for position, text in enumerate(texts):
        before = present[position - 1] if position else frozenset[str]()
        after = present[position + 1] if position + 1 < len(texts) else frozenset[str]()
        score = _score(query_terms, present[position], before, after, heading)
        score += 0.12 * passage.score + 0.10 * _cue_score(cue, text) - _length_penalty(text)
        units.append(Unit(number, position, text, score, present[position], position < len(headings)))
    return units


def _texts(passage: Passage) -> tuple[list[str], list[str]]:
    """(headings at the start of the passage, its sentences and rows): a heading is not the start of a sentence."""
    headings = set(passage.heading_path)
    lines = passage.text.split("\n")
    opening = list(itertools.takewhile(lambda line: line.strip() in headings, lines))
    return [line.strip() for line in opening], sentences("\n".join(lines[len(opening) :]))


def _score(
    query_terms: QuestionTerms,
    here: frozenset[str],
    before: frozenset[str],
    after: frozenset[str],
    heading: frozenset[str],
) -> float:
    """Coverage by the sentence itself; terms that only its neighbours or heading contain count in part."""
    around = 0.45 * query_terms.coverage(before - here) + 0.2 * query_terms.coverage(after - here - before)
    return query_terms.coverage(here) + around + 0.35 * query_terms.coverage(heading - here - before - after)


def _answer_cue(question: str) -> re.Pattern[str] | None:
    return next((answer_cue for question_cue, answer_cue in _CUES if question_cue.search(question)), None)


def _cue_score(cue: re.Pattern[str] | None, text: str) -> float:
    if cue is None:
        return 0.5
    return 1.0 if cue.search(text) else 0.0


def _length_penalty(text: str) -> float:
    """Penalty for units of less than 4 or more than 200 characters, and for questions."""
    penalty = 0.25 if len(text) < 4 else 0.0
    penalty += 0.15 if text.rstrip().endswith(("?", "？")) else 0.0
    return penalty + max(0, len(text) - 200) / 4000
