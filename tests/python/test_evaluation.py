"""Figures against numbers computed by hand and by scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, precision_recall_fscore_support

from training.calibration import fit_interval_temperature, fit_temperature
from training.evaluation import (
    accuracy,
    age_interval,
    bootstrap_interval,
    class_figures,
    confusion,
    debiased,
    ece,
    macro_f1,
    mean_age,
    reliability,
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


def test_class_figures_are_scikit_learns() -> None:
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 4, 300)
    predictions = np.where(rng.random(300) < 0.5, labels, rng.integers(0, 3, 300))
    figures = class_figures(labels, predictions, ["a", "b", "c", "d"])
    precision, recall, f1, n = precision_recall_fscore_support(labels, predictions, zero_division=0)
    for k, name in enumerate("abcd"):
        expected = {"n": n[k], "recall": recall[k], "precision": precision[k], "f1": f1[k]}
        assert figures[name] == pytest.approx(expected)


def test_a_class_that_never_occurs_has_no_figures() -> None:
    assert list(class_figures(np.array([0, 0]), np.array([0, 2]), ["a", "b", "c"])) == ["a", "c"]
    assert class_figures(np.array([0, 0]), np.array([0, 2]), ["a", "b", "c"])["c"]["recall"] == 0


def test_reliability_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1], [0.88, 0.12], [0.6, 0.4], [0.4, 0.6]])
    low, high = reliability(np.array([0, 1, 0, 1]), probabilities, bins=10)
    assert low == pytest.approx({"confidence": 0.6, "accuracy": 1.0, "n": 2})
    assert high == pytest.approx({"confidence": 0.89, "accuracy": 0.5, "n": 2})


def test_the_eces_interval_holds_the_true_error_where_percentiles_do_not() -> None:
    # A model that says 0.02 more than is true, whatever it says: its error is 0.02 by construction.
    rng = np.random.default_rng(6)
    held = {"debiased": 0, "percentiles": 0}
    apart: dict[str, list[float]] = {"plain": [], "debiased": []}
    for _ in range(25):
        confidence = rng.uniform(0.55, 1, 1000)
        labels = (rng.random(1000) > confidence - 0.02).astype(int)
        probabilities = np.stack([confidence, 1 - confidence], axis=1)

        def figure(i: np.ndarray, labels: np.ndarray = labels, probabilities: np.ndarray = probabilities) -> float:
            return ece(labels[i], probabilities[i])

        estimate, (low, high) = debiased(figure, 1000, resamples=60)
        assert 0 <= low <= high
        held["debiased"] += low <= 0.02 <= high
        low, high = bootstrap_interval(figure, 1000, resamples=60)
        held["percentiles"] += low <= 0.02 <= high
        apart["plain"].append(ece(labels, probabilities) - 0.02)
        apart["debiased"].append(estimate - 0.02)
    assert held["debiased"] >= 20 > 15 > held["percentiles"]
    assert abs(np.mean(apart["debiased"])) < np.mean(apart["plain"]) / 2


def test_the_debiased_figure_is_twice_the_figure_less_the_draws() -> None:
    values = np.arange(50.0)
    estimate, (low, high) = debiased(lambda i: float(values[i].mean()), 50, resamples=500)
    plain = values.mean()
    percentiles = bootstrap_interval(lambda i: float(values[i].mean()), 50, resamples=500)
    assert estimate == pytest.approx(plain, abs=0.5)
    assert [low, high] == pytest.approx([2 * plain - percentiles[1], 2 * plain - percentiles[0]])


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
