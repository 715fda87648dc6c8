"""The event files of a run, read back by TensorFlow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from training.events import EventFile
from training.fitting import Run

tf = pytest.importorskip("tensorflow")

HISTORY = [
    {"epoch": 1, "loss": 1.75, "val_accuracy": 0.25, "seconds": 3.5},
    {"epoch": 2, "loss": 1.5, "val_accuracy": 0.5, "seconds": 3.25},
    {"epoch": 300, "loss": float("inf"), "val_accuracy": 0.625, "seconds": 3.0},
]


def read(folder: Path) -> list[dict[str, float]]:
    """What the one event file of a folder holds; TensorFlow checks the checksums."""
    (path,) = folder.glob("events.out.tfevents.*")
    events = list(tf.compat.v1.train.summary_iterator(str(path)))
    assert events[0].file_version == "brain.Event:2"
    assert all(1.5e9 < event.wall_time < 1e10 for event in events)
    return [
        {"epoch": event.step, **{value.tag: value.simple_value for value in event.summary.value}}
        for event in events[1:]
    ]


def test_each_epoch_is_added(tmp_path: Path) -> None:
    run = Run(tmp_path, {"task": "made"}, resume=False)
    for epochs in (1, 2, 3):
        run.record(HISTORY[:epochs])
        assert read(tmp_path) == HISTORY[:epochs]
        assert run.history == HISTORY[:epochs]


def test_a_resumed_run_has_one_file_from_its_first_epoch_on(tmp_path: Path) -> None:
    first = Run(tmp_path, {"task": "made"}, resume=False)
    first.record(HISTORY[:1])
    first.record(HISTORY[:2])
    # The second epoch had no checkpoint yet: it is trained again.
    again = Run(tmp_path, {"task": "made"}, resume=True)
    again.record([HISTORY[0], HISTORY[2]])
    assert read(tmp_path) == [HISTORY[0], HISTORY[2]]


def test_a_record_that_broke_off_hides_no_other(tmp_path: Path) -> None:
    EventFile(tmp_path).follow(HISTORY)
    (path,) = tmp_path.glob("events.out.tfevents.*")
    os.truncate(path, path.stat().st_size - 3)
    found = []
    with pytest.raises(tf.errors.DataLossError):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            found.append(event.step)
    assert found == [0, 1, 2]
