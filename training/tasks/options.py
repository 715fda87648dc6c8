"""What a user may say about a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from training.fitting import Schedule

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """Paths and overrides; ``None`` leaves the task's own setting.

    ``own`` says that ``data`` has a folder for each class of the user's own. ``start`` is a Keras file whose weights
    training starts from; ``shipped_only`` leaves out what measures and trains the network that ships alone. ``limit``
    takes only so many samples of each split: for trying things out, never for figures.
    """

    data: Path
    out: Path
    weights: Path
    resume: bool = False
    epochs: int | None = None
    seed: int | None = None
    stop_after: int | None = None
    limit: int | None = None
    start: Path | None = None
    shipped_only: bool = False
    own: bool = False

    def apply(self, schedule: Schedule) -> Schedule:
        """The schedule with the overrides in it."""
        changes = {
            name: value for name in ("epochs", "seed", "stop_after") if (value := getattr(self, name)) is not None
        }
        return dataclasses.replace(schedule, **changes)

    def command(self, task: str) -> str:
        """What to type for the same model, ``DATA`` being the folder of the dataset."""
        given = [
            ("--from", self.start and self.start.name),
            ("--epochs", self.epochs),
            ("--seed", self.seed),
            ("--stop-after", self.stop_after),
            ("--limit", self.limit),
        ]
        words = [f"mien-train {task} --data DATA", *(["--own"] if self.own else [])]
        words += [f"{name} {value}" for name, value in given if value is not None]
        return " ".join([*words, "--shipped-only"] if self.shipped_only else words)

    def some(self, samples: Sequence[T]) -> list[T]:
        """At most ``limit`` samples, spread evenly over the list."""
        if self.limit is None or self.limit >= len(samples):
            return list(samples)
        return [samples[i * len(samples) // self.limit] for i in range(self.limit)]
