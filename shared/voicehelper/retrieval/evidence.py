"""How much of a question the found text covers: the ground for answering or refusing (RAG-13)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.retrieval.answering import Passage
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


# Fitted on public question sets (`python -m tests.benchmarks.answers --fit`), checked on halves kept aside.
_WEIGHTS: Final = {"best": 6.0, "top": 1.0, "similarity": 6.0, "rare": 1.5, "names": 1.5}
_BIAS: Final = -10.0


def confidence(question: str, weighted: QuestionTerms, passages: Sequence[Passage]) -> float:
    """0 … 1: how sure it is that the passages answer the question. 0 without passages."""
    if not passages:
        return 0.0
    found = features(question, weighted, passages)
    return logistic(_BIAS + sum(_WEIGHTS[name] * value for name, value in found.items()))


def features(question: str, weighted: QuestionTerms, passages: Sequence[Passage]) -> dict[str, float]:
    """What the decision to answer rests on, each 0 … 1; kept apart so that a benchmark can fit the weights."""
    read = passages[:5]
    present = [frozenset(terms(f"{passage.title}\n{passage.text}")) for passage in read]
    covered = [weighted.covered(found) for found in present]
    everything = frozenset().union(*present)
    similarities = [passage.similarity for passage in read if passage.similarity is not None]
    return {
        "best": max(covered),
        "top": covered[0],
        "similarity": max(similarities, default=0.0),
        "rare": _rarest_found(weighted, present[covered.index(max(covered))]),
        "names": _names_found(question, everything),
    }


def _rarest_found(weighted: QuestionTerms, present: frozenset[str]) -> float:
    """Share of the three heaviest terms that the best passage holds: what the question is about."""
    heaviest = sorted(weighted.weights, key=lambda term: -weighted.weights[term])[:3]
    return sum(term in present for term in heaviest) / len(heaviest) if heaviest else 0.0


_NAMES: Final = re.compile(r"[A-Za-z]*\d[\w.-]*|\b[A-Z][A-Za-z]{2,}\b")


def _names_found(question: str, present: frozenset[str]) -> float:
    """Share of numbers, codes and capitalised names that occur at all; 1 where the question has none."""
    body = question[:1].lower() + question[1:]
    named = [term for name in _NAMES.findall(body) for term in terms(name)]
    return sum(term in present for term in named) / len(named) if named else 1.0
