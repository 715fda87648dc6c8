"""When somebody speaks: decisions ten times a second, and the gate that turns them into "speaks" and "is silent".

``webapp/src/speech`` does the same; tests hold both against each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DECISION_FRAMES = 5
"""A decision is made every so many frames (0.1 s)."""

NEWEST_FRAMES = 8
"""A decision is about the newest frames of its window (0.16 s)."""

READ_AFTER = 5
"""Decisions with speech, within one opening of the gate, after which an emotion is read: a click is no voice."""


@dataclass(frozen=True)
class Gate:
    """Opens as soon as a decision is sure enough, and closes when none was for a while."""

    open_at: float = 0.5
    """Probability of speech at which the gate opens."""
    keep_at: float = 0.3
    """Probability that keeps it open."""
    hangover: int = 5
    """Decisions under ``keep_at`` after which it closes: pauses between words are no silence."""

    def run(self, probabilities: NDArray[np.floating]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Whether the gate is open after each decision, and how many with speech there were since it opened."""
        states = np.zeros(len(probabilities), np.bool_)
        spoken = np.zeros(len(probabilities), np.int64)
        left = heard = 0
        for i, probability in enumerate(probabilities):
            if probability >= (self.keep_at if left else self.open_at):
                left, heard = self.hangover, heard + 1
            elif left:
                left -= 1
            heard = heard if left else 0
            states[i], spoken[i] = left > 0, heard
        return states, spoken


def decision_ends(frames: int) -> NDArray[np.intp]:
    """Index of the newest frame of each decision in a signal of so many frames."""
    return np.arange(DECISION_FRAMES - 1, frames, DECISION_FRAMES)


def decision_windows(decibels: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """decisions x length x bands: for each decision the frames up to its newest one.

    Before the signal there is its first frame, again and again.

    Args:
        decibels: The log-mel of a signal, frames x bands, dB.
        length: Frames that the network sees.
    """
    ends = decision_ends(len(decibels))
    places = np.maximum(0, ends[:, None] + np.arange(1 - length, 1)[None])
    windows: NDArray[np.float64] = decibels[places]
    return windows


def decision_truth(speech: NDArray[np.bool_], ends: NDArray[np.intp]) -> NDArray[np.int8]:
    """For each decision 1 where its newest frames hold at least 60 ms of speech, 0 where none, -1 in between."""
    sums = np.concatenate([[0], np.cumsum(speech)])
    counts = sums[ends + 1] - sums[np.maximum(0, ends + 1 - NEWEST_FRAMES)]
    return np.where(counts >= 3, 1, np.where(counts == 0, 0, -1)).astype(np.int8)
