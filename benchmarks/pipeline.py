"""Does the data keep up with the training? `python -m benchmarks.pipeline [--tasks TASK ...] [--rounds 5]`.

For each task four rates in cases a second, taken in turns in one process, on made pictures and log-mels of the sizes of
the real ones: of the data pipeline alone; of training steps alone, on a batch in memory; of `mien-train`'s loop; and of
the plain loop of the backend, `model.fit` on arrays in memory. What `mien-train` does once an epoch (validation,
checkpoint) is no part of its loop; the seconds that it takes are given beside it. A ratio is the median over the rounds
of the ratio in each. Writes benchmarks/pipeline.json; exit code 1 where a bar is missed. Nothing else should run on the
machine.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from server import ROOT
from storage.files import write_json
from training.backend import choose_backend

if TYPE_CHECKING:
    import keras

    from training.batches import SeededBatches
    from training.fitting import Schedule

PIPELINE_BAR = 3.0
"""The pipeline's rate over that of the steps."""
LOOP_BAR = 0.9
"""The rate of `mien-train`'s loop over that of the backend's plain one."""

CASES = 1536
"""Made cases of each task, from which batches are drawn."""


@dataclass(frozen=True)
class Subject:
    """A task's network and batches as `mien-train` makes them."""

    model: keras.Model
    losses: dict[str, Any]
    batches: SeededBatches
    schedule: Schedule


def face_emotion(schedule: Callable[[Schedule], Schedule]) -> Subject:
    """56 x 56 grey."""
    import keras

    from training.faces import margin_of
    from training.preprocessing.face import FaceInput
    from training.tasks import face_emotion as task

    rng = np.random.default_rng(1)
    side = task.SIZE + 2 * margin_of(task.SIZE, task.MARGIN)
    target = FaceInput(task.SIZE, task.SIZE, "gray", task.EYES, (0.5,), (0.25,))
    settings = schedule(task.SCHEDULE)
    pictures, labels = rng.integers(0, 256, (CASES, side, side, 1), np.uint8), rng.integers(0, 7, CASES)
    losses = {"emotion": keras.losses.CategoricalCrossentropy(from_logits=True)}
    targets = task.training_targets(labels, None)
    return Subject(task.build(), losses, task.training_batches(pictures, targets, target, settings), settings)


def face_age_gender(schedule: Callable[[Schedule], Schedule]) -> Subject:
    """64 x 64 RGB."""
    import keras

    from training.faces import margin_of
    from training.preprocessing.face import FaceInput
    from training.tasks import face_age_gender as task

    rng = np.random.default_rng(2)
    side = task.SIZE + 2 * margin_of(task.SIZE, task.MARGIN)
    target = FaceInput(task.SIZE, task.SIZE, "rgb", task.EYES, (0.5,) * 3, (0.25,) * 3)
    settings = schedule(task.SCHEDULE)
    pictures = rng.integers(0, 256, (CASES, side, side, 3), np.uint8)
    wanted = task.training_targets(rng.integers(0, task.YEARS, CASES), rng.integers(0, 2, CASES))
    losses = {"age": task.age_loss, "gender": keras.losses.CategoricalCrossentropy(from_logits=True)}
    return Subject(task.build(), losses, task.training_batches(pictures, wanted, target, settings), settings)


def speech_emotion(schedule: Callable[[Schedule], Schedule]) -> Subject:
    """Windows of three seconds of clips of three and a half."""
    import keras

    from training.preprocessing.speech import SpeechInput
    from training.sounds import LogMels
    from training.tasks import speech_emotion as task

    rng = np.random.default_rng(3)
    clips = 192
    target = replace(SpeechInput(), mean=(-40.0,) * SpeechInput().n_mels, std=(15.0,) * SpeechInput().n_mels)
    lengths = np.full(clips * len(task.SPEEDS), round(target.frames * 3.5 / 3))
    mels = LogMels(
        rng.normal(-40, 15, (int(lengths.sum()), target.n_mels)).astype(np.float16), lengths.cumsum(), len(task.SPEEDS)
    )
    settings = schedule(task.SCHEDULE)
    chosen = rng.integers(0, clips, CASES)
    batches = task.training_batches(mels, chosen, rng.integers(0, 8, CASES), target, settings)
    return Subject(
        task.build_member(target, 8, "member"),
        {"emotion": keras.losses.CategoricalCrossentropy(from_logits=True)},
        batches,
        settings,
    )


TASKS = {"face-emotion": face_emotion, "face-age-gender": face_age_gender, "speech-emotion": speech_emotion}


