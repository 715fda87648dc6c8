"""Teachers: each is trained without the pictures that it reads, and all of them are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from training.cli import train
from training.distillation import FOLDS, read_targets
from training.errors import DataError
from training.tasks import face_emotion as task
from training.teachers import face_emotion, folds
from training.teachers.options import TeacherOptions

COUNT = 60


def small(classes: int = 7) -> keras.Model:
    """A network of the teachers' shape of input and output that is trained in no time."""
    face = keras.Input((48, 48, 1), name="face")
    x = keras.layers.AveragePooling2D(16)(face)
    emotion = keras.layers.Dense(classes, name="emotion")(keras.layers.Flatten()(x))
    return keras.Model(face, {"emotion": emotion})


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TeacherOptions:
    monkeypatch.setattr(face_emotion, "build", small)
    monkeypatch.setattr(folds, "STEPS", ((0, 0),))
    return TeacherOptions(tmp_path, tmp_path / "run", tmp_path / "targets", epochs=1, settings={"batch": 8})


@pytest.fixture
def pictures() -> NDArray[np.uint8]:
    """Each of one level of its own, but for the last two, which are equal."""
    levels = np.arange(COUNT, dtype=np.uint8) * 4
    levels[-1] = levels[-2]
    return np.broadcast_to(levels[:, None, None, None], (COUNT, 64, 64, 1)).copy()


def teach(options: TeacherOptions, pictures: NDArray[np.uint8]) -> dict[str, object]:
    labels = np.arange(COUNT) % 7
    names = [f"Training_{i}" for i in range(COUNT)]
    return face_emotion.teach_all(options, names, pictures, labels, None, pictures[:7], labels[:7])


def test_each_picture_is_read_by_the_one_teacher_that_did_not_see_it(
    options: TeacherOptions, pictures: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[int]] = []
    read: list[set[int]] = []
    batches, looks = task.training_batches, folds.looks

    def spy_batches(some: NDArray[np.uint8], *more: object) -> object:
        seen.append(set(some[:, 0, 0, 0].tolist()))
        return batches(some, *more)  # type: ignore[arg-type]

    def spy_looks(model: keras.Model, some: NDArray[np.uint8], *more: object) -> object:
        read.append(set(some[:, 0, 0, 0].tolist()))
        return looks(model, some, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(task, "training_batches", spy_batches)
    monkeypatch.setattr(face_emotion, "looks", spy_looks)
    figures = teach(options, pictures)
    everything = set(pictures[:, 0, 0, 0].tolist())
    assert len(seen) == len(read) == FOLDS
    assert all(mine | others == everything and not mine & others for mine, others in zip(seen, read, strict=True))
    assert set.union(*read) == everything and sum(map(len, read)) == len(everything)
    assert figures["pictures"] == COUNT

    path = options.weights / "face-emotion.npz"
    names = [f"Training_{i}" for i in range(COUNT)]
    readings = read_targets(path, names, pictures[:, 8:-8, 8:-8])["emotion"]
    assert readings.shape == (COUNT, 7)
    np.testing.assert_allclose(readings.sum(axis=1), 1, atol=5e-3)


def test_folds_may_be_taught_apart_and_are_gathered_by_the_last(
    options: TeacherOptions, pictures: NDArray[np.uint8], capsys: pytest.CaptureFixture[str]
) -> None:
    path = options.weights / "face-emotion.npz"
    for fold in (3, 0, 4, 1):
        teach(replace(options, fold=fold), pictures)
        assert not path.exists()
    assert "other folds are still to be taught" in capsys.readouterr().out
    with pytest.raises(DataError, match="already holds a run"):
        # One that was stopped: its folder holds a run, and no readings yet.
        (folds.held_out(options.out / "fold-1")).unlink()
        teach(replace(options, fold=1), pictures)
    teach(replace(options, fold=1, resume=True), pictures)
    teach(replace(options, fold=2), pictures)
    with np.load(path) as gathered:
        np.testing.assert_allclose(gathered["emotion"].astype(float).sum(axis=1), np.ones(COUNT), atol=5e-3)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["face-emotion", "--fold", "1"], "--fold goes with a teacher"),
        (["teacher-face-emotion", "--from", "x.keras"], "--from does not go with a teacher"),
        (["teacher-face-emotion", "--fold", "5"], "invalid choice: 5"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        train.main([*words, "--data", str(tmp_path)])
    assert end.value.code == 2 and said in capsys.readouterr().err
