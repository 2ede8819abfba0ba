"""How much of a question the found text covers: the ground for answering or refusing.

``confidence`` is the entry; the offline reader is its caller.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

from voicehelper.index.passage import Passage
from voicehelper.text.language import is_chinese, text_language
from voicehelper.text.periods import period_synonyms
from voicehelper.text.question_terms import QuestionTerms
from voicehelper.text.sentences import sentences
from voicehelper.text.tokenization import terms


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


# Fitted by logistic regression on public question sets and on real documents, both classes and all sets weighing the
# same, and checked in five folds (docs/benchmarks.md); the bias puts the cut at 0.5.
_WEIGHTS: Final = {
    "window": 1.45,
    "passage": 1.7,
    "numbers_missing": -1.25,
    "name_missing": -1.65,
    "similarity": -1.25,
    "nearest": 3.45,
    "margin": 2.9,
    "named_at_length": 5.0,
}
_BIAS: Final = -2.33
# Cosines of e5 stand close together: their usual value for a question and its passage, and the scale around it.
_USUAL_SIMILARITY: Final = 0.87
_USUAL_MARGIN: Final = 0.02
_SIMILARITY_SCALE: Final = 10.0
_MARGIN_OF: Final = 8  # passages; fewer than half as many say nothing about what is usual in the base
_LONG_QUESTION: Final = 8  # terms; no two sentences hold every word of a longer one
_CROSS_LINGUAL_SIMILARITY: Final = 0.79
_ANY_SIMILARITY: Final = 0.7
_CROSS_LINGUAL_GAP: Final = 0.013
_CROSS_LINGUAL_CONFIDENCE: Final = 0.6
READ_PASSAGES: Final = 5


def confidence(
    question: str, weighted: QuestionTerms, passages: Sequence[Passage], *, nearest: float | None = None
) -> float:
    """0 … 1: how sure it is that the passages answer the question. 0 without passages.

    ``nearest`` is the cosine of the question and the nearest of the sentences that would answer it.
    """
    if not passages:
        return 0.0
    cross_lingual = cross_lingual_match(question, passages)
    if cross_lingual and not all(_is_foreign(question, passages)):
        return _CROSS_LINGUAL_CONFIDENCE
    values = features(question, weighted, passages, nearest=nearest)
    if cross_lingual:  # hardly a word is shared: meaning alone decides
        return _cross_lingual_confidence(values)
    return logistic(_BIAS + sum(_WEIGHTS[name] * value for name, value in values.items()))


# For a base in the other language alone, fitted on parallel text with and without the passage that answers: there is
# no own language to come near to.
_CROSS_LINGUAL_WEIGHTS: Final = {"similarity": -1.35, "margin": 3.65, "nearest": 3.35}
_CROSS_LINGUAL_BIAS: Final = 1.1


def _cross_lingual_confidence(values: Mapping[str, float]) -> float:
    return logistic(_CROSS_LINGUAL_BIAS + sum(weight * values[name] for name, weight in _CROSS_LINGUAL_WEIGHTS.items()))


def features(
    question: str, weighted: QuestionTerms, passages: Sequence[Passage], *, nearest: float | None = None
) -> dict[str, float]:
    """What the decision to answer rests on; kept apart so that a benchmark can fit the weights.

    ``window`` is the coverage by two neighbouring sentences under their title: words that stand together answer,
    the same words scattered over a page often do not. A number, code or name that the text lacks speaks against it.
    ``nearest`` and ``margin`` are meaning: how near the answering sentence is, and by how much the best passage
    stands out from the others. A long question whose names are all there is about this text.
    """
    read = passages[:READ_PASSAGES]
    window, best = max(((_best_window(weighted, p), p) for p in read), key=lambda pair: weighted.covered(pair[0]))
    similarities = [p.similarity for p in passages[:_MARGIN_OF] if p.similarity is not None]
    similarity = max(similarities, default=_USUAL_SIMILARITY)
    enough = len(similarities) > _MARGIN_OF // 2
    margin = similarity - sum(similarities) / len(similarities) if enough else _USUAL_MARGIN
    names_missing = _missing(_names(question), _all_terms(read))
    return {
        "window": weighted.covered(window),
        "passage": weighted.covered(terms(f"{best.title}\n{best.text}")),
        "numbers_missing": _numbers_missing(question, window),
        "name_missing": float(names_missing > 0),
        "similarity": (similarity - _USUAL_SIMILARITY) * _SIMILARITY_SCALE,
        "nearest": ((similarity if nearest is None else nearest) - _USUAL_SIMILARITY) * _SIMILARITY_SCALE,
        "margin": margin * _SIMILARITY_SCALE,
        "named_at_length": _length(weighted) if _names(question) and not names_missing else 0.0,
    }


def _length(weighted: QuestionTerms) -> float:
    return max(0.0, math.log(max(1, len(weighted.weights)) / _LONG_QUESTION))


def _numbers_missing(question: str, present: frozenset[str]) -> float:
    """Share of the question's numbers and codes that is not there, by any name."""
    numbers = _NUMBERS.findall(question)
    return sum(not _is_present(number, present) for number in numbers) / len(numbers) if numbers else 0.0


