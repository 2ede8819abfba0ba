"""Content terms of a question, weighted by inverse document frequency.

``question_terms`` is the entry of the reader and the grounding check, ``content_ids`` that of search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from voicehelper.text.tokenization import normalize, term_id, terms

# Question words and particles, removed before tokenization so that no character pair spans the gap.
_QUESTION_WORDS_ZH: Final = re.compile(
    "请问|请告诉我|告诉我|我想知道|想知道|什么时候|什么样|什么|为什么|为何|多少|多久|多长|多大|多高|多远|哪一年|哪一个|哪一|哪些|哪个|哪里"
    "|哪儿|哪位|哪种|哪年|哪|谁|几|怎么样|怎么办|怎么|怎样|如何|是否|能否|可否|可不可以|能不能|是不是|有没有|可以|应该|需要|吗|呢|吧|啊"
    "|的话|的|了|吗|呢|吧|啊|是|在|我们|我|你"
)

Idf = Callable[[int], float]


def idf_lookup(idf: Mapping[int, float]) -> Idf:
    """idf by term id; a term that is not in the mapping has the highest idf of it."""
    highest = max(idf.values(), default=1.0)
    return lambda term: idf.get(term, highest)


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """Content terms of a question with their weights; ``total`` is the sum of the weights."""

    weights: Mapping[str, float]
    total: float

    def coverage(self, present: Iterable[str]) -> float:
        """Share of the total weight that the terms in ``present`` have, 0 … 1."""
        terms_present = present if isinstance(present, frozenset) else set(present)
        weight_present = sum(weight for term, weight in self.weights.items() if term in terms_present)
        return weight_present / self.total if self.total else 0.0


def question_terms(question: str, idf: Idf) -> QuestionTerms:
    """idf-weighted content terms; a pair of characters counts half again as much as a single one."""
    distinct = dict.fromkeys(_content_terms(question))
    weights = {term: idf(term_id(term)) * _length_weight(term) for term in distinct}
    return QuestionTerms(weights, sum(weights.values()))


def content_ids(question: str) -> frozenset[int]:
    """Term ids of the question's content terms."""
    return frozenset(map(term_id, _content_terms(question)))


def _content_terms(question: str) -> list[str]:
    return terms(_QUESTION_WORDS_ZH.sub(" ", normalize(question))) or terms(question)


def _length_weight(term: str) -> float:
    if not _is_han(term[0]):
        return 2.0
    return 1.5 if len(term) == 2 else 0.5


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"
