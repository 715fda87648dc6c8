"""Runs the shipped files in Python: what the browser computes, without a browser.

`model.json` holds a TensorFlow graph without its constants, and the shard holds these in float16 or eight bits. Both
are put together again and run by TensorFlow, so that the loss from rounding and from every rewriting is measured on the
files themselves.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf import json_format  # type: ignore[import-untyped, unused-ignore]
from numpy.typing import NDArray
from tensorflow.core.framework import graph_pb2, node_def_pb2

from converter.eight_bit import STORED, unpack
from converter.graph_model import MODEL_FILE

Array = NDArray[Any]
FUSED_DEPTHWISE = "FusedDepthwiseConv2dNative"
"""The one operator here that tensorflowjs invents: a depthwise convolution with bias and activation."""

_PLAIN = {FUSED_DEPTHWISE: "DepthwiseConv2dNative", "_FusedConv2D": "Conv2D", "_FusedMatMul": "MatMul"}
_ATTRIBUTES = ("T", "strides", "padding", "dilations", "data_format", "explicit_paddings", "transpose_a", "transpose_b")


def load_shipped(folder: Path) -> Callable[[Array], dict[str, NDArray[np.float32]]]:
    """Returns a function from a batch (the model's one input) to its outputs by name, as float32 arrays."""
    run, names = restored(folder)

    def call(batch: Array) -> dict[str, NDArray[np.float32]]:
        values = run(tf.constant(batch, tf.float32))
        return {name: np.asarray(value) for name, value in zip(names, values, strict=True)}

    return call


def restored(folder: Path, *, plain: bool = False) -> tuple[Any, list[str]]:
    """The shipped graph as a function of TensorFlow, and the names of its outputs in their order.

    ``plain`` takes the fused operators apart, which no other converter knows.
    """
    apart = set(_PLAIN) if plain else {FUSED_DEPTHWISE}
    model = json.loads((folder / MODEL_FILE).read_text())
    weights = read_weights(folder, model)
    graph = graph_pb2.GraphDef()
    for item in model["modelTopology"]["node"]:
        node = json_format.ParseDict(item, node_def_pb2.NodeDef())
        if node.op == "Const":
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(weights[node.name]))
        graph.node.extend(_unfused(node) if node.op in apart else [node])
    signature = model["signature"]
    (input_tensor,) = (item["name"] for item in signature["inputs"].values())
    names = sorted(signature["outputs"])

    def restore() -> None:
        tf.import_graph_def(graph, name="")

    function = tf.compat.v1.wrap_function(restore, [])
    outputs = [function.graph.as_graph_element(signature["outputs"][name]["name"]) for name in names]
    return function.prune(function.graph.as_graph_element(input_tensor), outputs), names


def read_weights(folder: Path, model: Mapping[str, Any]) -> dict[str, Array]:
    """All constants of a graph model by node name, as float32 where they are not integers.

    Format: https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts (WeightsManifestConfig).
    """
    weights: dict[str, Array] = {}
    for group in model["weightsManifest"]:
        data = b"".join((folder / path).read_bytes() for path in group["paths"])
        start = 0
        for entry in group["weights"]:
            kind = entry.get("quantization", entry)["dtype"]
            if kind == STORED:
                weights[entry["name"]], start = unpack(entry, data, start)
                continue
            stored = np.dtype(kind).newbyteorder("<")
            count = int(np.prod(entry["shape"], dtype=np.int64))
            value = np.frombuffer(data, stored, count, start).reshape(entry["shape"])
            weights[entry["name"]] = value.astype(entry["dtype"])
            start += count * stored.itemsize
    return weights


def _unfused(node: Any) -> list[Any]:
    """The operators of TensorFlow that make up a fused one; the last keeps its name."""
    steps = [step.decode() for step in node.attr["fused_ops"].list.s if step != b"NoOp"]
    names = [f"{node.name}/step{i}" for i in range(len(steps))] + [node.name]
    convolution = node_def_pb2.NodeDef(name=names[0], op=_PLAIN[node.op], input=node.input[:2])
    for attribute in _ATTRIBUTES:
        if attribute in node.attr:
            convolution.attr[attribute].CopyFrom(node.attr[attribute])
    nodes = [convolution]
    for i, step in enumerate(steps):
        extra = [node.input[2]] if step == "BiasAdd" else []
        follower = node_def_pb2.NodeDef(name=names[i + 1], op=step, input=[names[i], *extra])
        follower.attr["T"].CopyFrom(node.attr["T"])
        nodes.append(follower)
    return nodes
