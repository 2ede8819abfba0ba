"""Which tensors a trained reader has, by its sizes: for ``reader_weights``, and ``infra.reader_weights``, which writes.

``tensors_of`` is the entry. Names are those of BERT's parameters in PyTorch, under which weights are trained.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from voicehelper.models.offline.reader_input import QUESTION_TOKENS, TITLE_TOKENS

VOCABULARY: Final = 250_002  # pieces of the built-in embedding, whose tokens the reader reads
UNKNOWN: Final = 3  # the piece that stands for a character without one
EMBEDDING_WIDTH: Final = 384  # of the built-in embedding's word vectors
WORDS: Final = "embeddings.word_embeddings.weight"
WORD_NUMBERS: Final = "embeddings.word_numbers"
PROJECTION: Final = "embeddings.projection.weight"
SCALES: Final = ".scales"
ATTENTION: Final = ("query", "key", "value")
_MIN_TOKENS: Final = QUESTION_TOKENS + TITLE_TOKENS + 8
_BOUNDS: Final = {
    "hidden": (8, 1024),
    "layers": (1, 24),
    "heads": (1, 64),
    "intermediate": (8, 4096),
    "max_tokens": (_MIN_TOKENS, 512),
    "words": (0, VOCABULARY),
    "width": (1, 1024),
}


@dataclass(frozen=True, slots=True)
class ReaderShape:
    """Sizes of a trained reader.

    ``words`` is how many rows its own table of word vectors has; 0 means that it reads those of the built-in embedding.
    Fewer than VOCABULARY rows come with their numbers. ``width`` is that of a word vector, which a projection brings to
    ``hidden`` where they differ.
    """

    hidden: int
    layers: int
    heads: int
    intermediate: int
    max_tokens: int
    words: int
    width: int

    def __post_init__(self) -> None:
        """ValueError for sizes that no reader has."""
        for name, (least, most) in _BOUNDS.items():
            value = getattr(self, name)
            if type(value) is not int or not least <= value <= most:
                raise ValueError(f"{name} is {value!r}, not a whole number from {least} to {most}")
        if self.hidden % self.heads:
            raise ValueError(f"{self.heads} heads do not divide a hidden size of {self.hidden}")
        if not self.words and self.width != EMBEDDING_WIDTH:
            raise ValueError(f"word vectors of the built-in embedding have {EMBEDDING_WIDTH} numbers, not {self.width}")

    @property
    def is_projected(self) -> bool:
        return self.width != self.hidden

    @property
    def has_some_words(self) -> bool:
        """Whether its table leaves pieces out."""
        return 0 < self.words < VOCABULARY


@dataclass(frozen=True, slots=True)
class TensorLayout:
    """``dtype`` is one of the file's: F32, I32, or I8 with a scale for each last index, of which ``.scales`` holds one
    (of the first index for the table of word vectors).
    """

    name: str
    dtype: str
    shape: tuple[int, ...]


def tensors_of(shape: ReaderShape) -> list[TensorLayout]:
    """In the file's order: those of four bytes first, so that each lies at a multiple of its size.

    A matrix is (inputs, outputs), as it is multiplied: the transpose of PyTorch's.
    """
    matrices = [TensorLayout(name, "I8", own) for name, own in matrices_of(shape).items()]
    scales = [TensorLayout(f"{t.name}{SCALES}", "F32", (t.shape[0 if t.name == WORDS else 1],)) for t in matrices]
    floats = [TensorLayout(name, "F32", own) for name, own in floats_of(shape).items()]
    numbers = [TensorLayout(WORD_NUMBERS, "I32", (shape.words,))] if shape.has_some_words else []
    return [*floats, *scales, *numbers, *matrices]


def matrices_of(shape: ReaderShape) -> dict[str, tuple[int, int]]:
    """Those that are kept in 8 bits, by name."""
    hidden, matrices = shape.hidden, dict[str, tuple[int, int]]()
    if shape.words:
        matrices[WORDS] = (shape.words, shape.width)
    if shape.is_projected:
        matrices[PROJECTION] = (shape.width, hidden)
    for layer in layer_names(shape):
        matrices |= {f"{layer}.attention.self.{part}.weight": (hidden, hidden) for part in ATTENTION}
        matrices[f"{layer}.attention.output.dense.weight"] = (hidden, hidden)
        matrices[f"{layer}.intermediate.dense.weight"] = (hidden, shape.intermediate)
        matrices[f"{layer}.output.dense.weight"] = (shape.intermediate, hidden)
    return matrices


def floats_of(shape: ReaderShape) -> dict[str, tuple[int, ...]]:
    """Those that stay as they are, by name."""
    vector = (shape.hidden,)
    floats: dict[str, tuple[int, ...]] = {
        "embeddings.position_embeddings.weight": (shape.max_tokens, shape.hidden),
        "embeddings.token_type_embeddings.weight": (2, shape.hidden),
        **_norm("embeddings.LayerNorm", vector),
    }
    if shape.is_projected:
        floats["embeddings.projection.bias"] = vector
    for layer in layer_names(shape):
        floats |= {f"{layer}.attention.self.{part}.bias": vector for part in ATTENTION}
        floats[f"{layer}.attention.output.dense.bias"] = vector
        floats |= _norm(f"{layer}.attention.output.LayerNorm", vector)
        floats[f"{layer}.intermediate.dense.bias"] = (shape.intermediate,)
        floats[f"{layer}.output.dense.bias"] = vector
        floats |= _norm(f"{layer}.output.LayerNorm", vector)
    for head in ("relevance", "sentence"):
        floats |= {f"{head}.weight": (1, shape.hidden), f"{head}.bias": (1,)}
    return floats


def _norm(name: str, vector: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": vector, f"{name}.bias": vector}


def layer_names(shape: ReaderShape) -> Iterator[str]:
    return (f"encoder.layer.{number}" for number in range(shape.layers))
