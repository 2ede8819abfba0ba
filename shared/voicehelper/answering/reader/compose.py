"""Extractive answers: rank the passages' sentences and rows, decide by confidence, render the best with their marks.

``compose_answer`` is the entry; ``OfflineAnswer`` calls it. Every word of an answer is from a passage, but for the
number of rows that fit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final
from uuid import UUID

from voicehelper.answering.cues import answer_cue
from voicehelper.answering.events import Composed, Usage
from voicehelper.answering.evidence import (
    READ_PASSAGES,
    THRESHOLD,
    answer_confidence,
    cross_lingual_match,
    is_foreign,
)
from voicehelper.answering.reader.continued import continued
from voicehelper.answering.reader.overview import overview
from voicehelper.answering.reader.reread import decided, reread
from voicehelper.answering.reader.rows import answer_from_rows
from voicehelper.answering.reader.select import MAX_UNITS, render_answer, select_units
from voicehelper.answering.reader.totals import total_of
from voicehelper.answering.reader.units import Unit, rank_by_titled, rank_units, with_scores
from voicehelper.index.passage import Passage
from voicehelper.models.protocols import OFFLINE_READER
from voicehelper.models.reading import TrainedReader
from voicehelper.text.asking import (
    calculation,
    extreme,
    is_greeting,
    wants_overview,
    without_calculation,
    without_extreme,
)
from voicehelper.text.language import shares_language, text_language
from voicehelper.text.question_terms import Idf, OtherName, QuestionTerms, is_key, question_terms
from voicehelper.text.sentences import CELL_BORDER
from voicehelper.text.windows import title_terms

USAGE: Final = Usage(OFFLINE_READER)
REFUSALS: Final = {
    "zh": "抱歉，在知识库中没有找到相关内容。",
    "en": "Sorry, I found nothing about this in the knowledge base.",
}
GREETINGS: Final = {
    "zh": "您好！请就知识库中的文档提问，例如“年假有几天？”或“如何报销？”。回答会注明出处；文档里没有的，我会直说。",
    "en": "Hello! Ask me about the documents of this knowledge base, for example “How many days of leave are there?” "
    "or “How is the filter cleaned?”. Answers name their page; what the documents do not say, I say so.",
}
Similarity = Callable[[str, Sequence[str]], list[float]]

_NAMED: Final = 0.2  # cosines of sentences differ by some .1; names and codes are the same in both languages
_MIN_OVERLAP: Final = 0.15
_OWN_OVERLAP: Final = 0.45  # coverage by one sentence above which the question's own language answers
_EMBEDDED_CHARS: Final = 400
_NEAR_UNITS: Final = 3  # some 20 ms each
_NEAR: Final = 0.1  # of the score
_LESS: Final = 0.2  # of cosine, for a whole score less
_SIMILAR_PASSAGES: Final = 3
_SIMILAR_UNITS: Final = 24  # some 20 ms each
_OVERVIEW_CONFIDENCE: Final = 0.9
_AS_GOOD: Final = 0.72


def compose_answer(
    question: str,
    passages: Sequence[Passage],
    idf: Idf,
    *,
    similarity: Similarity | None = None,
    whole_tables: Collection[UUID] = (),
    names: Sequence[OtherName] = (),
    reader: TrainedReader | None = None,
) -> Composed:
    """Answer from the passages, best first, or refuse.

    ``whole_tables`` are the documents whose tables the passages hold wholly; the rows of others are only some.
    ``names`` are what the passages call things of the question, too.

    ``similarity`` (question, texts → cosines) adds to the confidence, and ranks the sentences where question and
    passage share no words, as across languages; without it only words count.

    ``reader`` judges the best sentences once more, orders them and may decide otherwise; it raises
    ReaderUnavailableError where it cannot.
    """
    if is_greeting(question):
        return Composed(GREETINGS[text_language(question)], [], refused=True, confidence=1.0, usage=USAGE)
    if wants_overview(question) and passages:
        return _composed(overview(passages), _OVERVIEW_CONFIDENCE)
    query_terms = _terms_of(question, passages, idf, names)
    units = every = rank_units(question, query_terms, passages[:READ_PASSAGES])
    overlap = max((query_terms.coverage(unit.terms) for unit in units), default=0.0)
    no_lexical_overlap = overlap < _MIN_OVERLAP
    # Costs 20 ms per unit, so before the decision only when words alone cannot decide.
    cross_lingual = overlap < _OWN_OVERLAP and cross_lingual_match(question, passages)
    if similarity and cross_lingual:
        foreign = _rank_by_similarity(question, _foreign(question, units, passages), passages, similarity)
        units = with_scores(foreign, [u.score + _NAMED * query_terms.coverage(u.terms) for u in foreign])
    nearest = nearest_cosine(question, units, similarity)
    confidence = answer_confidence(question, query_terms, passages, nearest=nearest)
    if confidence < THRESHOLD and _adds_rows(question, passages):
        bare = without_calculation(question)
        confidence = answer_confidence(bare, question_terms(bare, idf, names), passages, nearest=nearest)
    read = None
    if reader:
        unranked = _foreign_numbers(question, passages) if overlap < _OWN_OVERLAP else []
        read = reread(question, units, passages, reader, beside=every, unranked=unranked)
        confidence = decided(confidence, read.relevance, reader.thresholds) if read else confidence
    if not units or confidence < THRESHOLD:
        return refusal(question, confidence)
    if cross_lingual:
        return _composed(select_units(question, read.units if read else units, query_terms), confidence)
    if read:
        units = _about_the_same(query_terms, read.units, passages)
    else:
        if similarity and no_lexical_overlap:
            units = _rank_by_similarity(question, units, passages, similarity)
        elif not no_lexical_overlap:
            units = rank_by_titled(units)
        units = _of_the_asked_kind_first(question, _about_the_same(query_terms, units, passages))
    best = next((unit for unit in units if not unit.is_heading), units[0])
    asked = question, query_terms, best, passages
    rows = total_of(*asked, whole_tables=whole_tables) or answer_from_rows(*asked, whole_tables=whole_tables)
    if rows:
        return _composed(rows.units, confidence, rows.note)
    return _composed(continued(select_units(question, units, query_terms), passages), confidence)


def _foreign(question: str, units: Sequence[Unit], passages: Sequence[Passage]) -> list[Unit]:
    """The units of the passages in the other language, which are what the question was matched with."""
    foreign = _foreign_numbers(question, passages)
    return [unit for unit in units if unit.passage in foreign] or list(units)


def _foreign_numbers(question: str, passages: Sequence[Passage]) -> list[int]:
    return [number for number, foreign in enumerate(is_foreign(question, passages[:READ_PASSAGES])) if foreign]


def _adds_rows(question: str, passages: Sequence[Passage]) -> bool:
    """Whether it asks for a total or mean that no row need say."""
    return calculation(question) is not None and _has_rows(passages)


def _has_rows(passages: Sequence[Passage]) -> bool:
    return any(CELL_BORDER in passage.text for passage in passages[:READ_PASSAGES])


def _terms_of(question: str, passages: Sequence[Passage], idf: Idf, names: Sequence[OtherName]) -> QuestionTerms:
    asks_rows = extreme(question) and _has_rows(passages)
    return question_terms(without_extreme(question) if asks_rows else question, idf, names)


def _about_the_same(query_terms: QuestionTerms, units: Sequence[Unit], passages: Sequence[Passage]) -> list[Unit]:
    """Without what is about another number, date or code than the question's, where something is about that."""
    titles = [query_terms.found(title_terms(passage.title)) for passage in passages[:READ_PASSAGES]]
    said = [{term for term in unit.terms | titles[unit.passage] if is_key(term)} for unit in units]
    most = max(map(len, said), default=0)
    return [unit for unit, exact in zip(units, said, strict=True) if len(exact) == most]


