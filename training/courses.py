"""Later courses of training: each goes on from the network before, with that network's own opinions in the targets."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from training.fitting import Run, Schedule
from training.histories import folder_of
from training.tasks.options import Options


def later_courses(options: Options, first: Schedule, later: Sequence[Schedule]) -> list[Schedule]:
    """Their schedules with the options in them; none where the options end training before.

    Args:
        options: ``epochs`` and ``settings`` hold for each of the courses; ``stop_after`` counts the epochs of all.
        first: The first course's, with the options in it.
        later: The later courses' own, in order.
    """
    if options.once or options.own:
        return []
    courses: list[Schedule] = []
    left = None if options.stop_after is None else options.stop_after - first.epochs
    for i, own in enumerate(later, 1):
        if left is not None and left <= 0:
            break
        # Another seed, or it would learn from the very variants again.
        courses.append(dataclasses.replace(options.apply(own), seed=first.seed + i, stop_after=left))
        left = None if left is None else left - courses[-1].epochs
    return courses


def later_run(options: Options, number: int, config: dict[str, Any]) -> Run:
    """The run of the later course of that number, whether it is begun or resumed.

    Raises:
        DataError: the folder holds another run.
    """
    folder = options.out / folder_of(number)
    return Run(folder, config, options.resume and (folder / "config.json").is_file())
