"""No function on text takes more than three times as long for a text of twice the length."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from voicehelper.answering.citations import marks_of, without_marks
from voicehelper.retrieval.classifier import classify
from voicehelper.text.language import text_language
from voicehelper.text.other_names.declared import declared_names
from voicehelper.text.other_names.keys import asked_keys
from voicehelper.text.periods import period_synonyms
from voicehelper.text.question_terms import content_ids, question_terms
from voicehelper.text.sentences import sentences
from voicehelper.text.tokenization import normalize, term_counts, terms
from voicehelper.text.tokens import approximate_tokens

from tests.support.growth import LIMIT, growth

FUNCTIONS: dict[str, Callable[[str], object]] = {
    "classify": classify,
    "text_language": text_language,
    "period_synonyms": period_synonyms,
    "question_terms": lambda text: question_terms(text, lambda _: 1.0),
    "content_ids": content_ids,
    "sentences": sentences,
    "normalize": normalize,
    "terms": terms,
    "term_counts": term_counts,
    "approximate_tokens": approximate_tokens,
    "declared_names": declared_names,
    "asked_keys": asked_keys,
    "marks_of": marks_of,
    "without_marks": without_marks,
}
TEXTS: dict[str, Callable[[int], str]] = {
    "stops": lambda n: "." * n,
    "spaced stops": lambda n: ". " * n,
    "leaders": lambda n: "a .... 1 " * n,
    "rows with leaders": lambda n: "tea ..... 2\n" * (n // 10),
    "ellipses": lambda n: "茶……二元" * n,
    "initials": lambda n: "A. " * n,
    "wrapped lines": lambda n: "words that go on and on here,\n" * (n // 10),
    "wrapped Chinese lines": lambda n: "这一行没有结束的标点所以会与下一行连成一句话并且还要继续\n" * (n // 10),
    "quotes": lambda n: "。”" * n,
    "commas": lambda n: "a," * n,
    "conjunctions": lambda n: "以及" * n + "和" * n,
    "particles": lambda n: "的a" * n,
    "after": lambda n: "之后" * n,
    "both": lambda n: "both " * n,
    "one word": lambda n: "a" * n,
    "dotted word": lambda n: "a." * n + "b",
    "apostrophes": lambda n: "a'" * n + "b",
    "digits": lambda n: "1" * n,
    "decimals": lambda n: "1." * n + "2",
    "years": lambda n: "FY2024 " * n,
    "fiscal": lambda n: "fiscal " * n,
    "combining marks": lambda n: "a" + "\u0301" * n,
    "compatibility forms": lambda n: "\ufdfa" * n,
    "brackets": lambda n: "[" * n,
    "marks": lambda n: "[1]" * n,
    "code": lambda n: "`a" * n,
    "declarations": lambda n: "又称（以下简称" * n,
    "acronyms": lambda n: "(AB) " * n,
}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_time_grows_with_the_text(function: str, text: str) -> None:
    call = FUNCTIONS[function]

    def work(size: int) -> Callable[[], object]:
        given = TEXTS[text](size)
        return lambda: call(given)

    assert growth(work, 1000, largest=128_000) < LIMIT
