"""Getting used to a voice: what the readings of one speaker have in common is the voice's, not the emotion's.

A reading is taken as the class's mean log-probabilities, plus an offset of the speaker's, plus noise: the two-level
Gaussian model of speaker adaptation (S. Prince, J. Elder, "Probabilistic Linear Discriminant Analysis", ICCV 2007), on
the network's own outputs and with the classes unknown. The offset is found by expectation and maximisation, and so is
how often each class occurs: what the classes explain is no voice, so that who is calm all day is not taken for somebody
whose calm means nothing. ``webapp/src/speech/known_voice.ts`` does the same in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation import softmax

ITERATIONS = 10
FLOOR = 1e-6
"""Of probabilities, before their logarithm is taken."""
RIDGE = 1e-3
"""Added to the noise: centred logarithms sum to 0, so that their covariance alone has no inverse."""

EVIDENCE = 3.0
"""All readings of a voice together count for no more than so many of unlike sound. Without this limit and the next one
RAVDESS's clips had a UAR of 0.73 once the voice was known, instead of 0.71, but of a speaker who had been heard in one
emotion alone 50 % were read rightly, instead of 69 %."""
HABIT = 0.1
"""So many readings of each class are supposed before the first: a session may well be of one class alone."""
MEMORY = 300
"""So many readings of a stream are remembered: at one in 0.3 s, a minute and a half of speech."""


@dataclass(frozen=True)
class Voices:
    """How voices differ: C classes, centred log-probabilities (natural), C x C each."""

    means: NDArray[np.float64]
    """A row for each class: the mean of its readings."""
    within: NDArray[np.float64]
    """Covariance of the readings of a class, ``RIDGE`` added."""
    between: NDArray[np.float64]
    """Covariance of the speakers' offsets."""

    def to_spec(self, digits: int = 4) -> dict[str, Any]:
        """For ``spec.json``."""
        return {name: getattr(self, name).round(digits).tolist() for name in ("means", "within", "between")}

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> Voices:
        """The inverse of ``to_spec``."""
        return cls(*(np.array(spec[name], np.float64) for name in ("means", "within", "between")))


def centred_logs(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """N x C logarithms of probabilities, each row's mean taken away."""
    logs = np.log(np.maximum(probabilities, FLOOR))
    centred: NDArray[np.float64] = logs - logs.mean(axis=1, keepdims=True)
    return centred


def learn_voices(
    probabilities: NDArray[np.floating], labels: NDArray[np.integer], speakers: NDArray[np.integer]
) -> Voices | None:
    """From readings of speakers that the network had not heard; None where a class or a second speaker is missing.

    Args:
        probabilities: N x C, calibrated.
        labels: N true classes.
        speakers: N.
    """
    classes = probabilities.shape[1]
    if len(np.unique(labels)) < classes or len(np.unique(speakers)) < 2:
        return None
    logs = centred_logs(probabilities)
    means = np.stack([logs[labels == label].mean(axis=0) for label in range(classes)])
    rests = logs - means[labels]
    offsets = np.stack([rests[speakers == speaker].mean(axis=0) for speaker in np.unique(speakers)])
    return Voices(means, np.cov(rests.T) + RIDGE * np.eye(classes), np.cov(offsets.T))


def offset(voices: Voices, logs: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The most probable offset of a speaker: C values to take from their centred logs.

    Args:
        voices: What is known of other speakers.
        logs: N x C, centred.
        weights: N; 1 for a reading that shares no sound with another.
    """
    found = np.zeros(logs.shape[1])
    weights = weights * min(1.0, EVIDENCE / max(weights.sum(), EVIDENCE))
    spread = weights.sum() * voices.between + voices.within
    for _ in range(ITERATIONS):
        shares = softmax(logs - found)
        shares *= weights @ shares + HABIT
        shares /= shares.sum(axis=1, keepdims=True)
        found = voices.between @ np.linalg.solve(spread, weights @ (logs - shares @ voices.means))
    return found


def follow(voices: Voices, probabilities: NDArray[np.floating], weight: float) -> NDArray[np.float64]:
    """N x C: readings of a stream, each once the voice is known from those before it.

    Args:
        voices: What is known of other speakers.
        probabilities: N x C, calibrated, in the order of the stream.
        weight: Of a reading, 1 being one that shares no sound with another.
    """
    logs = centred_logs(probabilities)
    read = np.empty_like(logs)
    for i, one in enumerate(logs):
        before = logs[max(0, i - MEMORY) : i]
        read[i] = softmax((one - offset(voices, before, np.full(len(before), weight)))[None])[0]
    return read
