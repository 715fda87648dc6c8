"""What the browser read, against the labels of the datasets: the `metrics` of a spec."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from converter.groups import by_group, worst_groups
from training.datasets.fer2013 import LABELS as FER_LABELS
from training.datasets.fer2013 import FerSample
from training.datasets.own import OwnSample
from training.datasets.utkface import GENDERS, UtkSample
from training.evaluation import (
    accuracy,
    bootstrap_interval,
    class_figures,
    confusion,
    debiased,
    ece,
    macro_f1,
    reliability,
    uar,
)

Reading = Mapping[str, Any]
Indices = NDArray[np.intp]
Figure = Callable[[Indices], float]

DIGITS = 4
"""Decimals of a written figure: finer than its interval by far."""

ECE_RESAMPLES = 500
"""The calibration error takes a hundred times as long to compute as an accuracy."""

FAR_OFF_YEARS = 10
"""An age reading that errs by more is counted as far off."""


def probabilities_of(readings: Sequence[Reading], output: str, labels: Sequence[str]) -> NDArray[np.float64]:
    """N x classes, in the order of `labels`, from readings that name theirs."""
    return np.array([[reading[output]["probabilities"][label] for label in labels] for reading in readings])


def emotion_figures(
    samples: Sequence[FerSample | OwnSample],
    readings: Sequence[Reading],
    majorities: Sequence[int | None] | None = None,
    *,
    names: Sequence[str] = FER_LABELS,
    dataset: str = "FER2013",
    split: str = "PrivateTest",
) -> dict[str, Any]:
    """Accuracy, macro F1, unweighted recall and calibration error, each with its interval; figures by class, confusion
    matrix (rows are the truth) and reliability diagram.

    Args:
        samples: the pictures, with the dataset's own labels.
        readings: what the browser read in each.
        majorities: FER+ labels, where they are at hand; accuracy against them then stands beside, with its own n.
        names: of the labels, in the order in which the samples index them.
        dataset: what it is called.
        split: what the measured part of it is called.
    """
    labels = np.array([sample.label for sample in samples])
    probabilities = probabilities_of(readings, "emotion", names)
    top = probabilities.argmax(axis=1)
    figures: dict[str, Figure] = {
        "accuracy": lambda i: accuracy(labels[i], top[i]),
        "macro_f1": lambda i: macro_f1(labels[i], top[i]),
        "uar": lambda i: uar(labels[i], top[i]),
    }
    head = {"dataset": dataset, "split": split, "n": len(samples), "found": _found(readings)}
    written = head | _with_intervals(figures, len(samples)) | _calibration(labels, probabilities)
    if majorities is not None:
        agreed = np.array([label is not None for label in majorities])
        second = np.array([-1 if label is None else label for label in majorities])[agreed]
        again = top[agreed]
        written |= {"ferplus_n": len(second)}
        written |= _with_intervals({"ferplus_accuracy": lambda i: accuracy(second[i], again[i])}, len(second))
    counts = confusion(labels, top, len(names))
    return written | {
        "by_class": rounded(class_figures(labels, top, names)),
        "confusion": {"labels": list(names), "counts": counts.tolist()},
        "reliability": rounded(reliability(labels, probabilities)),
    }


def age_gender_figures(samples: Sequence[UtkSample], readings: Sequence[Reading]) -> dict[str, Any]:
    """Mean absolute error of age, gender accuracy and coverage of the age interval on UTKFace, whole and by group."""
    ages = np.array([sample.age for sample in samples])
    genders = np.array([sample.gender for sample in samples])
    years, low, high = (np.array([reading["age"][key] for reading in readings]) for key in ("years", "low", "high"))
    apart = years - ages
    covered = (low <= ages) & (ages <= high)
    probabilities = probabilities_of(readings, "gender", GENDERS)
    right = probabilities.argmax(axis=1) == genders
    figures: dict[str, Figure] = {
        "age_mae": lambda i: float(np.abs(apart[i]).mean()),
        "gender_accuracy": lambda i: float(right[i].mean()),
        "age_interval_coverage": lambda i: float(covered[i].mean()),
    }
    head = {"dataset": "UTKFace", "split": "test (by groups of near-duplicates)", "n": len(samples)}
    written = head | {"found": _found(readings)} | _with_intervals(figures, len(samples))
    written["age_far_off"] = round(float(np.mean(np.abs(apart) > FAR_OFF_YEARS)), DIGITS)
    # The mean signed error says which way a group is misread; it stands by group only, being nearly nothing overall.
    figures["age_bias"] = lambda i: float(apart[i].mean())
    parts = {
        **worst_groups(samples, figures),
        "by_group": by_group(samples, figures),
        "confusion": {"labels": list(GENDERS), "counts": confusion(genders, probabilities.argmax(1), 2).tolist()},
        "reliability": reliability(genders, probabilities),
    }
    return written | {name: rounded(part) for name, part in parts.items()}


def agreement(browser: NDArray[np.float64], python: NDArray[np.float64], speech: Sequence[bool]) -> dict[str, Any]:
    """How the browser's probabilities for clips (N x classes) compare with Python's, and how often it heard a voice."""
    return {
        "n": len(browser),
        "same_label": float(np.mean(browser.argmax(axis=1) == python.argmax(axis=1))),
        "max_probability_difference": float(f"{np.abs(browser - python).max():.2g}"),
        "speech_found": round(float(np.mean(speech)), DIGITS),
    }


def rounded(value: Any) -> Any:
    """The same lists and objects with every fraction rounded."""
    if isinstance(value, Mapping):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def _found(readings: Sequence[Reading]) -> float:
    return round(float(np.mean([reading["found"] for reading in readings])), DIGITS)


def _calibration(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> dict[str, Any]:
    without_bias, interval = debiased(lambda i: ece(labels[i], probabilities[i]), len(labels), resamples=ECE_RESAMPLES)
    figures = {"ece": ece(labels, probabilities), "ece_debiased": without_bias, "ece_interval": interval}
    return {name: rounded(figure) for name, figure in figures.items()}


def _with_intervals(figures: Mapping[str, Figure], n: int) -> dict[str, Any]:
    everything = np.arange(n)
    written: dict[str, Any] = {}
    for name, figure in figures.items():
        written[name] = round(figure(everything), DIGITS)
        written[f"{name}_interval"] = [round(bound, DIGITS) for bound in bootstrap_interval(figure, n)]
    return written
