"""A TensorFlow function to the files of a TensorFlow.js graph model: `model.json` and one shard of weights."""

import contextlib
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import tensorflow as tf

from converter.eight_bit import pack
from converter.errors import ConverterError
from converter.fixed_shapes import with_fixed_shapes
from converter.tensorflowjs_import import graph_model_converter

MODEL_FILE = "model.json"
SHARD_BYTES = 1 << 30
"""More than any model here has: one request fetches all weights of a model."""


def write_graph_model(module: tf.Module, folder: Path, *, eight_bit: bool = False, half: bool = True) -> None:
    """Writes `model.json` and `group1-shard1of1.bin` for the signature `module.serving` into `folder` (made if absent).

    Names of inputs and outputs in the signature are those of `serving`. Batch normalisations are folded into
    convolutions and activations fused by tensorflowjs; shapes are fixed but for the batch. With
    `eight_bit` kernels are rounded to eight bits (see `converter.eight_bit`), with `half` other weights to float16;
    integers stay.

    Raises:
        ConverterError: TensorFlow.js has no kernel for an operator, or lost an input or output.
    """
    converter = graph_model_converter()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        with _quiet():
            fixed = with_fixed_shapes(module)
            tf.saved_model.save(fixed, temporary, signatures={"serving_default": fixed.serving})
        try:
            with _quiet():
                converter.convert_tf_saved_model(
                    temporary,
                    str(folder),
                    weight_shard_size_bytes=SHARD_BYTES,
                )
        except ValueError as error:
            raise ConverterError(
                f"TensorFlow.js cannot run this model: {error}",
                where=folder,
                do="build the network from operators that TensorFlow.js has (tfjs.converters lists them)",
            ) from error
    _tidy(folder / MODEL_FILE)
    pack(folder, MODEL_FILE, eight_bit=eight_bit, half=half)
    _check_signature(module, folder / MODEL_FILE)


def operators(folder: Path) -> list[str]:
    """The operators of a written model, sorted, without constants and placeholders."""
    nodes = json.loads((folder / MODEL_FILE).read_text())["modelTopology"]["node"]
    return sorted({node["op"] for node in nodes} - {"Const", "Placeholder"})


def _tidy(path: Path) -> None:
    """Drops what only TensorFlow's optimiser reads, and spaces: half of the bytes that a visitor would fetch."""
    model = json.loads(path.read_text())
    for node in model["modelTopology"]["node"]:
        node.pop("device", None)
        attributes = node.get("attr", {})
        for name in [name for name in attributes if name.startswith("_")]:
            del attributes[name]
    path.write_text(json.dumps(model, separators=(",", ":"), sort_keys=True))


def _check_signature(module: tf.Module, path: Path) -> None:
    signature = json.loads(path.read_text())["signature"]
    concrete = module.serving.get_concrete_function()
    wanted_inputs = {spec.name for spec in module.serving.input_signature}
    wanted = {"inputs": wanted_inputs, "outputs": set(concrete.structured_outputs)}
    for side, names in wanted.items():
        if set(signature[side]) != names:
            raise ConverterError(
                f"The converted model names its {side} {sorted(signature[side])} instead of {sorted(names)}.",
                where=path,
                do="report this; the page finds outputs by these names",
            )


@contextlib.contextmanager
def _quiet() -> Any:
    # Both TensorFlow and tensorflowjs print progress of their own, which would bury ours.
    with contextlib.redirect_stdout(io.StringIO()):
        yield
