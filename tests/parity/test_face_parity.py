"""Faces: the webapp's pictures against Python's, OpenCV's and the TensorFlow Lite interpreter's.

Bars (DESIGN.md, section 3): crops within one grey level. Inputs are scikit-image's astronaut and random pictures.
"""

from __future__ import annotations

import json
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.parity.conftest import Parity, RunningModels, spec_of
from tests.parity.packed import pack, unpack
from training.preprocessing.detector import FaceDetector, decode
from training.preprocessing.face import (
    FaceInput,
    area_resize,
    crop_face,
    letterbox,
    standardise,
    to_gray,
    whole_picture,
)
from training.preprocessing.search import search_levels, search_still

pytestmark = pytest.mark.browser

GREY_LEVELS = 1
"""Largest difference of a crop, in grey levels."""

CORNER_PIXELS = 0.05
"""Largest difference of a detected coordinate, in pixels of a 512 x 512 picture."""

GRAY = FaceInput(48, 48, "gray", ((0.31, 0.38), (0.69, 0.38)), (0.507,), (0.255,))
RGB = FaceInput(64, 60, "rgb", ((0.3, 0.4), (0.72, 0.36)), (0.5, 0.4, 0.3), (0.2, 0.25, 0.3))


def noise(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)


def difference(a: NDArray[Any], b: NDArray[Any]) -> float:
    assert a.shape == b.shape
    return float(np.max(np.abs(a.astype(np.float64) - b.astype(np.float64))))


@pytest.mark.parametrize(
    ("height", "width", "new_height", "new_width"),
    [(480, 640, 96, 128), (97, 131, 48, 48), (200, 200, 199, 150), (64, 64, 64, 64), (51, 37, 7, 3), (300, 2, 100, 1)],
)
def test_shrinking_is_opencvs_inter_area(
    parity: Parity, height: int, width: int, new_height: int, new_width: int
) -> None:
    picture = noise(np.random.default_rng(height), height, width)
    ours = unpack(parity.call("face.areaResize", pack(picture), new_width, new_height))
    assert difference(ours, area_resize(picture, new_width, new_height)) == 0
    assert difference(ours, cv2.resize(picture, (new_width, new_height), interpolation=cv2.INTER_AREA)) <= GREY_LEVELS


@pytest.mark.parametrize(
    ("height", "width", "new_height", "new_width"), [(48, 48, 128, 128), (30, 200, 64, 64), (1, 1, 5, 4)]
)
def test_enlarging_samples_as_python_does(
    parity: Parity, height: int, width: int, new_height: int, new_width: int
) -> None:
    picture = noise(np.random.default_rng(width), height, width)
    ours = unpack(parity.call("face.areaResize", pack(picture), new_width, new_height))
    assert difference(ours, area_resize(picture, new_width, new_height)) <= GREY_LEVELS


def test_gray_is_opencvs(parity: Parity) -> None:
    picture = noise(np.random.default_rng(3), 200, 200)
    ours = unpack(parity.call("face.toGray", pack(picture)))
    assert difference(ours, to_gray(picture)) == 0
    assert difference(ours[..., 0], cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)) == 0


@pytest.mark.parametrize(("height", "width"), [(480, 640), (640, 480), (257, 256), (1000, 30), (60, 60)])
def test_letterbox(parity: Parity, height: int, width: int) -> None:
    picture = noise(np.random.default_rng(height), height, width)
    ours = parity.call("face.letterbox", pack(picture), 128)
    square, scale, left, top = letterbox(picture, 128)
    assert difference(unpack(ours["square"]), square) <= GREY_LEVELS
    assert (ours["left"], ours["top"]) == (left, top)
    assert ours["scale"] == pytest.approx(scale, rel=1e-12)


@pytest.mark.parametrize("target", [GRAY, RGB], ids=["gray", "rgb"])
@pytest.mark.parametrize("seed", range(6))
def test_crop_of_random_faces(parity: Parity, target: FaceInput, seed: int) -> None:
    rng = np.random.default_rng(seed)
    picture = noise(rng, 240, 320)
    # Eyes anywhere, also outside the picture; from next to each other to right across it, at any angle.
    left = rng.uniform([-20, -20], [340, 260])
    right = left + 10 ** rng.uniform(0.2, 2.4) * np.array([np.cos(seed), np.sin(seed)])
    eyes = np.array([left, right])
    ours = unpack(parity.call("face.crop", pack(picture), eyes.tolist(), target.to_spec()))
    assert difference(ours, crop_face(picture, eyes, target)) <= GREY_LEVELS


@pytest.mark.parametrize("target", [GRAY, RGB], ids=["gray", "rgb"])
def test_crop_of_a_real_face(parity: Parity, astronaut: NDArray[Any], target: FaceInput) -> None:
    eyes = np.array([[204.3, 100.9], [248.4, 108.6]])
    ours = unpack(parity.call("face.crop", pack(astronaut), eyes.tolist(), target.to_spec()))
    expected = crop_face(astronaut, eyes, target)
    assert expected.std() > 20, "the crop shows something"
    assert difference(ours, expected) <= GREY_LEVELS


