"""Figures of the held-out speech predictions beyond accuracy: when to be unsure, on a microphone, women and men."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.datasets.ravdess import LABELS
from training.evaluation import bootstrap_interval, uar

PRECISION_WANTED = 0.75
"""Three of four labels that are shown without "unsure" are to be right."""
STEP = 0.01


def choose_threshold(labels: NDArray[np.integer], probabilities: NDArray[np.floating], wanted: float) -> float:
    """The lowest probability of the top label at and above which the share ``wanted`` of the labels is right.

    Args:
        labels: N true classes.
        probabilities: N x classes.
        wanted: 0..1.

    Returns:
        A multiple of 0.01; where no threshold reaches ``wanted``, the one at which most labels are right among those
        that leave a tenth of the cases.
    """
    top, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    steps = np.round(np.arange(0, 1, STEP), 2)
    kept = [step for step in steps if np.mean(top >= step) >= 0.1]
    precisions = [float(np.mean(right[top >= step])) for step in kept]
    reached = [step for step, precision in zip(kept, precisions, strict=True) if precision >= wanted]
    return float(reached[0] if reached else kept[int(np.argmax(precisions))])


def unsure_figures(
    labels: NDArray[np.integer], probabilities: NDArray[np.floating], folds: Sequence[NDArray[np.bool_]]
) -> dict[str, Any]:
    """Precision and coverage of the labels that are not called unsure, and the threshold for the shipped network.

    Each fold's threshold is chosen on the other folds' held-out predictions; the shipped one on all of them.

    Args:
        labels: N true classes.
        probabilities: N x classes, calibrated, held out.
        folds: For each fold which of the N it holds out.
    """
    top, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    sure = np.zeros(len(labels), np.bool_)
    for fold in folds:
        others = ~fold if len(folds) > 1 else fold
        sure[fold] = top[fold] >= choose_threshold(labels[others], probabilities[others], PRECISION_WANTED)

    def precision(i: NDArray[np.intp]) -> float:
        return float(right[i][sure[i]].mean()) if sure[i].any() else 0.0

    everything, n = np.arange(len(labels)), len(labels)
    return {
        "unsure_below": choose_threshold(labels, probabilities, PRECISION_WANTED),
        "sure_precision": precision(everything),
        "sure_precision_interval": bootstrap_interval(precision, n),
        "sure_coverage": float(sure.mean()),
        "sure_coverage_interval": bootstrap_interval(lambda i: float(sure[i].mean()), n),
    }


def microphone_figures(
    snr_db: float, labels: NDArray[np.integer], clean: NDArray[np.integer], heard: NDArray[np.integer]
) -> dict[str, Any]:
    """UAR after the simulated microphone, and by how many points it falls (paired: the same clips in each draw).

    Args:
        snr_db: For the names of the figures.
        labels: N true classes.
        clean: N predictions from the clips as they are.
        heard: N predictions from the same clips after the microphone.
    """
    name, n = f"microphone_{snr_db:.0f}db", len(labels)

    def drop(i: NDArray[np.intp]) -> float:
        return 100 * (uar(labels[i], clean[i]) - uar(labels[i], heard[i]))

    return {
        f"{name}_uar": uar(labels, heard),
        f"{name}_uar_interval": bootstrap_interval(lambda i: uar(labels[i], heard[i]), n),
        f"{name}_drop": drop(np.arange(n)),
        f"{name}_drop_interval": bootstrap_interval(drop, n),
    }


def sex_figures(
    labels: NDArray[np.integer], predictions: NDArray[np.integer], female: NDArray[np.bool_]
) -> dict[str, Any]:
    """By how many points women are read better than men, with an interval, and the recall of each class by sex."""

    def recalls(members: NDArray[np.bool_]) -> dict[str, float]:
        return {
            name: float(np.mean(predictions[members & (labels == k)] == k))
            for k, name in enumerate(LABELS)
            if (members & (labels == k)).any()
        }

    figures: dict[str, Any] = {"recall_by_sex": {"female": recalls(female), "male": recalls(~female)}}
    if female.any() and not female.all():

        def gap(i: NDArray[np.intp]) -> float:
            inside = female[i]
            return 100 * (
                uar(labels[i][inside], predictions[i][inside]) - uar(labels[i][~inside], predictions[i][~inside])
            )

        figures["uar_gap_by_sex"] = gap(np.arange(len(labels)))
        figures["uar_gap_by_sex_interval"] = bootstrap_interval(gap, len(labels))
    return figures
