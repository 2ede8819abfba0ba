"""The transformer with 8-bit products, by LiteRT; ``load_int8_encoder`` is the entry, ``OfflineEmbedder`` the caller.

``prepare`` writes the graph beside the wheel's file; where it is missing or does not fit, the same bytes are made in
memory. After the graph comes a line that says what it was made from, so that a process need not read the whole.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from voicehelper.models.offline import wheel
from voicehelper.models.offline.weights import Floats, Weights
from voicehelper.models.offline.windows import means_of_texts, windows_of

FORMAT: Final = "1"  # of the graph: another one has another file
FILE_NAME: Final = f"e5-small-int8-{FORMAT}.tflite"


class Int8Encoder:
    """As ``E5Encoder``, with vectors that differ by its rounding: cosine .9997 to them, .999 at least.

    One text at a time: a token's values are rounded by their own range, so a vector depends on its text alone.
    """

    def __init__(self, weights: Weights, graph: Path | bytes) -> None:
        """ImportError without LiteRT; ValueError or RuntimeError if it cannot use the graph."""
        from ai_edge_litert.interpreter import Interpreter

        place = {"model_path": str(graph)} if isinstance(graph, Path) else {"model_content": graph}
        self._interpreter = Interpreter(**place, num_threads=1)
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
        self._weights, self._shape = weights, weights.shape
        self._positions: Floats = weights.tensor("emb.position")
        self._tokens = 0  # what the interpreter is laid out for
        self._lock = threading.Lock()
        self._mean([])  # LiteRT checks and arranges a graph when it is first laid out

    def means(self, texts: Sequence[Sequence[int]]) -> Floats:
        """(n, hidden): the mean over each text's tokens, windows as ``E5Encoder.means`` has them."""
        windows = windows_of(texts, self._shape.max_tokens - 2)
        means = (self._mean(tokens) for _, tokens in windows)
        return means_of_texts(windows, means, len(texts), self._shape.hidden)

    def _mean(self, window: Sequence[int]) -> Floats:
        tokens = [self._weights.first, *window, self._weights.last]
        values = self._weights.word_vectors(tokens) + self._positions[: len(tokens)]
        with self._lock:
            if len(tokens) != self._tokens:
                self._interpreter.resize_tensor_input(self._input, values.shape)
                self._interpreter.allocate_tensors()
                self._tokens = len(tokens)
            self._interpreter.set_tensor(self._input, values)
            self._interpreter.invoke()
            mean: Floats = self._interpreter.get_tensor(self._output).mean(axis=0)
        return mean


def load_int8_encoder(weights: Weights) -> Int8Encoder:
    """ImportError, OSError, ValueError or RuntimeError where it cannot run."""
    import ai_edge_litert.interpreter  # noqa: F401  before a graph is made in vain

    folder = wheel.package_folder()
    if is_fitting(folder / FILE_NAME):
        return Int8Encoder(weights, folder / FILE_NAME)
    return Int8Encoder(weights, file_bytes(folder / wheel.FILE_NAME))


def file_bytes(source: Path) -> bytes:
    """The graph with the line after it; needs what writes graphs, which a layer does not have."""
    from voicehelper.models.offline.int8_graph import graph_bytes

    graph = graph_bytes(wheel.WheelModel(source))
    return graph + _last_line(len(graph), hashlib.sha256(graph).hexdigest())


def is_fitting(path: Path, *, to_the_byte: bool = False) -> bool:
    """Whether the file is there, whole, and made by this version from the pinned wheel; its content, if asked."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2) - len(_last_line(0, "0" * 64))
            stream.seek(max(0, size))
            line = stream.read()
            digest = _digest(path, size) if to_the_byte else line[-65:-1].decode("ascii")
    except (OSError, UnicodeError):
        return False
    return line == _last_line(size, digest)


def _digest(path: Path, size: int) -> str:
    return hashlib.sha256(path.read_bytes()[: max(0, size)]).hexdigest()


def _last_line(size: int, digest: str) -> bytes:
    """Of one length for all sizes and digests."""
    return f"\nvoicehelper {FORMAT} {wheel.SHA256} {size:012} {digest}\n".encode("ascii")
