"""A transformer's layers in NumPy, normalised after each half; ``apply_layer`` is the entry.

``encoder`` and ``cross_encoder`` share it. Devlin et al., "BERT", NAACL 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Norm:
    weight: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Linear:
    weight: Floats  # (inputs, outputs)
    bias: Floats

    def __call__(self, values: Floats) -> Floats:
        product: Floats = values @ self.weight
        product += self.bias
        return product


@dataclass(frozen=True, slots=True)
class Layer:
    query_key_value: Linear  # queries, keys and values side by side
    attention_output: Linear
    attention_norm: Norm
    intermediate: Linear
    output: Linear
    output_norm: Norm


def apply_layer(layer: Layer, values: Floats, spans: Sequence[slice], *, heads: int, epsilon: float) -> Floats:
    context = _attention(layer.query_key_value(values), spans, heads)
    attention = layer.attention_output(context)
    attention += values
    values = layer_norm(attention, layer.attention_norm, epsilon)
    output = layer.output(gelu(layer.intermediate(values)))
    output += values
    return layer_norm(output, layer.output_norm, epsilon)


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


def layer_norm(values: Floats, norm: Norm, epsilon: float) -> Floats:
    values -= values.mean(axis=1, keepdims=True)
    values /= np.sqrt(np.einsum("ij,ij->i", values, values) / values.shape[1] + epsilon)[:, None]
    values *= norm.weight
    values += norm.bias
    return values


def gelu(values: Floats) -> Floats:
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
