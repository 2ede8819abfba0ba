from __future__ import annotations

from voicehelper.answering.grounding import best_passage, check_grounding

from tests.unit.answering.passages import flat_idf, passage

PASSAGES = [
    passage("增强版 X2 Pro 的电池容量为 5,200 mAh，续航 12 小时。", number=1),
    passage("The warranty lasts two years and covers the battery.", "Warranty", number=2),
]


def test_a_sentence_of_the_cited_passage_is_supported() -> None:
    (claim,) = check_grounding("X2 Pro 的电池容量为 5200 mAh [1]。", PASSAGES, flat_idf)

    assert claim.supported
    assert claim.citations == [0]


def test_a_sentence_with_another_number_is_not_supported_however_similar() -> None:
    (claim,) = check_grounding("增强版 X2 Pro 的电池容量为 5300 mAh [1]。", PASSAGES, flat_idf)

    assert claim.supported is False


def test_a_correct_sentence_with_the_wrong_mark_is_not_supported() -> None:
    (claim,) = check_grounding("The warranty lasts two years [1].", PASSAGES, flat_idf)

    assert not claim.supported


def test_an_invented_sentence_is_not_supported() -> None:
    (claim,) = check_grounding("The warranty can be extended online for a fee [2].", PASSAGES, flat_idf)

    assert claim.supported is False


def test_marks_after_the_full_stop_belong_to_the_sentence_before_it() -> None:
    claims = check_grounding("The warranty lasts two years. [2] It covers the battery. [1]", PASSAGES, flat_idf)

    assert [claim.citations for claim in claims] == [[1], [0]]


def test_sentences_in_another_language_than_the_passage_are_undecided() -> None:
    (claim,) = check_grounding("保修期包括电池 [2]。", PASSAGES, flat_idf)

    assert claim.supported is None


def test_the_best_passage_is_the_one_that_supports_the_sentence() -> None:
    assert best_passage("The warranty covers the battery.", PASSAGES, flat_idf) == 1
    assert best_passage("Shipping is free.", PASSAGES, flat_idf) is None