class Bench:
    """One task's four rates."""

    def __init__(self, subject: Subject, cases: int) -> None:
        self._subject, self._steps = subject, max(2, cases // subject.schedule.batch)
        self._count = self._steps * subject.schedule.batch
        made = [subject.batches.batch(0, i) for i in range(self._steps)]
        self._inputs = np.concatenate([inputs for inputs, _ in made])
        self._targets = {name: np.concatenate([targets[name] for _, targets in made]) for name in made[0][1]}
        self._batch = made[0]
        self._epoch = 0
        self.epoch_end: list[float] = []
        """Seconds that `mien-train` spent on keeping what an epoch brought."""

    def rates(self) -> dict[str, float]:
        """Cases a second, each measured once, one after the other."""
        ways = {"pipeline": self._pipeline, "model": self._model, "mien_train": self._mien_train, "plain": self._plain}
        return {name: self._count / self._seconds(way) for name, way in ways.items()}

    def _seconds(self, way: Callable[[], Callable[[], float | None]]) -> float:
        """How long a way takes, until the moment that it names or returns."""
        run = way()
        began = time.perf_counter()
        ended = run()
        return (ended or time.perf_counter()) - began

    def _compiled(self) -> keras.Model:
        from training.fitting import optimizer

        model = self._subject.model
        model.compile(optimizer(self._subject.schedule, self._steps), self._subject.losses)
        model.optimizer.build(model.trainable_variables)
        model.train_on_batch(*self._batch)  # where the backend compiles the step, it does so here
        return model

    def _pipeline(self) -> Callable[[], float | None]:
        from training.prefetch import prefetched

        self._epoch += 1

        def run() -> None:
            with prefetched(self._subject.batches) as ready:
                for i in range(self._steps):
                    ready.batch(self._epoch, i)

        return run

    def _model(self) -> Callable[[], float | None]:
        model = self._compiled()

        def run() -> None:
            for _ in range(self._steps):
                model.train_on_batch(*self._batch)

        return run

    def _mien_train(self) -> Callable[[], float | None]:
        from training.fitting import Run, fit

        model = self._compiled()

        def run() -> float:
            trained: list[float] = []

            def validate(_: keras.Model) -> dict[str, float]:
                # What comes after it comes once an epoch, of which this is a small part.
                trained.append(time.perf_counter())
                return {}

            with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
                few = _Few(self._subject.batches, self._steps)
                fit(model, few, validate, None, self._subject.schedule, Run(Path(folder), {}, resume=False))
            self.epoch_end.append(time.perf_counter() - trained[0])
            return trained[0]

        return run

    def _plain(self) -> Callable[[], float | None]:
        model, batch = self._compiled(), self._subject.schedule.batch

        def run() -> None:
            model.fit(self._inputs, self._targets, batch_size=batch, epochs=1, shuffle=True, verbose=0)

        return run


@dataclass(frozen=True)
class _Few:
    """The first batches of an epoch."""

    source: SeededBatches
    batches: int

    def batch(self, epoch: int, index: int) -> Any:
        """See ``fitting.Batches``."""
        return self.source.batch(epoch, index)


def measure(bench: Bench, rounds: int) -> dict[str, Any]:
    """Median rates and ratios over the rounds, after one that does not count, with the spread of the ratios."""
    bench.rates()
    taken = [bench.rates() for _ in range(rounds)]
    report: dict[str, Any] = {
        f"{name}_per_second": round(statistics.median(rates[name] for rates in taken), 1) for name in taken[0]
    }
    report["mien_train_epoch_end_seconds"] = round(statistics.median(bench.epoch_end), 3)
    for name, above, below, bar in (
        ("pipeline_over_model", "pipeline", "model", PIPELINE_BAR),
        ("mien_train_over_plain", "mien_train", "plain", LOOP_BAR),
    ):
        ratios = [rates[above] / rates[below] for rates in taken]
        report[name] = round(statistics.median(ratios), 3)
        report[f"{name}_range"] = [round(min(ratios), 3), round(max(ratios), 3)]
        report[f"{name}_held"] = bool(report[name] >= bar)
    return report


def main() -> int:
    """The command. Returns 0, or 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--tasks", nargs="+", choices=sorted(TASKS), default=sorted(TASKS), metavar="TASK")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cases", type=int, default=CASES, help="in each measurement (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "pipeline.json")
    options = parser.parse_args()
    if not 1 <= options.cases <= CASES or options.rounds < 1:
        parser.error(f"--cases must be from 1 to {CASES}, --rounds at least 1")
    backend = choose_backend()
    from training.memory import keep_freed_memory
    from training.precision import AUTO, chosen, use_precision  # after the backend is chosen, for it imports Keras

    keep_freed_memory()
    precision = chosen(AUTO)
    use_precision(precision)
    results: dict[str, Any] = {}
    for name in options.tasks:
        subject = TASKS[name](lambda schedule: replace(schedule, epochs=1))
        results[name] = measure(Bench(subject, options.cases), options.rounds)
        print(name, json.dumps(results[name], indent=2), flush=True)
    machine = {"cores": os.cpu_count(), "platform": platform.platform(), "load": round(os.getloadavg()[0], 2)}
    bars = {"pipeline_over_model": PIPELINE_BAR, "mien_train_over_plain": LOOP_BAR}
    report = {
        "machine": machine,
        "backend": backend,
        "precision": precision,
        "rounds": options.rounds,
        "bars": bars,
        "tasks": results,
    }
    write_json(options.out, report)
    held = all(value for task in results.values() for key, value in task.items() if key.endswith("_held"))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
