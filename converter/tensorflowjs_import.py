"""The one place that imports `tensorflowjs`, whose import fails on a fresh install of 4.22.0.

Its package imports, at module level, four packages that the path SavedModel -> graph model never calls:

- `tensorflow_decision_forests` (to load forests): needs a `ydf` built for another protobuf, and fails at import;
- `jax.experimental.jax2tf` (to convert JAX models): 300 MB for nothing;
- `tensorflow_hub` (to convert hub modules) and `tf_keras` (to convert Keras 2 files): neither is met here.

Empty modules take their names while tensorflowjs is imported, and are taken away again, so that nobody else in the
process meets one. Real packages, where installed, are left out as well: their import costs seconds and changes nothing.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

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


def graph_model_converter() -> ModuleType:
    """`tensorflowjs.converters.tf_saved_model_conversion_v2`, imported with stand-ins for what it never calls."""
    name = "tensorflowjs.converters.tf_saved_model_conversion_v2"
    if name in sys.modules:
        return sys.modules[name]
    with _stand_ins():
        return importlib.import_module(name)
