"""Mixed precision: finite losses in training, float32 in all that is kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from server import ROOT
from tests.python.made_data import make_fer2013
from training.cli import train
from training.fitting import Schedule, describe
from training.model_files import load_trained


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Without the backend that the other tests need."""
    chosen = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    return chosen | {"MIEN_CACHE": str(tmp_path / "cache")}


def run(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


def test_each_network_learns_in_bfloat16_and_computes_in_float32_after(environment: dict[str, str]) -> None:
    done = run([sys.executable, "-m", "tests.python.mixed"], environment)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found) == 4
    for task, of in found.items():
        assert np.isfinite(of["losses"]).all() and of["losses"][-1] < of["losses"][0], task
        assert of["weights"] == ["float32"], task
        assert of["convolution"] == "bfloat16" and of["policies"] == ["float32"], task
        assert of["from_full"] < 1e-5 < of["from_mixed"], task


@pytest.mark.long
def test_what_a_run_in_mixed_precision_keeps_is_float32(tmp_path: Path, environment: dict[str, str]) -> None:
    data = make_fer2013(tmp_path / "data", per_class=10)
    folders = ["--data", str(data), "--out", str(tmp_path / "run"), "--weights", str(tmp_path / "weights")]
    command = [sys.executable, "-m", "training.cli.train", "face-emotion", *folders, "--epochs", "2"]
    done = run([*command, "--precision", "mixed_bfloat16"], environment)
    assert done.returncode == 0, done.stderr[-2000:]
    history = [json.loads(line) for line in (tmp_path / "run" / "history.jsonl").read_text().splitlines()]
    assert len(history) == 2 and all(np.isfinite(record["loss"]) for record in history)

    assert "bfloat16" not in json.dumps(load_trained(tmp_path / "weights", "face-emotion")[0].get_config())
    with h5py.File(tmp_path / "run" / "best.weights.h5") as file:
        kinds = set()
        file.visititems(lambda _, item: kinds.add(item.dtype.name) if isinstance(item, h5py.Dataset) else None)
        assert kinds == {"float32", "int32"}  # the optimizer counts its steps
    spec = json.loads((tmp_path / "weights" / "face-emotion.json").read_text())
    assert spec["training"]["schedule"]["precision"] == "mixed_bfloat16"
    assert spec["training"]["command"].endswith("--epochs 2 --precision mixed_bfloat16")

    # The precision is a part of the run: it does not go on in another.
    other = run([*command, "--resume", "--precision", "float32"], environment)
    assert other.returncode == 2 and "other settings or data" in other.stderr


AUTOMATIC = """
import sys
from training.backend import choose_backend
choose_backend()
import torch
from training.precision import chosen
torch.cuda.is_available = lambda: sys.argv[1] == "card"
torch.cuda.is_bf16_supported = lambda including_emulation: sys.argv[2] == "native"
torch.cpu._is_avx512_bf16_supported = lambda: sys.argv[2] == "native"
torch.cpu._is_amx_tile_supported = lambda: False
print(chosen("auto"), chosen("float32"), chosen("mixed_bfloat16"))
"""


@pytest.mark.parametrize("place", ["card", "processor"])
@pytest.mark.parametrize(("kind", "expected"), [("native", "mixed_bfloat16"), ("imitated", "float32")])
def test_bfloat16_is_chosen_where_the_machine_multiplies_in_it(
    place: str, kind: str, expected: str, environment: dict[str, str]
) -> None:
    done = run([sys.executable, "-c", AUTOMATIC, place, kind], environment)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == [expected, "float32", "mixed_bfloat16"]


def test_the_usual_precision_is_not_written_down() -> None:
    schedule = Schedule(epochs=1, batch=1, learning_rate=0.1, weight_decay=0.0, devices=3)
    assert not {"precision", "devices", "stop_after"} & describe(schedule).keys()


def test_precisions_that_make_no_sense_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        train.main(["face-emotion", "--precision", "float8", "--data", "nowhere"])
    assert ended.value.code == 2
    assert "invalid choice: 'float8'" in capsys.readouterr().err
