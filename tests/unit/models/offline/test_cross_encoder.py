"""The trained reader in NumPy, beside the formulas it was made after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from voicehelper.models.offline.cross_encoder import CrossEncoder, load_reader
from voicehelper.models.offline.reader_layout import matrices_of
from voicehelper.models.offline.reader_weights import map_reader_weights
from voicehelper.models.reading import ReaderUnavailableError, TextWindow

from infra.reader_weights import quantise
from tests.support.reader_model import (
    Arrays,
    LetterVocabulary,
    random_arrays,
    reference_scores,
    small_reader,
    small_shape,
    write_reader,
)

SIZES = {
    "a table of some words": {},
    "a table of all words": {"words": 250_002, "width": 8},
    "words as wide as the layers": {"width": 32},
    "the embedding's words": {"words": 0, "width": 384},
    "four layers": {"layers": 4, "heads": 8},
}
CASES = [
    ("Who signs?", TextWindow("Rules", ("The head signs.", "Copies are kept.", "No."))),
    ("谁签字？", TextWindow("制度 - 签批", ("由科长签字。", "副本存档三年。"))),
    ("q", TextWindow("", ("a",))),
]


def scored(path: Path, question: str, window: TextWindow) -> list[float]:
    (scores,) = CrossEncoder(map_reader_weights(path), LetterVocabulary()).score(question, [window])
    return [scores.relevance, *scores.sentences]


def rounded_to_8_bits(arrays: Arrays, names: set[str]) -> Arrays:
    """The same weights after rounding, as floats: what is left is the arithmetic."""
    rounded = dict(arrays)
    for name in names:
        numbers, scales = quantise(arrays[name].astype(np.float32))
        rounded[name] = numbers * scales[:, None]
    return rounded


@pytest.mark.parametrize("name", SIZES)
def test_scores_are_those_of_the_formulas(name: str, tmp_path: Path) -> None:
    shape = small_shape(**SIZES[name])
    arrays = rounded_to_8_bits(random_arrays(shape), set(matrices_of(shape)))
    path = write_reader(tmp_path, arrays)

    for question, window in CASES:
        assert scored(path, question, window) == pytest.approx(reference_scores(arrays, question, window), abs=2e-5)


@pytest.mark.parametrize("name", SIZES)
def test_8_bits_move_a_score_by_three_hundredths_at_most(name: str, tmp_path: Path) -> None:
    arrays = random_arrays(small_shape(**SIZES[name]))
    path = write_reader(tmp_path, arrays)

    for question, window in CASES:
        assert scored(path, question, window) == pytest.approx(reference_scores(arrays, question, window), abs=0.03)


def test_8_bits_keep_the_direction_of_every_row() -> None:
    rows = np.random.default_rng(4).normal(0, 0.05, (64, 256)).astype(np.float32)
    numbers, scales = quantise(rows)
    back = numbers * scales[:, None]
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(back, axis=1)
    cosines = np.einsum("ij,ij->i", rows, back) / lengths

    assert min(cosines.tolist()) > 0.9999
    assert np.allclose(rows, back, rtol=0, atol=max(scales.tolist()) / 2 * 1.001)


def test_rows_of_zeros_stay_zeros() -> None:
    numbers, scales = quantise(np.zeros((2, 8), np.float32))

    assert not numbers.any()
    assert not scales.any()


def test_what_lies_beyond_the_longest_input_is_not_read_and_scores_nothing(tmp_path: Path) -> None:
    reader = small_reader(tmp_path)
    sentences = tuple(f"Sentence number {number} of many." for number in range(12))

    (scores,) = reader.score("Which one?", [TextWindow("Title", sentences)])

    read = [score > 0 for score in scores.sentences]
    assert read == sorted(read, reverse=True)
    assert 2 <= sum(read) < 6
    assert scores == reader.score("Which one?", [TextWindow("Title", (*sentences[:6], *["Another."] * 6))])[0]


def test_a_long_question_and_a_long_title_leave_room_for_the_sentences(tmp_path: Path) -> None:
    (scores,) = small_reader(tmp_path).score("why " * 500, [TextWindow("Part of " * 500, ("It is so.",))])

    assert scores.sentences[0] > 0


def test_a_sentence_without_a_character_to_read_scores_nothing(tmp_path: Path) -> None:
    (scores,) = small_reader(tmp_path).score("Who?", [TextWindow("", ("", "He.", "  "))])

    assert scores.sentences[0] == scores.sentences[2] == 0
    assert scores.sentences[1] > 0


def test_weights_without_bounds_give_no_number_and_say_so(tmp_path: Path) -> None:
    arrays = random_arrays(small_shape()) | {"relevance.weight": np.full((1, 32), 3e38, np.float32)}
    reader = CrossEncoder(map_reader_weights(write_reader(tmp_path, arrays)), LetterVocabulary())

    with np.errstate(over="ignore", invalid="ignore"), pytest.raises(ReaderUnavailableError, match="no number"):
        reader.score("Which?", [TextWindow("", ("This.",))])


def test_a_file_that_cannot_be_used_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "reader.safetensors").write_bytes(b"PK")

    with pytest.raises(ReaderUnavailableError, match=r"reader\.safetensors: the file is not whole"):
        load_reader(tmp_path / "reader.safetensors")
