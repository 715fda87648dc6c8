"""Later courses of training: each goes on from the network before, with that network's own opinions in the targets."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from training.fitting import Batches, Run, Schedule, describe, ended, fit
from training.histories import folder_of, one_after_another
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


@dataclass(frozen=True)
class Course:
    """A later course, as ``go_on`` goes through it."""

    schedule: Schedule
    noted: dict[str, Any]
    """What the result depends on beside the schedule: for ``config.json`` and ``spec.json``."""
    build: Callable[[], keras.Model]
    """Makes the network, untrained. What the course before left computes in float32, this one as it is trained."""
    prepare: Callable[[keras.Model, keras.Model], Batches]
    """From the network so far, and the one that goes on, to what that one learns from; compiles it."""

    def described(self) -> dict[str, Any]:
        """For ``spec.json``."""
        return describe(self.schedule) | self.noted


def go_on(
    model: keras.Model,
    history: list[dict[str, float]],
    courses: Sequence[Course],
    validate: Callable[[keras.Model], dict[str, float]],
    judge: str,
    config: dict[str, Any],
    options: Options,
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Go through the later courses, each from the network before.

    Args:
        model: The network that the first course made.
        history: Of the first course.
        courses: In order; each has its folder within ``options.out``.
        validate: As for ``fit``.
        judge: Likewise.
        config: Of the first course; the schedule in it gives way to each course's own.
        options: Of these ``out`` and ``resume``.

    Returns:
        The network in the end, and the history of all courses.

    Raises:
        DataError: a folder holds another run.
    """
    for number, course in enumerate(courses, 1):
        folder = options.out / folder_of(number)
        resume = options.resume and (folder / "config.json").is_file()
        run = Run(folder, config | {"schedule": describe(course.schedule)} | course.noted, resume)
        learnt, model = model, course.build()
        past = ended(model, judge, course.schedule, run)
        if past is None:
            which = f"course {1 + number} of {1 + len(courses)}"
            print(f"{which}: from the network so far, with its own opinions", flush=True)
            model.set_weights(learnt.get_weights())
            past = fit(model, course.prepare(learnt, model), validate, judge, course.schedule, run)
        history = one_after_another(history, past)
    return model, history
