"""Batches that can be asked for again: the same epoch and index give the same bytes, in whatever run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.fitting import Batch, Schedule

MakeBatch = Callable[[NDArray[np.intp], np.random.Generator], Batch]
"""Chosen cases and a source of chance to inputs and targets."""


@dataclass(frozen=True)
class SeededBatches:
    """Shuffles ``cases`` training cases anew in each epoch and has ``make`` turn each batch's share into arrays.

    The order follows from seed and epoch, the chance given to ``make`` from seed, epoch and index: a resumed run draws
    what an unbroken one would have drawn. See ``fitting.Batches``.
    """

    cases: int
    schedule: Schedule
    make: MakeBatch

    @property
    def batches(self) -> int:
        """Full batches in an epoch; one where there are too few cases for that."""
        return max(1, self.cases // self.schedule.batch)

    def batch(self, epoch: int, index: int) -> Batch:
        """Inputs, and targets by output name."""
        seed, size = self.schedule.seed, self.schedule.batch
        order = np.random.default_rng([seed, epoch]).permutation(self.cases)
        chosen = order[index * size : (index + 1) * size]
        return self.make(chosen, np.random.default_rng([seed, epoch, index]))


def smoothed(labels: NDArray[np.integer], classes: int, share: float) -> NDArray[np.float32]:
    """N x classes targets: the label, and ``share`` of certainty spread evenly over all classes.

    C. Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, section 7.
    """
    sure = np.eye(classes, dtype=np.float32)[labels]
    targets: NDArray[np.float32] = sure * np.float32(1 - share) + np.float32(share / classes)
    return targets
