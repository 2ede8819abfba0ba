"""The words of a question that carry its content, each weighed by how rare it is.

Search uses their ids, the reader and the grounding check their weights.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from voicehelper.text.tokenization import normalize, term_id, terms

# Words that ask and carry no content. Cut out before terms are made, so that no pair bridges them.
_ASKING_ZH: Final = re.compile(
    "请问|请告诉我|告诉我|我想知道|想知道|什么时候|什么样|什么|为什么|为何|多少|多久|多长|多大|多高|多远|哪一年|哪一个|哪一|哪些|哪个|哪里"
    "|哪儿|哪位|哪种|哪年|哪|谁|几|怎么样|怎么办|怎么|怎样|如何|是否|能否|可否|可不可以|能不能|是不是|有没有|可以|应该|需要|吗|呢|吧|啊"
    "|的话|的|了|吗|呢|吧|啊|是|在|我们|我|你"
)

Idf = Callable[[int], float]


def idf_of(known: Mapping[int, float]) -> Idf:
    """idf by term id; a term the base does not know is as rare as the rarest it does."""
    rarest = max(known.values(), default=1.0)
    return lambda term: known.get(term, rarest)


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """Content terms of a question with their weights; ``total`` is the sum of the weights."""

    weights: Mapping[str, float]
    total: float

    def covered(self, present: Iterable[str]) -> float:
        """Share of the weight that the given terms make up, 0 … 1."""
        terms_present = set(present)
        covered = sum(weight for term, weight in self.weights.items() if term in terms_present)
        return covered / self.total if self.total else 0.0


def question_terms(question: str, idf: Idf) -> QuestionTerms:
    """idf-weighted content terms; a pair of characters counts half again as much as a single one."""
    distinct = dict.fromkeys(_content_terms(question))
    weights = {term: idf(term_id(term)) * _length_weight(term) for term in distinct}
    return QuestionTerms(weights, sum(weights.values()))


def content_ids(question: str) -> frozenset[int]:
    """Ids of the terms that do more than ask."""
    return frozenset(map(term_id, _content_terms(question)))


def _content_terms(question: str) -> list[str]:
    return terms(_ASKING_ZH.sub(" ", normalize(question))) or terms(question)


def _length_weight(term: str) -> float:
    if not _is_han(term[0]):
        return 2.0
    return 1.5 if len(term) == 2 else 0.5


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"
