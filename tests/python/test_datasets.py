"""Datasets as they lie on disk: small made copies in the real layouts, and the real ones where MIEN_DATA is set."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.python.made_data import make_fer2013, make_ravdess, make_utkface
from training.datasets import fer2013, ravdess, utkface
from training.errors import DataError
from training.pictures import PictureError, read_picture
from training.sounds import read_clip


def test_fer2013_takes_split_and_label_from_names(tmp_path: Path) -> None:
    dataset = fer2013.load(make_fer2013(tmp_path))
    assert Counter(s.split for s in dataset.samples) == {"train": 28, "validation": 14, "test": 14}
    assert Counter(s.label for s in dataset.samples) == dict.fromkeys(range(7), 8)
    assert fer2013.load(tmp_path / "fer2013").samples == dataset.samples  # the folder itself serves as well


def test_fer2013_leaves_out_what_has_no_class_or_split(tmp_path: Path) -> None:
    make_fer2013(tmp_path)
    stray = tmp_path / "fer2013" / "angry" / "holiday.jpg"
    odd = tmp_path / "fer2013" / "train" / "bored" / "Training_1.jpg"
    for path in (stray, odd):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    skipped = dict(fer2013.load(tmp_path).skipped)
    assert "says which split" in skipped[stray]
    assert "'bored' is none of the classes" in skipped[odd]


def test_fer2013_training_loses_copies_of_test_pictures(tmp_path: Path) -> None:
    make_fer2013(tmp_path)
    folder = tmp_path / "fer2013"
    leaked = next((folder / "test" / "sad").glob("PrivateTest_*.jpg"))
    (folder / "train" / "happy" / "Training_9999.jpg").write_bytes(leaked.read_bytes())
    dataset = fer2013.load(tmp_path)
    clean, leaks = fer2013.training_without_leaks(dataset)
    assert leaks == 1
    assert "Training_9999.jpg" not in {s.path.name for s in clean}
    assert len(clean) == 28


@pytest.mark.parametrize("load", [fer2013.load, utkface.load, ravdess.load])
def test_wrong_folders_are_named(load: object, tmp_path: Path) -> None:
    assert callable(load)
    with pytest.raises(DataError, match=r"nowhere is not a folder.*--data DIR"):
        load(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"no usable file under .*Is this the right folder"):
        load(tmp_path)


def test_utkface_reads_names_and_lists_malformed_ones(tmp_path: Path) -> None:
    folder = make_utkface(tmp_path) / "UTKFace"
    Image.fromarray(np.random.default_rng(8).integers(0, 256, (200, 200, 3), np.uint8)).save(
        folder / "61_1_20170109150557335.jpg.chip.jpg"
    )
    for name in ("61_3_1_20170109150557335.jpg.chip.jpg", "140_0_0_20170109150557335.jpg.chip.jpg"):
        (folder / name).write_bytes(b"x")
    cut = folder / "30_0_0_20170109150557335.jpg.chip.jpg"
    cut.write_bytes((folder / "1_0_0_20170116150000000.jpg.chip.jpg").read_bytes()[:200])
    dataset = utkface.load(tmp_path)
    # Without an ethnicity a picture is trained on or left out, by the split of its group.
    nameless = "61_1_20170109150557335.jpg.chip.jpg"
    split = utkface.split_of(nameless)
    assert {s.path.name: s.split for s in dataset.samples if s.ethnicity is None} == (
        {nameless: "train"} if split == "train" else {}
    )
    assert len(dataset.samples) == 40 + (split == "train")
    sample = next(s for s in dataset.samples if s.age == 8)
    assert (sample.gender, sample.ethnicity) == (1, 2)
    reasons = {path.name: reason for path, reason in dataset.skipped}
    assert "the name is not" in reasons["61_3_1_20170109150557335.jpg.chip.jpg"]
    assert "140 years" in reasons["140_0_0_20170109150557335.jpg.chip.jpg"]
    assert "does not decode" in reasons[cut.name]


def test_utkface_near_duplicates_share_a_split(tmp_path: Path) -> None:
    folder = make_utkface(tmp_path) / "UTKFace"
    original = folder / "7_0_1_20170116150000006.jpg.chip.jpg"
    again = folder / "9_0_1_20180116150000099.jpg.chip.jpg"
    Image.open(original).save(again, quality=40)
    samples = {s.path.name: s for s in utkface.load(tmp_path).samples}
    assert samples[again.name].group == samples[original.name].group == original.name
    assert samples[again.name].split == samples[original.name].split
    assert len({s.group for s in samples.values()}) == 40


def test_split_shares_are_as_said() -> None:
    counts = Counter(utkface.split_of(f"{i}.jpg") for i in range(20_000))
    assert counts["train"] / 20_000 == pytest.approx(0.8, abs=0.01)
    assert counts["test"] / 20_000 == pytest.approx(0.1, abs=0.01)


def test_ravdess_counts_a_clip_once_and_leaves_songs_out(tmp_path: Path) -> None:
    root = make_ravdess(tmp_path) / "ravdess"
    clip = root / "Actor_01" / "03-01-05-01-01-01-01.wav"
    doubled = root / "audio_speech_actors_01-24" / "Actor_01" / clip.name
    doubled.parent.mkdir(parents=True)
    doubled.write_bytes(clip.read_bytes())
    (root / "Actor_01" / "03-02-05-01-01-01-01.wav").write_bytes(clip.read_bytes())
    (root / "Actor_01" / "notes.wav").write_bytes(clip.read_bytes())
    dataset = ravdess.load(tmp_path)
    assert len(dataset.samples) == 32
    assert sorted(reason.split(" of ")[0].split("/")[0] for _, reason in dataset.skipped) == [
        "a song, not speech",
        "the name is not 03-01-EE-II-SS-RR-AA.wav or .flac",
        "the same clip as ",
    ]
    assert [(s.sex, s.fold) for s in dataset.samples if s.label == 0] == [
        ("male", 0),
        ("female", 0),
        ("male", 1),
        ("female", 1),
    ]


def test_files_that_do_not_decode_are_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff not a picture")
    with pytest.raises(PictureError, match=r"broken\.jpg does not decode"):
        read_picture(broken)
    sound = tmp_path / "broken.wav"
    sound.write_bytes(b"RIFF nothing")
    with pytest.raises(DataError, match=r"broken\.wav does not decode"):
        read_clip(sound, 16_000)


def test_a_picture_is_turned_as_its_exif_says(tmp_path: Path) -> None:
    picture = Image.fromarray(np.zeros((20, 30, 3), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    picture.save(tmp_path / "turned.jpg", exif=exif)
    assert read_picture(tmp_path / "turned.jpg").shape == (30, 20, 3)


def test_the_real_datasets_have_the_published_counts(data_dir: Path) -> None:
    faces = fer2013.load(data_dir)
    assert Counter(s.split for s in faces.samples) == {"train": 28_709, "validation": 3_589, "test": 3_589}
    voices = ravdess.load(data_dir)
    assert Counter(s.actor for s in voices.samples) == dict.fromkeys(range(1, 25), 60)
    assert not faces.skipped
    assert not voices.skipped
