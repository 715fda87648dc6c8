"""A second course of training, which goes on from the first one's network with its own opinions in the targets."""

from __future__ import annotations

import dataclasses
from typing import Any

from training.fitting import Run, Schedule
from training.tasks.options import Options

FOLDER = "again"
"""Of the second course, in the run folder of the first."""


def second_course(options: Options, first: Schedule, again: Schedule) -> Schedule | None:
    """The second course's schedule, or None where the options end training before it begins.

    Args:
        options: ``epochs`` and ``settings`` hold for each of the courses; ``stop_after`` counts the epochs of both.
        first: The first course's, with the options in it.
        again: The second course's own.
    """
    if options.once or options.own:
        return None
    # Another seed, or it would learn from the very variants again.
    second = dataclasses.replace(options.apply(again), seed=first.seed + 1)
    if options.stop_after is None:
        return second
    left = options.stop_after - first.epochs
    return dataclasses.replace(second, stop_after=left) if left > 0 else None


def second_run(options: Options, config: dict[str, Any]) -> Run:
    """Its run folder, whether it is begun or resumed.

    Raises:
        DataError: the folder holds another run.
    """
    folder = options.out / FOLDER
    return Run(folder, config, options.resume and (folder / "config.json").is_file())


def one_after_another(first: list[dict[str, float]], second: list[dict[str, float]]) -> list[dict[str, float]]:
    """The history of both courses, with the epochs numbered through."""
    return first + [record | {"epoch": record["epoch"] + len(first)} for record in second]