def _of_the_asked_kind_first(question: str, units: list[Unit]) -> list[Unit]:
    """A unit with the interval, amount or person asked for goes before a better one of its passage that has none."""
    cue, best = answer_cue(question), next((unit for unit in units if not unit.is_heading), None)
    if cue is None or best is None or cue.search(best.text):
        return units
    if not shares_language(question, best.text):  # a name matched, and any amount would go first
        return units
    own = (u for u in units if u.passage == best.passage and not u.is_heading)
    near = (u for u in own if u.score >= _AS_GOOD * best.score and cue.search(u.text))
    first = next(near, None)
    return [first, *(unit for unit in units if unit is not first)] if first else units


def _composed(units: Sequence[Unit], confidence: float, note: str = "") -> Composed:
    text, citations = render_answer(units)
    text = f"{text}\n{note}" if note else text
    return Composed(text, citations, refused=False, confidence=confidence, usage=USAGE, computed=note)


def refusal(question: str, confidence: float = 0.0, usage: Usage = USAGE) -> Composed:
    """The fixed sentence in the question's language, without citations."""
    return Composed(REFUSALS[text_language(question)], [], refused=True, confidence=confidence, usage=usage)


def nearest_cosine(question: str, units: Sequence[Unit], similarity: Similarity | None) -> float | None:
    """Of the best units, and of those that score nearly as much as the last of them, a little less for each: which one
    stands before the other depends on how rare words are, and so on every other document of the base.
    """
    if similarity is None or not units:
        return None
    best, last = units[:MAX_UNITS], units[:MAX_UNITS][-1].score
    # Penalties make a score negative, of which no share can be taken.
    near = [u for u in units[MAX_UNITS : MAX_UNITS + _NEAR_UNITS] if last > 0 and u.score >= (1 - _NEAR) * last]
    cosines = similarity(question, [unit.text[:_EMBEDDED_CHARS] for unit in [*best, *near]])
    less = [0.0] * len(best) + [_LESS * (last - unit.score) / last for unit in near]
    return max(cosine - deduction for cosine, deduction in zip(cosines, less, strict=True))


def _rank_by_similarity(
    question: str, units: Sequence[Unit], passages: Sequence[Passage], similarity: Similarity
) -> list[Unit]:
    """Units of the most similar passages, ranked by their own similarity: for questions that share no words."""
    nearest = sorted(range(len(passages[:READ_PASSAGES])), key=lambda n: -(passages[n].similarity or 0.0))
    candidates = [unit for unit in units if unit.passage in nearest[:_SIMILAR_PASSAGES]][:_SIMILAR_UNITS]
    cosines = similarity(question, [unit.text[:_EMBEDDED_CHARS] for unit in candidates])
    scores = [c + 0.05 * passages[u.passage].score for u, c in zip(candidates, cosines, strict=True)]
    return with_scores(candidates, scores)
