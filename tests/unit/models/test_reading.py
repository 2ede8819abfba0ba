"""What holds for every reader: by hand-made rules and by a trained model alike."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from voicehelper.answering.reader.hand_made import HandMadeReader
from voicehelper.models.reading import (
    MAX_WINDOWS,
    LoadedOnce,
    Reader,
    ReaderUnavailableError,
    TextWindow,
    TrainedReader,
    WindowScores,
)
from voicehelper.text.question_terms import question_terms

from tests.support.growth import LIMIT, growth
from tests.support.reader_model import small_reader
from tests.unit.answering.passages import flat_idf

# A reader of one question; the hand-made one has the terms of its question.
ReaderOf = Callable[[str], Reader]
QUESTION = "How long must the resin cure? 树脂要固化多久？"
WINDOWS = [
    TextWindow("Resin - Curing", ("Curing", "The resin cures for 36 hours.", "Keep it below 30 °C."), 0.9),
    TextWindow("树脂", ("树脂须固化三十六小时。", "固化期间请勿移动。"), 0.7),
    TextWindow("", ("Part | Torque", "M6 | 9 Nm", "M8 | 22 Nm"), 0.2),
    TextWindow("📦 Packing", ("📦📦📦", "Fragile ❤️‍🔥 goods go on top."), 0.1),
    TextWindow("Cleaning", ("Wipe it.",), 0.0),
]
ODD_TEXTS = {
    "nothing": "",
    "spaces": " \t\u3000\u00a0 ",
    "Chinese": "固化时间不得少于三十六小时，否则层间会脱落。",
    "traditional": "固化時間不得少於三十六小時。",
    "English": "Curing takes thirty-six hours at least.",
    "emoji": "👩‍🚀🧪🔥" * 5,
    "control characters": "\x00\x01\x07\x1b[31mred\x1b[0m\x7f\ufeff",
    "a lone surrogate": "cure \ud83d time",
    "right to left": "زمن التصلب ٣٦ ساعة \u202e reversed",
    "combining marks": "e\u0301" * 30,
    "one long word": "x" * 3_000,
    "numbers": "36 36.0 ３６ XXXVI 1e309",
}


def handmade(question: str) -> Reader:
    return HandMadeReader(question_terms(question, flat_idf))


@pytest.fixture(scope="module", params=["hand-made", "trained"])
def reader_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ReaderOf:
    if request.param == "hand-made":
        return handmade
    trained = small_reader(tmp_path_factory.mktemp("reader"))
    return lambda _question: trained


def fresh(reader_of: ReaderOf, tmp_path: Path, question: str) -> Reader:
    """One that remembers nothing."""
    reader = reader_of(question)
    return reader if isinstance(reader, HandMadeReader) else small_reader(tmp_path)


def is_well_formed(scores: WindowScores, window: TextWindow) -> bool:
    numbers = [scores.relevance, *scores.sentences]
    return len(scores.sentences) == len(window.sentences) and all(map(math.isfinite, numbers))


def test_each_window_and_each_sentence_gets_a_score(reader_of: ReaderOf) -> None:
    scores = reader_of(QUESTION).score(QUESTION, WINDOWS)

    assert len(scores) == len(WINDOWS)
    assert all(map(is_well_formed, scores, WINDOWS))
    assert all(0 <= own.relevance <= 1 for own in scores)


def test_no_window_is_no_score(reader_of: ReaderOf) -> None:
    assert list(reader_of(QUESTION).score(QUESTION, [])) == []


def test_more_windows_than_it_may_judge_are_refused(reader_of: ReaderOf) -> None:
    with pytest.raises(ValueError, match=f"{MAX_WINDOWS} windows"):
        reader_of(QUESTION).score(QUESTION, [*WINDOWS, WINDOWS[0]])


@pytest.mark.parametrize("name", ODD_TEXTS)
def test_odd_texts_are_judged_in_every_place(reader_of: ReaderOf, name: str) -> None:
    odd = ODD_TEXTS[name]
    windows = [TextWindow(odd, ("Usual.",)), TextWindow("Usual", (odd, "Usual.", odd)), TextWindow(odd, (odd,))]

    for question in (QUESTION, odd):
        assert all(map(is_well_formed, reader_of(question).score(question, windows), windows))


def test_a_window_of_nothing_is_not_relevant(reader_of: ReaderOf) -> None:
    windows = [TextWindow("", ()), TextWindow("", ("",)), TextWindow(" ", (" ", "\n"))]

    assert [own.relevance for own in reader_of(QUESTION).score(QUESTION, windows)] == [0, 0, 0]


def test_a_question_of_nothing_finds_nothing_relevant(reader_of: ReaderOf) -> None:
    for question in ("", "  \u3000 "):
        assert {own.relevance for own in reader_of(question).score(question, WINDOWS)} == {0}


def test_the_same_is_judged_the_same(reader_of: ReaderOf, tmp_path: Path) -> None:
    first, second = (fresh(reader_of, tmp_path, QUESTION).score(QUESTION, WINDOWS) for _ in range(2))

    assert first == second


def test_a_window_s_scores_do_not_depend_on_its_neighbours(reader_of: ReaderOf, tmp_path: Path) -> None:
    together = fresh(reader_of, tmp_path, QUESTION).score(QUESTION, WINDOWS)
    shuffled = random.Random(3).sample(WINDOWS, len(WINDOWS))
    apart = fresh(reader_of, tmp_path, QUESTION).score(QUESTION, shuffled)
    alone = [fresh(reader_of, tmp_path, QUESTION).score(QUESTION, [window])[0] for window in WINDOWS]

    assert [apart[shuffled.index(window)] for window in WINDOWS] == list(together) == alone


def test_a_text_of_any_length_is_judged(reader_of: ReaderOf) -> None:
    for text in ("cure " * 20_000, "固化" * 50_000, "x" * 100_000, " " * 100_000, "🔥" * 100_000):
        windows = [TextWindow(text, ("Usual.",)), TextWindow("Usual", (text,))]

        assert all(map(is_well_formed, reader_of(QUESTION).score(QUESTION, windows), windows))


@pytest.mark.parametrize("unit", ["The resin cures slowly. ", "树脂固化很慢。", "x", "🔥", "\x1b ", "1,"])
def test_time_grows_with_the_text_at_most(reader_of: ReaderOf, tmp_path: Path, unit: str) -> None:
    reader = fresh(reader_of, tmp_path, QUESTION)

    def work(size: int) -> Callable[[], object]:
        text = unit * size
        return lambda: reader.score(QUESTION, [TextWindow("", (text, text))])

    assert growth(work, 400, largest=20_000) < LIMIT


def test_time_grows_with_the_number_of_sentences_at_most(reader_of: ReaderOf, tmp_path: Path) -> None:
    reader = fresh(reader_of, tmp_path, QUESTION)

    def work(size: int) -> Callable[[], object]:
        window = TextWindow("", ("The resin cures.",) * size)
        return lambda: reader.score(QUESTION, [window])

    assert growth(work, 400, largest=20_000) < LIMIT


def test_threads_may_share_a_reader(reader_of: ReaderOf, tmp_path: Path) -> None:
    expected = list(fresh(reader_of, tmp_path, QUESTION).score(QUESTION, WINDOWS))
    shared, seen = fresh(reader_of, tmp_path, QUESTION), []
    start = threading.Barrier(4)

    def judge() -> None:
        start.wait()
        seen.append(list(shared.score(QUESTION, WINDOWS)))

    threads = [threading.Thread(target=judge) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [expected] * 4


def test_a_reader_is_loaded_by_its_first_caller_alone(tmp_path: Path) -> None:
    loaded: list[TrainedReader] = []

    def load() -> TrainedReader:
        loaded.append(small_reader(tmp_path))
        return loaded[0]

    once = LoadedOnce(load)

    assert loaded == []
    assert once() is once()
    assert len(loaded) == 1


def test_a_reader_that_cannot_be_loaded_says_why_to_each_caller_and_is_tried_once() -> None:
    tries = []

    def load() -> TrainedReader:
        tries.append(1)
        raise ReaderUnavailableError("reader.safetensors: the file is not whole")

    once = LoadedOnce(load)

    for _ in range(3):
        with pytest.raises(ReaderUnavailableError, match="not whole"):
            once()
    assert len(tries) == 1
