"""Teachers' readings: who reads what, what is kept of it, and what is learnt from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from training.distillation import (
    FOLDS,
    TARGETS,
    folds_of,
    label_probabilities,
    read_targets,
    stem,
    taught_by_others,
    write_targets,
)
from training.errors import DataError
from training.tasks import face_emotion


@dataclass(frozen=True)
class Picture:
    path: Path


@pytest.fixture
def faces() -> NDArray[np.uint8]:
    """Six blurred noises, 48 x 48 grey: no two alike."""
    noise = np.random.default_rng(3).integers(0, 256, (6, 48, 48), np.uint8)
    return np.stack([cv2.GaussianBlur(face, (0, 0), 3) for face in noise])[..., None] * np.uint8(1)


def test_folds_are_even_and_keep_groups_together() -> None:
    folds = folds_of([f"group {i // 2}" for i in range(10_000)])
    np.testing.assert_array_equal(folds[::2], folds[1::2])
    assert np.bincount(folds, minlength=FOLDS).min() > 1_800
    np.testing.assert_array_equal(folds, folds_of([f"group {i // 2}" for i in range(10_000)]))


def test_what_is_written_is_read_by_name_in_any_order(tmp_path: Path, faces: NDArray[np.uint8]) -> None:
    names = [f"Training_{i}" for i in range(6)]
    readings = {"emotion": np.random.default_rng(4).dirichlet(np.ones(7), 6), "age": np.arange(12.0).reshape(6, 2)}
    write_targets(tmp_path / "a.npz", names, faces, readings)
    found = read_targets(tmp_path / "a.npz", [names[4], "Training_99", names[1]], faces[[4, 0, 1]])
    assert found.keys() == readings.keys()
    np.testing.assert_allclose(found["emotion"][[0, 2]], readings["emotion"][[4, 1]], atol=5e-4)
    np.testing.assert_array_equal(found["age"][[0, 2]], readings["age"][[4, 1]])
    assert np.isnan(found["emotion"][1]).all() and np.isnan(found["age"][1]).all()


def test_the_same_picture_is_known_from_another_encoder_and_another_one_of_its_name_is_not(
    tmp_path: Path, faces: NDArray[np.uint8]
) -> None:
    names = [f"Training_{i}" for i in range(6)]
    write_targets(tmp_path / "a.npz", names, faces, {"emotion": np.full((6, 7), 1 / 7)})
    coded = [cv2.imencode(".jpg", face, [cv2.IMWRITE_JPEG_QUALITY, 70])[1] for face in faces]
    again = np.stack([np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)) for code in coded])[..., None].astype(
        np.uint8
    )
    assert not np.array_equal(again, faces)
    assert np.isfinite(read_targets(tmp_path / "a.npz", names, again)["emotion"]).all()
    assert np.isnan(read_targets(tmp_path / "a.npz", names, faces[::-1])["emotion"]).all()


def test_pictures_are_known_by_name_without_the_format() -> None:
    assert stem(Path("train/angry/Training_7.jpg")) == stem(Path("Training_7.png")) == "Training_7"
    assert stem(Path("25_0_1_20170116.jpg.chip.jpg")) == "25_0_1_20170116"


def test_a_damaged_file_is_refused_in_words(tmp_path: Path, faces: NDArray[np.uint8]) -> None:
    path = tmp_path / "a.npz"
    write_targets(path, ["a"] * 6, faces, {"emotion": np.full((6, 7), 1 / 7)})
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match="Take it from the repository again"):
        read_targets(path, ["a"] * 6, faces)


def test_made_pictures_are_taught_by_nobody(tmp_path: Path, faces: NDArray[np.uint8]) -> None:
    samples = [Picture(Path(f"Training_{i}.jpg")) for i in range(6)]
    known = taught_by_others("face-emotion", samples, faces, 0.5)
    assert not known.readings and not known.noted and "none of the training pictures" in known.remark
    missing = taught_by_others("face-emotion", samples, faces, 0.5, tmp_path)
    assert not missing.readings and str(tmp_path) in missing.remark


def test_what_teachers_say_of_a_picture_is_blended_with_its_label() -> None:
    said = np.array([[0.1, 0, 0, 0.7, 0.2, 0, 0], [np.nan] * 7], np.float32)
    targets = face_emotion.training_targets(np.array([0, 2]), None, said)
    share = face_emotion.TAUGHT
    np.testing.assert_allclose(targets[0], (1 - share) * np.eye(7)[0] + share * said[0], atol=1e-6)
    np.testing.assert_array_equal(targets[1], face_emotion.training_targets(np.array([2]), None)[0])


def test_two_that_see_different_things_say_more_together() -> None:
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 4, 4_000)
    # One tells even from odd, the other low from high.
    first = np.where((np.arange(4) % 2)[None] == (labels % 2)[:, None], 0.4, 0.1)
    second = np.where((np.arange(4) // 2)[None] == (labels // 2)[:, None], 0.4, 0.1)
    together = label_probabilities([first, second], labels)
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-5)
    assert (together.argmax(1) == labels).all()


def test_where_one_only_was_asked_the_other_speaks_alone() -> None:
    rng = np.random.default_rng(6)
    labels = rng.integers(0, 7, 500)
    opinions, taught = (rng.dirichlet(np.ones(7), 500).astype(np.float32) for _ in range(2))
    opinions[:100], taught[400:] = np.nan, np.nan
    targets = face_emotion.training_targets(labels, opinions, taught)
    np.testing.assert_array_equal(targets[:100], face_emotion.training_targets(labels, None, taught)[:100])
    np.testing.assert_array_equal(targets[400:], face_emotion.training_targets(labels, opinions)[400:])
    np.testing.assert_allclose(targets.sum(axis=1), 1, atol=1e-5)
    # Those of whom nothing can be learnt: what is left is how often a label occurs.
    sure = np.eye(7)[labels[100:400]] * (1 - face_emotion.TAUGHT)
    np.testing.assert_allclose((targets[100:400] - sure).std(axis=0), 0, atol=0.08)


def test_the_file_that_ships_holds_readings_of_training_pictures_alone() -> None:
    with np.load(TARGETS / "face-emotion.npz", allow_pickle=False) as arrays:
        names = arrays["names"].tobytes().decode().split("\n")
        assert set(arrays.files) == {"emotion", "names", "hashes"}
        assert len(names) == len(arrays["hashes"]) == len(arrays["emotion"])
        assert all(name.startswith("Training_") for name in names)
        readings = arrays["emotion"].astype(np.float64)
        assert np.isfinite(readings).all() and (readings >= 0).all()
        np.testing.assert_allclose(readings.sum(axis=1), 1, atol=5e-3)