@pytest.mark.parametrize("target", [GRAY, RGB], ids=["gray", "rgb"])
def test_whole_picture_and_standardisation(parity: Parity, astronaut: NDArray[Any], target: FaceInput) -> None:
    levels = whole_picture(astronaut, target)
    assert difference(unpack(parity.call("face.wholePicture", pack(astronaut), target.to_spec())), levels) == 0
    ours = unpack(parity.call("face.standardise", pack(levels), target.to_spec()))
    assert difference(ours, standardise(levels, target)) <= 1e-6


@pytest.mark.parametrize("eyes", [[[50, 50], [50.5, 50.5]], [[50, 50], [float("nan"), 50]], [[50, 50], [50, 50]]])
def test_eyes_too_close_are_refused(parity: Parity, eyes: list[list[float]]) -> None:
    picture = noise(np.random.default_rng(0), 100, 100)
    assert parity.call("face.crop", pack(picture), eyes, GRAY.to_spec()) is None
    with pytest.raises(ValueError, match="eyes"):
        crop_face(picture, np.array(eyes), GRAY)


@pytest.mark.parametrize("seed", range(4))
def test_decoding_of_random_tensors(parity: Parity, seed: int) -> None:
    rng = np.random.default_rng(seed)
    boxes = rng.normal(0, 6, (896, 16)).astype(np.float32)
    boxes[:, 2:4] = rng.uniform(5, 60, (896, 2))
    scores = rng.normal(-3, 2.5, (896, 1)).astype(np.float32)
    spec = spec_of("face-detector")
    ours = parity.call("face.decode", pack(boxes), pack(scores), json.dumps(spec))
    expected = decode(boxes, scores)
    assert len(ours) == len(expected) > 1, "random tensors give several faces"
    for found, face in zip(ours, expected, strict=True):
        assert found["score"] == pytest.approx(face.score, abs=1e-9)
        np.testing.assert_allclose(found["box"], face.box, atol=1e-9)
        np.testing.assert_allclose(found["points"], face.keypoints.ravel(), atol=1e-9)


def test_detector_finds_what_tensorflow_lite_finds(models: RunningModels, astronaut: NDArray[Any]) -> None:
    reference = FaceDetector()
    two_faces = np.concatenate([astronaut[:300, 80:380], astronaut[:300, 80:380, ::-1][:, ::-1]], axis=1)
    small = np.ascontiguousarray(astronaut[::2, ::2])
    for picture in (astronaut, two_faces, small):
        expected = reference.detect(picture)
        ours = models.call("detect", pack(picture))
        assert len(ours) == len(expected) > 0
        for found, face in zip(ours, expected, strict=True):
            assert found["score"] == pytest.approx(face.score, abs=5e-3)
            np.testing.assert_allclose(found["box"], face.box, atol=CORNER_PIXELS)
            np.testing.assert_allclose(found["points"], face.keypoints.ravel(), atol=CORNER_PIXELS)


@pytest.mark.parametrize(("width", "height"), [(640, 480), (480, 640), (1280, 720), (300, 300), (97, 41), (1, 1)])
def test_squares_of_the_closer_look(parity: Parity, width: int, height: int) -> None:
    ours = parity.call("face.searchLevels", width, height)
    found = [[(region["left"], region["top"], region["side"]) for region in level] for level in ours]
    assert found == search_levels(width, height)


def test_the_closer_look_finds_small_faces_and_no_others(wasm: RunningModels, astronaut: NDArray[Any]) -> None:
    # A face of some 60 pixels off the middle of a wide frame: too small for the detector's look at the whole.
    frame = np.full((480, 640, 3), 90, np.uint8)
    small = cv2.resize(astronaut[:300], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    frame[300 : 300 + small.shape[0], 330 : 330 + small.shape[1]] = small
    expected = search_still(FaceDetector(), frame)
    assert len(expected) == 1
    x0, y0, x1, y1 = expected[0].box
    # The astronaut's eyes lie at (204, 101) and (248, 109).
    assert x0 < 330 + 102 < 330 + 124 < x1 and y0 < 300 + 52 < y1
    ours = wasm.call("search", pack(frame))
    assert len(ours) == 1
    np.testing.assert_allclose(ours[0]["box"], expected[0].box, atol=CORNER_PIXELS)
    np.testing.assert_allclose(ours[0]["points"], expected[0].keypoints.ravel(), atol=CORNER_PIXELS)
    assert ours[0]["score"] == pytest.approx(expected[0].score, abs=5e-3)
    blank = noise(np.random.default_rng(2), 240, 320)
    assert search_still(FaceDetector(), blank) == [] == wasm.call("search", pack(blank))


def test_detector_sees_no_face_in_noise(wasm: RunningModels) -> None:
    picture = noise(np.random.default_rng(1), 200, 300)
    assert FaceDetector().detect(picture) == []
    assert wasm.call("detect", pack(picture)) == []


def test_face_of_a_tight_picture(wasm: RunningModels, astronaut: NDArray[Any]) -> None:
    tight = np.ascontiguousarray(astronaut[60:181, 165:285])
    expected = FaceDetector().find_in_picture(tight)
    ours = wasm.call("findInPicture", pack(tight))
    assert expected is not None
    assert ours["score"] == pytest.approx(expected.score, abs=1e-3)
    np.testing.assert_allclose(ours["box"], expected.box, atol=CORNER_PIXELS)
    np.testing.assert_allclose(ours["points"], expected.keypoints.ravel(), atol=CORNER_PIXELS)
