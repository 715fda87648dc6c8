"""The worst mistakes of a model: wrong labels given with the most confidence, numbers that are farthest off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.cache import cache_folder
from training.pipeline.fingerprints import of_file
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
                f"{labels[int(top[i])]}, {100 * predictions.values[i, top[i]]:.0f} %",
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
    """Finds the files of test cases: in the folder of the data, and in the cache where archives are unpacked."""

    def __init__(self, data: Path) -> None:
        self._roots = (data, cache_folder() / "datasets")
        self._by_name: list[dict[str, list[Path]]] | None = None

    def find(self, name: str) -> Path | None:
        """The file at this place, else the one of this name; None where there is neither, or several that differ.

        Only files in the two folders are given, whatever a run folder from elsewhere says.
        """
        wanted = Path(name)
        if ".." not in wanted.parts:
            for root in self._roots:
                path = root / wanted  # an absolute path stays what it is
                if path.is_relative_to(root) and path.is_file():
                    return path
        if self._by_name is None:
            self._by_name = [_files_below(root) for root in self._roots]
        for by_name in self._by_name:
            # A clip that lies in two folders is the same clip: either serves.
            if found := by_name.get(wanted.name):
                return found[0] if len({of_file(path) for path in found}) == 1 else None
        return None


def _files_below(root: Path) -> dict[str, list[Path]]:
    by_name: dict[str, list[Path]] = {}
    for path in sorted(root.rglob("*")):
        by_name.setdefault(path.name, []).append(path)
    return by_name
