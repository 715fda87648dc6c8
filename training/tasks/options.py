"""What a user may say about a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from training.fitting import Schedule

T = TypeVar("T")

SETTINGS = ("batch", "learning_rate", "weight_decay", "warm_up_share", "average", "patience")
"""The schedule's numbers that a user may set, beside those that have an option of their own."""


def setting(words: str) -> tuple[str, float]:
    """``NAME=VALUE`` of one of ``SETTINGS``.

    Raises:
        ValueError: the name is none of them, or the value is no number in its range.
    """
    name, _, value = words.partition("=")
    if name not in SETTINGS:
        raise ValueError(f"{words}: the settings are {', '.join(SETTINGS)}, as in learning_rate=0.05")
    whole = name in ("batch", "patience")
    try:
        number = int(value) if whole else float(value)
    except ValueError:
        raise ValueError(f"{words}: {name} is a {'whole ' * whole}number") from None
    low, high = (1, 1_000_000) if whole else (0.0, 0.9999 if name in ("warm_up_share", "average") else 100.0)
    if not low <= number <= high:
        raise ValueError(f"{words}: {name} is from {low:g} to {high:g}")
    return name, number


@dataclass(frozen=True)
class Options:
    """Paths and overrides; ``None`` leaves the task's own setting.

    ``own`` says that ``data`` has a folder for each class of the user's own. ``start`` is a Keras file whose weights
    training starts from; ``once`` leaves out the later ``courses``; ``shipped_only`` what measures, and
    trains the network that ships alone; ``devices`` of this machine share each batch. ``limit`` takes only so many
    samples of each split: for trying things out, never for figures.
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
    once: bool = False
    devices: int = 1
    precision: str = "float32"
    settings: Mapping[str, float] = field(default_factory=dict)
    """Of ``SETTINGS``, instead of the schedule's own."""

    def apply(self, schedule: Schedule) -> Schedule:
        """The schedule with the overrides in it."""
        changes: dict[str, Any] = {
            name: value for name in ("epochs", "seed", "stop_after") if (value := getattr(self, name)) is not None
        }
        changes |= {"devices": self.devices, "precision": self.precision, **self.settings}
        return dataclasses.replace(schedule, **changes)

    def command(self, task: str) -> str:
        """What to type for the same model, ``DATA`` being the folder of the dataset."""
        given: list[tuple[str, Any]] = [
            ("--from", self.start and self.start.name),
            ("--epochs", self.epochs),
            ("--seed", self.seed),
            ("--stop-after", self.stop_after),
            ("--limit", self.limit),
            ("--precision", None if self.precision == "float32" else self.precision),
        ]
        given += [("--set", f"{name}={value}") for name, value in self.settings.items()]
        words = [f"mien-train {task} --data DATA", *(["--own"] if self.own else [])]
        words += [f"{name} {value}" for name, value in given if value is not None]
        flags = {"--once": self.once, "--shipped-only": self.shipped_only}
        return " ".join([*words, *(name for name, set_ in flags.items() if set_)])

    def some(self, samples: Sequence[T]) -> list[T]:
        """At most ``limit`` samples, spread evenly over the list."""
        if self.limit is None or self.limit >= len(samples):
            return list(samples)
        return [samples[i * len(samples) // self.limit] for i in range(self.limit)]
