"""The file of a trained reader: used whole and unchanged, or refused with the reason."""

from __future__ import annotations

import hashlib
import json
import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from voicehelper.models.offline import wheel
from voicehelper.models.offline.reader_layout import WORD_NUMBERS, ReaderShape, tensors_of
from voicehelper.models.offline.reader_weights import (
    ALIGNMENT,
    NO_DIGEST,
    ReaderWeights,
    WrongWeightsError,
    map_reader_weights,
)

from tests.support.reader_model import random_arrays, small_shape, write_reader

Header = dict[str, Any]


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_reader(tmp_path_factory.mktemp("reader")).read_bytes()


def reason(content: bytes) -> str:
    with pytest.raises(WrongWeightsError) as refused:
        ReaderWeights(memoryview(content))
    return str(refused.value)


def changed(content: bytes, change: Callable[[Header], object]) -> bytes:
    """With another header and a digest that fits it: as somebody else's writer would make it."""
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    change(header)
    header["__metadata__"]["digest"] = NO_DIGEST
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % ALIGNMENT)
    whole = struct.pack("<Q", len(text)) + text + content[8 + length :]
    return whole.replace(NO_DIGEST.encode(), hashlib.sha256(whole).hexdigest().encode(), 1)


def with_numbers(content: bytes, **numbers: Any) -> bytes:
    def change(header: Header) -> None:
        own = json.loads(header["__metadata__"]["numbers"])
        header["__metadata__"]["numbers"] = json.dumps(own | numbers)

    return changed(content, change)


def with_metadata(content: bytes, **metadata: Any) -> bytes:
    return changed(content, lambda header: header["__metadata__"].update(metadata))


def test_a_whole_file_is_used(content: bytes) -> None:
    weights = ReaderWeights(memoryview(content))

    assert weights.shape == small_shape()
    assert weights.thresholds.answers_from == 0.7
    assert ReaderWeights(memoryview(with_metadata(content))).shape == small_shape()


def test_tensors_lie_where_a_processor_reads_them_fast(content: bytes) -> None:
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    del header["__metadata__"]

    assert (8 + length) % ALIGNMENT == 0
    assert all(own["data_offsets"][0] % 4 == 0 for own in header.values() if own["dtype"] in ("F32", "I32"))


