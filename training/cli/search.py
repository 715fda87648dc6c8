"""``mien-train search TASK``: trains with several settings and says which did best on the validation split."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from training.backend import choose_backend
from training.errors import DataError

if TYPE_CHECKING:
    from training.search import Trial

SEARCHED = {
    "face-emotion": "training.tasks.face_emotion",
    "face-age-gender": "training.tasks.face_age_gender",
}
"""The tasks that hold a validation split out; those of sound train on every clip and have nothing to choose by."""


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(
        prog="mien-train search",
        description="Train a task with several learning rates, weight decays, batch sizes and warm-ups, drawn around "
        "its own, and rank them by their best validation figure. The test split has no say.",
        epilog="The same command goes on where it was stopped, and with more --trials adds to those that are done.",
    )
    made.add_argument("task", choices=sorted(SEARCHED), metavar="TASK", help=", ".join(sorted(SEARCHED)))
    made.add_argument("--data", type=Path, required=True, help="folder that the dataset was unpacked into")
    made.add_argument(
        "--out", type=Path, help="folder for the trials' runs and search.json (default: runs/search-TASK)"
    )
    made.add_argument("--trials", type=int, default=8, help="the task's own settings included (default: %(default)s)")
    made.add_argument(
        "--epochs",
        type=int,
        default=8,
        help="of each trial, the whole course of its learning rate (default: %(default)s)",
    )
    made.add_argument("--seed", type=int, default=7, help="of the draw and of each training (default: %(default)s)")
    made.add_argument("--limit", type=int, help="use only so many samples of each split")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Exit code 0: done; 2: something about the data or the arguments; 130: interrupted."""
    given = parser().parse_args(arguments)
    for name in ("trials", "epochs", "limit"):
        value = getattr(given, name)
        if value is not None and value < 1:
            parser().error(f"--{name} must be at least 1, got {value}")
    backend = choose_backend()
    from training.precision import AUTO, chosen, use_precision  # after the backend is chosen, for they import Keras
    from training.search import search
    from training.tasks.options import Options

    precision = chosen(AUTO)
    use_precision(precision)
    print(f"Keras on {backend}, {precision}", flush=True)
    task = importlib.import_module(SEARCHED[given.task])
    out = given.out or Path("runs") / f"search-{given.task}"
    options = Options(
        data=given.data,
        out=out,
        weights=out,
        epochs=given.epochs,
        seed=given.seed,
        limit=given.limit,
        precision=precision,
    )
    try:
        trials = search(options, task.SCHEDULE, task.JUDGE, task.train, given.trials, given.seed, _tell)
    except (DataError, FileNotFoundError) as error:
        print(f"mien-train search: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nmien-train search: interrupted; go on with the same command ({out})", file=sys.stderr)
        return 130
    print(f"\n{task.JUDGE:>12}  epoch  settings")
    for trial in trials:
        print(f"{trial.figure:12.4f}  {trial.epoch:5}  {_words(trial) or 'the own ones of the task'}")
    print(f"\nThe best, at full length: {' '.join(f'mien-train {given.task} --data DATA {_words(trials[0])}'.split())}")
    return 0


def _tell(trial: Trial) -> None:
    print(f"trial {trial.number}: {trial.figure:.4f}  {_words(trial)}", flush=True)


def _words(trial: Trial) -> str:
    """The settings as arguments of ``mien-train``."""
    return " ".join(f"--set {name}={value}" for name, value in trial.settings.items())
