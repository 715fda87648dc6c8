"""Pictures of one's own: which folder is which label, which picture in which split, and what is said in error."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from converter.card import write_card
from converter.catalogue import check_catalogue
from converter.convert import TASKS
from converter.errors import ConverterError
from converter.figures import emotion_figures
from converter.others import add_shipped
from converter.plots import plots_of
from converter.verify import test_samples as samples_of
from server import MODELS
from tests.command import Start, address_in
from tests.command import said as said_by
from training.cli import train
from training.datasets import own
from training.errors import DataError
from training.tasks import face_emotion
from training.tasks.face_emotion import unsure_below


def write(path: Path, number: int) -> None:
    """A small picture like no other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(number).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)


def make(root: Path, *classes: str, count: int = 60, first: int = 0) -> Path:
    for k, name in enumerate(classes):
        for i in range(count):
            write(root / name / f"{i}.png", first + 1000 * k + i)
    return root


def test_folders_are_labels_and_a_third_is_held_out(tmp_path: Path) -> None:
    dataset = own.load(make(tmp_path / "faces", "Very_Bored", "curious", "müde"))
    assert dataset.labels == ("curious", "müde", "very bored") and dataset.name == "faces"
    assert len(dataset.samples) == 180 and dataset.skipped == []
    for by_split in dataset.counts().values():
        assert sum(by_split.values()) == 60
        assert by_split["train"] > 30 and min(by_split.values()) > 2
    held_out = [sum(by_split[split] for by_split in dataset.counts().values()) for split in ("validation", "test")]
    assert held_out == pytest.approx([27, 27], abs=12)


def test_the_split_is_stable(tmp_path: Path) -> None:
    before = own.load(make(tmp_path / "a", "bored", "curious"))
    splits = {sample.digest: sample.split for sample in before.samples}
    # Other names, another place, more pictures: those that were there stay where they were.
    renamed = tmp_path / "b"
    for sample in before.samples:
        target = renamed / before.labels[sample.label] / f"again {sample.digest[:20]}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(sample.path, target)
    assert own.load(renamed).digest == before.digest
    after = own.load(make(renamed, "bored", "curious", count=30, first=50_000))
    assert len(after.samples) == len(before.samples) + 60 and after.digest != before.digest
    assert {s.digest: s.split for s in after.samples if s.digest in splits} == splits


def test_equal_pictures_are_one_and_contradictions_are_none(tmp_path: Path) -> None:
    root = make(tmp_path, "bored", "curious")
    shutil.copy(root / "bored" / "1.png", root / "bored" / "copy.png")
    shutil.copy(root / "bored" / "2.png", root / "curious" / "also.png")
    dataset = own.load(root)
    names = [f"{sample.path.parent.name}/{sample.path.name}" for sample in dataset.samples]
    assert len(names) == 119 and "bored/2.png" not in names and "curious/also.png" not in names
    reasons = {path.name: reason for path, reason in dataset.skipped}
    assert reasons["copy.png"].startswith("the same picture as") and reasons["copy.png"].endswith("1.png")
    assert reasons["2.png"] == reasons["also.png"] == "the same picture is in bored and curious: which is it?"


def test_a_person_is_in_one_split(tmp_path: Path) -> None:
    for k, name in enumerate(("bored", "curious")):
        for person in range(20):
            for i in range(4):
                write(tmp_path / name / f"Person {person}" / f"{i}.png", 1000 * k + 10 * person + i)
    dataset = own.load(tmp_path)
    splits: dict[str, set[str]] = {}
    for sample in dataset.samples:
        splits.setdefault(sample.path.parent.name, set()).add(sample.split)
    assert len(splits) == 20 and all(len(one) == 1 for one in splits.values())
    assert {split for one in splits.values() for split in one} == {"train", "validation", "test"}


