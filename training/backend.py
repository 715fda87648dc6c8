"""Chooses the Keras backend before Keras is imported, and one that is fast on a CPU.

``KERAS_BACKEND`` decides where it is set. Otherwise PyTorch serves where it is installed: it trained these networks
two to five times faster on a CPU than TensorFlow or JAX (measured; DESIGN section 7).
"""

from __future__ import annotations

import importlib.util
import os
import sys


def choose_backend() -> str:
    """Set ``KERAS_BACKEND`` where it is unset; call it before the first import of Keras. Returns the backend's name."""
    if "KERAS_BACKEND" not in os.environ:
        for backend, module in (("torch", "torch"), ("jax", "jax"), ("tensorflow", "tensorflow")):
            if importlib.util.find_spec(module):
                os.environ["KERAS_BACKEND"] = backend
                break
    # TensorFlow, which other packages pull in where it is installed, greets with four lines about its build.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    chosen = os.environ.get("KERAS_BACKEND", "tensorflow")
    if chosen != "tensorflow":
        # Other backends need none of it, but Keras imports it wherever it is installed, to set its seed and to ask what
        # a value is: five seconds of each command. None is Python's own sign for what cannot be imported.
        sys.modules.setdefault("tensorflow", None)  # type: ignore[arg-type]
    return chosen
