"""The built-in model in the form that processes use: one file, mapped and shared by all of them.

``load_weights`` is the entry; ``OfflineEmbedder`` calls it. ``prepare`` writes the file beside the wheel's own: where
the environment is installed, and into the embedding layer. A process never writes it; where it is missing or does not
fit, the same bytes are made in memory.

The layout is that of safetensors: the header's length (8 bytes), a header in JSON with each tensor's type, shape and
offsets, the tensors. A layer's matrix is ``<name>.w``, (inputs, outputs) in 32-bit floats; or in 4 bits, arranged so
that unpacking needs no transposition: ``<name>.halves`` (inputs / 32, 16, outputs), whose low halves are the first 16
inputs of a block and whose high halves are the others, each plus 8, and ``<name>.scales`` (inputs / 32, outputs).

https://huggingface.co/docs/safetensors/index#format
"""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voicehelper.models.offline import wheel
from voicehelper.models.offline.unigram import SEPARATOR, SortedPieces, Vocabulary

Floats = NDArray[np.float32]

FORMAT: Final = "1"
# The first one that fits is used: whole floats need no unpacking, 4 bits fit into a layer.
FILE_NAMES: Final = {"float32": "e5-small-float32.safetensors", "4bit": "e5-small-4bit.safetensors"}
DTYPES: Final = {"F32": "<f4", "F16": "<f2", "I32": "<i4", "U8": "u1"}
LENGTH: Final = struct.Struct("<Q")


class Weights:
    """Tensors by name, as views into the file."""

    def __init__(self, content: memoryview) -> None:
        """ValueError unless ``content`` is whole and was made by this version's ``prepare`` from the pinned wheel."""
        self._start, header = _read_header(content)
        self._content, metadata = content, header.pop("__metadata__")
        self._tensors: Mapping[str, Any] = header
        if (metadata["format"], metadata["source"]) != (FORMAT, wheel.SHA256):
            raise ValueError("made from another model file, or by another version")
        if self._start + max(tensor["data_offsets"][1] for tensor in header.values()) != len(content):
            raise ValueError("the file is not whole")
        self._numbers: dict[str, Any] = json.loads(metadata["numbers"])
        self.shape = wheel.Shape(**self._numbers["shape"])
        self.first, self.last = self._numbers["first"], self._numbers["last"]

    def tensor(self, name: str) -> NDArray[Any]:
        about = self._tensors[name]
        shape, (start, _) = about["shape"], about["data_offsets"]
        count = int(np.prod(shape))
        return np.frombuffer(self._content, DTYPES[about["dtype"]], count, self._start + start).reshape(shape)

    @property
    def are_floats(self) -> bool:
        """Whether the layers' matrices are used as they lie in the file."""
        return not any(name.endswith(".halves") for name in self._tensors)

    def matrix(self, name: str) -> Floats:
        """(inputs, outputs), for products with rows of values on the left."""
        if f"{name}.w" in self._tensors:
            return self.tensor(f"{name}.w")
        return _unpack(self.tensor(f"{name}.halves"), self.tensor(f"{name}.scales").astype(np.float32))

    def word_vectors(self, tokens: list[int]) -> Floats:
        """(n, hidden): 4-bit rows in the wheel's own form, unpacked for these tokens alone."""
        rows = self.tensor("emb.word").view(wheel.BLOCK)[tokens]
        return dequantise(rows).reshape(-1, self.shape.hidden)

    def vocabulary(self) -> Vocabulary:
        """Memoryviews, whose elements are Python's own numbers."""
        pieces = SortedPieces(
            self._bytes("pieces.text"), self._bytes("pieces.ends").cast("i"), self._bytes("pieces.numbers").cast("i")
        )
        texts = self._bytes("folding.texts").tobytes().decode().split(SEPARATOR)
        folding = dict(zip(self.tensor("folding.characters").tolist(), texts, strict=True))
        scores, lowest = self._bytes("scores").cast("f"), float(self.tensor("scores").min())
        return Vocabulary(pieces, scores, folding, self._numbers["unknown"], self._numbers["longest"], lowest)

    def _bytes(self, name: str) -> memoryview:
        start, end = self._tensors[name]["data_offsets"]
        return self._content[self._start + start : self._start + end]


def _read_header(content: memoryview) -> tuple[int, dict[str, Any]]:
    """(where the tensors begin, header)."""
    if len(content) < LENGTH.size or (length := LENGTH.unpack_from(content)[0]) > len(content) - LENGTH.size:
        raise ValueError("the file is not whole")
    start = LENGTH.size + length
    return start, json.loads(bytes(content[LENGTH.size : start]))


def _unpack(halves: NDArray[np.uint8], scales: Floats) -> Floats:
    blocks, half, outputs = halves.shape
    matrix = np.empty((blocks, 2, half, outputs), np.float32)
    for block, packed in enumerate(halves):  # one at a time stays in the processor's cache
        matrix[block, 0] = (packed & 0x0F).view(np.int8) - 8
        matrix[block, 1] = (packed >> 4).view(np.int8) - 8
        matrix[block] *= scales[block]
    return matrix.reshape(-1, outputs)


def dequantise(blocks: NDArray[Any]) -> Floats:
    """(…,) of ``wheel.BLOCK`` → (…, 32) weights."""
    weights = np.empty((*blocks.shape, wheel.BLOCK_WEIGHTS), np.float32)
    half = wheel.BLOCK_WEIGHTS // 2
    weights[..., :half], weights[..., half:] = blocks["halves"] & 0x0F, blocks["halves"] >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[..., None]
    return weights


def load_weights() -> Weights:
    """FileNotFoundError if neither a prepared file nor the wheel's own is there."""
    folder = wheel.package_folder()
    for name in FILE_NAMES.values():
        if (weights := map_weights(folder / name)) is not None:
            return weights
    from voicehelper.models.offline.prepare import prepared_bytes

    return Weights(memoryview(prepared_bytes(folder / wheel.FILE_NAME, "4bit")))


def map_weights(path: Path) -> Weights | None:
    """None unless the file is there, whole and fitting."""
    try:
        with path.open("rb") as stream:
            return Weights(memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)))
    except (OSError, ValueError, LookupError, TypeError):
        return None
