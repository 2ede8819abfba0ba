"""Stage: what the answer is written from, shortened to the sentences that the question is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.question_terms import QuestionTerms, idf_lookup, question_terms
from voicehelper.text.sentences import sentences
from voicehelper.text.tokenization import terms

_BESIDE: Final = 0.5  # a sentence counts for half beside one that holds the question's words
_LEAD_INS: Final = (":", "：")


@dataclass(frozen=True, slots=True)
class ContextCompression:
    """Fills ``read`` and leaves the passages whole, so that nothing is cited that a source does not show.

    ``share`` is that of each passage's characters which is kept, 0 … 1; never less than its best sentence.
    """

    share: float
    name: str = "context_compression"
    optional: bool = True

    def __call__(self, state: Retrieval) -> Retrieval:
        if not state.passages:
            return state.skip("there is nothing to compress")
        if state.whole_tables:
            return state.skip("the question needs every row")
        query_terms = question_terms(state.asked, idf_lookup(state.idf), state.names)
        read = (replace(p, text=compressed(p.text, query_terms, self.share)) for p in state.passages)
        return replace(state, read=tuple(read))


def compressed(text: str, query_terms: QuestionTerms, share: float) -> str:
    """The sentences and rows of a text that cover most of the question, in their order, each on a line of its own."""
    units = sentences(text)
    if share >= 1 or len(units) < 2:
        return text
    kept: set[int] = set()
    room = share * len(text)
    for number in _best_first(units, query_terms):
        if kept and room < len(units[number]):
            continue
        kept.add(number)
        room -= len(units[number])
    kept |= {number - 1 for number in kept if number and units[number - 1].endswith(_LEAD_INS)}
    return "\n".join(units[number] for number in sorted(kept))


def _best_first(units: Sequence[str], query_terms: QuestionTerms) -> list[int]:
    own = [query_terms.coverage(terms(unit)) for unit in units]
    beside = [max(before, after) for before, after in zip([0.0, *own], [*own[1:], 0.0], strict=False)]
    scores = [mine + _BESIDE * near for mine, near in zip(own, beside, strict=True)]
    return sorted(range(len(units)), key=lambda number: (-scores[number], number))
