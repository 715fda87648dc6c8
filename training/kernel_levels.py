"""The few levels that a kernel's weights have where they ship: a third of float16's bytes for a visitor to fetch.

Symmetric, per output channel: a weight is ``scale * level`` with whole levels of -47 to 47 (of -127 to 127 in a small
kernel), and each output channel has a scale of its own (R. Krishnamoorthi, Quantizing deep convolutional networks for
efficient inference, arXiv:1806.08342, section 2.2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVELS = 47
"""On each side of zero. A level takes a byte in the file, but a visitor fetches it compressed, and fewer levels
compress better: 127 would take a quarter more."""
FINE_LEVELS = 127
"""In a small kernel, which takes little room: all that is read goes through the few weights of the first one. On
PublicTest its 216 weights in 47 levels alone moved the readings of emotions nine times as far (in Kullback-Leibler
divergence) as any other kernel did, and changed one label in sixty. With this the readings are moved a fifth as far as
without, and those of age a third, for two and three hundredths more bytes."""
SMALL_KERNEL = 20_000
"""Weights of a small one, at most."""


def to_levels(kernel: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Scales (one for each index of the last axis) and levels (of the kernel's shape) of a float kernel.

    What ``from_levels`` gave has the same levels again, if some weight of each channel has the most.
    """
    most = most_levels(kernel)
    scales = (np.abs(kernel).reshape(-1, kernel.shape[-1]).max(axis=0) / most).astype(np.float32)
    levels = np.rint(np.divide(kernel, scales, out=np.zeros(kernel.shape), where=scales > 0))
    return scales, np.clip(levels, -most, most).astype(np.int8)


def most_levels(kernel: NDArray[Any]) -> int:
    """Levels on each side of zero, by the kernel's size."""
    return FINE_LEVELS if kernel.size <= SMALL_KERNEL else LEVELS


def from_levels(scales: NDArray[np.float32], levels: NDArray[np.int8]) -> NDArray[np.float32]:
    """The kernel that they stand for; float32 times float32, as the browser computes it."""
    return np.asarray(scales * levels.astype(np.float32), np.float32)
