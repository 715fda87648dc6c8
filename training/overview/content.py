"""Reads what a run left behind: histories, predictions, specs, provenance. What is missing is empty, and said so."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training import provenance
from training.errors import DataError
from training.histories import folder_of, one_after_another
from training.pipeline.fingerprints import of_file
from training.pipeline.steps import Places
from training.predictions import Predictions, load_names, load_predictions

History = list[dict[str, float]]


@dataclass(frozen=True)
class Model:
    """Everything known of one task.

    ``trained`` is the spec beside the Keras file, ``converted`` the one that ships with what the browser measured;
    ``histories`` has each network's course of training by its name, "" where there is only one network; courses that
    went on from the one before follow it there, and the best epoch from the index ``kept_from`` on is the kept one.
    """

    task: str
    trained: dict[str, Any]
    converted: dict[str, Any]
    histories: dict[str, History]
    predictions: dict[str, Predictions]
    names: list[str]
    made_with: dict[str, Any]
    weights_sha256: str
    problems: list[str] = field(default_factory=list)
    kept_from: int = 0

    def labels(self, output: str) -> list[str]:
        """The labels of an output, in the order of its probabilities."""
        for spec in (self.trained, self.converted):
            if found := spec.get("outputs", {}).get(output, {}).get("labels"):
                return [str(label) for label in found]
        classes = self.predictions[output].values.shape[1]
        return [f"class {i}" for i in range(classes)]

    @property
    def in_python(self) -> dict[str, Any]:
        """The figures that training or evaluation measured."""
        training = self.trained.get("training", {})
        return dict(training.get("figures_in_python") or self.trained.get("metrics") or {})

    @property
    def in_browser(self) -> dict[str, Any]:
        """The figures of the converted files."""
        return dict(self.converted.get("metrics") or {})

    @property
    def seconds(self) -> float:
        """Of training, over all epochs of all networks."""
        return sum(record.get("seconds", 0.0) for history in self.histories.values() for record in history)


def gather(task: str, places: Places) -> Model:
    """Everything that is there of a task."""
    problems: list[str] = []
    run = places.run(task)
    predictions: dict[str, Predictions] = {}
    names: list[str] = []
    if (run / "predictions.npz").is_file():
        try:
            predictions, names = load_predictions(run), load_names(run)
        except DataError as error:
            problems.append(str(error))
    histories = {
        path.parent.relative_to(run).as_posix().removeprefix("."): history
        for path in sorted(run.rglob("history.jsonl"))
        if (history := _history(path, problems))
    }
    kept_from, number = 0, 1
    while "" in histories and folder_of(number) in histories:
        kept_from = len(histories[""])
        histories[""] = one_after_another(histories[""], histories.pop(folder_of(number)))
        number += 1
    return Model(
        task=task,
        trained=_json(places.weights / f"{task}.json", problems),
        converted=_json(places.models / task / "spec.json", problems),
        histories=histories,
        predictions=predictions,
        names=names,
        made_with=_json(run / provenance.FILE, problems) if (run / provenance.FILE).is_file() else {},
        weights_sha256=of_file(places.weights / f"{task}.keras"),
        problems=problems,
        kept_from=kept_from,
    )


def _json(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(f"{path} is not there.")
    except (OSError, ValueError) as error:
        problems.append(f"{path} cannot be read: {error}.")
    else:
        if isinstance(found, dict):
            return found
        problems.append(f"{path} holds no JSON object.")
    return {}


def _history(path: Path, problems: list[str]) -> History:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        problems.append(f"{path} cannot be read: {error}.")
        return []