def test_folders_of_splits_are_kept_and_an_equal_picture_is_tested_rather_than_learnt(tmp_path: Path) -> None:
    make(tmp_path / "Training", "bored", "curious")
    make(tmp_path / "Testing", "bored", "curious", count=10, first=70_000)
    shutil.copy(tmp_path / "Testing" / "bored" / "0.png", tmp_path / "Training" / "bored" / "leak.png")
    dataset = own.load(tmp_path)
    for sample in dataset.samples:
        assert (sample.split == "test") == ("Testing" in sample.path.parts)
    assert [path.name for path, _ in dataset.skipped] == ["leak.png"]
    # The validation split, which has no folder, is taken from training.
    assert all(0 < by_split["validation"] < 20 for by_split in dataset.counts().values())


def test_what_is_no_picture_of_a_class_is_left_out_with_a_reason(tmp_path: Path) -> None:
    root = make(tmp_path, "bored", "curious")
    (root / "bored" / "notes.txt").write_text("x")
    (root / ".git").mkdir()
    (root / "bored" / ".DS_Store").write_text("x")
    write(root / "above.png", 99_999)
    reasons = {path.name: reason for path, reason in own.load(root).skipped}
    assert reasons == {
        "notes.txt": "not one of .jpg .jpeg .png .webp .bmp",
        "above.png": "not in the folder of a class",
    }


def test_an_archive_is_read_as_its_folder_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIEN_CACHE", str(tmp_path / "cache"))
    make(tmp_path / "in" / "faces", "bored", "curious")
    archive = shutil.make_archive(str(tmp_path / "faces"), "zip", tmp_path / "in")
    assert own.load(Path(archive)).digest == own.load(tmp_path / "in" / "faces").digest


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (("bored",), r"holds 1 folders of pictures \(bored\): there must be one for each class, at least 2"),
        (tuple(f"class {i}" for i in range(33)), "holds 33 folders of pictures .*at most 32"),
        (("0", "1"), "0 cannot be a class: its name is to be a label, which begins with a letter"),
        (("bored", "x" * 33), "cannot be a class"),
        (("train", "bored"), r"holds folders of splits \(train\) beside others \(bored\)"),
        (("test",), "nothing to train on: add a folder train/"),
    ],
)
def test_folders_that_cannot_be_classes_are_refused(tmp_path: Path, classes: tuple[str, ...], message: str) -> None:
    with pytest.raises(DataError, match=message):
        own.load(make(tmp_path, *classes, count=1))


def test_too_few_pictures_are_refused_with_how_many_are_needed(tmp_path: Path) -> None:
    root = make(tmp_path, "bored")
    (root / "curious").mkdir()
    (root / "curious" / "one.heic").write_bytes(b"x")
    with pytest.raises(DataError, match=r"curious has none; each class needs 20 different ones at least") as failed:
        own.load(root)
    assert "Left out: 1, such as" in str(failed.value) and "one.heic: not one of" in str(failed.value)
    make(root, "curious", count=19, first=5000)
    with pytest.raises(DataError, match="curious has 19;"):
        own.load(root)
    with pytest.raises(DataError, match="is not a folder"):
        own.load(tmp_path / "nowhere")


def test_a_class_without_a_test_picture_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "train", "bored", "curious", "tired")
    make(tmp_path / "test", "bored", "curious", count=10, first=70_000)
    with pytest.raises(DataError, match=r"no picture of tired is in the test split .*Add pictures"):
        own.load(tmp_path)


def test_the_command_says_what_goes_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        train.main(["speech-emotion", "--data", str(tmp_path), "--own"])
    assert ended.value.code == 2 and "--own goes with face-emotion" in capsys.readouterr().err
    root = make(tmp_path / "faces", "bored", "curious", count=3)
    assert train.main(["face-emotion", "--data", str(root), "--own", "--out", str(tmp_path / "run")]) == 2
    assert "too few pictures in" in capsys.readouterr().err
    # Whoever forgets the option is told of it.
    assert train.main(["face-emotion", "--data", str(root), "--out", str(tmp_path / "run")]) == 2
    assert "with --own: a folder for each class of your own" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_reading_is_unsure_a_third_of_the_way_from_chance() -> None:
    assert unsure_below(7) == 0.4  # what the page takes where a model says nothing
    assert unsure_below(2) == 0.65 and unsure_below(3) == 0.53


