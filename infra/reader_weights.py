"""Writes a trained reader's weights, given as an .npz of named floats, in 8 bits into the one file that functions map.

    python -m infra.reader_weights weights.npz [layers/reader/reader.safetensors]

Names and shapes are those of docs/decisions/0029: BERT's parameters in PyTorch's orientation, a projection where word
vectors have another width, two heads, and as numbers ``heads``, ``answers_from``, ``refuses_below``, ``promotes_from``
and, where it is not 1e-12, ``epsilon``. What is written was checked as a function checks it.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from voicehelper.models.offline.prepare import write_atomically
from voicehelper.models.offline.reader_layout import (
    EMBEDDING_WIDTH,
    SCALES,
    WORD_NUMBERS,
    WORDS,
    ReaderShape,
    floats_of,
    matrices_of,
)
from voicehelper.models.offline.reader_weights import ReaderWeights, file_bytes
from voicehelper.models.reading import Thresholds

from infra.local.paths import READER_WEIGHTS

LARGEST: Final = 127  # of a signed byte, on both sides of zero
_PREFIXES: Final = ("bert.", "model.", "module.")  # that training leaves before a name
Arrays = Mapping[str, NDArray[Any]]


def written_bytes(given: Arrays) -> bytes:
    """The whole file, checked as a function checks it; ValueError names what is missing, too much or misshapen."""
    arrays = {_plain(name): array for name, array in given.items()}
    shape = shape_of(arrays)
    _require_names(arrays, shape)
    tensors = {name: _floats(arrays[name], name) for name in floats_of(shape)}
    for name in matrices_of(shape):
        matrix = _floats(arrays[name], name)
        tensors |= _in_8_bits(name, matrix if name == WORDS else matrix.T)
    if shape.has_some_words:
        tensors[WORD_NUMBERS] = arrays[WORD_NUMBERS]
    thresholds = Thresholds(*(_number(arrays, name) for name in ("answers_from", "refuses_below", "promotes_from")))
    epsilon = _number(arrays, "epsilon") if "epsilon" in arrays else 1e-12
    content = file_bytes(tensors, shape, thresholds, epsilon=epsilon)
    ReaderWeights(memoryview(content))
    return content


def shape_of(arrays: Arrays) -> ReaderShape:
    """ValueError where the arrays have no sizes, or sizes that no reader has."""
    numbers = itertools.takewhile(lambda n: f"{_layer(n)}.intermediate.dense.weight" in arrays, itertools.count())
    positions = _array(arrays, "embeddings.position_embeddings.weight", 2)
    words = _array(arrays, WORDS, 2).shape if WORDS in arrays else (0, EMBEDDING_WIDTH)
    return ReaderShape(
        hidden=positions.shape[1],
        layers=sum(1 for _ in numbers),
        heads=int(_number(arrays, "heads")),
        intermediate=_array(arrays, f"{_layer(0)}.intermediate.dense.weight", 2).shape[0],
        max_tokens=positions.shape[0],
        words=words[0],
        width=words[1],
    )


def quantise(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(n, m) → whole numbers of 8 bits and a scale for each row, so that the row's largest number is 127."""
    scales = np.abs(rows).max(axis=1) / LARGEST
    steps = rows / np.where(scales > 0, scales, 1)[:, None]
    return np.rint(steps).astype(np.int8), scales.astype(np.float32)


def _in_8_bits(name: str, matrix: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """By output for a matrix (inputs, outputs), by word for word vectors."""
    numbers, scales = quantise(matrix if name == WORDS else matrix.T)
    return {name: numbers if name == WORDS else numbers.T, f"{name}{SCALES}": scales}


def _require_names(arrays: Arrays, shape: ReaderShape) -> None:
    numbers = {"heads", "answers_from", "refuses_below", "promotes_from"}
    wanted = {*floats_of(shape), *matrices_of(shape), *numbers, *([WORD_NUMBERS] if shape.has_some_words else [])}
    if missing := sorted(wanted - arrays.keys()):
        raise ValueError(f"missing: {', '.join(missing)}")
    if unknown := sorted(arrays.keys() - wanted - {"epsilon"}):
        raise ValueError(f"unknown: {', '.join(unknown)}")
    for name, own in [*floats_of(shape).items(), *matrices_of(shape).items()]:
        expected = own[::-1] if name in matrices_of(shape) and name != WORDS else own
        if arrays[name].shape != expected:
            raise ValueError(f"{name} is {arrays[name].shape}, not {expected}")


def _floats(array: NDArray[Any], name: str) -> NDArray[np.float32]:
    if array.dtype.kind != "f" or not np.isfinite(array).all():
        raise ValueError(f"{name} holds what is no number")
    return array.astype(np.float32)


def _number(arrays: Arrays, name: str) -> float:
    return float(_array(arrays, name, 0))


def _array(arrays: Arrays, name: str, dimensions: int) -> NDArray[Any]:
    if name not in arrays:
        raise ValueError(f"missing: {name}")
    if arrays[name].ndim != dimensions:
        raise ValueError(f"{name} has {arrays[name].ndim} dimensions, not {dimensions}")
    return arrays[name]


def _layer(number: int) -> str:
    return f"encoder.layer.{number}"


def _plain(name: str) -> str:
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Those of an .npz; OSError or ValueError if it is none."""
    if not zipfile.is_zipfile(path):
        path.open("rb").close()  # says why it cannot be read, if so
        raise ValueError("not an .npz")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ValueError(f"not a whole .npz: {error}") from error


def main() -> int:
    parser = argparse.ArgumentParser(prog="reader_weights", description="write a trained reader's weights in 8 bits")
    parser.add_argument("weights", type=Path, help="an .npz of named arrays")
    parser.add_argument("target", type=Path, nargs="?", default=READER_WEIGHTS)
    options = parser.parse_args()
    try:
        content = written_bytes(read_arrays(options.weights))
        options.target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(options.target, content)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{options.weights}: {error}\n")
        return 1
    weights = ReaderWeights(memoryview(content))
    sys.stdout.write(f"{options.target}: {len(content) / 1e6:.1f} MB, {weights.shape}, {weights.thresholds}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
