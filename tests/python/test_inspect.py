"""`mien-train inspect`: what is doubled, contradictory or broken in a folder is counted and shown."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import soundfile
from PIL import Image

from tests.python.made_data import make_fer2013, make_ravdess, make_utkface
from training.cli.train import main
from training.datasets import fer2013
from training.inspection.datasets import inspect_fer2013, inspect_ravdess, inspect_utkface


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """All three datasets, each with something wrong."""
    root = make_ravdess(make_utkface(make_fer2013(tmp_path / "data")))
    faces = root / "fer2013"
    test = sorted((faces / "test" / "sad").glob("PrivateTest_*.jpg"))[0]
    shutil.copy(test, faces / "train" / "happy" / "Training_9001.jpg")  # across splits, with another label
    train = sorted((faces / "train" / "fear").glob("Training_*.jpg"))[0]
    shutil.copy(train, faces / "train" / "fear" / "Training_9002.jpg")  # in one split, with the same label
    Image.open(train).save(faces / "train" / "fear" / "Training_9003.png")  # the same pixels in another format
    (faces / "train" / "angry" / "Training_9004.jpg").write_bytes(b"\xff\xd8 cut")
    portrait = root / "UTKFace" / "7_0_1_20170116150000006.jpg.chip.jpg"
    Image.open(portrait).save(root / "UTKFace" / "9_0_1_20180116150000099.jpg.chip.jpg", quality=40)
    (root / "UTKFace" / "what.jpg").write_bytes(b"x")
    clip = root / "ravdess" / "Actor_01" / "03-01-05-01-01-01-01.wav"
    shutil.copy(clip, clip.with_name("03-01-06-01-01-01-01.wav"))
    clip.with_name("03-01-07-01-01-01-01.wav").write_bytes(b"RIFF")
    return root


def test_numbers_are_those_of_what_was_put_there(data: Path) -> None:
    faces = inspect_fer2013(data).summary()
    assert faces == {
        "samples": 56 + 4,
        "unreadable": 1,
        "left_out": 0,
        "same_groups": 2,
        "same_copies": 3,
        "same_groups_across_splits": 1,
        "same_groups_with_conflicting_labels": 1,
    }
    portraits = inspect_utkface(data)
    assert portraits.summary()["near_groups"] == 1
    assert portraits.summary()["near_groups_across_splits"] == portraits.summary()["same_groups"] == 0
    assert [path.name for path, _ in portraits.skipped] == ["what.jpg"]
    voices = inspect_ravdess(data)
    assert voices.summary()["same_groups_with_conflicting_labels"] == 1
    assert [path.name for path, _ in voices.unreadable] == ["03-01-07-01-01-01-01.wav"]
    assert voices.tables["format"]["16000 Hz, 1 channel(s)"] == {"all": 31}


def test_the_command_prints_and_writes_all_of_it(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    before = sorted(data.rglob("*"))
    assert main(["inspect", str(data), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "1 groups lie across splits" in said
    assert "test/sad/PrivateTest_" in said and "train/happy/Training_9001.jpg (train, happy)" in said
    assert "what.jpg" in said and "what.jpg: the name is not" in said
    report = json.loads((out / "report.json").read_text())
    assert set(report) == {"FER2013", "UTKFace", "RAVDESS"}
    assert report["FER2013"]["tables"]["class"]["all"] == {"train": 32, "validation": 14, "test": 14}
    page = (out / "report.html").read_text()
    assert page.count("data:image/jpeg;base64,") > 20
    assert "http" not in page.replace("<!doctype html>", "")
    assert sorted(data.rglob("*")) == before


def test_only_what_is_asked_for_and_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = make_fer2013(tmp_path / "data")
    assert main(["inspect", str(root), "--out", str(tmp_path / "out")]) == 0
    assert "Not found: utkface, ravdess." in capsys.readouterr().out
    assert main(["inspect", str(root), "--dataset", "ravdess", "--out", str(tmp_path / "other")]) == 2
    assert "mien-train inspect: ravdess: no usable file" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_the_real_datasets(data_dir: Path) -> None:
    """The numbers that README.md states; no picture of the test split has an equal one in what is trained on."""
    found = inspect_fer2013(data_dir)
    assert found.summary() == {
        "samples": 35_887,
        "unreadable": 0,
        "left_out": 0,
        "same_groups": 1_516,
        "same_copies": 1_853,
        "same_groups_across_splits": 557,
        "same_groups_with_conflicting_labels": 57,
    }
    clean, _ = fer2013.training_without_leaks(fer2013.load(data_dir))
    trained_on = {sample.path for sample in clean}
    for group in found.same:
        if any(item.split == "test" for item in group):
            assert not [item for item in group if item.path in trained_on]


def test_a_song_of_48_khz_in_stereo_is_told_apart(tmp_path: Path) -> None:
    root = make_ravdess(tmp_path) / "ravdess"
    clip, _ = soundfile.read(root / "Actor_01" / "03-01-05-01-01-01-01.wav")
    soundfile.write(root / "Actor_01" / "03-02-05-01-01-01-01.wav", clip, 48_000)
    found = inspect_ravdess(tmp_path)
    assert found.summary()["samples"] == 32
    assert [reason for _, reason in found.skipped] == ["a song, not speech"]
