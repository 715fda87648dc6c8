"""Trains a network: schedule, averaged weights, validation after each epoch, checkpoints, resumption."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from storage.files import replacing, write_json
from training.devices import accelerated, sharing
from training.errors import DataError
from training.events import EventFile
from training.precision import in_full_precision
from training.prefetch import prefetched
from training.threads import numpy_alone

AVERAGED_EVERY = 4
"""Steps between two looks of the running average at the weights."""

BEST = "best.weights.h5"
"""In a run folder: the weights that are kept."""

Batch = tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]


class Batches(Protocol):
    """Training data: batch ``index`` of epoch ``epoch``, the same each time that it is asked for."""

    @property
    def batches(self) -> int:
        """Number of batches in an epoch."""

    def batch(self, epoch: int, index: int) -> Batch:
        """Inputs, and targets by output name."""


@dataclass(frozen=True)
class Schedule:
    """One run of training. The learning rate warms up linearly, then falls along a cosine to nothing."""

    epochs: int
    batch: int
    learning_rate: float
    weight_decay: float
    optimizer: str = "sgd"
    warm_up_share: float = 0.1
    average: float = 0.998
    """Momentum of the running average of the weights; the average is what is validated and kept."""
    stop_after: int | None = None
    """Epoch after which training ends although the learning rate has not fallen to nothing yet."""
    patience: int = 20
    """Epochs without a better validation figure after which training stops."""
    seed: int = 7
    devices: int = 1
    """Of this machine, among which each batch is shared out."""
    precision: str = "float32"
    """Of ``precision.PRECISIONS``: what the network was built to compute in while it trains."""


def optimizer(schedule: Schedule, batches: int) -> keras.optimizers.Optimizer:
    """SGD with Nesterov momentum, or AdamW, on the schedule's learning rates."""
    steps = schedule.epochs * batches
    warm_up = max(1, int(steps * schedule.warm_up_share))
    rate = keras.optimizers.schedules.CosineDecay(
        schedule.learning_rate * 0.04,
        max(1, steps - warm_up),
        warmup_target=schedule.learning_rate,
        warmup_steps=warm_up,
    )
    if schedule.optimizer == "adamw":
        made = keras.optimizers.AdamW(rate, weight_decay=schedule.weight_decay)
    else:
        made = keras.optimizers.SGD(rate, momentum=0.9, nesterov=True, weight_decay=schedule.weight_decay)
    return made


class _Feed(keras.utils.PyDataset):
    """Counts the epochs for ``Batches``."""

    def __init__(self, source: Batches, epoch: int) -> None:
        super().__init__()  # with one worker Keras would make each batch when it is due, in the thread that trains
        self._source, self._epoch = source, epoch

    def __len__(self) -> int:
        return self._source.batches

    def __getitem__(self, index: int) -> Batch:
        return self._source.batch(self._epoch, index)

    def on_epoch_end(self) -> None:
        self._epoch += 1


class Run:
    """A run folder: ``config.json``, ``history.jsonl``, an event file, ``checkpoint.npz``, ``best.weights.h5``.

    Args:
        folder: Made where it is missing.
        config: Everything that the result depends on; a resumed run must have the same.
        resume: Go on from the checkpoint. Without it, a folder that holds a run is refused.

    Raises:
        DataError: the folder holds another run, or there is nothing to resume.
    """

    def __init__(self, folder: Path, config: dict[str, Any], resume: bool) -> None:
        self.folder = folder
        config = json.loads(json.dumps(config))
        known = folder / "config.json"
        if resume:
            if not known.is_file():
                raise DataError(f"nothing to resume: {folder} holds no run. Leave --resume out to start one")
            if json.loads(known.read_text()) != config:
                raise DataError(f"{known} is of a run with other settings or data: resume with the same, or use --out")
        elif known.is_file():
            raise DataError(f"{folder} already holds a run: go on with --resume, or name another folder with --out")
        else:
            write_json(known, config)
        self.checkpoint = folder / "checkpoint.npz"
        self.best = folder / BEST
        self._events = EventFile(folder)

    @property
    def history(self) -> list[dict[str, float]]:
        """One record an epoch."""
        path = self.folder / "history.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []

    @property
    def history_of_checkpoint(self) -> list[dict[str, float]]:
        """Of the epochs that the checkpoint holds: a run killed between the two writes has one more line of history."""
        if not self.checkpoint.is_file():
            return []
        with np.load(self.checkpoint, allow_pickle=False) as saved:
            return self.history[: int(saved["epochs"])]

    def record(self, history: list[dict[str, float]]) -> None:
        """Write the history anew, and what is new of it for TensorBoard."""
        with replacing(self.folder / "history.jsonl") as temporary:
            temporary.write_text("".join(json.dumps(line) + "\n" for line in history))
        self._events.follow(history)


def fit(
    model: keras.Model,
    batches: Batches,
    validate: Callable[[keras.Model], dict[str, float]],
    judge: str | None,
    schedule: Schedule,
    run: Run,
) -> list[dict[str, float]]:
    """Train a compiled model; it ends with the averaged weights of its best epoch, and computes in float32.

    Args:
        model: Compiled with ``optimizer(schedule, batches.batches)``.
        batches: The training data.
        validate: Figures on the validation split.
        judge: The figure that decides which epoch is best, greater being better; None where no data is held out for
            such a choice: then the last epoch is kept.
        schedule: The same as for the optimizer.
        run: Where checkpoints go; a checkpoint that is there is continued.

    Returns:
        One record an epoch: epoch, loss, seconds and what ``validate`` gave.
    """
    tracker = _Tracker(validate, judge, schedule, run)
    model.optimizer.build(model.trainable_variables)
    start = tracker.restore(model)
    if start < schedule.epochs and not tracker.finished:
        # Keras would shuffle the batches by a state that no checkpoint holds; ``Batches`` does it by epoch.
        # On a CPU that trains on all of its cores, a thread beside it takes more time from it than it saves (measured).
        with numpy_alone(), prefetched(batches, accelerated()) as ready:
            rows = len(ready.batch(start, 0)[0])
            with sharing(model, rows, schedule.devices, schedule.seed):
                model.fit(
                    _Feed(ready, start),
                    initial_epoch=start,
                    epochs=schedule.epochs,
                    callbacks=[tracker],
                    shuffle=False,
                    verbose=0,
                )
    _as_kept(model, run)
    return tracker.history


