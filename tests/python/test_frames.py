"""Frames: where a picture comes to lie, what each condition does, and the rows of the table, computed by hand."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from converter.frame_figures import age_gender_row, emotion_row, face_there
from converter.frames import CONDITIONS, ON_GREY, PLAIN, WHOLE, Frame
from converter.verify_frames import CASES_OF_A_CONDITION, _rows, verify_frames
from tests.python.made_data import astronaut_face
from training.datasets.fer2013 import LABELS, FerSample
from training.datasets.utkface import GENDERS, UtkSample
from training.frames import HEIGHT, WIDTH, Condition, make_frame
from training.preprocessing.detector import FaceDetector

WHITE = np.full((48, 48, 3), 255, np.uint8)


def test_the_picture_is_enlarged_to_the_face_that_is_asked_for_in_the_middle() -> None:
    frame = make_frame(WHITE, dataclasses.replace(ON_GREY, face=180))
    assert frame.shape == (HEIGHT, WIDTH, 3)
    rows, columns = np.where(frame[..., 0] > 192)
    # A face of 180 pixels is nine tenths of a picture of 200.
    assert (columns.min(), columns.max() + 1) == (WIDTH / 2 - 100, WIDTH / 2 + 100)
    assert (rows.min(), rows.max() + 1) == (HEIGHT / 2 - 100, HEIGHT / 2 + 100)
    assert (frame[:130] == 128).all()


def test_a_picture_larger_than_its_place_shrinks_by_areas() -> None:
    # Stripes one pixel wide: sampled they would stay black and white, by areas they become grey.
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 255
    middle = make_frame(stripes, Condition("small", face=90))[220:260, 300:340]
    assert middle.min() > 100 and middle.max() < 155


def test_surroundings_continue_the_edges_and_leave_the_picture_alone() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (48, 48, 3), dtype=np.uint8)
    picture[:, :24], picture[:, 24:] = [200, 40, 40], [40, 40, 200]
    frame, on_grey = make_frame(picture, PLAIN), make_frame(picture, ON_GREY)
    inner = (slice(HEIGHT // 2 - 125, HEIGHT // 2 + 125), slice(WIDTH // 2 - 125, WIDTH // 2 + 125))
    assert np.abs(frame[inner].astype(int) - on_grey[inner]).max() <= 1
    np.testing.assert_allclose(frame[240, 5], [200, 40, 40], atol=3)
    np.testing.assert_allclose(frame[240, -5], [40, 40, 200], atol=3)
    # No hard edge anywhere outside of the picture.
    assert np.abs(np.diff(frame[240, :180].astype(int), axis=0)).max() < 8


def test_turning_is_anticlockwise_about_the_middle() -> None:
    picture = np.zeros((48, 48, 3), np.uint8)
    picture[20:28, 36:44] = 255  # a spot at the right, at mid height
    for degrees, sign in ((20, -1), (-20, 1)):
        frame = make_frame(picture, Condition("turned", degrees=degrees, grey=True)).astype(float).sum(axis=2)
        bright = np.argwhere(frame > 600)
        down, across = bright.mean(axis=0) - [HEIGHT / 2 - 0.5, WIDTH / 2 - 0.5]
        assert np.degrees(np.arctan2(down, across)) == pytest.approx(20 * sign, abs=1.5)


def test_light_scales_every_level_and_jpeg_is_lossy(tmp_path: Path) -> None:
    face = astronaut_face()
    plain, dark = make_frame(face, PLAIN), make_frame(face, Condition("dark", light=0.4))
    np.testing.assert_allclose(dark, plain * 0.4, atol=1)
    Image.fromarray(face).save(tmp_path / "face.png")
    bytes_of = {c.name: Frame(tmp_path / "face.png", c).read_bytes() for c in (PLAIN, Condition("j", jpeg_quality=40))}
    lossless, lossy = (np.asarray(Image.open(io.BytesIO(data))).astype(int) for data in bytes_of.values())
    np.testing.assert_array_equal(lossless, plain)
    assert lossy.shape == plain.shape and np.abs(lossy - plain).max() > 2
    assert bytes_of["j"][:2] == b"\xff\xd8" and len(bytes_of["j"]) < 30_000


def test_the_product_detector_finds_a_face_of_the_size_that_was_asked_for() -> None:
    face = astronaut_face()[24:136, 24:136]  # as tight as the datasets' pictures
    detector = FaceDetector()
    for condition in CONDITIONS:
        if condition.face < 160:
            continue  # the whole frame is too coarse for it: what the closer look is for
        found = detector.detect(make_frame(face, condition))
        assert len(found) == 1, condition.name
        x0, y0, x1, y1 = found[0].box
        assert np.hypot((x0 + x1 - WIDTH) / 2, (y0 + y1 - HEIGHT) / 2) < condition.face / 2
        assert x1 - x0 == pytest.approx(condition.face, rel=0.3)


def box_at(x: float, y: float) -> dict[str, float]:
    return {"x": x - 50, "y": y - 50, "width": 100, "height": 100}


def emotion_reading(label: str, x: float = WIDTH / 2) -> dict[str, Any]:
    probabilities = {name: float(name == label) for name in LABELS}
    return {"box": box_at(x, HEIGHT / 2), "emotion": {"probabilities": probabilities}}


def test_a_face_counts_where_the_picture_is() -> None:
    condition = Condition("c", face=200)
    near, far = emotion_reading("happy", WIDTH / 2 + 90), emotion_reading("happy", WIDTH / 2 + 110)
    assert face_there([near, far], condition) is near
    assert face_there([far, near], condition) is None, "the surest counts"
    assert face_there([], condition) is None


def test_emotion_row_compares_the_faces_found_with_their_own_crops() -> None:
    samples = [FerSample(Path("x.jpg"), LABELS.index(label), "test") for label in ("happy", "sad", "fear", "angry")]
    frames = [
        [emotion_reading("happy")],
        [emotion_reading("happy"), emotion_reading("sad", 0)],
        [],
        [emotion_reading("angry")],
    ]
    crops = [emotion_reading(label) for label in ("happy", "sad", "fear", "sad")]
    row = emotion_row(samples, frames, crops, PLAIN)
    assert (row["n"], row["found"], row["several_found"]) == (4, 0.75, 0.25)
    assert row["accuracy"] == row["accuracy_on_crops"] == pytest.approx(2 / 3, abs=1e-4)
    assert row["accuracy_difference"] == 0
    low, high = row["accuracy_difference_interval"]
    assert low < 0 < high
    assert emotion_row(samples[:1], [[]], crops[:1], PLAIN) == {"n": 1, "found": 0.0, "several_found": 0.0}


def test_age_and_gender_row() -> None:
    def reading(years: float, male: float) -> dict[str, Any]:
        return {
            "box": box_at(WIDTH / 2, HEIGHT / 2),
            "age": {"years": years},
            "gender": {"probabilities": {"female": 1 - male, "male": male}},
        }

    samples = [
        UtkSample(Path("x.jpg"), age, GENDERS.index(gender), 0, "x.jpg", "test")
        for age, gender in ((30, "male"), (10, "female"))
    ]
    row = age_gender_row(samples, [[reading(36, 0.9)], [reading(12, 0.7)]], [reading(33, 0.9), reading(9, 0.1)], PLAIN)
    assert (row["age_mae"], row["age_mae_on_crops"], row["age_mae_difference"]) == (4.0, 2.0, 2.0)
    assert (row["gender_accuracy"], row["gender_accuracy_on_crops"]) == (0.5, 1.0)
    assert row["gender_accuracy_difference"] == -0.5


class CountingSession:
    """Finds no face anywhere, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}

    def pictures(self, paths: list[Path]) -> list[Any]:
        return [emotion_reading("happy") for _ in paths]

    def frames(self, frames: list[Frame]) -> list[list[Any]]:
        (name,) = {frame.condition.name for frame in frames}
        self.asked[name] = len(frames)
        return [[] for _ in frames]


def test_all_pictures_are_read_on_the_two_whole_frames_and_a_part_on_the_others() -> None:
    session = CountingSession()
    samples = [FerSample(Path(f"{i}.png"), 0, "test") for i in range(CASES_OF_A_CONDITION + 100)]
    rows = _rows("face-emotion", session, samples, lambda line: None)  # type: ignore[arg-type]
    whole = {condition.name for condition in WHOLE}
    assert whole == {"plain, face of 240 px", "on flat grey"}
    assert session.asked == {
        condition.name: len(samples) if condition.name in whole else CASES_OF_A_CONDITION for condition in CONDITIONS
    }
    assert {name: row["n"] for name, row in rows.items()} == session.asked


def test_a_voice_has_no_frames(tmp_path: Path) -> None:
    from converter.errors import ConverterError

    with pytest.raises(ConverterError, match="reads no faces"):
        verify_frames(
            "speech-emotion", models=tmp_path, dist=tmp_path, data=tmp_path, limit=None, report=lambda line: None
        )
