"""Rebuilds a TensorFlow Lite graph as a TensorFlow function with a dynamic batch.

Semantics of every operator: https://www.tensorflow.org/mlir/tfl_ops . Two things differ from TensorFlow: filters are
laid out differently, and shapes are written down with a batch of one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from ai_edge_litert import schema_py_generated as schema

from converter.errors import ConverterError
from converter.tflite_file import Operator, TfliteGraph

_PADDING = {schema.Padding.SAME: "SAME", schema.Padding.VALID: "VALID"}

_ACTIVATION: dict[int, Callable[[Any], Any]] = {
    schema.ActivationFunctionType.NONE: lambda x: x,
    schema.ActivationFunctionType.RELU: tf.nn.relu,
    schema.ActivationFunctionType.RELU6: tf.nn.relu6,
}


def rebuild(graph: TfliteGraph, *, input_name: str, output_names: Mapping[str, str]) -> tf.Module:
    """Makes a `tf.Module` whose signature `serving` computes what the file computes.

    Args:
        graph: the parsed file; it must have one input.
        input_name: name of the input in the signature; float32, the file's shape with a free batch dimension.
        output_names: name in the file -> name in the signature.

    Raises:
        ConverterError: an operator or activation is not known here, or an output is missing.
    """
    tensors = graph.tensors
    (input_index,) = graph.inputs
    found = {tensors[index].name: index for index in graph.outputs}
    missing = sorted(set(output_names) - set(found))
    if missing:
        raise ConverterError(
            f"The model has no outputs {missing}; it has {sorted(found)}.",
            where="TensorFlow Lite graph",
            do="use face_detection_short_range.tflite of the pinned package",
        )
    _refuse_unknown(graph)
    shape = [None, *tensors[input_index].shape[1:]]

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32, name=input_name)])  # type: ignore[untyped-decorator]
    def serving(frame: Any) -> dict[str, Any]:
        values: dict[int, Any] = {i: t.constant for i, t in enumerate(tensors) if t.constant is not None}
        values[input_index] = frame
        for operator in graph.operators:
            arguments = [values[index] if index >= 0 else None for index in operator.inputs]
            (output,) = operator.outputs
            result = _BUILDERS[operator.name](operator, arguments, tensors[output].shape)
            values[output] = result
        return {name: tf.identity(values[found[inner]], name=name) for inner, name in output_names.items()}

    module = tf.Module()
    module.serving = serving
    return module


def _refuse_unknown(graph: TfliteGraph) -> None:
    unknown = sorted({operator.name for operator in graph.operators} - set(_BUILDERS))
    if unknown:
        raise ConverterError(
            f"The operators {unknown} are not known to the converter.",
            where="converter/tflite_rebuild.py",
            do="add a builder for each, or use the pinned detector",
        )


def _activate(value: Any, code: int) -> Any:
    if code not in _ACTIVATION:
        raise ConverterError(
            f"The fused activation number {code} is not known to the converter.",
            where="converter/tflite_rebuild.py",
            do="add it to _ACTIVATION",
        )
    return _ACTIVATION[code](value)


def _conv_2d(operator: Operator, arguments: Sequence[Any], _: tuple[int, ...]) -> Any:
    value, weights, bias = arguments
    options = operator.options
    value = tf.nn.conv2d(
        value,
        np.transpose(weights, (1, 2, 3, 0)),  # out, height, width, in -> height, width, in, out
        strides=[options.strideH, options.strideW],
        padding=_PADDING[options.padding],
        dilations=[options.dilationHFactor, options.dilationWFactor],
    )
    return _activate(value if bias is None else tf.nn.bias_add(value, bias), options.fusedActivationFunction)


def _depthwise_conv_2d(operator: Operator, arguments: Sequence[Any], _: tuple[int, ...]) -> Any:
    value, weights, bias = arguments
    options = operator.options
    _, height, width, channels = weights.shape
    value = tf.nn.depthwise_conv2d(
        value,
        # 1, height, width, in * multiplier -> height, width, in, multiplier
        np.reshape(weights, (height, width, channels // options.depthMultiplier, options.depthMultiplier)),
        strides=[1, options.strideH, options.strideW, 1],
        padding=_PADDING[options.padding],
        dilations=[options.dilationHFactor, options.dilationWFactor],
    )
    return _activate(value if bias is None else tf.nn.bias_add(value, bias), options.fusedActivationFunction)


def _max_pool_2d(operator: Operator, arguments: Sequence[Any], _: tuple[int, ...]) -> Any:
    options = operator.options
    value = tf.nn.max_pool2d(
        arguments[0],
        ksize=[options.filterHeight, options.filterWidth],
        strides=[options.strideH, options.strideW],
        padding=_PADDING[options.padding],
    )
    return _activate(value, options.fusedActivationFunction)


def _reshape(_: Operator, arguments: Sequence[Any], shape: tuple[int, ...]) -> Any:
    # The file's shapes have a batch of one. All but the batch is fixed, so the batch can be the inferred dimension.
    return tf.reshape(arguments[0], [-1, *shape[1:]])


def _add(operator: Operator, arguments: Sequence[Any], _: tuple[int, ...]) -> Any:
    return _activate(tf.add(arguments[0], arguments[1]), operator.options.fusedActivationFunction)


def _concatenation(operator: Operator, arguments: Sequence[Any], _: tuple[int, ...]) -> Any:
    return _activate(tf.concat(list(arguments), operator.options.axis), operator.options.fusedActivationFunction)


def _dequantize(_: Operator, arguments: Sequence[Any], __: tuple[int, ...]) -> Any:
    # Only constants kept as float16 are met here; widening them is exact.
    return np.asarray(arguments[0], np.float32)


_BUILDERS: Mapping[str, Callable[[Operator, Sequence[Any], tuple[int, ...]], Any]] = {
    "ADD": _add,
    "CONCATENATION": _concatenation,
    "CONV_2D": _conv_2d,
    "DEPTHWISE_CONV_2D": _depthwise_conv_2d,
    "DEQUANTIZE": _dequantize,
    "MAX_POOL_2D": _max_pool_2d,
    "PAD": lambda _, arguments, __: tf.pad(arguments[0], arguments[1]),
    "RELU": lambda _, arguments, __: tf.nn.relu(arguments[0]),
    "RESHAPE": _reshape,
}
