"""``HandMadeReader``: judges sentences by the question's terms in and around them; needs no model.

``units.rank_units`` calls it for every question. It also finds the windows that a trained reader then reads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from voicehelper.answering.cues import answer_cue
from voicehelper.models.reading import TextWindow, WindowScores, require_few
from voicehelper.text.question_terms import QuestionTerms
from voicehelper.text.tokenization import terms
from voicehelper.text.windows import title_terms

# What a term counts that only the title says, beside 1: in the order that the decision was fitted to, and where the
# sentence is chosen.
_TITLE_CREDIT: Final = 0.35
_HIGH_TITLE_CREDIT: Final = 0.85
_NOTHING: Final = frozenset[str]()
_CUE_CHARS: Final = 800  # of a sentence, beyond which a cue is not looked for: cues look back


@dataclass(frozen=True, slots=True)
class HandMadeScores(WindowScores):
    """``fitted`` are the sentences' scores in the order that the decision to answer was fitted to, ``terms`` the
    question's terms in them; both are as long as ``sentences``.
    """

    fitted: tuple[float, ...]
    terms: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class HandMadeReader:
    """Implements ``Reader`` for the question whose terms it has.

    A window's relevance is the coverage by two neighbouring sentences of it under its title.
    """

    query_terms: QuestionTerms

    def score(self, question: str, windows: Sequence[TextWindow]) -> list[HandMadeScores]:
        require_few(windows)
        cue = answer_cue(question)
        return [self._scores(cue, window) for window in windows]

    def _scores(self, cue: re.Pattern[str] | None, window: TextWindow) -> HandMadeScores:
        query_terms = self.query_terms
        present = [query_terms.found(terms(text)) for text in window.sentences]
        heading = query_terms.found(title_terms(window.title))
        chosen, fitted = [], []
        beside = zip(window.sentences, present, [_NOTHING, *present], [*present[1:], _NOTHING], strict=False)
        for text, here, before, after in beside:
            around = [(0.45, before), (0.2, after)]
            extra = 0.12 * window.prior + 0.10 * _cue_score(cue, text) - _length_penalty(text)
            fitted.append(extra + _score(query_terms, here, [*around, (_TITLE_CREDIT, heading)]))
            chosen.append(extra + _score(query_terms, here, [(_HIGH_TITLE_CREDIT, heading), *around]))
        relevance = _best_pair(query_terms, heading, present)
        return HandMadeScores(relevance, tuple(chosen), tuple(fitted), tuple(present))


def _best_pair(query_terms: QuestionTerms, heading: frozenset[str], present: Sequence[frozenset[str]]) -> float:
    pairs = (heading | first | second for first, second in pairwise([*present, _NOTHING]))
    return max(map(query_terms.coverage, pairs), default=0.0)


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
    return 1.0 if cue.search(text, 0, _CUE_CHARS) else 0.0


def _length_penalty(text: str) -> float:
    """Penalty for units of less than 4 or more than 200 characters, and for questions."""
    penalty = 0.25 if len(text) < 4 else 0.0
    penalty += 0.15 if text.rstrip().endswith(("?", "？")) else 0.0
    return penalty + max(0, len(text) - 200) / 4000
