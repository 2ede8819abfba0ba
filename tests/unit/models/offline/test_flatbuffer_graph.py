"""Graphs that LiteRT reads: what goes in, what comes out, for any number of tokens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from voicehelper.models.offline.flatbuffer_graph import OPEN, Graph

interpreter = pytest.importorskip("ai_edge_litert.interpreter")


def run(content: bytes, values: np.ndarray) -> Any:
    running = interpreter.Interpreter(model_content=content, num_threads=1)
    entry, result = running.get_input_details()[0]["index"], running.get_output_details()[0]["index"]
    running.resize_tensor_input(entry, values.shape)
    running.allocate_tensors()
    running.set_tensor(entry, values)
    running.invoke()
    return running.get_tensor(result)


@pytest.mark.parametrize("tokens", [1, 3, 17])
def test_any_number_of_tokens_is_computed(tokens: int) -> None:
    graph = Graph()
    entry = graph.values([OPEN, 2])
    axis = graph.constant(np.array([1], np.int32))
    mean = graph.operation("Mean", [entry, axis], [OPEN, 1], keepDims=True)
    content = graph.to_bytes(entry, graph.operation("Sub", [entry, mean], [OPEN, 2]))
    values = np.arange(2 * tokens, dtype=np.float32).reshape(tokens, 2) ** 2

    assert run(content, values) == pytest.approx(values - values.mean(axis=1, keepdims=True))


def test_weights_in_8_bits_have_a_scale_for_each_row() -> None:
    graph = Graph()
    entry = graph.values([OPEN, 2])
    weights = graph.constant(np.array([[1, 2], [-100, 127], [0, 4]], np.int8), np.array([1, 0.01, 0.5], np.float32))
    bias = graph.constant(np.array([0, 0, 10], np.float32))
    product = graph.operation(
        "FullyConnected", [entry, weights, bias], [OPEN, 3], version=9, asymmetricQuantizeInputs=True
    )
    result = run(graph.to_bytes(entry, product), np.array([[1, 0], [0, -2]], np.float32))

    assert result == pytest.approx(np.array([[1, -1, 10], [-4, -2.54, 6]]), abs=0.05)


def test_products_of_matrices_are_named_as_in_the_schema() -> None:
    graph = Graph()
    entry = graph.values([OPEN, 2])
    weights = graph.operation("BatchMatMul", [entry, entry], [OPEN, OPEN], adjY=True)
    content = graph.to_bytes(entry, graph.operation("Softmax", [weights], [OPEN, OPEN], beta=1.0))

    assert run(content, np.zeros((4, 2), np.float32)) == pytest.approx(np.full((4, 4), 0.25))