def ended(model: keras.Model, judge: str | None, schedule: Schedule, run: Run) -> list[dict[str, float]] | None:
    """The history of a run that is over, whose network the model then is, as after ``fit``; None of any other run."""
    history = run.history_of_checkpoint
    if len(history) < schedule.epochs and not _finished(history, judge, schedule):
        return None
    _as_kept(model, run)
    return history


def _as_kept(model: keras.Model, run: Run) -> None:
    model.load_weights(run.best)
    in_full_precision(model)


def _figure(record: dict[str, float], judge: str | None) -> float:
    return record[judge] if judge else record["epoch"]


def _finished(history: list[dict[str, float]], judge: str | None, schedule: Schedule) -> bool:
    """Whether a run is at ``stop_after``, or its last ``patience`` epochs brought nothing better."""
    figures = [_figure(record, judge) for record in history]
    if schedule.stop_after is not None and len(figures) >= schedule.stop_after:
        return True
    return bool(figures) and len(figures) - 1 - int(np.argmax(figures)) >= schedule.patience


class _Tracker(keras.callbacks.Callback):
    """Averages the weights; after each epoch validates the average, keeps the best, and writes the checkpoint."""

    def __init__(
        self, validate: Callable[[keras.Model], dict[str, float]], judge: str | None, schedule: Schedule, run: Run
    ) -> None:
        super().__init__()
        self._validate, self._judge, self._schedule, self._run = validate, judge, schedule, run
        self.history: list[dict[str, float]] = []
        self._average: list[NDArray[np.float32]] = []
        self._steps = 0
        self._ahead = 0
        self._began = time.monotonic()

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do before the last epoch."""
        return _finished(self.history, self._judge, self._schedule)

    def restore(self, model: keras.Model) -> int:
        """Take up the checkpoint where there is one; the epoch to go on with."""
        if not self._run.checkpoint.is_file():
            return 0
        with np.load(self._run.checkpoint, allow_pickle=False) as saved:
            for group, variables in (("weight", model.weights), ("optimizer", model.optimizer.variables)):
                for i, variable in enumerate(variables):
                    variable.assign(saved[f"{group}{i}"])
            self._average = [saved[f"average{i}"] for i in range(len(model.weights))]
            self._steps = int(saved["steps"])
        self.history = self._run.history_of_checkpoint
        return len(self.history)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Start the clock."""
        self._began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Let the average follow the weights, now and then: it takes over one percent of a small step."""
        self._steps += 1
        self._ahead += 1
        if self._ahead == AVERAGED_EVERY or not self._average:
            self._follow()

    def _follow(self) -> None:
        """Add the new weights to the average, which forgets faster at first."""
        weights = [variable.numpy() for variable in self.model.weights]
        keep = min(self._schedule.average, (1 + self._steps) / (10 + self._steps)) ** self._ahead
        self._ahead = 0
        if not self._average:
            self._average = [weight.copy() for weight in weights]
        for average, weight in zip(self._average, weights, strict=True):
            average *= keep
            average += (1 - keep) * weight

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Validate, report, keep."""
        if self._ahead:
            self._follow()
        weights = self.model.get_weights()
        self.model.set_weights(self._average)
        figures = self._validate(self.model)
        seconds = round(time.monotonic() - self._began, 1)
        record = {"epoch": epoch + 1, "loss": float((logs or {})["loss"]), **figures, "seconds": seconds}
        reached = _figure(record, self._judge)
        better = all(reached > _figure(earlier, self._judge) for earlier in self.history)
        self.history.append(record)
        if better:
            with replacing(self._run.best) as temporary:
                temporary.unlink()
                self.model.save_weights(temporary)
        self.model.set_weights(weights)
        shown = "  ".join(f"{name} {value:.4g}" for name, value in record.items() if name != "epoch")
        mark = "  best" if better and self._judge else ""
        print(f"epoch {epoch + 1}/{self._schedule.epochs}  {shown}{mark}", flush=True)
        self._save()
        if self.finished:
            print(f"stopping after epoch {epoch + 1}: nothing better lately, or told to", flush=True)
            self.model.stop_training = True

    def _save(self) -> None:
        arrays: dict[str, Any] = {"steps": np.array(self._steps), "epochs": np.array(len(self.history))}
        arrays |= {f"weight{i}": variable.numpy() for i, variable in enumerate(self.model.weights)}
        arrays |= {f"optimizer{i}": variable.numpy() for i, variable in enumerate(self.model.optimizer.variables)}
        arrays |= {f"average{i}": average for i, average in enumerate(self._average)}
        self._run.record(self.history)
        with replacing(self._run.checkpoint) as temporary:
            np.savez(temporary, **arrays)


def describe(schedule: Schedule) -> dict[str, Any]:
    """What the course of training depends on, for ``config.json`` and ``spec.json``.

    Not where it is cut off, nor on how many devices it runs, so that it may be resumed on more or fewer. The precision
    where it is another than it always was.
    """
    left_out = {"stop_after", "devices"} | ({"precision"} if schedule.precision == "float32" else set())
    return {name: value for name, value in asdict(schedule).items() if name not in left_out}
