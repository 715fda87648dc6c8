"""Several devices: the same network as one trains, and a clear word where they cannot be had or are lost."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from server import ROOT
from tests.python.made_data import make_fer2013
from training.cli import train
from training.devices import claim_devices, shares
from training.errors import DataError
from training.fitting import BEST
from training.tasks import face_emotion

EPOCHS = 2
SETTINGS = ("--set", "batch=20", "--set", "learning_rate=0.003", "--set", "average=0.5")
"""A rate at which a difference in rounding does not grow within a few steps: so the weights can be compared, too."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Without the backend that the other tests need."""
    chosen = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    return chosen | {"MIEN_CACHE": str(tmp_path / "cache")}


def command(data: Path, out: Path, *more: str) -> list[str]:
    folders = ["--data", str(data), "--out", str(out / "run"), "--weights", str(out)]
    return [
        sys.executable,
        "-u",
        "-m",
        "training.cli.train",
        "face-emotion",
        *folders,
        *("--epochs", str(EPOCHS)),
        "--once",  # each course makes more of a difference in rounding
        *SETTINGS,
        *more,
    ]


def run(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(arguments, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def agree(one: Path, other: Path, first: str, second: str) -> None:
    """Fail unless two runs came to the same figures within a point, and to about the same weights."""
    figures = [json.loads(output[output.index("\n{\n") :]) for output in (first, second)]
    for name in ("accuracy", "uar", "macro_f1", "ece"):
        assert figures[0][name] == pytest.approx(figures[1][name], abs=0.01), name
    histories = [
        [json.loads(line) for line in (out / "run" / "history.jsonl").read_text().splitlines()] for out in (one, other)
    ]
    assert [len(history) for history in histories] == [EPOCHS, EPOCHS]
    for a, b in zip(*histories, strict=True):
        assert a["loss"] == pytest.approx(b["loss"], abs=1e-2)
        assert a["val_accuracy"] == pytest.approx(b["val_accuracy"], abs=0.01)
    # As they were trained: in what ships the least difference may round a weight to another level.
    weights = []
    for out in (one, other):
        model = face_emotion.build(face_emotion.FIRST_SIZE)
        model.load_weights(out / "run" / BEST)
        weights.append(model.get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-3)


@pytest.mark.parametrize(
    ("rows", "devices", "counts"), [(64, 2, [32, 32]), (7, 3, [3, 2, 2]), (8, 3, [3, 3, 2]), (3, 3, [1, 1, 1])]
)
def test_shares_are_even_and_whole(rows: int, devices: int, counts: list[int]) -> None:
    cut = shares(rows, devices)
    assert [part.stop - part.start for part in cut] == counts
    assert [row for part in cut for row in range(rows)[part]] == list(range(rows))


def test_a_batch_smaller_than_the_devices_is_refused() -> None:
    with pytest.raises(DataError, match="a batch of 2 cannot be shared out among 3 devices: use --devices 2"):
        shares(2, 3)


def test_steps_in_shares_are_the_steps_of_whole_batches(environment: dict[str, str]) -> None:
    found = json.loads(run([sys.executable, "-m", "tests.python.shares", "2"], environment).splitlines()[-1])
    assert found["moved"] > 0.1
    assert found["weights"] < 1e-5
    assert found["loss"] < 1e-5
    assert found["same"] == [True]
    assert "would normalise each device's share by itself" in found["refused"]


@pytest.mark.long
def test_two_processes_train_to_what_one_does_and_a_lost_one_ends_the_run(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    data = make_fer2013(tmp_path / "data", per_class=9)
    alone = run(command(data, tmp_path / "alone"), environment)

    # The second device is lost in the second epoch; the run is taken up again.
    shared = command(data, tmp_path / "shared", "--devices", "2")
    process = subprocess.Popen(
        shared, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    worker = 0
    for line in process.stdout:
        if found := re.search(r"2 devices \(cpu\); the further ones have processes (\d+)$", line):
            worker = int(found.group(1))
        if line.startswith("epoch 1/"):
            os.kill(worker, signal.SIGKILL)
            break
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "mien-train: the process of device 1 ended too early (signal 9)" in said
    assert "go on with the same command and --resume" in said
    assert not (tmp_path / "shared" / "face-emotion.keras").exists()

    together = run([*shared, "--resume"], environment)
    agree(tmp_path / "alone", tmp_path / "shared", alone, together)


@pytest.mark.long
@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_two_virtual_devices_of_jax_train_to_what_one_does(tmp_path: Path, environment: dict[str, str]) -> None:
    data = make_fer2013(tmp_path / "data", per_class=9)
    environment |= {"KERAS_BACKEND": "jax", "XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    alone = run(command(data, tmp_path / "alone"), environment)
    together = run(command(data, tmp_path / "shared", "--devices", "2"), environment)
    agree(tmp_path / "alone", tmp_path / "shared", alone, together)
    more = command(data, tmp_path / "more", "--devices", "3")
    refused = subprocess.run(more, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "--devices 3: JAX sees 2 here" in refused.stderr


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="for a backend that cannot")
def test_a_backend_that_cannot_says_which_can(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claim_devices(1)
    arguments = ["face-emotion", "--data", str(tmp_path), "--out", str(tmp_path / "run"), "--devices", "2"]
    assert train.main(arguments) == 2
    assert "on tensorflow Mien trains on one device. Set KERAS_BACKEND=torch" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("task", "devices", "message"),
    [
        ("face-emotion", "0", "--devices must be at least 1, got 0"),
        ("baseline-face-emotion", "2", "--devices does not go with a baseline"),
    ],
)
def test_devices_that_make_no_sense_are_refused(
    task: str, devices: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        train.main([task, "--data", "nowhere", "--devices", devices])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
