"""What the browser read, against the labels of the datasets: the `metrics` of a spec."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.datasets.fer2013 import LABELS as FER_LABELS
from training.datasets.fer2013 import FerSample
from training.datasets.utkface import ETHNICITIES, GENDERS, UtkSample
from training.evaluation import accuracy, bootstrap_interval, ece, macro_f1, uar

Reading = Mapping[str, Any]
Indices = NDArray[np.intp]
Figure = Callable[[Indices], float]

DIGITS = 4
"""Decimals of a written figure: finer than its interval by far."""

AGE_GROUPS = ((0, 9), (10, 19), (20, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 116))


def probabilities_of(readings: Sequence[Reading], output: str, labels: Sequence[str]) -> NDArray[np.float64]:
    """N x classes, in the order of `labels`, from readings that name theirs."""
    return np.array([[reading[output]["probabilities"][label] for label in labels] for reading in readings])


def emotion_figures(
    samples: Sequence[FerSample], readings: Sequence[Reading], majorities: Sequence[int | None] | None = None
) -> dict[str, Any]:
    """Accuracy, macro F1, unweighted recall and calibration error on FER2013, each with its interval.

    Args:
        samples: the pictures, with FER2013's own labels.
        readings: what the browser read in each.
        majorities: FER+ labels, where they are at hand; accuracy against them then stands beside, with its own n.
    """
    labels = np.array([sample.label for sample in samples])
    probabilities = probabilities_of(readings, "emotion", FER_LABELS)
    top = probabilities.argmax(axis=1)
    figures: dict[str, Figure] = {
        "accuracy": lambda i: accuracy(labels[i], top[i]),
        "macro_f1": lambda i: macro_f1(labels[i], top[i]),
        "uar": lambda i: uar(labels[i], top[i]),
        "ece": lambda i: ece(labels[i], probabilities[i]),
    }
    head = {"dataset": "FER2013", "split": "PrivateTest", "n": len(samples), "found": _found(readings)}
    written = head | _with_intervals(figures, len(samples))
    if majorities is not None:
        agreed = np.array([label is not None for label in majorities])
        second = np.array([-1 if label is None else label for label in majorities])[agreed]
        again = top[agreed]
        written |= {"ferplus_n": len(second)}
        written |= _with_intervals({"ferplus_accuracy": lambda i: accuracy(second[i], again[i])}, len(second))
    return written


def age_gender_figures(samples: Sequence[UtkSample], readings: Sequence[Reading]) -> dict[str, Any]:
    """Mean absolute error of age, gender accuracy and coverage of the age interval on UTKFace, whole and by group."""
    ages = np.array([sample.age for sample in samples])
    male = np.array([GENDERS[sample.gender] == "male" for sample in samples])
    years, low, high = (np.array([reading["age"][key] for reading in readings]) for key in ("years", "low", "high"))
    errors = np.abs(years - ages)
    covered = (low <= ages) & (ages <= high)
    right = (probabilities_of(readings, "gender", ("female", "male")).argmax(axis=1) == 1) == male
    figures: dict[str, Figure] = {
        "age_mae": lambda i: float(errors[i].mean()),
        "gender_accuracy": lambda i: float(right[i].mean()),
        "age_interval_coverage": lambda i: float(covered[i].mean()),
    }
    groups: dict[str, NDArray[np.bool_]] = {"gender female": ~male, "gender male": male}
    ethnicities = np.array([sample.ethnicity for sample in samples])
    groups |= {f"labelled {name}": ethnicities == k for k, name in enumerate(ETHNICITIES)}
    groups |= {f"age {first} to {last}": (first <= ages) & (ages <= last) for first, last in AGE_GROUPS}
    by_group = {
        name: {"n": int(member.sum())}
        | {key: round(figure(np.flatnonzero(member)), DIGITS) for key, figure in figures.items()}
        for name, member in groups.items()
        if member.any()
    }
    head = {"dataset": "UTKFace", "split": "test (by groups of near-duplicates)", "n": len(samples)}
    return head | {"found": _found(readings)} | _with_intervals(figures, len(samples)) | {"by_group": by_group}


def agreement(browser: NDArray[np.float64], python: NDArray[np.float64], speech: Sequence[bool]) -> dict[str, Any]:
    """How the browser's probabilities for clips (N x classes) compare with Python's, and how often it heard a voice."""
    return {
        "n": len(browser),
        "same_label": float(np.mean(browser.argmax(axis=1) == python.argmax(axis=1))),
        "max_probability_difference": float(f"{np.abs(browser - python).max():.2g}"),
        "speech_found": round(float(np.mean(speech)), DIGITS),
    }


def _found(readings: Sequence[Reading]) -> float:
    return round(float(np.mean([reading["found"] for reading in readings])), DIGITS)


def _with_intervals(figures: Mapping[str, Figure], n: int) -> dict[str, Any]:
    everything = np.arange(n)
    written: dict[str, Any] = {}
    for name, figure in figures.items():
        written[name] = round(figure(everything), DIGITS)
        written[f"{name}_interval"] = [round(bound, DIGITS) for bound in bootstrap_interval(figure, n)]
    return written