def test_a_file_that_was_cut_anywhere_is_refused(content: bytes) -> None:
    sizes = [0, 1, 7, 8, 9, 100, 2_000, len(content) // 2, len(content) - 1]
    for size in [*sizes, *random.Random(1).sample(range(len(content)), 40)]:
        assert reason(content[:size])


def test_a_file_with_something_behind_it_is_refused(content: bytes) -> None:
    assert "damaged" in reason(content + b"\0")


def test_a_flipped_bit_anywhere_is_noticed(content: bytes) -> None:
    (length,) = struct.unpack_from("<Q", content)
    rng = random.Random(2)
    places = [*range(8), *rng.sample(range(8, 8 + length), 150), *rng.sample(range(8 + length, len(content)), 150)]
    for place in places:
        damaged = bytearray(content)
        damaged[place] ^= 1 << rng.randrange(8)

        assert reason(bytes(damaged))


def test_a_file_of_another_kind_is_refused() -> None:
    others = {
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(4_000),
        "an archive": b"PK\x03\x04" + bytes(4_000),
        "text": "权重".encode() * 500,
        "a page": b"<!doctype html>" + b" " * 4_000,
        "a pointer of git lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 11\n",
        "zeros": bytes(4_096),
        "a list": struct.pack("<Q", 2) + b"[]",
        "a number": struct.pack("<Q", 1) + b"1",
        "no metadata": struct.pack("<Q", 2) + b"{}",
        "metadata of another type": struct.pack("<Q", 20) + b'{"__metadata__": [1]}'[:20],
        "a deep header": struct.pack("<Q", 100_000) + b"[" * 100_000,
        "an empty file": b"",
    }
    for other in others.values():
        assert reason(other)


def test_the_embedding_s_own_file_is_refused() -> None:
    metadata = {"format": "1", "source": wheel.SHA256, "numbers": "{}"}
    text = json.dumps({"__metadata__": metadata}).encode()

    assert reason(struct.pack("<Q", len(text)) + text) == "not a file of a trained reader"


def test_another_version_and_another_embedding_are_named(content: bytes) -> None:
    assert "version '2'" in reason(with_metadata(content, format="2"))
    assert "another embedding" in reason(with_metadata(content, vocabulary="0" * 64))
    assert "not a file" in reason(with_metadata(content, kind="voicehelper-embedding"))


@pytest.mark.parametrize(
    "sizes",
    [
        {"hidden": 48},
        {"hidden": -32},
        {"hidden": 32.0},
        {"hidden": True},
        {"hidden": "32"},
        {"hidden": 10**12},
        {"layers": 3},
        {"layers": 1},
        {"layers": 0},
        {"heads": 5},
        {"heads": 0},
        {"intermediate": 63},
        {"max_tokens": 127},
        {"max_tokens": 10},
        {"words": 404},
        {"words": 0},
        {"width": 17},
        {"unknown": 1},
    ],
    ids=str,
)
def test_sizes_that_the_tensors_do_not_have_are_refused(content: bytes, sizes: dict[str, Any]) -> None:
    shape = {name: getattr(small_shape(), name) for name in ReaderShape.__dataclass_fields__}

    assert reason(with_numbers(content, shape=shape | sizes))


@pytest.mark.parametrize(
    "thresholds",
    [
        {},
        {"answers_from": 0.7, "refuses_below": 0.2},
        {"answers_from": 1.1, "refuses_below": 0.2, "promotes_from": 0.5},
        {"answers_from": 0.7, "refuses_below": -0.1, "promotes_from": 0.5},
        {"answers_from": float("nan"), "refuses_below": 0.2, "promotes_from": 0.5},
        {"answers_from": 0.3, "refuses_below": 0.4, "promotes_from": 0.5},
        {"answers_from": "0.7", "refuses_below": None, "promotes_from": 0.5},
        {"answers_from": True, "refuses_below": 0.2, "promotes_from": 0.5},
        [0.7, 0.2, 0.5],
    ],
    ids=str,
)
def test_thresholds_that_decide_nothing_are_refused(content: bytes, thresholds: Any) -> None:
    assert reason(with_numbers(content, thresholds=thresholds))


@pytest.mark.parametrize("epsilon", [0, -1e-12, 1, "1e-12", None, float("inf"), True], ids=str)
def test_an_epsilon_that_is_none_is_refused(content: bytes, epsilon: Any) -> None:
    assert reason(with_numbers(content, epsilon=epsilon))


def test_tensors_that_overlap_or_have_another_type_are_named(content: bytes) -> None:
    def overlap(header: Header) -> None:
        header["relevance.weight"]["data_offsets"] = [0, 128]

    def retype(header: Header) -> None:
        header["relevance.bias"]["dtype"] = "I32"

    def leave_out(header: Header) -> None:
        del header["sentence.bias"]

    assert "relevance.weight" in reason(changed(content, overlap))
    assert "relevance.bias" in reason(changed(content, retype))
    assert "sentence.bias" in reason(changed(content, leave_out))


def test_what_is_no_number_is_refused(content: bytes) -> None:
    (length,) = struct.unpack_from("<Q", content)
    for wrong in (float("nan"), float("inf")):
        broken = bytearray(content)
        struct.pack_into("<f", broken, 8 + length, wrong)

        assert "no number" in reason(with_metadata(bytes(broken)))


def test_words_out_of_order_are_refused(tmp_path: Path) -> None:
    arrays = random_arrays(small_shape())
    for numbers in (np.arange(403)[::-1], np.zeros(403, np.int64), np.arange(403) - 1, np.arange(403) + 250_000):
        with pytest.raises(WrongWeightsError, match="in order"):
            write_reader(tmp_path, arrays | {WORD_NUMBERS: numbers})


def test_a_missing_file_a_folder_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for name in ("missing", "", "empty"):
        with pytest.raises(WrongWeightsError):
            map_reader_weights(tmp_path / name)


def test_words_that_the_table_leaves_out_are_read_as_the_unknown_one(tmp_path: Path) -> None:
    arrays = random_arrays(small_shape()) | {WORD_NUMBERS: np.arange(403) * 3}
    weights = map_reader_weights(write_reader(tmp_path, arrays))

    unknown, left_out, far = weights.word_vectors([3, 4, 250_001])

    assert np.array_equal(left_out, unknown)
    assert np.array_equal(far, unknown)
    assert np.abs(unknown).max() > 0


def test_without_the_unknown_word_they_are_read_as_zeros(tmp_path: Path) -> None:
    arrays = random_arrays(small_shape()) | {WORD_NUMBERS: np.arange(403) + 10}
    weights = map_reader_weights(write_reader(tmp_path, arrays))

    assert np.abs(weights.word_vectors([3, 9, 413])).max() == 0
    assert np.abs(weights.word_vectors([10, 412])).min(axis=1).max() > 0


def test_every_size_has_tensors_with_names_of_their_own() -> None:
    for sizes in ({}, {"words": 0, "width": 384}, {"words": 250_002}, {"width": 32}, {"layers": 6}):
        names = [layout.name for layout in tensors_of(small_shape(**sizes))]

        assert len(names) == len(set(names))
