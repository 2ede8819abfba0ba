"""An answer that quotes is held to the passages that it cites."""

from __future__ import annotations

import pytest
from voicehelper.answering.events import Composed, Usage
from voicehelper.answering.verification import verified

from tests.unit.answering.passages import passage

PASSAGES = [passage("The gate opens at\nseven. Dogs wait outside.", number=1), passage("停车每天四欧元。", number=2)]


def composed(text: str, citations: list[int], computed: str = "") -> Composed:
    return Composed(text, citations, refused=False, confidence=0.9, usage=Usage("m"), computed=computed)


@pytest.mark.parametrize(
    ("text", "citations"),
    [
        ("The gate opens at seven. [1]", [0]),
        ("Dogs wait outside. The gate opens at seven. [1]", [0]),
        ("停车每天四欧元 [1]", [1]),
    ],
)
def test_quotes_stay(text: str, citations: list[int]) -> None:
    result = verified(composed(text, citations), "?", PASSAGES)

    assert result.text == text
    assert result.check
    assert not result.check.corrected


def test_marks_that_a_document_has_itself_are_no_difference() -> None:
    text = "Mira Holt built the dial in 1888;[17] Jon Ask sold it.[18] `a[1]` stays."
    result = verified(composed(f"{text} [1]", [0]), "?", [passage(text, number=1)])

    assert result.text == f"{text} [1]"
    assert not result.refused


def test_a_line_of_another_passage_is_removed() -> None:
    result = verified(composed("The gate opens at seven.\n停车每天四欧元。 [1]", [0]), "?", PASSAGES)

    assert result.text == "The gate opens at seven."
    assert result.check
    assert result.check.removed == 1


def test_what_was_counted_stays_with_what_it_counts() -> None:
    kept = verified(composed("Dogs wait outside. [1]\n1 row in all.", [0], "1 row in all."), "?", PASSAGES)
    lost = verified(composed("Cats wait outside. [1]\n1 row in all.", [0], "1 row in all."), "?", PASSAGES)

    assert kept.text.endswith("1 row in all.")
    assert lost.refused
