"""Two runs on the same test cases: is one of them better, or is it chance?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.errors import DataError
from training.evaluation import accuracy, bootstrap_interval, ece, macro_f1, uar
from training.predictions import Predictions

Cases = NDArray[np.intp]
RESAMPLES = 1000


@dataclass(frozen=True)
class Difference:
    """One figure of both runs. ``interval`` is the 95 % interval of ``second - first``."""

    output: str
    figure: str
    greater_is_better: bool
    first: float
    second: float
    interval: tuple[float, float]

    @property
    def verdict(self) -> str:
        """Which run is better; "no telling" where the interval holds 0."""
        low, high = self.interval
        if low <= 0 <= high:
            return "no telling"
        return "second" if (low > 0) == self.greater_is_better else "first"


def compare(first: dict[str, Predictions], second: dict[str, Predictions]) -> Iterator[Difference]:
    """Every figure that both runs have, by a paired bootstrap: both are measured on the same drawn cases.

    B. Efron, R. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 16. The percentile interval of the
    difference; for the ECE, whose bias is about the same in both, as well.

    Raises:
        DataError: the runs have no output in common, or were measured on different cases.
    """
    common = [name for name in first if name in second]
    if not common:
        raise DataError(f"the runs have no output in common: {', '.join(first)} and {', '.join(second)}")
    for name in common:
        one, other = first[name], second[name]
        if not np.array_equal(one.labels, other.labels) or one.categorical != other.categorical:
            raise DataError(f"{name}: the runs were measured on different cases, or in different ways")
        for figure, (greater, of_first, of_second) in _figures(one, other).items():

            def gap(
                cases: Cases, a: Callable[[Cases], float] = of_first, b: Callable[[Cases], float] = of_second
            ) -> float:
                return b(cases) - a(cases)

            every = np.arange(len(one.labels))
            low, high = bootstrap_interval(gap, len(one.labels), resamples=RESAMPLES)
            yield Difference(name, figure, greater, of_first(every), of_second(every), (low, high))


Figure = tuple[bool, Callable[[Cases], float], Callable[[Cases], float]]


def _figures(first: Predictions, second: Predictions) -> dict[str, Figure]:
    def both(greater: bool, make: Callable[[Predictions], Callable[[Cases], float]]) -> Figure:
        return greater, make(first), make(second)

    if not first.categorical:
        return {"mean absolute error": both(False, _mae)}
    return {
        "accuracy": both(True, lambda p: _of_answers(p, accuracy)),
        "macro-F1": both(True, lambda p: _of_answers(p, macro_f1)),
        "UAR": both(True, lambda p: _of_answers(p, uar)),
        "ECE": both(False, lambda p: lambda cases: ece(p.labels[cases], p.values[cases])),
    }


def _of_answers(
    of: Predictions, figure: Callable[[NDArray[np.integer], NDArray[np.integer]], float]
) -> Callable[[Cases], float]:
    answers = of.values.argmax(axis=1)
    return lambda cases: figure(of.labels[cases], answers[cases])


def _mae(of: Predictions) -> Callable[[Cases], float]:
    errors = np.abs(of.values - of.labels)
    return lambda cases: float(errors[cases].mean())
