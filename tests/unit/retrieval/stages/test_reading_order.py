"""The places of passages in the other language, as a trained reader gives them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from voicehelper.models.reading import WINDOW_TOKENS, ReaderUnavailableError, Thresholds, TrainedReader
from voicehelper.retrieval.pipeline import Retrieval, retrieve
from voicehelper.retrieval.stages.reading_order import NAME, ReadingOrder
from voicehelper.text.excerpts import estimated_tokens
from voicehelper.text.tokenization import term_counts

from tests.support.reader_model import FakeReader
from tests.unit.retrieval.stages.test_rerank import retrieval

ASKED = "How often is the filter replaced?"
OWN = ("The filter is blue.", "Filters hang on the wall.", "Doors are replaced often.")
OTHERS = ("滤网每三个月更换一次。", "本页有意留白。")
TEXTS = (*OWN, *OTHERS, "Nobody reads this.")


def found(*texts: str, question: str = ASKED) -> Retrieval:
    """Passages in Chinese are those of the other language."""
    state = retrieval(question, *texts)
    marked = (replace(p, is_cross_lingual=p.text[0] > "一") for p in state.passages)
    return replace(state, passages=tuple(marked), idf=dict.fromkeys(term_counts(question), 1.0))


def ordered(reader: TrainedReader, *texts: str) -> list[str]:
    return [passage.text for passage in ReadingOrder(lambda: reader)(found(*texts)).passages]


def test_a_passage_in_the_other_language_passes_those_that_are_less_relevant() -> None:
    reader = FakeReader({"blue": 0.7, "wall": 0.4, "更换": 0.6})

    assert ordered(reader, *TEXTS) == [OWN[0], OTHERS[0], OWN[1], OWN[2], OTHERS[1], TEXTS[-1]]


def test_the_question_s_own_language_keeps_its_order() -> None:
    reader = FakeReader({"blue": 0.1, "wall": 0.2, "Doors": 0.3, "更换": 0.9, "留白": 0.8})

    assert ordered(reader, *TEXTS) == [*OTHERS, *OWN, TEXTS[-1]]


def test_below_the_threshold_of_the_weights_the_order_stays() -> None:
    thresholds = Thresholds(answers_from=0.9, refuses_below=0.1, promotes_from=0.65)
    state = found(*TEXTS)

    after = ReadingOrder(lambda: FakeReader({"更换": 0.6}, thresholds))(state)

    assert after.passages == state.passages
    assert after.skip_reason


def test_scores_keep_falling_and_no_passage_is_lost() -> None:
    state = found(*TEXTS)
    after = ReadingOrder(lambda: FakeReader({"更换": 0.9}))(state)

    scores = [passage.score for passage in after.passages]
    assert scores == [passage.score for passage in state.passages]
    assert {passage.chunk_id for passage in after.passages} == {passage.chunk_id for passage in state.passages}


def test_a_chinese_question_finds_the_english_passage() -> None:
    state = found(
        "滤网是蓝色的。", "滤网挂在墙上。", "The filter is replaced every 3 months.", question="滤网多久更换一次？"
    )
    marked = tuple(replace(p, is_cross_lingual=not p.is_cross_lingual) for p in state.passages)

    after = ReadingOrder(lambda: FakeReader({"replaced": 0.9}))(replace(state, passages=marked))

    assert after.passages[0].text.startswith("The filter")


@pytest.mark.parametrize("texts", [(), OWN, OTHERS, OWN[:1]])
def test_in_one_language_nothing_is_read(texts: tuple[str, ...]) -> None:
    reader = FakeReader({})

    after = ReadingOrder(lambda: reader)(found(*texts))

    assert after.skip_reason
    assert reader.read == []


def test_what_only_completes_a_table_is_not_read() -> None:
    state = found(*TEXTS)
    rest = tuple(replace(p, score=0.0) if p.is_cross_lingual else p for p in state.passages)

    assert ReadingOrder(lambda: FakeReader({}))(replace(state, passages=rest)).skip_reason


def test_of_a_long_passage_the_part_with_the_question_s_words_is_read() -> None:
    long = "\n".join([*["Nothing of note happens on this page of the book."] * 60, "The filter is replaced often."] * 2)
    reader = FakeReader({})

    ordered(reader, long, OTHERS[0])

    first = reader.read[0]
    assert "The filter is replaced often." in first.sentences
    assert sum(map(estimated_tokens, first.sentences)) <= WINDOW_TOKENS


def test_a_passage_without_a_sentence_is_read_as_empty() -> None:
    reader = FakeReader({"更换": 0.9})

    assert ordered(reader, "——", OTHERS[0]) == [OTHERS[0], "——"]


def test_shortened_passages_stay_with_their_own() -> None:
    state = found(*TEXTS)
    shortened = replace(state, read=tuple(replace(p, text=p.text[:3]) for p in state.passages))

    after = ReadingOrder(lambda: FakeReader({"更换": 0.9}))(shortened)

    assert [passage.chunk_id for passage in after.read] == [passage.chunk_id for passage in after.passages]


@pytest.mark.parametrize("texts", [TEXTS, OWN, ()])
def test_a_reader_that_cannot_read_leaves_the_order_and_the_trace_of_every_question_says_why(
    texts: tuple[str, ...],
) -> None:
    def damaged() -> TrainedReader:
        raise ReaderUnavailableError("reader.safetensors: the file is damaged")

    before = found(*texts)
    after = retrieve(before, [ReadingOrder(damaged)])

    assert after.passages == before.passages
    assert after.trace.failed(NAME)
    assert "the file is damaged" in after.trace.runs[-1].skip_reason
