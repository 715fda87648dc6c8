"""Crops of a dataset: from tight pictures and from frames, with eyes where the network wants them, kept on disk."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.python.made_data import astronaut_face
from training.crops import face_crops, framed_crops
from training.frames import random_condition
from training.preprocessing.detector import FaceDetector
from training.preprocessing.face import FaceInput

GRAY = FaceInput(48, 48, "gray", ((0.31, 0.38), (0.69, 0.38)), (0.5,), (0.25,))
MARGIN = 8


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Eleven of one face, and one of nobody."""
    monkeypatch.setenv("MIEN_CACHE", str(tmp_path / "cache"))
    paths = [tmp_path / f"{i}.png" for i in range(12)]
    for path in paths[:-1]:
        Image.fromarray(astronaut_face()).resize((64, 64)).save(path)
    Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(paths[-1])
    return paths


def test_conditions_are_drawn_from_the_whole_of_their_ranges() -> None:
    rng = np.random.default_rng(5)
    drawn = [random_condition(rng) for _ in range(400)]
    faces, turns = np.array([one.face for one in drawn]), np.array([one.degrees for one in drawn])
    assert 110 <= faces.min() < 120 and 300 < faces.max() <= 320 and 170 < np.median(faces) < 205
    assert -20 <= turns.min() < -18 and 18 < turns.max() <= 20
    assert {one.grey for one in drawn} == {True, False}
    lights = [one.light for one in drawn]
    assert 0.35 <= min(lights) < 0.4 and max(lights) == 1.0 and 0.2 < np.mean(np.array(lights) < 1) < 0.4
    qualities = [one.jpeg_quality for one in drawn if one.jpeg_quality is not None]
    assert 35 <= min(qualities) < 45 and 85 < max(qualities) <= 95 and 80 < len(qualities) < 160


def test_a_face_on_a_frame_is_cut_as_in_its_picture(pictures: list[Path]) -> None:
    tight, framed = (cut(pictures, GRAY, MARGIN, "faces") for cut in (face_crops, framed_crops))
    assert tight.found.tolist() == [True] * 11 + [False]
    assert framed.found.sum() >= 9 and not framed.found[-1]
    seen = np.flatnonzero(framed.found)
    assert len(np.unique(framed.pictures[seen], axis=0)) == len(seen), "each picture has a frame of its own"
    # Upright, the face is in the same place to within a tenth of the crop; upside down it would not be there.
    around, faces = framed.pictures[seen, 15:49, 15:49, 0], tight.pictures[seen, 20:44, 20:44, 0]
    upright, turned = (
        [
            cv2.matchTemplate(one, np.ascontiguousarray(face), cv2.TM_CCOEFF_NORMED).max()
            for one, face in zip(around, those, strict=True)
        ]
        for those in (faces, faces[:, ::-1, ::-1])
    )
    assert np.median(upright) > 0.7 and min(upright) > 0.4
    assert max(turned) < 0.35


def test_where_no_face_is_seen_the_whole_picture_serves(pictures: list[Path]) -> None:
    framed = framed_crops(pictures[-1:], GRAY, MARGIN, "nobody")
    assert not framed.found[0] and (framed.pictures[0] == 90).all()


def test_crops_are_made_once_and_the_two_kinds_apart(pictures: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    first = [cut(pictures, GRAY, MARGIN, "faces") for cut in (face_crops, framed_crops)]

    def refuse(*_: object) -> None:
        raise AssertionError("a detector is opened although the crops are there")

    monkeypatch.setattr(FaceDetector, "__init__", refuse)
    again = [cut(pictures, GRAY, MARGIN, "faces") for cut in (face_crops, framed_crops)]
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.pictures, other.pictures)
        np.testing.assert_array_equal(one.found, other.found)
    assert (first[0].pictures != first[1].pictures).any()
