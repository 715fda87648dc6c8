"""The steps from datasets to measured models, in their order: what each runs, needs and leaves behind."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from training.datasets.ferplus import votes_file
from training.errors import DataError
from training.pipeline import fingerprints
from training.pipeline.fingerprints import DATASET_OF, of_code, of_file, of_files, of_value
from training.pipeline.journal import Parts
from training.preprocessing.detector import detector_file
from training.provenance import packages

MODULES = {
    "face-emotion": "training.tasks.face_emotion",
    "face-age-gender": "training.tasks.face_age_gender",
    "speech-emotion": "training.tasks.speech_emotion",
    "voice-activity": "training.tasks.voice_activity",
}
"""The tasks in the order in which they are listed."""

LONGEST_FIRST = ("face-emotion", "face-age-gender", "speech-emotion", "voice-activity")
"""The tasks in the order in which they are trained: two side by side, the longest must not be left alone at the end."""

FACE_TASKS = ("face-emotion", "face-age-gender")
DETECTOR = "face-detector"
COMES_ALONG = dict.fromkeys(FACE_TASKS, DETECTOR) | {
    "speech-emotion": "voice-activity",
    "voice-activity": "speech-emotion",
}
"""The model that the browser loads with a task, so that figures depend on it, too."""


@dataclass(frozen=True)
class Places:
    """Where things lie. ``limit`` takes so many samples only; ``settings`` are more of ``mien-train``'s arguments."""

    data: Path
    runs: Path
    weights: Path
    models: Path
    dist: Path
    limit: int | None = None
    settings: tuple[str, ...] = ()

    def run(self, task: str) -> Path:
        """The run folder of a task."""
        return self.runs / task

    @property
    def limited(self) -> tuple[str, ...]:
        """The limit as arguments."""
        return () if self.limit is None else ("--limit", str(self.limit))


@dataclass(frozen=True)
class Step:
    """One command.

    ``trains`` names the task whose run folder it fills and can go on with; ``without`` are variables of the environment
    that it must not see: conversion needs Keras on TensorFlow, whatever backend trains. ``after`` names the steps that
    must have ended before it begins.
    """

    name: str
    command: tuple[str, ...]
    inputs: Callable[[], Parts]
    outputs: Callable[[], Parts]
    trains: str | None = None
    without: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass
class Steps:
    """Makes the steps for some tasks; datasets are hashed once for all of them."""

    places: Places
    tasks: tuple[str, ...] = tuple(MODULES)
    _dataset: Callable[[str], str] = field(init=False)

    def __post_init__(self) -> None:
        self._dataset = cache(lambda name: str(fingerprints.of_dataset(name, self.places.data)["sha256"]))

    def all(self) -> Iterator[Step]:
        """In an order in which they can be run one after another.

        Trainings wait for nothing. Conversions wait for all of them, so that the page never gets half a set. From then
        on each step waits for the one before: all of them write one catalogue, and the page that measures reads it.
        """
        trained = []
        for task in sorted(self.tasks, key=LONGEST_FIRST.index):
            trained.append(self._train(task))
            if task == "speech-emotion":
                trained.append(replace(self._evaluate(task), after=(trained[-1].name,)))
        yield from trained
        before = tuple(step.name for step in trained)
        for step in self._shipping():
            yield replace(step, after=before)
            before = (*before, step.name)

    def _shipping(self) -> Iterator[Step]:
        """Conversions, then measurements."""
        faces = [task for task in self.tasks if task in FACE_TASKS]
        for task in [*([DETECTOR] if faces else []), *self.tasks]:
            yield self._convert(task)
        for task in self.tasks:
            yield self._verify(task)
        for task in faces:
            yield self._verify(task, frames=True)

    def _train(self, task: str) -> Step:
        places = self.places
        words = ("--data", str(places.data), "--out", str(places.run(task)), "--weights", str(places.weights))
        return Step(
            f"train {task}",
            _python("training.cli.train", task, *words, *places.limited, *places.settings),
            lambda: (
                {
                    "data": self._dataset(DATASET_OF[task]),
                    "code": of_code(MODULES[task]),
                    "packages": of_value(packages()),
                    "settings": of_value([*places.limited, *places.settings, os.environ.get("KERAS_BACKEND", "")]),
                }
                | ({"detector": of_file(_detector())} if task in FACE_TASKS else {})
                | ({"second labels": self._votes()} if task == "face-emotion" else {})
            ),
            lambda: {
                "weights": of_file(places.weights / f"{task}.keras"),
                "spec": of_value(_parts(places.weights / f"{task}.json", "task", "input", "training")),
            },
            trains=task,
        )

    def _evaluate(self, task: str) -> Step:
        places = self.places
        words = ("--data", str(places.data), "--out", str(places.run(task)), "--weights", str(places.weights))
        spec = places.weights / f"{task}.json"
        return Step(
            f"evaluate {task}",
            _python("training.cli.evaluate", task, *words, *places.limited),
            lambda: {
                "weights": of_file(places.weights / f"{task}.keras"),
                "data": self._dataset(DATASET_OF[task]),
                "code": of_code(MODULES[task]),
            },
            lambda: {"figures": of_value(_parts(spec, "outputs", "metrics"))},
        )

    def _convert(self, task: str) -> Step:
        places = self.places
        words = ("--weights", str(places.weights), "--out", str(places.models))
        trained = [places.weights / f"{task}{suffix}" for suffix in (".keras", ".json")]
        return Step(
            f"convert {task}",
            _python("converter.cli", task, *words),
            lambda: {
                "code": of_code("converter.cli"),
                **(
                    {"detector": of_file(_detector())}
                    if task == DETECTOR
                    else {"trained model": of_value([of_file(path) for path in trained])}
                ),
            },
            lambda: {"model": self._model(task)},
            without=("KERAS_BACKEND",),
        )

    def _verify(self, task: str, frames: bool = False) -> Step:
        places = self.places
        words = ["--data", str(places.data), "--models", str(places.models), "--dist", str(places.dist)]
        words += ["--weights", str(places.weights), *places.limited]
        spec = places.models / task / "spec.json"

        def measured() -> Parts:
            figures: dict[str, Any] = _parts(spec, "metrics").get("metrics") or {}
            mine = {name: value for name, value in figures.items() if (name == "frames") == frames}
            return {"figures": of_value(mine)}

        return Step(
            f"verify {task}" + " on frames" * frames,
            _python("converter.verify_cli", task, *words, *(["--frames"] if frames else [])),
            lambda: {
                "model": self._model(task),
                "model beside it": self._model(COMES_ALONG[task]),
                "data": self._dataset(DATASET_OF[task]),
                "second labels": self._votes(),
                "code": of_code("converter.verify_cli"),
                "page": of_files(places.dist, (path for path in places.dist.rglob("*") if path.is_file())),
            },
            measured,
            without=("KERAS_BACKEND",),
        )

    def _votes(self) -> str:
        """Of the FER+ votes, which are learnt from and measured against where they are there."""
        table = votes_file(self.places.data)
        return of_file(table) if table else "absent"

    def _model(self, task: str) -> str:
        """Of a converted model, all but the figures that are measured on it."""
        folder = self.places.models / task
        if not folder.is_dir():
            return "absent"
        files = [path for path in folder.iterdir() if path.name not in ("spec.json", "CARD.md")]
        return of_value([of_files(folder, files), _parts(folder / "spec.json", "input", "outputs", "gate")])


def _python(module: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-u", "-m", module, *words)


def _detector() -> Path:
    try:
        return detector_file()
    except FileNotFoundError as error:
        raise DataError(str(error)) from error


def _parts(path: Path, *names: str) -> dict[str, Any]:
    """Some members of a JSON file; nothing where it is missing or damaged, so that it counts as changed."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: found[name] for name in names if name in found}
