"""Rounds a trained network's kernels to the levels that ship, so that what its layers compute changes least.

The nearest level of each weight by itself, which the converter takes where training has not rounded, is not the best:
the errors of weights that see like inputs add up, or can be made to cancel. What a kernel's rounding does to the
layer's outputs is, squared and averaged, e' H e for an output channel, with e the errors of its weights and H the
second moments of the inputs that they see (E. Frantar et al., "Optimal Brain Compression", NeurIPS 2022). Here one
weight after the other takes the level that makes that least, the others being as they are, until none changes:
coordinate descent from the nearest levels.

On FER2013's PublicTest it moved the readings of emotions less than a third as far as the nearest levels did, and less
than 255 levels instead of 95 for the large kernels would have; compressed, the files grew by a thousandth.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from training.devices import unshared
from training.kernel_levels import from_levels, most_levels, to_levels
from training.progress import progress

CASES = 512
"""So many inputs are looked at, at most; to a convolution each shows as many places as it has outputs."""
AT_ONCE = 64
DAMPING = 0.01
"""Of the mean second moment, added to each: a direction that these inputs happen not to have counts for a little."""
SWEEPS = 20
"""Through all weights, at most."""


def round_kernels(model: keras.Model, inputs: NDArray[np.float32]) -> None:
    """Round the kernels of convolutions and dense layers in place, each as the rounded ones before it let it see.

    Args:
        model: Functional, without networks within it. Depthwise kernels are left alone.
        inputs: At least one, as the network reads them: training cases, varied as in training.
    """
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D | keras.layers.Dense)]
    with unshared():
        for layer in progress(layers, "rounding kernels"):
            kernel = np.asarray(ops.convert_to_numpy(layer.kernel), np.float64)
            moments = second_moments(_seen(model, layer, inputs), kernel.size // kernel.shape[-1])
            layer.kernel.assign(rounded(kernel, moments))


def rounded(kernel: NDArray[np.float64], moments: NDArray[np.float64]) -> NDArray[np.float32]:
    """A kernel in levels: those that change what it computes least, as far as changing one at a time can tell.

    The greatest weight of each output channel keeps the most levels, which its scale follows from.

    Args:
        kernel: ... x output channels; K weights for each of these.
        moments: K x K second moments of the inputs of these weights.
    """
    weights = kernel.reshape(-1, kernel.shape[-1])
    most = most_levels(kernel)
    scales, nearest = to_levels(weights.astype(np.float32).reshape(kernel.shape))
    units = np.where(scales > 0, scales, 1).astype(np.float64)
    levels = nearest.reshape(weights.shape).astype(np.float64)
    moments = moments + DAMPING * np.diag(moments).mean() * np.eye(len(moments))
    # A weight whose input is always zero may have any level.
    steps = np.where(np.diag(moments) > 0, np.diag(moments), 1)
    greatest = np.abs(weights).argmax(axis=0)
    slopes = moments @ (levels - weights / units)
    for _ in range(SWEEPS):
        changed = False
        for i, level in enumerate(levels):
            better = np.clip(np.rint(level - slopes[i] / steps[i]), -most, most)
            better = np.where(greatest == i, level, better)
            moved = np.flatnonzero(better != level)
            if len(moved):
                slopes[:, moved] += np.outer(moments[i], (better - level)[moved])
                levels[i] = better
                changed = True
        if not changed:
            break
    return from_levels(scales, levels.astype(np.int8)).reshape(kernel.shape)


def second_moments(batches: Iterable[NDArray[np.float32]], size: int) -> NDArray[np.float64]:
    """The mean of x x' over all rows x, of ``size`` numbers each, of N x ... x size arrays."""
    total = np.zeros((size, size))
    count = 0
    for batch in batches:
        rows = batch.reshape(-1, size)
        total += rows.T @ rows
        count += len(rows)
    return total / count


def _seen(model: keras.Model, layer: Any, inputs: NDArray[np.float32]) -> Iterable[NDArray[np.float32]]:
    """What each weight of an output channel is multiplied with, in the order of the kernel's first axes."""
    before = keras.Model(model.input, layer.input)
    for start in range(0, len(inputs), AT_ONCE):
        seen = before.predict_on_batch(inputs[start : start + AT_ONCE])
        if isinstance(layer, keras.layers.Conv2D):
            seen = ops.image.extract_patches(seen, layer.kernel_size, layer.strides, padding=layer.padding)
        yield np.asarray(ops.convert_to_numpy(seen), np.float32)