def test_the_weights_of_another_head_serve(tmp_path: Path) -> None:
    from training.model_files import start_from

    trained, fresh = face_emotion.build(), face_emotion.build(classes=3)
    trained.save(tmp_path / "trained.keras")
    with pytest.raises(DataError, match=r"another network: .* is \(128, 7\) instead of \(128, 3\)"):
        start_from(fresh, tmp_path / "trained.keras")
    head = fresh.get_layer("emotion").get_weights()
    start_from(fresh, tmp_path / "trained.keras", new_head="emotion")
    for mine, theirs in zip(fresh.layers, trained.layers, strict=True):
        expected = head if mine.name == "emotion" else theirs.get_weights()
        assert all((a == b).all() for a, b in zip(mine.get_weights(), expected, strict=True))


def own_spec(digest: str = "") -> dict[str, object]:
    spec: dict[str, object] = json.loads((MODELS / "face-emotion" / "spec.json").read_text())
    return spec | {"training": {"own_data": True, "data_sha256": digest, "datasets": ["faces"], "command": "c"}}


def test_a_card_says_nothing_of_data_that_were_not_used() -> None:
    card = write_card(own_spec())
    assert "FER2013" not in card.split("## Figures")[0] and "user's own" in card
    assert "docs/cards" not in card and plots_of(own_spec()) == {}, "the plots of the shipped model are not replaced"


def test_only_the_pictures_of_the_training_are_measured_with(tmp_path: Path) -> None:
    dataset = own.load(make(tmp_path, "bored", "curious"))
    tested = samples_of(own_spec(dataset.digest), tmp_path, print)
    assert tested == [sample for sample in dataset.samples if sample.split == "test"]
    write(tmp_path / "bored" / "new.png", 99_999)
    with pytest.raises(ConverterError, match="not those that the network was trained with"):
        samples_of(own_spec(dataset.digest), tmp_path, print)


def test_a_folder_of_models_is_made_whole_and_served(tmp_path: Path, start: Start) -> None:
    out = tmp_path / "models"
    shutil.copytree(MODELS / "face-emotion", out / "face-emotion")
    (out / "face-emotion" / "CARD.md").write_text("mine")
    said: list[str] = []
    add_shipped(MODELS, out, said.append)
    assert len(said) == len(TASKS) - 1 and (out / "face-emotion" / "CARD.md").read_text() == "mine"
    assert all(check_catalogue(out, task) for task in TASKS)
    address = address_in(said_by(start("--models", str(out), "--port", "0"), r"stops it"))
    with urllib.request.urlopen(f"{address}models/face-emotion/CARD.md", timeout=10) as response:
        assert response.read() == b"mine"
    with urllib.request.urlopen(f"{address}models/voice-activity/model.json", timeout=10) as response:
        assert response.status == 200


def test_figures_are_of_ones_own_labels(tmp_path: Path) -> None:
    labels = ("bored", "curious")
    samples = [own.OwnSample(tmp_path, label, "test", "") for label in (0, 0, 1, 1)]
    shares = (0.9, 0.8, 0.3, 0.6)  # of bored: three of four are right
    readings = [{"found": True, "emotion": {"probabilities": {"curious": 1 - p, "bored": p}}} for p in shares]
    figures = emotion_figures(samples, readings, names=labels, dataset="faces", split="test")
    assert (figures["dataset"], figures["split"], figures["n"], figures["accuracy"]) == ("faces", "test", 4, 0.75)
    assert figures["confusion"] == {"labels": ["bored", "curious"], "counts": [[2, 0], [1, 1]]}
    assert figures["by_class"]["curious"] == {"n": 2, "recall": 0.5, "precision": 1.0, "f1": 0.6667}
    assert "ferplus_accuracy" not in figures
