"""Fits the one number by which logits are divided so that probabilities mean what they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from training.evaluation import age_interval, softmax

_BOUNDS = (-2.0, 2.0)
"""Of the temperature's natural logarithm: 0.14 to 7.4."""


def fit_temperature(logits: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """The temperature of the least negative log-likelihood (C. Guo et al., "On Calibration of Modern Neural Networks",
    ICML 2017).

    Args:
        logits: N x classes, of cases that the network was not trained on.
        labels: N class indices.
    """

    def loss(log_temperature: float) -> float:
        probabilities = softmax(logits / np.exp(log_temperature))
        return -float(np.mean(np.log(probabilities[np.arange(len(labels)), labels] + 1e-12)))

    return float(np.exp(minimize_scalar(loss, bounds=_BOUNDS, method="bounded").x))


def fit_interval_temperature(logits: NDArray[np.floating], ages: NDArray[np.integer], share: float) -> float:
    """The temperature at which the middle ``share`` of the age distribution holds the true age that often.

    Coverage grows with the temperature, so that bisection finds it.

    Args:
        logits: N x years, of cases that the network was not trained on.
        ages: N true ages in years.
        share: 0..1.
    """
    low, high = _BOUNDS
    for _ in range(30):
        middle = (low + high) / 2
        bounds = age_interval(softmax(logits / np.exp(middle)), share)
        if np.mean((bounds[0] <= ages) & (ages <= bounds[1])) < share:
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))
