"""Shapes that a graph computes at every call, as constants: only the batch is unknown, and -1 stands for it."""

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

BATCHES = (2, 3)
"""What a shape is under both of them is the same under all; the one side that differs follows from the others."""


def with_fixed_shapes(module: tf.Module) -> tf.Module:
    """The same network with the same signature `serving`, its reshapes to fixed shapes; or `module`, where they are.

    Keras flattens a picture, or multiplies each frame of a sound by a matrix, by way of the input's shape: up to eleven
    small operators, each of which costs a page as much as a small convolution does.

    Args:
        module: Has a tf.function `serving` with one input, (None, ...), and a dict of outputs.
    """
    concrete = module.serving.get_concrete_function()
    frozen = convert_variables_to_constants_v2(concrete)
    graph = frozen.graph.as_graph_def()
    operators = {node.name: node.op for node in graph.node}
    reshapes = [node for node in graph.node if node.op == "Reshape" and operators[_node(node.input[1])] != "Const"]
    if not reshapes:
        return module
    for node, fixed in zip(reshapes, _fixed(frozen, [node.input[1] for node in reshapes]), strict=True):
        if fixed is not None:
            constant = graph.node.add(op="Const", name=f"{node.name}/fixed_shape")
            constant.attr["dtype"].type = tf.int32.as_datatype_enum
            constant.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(fixed, tf.int32))
            node.attr["Tshape"].type = tf.int32.as_datatype_enum
            node.input[1] = constant.name
    return _module(graph, frozen, module.serving.input_signature, sorted(concrete.structured_outputs))


def _fixed(frozen: Any, references: list[str]) -> list[np.ndarray | None]:
    """For each tensor that holds a shape: the shape with -1 for the batch, or None where that leaves two sides open."""
    [given] = frozen.inputs
    probe = frozen.prune(given, [frozen.graph.get_tensor_by_name(_tensor(name)) for name in references])
    found = [[shape.numpy() for shape in probe(tf.zeros([batch, *given.shape[1:]], given.dtype))] for batch in BATCHES]
    fixed: list[np.ndarray | None] = []
    for one, other in zip(*found, strict=True):
        shape = np.where(one != other, -1, one)
        # One side may follow from the others: not the batch where the network leaves another one open already.
        fixed.append(shape if (shape == -1).sum() <= 1 else None)
    return fixed


def _module(graph: Any, frozen: Any, signature: Any, names: list[str]) -> tf.Module:
    wrapped = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(graph, name=""), [])
    inputs, outputs = (
        [wrapped.graph.get_tensor_by_name(one.name) for one in ends] for ends in (frozen.inputs, frozen.outputs)
    )
    network = wrapped.prune(inputs, outputs)
    module = tf.Module()
    module.network = network
    module.serving = tf.function(lambda x: dict(zip(names, network(x), strict=True)), input_signature=signature)
    return module


def _node(reference: str) -> str:
    return reference.split(":")[0].lstrip("^")


def _tensor(reference: str) -> str:
    return reference if ":" in reference else f"{reference}:0"
