"""Mixed precision: activations and products in bfloat16, weights and sums in float32. Imports Keras."""

from __future__ import annotations

import keras

PRECISIONS = ("float32", "mixed_bfloat16")


def use_precision(name: str) -> None:
    """Have the networks that are built from here on compute in one of ``PRECISIONS``. Weights are float32 in both."""
    keras.config.set_dtype_policy(name)


def in_full_precision(model: keras.Model) -> None:
    """Have a trained network compute in float32 from now on: so it is measured, saved and converted."""
    layers = list(model._flatten_layers())  # those inside of other layers, too, which ``model.layers`` leaves out
    if all(layer.dtype_policy.name == "float32" for layer in layers):
        return
    for layer in layers:
        layer.dtype_policy = "float32"
    model.make_predict_function(force=True)  # a compiled one still has the casts
