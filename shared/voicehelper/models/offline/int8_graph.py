"""The transformer of multilingual-e5-small as a graph for LiteRT, its weights in 8 bits: one text's tokens at a time.

``graph_bytes`` is the entry, ``prepare`` the caller. Input: (tokens, hidden), the sum of word and position vectors;
output: the same shape, after the last layer. A weight is its 4-bit one rounded to 127 steps of its row's largest.
LiteRT rounds each token's values to 256 steps of their own range before a product.
Layers as in ``encoder``, which is the reference: Devlin et al., "BERT", NAACL 2019.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voicehelper.models.offline.flatbuffer_graph import OPEN, Graph
from voicehelper.models.offline.weights import Floats, dequantise
from voicehelper.models.offline.wheel import WheelModel

_STEPS: Final = 127  # of 8 bits, on each side of zero
_SCALES_BY_ROW: Final = 9  # the version of the operation that has them with float inputs


def graph_bytes(model: WheelModel) -> bytes:
    graph = _ModelGraph(model)
    entry = graph.values([OPEN, model.shape.hidden])
    values = graph.norm(entry, "emb.ln")
    for number in range(model.shape.layers):
        values = graph.layer(values, f"l{number}")
    return graph.to_bytes(entry, values)


class _ModelGraph(Graph):
    def __init__(self, model: WheelModel) -> None:
        super().__init__()
        self._model, self._hidden, self._heads = model, model.shape.hidden, model.shape.heads
        self._epsilon = self.constant(np.array([model.shape.epsilon], np.float32))
        self._last_axis = self.constant(np.array([1], np.int32))
        self._heads_first = self.constant(np.array([1, 0, 2], np.int32))  # its own inverse
        self._by_head = self.constant(np.array([OPEN, self._heads, self._hidden // self._heads], np.int32))
        self._side_by_side = self.constant(np.array([OPEN, self._hidden], np.int32))

    def layer(self, values: int, name: str) -> int:
        attention = self.linear(self.attention(values, name), f"{name}.ao")
        values = self.norm(self.operation("Add", [attention, values], [OPEN, self._hidden]), f"{name}.aln")
        inner = self.linear(values, f"{name}.fi")
        width = len(self._model.floats(f"{name}.fi.b"))
        output = self.linear(self.operation("Gelu", [inner], [OPEN, width], approximate=True), f"{name}.fo")
        return self.norm(self.operation("Add", [output, values], [OPEN, self._hidden]), f"{name}.oln")

    def attention(self, values: int, name: str) -> int:
        per_head = self._hidden // self._heads
        queries = self.heads(self.linear(values, f"{name}.q", per_head**-0.5))
        keys, weighted = (self.heads(self.linear(values, f"{name}.{part}")) for part in "kv")
        scores = self.operation("BatchMatMul", [queries, keys], [self._heads, OPEN, OPEN], adjY=True)
        weights = self.operation("Softmax", [scores], [self._heads, OPEN, OPEN], beta=1.0)
        context = self.operation("BatchMatMul", [weights, weighted], [self._heads, OPEN, per_head], adjY=False)
        by_token = self.operation("Transpose", [context, self._heads_first], [OPEN, self._heads, per_head])
        return self.operation("Reshape", [by_token, self._side_by_side], [OPEN, self._hidden])

    def heads(self, values: int) -> int:
        """(tokens, hidden) → (heads, tokens, hidden / heads)."""
        per_head = self._hidden // self._heads
        split = self.operation("Reshape", [values, self._by_head], [OPEN, self._heads, per_head])
        return self.operation("Transpose", [split, self._heads_first], [self._heads, OPEN, per_head])

    def linear(self, values: int, name: str, factor: float = 1.0) -> int:
        bias = self._model.floats(f"{name}.b") * np.float32(factor)
        weights, scales = _quantise(dequantise(self._model.blocks(f"{name}.w")).reshape(len(bias), -1))
        inputs = [values, self.constant(weights, scales * np.float32(factor)), self.constant(bias)]
        return self.operation(
            "FullyConnected",
            inputs,
            [OPEN, len(bias)],
            version=_SCALES_BY_ROW,
            keepNumDims=True,
            asymmetricQuantizeInputs=True,
        )

    def norm(self, values: int, name: str) -> int:
        whole = [OPEN, self._hidden]
        centred = self.operation("Sub", [values, self.mean(values)], whole)
        variance = self.mean(self.operation("Mul", [centred, centred], whole))
        inverse = self.operation("Rsqrt", [self.operation("Add", [variance, self._epsilon], [OPEN, 1])], [OPEN, 1])
        unit = self.operation("Mul", [centred, inverse], whole)
        scaled = self.operation("Mul", [unit, self.constant(self._model.floats(f"{name}.w"))], whole)
        return self.operation("Add", [scaled, self.constant(self._model.floats(f"{name}.b"))], whole)

    def mean(self, values: int) -> int:
        return self.operation("Mean", [values, self._last_axis], [OPEN, 1], keepDims=True)


def _quantise(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """(rows, columns) → the same in 8 bits, and each row's scale; no row of the model is all zeros."""
    scales: Floats = np.abs(matrix).max(axis=1).astype(np.float32) / np.float32(_STEPS)
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales
