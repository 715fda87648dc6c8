"""From frame to figure: test pictures on frames, through all that the page does with a camera's."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from converter.browser_session import BrowserSession, open_session
from converter.catalogue import check_catalogue, describe_files
from converter.convert import SPEC_FILE
from converter.errors import ConverterError
from converter.frame_figures import age_gender_row, emotion_row
from converter.frames import CONDITIONS, WHOLE, Frame
from converter.plots import is_own
from converter.verify import BACKEND, Report, keep_figures, refuse_unknown, self_test, spread, test_samples
from training.frames import Condition

Row = Callable[[Sequence[Any], Sequence[Sequence[Any]], Sequence[Any], Condition], dict[str, Any]]

ROWS: dict[str, Row] = {"face-emotion": emotion_row, "face-age-gender": age_gender_row}

CASES_OF_A_CONDITION = 600
"""Pictures under every condition but those of WHOLE, for which all serve: half of an hour instead of four."""


def verify_frames(
    task: str, *, models: Path, dist: Path, data: Path, limit: int | None, report: Report
) -> dict[str, Any]:
    """Measures a face model on frames, beside the same pictures' crops, and writes the table `frames` into the spec.

    Args:
        task: `face-emotion` or `face-age-gender`.
        models: folder of the model folders.
        dist: the built page.
        data: folder of the dataset, or the one that holds it.
        limit: use so many test pictures only, evenly spread; nothing is written then.
        report: receives one line for each step.

    Returns:
        `{"frames": {condition: figures}}`.

    Raises:
        ConverterError: the task reads no faces, files are not as catalogued, or the browser is not as it should be.
        training.errors.DataError: the dataset is not there.
    """
    refuse_unknown(task)
    if task not in ROWS:
        raise ConverterError(
            f"{task} reads no faces from frames.", where="--frames", do=f"name one of {', '.join(ROWS)}"
        )
    report(f"{task}: {check_catalogue(models, task)} files are as the catalogue says")
    before = describe_files(models / task)
    spec = json.loads((models / task / SPEC_FILE).read_text(encoding="utf-8"))
    if is_own(spec):
        raise ConverterError(
            "Pictures of one's own are measured as they are, not on frames.",
            where="--frames",
            do=f"run `mien-verify {task} --data DIR --models {models}`",
        )
    samples = spread(test_samples(spec, data, report), limit)
    with open_session(models, dist, [task], BACKEND, report) as session:
        self_test(session, task, models, report)
        rows = _rows(task, session, samples, report)
    metrics = {"frames": rows}
    keep_figures(models, task, metrics, before, limit, report)
    return metrics


def _rows(task: str, session: BrowserSession, samples: Sequence[Any], report: Report) -> dict[str, Any]:
    report(f"{task}: {len(samples)} pictures as crops, for comparison")
    crops = session.pictures([sample.path for sample in samples])
    rows = {}
    for condition in CONDITIONS:
        number = len(samples) if condition in WHOLE else min(CASES_OF_A_CONDITION, len(samples))
        chosen = spread(range(len(samples)), number)
        faces = session.frames([Frame(samples[i].path, condition) for i in chosen])
        row = ROWS[task]([samples[i] for i in chosen], faces, [crops[i] for i in chosen], condition)
        report(f"{condition.name}: {json.dumps(row)}")
        rows[condition.name] = row
    return rows
