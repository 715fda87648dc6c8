"""Reads a TensorFlow Lite flatbuffer into plain Python: tensors, constants and operators in execution order.

The schema's generated classes are those of `ai_edge_litert`, which the Python reference detector needs anyway.
Schema: https://github.com/google-ai-edge/LiteRT/blob/main/tflite/converter/schema/schema.fbs
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from converter.errors import ConverterError

Array = NDArray[Any]

FILE_IDENTIFIER = b"TFL3"
"""Bytes 4 to 8 of every TensorFlow Lite file."""

_NUMPY_TYPES: dict[int, np.dtype[Any]] = {
    schema.TensorType.FLOAT32: np.dtype("<f4"),
    schema.TensorType.FLOAT16: np.dtype("<f2"),
    schema.TensorType.INT32: np.dtype("<i4"),
    schema.TensorType.INT64: np.dtype("<i8"),
}


@dataclass(frozen=True)
class Tensor:
    """One tensor of the graph; `constant` is its value where the file holds one."""

    name: str
    shape: tuple[int, ...]
    constant: Array | None


@dataclass(frozen=True)
class Operator:
    """One operator: its schema name, the indices of its tensors (-1: an absent optional input) and its options."""

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any


@dataclass(frozen=True)
class TfliteGraph:
    """The only subgraph of a TensorFlow Lite model, operators in execution order."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def read_tflite(path: Path) -> TfliteGraph:
    """Reads `path`.

    Raises:
        ConverterError: the file is missing, is no TensorFlow Lite file, or holds more than one subgraph or types
            that are not read here.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConverterError(
            f"The TensorFlow Lite file cannot be read ({error.strerror}).",
            where=path,
            do="run `npm ci` in webapp/, or name the file in MIEN_DETECTOR",
        ) from error
    if data[4:8] != FILE_IDENTIFIER:
        raise ConverterError(
            "This is not a TensorFlow Lite file (its identifier is missing).",
            where=path,
            do="take face_detection_short_range.tflite from the npm package @mediapipe/face_detection",
        )
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    if len(model.subgraphs) != 1:
        raise ConverterError(
            f"The model has {len(model.subgraphs)} subgraphs; one is supported.",
            where=path,
            do="convert a model without control flow",
        )
    graph = model.subgraphs[0]
    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    return TfliteGraph(
        tensors=tuple(_tensor(item, model.buffers, path) for item in graph.tensors),
        operators=tuple(
            Operator(
                name=names[_operator_code(model.operatorCodes[item.opcodeIndex])],
                inputs=tuple(int(index) for index in item.inputs),
                outputs=tuple(int(index) for index in item.outputs),
                options=item.builtinOptions,
            )
            for item in graph.operators
        ),
        inputs=tuple(int(index) for index in graph.inputs),
        outputs=tuple(int(index) for index in graph.outputs),
    )


def _operator_code(code: Any) -> int:
    # Old files fill the deprecated 8-bit field, new ones the 32-bit field; the schema says to take the larger.
    return max(int(code.builtinCode), int(code.deprecatedBuiltinCode))


def _tensor(item: Any, buffers: Any, path: Path) -> Tensor:
    shape = tuple(int(size) for size in item.shape) if item.shape is not None else ()
    name = item.name.decode() if isinstance(item.name, bytes) else str(item.name)
    data = buffers[item.buffer].data
    if data is None or len(data) == 0:
        return Tensor(name, shape, None)
    if item.type not in _NUMPY_TYPES:
        raise ConverterError(
            f"The constant {name!r} has the type number {item.type}, which is not read here.",
            where=path,
            do="use a float32 or float16 model",
        )
    return Tensor(name, shape, np.asarray(data, np.uint8).view(_NUMPY_TYPES[item.type]).reshape(shape))
