"""`mien-train` as a user runs it, on small made datasets, in processes of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.python.made_data import make_fer2013, make_ravdess, make_utkface
from training.cli import evaluate, train
from training.model_files import load_trained


def command(task: str, data: Path, out: Path, *more: str, module: str = "train") -> list[str]:
    weights = out.parent / "weights"
    return [
        *(sys.executable, "-u", "-m", f"training.cli.{module}", task),
        *("--data", str(data), "--out", str(out), "--weights", str(weights), *more),
    ]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Without the backend that the other tests need: training chooses its own, as it does for a user."""
    chosen = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    return chosen | {"MIEN_CACHE": str(tmp_path / "cache")}


def run(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def figures_in(output: str) -> dict[str, object]:
    """The JSON object at the end of what a command printed."""
    figures: dict[str, object] = json.loads(output[output.index("\n{\n") :])
    return figures


def test_face_emotion_trains_resumes_and_evaluates(tmp_path: Path, environment: dict[str, str]) -> None:
    data = make_fer2013(tmp_path / "data", per_class=20)
    whole = run(command("face-emotion", data, tmp_path / "whole", "--epochs", "3"), environment)

    # Killed in its second epoch, and taken up again: the same figures, to the last digit.
    arguments = command("face-emotion", data, tmp_path / "killed", "--epochs", "3")
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("epoch 2/3"):
            process.send_signal(signal.SIGKILL)
            break
    process.stdout.close()
    process.wait()
    resumed = run([*arguments, "--resume"], environment)
    assert figures_in(resumed) == figures_in(whole)
    epochs = re.findall(r"epoch \d/3.*?(?=  seconds)", resumed)
    assert [line for line in epochs if not line.startswith("epoch 2/3")] == [
        line for line in re.findall(r"epoch \d/3.*?(?=  seconds)", whole) if line.startswith("epoch 3/3")
    ]

    model, spec = load_trained(tmp_path / "weights", "face-emotion")
    assert spec["parameters"] == model.count_params() < 1_000_000
    assert spec["outputs"]["emotion"]["labels"][0] == "angry"
    for plot in ("curves.png", "confusion.png", "reliability.png"):
        assert (tmp_path / "whole" / plot).stat().st_size > 5_000
    again = run(command("face-emotion", data, tmp_path / "whole", module="evaluate"), environment)
    # A temperature rounded to four digits moves the calibration error, not the answers.
    measured, trained = json.loads(again), figures_in(whole)
    assert measured["accuracy"] == trained["accuracy"]
    assert measured["ece"] == pytest.approx(trained["ece"], abs=1e-3)


def test_age_and_gender_train(tmp_path: Path, environment: dict[str, str]) -> None:
    data = make_utkface(tmp_path / "data", count=160)
    output = run(command("face-age-gender", data, tmp_path / "run", "--epochs", "2"), environment)
    figures = figures_in(output)
    assert {"age_mae", "gender_accuracy", "age_interval_coverage", "by_group"} <= figures.keys()
    model, spec = load_trained(tmp_path / "weights", "face-age-gender")
    logits = model.predict(np.zeros((2, 64, 64, 3), np.float32), verbose=0)
    assert {name: value.shape for name, value in logits.items()} == {"age": (2, 117), "gender": (2, 2)}
    assert spec["outputs"]["gender"]["labels"] == ["female", "male"]
    names = (tmp_path / "run" / "test-names.txt").read_text().split()
    assert len(names) == figures["n"]


def test_speech_holds_actors_out(tmp_path: Path, environment: dict[str, str]) -> None:
    data = make_ravdess(tmp_path / "data")
    output = run(command("speech-emotion", data, tmp_path / "run", "--epochs", "1"), environment)
    figures = figures_in(output)
    assert figures["n"] == 32
    assert set(figures["uar_by_fold"]) == {"fold-0", "fold-1"}  # type: ignore[call-overload]
    again = json.loads(run(command("speech-emotion", data, tmp_path / "run", module="evaluate"), environment))
    assert again["cv_uar"] == pytest.approx(figures["cv_uar"])
    _, spec = load_trained(tmp_path / "weights", "speech-emotion")
    # What evaluation adds, it also writes into the spec of the same run.
    assert spec["metrics"] == again and figures.keys() < again.keys()
    assert spec["outputs"]["emotion"]["unsure_below"] == again["unsure_below"]
    for snr in (15, 5):
        drop = 100 * (again["cv_uar"] - again[f"microphone_{snr}db_uar"])
        assert again[f"microphone_{snr}db_drop"] == pytest.approx(drop)
    other = tmp_path / "weights" / "speech-emotion.json"
    other.write_text(other.read_text().replace('"learning_rate": 0.003', '"learning_rate": 0.004'))
    before = other.read_bytes()
    run(command("speech-emotion", data, tmp_path / "run", module="evaluate"), environment)
    assert other.read_bytes() == before, "the figures of one run were written into the spec of another"
    assert len(spec["input"]["mean"]) == spec["input"]["n_mels"]


def test_a_folder_that_holds_a_run_is_refused(tmp_path: Path, environment: dict[str, str]) -> None:
    data = make_fer2013(tmp_path / "data")
    arguments = command("face-emotion", data, tmp_path / "run", "--epochs", "1")
    run(arguments, environment)
    second = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert second.returncode == 2
    assert "already holds a run: go on with --resume" in second.stderr
    other = subprocess.run(
        [*arguments[:-1], "2", "--resume"], env=environment, capture_output=True, text=True, check=False
    )
    assert other.returncode == 2
    assert "other settings or data" in other.stderr


@pytest.mark.parametrize("main", [train.main, evaluate.main])
def test_bad_arguments_end_with_two_and_a_message(
    main: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(main)
    wrong = ["face-emotion", "--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "run")]
    wrong += ["--weights", str(tmp_path / "weights")]
    assert main(wrong) == 2
    assert "is not a folder" in (said := capsys.readouterr().err) or "run mien-train face-emotion first" in said
    with pytest.raises(SystemExit) as ended:
        main([*wrong, "--limit", "0"])
    assert ended.value.code == 2
    assert "--limit must be at least 1" in capsys.readouterr().err


def test_nothing_to_resume_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = make_fer2013(tmp_path / "data", per_class=1, test_per_class=1)
    out = tmp_path / "run"
    assert train.main(["face-emotion", "--data", str(data), "--out", str(out), "--limit", "3", "--resume"]) == 2
    assert "nothing to resume" in capsys.readouterr().err
