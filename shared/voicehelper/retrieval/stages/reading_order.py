"""Stage: put passages in the other language where a trained reader says that they belong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from voicehelper.index.passage import Passage
from voicehelper.models.reading import MAX_WINDOWS, WINDOW_TOKENS, TextWindow, TrainedReader
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.excerpts import excerpt_around
from voicehelper.text.question_terms import QuestionTerms, idf_lookup, question_terms
from voicehelper.text.sentences import sentences
from voicehelper.text.tokenization import terms

NAME: Final = "reading_order"


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """Cosines prefer the question's own language, and ``CrossLingual`` gives the other one the fourth and fifth place.

    A trained reader compares both: from its threshold on, a passage in the other language stands before the first of
    the question's own that is less relevant. Takes some 20 ms a passage, so it runs after the search's transaction. If
    it cannot read, the order stays.
    """

    reader: Callable[[], TrainedReader]
    name: str = NAME
    optional: bool = True

    def __call__(self, state: Retrieval) -> Retrieval:
        reader = self.reader()  # first, so that the trace of every question says where it cannot be used
        first = [number for number, passage in enumerate(state.passages) if passage.score > 0][:MAX_WINDOWS]
        foreign = [number for number in first if state.passages[number].is_cross_lingual]
        if not foreign or len(foreign) == len(first):
            return state.skip("all are in one language")
        query_terms = question_terms(state.asked, idf_lookup(state.idf), state.names)
        windows = [window_of(state.passages[number], query_terms) for number in first]
        judged = reader.score(state.asked, windows)
        relevance = {number: scores.relevance for number, scores in zip(first, judged, strict=True)}
        promoted = [number for number in foreign if relevance[number] >= reader.thresholds.promotes_from]
        if not promoted:
            return state.skip("none in the other language is relevant enough")
        return _in_places(state, first, _merged(first, promoted, relevance))


def window_of(passage: Passage, query_terms: QuestionTerms) -> TextWindow:
    """Around the sentence that has most of the question's words: the first one where none has any."""
    texts = sentences(passage.text)
    if not texts:
        return TextWindow(passage.title, (), passage.score)
    best = max(range(len(texts)), key=lambda number: query_terms.coverage(query_terms.found(terms(texts[number]))))
    span = excerpt_around(texts, best, WINDOW_TOKENS)
    return TextWindow(passage.title, tuple(texts[number] for number in span), passage.score)


def _merged(first: Sequence[int], promoted: Sequence[int], relevance: dict[int, float]) -> list[int]:
    """The others in their order, and before each the promoted ones that are more relevant."""
    waiting = sorted(promoted, key=lambda number: -relevance[number])
    merged: list[int] = []
    for number in first:
        if number in promoted:
            continue
        while waiting and relevance[waiting[0]] > relevance[number]:
            merged.append(waiting.pop(0))
        merged.append(number)
    return [*merged, *waiting]


def _in_places(state: Retrieval, first: Sequence[int], order: Sequence[int]) -> Retrieval:
    """Scores stay with the places, so that they keep falling."""
    passages, read = list(state.passages), list(state.read)
    for place, number in zip(first, order, strict=True):
        passages[place] = replace(state.passages[number], score=state.passages[place].score)
        if read:
            read[place] = state.read[number]
    return replace(state, passages=tuple(passages), read=tuple(read))
