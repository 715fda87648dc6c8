"""What a trained network makes of the very cases that it learnt from.

A network of the same shape that learns from labels and such opinions can become better than its teacher (T. Furlanello
et al., "Born Again Neural Networks", ICML 2018).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from training.progress import progress

VIEWS = 8
"""Variations of a case whose readings are averaged."""
AT_ONCE = 256


def opinions(
    read: Callable[[NDArray[np.float32]], NDArray[np.float64]],
    vary: Callable[[NDArray[np.intp], np.random.Generator], NDArray[np.float32]],
    cases: int,
    seed: int,
) -> NDArray[np.float32]:
    """N x classes: the mean of the probabilities that ``read`` gives to ``VIEWS`` random variations of each case.

    Args:
        read: From inputs to probabilities.
        vary: From the indices of cases, and a source of chance, to inputs: as in training.
        cases: N, at least 1.
        seed: The same seed gives the same variations.
    """
    parts = []
    for start in progress(range(0, cases, AT_ONCE), "its own opinions"):
        chosen = np.arange(start, min(start + AT_ONCE, cases))
        rng = np.random.default_rng([seed, start])
        parts.append(np.mean([read(vary(chosen, rng)) for _ in range(VIEWS)], axis=0))
    mean: NDArray[np.float32] = np.concatenate(parts).astype(np.float32)
    return mean
