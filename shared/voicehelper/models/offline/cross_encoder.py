"""A small trained reader in NumPy: question and window are read together, each sentence of the window is judged.

``CrossEncoder`` implements ``TrainedReader``; ``load_reader`` is the entry, ``factory`` the caller. Nogueira and Cho,
"Passage Re-ranking with BERT", 2019, for the input; a second head judges each sentence by the mean over its tokens.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from voicehelper.models.offline.reader_input import ReaderInput, Tokens, reader_input
from voicehelper.models.offline.reader_layout import ATTENTION, PROJECTION, layer_names
from voicehelper.models.offline.reader_weights import ReaderWeights, WrongWeightsError, map_reader_weights
from voicehelper.models.offline.transformer import Floats, Layer, Linear, Norm, apply_layer, layer_norm
from voicehelper.models.reading import ReaderUnavailableError, TextWindow, Thresholds, WindowScores, require_few

_KEPT_WINDOWS: Final = 64  # judged once where retrieval and the answer read the same


class Vocabulary(Tokens, Protocol):
    """The built-in embedding's tokens and word vectors."""

    def word_vectors(self, tokens: list[int]) -> Floats:
        """(n, 384)."""


class CrossEncoder:
    """Each window is read by itself: five at once would take a tenth less, and a score would depend on its neighbours'
    lengths in its last digits.
    """

    def __init__(self, weights: ReaderWeights, vocabulary: Vocabulary) -> None:
        self._shape, self._epsilon = weights.shape, weights.epsilon
        self.thresholds: Thresholds = weights.thresholds
        self.digest = weights.digest
        self._vocabulary = vocabulary
        self._word_vectors: Callable[[list[int]], Floats] = (
            weights.word_vectors if weights.shape.words else vocabulary.word_vectors
        )
        self._projection = _linear(weights, PROJECTION.removesuffix(".weight")) if weights.shape.is_projected else None
        self._positions: Floats = weights.tensor("embeddings.position_embeddings.weight")
        self._types: Floats = weights.tensor("embeddings.token_type_embeddings.weight")
        self._norm = _norm(weights, "embeddings.LayerNorm")
        self._layers = [_layer(weights, name) for name in layer_names(weights.shape)]
        self._relevance, self._sentence = _head(weights, "relevance"), _head(weights, "sentence")
        self._judged = functools.lru_cache(maxsize=_KEPT_WINDOWS)(self._judge)

    def score(self, question: str, windows: Sequence[TextWindow]) -> list[WindowScores]:
        require_few(windows)
        return [self._judged(question, window.title, window.sentences) for window in windows]

    def _judge(self, question: str, title: str, sentences: tuple[str, ...]) -> WindowScores:
        read = reader_input(self._vocabulary, self._shape.max_tokens, question, title, sentences)
        if read is None:
            return WindowScores(0.0, (0.0,) * len(sentences))
        values = self._values(read)
        relevance = _probability(self._relevance(values[:1]))
        means = (values[span].mean(axis=0, keepdims=True) if span.stop else None for span in read.spans)
        judged = (0.0 if mean is None else _probability(self._sentence(mean)) for mean in means)
        return WindowScores(relevance, tuple(judged))

    def _values(self, read: ReaderInput) -> Floats:
        """(tokens, hidden) after the last layer."""
        values = self._word_vectors(read.tokens)
        if self._projection:
            values = self._projection(values)
        values = values + self._positions[: len(read.tokens)]
        values[: read.question_end] += self._types[0]
        values[read.question_end :] += self._types[1]
        values = layer_norm(values, self._norm, self._epsilon)
        for layer in self._layers:
            values = apply_layer(layer, values, [slice(None)], heads=self._shape.heads, epsilon=self._epsilon)
        return values


def load_reader(path: Path) -> CrossEncoder:
    """ReaderUnavailableError, with the reason, if the file cannot be used or the embedding is not installed."""
    from voicehelper.models.offline.embedder import EmbeddingVocabulary

    try:
        return CrossEncoder(map_reader_weights(path), EmbeddingVocabulary())
    except (WrongWeightsError, OSError, ImportError) as error:
        raise ReaderUnavailableError(f"{path.name}: {error}") from error


def _probability(logit: Floats) -> float:
    """ReaderUnavailableError for what is no number: such weights judge nothing."""
    value = float(logit[0, 0])
    if not math.isfinite(value):
        raise ReaderUnavailableError("the weights give no number")
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def _head(weights: ReaderWeights, name: str) -> Linear:
    return Linear(weights.tensor(f"{name}.weight").T, weights.tensor(f"{name}.bias"))


def _norm(weights: ReaderWeights, name: str) -> Norm:
    return Norm(weights.tensor(f"{name}.weight"), weights.tensor(f"{name}.bias"))


def _linear(weights: ReaderWeights, *names: str) -> Linear:
    """Of several, side by side.

    In floats, made once for each process (7 ms and 19 MB for six layers of 256): NumPy multiplies them by its BLAS,
    integers without it, fifty times as slowly; and making them for each product would take a third more.
    """
    matrices = [weights.matrix(f"{name}.weight") for name in names]
    biases = [weights.tensor(f"{name}.bias") for name in names]
    return Linear(np.concatenate(matrices, axis=1), np.concatenate(biases))


def _layer(weights: ReaderWeights, name: str) -> Layer:
    return Layer(
        _linear(weights, *(f"{name}.attention.self.{part}" for part in ATTENTION)),
        _linear(weights, f"{name}.attention.output.dense"),
        _norm(weights, f"{name}.attention.output.LayerNorm"),
        _linear(weights, f"{name}.intermediate.dense"),
        _linear(weights, f"{name}.output.dense"),
        _norm(weights, f"{name}.output.LayerNorm"),
    )
