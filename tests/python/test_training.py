"""`mien-train` as a user runs it, on small made datasets, in processes of their own."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.python.made_data import make_fer2013, make_ravdess, make_utkface
from training.cli import evaluate, train
from training.errors import DataError
from training.model_files import load_trained, start_from
from training.tasks import face_age_gender, face_emotion


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


def killed_in_its_second_epoch(after: str, arguments: list[str], environment: dict[str, str]) -> str:
    """Run a training and kill it when it has said "epoch 2/3", and ``after`` before that; what it had printed."""
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    shown = ""
    for line in process.stdout:
        if line.startswith("epoch 2/3") and after in shown:
            process.send_signal(signal.SIGKILL)
            break
        shown += line
    process.stdout.close()
    process.wait()
    return shown


def test_face_emotion_trains_resumes_and_evaluates(
    tmp_path: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    data = make_fer2013(tmp_path / "data", per_class=20)
    whole = run(command("face-emotion", data, tmp_path / "whole", "--epochs", "3"), environment)

    # Killed in the second epoch of its first course, taken up again, killed in that of its second, and taken up once
    # more: the same figures, to the last digit.
    arguments = command("face-emotion", data, tmp_path / "killed", "--epochs", "3")
    shown = killed_in_its_second_epoch("", arguments, environment)
    shown += killed_in_its_second_epoch("epoch 3/3", [*arguments, "--resume"], environment)
    shown += (resumed := run([*arguments, "--resume"], environment))
    assert figures_in(resumed) == figures_in(whole)
    epochs = [sorted(set(re.findall(r"epoch \d/3.*?(?=  seconds)", output))) for output in (shown, whole)]
    assert epochs[0] == epochs[1] and len(epochs[1]) == 12
    assert resumed.count("epoch 1/3") == 2, "only the third course and the fourth were not begun"
    assert re.findall(r"^course .*:", resumed, re.MULTILINE) == [f"course {number} of 4:" for number in (2, 3, 4)]
    spec = json.loads((tmp_path / "weights" / "face-emotion.json").read_text())
    assert spec["training"]["epochs"] == 12

    # And case by case.
    assert train.main(["compare", str(tmp_path / "whole"), str(tmp_path / "killed")]) == 0
    compared = capsys.readouterr().out
    assert compared.count("+0.0000 (+0.0000 to +0.0000)") == 4 and compared.count("no telling") == 4

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
    logits = model.predict(np.zeros((2, *model.input_shape[1:]), np.float32), verbose=0)
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
    shipped = Path(__file__).resolve().parents[2] / "training" / "weights" / "speech-emotion"
    for suffix in (".keras", ".json"):
        shutil.copy(shipped.with_suffix(suffix), tmp_path / "weights")
    run(command("speech-emotion", data, tmp_path / "run", module="evaluate"), environment)
    kept = tmp_path / "weights" / "speech-emotion.json"
    assert kept.read_bytes() == shipped.with_suffix(".json").read_bytes(), "figures of one run in the spec of another"
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


def test_training_starts_from_given_weights(tmp_path: Path, environment: dict[str, str]) -> None:
    data = make_fer2013(tmp_path / "data", per_class=2)
    run(command("face-emotion", data, tmp_path / "first", "--epochs", "1"), environment)
    weights = tmp_path / "weights" / "face-emotion.keras"
    first = weights.read_bytes()
    further = command("face-emotion", data, tmp_path / "second", "--epochs", "1", "--from", str(weights))
    further[further.index("--weights") + 1] = str(tmp_path / "further")
    assert f"starting from the weights of {weights}" in run(further, environment)
    expected = {"file": "face-emotion.keras", "sha256": hashlib.sha256(first).hexdigest()}
    assert json.loads((tmp_path / "second" / "config.json").read_text())["from"] == expected
    spec = json.loads((tmp_path / "further" / "face-emotion.json").read_text())
    assert spec["training"]["from"] == expected
    # How precisely it was trained depends on the machine.
    said = spec["training"]["command"].removesuffix(" --precision mixed_bfloat16")
    assert said == "mien-train face-emotion --data DATA --from face-emotion.keras --epochs 1"
    assert weights.read_bytes() == first

    # The same run from other weights is another run.
    other = [*further[: further.index("--from")], "--resume"]
    refused = subprocess.run(other, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 2 and "other settings or data" in refused.stderr


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.save(tmp_path / "other.keras")
    with pytest.raises(DataError, match=r"other\.keras is of another network: 2 weights where this task has \d+"):
        start_from(face_emotion.build(), tmp_path / "other.keras")
    with pytest.raises(DataError, match="no trained model at"):
        start_from(face_emotion.build(), tmp_path / "nowhere.keras")
    assert start_from(face_emotion.build(), None) == {}


def test_given_weights_are_what_training_begins_with(tmp_path: Path) -> None:
    trained, fresh = face_age_gender.build(), face_age_gender.build()
    trained.set_weights([np.full_like(weight, 0.25) for weight in trained.get_weights()])
    trained.save(tmp_path / "trained.keras")
    start_from(fresh, tmp_path / "trained.keras")
    assert all((weight == 0.25).all() for weight in fresh.get_weights())


def test_folds_refuse_weights_that_heard_every_actor(tmp_path: Path, environment: dict[str, str]) -> None:
    data = make_ravdess(tmp_path / "data", actors=(1, 2))
    shipped = Path(__file__).resolve().parents[2] / "training" / "weights" / "speech-emotion.keras"
    arguments = command("speech-emotion", data, tmp_path / "run", "--epochs", "1", "--from", str(shipped))
    refused = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "has heard every actor" in refused.stderr and "--shipped-only" in refused.stderr
    assert not (tmp_path / "run").exists()
    output = run([*arguments, "--shipped-only"], environment)
    assert not re.search(r"fold-\d", output)
    _, spec = load_trained(tmp_path / "weights", "speech-emotion")
    earlier = json.loads(shipped.with_suffix(".json").read_text())
    assert spec["metrics"] == {} and spec["training"]["from"]["file"] == "speech-emotion.keras"
    assert spec["outputs"] == earlier["outputs"]


def test_shipped_only_goes_with_speech_and_weights(capsys: pytest.CaptureFixture[str]) -> None:
    for task in ("speech-emotion", "face-emotion"):
        with pytest.raises(SystemExit) as ended:
            train.main([task, "--data", "nowhere", "--shipped-only"])
        assert ended.value.code == 2 and "--shipped-only goes with" in capsys.readouterr().err


def test_baselines_train_and_resume(tmp_path: Path, environment: dict[str, str]) -> None:
    make_fer2013(tmp_path / "data", per_class=2)
    make_utkface(tmp_path / "data", count=60)
    make_ravdess(tmp_path / "data", actors=(1, 5))
    for task, keys, asked in (
        ("face-emotion", {"accuracy", "macro_f1", "uar", "ece"}, ""),
        ("face-age-gender", {"age_mae", "age_r2", "gender_accuracy"}, " --precision mixed_bfloat16"),
        ("speech-emotion", {"cv_uar", "cv_accuracy", "random_split_accuracy"}, ""),
    ):
        out = tmp_path / f"baseline-{task}"
        words = ["--epochs", "1", "--limit", "12", *asked.split()]
        arguments = command(f"baseline-{task}", tmp_path / "data", out, *words)
        figures = figures_in(run(arguments, environment))
        assert keys <= figures.keys()
        assert json.loads((out / "figures.json").read_text()) == figures
        assert figures["command"] == f"mien-train baseline-{task} --data DATA --epochs 1 --limit 12{asked}"
        again = figures_in(run([*arguments, "--resume"], environment))
        assert again == figures
    assert not (tmp_path / "weights").exists(), "a baseline does not ship"


def test_baselines_are_the_networks_of_the_system_before() -> None:
    from training.baselines import face_age_gender as age
    from training.baselines import face_emotion as emotion
    from training.baselines import speech_emotion as speech

    assert emotion.build().count_params() == 4_232_199
    assert speech.build().count_params() == 209_672
    outputs = age.build()(np.zeros((2, 128, 128, 1), np.float32))
    assert {name: tuple(value.shape) for name, value in outputs.items()} == {"age": (2, 1), "gender": (2, 1)}
