"""Grounding check: whether a sentence is supported by the passages it cites, by its words and numbers, without a model.

``check_grounding`` checks a whole answer, ``hosted/reply`` the sentences of a reply by ``Evidence``, which reads each
passage once; ``best_passage`` finds the passage of a sentence without a citation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.answering.citations import marks_of, without_marks
from voicehelper.answering.injected_orders import without_orders
from voicehelper.answering.quantities import Quantity, is_stated, quantities, variants, without_quantities
from voicehelper.index.passage import Passage
from voicehelper.text.language import TextLanguage, text_language
from voicehelper.text.question_terms import Idf, question_terms
from voicehelper.text.sentences import sentences
from voicehelper.text.tokenization import terms

SUPPORTED: Final = 0.6
# Of all terms, and of those that the sentence adds to the question. In the replies of the tests, honest sentences in
# the passages' language have at least .56 and .50, inventions whose numbers are right at most .50 and .40.
_SENTENCE_SUPPORTED: Final = 0.55
_NOVEL_SUPPORTED: Final = 0.45
_NAME_WEIGHT: Final = 3.0
_QUESTION_WEIGHT: Final = 0.5
_QUANTITY_WEIGHT: Final = 4.0  # two terms: a number and its unit
_MARKS_AFTER_STOP: Final = re.compile(r"([.!?。！？；])\s*((?:\[\d{1,2}\])+)")
_LIST_NUMBER: Final = re.compile(
    r"^[ \t\u3000>#*-]*(?:\d{1,2}[.)、:：]|[（(]\d{1,2}[)）])(?!\d)|"
    r"\bsteps?\s\d{1,2}\b|步骤\s?\d{1,2}|第\s?\d{1,2}\s?步|\*\*|__",
    re.IGNORECASE | re.MULTILINE,
)
_NAME: Final = re.compile(r"(?<=[a-z,;] )[A-Z][A-Za-z]{2,}\b|\b[A-Za-z]+-?\d[A-Za-z0-9-]*\b|\b[A-Z]{2,}\b")
# "80 euros are more than 50" may repeat the question's number. Years are not compared, but confused.
_COMPARISON: Final = re.compile(
    r"\b(?:more|less|fewer|greater|higher|lower|longer|shorter) than\b|\bexceed|\b(?:above|below|within|over|under)\b|"
    r"超过|大于|多于|少于|不足|低于|高于|小于|未达|以内",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
# Words that lead from one sentence to the next or name the source, and state nothing.
_FRAMING: Final = re.compile(
    r"\b(?:accord\w*|based on|passages?|documents?|manuals?|sources?|text|states?|says?|mentions?|describ\w*|specif\w*|"
    r"as follows|follow(?:ing|s)|below|above|steps?|yes|no|not|answers?|here|in (?:short|summary|addition|total|other "
    r"words)|summary|note|please|also|therefore|thus|hence|however|specifically|overall|first(?:ly)?|second(?:ly)?|"
    r"third(?:ly)?|then|next|finally|last(?:ly)?|details?|points?|listed|list|means?|namely|must|may|might|only|"
    r"additional(?:ly)?|example|e\.g\.|i\.e\.)\b|"
    r"根据|依据|按照|文档|文件|资料|手册|段落|材料|原文|内容|规定|说明|所述|提到|指出|显示|记载|如下|以下|下列|下面|上述|步骤|方法|具体|"
    r"首先|其次|再次|然后|接着|随后|最后|另外|此外|同时|因此|所以|总之|综上|总结|也就是说|即|其中|分别|需要注意的?|请注意|注意|"
    r"不可以|可以|不能|能够|不是|是的|没有|不会|不行|必须|需要|应当|应该|答案|回答|问题|情况|以及|包括|主要|分为|方式|有关|关于|对于|如果|例如|比如",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer. ``citations`` are passage indices from 0; ``coverage`` is 0 … 1.

    ``supported`` is None where words cannot tell: the sentence and its passages are in different languages and it
    holds no number to compare, or it states nothing by itself.
    """

    text: str
    citations: list[int]
    coverage: float
    supported: bool | None


@dataclass(frozen=True, slots=True)
class Source:
    """What passages say: their terms, quantities and language. Orders to the model are not part of it."""

    terms: frozenset[str]
    quantities: frozenset[Quantity]
    language: TextLanguage


def read_source(passages: Sequence[Passage]) -> Source:
    text = "\n".join(f"{without_orders(passage.title)}\n{without_orders(passage.text)}" for passage in passages)
    stated = variants(quantities(_LIST_NUMBER.sub(" ", text)))
    return Source(frozenset(terms(text)), stated, text_language(text))


