"""A trained reader's weights: one file, mapped and shared by all processes, or refused with the reason.

``map_reader_weights`` is the entry, ``cross_encoder`` the caller; ``infra.reader_weights`` writes the file. The layout
is that of safetensors, as for the embedding (``weights``): the header's length (8 bytes), a header in JSON, the tensors
in the order of ``reader_layout.tensors_of`` and without gaps. The header's ``__metadata__`` has:

- ``kind`` and ``format``: what the file is, and in which version of this layout;
- ``vocabulary``: the SHA-256 of the embedding's file whose tokens the reader was trained on;
- ``digest``: the SHA-256 of the file with 64 zeros in the digest's place;
- ``numbers``: JSON, ``shape`` (``ReaderShape``), ``epsilon`` of the normalisations, ``thresholds``.

https://huggingface.co/docs/safetensors/index#format
"""

from __future__ import annotations

import hashlib
import json
import math
import mmap
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voicehelper.models.offline import wheel
from voicehelper.models.offline.reader_layout import (
    SCALES,
    UNKNOWN,
    VOCABULARY,
    WORD_NUMBERS,
    WORDS,
    ReaderShape,
    TensorLayout,
    tensors_of,
)
from voicehelper.models.offline.weights import LENGTH, Floats
from voicehelper.models.reading import Thresholds

KIND: Final = "voicehelper-reader"
FORMAT: Final = "1"
ITEM_TYPES: Final[Mapping[str, np.dtype[Any]]] = {
    "F32": np.dtype("<f4"),
    "I32": np.dtype("<i4"),
    "I8": np.dtype("i1"),
}
ALIGNMENT: Final = 64  # of the first tensor, for the processor's cache
NO_DIGEST: Final = "0" * 64
_DIGEST_KEY: Final = b'"digest": "'
_MAX_HEADER_BYTES: Final = 1 << 20


class WrongWeightsError(ValueError):
    """The file is not a trained reader's, or not whole; the message says what is wrong with it."""


class ReaderWeights:
    """Tensors by name, as views into the file."""

    def __init__(self, content: memoryview) -> None:
        """WrongWeightsError unless every byte is as it was written, by this version and for this embedding."""
        start, header = _read_header(content)
        try:
            metadata = dict(header.pop("__metadata__"))
            _require_own(metadata)
            _require_digest(content, start, metadata["digest"])
            numbers = json.loads(metadata["numbers"])
            self.shape = ReaderShape(**numbers["shape"])
            self.thresholds = _thresholds(numbers["thresholds"])
            self.epsilon = _within(numbers["epsilon"], 1e-15, 1e-2)
            self._views = _views(content, start, header, tensors_of(self.shape))
        except WrongWeightsError:
            raise
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise WrongWeightsError(f"the header does not describe a trained reader: {error}") from error
        self.digest: str = metadata["digest"]
        _require_numbers(self._views)

    def tensor(self, name: str) -> NDArray[Any]:
        return self._views[name]

    def matrix(self, name: str) -> Floats:
        """(inputs, outputs), made anew: whoever multiplies by it keeps it."""
        matrix: Floats = self._views[name].astype(np.float32)
        matrix *= self._views[f"{name}{SCALES}"]
        return matrix

    def word_vectors(self, tokens: list[int]) -> Floats:
        """(n, width) of its own table. A piece that the table leaves out is read as the unknown one, or as zeros."""
        numbers = np.array(tokens, np.int64)
        rows, known = self._rows(numbers) if self.shape.has_some_words else (numbers, np.ones(len(numbers)))
        scales: Floats = self._views[f"{WORDS}{SCALES}"][rows] * known.astype(np.float32)
        return self._views[WORDS][rows] * scales[:, None]

    def _rows(self, numbers: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
        """(row of each piece, whether it is there)."""
        kept = self._views[WORD_NUMBERS]
        numbers = np.where(np.isin(numbers, kept), numbers, UNKNOWN)
        rows = np.minimum(np.searchsorted(kept, numbers), len(kept) - 1)
        return rows, kept[rows] == numbers


def map_reader_weights(path: Path) -> ReaderWeights:
    """WrongWeightsError with the reason if the file is missing, damaged, or another one's."""
    try:
        with path.open("rb") as stream:
            return ReaderWeights(memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)))
    except WrongWeightsError:
        raise
    except (OSError, ValueError) as error:  # ValueError: mapping an empty file
        raise WrongWeightsError(str(error)) from error


