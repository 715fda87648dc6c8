"""Trains a teacher a fold and gathers what each says of the fold that it did not see."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from storage.files import replacing
from training import devices
from training.distillation import FOLDS
from training.fitting import Batches, Run, Schedule, fit
from training.preprocessing.face import FaceInput, standardise

STEPS = ((0, 0), (2, 0), (-2, 0), (0, 2), (0, -2))
"""Pixels by which a crop is shifted for another look at it; each is looked at mirrored, too."""

Readings = dict[str, NDArray[np.float32]]
"""By output name, N x ...: means over all looks."""


def looks(model: keras.Model, wide: NDArray[np.uint8], margin: int, target: FaceInput) -> list[Readings]:
    """What a network gives for each look at N crops with margin: by output name, N x outputs logits."""
    given = []
    for down, right in STEPS:
        height, width = wide.shape[1] - 2 * margin, wide.shape[2] - 2 * margin
        cut = wide[:, margin + down : margin + down + height, margin + right : margin + right + width]
        for faces in (cut, cut[:, :, ::-1]):
            given.append(devices.predict(model, standardise(faces, target), 256))
    return given


def held_out(folder: Path) -> Path:
    """Where a fold's readings lie once they are there."""
    return folder / "held-out.npz"


def teach(
    folder: Path,
    build: Callable[[], keras.Model],
    prepare: Callable[[keras.Model, Schedule], Batches],
    validate: Callable[[keras.Model], dict[str, float]],
    read: Callable[[keras.Model], Readings],
    schedule: Schedule,
    config: Mapping[str, object],
    resume: bool,
) -> None:
    """Train the teacher of one fold and leave its readings in ``folder``.

    Args:
        folder: The fold's run folder; nothing is done where the readings are there already.
        build: Makes the network.
        prepare: Compiles it, and makes the batches of the pictures of the other folds.
        validate: Figures on the validation split. They are shown; the last epoch is taken.
        read: What the network says of the fold's own pictures.
        schedule: Its seed is the fold's.
        config: What else the run depends on.
        resume: Go on where the folder holds a run.

    Raises:
        DataError: the folder holds another run, or one and ``resume`` is not set.
    """
    if held_out(folder).is_file():
        print(f"{folder}: done before")
        return
    keras.utils.set_random_seed(schedule.seed)
    model = build()
    batches = prepare(model, schedule)
    run = Run(folder, dict(config), resume and (folder / "config.json").is_file())
    print(f"{folder}: {model.count_params():,} parameters, {batches.batches} batches of {schedule.batch} an epoch")
    fit(model, batches, validate, None, schedule, run)
    readings = read(model)
    with replacing(held_out(folder)) as temporary:
        np.savez(temporary, **readings)  # type: ignore[arg-type]  # mypy takes them for its option


def gathered(folders: Callable[[int], Path], folds: NDArray[np.int64]) -> Readings | None:
    """The readings of all pictures, each by the teacher that did not see it; None while a fold's are missing."""
    if not all(held_out(folders(fold)).is_file() for fold in range(FOLDS)):
        return None
    whole: Readings = {}
    for fold in range(FOLDS):
        with np.load(held_out(folders(fold)), allow_pickle=False) as arrays:
            for name in arrays.files:
                values = arrays[name]
                whole.setdefault(name, np.empty((len(folds), *values.shape[1:]), np.float32))[folds == fold] = values
    return whole


def of_fold(schedule: Schedule, fold: int) -> Schedule:
    """The schedule with a seed of the fold's own."""
    return dataclasses.replace(schedule, seed=schedule.seed + fold)
