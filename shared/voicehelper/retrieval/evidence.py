"""How much of a question the found text covers: the ground for answering or refusing (RAG-13)."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.retrieval.answering import Passage
from voicehelper.retrieval.language import text_language
from voicehelper.retrieval.sentences import sentences
from voicehelper.retrieval.tokenization import normalize, term_id, terms

# Words that ask and carry no content. Cut out before terms are made, so that no pair bridges them.
_ASKING_ZH: Final = re.compile(
    "请问|请告诉我|告诉我|我想知道|想知道|什么时候|什么样|什么|为什么|为何|多少|多久|多长|多大|多高|多远|哪一年|哪一个|哪一|哪些|哪个|哪里"
    "|哪儿|哪位|哪种|哪年|哪|谁|几|怎么样|怎么办|怎么|怎样|如何|是否|能否|可否|可不可以|能不能|是不是|有没有|可以|应该|需要|吗|呢|吧|啊"
    "|的话|的|了|吗|呢|吧|啊|是|在|我们|我|你"
)

Idf = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """Content terms of a question with their weights; ``total`` is the sum of the weights."""

    weights: Mapping[str, float]
    total: float

    def covered(self, present: Iterable[str]) -> float:
        """Share of the weight that the given terms make up, 0 … 1."""
        found = set(present)
        return sum(weight for term, weight in self.weights.items() if term in found) / self.total if self.total else 0.0


def question_terms(question: str, idf: Idf) -> QuestionTerms:
    """idf-weighted content terms; a pair of characters counts half again as much as a single one."""
    content = _ASKING_ZH.sub(" ", normalize(question))
    found = terms(content) or terms(question)
    weights = {term: idf(term_id(term)) * _length_weight(term) for term in dict.fromkeys(found)}
    return QuestionTerms(weights, sum(weights.values()))


def _length_weight(term: str) -> float:
    if not _is_han(term[0]):
        return 2.0
    return 1.5 if len(term) == 2 else 0.5


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


# Fitted by logistic regression on public question sets and on real documents, both classes and all sets weighing the
# same, and checked in five folds (docs/benchmarks.md); the bias puts the cut at 0.5.
_WEIGHTS: Final = {
    "window": 2.1,
    "passage": 2.1,
    "numbers_missing": -1.5,
    "names_missing": -2.1,
    "heavy_missing": -1.1,
    "latin": -0.25,
    "similarity": 2.4,
}
_BIAS: Final = -0.75
# Cosines of e5 stand close together: their usual value for a question and its passage, and the scale around it.
_USUAL_SIMILARITY: Final = 0.87
_SIMILARITY_SCALE: Final = 10.0
_ACROSS_SIMILARITY: Final = 0.79
_ACROSS_GAP: Final = 0.013
_ACROSS_CONFIDENCE: Final = 0.6
_HEAVY_TERMS: Final = 3
READ_PASSAGES: Final = 5


def confidence(question: str, weighted: QuestionTerms, passages: Sequence[Passage]) -> float:
    """0 … 1: how sure it is that the passages answer the question. 0 without passages."""
    if not passages:
        return 0.0
    if _answers_across(question, passages):
        return _ACROSS_CONFIDENCE  # no word is shared, so what follows would say nothing
    found = features(question, weighted, passages)
    return logistic(_BIAS + sum(_WEIGHTS[name] * value for name, value in found.items()))


def features(question: str, weighted: QuestionTerms, passages: Sequence[Passage]) -> dict[str, float]:
    """What the decision to answer rests on; kept apart so that a benchmark can fit the weights.

    ``window`` is the coverage by two neighbouring sentences under their title: words that stand together answer,
    the same words scattered over a page often do not. A number, code or name that the text lacks speaks against
    it, and so do the question's heaviest terms.
    """
    read = passages[:READ_PASSAGES]
    window, best = max(((_best_window(weighted, p), p) for p in read), key=lambda found: weighted.covered(found[0]))
    held = frozenset(terms(f"{best.title}\n{best.text}"))
    everything = held.union(*(terms(f"{passage.title}\n{passage.text}") for passage in read))
    heaviest = sorted(weighted.weights, key=lambda term: -weighted.weights[term])[:_HEAVY_TERMS]
    similarity = max((p.similarity for p in read if p.similarity is not None), default=_USUAL_SIMILARITY)
    return {
        "window": weighted.covered(window),
        "passage": weighted.covered(held),
        "numbers_missing": _missing(_named(_NUMBERS, question), window),
        "names_missing": _missing(_named(_NAMES, question[:1].lower() + question[1:]), everything),
        "heavy_missing": _missing(heaviest, window),
        "latin": float(text_language(question) == "en"),
        "similarity": (similarity - _USUAL_SIMILARITY) * _SIMILARITY_SCALE,
    }


def _best_window(weighted: QuestionTerms, passage: Passage) -> frozenset[str]:
    heading = frozenset(terms(passage.title))
    units = [frozenset(terms(sentence)) for sentence in sentences(passage.text)] or [frozenset[str]()]
    pairs = itertools.zip_longest(units, units[1:], fillvalue=frozenset[str]())
    return max((heading | first | second for first, second in pairs), key=weighted.covered)


def _answers_across(question: str, passages: Sequence[Passage]) -> bool:
    """The other language comes close to the own one: the embedding prefers its own, so this is no accident."""
    asked = text_language(question)
    own = [p.similarity or 0.0 for p in passages if text_language(p.text) == asked]
    other = max((p.similarity or 0.0 for p in passages if text_language(p.text) != asked), default=0.0)
    return other >= _ACROSS_SIMILARITY and other >= max(own, default=0.0) - _ACROSS_GAP


_NUMBERS: Final = re.compile(r"[A-Za-z]*\d[\w.-]*")
_NAMES: Final = re.compile(r"\b[A-Z][A-Za-z]{2,}\b")


def _named(pattern: re.Pattern[str], text: str) -> list[str]:
    return [term for found in pattern.findall(text) for term in terms(found)]


def _missing(wanted: Sequence[str], present: frozenset[str]) -> float:
    """Share that is not there; 0 where nothing is wanted."""
    return sum(term not in present for term in wanted) / len(wanted) if wanted else 0.0
