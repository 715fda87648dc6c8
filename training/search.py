"""A search over the settings of a task's training: each trial a run of its own, judged on the validation split.

Random search: J. Bergstra, Y. Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 13, 2012. Its
trials depend on nothing but the seed, so that a search can be stopped, taken up and made longer.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from storage.files import write_json
from training.errors import DataError
from training.fitting import Schedule
from training.tasks.options import Options

SPAN = 4.0
"""Rate and decay are drawn from a quarter to four times the task's own, evenly on a logarithmic scale."""
BATCHES = (0.5, 1.0, 2.0)
"""Times the task's own."""
WARM_UP = (0.05, 0.3)


@dataclass(frozen=True)
class Trial:
    """The settings of one run, and the best validation figure that it came to."""

    number: int
    settings: dict[str, float]
    figure: float
    epoch: int


def drawn(schedule: Schedule, number: int, seed: int) -> dict[str, float]:
    """The settings of a trial: those of the task for number 0, others by chance; see ``Options.settings``."""
    if number == 0:
        return {}
    rng = np.random.default_rng([seed, number])
    rate, decay = SPAN ** rng.uniform(-1, 1, 2)
    return {
        "learning_rate": _short(schedule.learning_rate * rate),
        "weight_decay": _short(schedule.weight_decay * decay),
        "batch": max(1, int(schedule.batch * rng.choice(BATCHES))),
        "warm_up_share": _short(rng.uniform(*WARM_UP)),
    }


def _short(value: float) -> float:
    """Three significant digits: what is typed again is what was tried."""
    return float(f"{value:.3g}")


def search(
    options: Options,
    schedule: Schedule,
    judge: str,
    train: Callable[[Options], Any],
    trials: int,
    seed: int,
    tell: Callable[[Trial], None],
) -> list[Trial]:
    """Run the trials one after the other, those that are done already left out.

    Args:
        options: As for ``mien-train``; ``out`` gets ``search.json`` and a run folder for each trial.
        schedule: The task's own.
        judge: The validation figure, greater being better.
        train: The task's ``train``. What it says of the test split is not looked at.
        trials: How many, the task's own settings included.
        seed: Of the draw; all trials are trained with ``options.seed``.
        tell: Told each trial when it is done.

    Returns:
        The trials, the best first.

    Raises:
        DataError: ``out`` holds a search of other settings.
    """
    plan = {"judge": judge, "seed": seed, "options": _plan(options)}
    done = _known(options.out / "search.json", plan)
    for number in range(len(done), trials):
        folder = options.out / f"trial-{number}"
        settings = drawn(schedule, number, seed)
        begun = (folder / "config.json").is_file()
        trial_options = dataclasses.replace(
            options, out=folder, weights=folder, settings={**options.settings, **settings}, resume=begun, once=True
        )
        train(trial_options)
        history = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
        best = max(history, key=lambda record: record[judge])
        done.append(Trial(number, settings, best[judge], int(best["epoch"])))
        write_json(options.out / "search.json", plan | {"trials": [dataclasses.asdict(trial) for trial in done]})
        (folder / "checkpoint.npz").unlink(missing_ok=True)  # nothing is left to resume, and it is the largest file
        tell(done[-1])
    return sorted(done[:trials], key=lambda trial: -trial.figure)


def _plan(options: Options) -> dict[str, Any]:
    """What trials must have in common to be compared."""
    names = ("epochs", "seed", "limit", "precision")
    return {name: getattr(options, name) for name in names} | {"settings": dict(options.settings)}


def _known(path: Path, plan: dict[str, Any]) -> list[Trial]:
    if not path.is_file():
        return []
    known = json.loads(path.read_text(encoding="utf-8"))
    trials = [Trial(**trial) for trial in known.pop("trials")]
    if known != json.loads(json.dumps(plan)):
        raise DataError(f"{path} is of a search with other settings: name another folder with --out, or remove it")
    return trials