def _is_present(number: str, present: frozenset[str]) -> bool:
    """ "FY2022" is there where 2022 is, "Q2" where the second quarter is."""
    names = [number, *_YEARS.findall(number), *period_synonyms(number)]
    return any(not _missing(terms(name), present) for name in names)


def _all_terms(passages: Sequence[Passage]) -> frozenset[str]:
    return frozenset(term for passage in passages for term in terms(f"{passage.title}\n{passage.text}"))


def _best_window(weighted: QuestionTerms, passage: Passage) -> frozenset[str]:
    heading = frozenset(terms(passage.title))
    units = [frozenset(terms(sentence)) for sentence in sentences(passage.text)] or [frozenset[str]()]
    pairs = itertools.zip_longest(units, units[1:], fillvalue=frozenset[str]())
    return max((heading | first | second for first, second in pairs), key=weighted.covered)


def cross_lingual_match(question: str, passages: Sequence[Passage]) -> bool:
    """The other language comes close to the own one: the embedding prefers its own, so this is no accident.

    But for a number or name of the question that no passage has: those are written alike in both languages.
    """
    foreign = _is_foreign(question, passages)
    own = [p.similarity or 0.0 for p, other in zip(passages, foreign, strict=True) if not other]
    other = max((p.similarity or 0.0 for p, other in zip(passages, foreign, strict=True) if other), default=0.0)
    if other < (max(_CROSS_LINGUAL_SIMILARITY, max(own) - _CROSS_LINGUAL_GAP) if own else _ANY_SIMILARITY):
        return False
    present = _all_terms(passages[:READ_PASSAGES])
    return not any(term not in present for term in [*_names(question), *_named(_NUMBERS, question)])


def _is_foreign(question: str, passages: Sequence[Passage]) -> list[bool]:
    asked_in_chinese = text_language(question) == "zh"
    return [is_chinese(f"{p.title}\n{p.text}") != asked_in_chinese for p in passages]


_NUMBERS: Final = re.compile(r"[A-Za-z]*\d[A-Za-z0-9_.-]*")
_YEARS: Final = re.compile(r"\d{4,}")
_NAMES: Final = re.compile(r"\b[A-Z][A-Za-z]{2,}\b")


def _names(question: str) -> list[str]:
    """Capitalised words, but for the one that only opens the sentence."""
    return _named(_NAMES, question[:1].lower() + question[1:])


def _named(pattern: re.Pattern[str], text: str) -> list[str]:
    return [term for match in pattern.findall(text) for term in terms(match)]


def _missing(wanted: Sequence[str], present: frozenset[str]) -> float:
    """Share that is not there; 0 where nothing is wanted."""
    return sum(term not in present for term in wanted) / len(wanted) if wanted else 0.0