class Evidence:
    """The passages of an answer as sources, each read once, and the question whose words need no support."""

    def __init__(self, passages: Sequence[Passage], idf: Idf, question: str = "") -> None:
        self.count, self._idf = len(passages), idf
        self._sources = [read_source([passage]) for passage in passages]
        self._question, self._asked = frozenset(terms(question)), quantities(question)
        self._merged: dict[tuple[int, ...], Source] = {}

    def claim(self, sentence: str, *, allowed: frozenset[Quantity] = frozenset()) -> Claim:
        """The sentence held to the passages it cites, or to all if it cites none. ``allowed`` need no support."""
        citations = [number - 1 for number in marks_of(sentence) if 1 <= number <= self.count]
        coverage, verdict = self._check(sentence, citations or range(self.count), allowed | self._compared(sentence))
        return Claim(sentence, citations, coverage, verdict)

    def _compared(self, sentence: str) -> frozenset[Quantity]:
        """The question's quantities, if the sentence compares them with others."""
        if not _COMPARISON.search(sentence):
            return frozenset()
        asked = frozenset(quantity for quantity in self._asked if not _YEAR.fullmatch(quantity.value))
        return asked if quantities(without_marks(sentence), counts=False) - asked else frozenset()

    def shared(self, sentence: str) -> float:
        """Share of the sentence's terms that any passage or the question has; 0 with a number that none has."""
        source = self._source(range(self.count))
        if any(not is_stated(quantity, source.quantities) for quantity in quantities(sentence, counts=False)):
            return 0.0
        return _share(_weights(sentence, source, self._idf), source.terms | self._question, 1.0, frozenset())

    def best(self, sentence: str) -> int | None:
        """Index of the passage that supports a sentence best; None if none does."""
        claims = {number: self._check(sentence, [number]) for number in range(self.count)}
        supported = [number for number, (_, verdict) in claims.items() if verdict]
        return max(supported, key=lambda number: claims[number][0], default=None)

    def _check(
        self, sentence: str, numbers: Sequence[int], allowed: frozenset[Quantity] = frozenset()
    ) -> tuple[float, bool | None]:
        return check_statement(without_marks(sentence), self._source(numbers), self._question, self._idf, allowed)

    def _source(self, numbers: Sequence[int]) -> Source:
        key = tuple(sorted(numbers))
        if key not in self._merged:
            self._merged[key] = _merge([self._sources[number] for number in key])
        return self._merged[key]


def check_grounding(answer: str, passages: Sequence[Passage], idf: Idf, *, question: str = "") -> list[Claim]:
    """One claim per sentence; marks count from 1 in ``passages``. A sentence without marks is checked against all."""
    evidence = Evidence(passages, idf, question)
    return [evidence.claim(sentence) for sentence in _claims(answer)]


def best_passage(sentence: str, passages: Sequence[Passage], idf: Idf) -> int | None:
    """Index of the passage that supports a sentence best; None if none does."""
    return Evidence(passages, idf).best(sentence)


def check_statement(
    statement: str, source: Source, question: frozenset[str], idf: Idf, allowed: frozenset[Quantity] = frozenset()
) -> tuple[float, bool | None]:
    """(weighted share of the statement's terms in the source, verdict).

    A statement with a number that no passage contains, or only with another unit, is never supported. Words of the
    question count half where the source does not have them: they are what the statement is about, not what it says.
    """
    prose = _LIST_NUMBER.sub(" ", statement)
    weights = _weights(prose, source, idf)
    coverage = _share(weights, source.terms, 1.0, question)
    stated = quantities(prose, counts=False) - allowed
    if any(not is_stated(quantity, source.quantities) for quantity in stated) or not source.terms:
        return coverage, False
    if text_language(prose) != source.language:
        return coverage, True if stated or coverage >= SUPPORTED else None
    if not weights:
        return coverage, True if stated else None
    # Quantities, all of them found, are what the sentence says, too.
    present = {f"quantity {number}": _QUANTITY_WEIGHT for number, _ in enumerate(stated)}
    has = source.terms | present.keys()
    novel = present | {term: weight for term, weight in weights.items() if term not in question}
    lenient = _share(present | weights, has, _QUESTION_WEIGHT, question)
    says = _share(novel, has, 1.0, question) if novel else 1.0
    return coverage, lenient >= _SENTENCE_SUPPORTED and says >= _NOVEL_SUPPORTED


def _weights(statement: str, source: Source, idf: Idf) -> dict[str, float]:
    """The terms that state something; names and codes that the source does not have weigh more."""
    content = _FRAMING.sub(" ", without_quantities(statement))
    if not any(character.isalnum() for character in content):
        return {}
    weights = dict(question_terms(content, idf).weights)
    names = (term for name in _NAME.findall(content) for term in terms(name))
    for term in dict.fromkeys(names):
        if term in weights and term not in source.terms:
            weights[term] *= _NAME_WEIGHT
    return weights


def _share(weights: Mapping[str, float], present: frozenset[str], asked: float, question: frozenset[str]) -> float:
    """Share of the weight that is present; terms of the question that are not weigh ``asked`` times as much."""
    here = sum(weight for term, weight in weights.items() if term in present)
    missing = sum(
        weight * (asked if term in question else 1.0) for term, weight in weights.items() if term not in present
    )
    return here / (here + missing) if here + missing else 0.0


def _merge(sources: Sequence[Source]) -> Source:
    """All sources as one; its language is that of most of them."""
    languages = [source.language for source in sources]
    return Source(
        frozenset[str]().union(*(source.terms for source in sources)),
        frozenset[Quantity]().union(*(source.quantities for source in sources)),
        max(languages, key=languages.count, default="en"),
    )


def _claims(answer: str) -> list[str]:
    """Sentences with their marks; marks after a full stop belong to the sentence before it."""
    marks_before_stop = _MARKS_AFTER_STOP.sub(r"\2\1", answer)
    return [sentence for sentence in sentences(marks_before_stop) if without_marks(sentence)]
