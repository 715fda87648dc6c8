"""Figures against numbers computed by hand and by scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from training.calibration import fit_interval_temperature, fit_temperature
from training.evaluation import (
    accuracy,
    age_interval,
    bootstrap_interval,
    confusion,
    ece,
    macro_f1,
    mean_age,
    softmax,
    uar,
)


def test_figures_are_scikit_learns() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 7, 500)
    predictions = np.where(rng.random(500) < 0.6, labels, rng.integers(0, 7, 500))
    assert accuracy(labels, predictions) == pytest.approx(accuracy_score(labels, predictions))
    assert uar(labels, predictions) == pytest.approx(balanced_accuracy_score(labels, predictions))
    assert macro_f1(labels, predictions) == pytest.approx(f1_score(labels, predictions, average="macro"))


def test_confusion_counts_truth_by_row() -> None:
    counts = confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), 3)
    np.testing.assert_array_equal(counts, [[1, 1, 0], [0, 1, 0], [0, 0, 0]])


def test_ece_by_hand() -> None:
    # Two cases at 0.9, one right: |0.5 - 0.9|; two at 0.6, both right: |1 - 0.6|; each bin holds half of the cases.
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.4, 0.6]])
    assert ece(np.array([0, 1, 0, 1]), probabilities) == pytest.approx(0.5 * 0.4 + 0.5 * 0.4)


def test_ece_of_certainty_that_is_right_is_nothing() -> None:
    assert ece(np.array([0, 1]), np.eye(2)) == 0


def test_bootstrap_interval_is_the_binomials() -> None:
    right = np.arange(1000) < 700
    low, high = bootstrap_interval(lambda i: float(right[i].mean()), 1000)
    # 0.7 +- 1.96 sqrt(0.7 * 0.3 / 1000)
    assert low == pytest.approx(0.6716, abs=0.003)
    assert high == pytest.approx(0.7284, abs=0.003)
    assert [low, high] == bootstrap_interval(lambda i: float(right[i].mean()), 1000)


def test_age_interval_is_the_quantiles() -> None:
    flat = np.full((1, 100), 0.01)  # evenly spread over -0.5 to 99.5
    low, high = age_interval(flat, 0.9)
    assert low[0] == pytest.approx(4.5)
    assert high[0] == pytest.approx(94.5)
    assert mean_age(flat)[0] == pytest.approx(49.5)


def test_age_interval_stays_within_the_years() -> None:
    low, high = age_interval(np.eye(1, 5), 0.9)
    assert low[0] == 0
    assert high[0] == pytest.approx(0.45)
    low, high = age_interval(np.eye(5)[4:], 0.9)
    assert high[0] == 4


def test_temperature_undoes_overconfidence() -> None:
    rng = np.random.default_rng(2)
    logits = rng.normal(0, 1.5, (20_000, 4))
    labels = np.array([rng.choice(4, p=p) for p in softmax(logits)])
    temperature = fit_temperature(logits * 3, labels)
    assert temperature == pytest.approx(3, rel=0.05)
    assert ece(labels, softmax(logits * 3 / temperature)) < 0.02 < ece(labels, softmax(logits * 3))


def test_interval_temperature_gives_the_coverage() -> None:
    rng = np.random.default_rng(3)
    ages = rng.integers(20, 60, 3000)
    centres = ages + rng.normal(0, 5, 3000)
    logits = -0.5 * ((np.arange(117)[None] - centres[:, None]) / 2) ** 2  # believes in a deviation of 2, errs by 5
    temperature = fit_interval_temperature(logits, ages, 0.9)
    low, high = age_interval(softmax(logits / temperature), 0.9)
    assert np.mean((low <= ages) & (ages <= high)) == pytest.approx(0.9, abs=0.01)
    assert temperature == pytest.approx(6.25, rel=0.15)
