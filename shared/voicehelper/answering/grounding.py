"""Grounding check: whether a sentence is supported by the passages it cites, by its words and numbers, without a model.

``check_grounding`` checks a whole answer; hosted answers call ``best_passage`` for sentences without a citation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.answering.citations import marks_of, without_marks
from voicehelper.index.passage import Passage
from voicehelper.text.language import text_language
from voicehelper.text.question_terms import Idf, question_terms
from voicehelper.text.sentences import sentences
from voicehelper.text.tokenization import terms

SUPPORTED: Final = 0.6
_NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_MARKS_AFTER_STOP: Final = re.compile(r"([.!?。！？；])\s*((?:\[\d{1,2}\])+)")


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer. ``citations`` are passage indices from 0; ``coverage`` is 0 … 1.

    ``supported`` is None where words cannot tell: the sentence and its passages are in different languages and
    it holds no number to compare.
    """

    text: str
    citations: list[int]
    coverage: float
    supported: bool | None


def check_grounding(answer: str, passages: Sequence[Passage], idf: Idf) -> list[Claim]:
    """One claim per sentence; marks count from 1 in ``passages``. A sentence without marks is checked against all."""
    return [_claim(sentence, passages, idf) for sentence in _claims(answer)]


def best_passage(sentence: str, passages: Sequence[Passage], idf: Idf) -> int | None:
    """Index of the passage that supports a sentence best; None if none does."""
    claims = [check_against(sentence, [passage], idf) for passage in passages]
    supported = [number for number, (_, verdict) in enumerate(claims) if verdict]
    return max(supported, key=lambda number: claims[number][0], default=None)


def check_against(sentence: str, passages: Sequence[Passage], idf: Idf) -> tuple[float, bool | None]:
    """(idf-weighted share of the sentence's terms in the passages, verdict).

    A sentence with a number that no passage contains is never supported.
    """
    statement = without_marks(sentence)
    source = "\n".join(f"{passage.title}\n{passage.text}" for passage in passages)
    coverage = question_terms(statement, idf).coverage(terms(source))
    missing = _numbers(statement) - _numbers(source)
    if missing or not passages:
        return coverage, False
    if text_language(statement) != text_language(source):
        return coverage, True if _numbers(statement) or coverage >= SUPPORTED else None
    return coverage, coverage >= SUPPORTED


def _claim(sentence: str, passages: Sequence[Passage], idf: Idf) -> Claim:
    citations = [number - 1 for number in marks_of(sentence) if number <= len(passages)]
    coverage, verdict = check_against(sentence, [passages[n] for n in citations] or passages, idf)
    return Claim(sentence, citations, coverage, verdict)


def _claims(answer: str) -> list[str]:
    """Sentences with their marks; marks after a full stop belong to the sentence before it."""
    marks_before_stop = _MARKS_AFTER_STOP.sub(r"\2\1", answer)
    return [sentence for sentence in sentences(marks_before_stop) if without_marks(sentence)]


def _numbers(text: str) -> set[str]:
    """Normalised numbers: full-width digits folded, thousands separators removed."""
    folded = unicodedata.normalize("NFKC", text)
    return {re.sub(r",(?=\d{3})", "", number) for number in _NUMBER.findall(folded)}
