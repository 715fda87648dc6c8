"""The faces of a dataset at one size and at another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.python.made_data import astronaut_face
from training.augmentation import FaceAugmentation
from training.datasets.common import SPLITS, Split
from training.faces import TIMES, faces_at, margin_of, size_of
from training.tasks import face_emotion

EYES = ((0.31, 0.38), (0.69, 0.38))


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[Split, list[Path]]:
    """Two pictures of each split."""
    monkeypatch.setenv("MIEN_CACHE", str(tmp_path / "cache"))
    parts: dict[Split, list[Path]] = {}
    for number, split in enumerate(SPLITS):
        parts[split] = [tmp_path / f"{split}-{i}.png" for i in range(2)]
        for i, path in enumerate(parts[split]):
            Image.fromarray(astronaut_face()).resize((64 + 2 * number + i,) * 2).save(path)
    return parts


def test_another_size_shows_the_same_face_larger(
    paths: dict[Split, list[Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    small, large = (faces_at(size, paths, EYES, 1 / 6, "faces", colour=False, frames=size == 48) for size in (48, 60))
    assert "train, 48 pixels: 2 pictures, a face found in 100.00%" in capsys.readouterr().out
    assert small.pictures.shape == (2, 64, 64, 1) and large.pictures.shape == (2, 80, 80, 1)
    assert small.framed is not None and len(small.framed.found) == 2 and large.framed is None
    assert (small.target.width, large.target.width) == (48, 60) and small.target.eyes == large.target.eyes == EYES
    assert set(large.held_out) == {"validation", "test"} and large.held_out["test"].shape == (2, 60, 60, 1)
    # Both are standardised, and show the same.
    for faces in (small, large):
        assert abs(float(np.mean([part.mean() for part in faces.held_out.values()]))) < 0.2
    shrunk = np.asarray(Image.fromarray(large.held_out["test"][0, ..., 0]).resize((48, 48), Image.Resampling.BILINEAR))
    assert np.corrcoef(shrunk.ravel(), small.held_out["test"][0].ravel())[0, 1] > 0.98


def test_variants_are_of_training_pictures_by_seed_and_no_more_than_so_many_of_each(
    paths: dict[Split, list[Path]],
) -> None:
    faces = faces_at(48, paths, EYES, 1 / 6, "faces", colour=False, frames=False)
    few, many = (faces.some(count, FaceAugmentation(), seed=4) for count in (5, 1000))
    assert few.shape == (5, 48, 48, 1) and many.shape == (2 * TIMES, 48, 48, 1)
    assert len({one.tobytes() for one in many}) == len(many)
    assert np.array_equal(few, faces.some(5, FaceAugmentation(), seed=4))
    assert not np.array_equal(few, faces.some(5, FaceAugmentation(), seed=5))
    still = FaceAugmentation(0, 0, 0, 0, 0, 0, 0, 0)
    # But for the mirror nothing is left to vary.
    assert len({min(one.tobytes(), one[:, ::-1].tobytes()) for one in faces.some(1000, still, seed=4)}) == 2


def test_margins_are_whole_pixels_and_a_network_says_what_it_reads() -> None:
    assert [margin_of(size, 1 / 6) for size in (48, 56)] == [8, 9]
    assert size_of(face_emotion.build(56)) == 56
