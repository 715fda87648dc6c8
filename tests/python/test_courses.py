"""Later courses of training: when there are some, what they are told, and what a network makes of its own pictures."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.python.made_data import make_fer2013, make_utkface
from training.cli import train
from training.courses import later_courses
from training.fitting import Schedule
from training.histories import one_after_another
from training.model_files import load_model
from training.self_teaching import AT_ONCE, VIEWS, opinions
from training.tasks import face_age_gender, face_emotion
from training.tasks.options import Options

FIRST = Schedule(epochs=10, batch=4, learning_rate=0.1, weight_decay=0.0)
AGAIN = dataclasses.replace(FIRST, epochs=6, learning_rate=0.05)


def later(number: int = 2, **given: object) -> list[Schedule]:
    options = Options(Path("data"), Path("out"), Path("weights"), **given)  # type: ignore[arg-type]
    return later_courses(options, options.apply(FIRST), [AGAIN] * number)


def test_each_course_draws_other_variants() -> None:
    assert later() == [dataclasses.replace(AGAIN, seed=FIRST.seed + i) for i in (1, 2)]
    assert [course.seed for course in later(3, seed=20)] == [21, 22, 23]


def test_there_is_none_for_own_pictures_nor_where_it_is_declined() -> None:
    assert later(own=True) == later(once=True) == []


@pytest.mark.parametrize(("stop_after", "left"), [(9, []), (10, []), (11, [1]), (16, [6]), (17, [7, 1]), (22, [12, 6])])
def test_training_ends_after_so_many_epochs_of_all(stop_after: int, left: list[int]) -> None:
    assert [course.stop_after for course in later(stop_after=stop_after)] == left


def test_epochs_are_numbered_through() -> None:
    history = one_after_another([{"epoch": 1, "loss": 3.0}, {"epoch": 2, "loss": 2.0}], [{"epoch": 1, "loss": 1.5}])
    assert history == [{"epoch": 1, "loss": 3.0}, {"epoch": 2, "loss": 2.0}, {"epoch": 3, "loss": 1.5}]


def test_opinions_are_means_over_variants_of_the_same_case() -> None:
    cases = AT_ONCE + 3
    asked: list[NDArray[np.intp]] = []

    def vary(chosen: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.float32]:
        asked.append(chosen)
        return (chosen + rng.uniform(-0.5, 0.5, len(chosen)))[:, None].astype(np.float32)

    def read(inputs: NDArray[np.float32]) -> NDArray[np.float64]:
        share = inputs / cases
        return np.concatenate([share, 1 - share], axis=1).astype(np.float64)

    own = opinions(read, vary, cases, seed=5)
    assert own.shape == (cases, 2) and own.dtype == np.float32
    np.testing.assert_array_equal(np.bincount(np.concatenate(asked)), VIEWS)
    np.testing.assert_allclose(own.sum(axis=1), 1, atol=1e-6)
    # Each is near its own case: the spread of one variant is 0.29, of the mean of eight 0.10.
    off = own[:, 0] * cases - np.arange(cases)
    assert 0.07 < off.std() < 0.14
    assert opinions(read, vary, cases, seed=5).tobytes() == own.tobytes()
    assert opinions(read, vary, cases, seed=6).tobytes() != own.tobytes()


def test_later_courses_go_on_from_the_first_unless_declined(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = make_utkface(tmp_path / "data", count=60)
    words = ["face-age-gender", "--data", str(data), "--epochs", "1", "--precision", "float32"]

    def said(name: str, *more: str) -> str:
        folders = ["--out", str(tmp_path / name), "--weights", str(tmp_path / name)]
        assert train.main([*words, *folders, *more]) == 0
        return capsys.readouterr().out

    courses = 1 + len(face_age_gender.LATER)
    assert said("all").count("epoch 1/1") == courses
    assert (tmp_path / "all" / f"again-{courses - 1}" / "history.jsonl").is_file()
    assert said("first", "--once").count("epoch 1/1") == 1 and not (tmp_path / "first" / "again-1").exists()
    specs = [json.loads((tmp_path / name / "face-age-gender.json").read_text()) for name in ("all", "first")]
    assert [spec["input"]["width"] for spec in specs] == [face_age_gender.SIZE, face_age_gender.FIRST_SIZE]
    # The one is the beginning of the other.
    histories = [(tmp_path / name / "history.jsonl").read_text().split(', "seconds"')[0] for name in ("all", "first")]
    assert histories[0] == histories[1]
    assert (tmp_path / "all" / "face-age-gender.keras").read_bytes() != (
        tmp_path / "first" / "face-age-gender.keras"
    ).read_bytes()

    # Of courses that are over nothing is done again, and the network is the same.
    network = tmp_path / "all" / "face-age-gender.keras"
    before = load_model(network).get_weights()
    network.unlink()
    shutil.rmtree(tmp_path / "all" / f"again-{courses - 1}")
    for epochs in (1, 0):
        again = said("all", "--resume")
        assert again.count("epoch 1/1") == again.count("from the network so far") == epochs
        for weights, as_before in zip(load_model(network).get_weights(), before, strict=True):
            np.testing.assert_array_equal(weights, as_before)


def test_the_last_courses_go_on_with_larger_crops(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = make_fer2013(tmp_path / "data")

    def trained(name: str, *more: str) -> dict[str, Any]:
        folders = ["--out", str(tmp_path / name), "--weights", str(tmp_path / name)]
        words = ["face-emotion", "--data", str(data), "--epochs", "1", "--precision", "float32"]
        assert train.main([*words, *folders, *more]) == 0
        spec: dict[str, Any] = json.loads((tmp_path / name / "face-emotion.json").read_text())
        return spec

    whole, first = trained("all"), trained("first", "--once")
    assert [spec["input"]["width"] for spec in (whole, first)] == [face_emotion.SIZE, face_emotion.FIRST_SIZE]
    sizes = [size for *_, size in face_emotion.LATER]
    assert [course["size"] for course in whole["training"]["later_courses"]] == sizes
    begun = trained("from", "--from", str(tmp_path / "all" / "face-emotion.keras"), "--once")
    assert begun["input"]["width"] == face_emotion.SIZE, "what starts from a trained network sees what that saw"
    assert f"train, {face_emotion.SIZE} pixels: " in capsys.readouterr().out


def test_baselines_have_one_course(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        train.main(["baseline-face-emotion", "--data", "nowhere", "--once"])
    assert ended.value.code == 2 and "--once does not go with a baseline" in capsys.readouterr().err
