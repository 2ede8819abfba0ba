"""Builds a graph in the form of TensorFlow Lite, operation by operation; ``int8_graph`` is the caller.

One dimension may be left open: ``OPEN``, the number of tokens. Where a shape is wanted before an input is known, it
counts as one. Tensors are named by their numbers.

https://github.com/google-ai-edge/LiteRT/blob/main/tflite/converter/schema/schema.fbs
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from voicehelper.models.offline.weights import Floats

OPEN: Final = -1
_IDENTIFIER: Final = b"TFL3"
_SCHEMA_VERSION: Final = 3
_LAST_OLD_CODE: Final = 127  # operations beyond are named in a wider field alone
_TYPES: Final = {
    np.dtype(np.float32): schema.TensorType.FLOAT32,
    np.dtype(np.int32): schema.TensorType.INT32,
    np.dtype(np.int8): schema.TensorType.INT8,
}


class Graph:
    def __init__(self) -> None:
        self._buffers = [schema.BufferT()]  # the first one is empty, by convention
        self._tensors: list[Any] = []
        self._operations: list[Any] = []
        self._codes: dict[tuple[int, int], int] = {}  # (operation, its version) → number

    def values(self, shape: Sequence[int]) -> int:
        """A tensor of floats that is computed, or the graph's input."""
        tensor = self._tensor([1 if size == OPEN else size for size in shape], schema.TensorType.FLOAT32)
        tensor.shapeSignature = list(shape)
        return self._add(tensor)

    def constant(self, array: NDArray[Any], scales: Floats | None = None) -> int:
        """With ``scales``, 8-bit weights: one for each row, which it multiplies."""
        tensor = self._tensor(list(array.shape), _TYPES[array.dtype])
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(array.tobytes(), np.uint8)
        tensor.buffer = len(self._buffers)
        self._buffers.append(buffer)
        if scales is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = scales
            tensor.quantization.zeroPoint = np.zeros(len(scales), np.int64)
        return self._add(tensor)

    def operation(
        self, name: str, inputs: Sequence[int], shape: Sequence[int], version: int = 1, **options: object
    ) -> int:
        """``name`` as the schema spells its options ("BatchMatMul"), ``options`` as those of the schema; its output."""
        code = getattr(schema.BuiltinOperator, _upper(name))
        made = schema.OperatorT()
        made.opcodeIndex = self._codes.setdefault((code, version), len(self._codes))
        made.inputs, made.outputs = list(inputs), [self.values(shape)]
        if options:
            made.builtinOptionsType, made.builtinOptions = _options(name, options)
        self._operations.append(made)
        return int(made.outputs[0])

    def to_bytes(self, entry: int, result: int) -> bytes:
        part = schema.SubGraphT()
        part.tensors, part.operators, part.inputs, part.outputs = self._tensors, self._operations, [entry], [result]
        model = schema.ModelT()
        model.version, model.subgraphs, model.buffers = _SCHEMA_VERSION, [part], self._buffers
        model.operatorCodes = [_code(*key) for key in self._codes]
        builder = flatbuffers.Builder(sum(len(buffer.data) for buffer in self._buffers[1:]))
        builder.Finish(model.Pack(builder), _IDENTIFIER)
        return bytes(builder.Output())

    def _tensor(self, shape: list[int], kind: int) -> Any:
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.buffer, tensor.name = shape, kind, 0, str(len(self._tensors))
        return tensor

    def _add(self, tensor: Any) -> int:
        self._tensors.append(tensor)
        return len(self._tensors) - 1


def _upper(name: str) -> str:
    """ "BatchMatMul" → "BATCH_MATMUL": the schema's own spelling of an operation."""
    words = "".join(f"_{letter}" if letter.isupper() else letter for letter in name).removeprefix("_").upper()
    return words.replace("MAT_MUL", "MATMUL")


def _options(name: str, options: dict[str, object]) -> tuple[int, Any]:
    name = {"Mean": "Reducer"}.get(name, name)
    made = getattr(schema, f"{name}OptionsT")()
    for field, value in options.items():
        setattr(made, field, value)
    return getattr(schema.BuiltinOptions, f"{name}Options"), made


def _code(operation: int, version: int) -> Any:
    code = schema.OperatorCodeT()
    code.builtinCode, code.deprecatedBuiltinCode, code.version = operation, min(operation, _LAST_OLD_CODE), version
    return code
