"""Mixed precision: activations and products in bfloat16, weights and sums in float32. Imports Keras."""

from __future__ import annotations

import keras

PRECISIONS = ("float32", "mixed_bfloat16")
AUTO = "auto"
"""The faster of them on this machine."""


def chosen(name: str) -> str:
    """One of ``PRECISIONS``: the one that is named, or for ``AUTO`` bfloat16 where the machine multiplies in it.

    That halves the time of a step on a processor with AVX-512 BF16 or AMX; one without would imitate it, and be slower
    than in float32. On other backends than PyTorch there is nothing that tells, and ``AUTO`` is float32.
    """
    if name != AUTO:
        return name
    return PRECISIONS[keras.backend.backend() == "torch" and _torch_multiplies_bfloat16()]


def _torch_multiplies_bfloat16() -> bool:
    import torch

    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # Its public interface does not tell AVX-512 with these products from AVX-512 without.
    asked = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return not torch.backends.mps.is_available() and any(ask() for ask in asked if ask is not None)


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
