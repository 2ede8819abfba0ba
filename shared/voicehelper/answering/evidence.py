"""Confidence that passages answer a question, from the words, numbers and names they cover and from similarity.

``answer_confidence`` is the entry; the offline reader calls it and refuses below its threshold.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from voicehelper.answering.cues import answer_cue
from voicehelper.index.passage import Passage
from voicehelper.text.language import is_other_script, shares_language
from voicehelper.text.periods import period_synonyms
from voicehelper.text.question_terms import QuestionTerms, is_exact, is_key
from voicehelper.text.tokenization import terms
from voicehelper.text.windows import Window, title_terms, windows


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


# Fitted by logistic regression on public question sets, on real documents and on bases of one to three passages made
# from the sets, with and without the passage that answers; both classes and all sets weigh the same, and halves by
# document were fitted and judged crosswise (docs/benchmarks.md). The bias puts the threshold at 0.5.
_WEIGHTS: Final = {
    "window": 1.75,
    "passage": 2.05,
    "numbers_missing": -1.05,
    "name_missing": -1.75,
    "similarity": -1.33,
    "nearest": 3.59,
    "margin": 3.13,
    "kind_missing": -0.41,
    "few_passages": 3.5,
    "named_at_length": 5.04,
    "length": 1.0,  # fitted after the others, by halves of documents
}
_BIAS: Final = -2.7
THRESHOLD: Final = 0.5  # of the confidence, from which there is an answer
# Cosines of e5 lie in a narrow range: the typical one of a question and its passage, and a factor that spreads them.
_TYPICAL_SIMILARITY: Final = 0.87
_TYPICAL_MARGIN: Final = 0.02
_TYPICAL_COVERAGE: Final = 0.25  # by a passage about the same that does not answer
_SIMILARITY_SCALE: Final = 10.0
_MARGIN_PASSAGES: Final = 8  # fewer than half as many do not show what is typical of the base
_CASE, _LONG_CASE = 28, 44  # terms from which a question tells a case; Chinese has about two for a character
_LONG_QUESTION: Final = 8  # terms; two sentences seldom contain every word of a longer one
_CROSS_LINGUAL_SIMILARITY: Final = 0.79
_ONLY_CROSS_LINGUAL_SIMILARITY: Final = 0.7
_CROSS_LINGUAL_GAP: Final = 0.0135
_CROSS_LINGUAL_CONFIDENCE: Final = 0.6
READ_PASSAGES: Final = 5
_KEY_CONFIDENCE: Final = 0.6
_HALF, _MOST = 0.49, 0.8  # coverage by the best window
_LOOKED_UP: Final = re.compile(r"\d{5,}(?:\.\d+)?|\d{4}-\d\d-\d\d|--\d\d-\d\d|§.*")


def answer_confidence(
    question: str, query_terms: QuestionTerms, passages: Sequence[Passage], *, nearest: float | None = None
) -> float:
    """Confidence, 0 … 1, that the passages answer the question; 0 without passages.

    ``nearest`` is the highest cosine of the question and the sentences that would answer it.
    """
    if not passages:
        return 0.0
    cross_lingual = cross_lingual_match(question, passages)
    if cross_lingual and not all(is_foreign(question, passages)):
        return _CROSS_LINGUAL_CONFIDENCE
    values = features(question, query_terms, passages, nearest=nearest)
    if cross_lingual:  # hardly any shared words: only similarities decide
        return _cross_lingual_confidence(values)
    found = logistic(_BIAS + sum(weight * values[name] for name, weight in _WEIGHTS.items()))
    return max(found, _KEY_CONFIDENCE) if _is_by_key(query_terms, values) else found


def _is_by_key(query_terms: QuestionTerms, values: Mapping[str, float]) -> bool:
    """Whether the codes, dates or long numbers of a question are there with most of its words.

    Embeddings do not tell one code from another, so the similarity of such a question says nothing. Who asks for the
    bearer of a number or the event of a day has no other word in common with it.
    """
    keys = list(filter(is_key, query_terms.weights))
    if not keys or values["numbers_missing"] or values["name_missing"]:
        return False
    return values["window"] >= (_HALF if all(_LOOKED_UP.fullmatch(key) for key in keys) else _MOST)


# For bases without passages in the question's language, where there is no similarity to compare with; fitted on
# parallel text with and without the passage that answers.
_CROSS_LINGUAL_WEIGHTS: Final = {"similarity": -1.35, "margin": 3.65, "nearest": 3.35}
_CROSS_LINGUAL_BIAS: Final = 1.1


def _cross_lingual_confidence(values: Mapping[str, float]) -> float:
    return logistic(_CROSS_LINGUAL_BIAS + sum(weight * values[name] for name, weight in _CROSS_LINGUAL_WEIGHTS.items()))


def features(
    question: str, query_terms: QuestionTerms, passages: Sequence[Passage], *, nearest: float | None = None
) -> dict[str, float]:
    """Features of the logistic regression; public so that a benchmark can fit the weights.

    ``window`` is the coverage by two neighbouring sentences under their title: words close together answer a question,
    the same words scattered over a page often do not. Numbers, codes and names missing from the text count against it.
    ``nearest`` is the similarity of the answering sentence, ``margin`` that of the best passage above the average,
    which few passages do not show: there the window counts for more (``few_passages``). ``kind_missing`` is 1 if an
    amount, a person or a place is asked for and none is near. A long question whose names all occur is about this text
    (``named_at_length``). A long question tells a case, most words of which no answer repeats (``length``).
    """
    top = passages[:READ_PASSAGES]
    pairs_of = [windows(passage.text) for passage in top]
    titles = [title_terms(passage.title) for passage in top]
    titled = ((title | own, p) for p, title, pairs in zip(top, titles, pairs_of, strict=True) for own, _ in pairs)
    window, best = max(titled, key=lambda pair: query_terms.coverage(pair[0]))
    similarities = [p.similarity for p in passages[:_MARGIN_PASSAGES] if p.similarity is not None]
    similarity = max(similarities, default=_TYPICAL_SIMILARITY)
    has_margin = len(similarities) > _MARGIN_PASSAGES // 2
    margin = similarity - sum(similarities) / len(similarities) if has_margin else _TYPICAL_MARGIN
    names = _names(question)
    names_missing = _missing_share(names, query_terms.with_named(_all_terms(top))) if names else 0.0
    return {
        "window": query_terms.coverage(window),
        "passage": query_terms.coverage(terms(f"{best.title}\n{best.text}")),
        "numbers_missing": _numbers_missing(question, query_terms, window),
        "name_missing": float(names_missing > 0),
        "similarity": (similarity - _TYPICAL_SIMILARITY) * _SIMILARITY_SCALE,
        "nearest": ((similarity if nearest is None else nearest) - _TYPICAL_SIMILARITY) * _SIMILARITY_SCALE,
        "margin": margin * _SIMILARITY_SCALE,
        "kind_missing": _kind_missing(question, query_terms, itertools.chain(*pairs_of)),
        "few_passages": 0.0 if has_margin else query_terms.coverage(window) - _TYPICAL_COVERAGE,
        "named_at_length": _log_length(query_terms) if names and not names_missing else 0.0,
        "length": min(1.0, max(0.0, (len(query_terms.weights) - _CASE) / (_LONG_CASE - _CASE))),
    }


def _kind_missing(question: str, query_terms: QuestionTerms, near: Iterable[Window]) -> float:
    """1 if nothing near the best words is an amount, a date, a person or whatever else the question asks for."""
    cue = answer_cue(question)
    if cue is None:
        return 0.0
    _, text = max(near, key=lambda window: query_terms.coverage(window[0]))
    return float(cue.search(text) is None)


def _log_length(query_terms: QuestionTerms) -> float:
    return max(0.0, math.log(max(1, len(query_terms.weights)) / _LONG_QUESTION))


def _numbers_missing(question: str, query_terms: QuestionTerms, present: frozenset[str]) -> float:
    """Share of the question's numbers, dates and codes that is missing under all their names."""
    numbers = [term for term in query_terms.weights if is_exact(term)]
    missing = set(numbers) - query_terms.found(present | _periods(question, present))
    return len(missing) / len(numbers) if numbers else 0.0


