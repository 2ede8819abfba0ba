"""One command turns a trained reader's arrays into the file that functions map, or says what is wrong with them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from voicehelper.models.offline.reader_weights import map_reader_weights

from infra import reader_weights
from tests.support.reader_model import Arrays, random_arrays, small_shape

WORDS = "embeddings.word_embeddings.weight"


@pytest.fixture
def arrays() -> Arrays:
    return random_arrays(small_shape())


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["reader_weights", *map(str, arguments)])
    return reader_weights.main()


def test_the_command_writes_a_file_that_functions_use(
    arrays: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "weights.npz", **arrays)  # type: ignore[arg-type]

    code = run(monkeypatch, tmp_path / "weights.npz", tmp_path / "new" / "reader.safetensors")

    assert code == 0
    assert "0.1 MB" in capsys.readouterr().out
    assert map_reader_weights(tmp_path / "new" / "reader.safetensors").shape == small_shape()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["reader.safetensors"]
    assert (tmp_path / "new" / "reader.safetensors").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY", b"no archive at all"])
def test_what_is_no_archive_of_arrays_is_refused_and_nothing_is_written(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "weights.npz").write_bytes(content)

    assert run(monkeypatch, tmp_path / "weights.npz", tmp_path / "reader.safetensors") == 1
    assert "weights.npz: " in capsys.readouterr().err
    assert not (tmp_path / "reader.safetensors").exists()


def test_a_missing_archive_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, tmp_path / "none.npz") == 1
    assert "No such file" in capsys.readouterr().err


def test_names_with_the_prefix_of_a_training_are_understood(arrays: Arrays) -> None:
    prefixed = {f"bert.{name}" if "." in name else name: array for name, array in arrays.items()}

    assert reader_weights.written_bytes(prefixed) == reader_weights.written_bytes(arrays)


def test_floats_of_other_sizes_are_taken(arrays: Arrays) -> None:
    for kind in (np.float16, np.float64):
        other = {name: own.astype(kind) if own.dtype.kind == "f" else own for name, own in arrays.items()}

        assert reader_weights.written_bytes(other)


@pytest.mark.parametrize(
    "name",
    [
        "heads",
        "answers_from",
        "promotes_from",
        "relevance.bias",
        "encoder.layer.0.attention.self.key.weight",
        "encoder.layer.1.output.LayerNorm.bias",
        "embeddings.position_embeddings.weight",
        "embeddings.projection.weight",
        "embeddings.word_numbers",
        "encoder.layer.0.intermediate.dense.weight",
    ],
)
def test_a_missing_array_is_named(arrays: Arrays, name: str) -> None:
    del arrays[name]

    with pytest.raises(ValueError, match=r"missing: |layers is 0"):
        reader_weights.written_bytes(arrays)


def test_an_array_that_a_reader_has_no_use_for_is_named(arrays: Arrays) -> None:
    with pytest.raises(ValueError, match=r"unknown: pooler\.dense\.weight"):
        reader_weights.written_bytes(arrays | {"pooler.dense.weight": np.zeros((32, 32), np.float32)})


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("encoder.layer.0.intermediate.dense.weight", np.zeros((32, 64), np.float32)),
        ("encoder.layer.1.attention.self.query.weight", np.zeros((32, 31), np.float32)),
        ("relevance.weight", np.zeros(32, np.float32)),
        ("embeddings.LayerNorm.bias", np.zeros(16, np.float32)),
        ("heads", np.array(5)),
        ("heads", np.array([4])),
        ("answers_from", np.array(1.5)),
        ("refuses_below", np.array(0.9)),
        ("epsilon", np.array(0.0)),
        ("relevance.bias", np.array([np.nan], np.float32)),
        ("embeddings.projection.bias", np.full(32, np.inf, np.float32)),
        ("encoder.layer.0.output.dense.weight", np.zeros((32, 64), np.int8)),
        (WORDS, np.zeros((403, 16, 1), np.float32)),
        (WORDS, np.zeros((250_003, 16), np.float32)),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.shape),
)
def test_arrays_that_do_not_fit_are_refused(arrays: Arrays, name: str, array: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"."):
        reader_weights.written_bytes(arrays | {name: array})
