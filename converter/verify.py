"""Proves the shipped files in a real browser, and measures them on the test splits."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from converter.browser_session import BrowserSession, open_session
from converter.card import CARD_FILE
from converter.catalogue import check_catalogue, describe_files, write_catalogue
from converter.convert import DETECTOR, SPEC_FILE, TASKS, write_spec
from converter.errors import ConverterError
from converter.figures import age_gender_figures, agreement, emotion_figures, probabilities_of
from converter.plots import is_own, write_plots
from converter.verify_voice import voice_figures
from storage.folder import replaced_whole
from training.datasets.ferplus import majorities, votes_file

BACKEND = "wasm"
"""The backend that every machine has, and the one whose figures are written down."""

VOICE_ACTIVITY = "voice-activity"
COMES_WITH = {DETECTOR: "face-emotion", VOICE_ACTIVITY: "speech-emotion"}
"""These two are no tasks of the public API: each comes along with the task that needs it."""

Report = Callable[[str], None]
Sample = TypeVar("Sample")


def verify_files(task: str, *, models: Path, dist: Path, report: Report) -> None:
    """Checks the hashes of the catalogue and, in a browser, the golden vectors.

    Raises:
        ConverterError: a file is missing or changed, or the browser's outputs are not those of Python.
    """
    refuse_unknown(task)
    report(f"{task}: {check_catalogue(models, task)} files are as the catalogue says")
    with open_session(models, dist, [_loadable(task)], BACKEND, report) as session:
        self_test(session, task, models, report)


def verify_figures(
    task: str, *, models: Path, dist: Path, weights: Path, data: Path, limit: int | None, report: Report
) -> dict[str, Any]:
    """Checks as `verify_files` does, runs the test split through the browser, and writes the figures into the spec.

    Args:
        task: a task that has a dataset.
        models: folder of the model folders.
        dist: the built page.
        weights: folder of the trained Keras files, with which speech is compared.
        data: folder of the dataset, or the one that holds it.
        limit: analyse so many samples only, evenly spread; nothing is written then.
        report: receives one line for each step.

    Returns:
        The figures.

    Raises:
        ConverterError: as `verify_files`, or the task has no dataset.
        training.errors.DataError: the dataset is not there.
    """
    refuse_unknown(task)
    if task == DETECTOR:
        raise ConverterError(
            "The detector is not measured on a dataset; its share of faces found stands in the figures of the others.",
            where="--data",
            do=f"run `mien-verify {DETECTOR}` without --data",
        )
    files = check_catalogue(models, task)
    report(f"{task}: {files} files are as the catalogue says")
    before = describe_files(models / task)
    spec = json.loads((models / task / SPEC_FILE).read_text(encoding="utf-8"))
    # The data come first: a wrong folder should not cost the start of a browser.
    samples = test_samples(spec, data, report)
    with open_session(models, dist, [_loadable(task)], BACKEND, report) as session:
        self_test(session, task, models, report)
        if task == VOICE_ACTIVITY:
            metrics = voice_figures(session, samples, spec, weights, limit, report)
        else:
            metrics = _measure(task, session, spread(samples, limit), spec, data, weights, report)
    keep_figures(models, task, metrics, before, limit, report)
    return metrics


def keep_figures(
    models: Path, task: str, metrics: Mapping[str, Any], before: Mapping[str, Any], limit: int | None, report: Report
) -> None:
    """Reports figures, and writes them unless `limit` left a part of the split out.

    Raises:
        ConverterError: the model's files are no longer those that `before` describes.
    """
    for name, value in metrics.items():
        report(f"{task}: {name} {json.dumps(value)}")
    if limit is not None:
        report(f"{task}: nothing written, since --limit leaves a part of the split out")
        return
    if describe_files(models / task) != before:
        raise ConverterError(
            "The model was changed while it was measured.", where=models / task, do="run mien-verify again"
        )
    write_metrics(models, task, metrics)
    report(f"{task}: figures written to {models / task / SPEC_FILE}")


def write_metrics(models: Path, task: str, metrics: Mapping[str, Any]) -> None:
    """Merges figures into `spec.json` and makes `CARD.md`, plots and catalogue anew; the folder is replaced whole."""
    folder = models / task
    spec = json.loads((folder / SPEC_FILE).read_text(encoding="utf-8"))
    with replaced_whole(folder) as fresh:
        for path in folder.iterdir():
            if path.name not in (SPEC_FILE, CARD_FILE):
                shutil.copy2(path, fresh / path.name)
        merged = {**spec, "metrics": {**spec.get("metrics", {}), **metrics}}
        write_spec(fresh, merged)
    write_catalogue(models)
    write_plots(models, merged)


def refuse_unknown(task: str) -> None:
    if task not in TASKS:
        raise ConverterError(f"There is no task {task!r}.", where="command line", do=f"name one of {', '.join(TASKS)}")


def _loadable(task: str) -> str:
    return COMES_WITH.get(task, task)


def self_test(session: BrowserSession, task: str, models: Path, report: Report) -> None:
    results = {result["task"]: result for result in session.self_test()["models"]}
    if task not in results:
        raise ConverterError(
            f"The browser tested {sorted(results)} only.", where=models / task, do=f"run `mien-convert {task}`"
        )
    result = results[task]
    said = (
        f"{result['cases']} golden vectors, probabilities within {result['maxProbabilityDifference']:.1e}, "
        f"{'the same' if result['sameTop'] else 'ANOTHER'} top class"
    )
    report(f"{task}: {said}")
    if not result["passed"]:
        raise ConverterError(
            f"The browser does not reproduce the golden vectors: {said}.",
            where=models / task / "golden.json",
            do=f"run `mien-convert {task}`; if that does not help, the page and Python disagree: run `make test`",
        )


def test_samples(spec: Mapping[str, Any], data: Path, report: Report) -> list[Any]:
    """The samples of the test split; of RAVDESS all, since what is asked there is whether two programs agree."""
    from training.datasets import fer2013, own, ravdess, utkface

    task = spec["task"]
    if is_own(spec):
        dataset = own.load(data)
        if dataset.digest != spec["training"]["data_sha256"]:
            raise ConverterError(
                "The pictures are not those that the network was trained with, or are split otherwise: a test picture "
                "may have been learnt from.",
                where=data,
                do="name the folder as it was for mien-train, or train again",
            )
        return [sample for sample in dataset.samples if sample.split == "test"]
    if task in ("speech-emotion", VOICE_ACTIVITY):
        return list(ravdess.load(data).samples)
    if task == "face-emotion":
        return [sample for sample in fer2013.load(data).samples if sample.split == "test"]
    report(f"{task}: grouping near-duplicates of UTKFace")
    return [sample for sample in utkface.load(data).samples if sample.split == "test"]


def _measure(
    task: str,
    session: BrowserSession,
    samples: Sequence[Any],
    spec: Mapping[str, Any],
    data: Path,
    weights: Path,
    report: Report,
) -> dict[str, Any]:
    files = [sample.path for sample in samples]
    if task == "speech-emotion":
        return _speech(session, files, spec, weights, report)
    readings = session.pictures(files)
    if task == "face-age-gender":
        return age_gender_figures(samples, readings)
    if is_own(spec):
        names, dataset = spec["outputs"]["emotion"]["labels"], spec["training"]["datasets"][0]
        return emotion_figures(samples, readings, names=names, dataset=dataset, split="test")
    votes = votes_file(data)
    return emotion_figures(samples, readings, majorities(votes, files) if votes else None)


def _speech(
    session: BrowserSession, files: Sequence[Path], spec: Mapping[str, Any], weights: Path, report: Report
) -> dict[str, Any]:
    import soundfile

    readings = session.clips(files, [int(soundfile.info(path).samplerate) for path in files])
    browser = probabilities_of(readings, "emotion", spec["outputs"]["emotion"]["labels"])
    report("speech-emotion: the same clips in Python")
    python = _speech_in_python(files, weights)
    return {"browser_agreement": agreement(browser, python, [bool(reading["speech"]) for reading in readings])}


def _speech_in_python(files: Sequence[Path], weights: Path) -> NDArray[np.float64]:
    """N x classes: for each clip the mean of its windows' calibrated probabilities, by Keras."""
    from converter.keras_file import load_trained
    from training.evaluation import softmax
    from training.preprocessing.speech import SpeechInput, log_mel, standardise_log_mel, windows
    from training.sounds import read_clip

    model = load_trained(weights, "speech-emotion")
    target = SpeechInput.from_spec(dict(model.spec["input"]))
    temperature = model.spec["outputs"]["emotion"]["temperature"]
    probabilities = []
    for path in files:
        cut, _ = windows(read_clip(path, target.sample_rate), target)
        inputs = np.stack([standardise_log_mel(log_mel(window, target), target) for window in cut])[..., None]
        probabilities.append(softmax(model.run(inputs)["emotion"] / temperature).mean(axis=0))
    return np.array(probabilities)


def spread(samples: Sequence[Sample], limit: int | None) -> list[Sample]:
    """All samples, or `limit` of them, evenly spread, so that every class is met."""
    if limit is None or limit >= len(samples):
        return list(samples)
    return [samples[i * len(samples) // limit] for i in range(limit)]