def _periods(question: str, present: frozenset[str]) -> frozenset[str]:
    """Terms of the question's periods that are present by another name: "FY2022" where "2022" is."""
    named = {number: [*_YEARS.findall(number), *period_synonyms(number)] for number in _NUMBERS.findall(question)}
    here = (number for number, names in named.items() if any(not _missing_share(terms(n), present) for n in names))
    return frozenset(term for number in here for term in terms(number))


def _all_terms(passages: Sequence[Passage]) -> frozenset[str]:
    return frozenset(term for passage in passages for term in terms(f"{passage.title}\n{passage.text}"))


def cross_lingual_match(question: str, passages: Sequence[Passage]) -> bool:
    """Whether passages in the other language are about as similar to the question as those in its own language.

    The embedding prefers the question's own language, so a small difference is significant. Not where a number or name
    of the question is in no passage: those are written alike in both languages.
    """
    if is_other_script(question):  # the embedding puts such questions near anything
        return False
    similarities = [passage.similarity or 0.0 for passage in passages]
    if max(similarities, default=0.0) < _ONLY_CROSS_LINGUAL_SIMILARITY:  # the lowest minimum below
        return False
    are_foreign = is_foreign(question, passages)
    own = [value for value, foreign in zip(similarities, are_foreign, strict=True) if not foreign]
    best = max((value for value, foreign in zip(similarities, are_foreign, strict=True) if foreign), default=0.0)
    minimum = max(_CROSS_LINGUAL_SIMILARITY, max(own) - _CROSS_LINGUAL_GAP) if own else _ONLY_CROSS_LINGUAL_SIMILARITY
    if best < minimum:
        return False
    present = _all_terms(passages[:READ_PASSAGES])
    return not any(term not in present for term in [*_names(question), *_terms_of(_NUMBERS, question)])


def is_foreign(question: str, passages: Sequence[Passage]) -> list[bool]:
    """Whether each passage is in the other language alone; one in both is in the question's own."""
    return [not shares_language(question, f"{passage.title}\n{passage.text}") for passage in passages]


_NUMBERS: Final = re.compile(r"[A-Za-z]*\d[A-Za-z0-9_.-]*")
_YEARS: Final = re.compile(r"\d{4,}")
_MONTHS: Final = re.compile(
    r"\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b"
)
_NAMES: Final = re.compile(r"\b[A-Z][A-Za-z]{2,}\b")


def _names(question: str) -> list[str]:
    """Terms of the capitalised words, except the first word of the sentence and months of a date."""
    without_dates = _MONTHS.sub(" ", question[:1].lower() + question[1:])
    return _terms_of(_NAMES, without_dates)


def _terms_of(pattern: re.Pattern[str], text: str) -> list[str]:
    return [term for match in pattern.findall(text) for term in terms(match)]


def _missing_share(expected: Sequence[str], present: frozenset[str]) -> float:
    """Share of the expected terms that is not present; 0 if none are expected."""
    return sum(term not in present for term in expected) / len(expected) if expected else 0.0