def file_bytes(
    tensors: Mapping[str, NDArray[Any]], shape: ReaderShape, thresholds: Thresholds, *, epsilon: float
) -> bytes:
    """The whole file; KeyError or ValueError if a tensor is missing or has another shape."""
    layouts = tensors_of(shape)
    numbers = {"shape": asdict(shape), "thresholds": asdict(thresholds), "epsilon": epsilon}
    metadata = {"kind": KIND, "format": FORMAT, "vocabulary": wheel.SHA256, "digest": NO_DIGEST}
    header: dict[str, Any] = {"__metadata__": metadata | {"numbers": json.dumps(numbers)}, **_entries(layouts)}
    text = json.dumps(header).encode()
    text += b" " * (-(LENGTH.size + len(text)) % ALIGNMENT)
    parts = [_stored(tensors[layout.name], layout) for layout in layouts]
    content = b"".join([LENGTH.pack(len(text)), text, *parts])
    digest = hashlib.sha256(content).hexdigest().encode()
    return content.replace(_DIGEST_KEY + NO_DIGEST.encode(), _DIGEST_KEY + digest, 1)


def _stored(tensor: NDArray[Any], layout: TensorLayout) -> bytes:
    if tensor.shape != layout.shape:
        raise ValueError(f"{layout.name} is {tensor.shape}, not {layout.shape}")
    return tensor.astype(ITEM_TYPES[layout.dtype]).tobytes()


def _entries(layouts: list[TensorLayout]) -> dict[str, dict[str, Any]]:
    """The header's part for each tensor: type, shape, where it begins and ends behind the header."""
    entries, offset = {}, 0
    for layout in layouts:
        end = offset + math.prod(layout.shape) * ITEM_TYPES[layout.dtype].itemsize
        entries[layout.name] = {"dtype": layout.dtype, "shape": list(layout.shape), "data_offsets": [offset, end]}
        offset = end
    return entries


def _read_header(content: memoryview) -> tuple[int, dict[str, Any]]:
    """(where the tensors begin, header)."""
    if len(content) < LENGTH.size:
        raise WrongWeightsError("the file is not whole")
    (length,) = LENGTH.unpack_from(content)
    if length > _MAX_HEADER_BYTES:
        raise WrongWeightsError("not a file of a trained reader")
    start = LENGTH.size + length
    if start > len(content):
        raise WrongWeightsError("the file is not whole")
    try:
        header = json.loads(bytes(content[LENGTH.size : start]))
    except (ValueError, RecursionError) as error:
        raise WrongWeightsError("not a file of a trained reader") from error
    if not isinstance(header, dict):
        raise WrongWeightsError("not a file of a trained reader")
    return start, header


def _require_own(metadata: Mapping[str, Any]) -> None:
    if metadata.get("kind") != KIND:
        raise WrongWeightsError("not a file of a trained reader")
    if metadata.get("format") != FORMAT:
        raise WrongWeightsError(f"made for version {metadata.get('format')!r} of the layout, not {FORMAT!r}")
    if metadata.get("vocabulary") != wheel.SHA256:
        raise WrongWeightsError("trained on the tokens of another embedding")


def _require_digest(content: memoryview, start: int, digest: str) -> None:
    """Some 8 ms for 11 MB, once for each process."""
    at = bytes(content[:start]).find(_DIGEST_KEY) + len(_DIGEST_KEY)
    seen = hashlib.sha256(content[:at])
    seen.update(NO_DIGEST.encode())
    seen.update(content[at + len(NO_DIGEST) :])
    if seen.hexdigest() != digest:
        raise WrongWeightsError("the file is damaged: its digest is another one")


def _views(
    content: memoryview, start: int, header: Mapping[str, Any], layouts: list[TensorLayout]
) -> dict[str, NDArray[Any]]:
    entries = _entries(layouts)
    if header != entries:
        wrong = sorted({name for name in header.keys() | entries.keys() if header.get(name) != entries.get(name)})
        raise WrongWeightsError(f"{len(wrong)} tensors are not those of these sizes: {', '.join(wrong[:3])}")
    if start + max(entry["data_offsets"][1] for entry in entries.values()) != len(content):
        raise WrongWeightsError("the file is not whole")
    return {
        layout.name: np.frombuffer(
            content,
            ITEM_TYPES[layout.dtype],
            math.prod(layout.shape),
            start + entries[layout.name]["data_offsets"][0],
        ).reshape(layout.shape)
        for layout in layouts
    }


def _thresholds(numbers: Mapping[str, Any]) -> Thresholds:
    thresholds = Thresholds(**{name: _within(value, 0.0, 1.0) for name, value in numbers.items()})
    if thresholds.refuses_below > thresholds.answers_from:
        raise WrongWeightsError("it refuses below a threshold from which it answers")
    return thresholds


def _within(value: object, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise WrongWeightsError(f"{value!r} is not from {least} to {most}")
    return float(value)


def _require_numbers(views: Mapping[str, NDArray[Any]]) -> None:
    broken = [name for name, view in views.items() if view.dtype.kind == "f" and not np.isfinite(view).all()]
    if broken:
        raise WrongWeightsError(f"{broken[0]} holds what is no number")
    if WORD_NUMBERS not in views:
        return
    numbers = views[WORD_NUMBERS]
    if numbers[0] < 0 or numbers[-1] >= VOCABULARY or not (np.diff(numbers) > 0).all():
        raise WrongWeightsError("the numbers of the words are not the vocabulary's, in order")
