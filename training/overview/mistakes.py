"""The worst mistakes of a model: wrong labels given with the most confidence, numbers that are farthest off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.predictions import Predictions

SHOWN = 12


@dataclass(frozen=True)
class Mistake:
    """One test case; ``case`` is its place among the predictions."""

    case: int
    truth: str
    said: str


def worst(predictions: Predictions, labels: Sequence[str], count: int = SHOWN) -> list[Mistake]:
    """The worst first; fewer than ``count`` where fewer cases are wrong.

    Args:
        predictions: Of one output.
        labels: Its labels; unused for numbers, which are years.
        count: How many at most.
    """
    if predictions.categorical:
        top = predictions.values.argmax(axis=1)
        wrong = np.flatnonzero(top != predictions.labels)
        order = wrong[np.argsort(-predictions.values[wrong, top[wrong]], kind="stable")][:count]
        return [
            Mistake(
                int(i),
                labels[int(predictions.labels[i])],
                f"{labels[int(top[i])]}, {predictions.values[i, top[i]]:.0%}",
            )
            for i in order
        ]
    apart = predictions.values - predictions.labels
    order = np.argsort(-np.abs(apart), kind="stable")[:count]
    return [
        Mistake(
            int(i),
            f"{int(predictions.labels[i])} years",
            f"{predictions.values[i]:.0f} ({abs(apart[i]):.0f} too {'old' if apart[i] > 0 else 'young'})",
        )
        for i in order
        if apart[i]
    ]


class Files:
    """Finds the file of a test case in a dataset's folder."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._by_name: dict[str, list[Path]] | None = None

    def find(self, name: str) -> Path | None:
        """The file at this place, else the only one of this name; None where there is neither."""
        if self._root is None:
            return None
        if not name.startswith("/") and ".." not in name.split("/") and (self._root / name).is_file():
            return self._root / name
        if self._by_name is None:
            self._by_name = {}
            for path in self._root.rglob("*"):
                self._by_name.setdefault(path.name, []).append(path)
        # A clip that lies in two folders is the same clip: the first one serves.
        found = sorted(self._by_name.get(name, ()))
        return found[0] if found else None
