"""The one place that imports `tensorflowjs`: 4.22.0 fails to import on a fresh install, and rewrites two things badly.

Its package imports, at module level, four packages that the path SavedModel -> graph model never calls:

- `tensorflow_decision_forests` (to load forests): needs a `ydf` built for another protobuf, and fails at import;
- `jax.experimental.jax2tf` (to convert JAX models): 300 MB for nothing;
- `tensorflow_hub` (to convert hub modules) and `tf_keras` (to convert Keras 2 files): neither is met here.

Empty modules take their names while tensorflowjs is imported, and are taken away again, so that nobody else in the
process meets one. Real packages, where installed, are left out as well: their import costs seconds and changes nothing.

Its `normalize_bias_add` takes every addition behind a convolution without bias for a bias, even a residual shortcut.
The graph so made is refused or misread by every runtime; ours asks that the addend is a constant vector.

And its first pass of TensorFlow's optimiser gathers a shortcut's addition and the two biases before it into one `AddN`,
so that neither bias can be fused with its convolution any more. We leave the arithmetic optimiser out of that pass; it
still runs in the second one, after the fusing.
"""

import importlib
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

STAND_INS = (
    "tensorflow_decision_forests",
    "tensorflow_hub",
    "tf_keras",
    "jax",
    "jax.experimental",
    "jax.experimental.jax2tf",
)


@contextmanager
def _stand_ins() -> Iterator[None]:
    before = {name: sys.modules.get(name) for name in STAND_INS}
    for name in STAND_INS:
        module = ModuleType(name, "Stand-in while tensorflowjs is imported; see converter/tensorflowjs_import.py.")
        module.__path__ = []
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
    try:
        yield
    finally:
        for name, module_before in before.items():
            if module_before is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module_before


def graph_model_converter() -> Any:
    """`tensorflowjs.converters.tf_saved_model_conversion_v2`, imported with stand-ins and mended."""
    name = "tensorflowjs.converters.tf_saved_model_conversion_v2"
    if name in sys.modules:
        return sys.modules[name]
    with _stand_ins():
        module: Any = importlib.import_module(name)
    module.normalize_bias_add.normalize_bias_add_op = additions_to_biases
    optimise = module._run_grappler

    def optimise_without_gathering(config: Any, *graphs: Any) -> Any:
        passes = config.graph_options.rewrite_options.optimizers
        if "remap" not in passes:  # which fuses, and is in the second pass only
            passes[:] = [name for name in passes if name != "arithmetic"]
        return optimise(config, *graphs)

    module._run_grappler = optimise_without_gathering
    return module


def additions_to_biases(graph: Any) -> Any:
    """Turns additions of a constant vector behind a convolution or matrix product into `BiasAdd`, which can be fused.

    Args:
        graph: a `GraphDef`; changed in place.

    Returns:
        The same graph.
    """
    nodes = {node.name: node for node in graph.node}
    uses = Counter(_source(name) for node in graph.node for name in node.input)
    for node in graph.node:
        if node.op not in ("Add", "AddV2"):
            continue
        product, addend = (_source(name) for name in node.input)
        if nodes[product].op in _WITH_BIAS and uses[product] == 1 and _is_vector(nodes[addend]):
            node.op = "BiasAdd"
            node.attr["data_format"].s = b"NHWC"
    return graph


_WITH_BIAS = ("Conv2D", "DepthwiseConv2dNative", "MatMul")


def _source(name: str) -> str:
    """The node behind the name of an input: `^node` and `node:1` are both of `node`."""
    return name.removeprefix("^").partition(":")[0]


def _is_vector(node: Any) -> bool:
    return node.op == "Const" and len(node.attr["value"].tensor.tensor_shape.dim) == 1
