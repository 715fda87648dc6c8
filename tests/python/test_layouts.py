"""Datasets as people find them: each common layout gives the same samples as the one that the project was made with."""

from __future__ import annotations

import csv
import io
import shutil
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.python.made_data import make_fer2013, make_ravdess, make_utkface
from training.datasets import fer2013, ravdess, utkface
from training.datasets.unpack import pictures_of_table, unpacked
from training.errors import DataError

Contents = Counter[tuple[str, str, bytes]]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIEN_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return make_fer2013(tmp_path / "original") / "fer2013"


def contents(data: Path) -> Contents:
    """How often each picture is there, by split and label."""
    samples = fer2013.load(data).samples
    return Counter(
        (s.split, fer2013.LABELS[s.label], np.asarray(Image.open(s.path).convert("L")).tobytes()) for s in samples
    )


def as_table(original: Path, file: Path, columns: tuple[str, ...]) -> Path:
    """The original upload: one row a picture."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        for sample in fer2013.load(original).samples:
            pixels = np.asarray(Image.open(sample.path).convert("L")).ravel()
            usage = {"train": "Training", "validation": "PublicTest", "test": "PrivateTest"}[sample.split]
            number = fer2013.NUMBERED.index(fer2013.LABELS[sample.label])
            cells = {"emotion": str(number), "pixels": " ".join(map(str, pixels)), "Usage": usage}
            writer.writerow([cells[name.strip()] for name in columns])
    return file


def by_folder(original: Path, root: Path, place: Callable[[str, str], str], number: bool = True) -> Path:
    """The same files with names that say nothing, below folders that do."""
    for index, sample in enumerate(fer2013.load(original).samples):
        target = root / place(sample.split, fer2013.LABELS[sample.label]) / (f"{index}.jpg" if number else "x.jpg")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(sample.path, target)
    return root


@pytest.mark.parametrize("columns", [("emotion", "pixels", "Usage"), ("emotion", " Usage", " pixels")])
def test_the_original_table(original: Path, tmp_path: Path, columns: tuple[str, ...]) -> None:
    table = as_table(original, tmp_path / "table" / "fer2013.csv", columns)
    assert contents(table) == contents(original)
    assert contents(table.parent) == contents(original)
    assert not [path for path in table.parent.iterdir() if path != table]  # nothing is written beside it


SPLITS = {
    "lower": {"train": "train", "validation": "val", "test": "test"},
    "upper": {"train": "Training", "validation": "PublicTest", "test": "PrivateTest"},
    "spaced": {"train": "TRAIN", "validation": "Validation", "test": "Private Test"},
}
CLASSES: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "title": str.title,
    "synonym": lambda label: {"angry": "Anger", "sad": "Sadness", "happy": "happiness", "fear": "Fearful"}.get(
        label, label.upper()
    ),
    "number": lambda label: str(fer2013.NUMBERED.index(label)),
}


@pytest.mark.parametrize("splits", sorted(SPLITS))
@pytest.mark.parametrize("classes", sorted(CLASSES))
@pytest.mark.parametrize("doubled", [False, True])
def test_folders(original: Path, tmp_path: Path, splits: str, classes: str, doubled: bool) -> None:
    """``Training/Training/Angry`` as well: archives that were packed with their own folder."""

    def place(split: str, label: str) -> str:
        name = SPLITS[splits][split]
        return f"{name}/{name}/{CLASSES[classes](label)}" if doubled else f"{name}/{CLASSES[classes](label)}"

    assert contents(by_folder(original, tmp_path / "found", place)) == contents(original)


def test_a_download_without_validation_gets_one_from_training(original: Path, tmp_path: Path) -> None:
    root = tmp_path / "found"
    for index in range(200):
        target = root / "train" / "happy" / f"{index}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        # Each picture twice: equal ones must stay together.
        Image.fromarray(np.full((48, 48), index // 2, np.uint8)).save(target)
    (root / "test" / "sad").mkdir(parents=True)
    Image.fromarray(np.full((48, 48), 255, np.uint8)).save(root / "test" / "sad" / "1.png")
    samples = fer2013.load(root).samples
    counts = Counter(s.split for s in samples)
    assert counts["test"] == 1 and 4 <= counts["validation"] <= 40 and counts["validation"] % 2 == 0
    level = {s.path.name: s.split for s in samples if s.split != "test"}
    assert all(level[f"{i}.png"] == level[f"{i + 1}.png"] for i in range(0, 200, 2))


def test_a_folder_that_lies_there_twice_counts_once(original: Path, tmp_path: Path) -> None:
    root = tmp_path / "found"
    shutil.copytree(original, root / "fer")
    shutil.copytree(original, root / "fer" / "fer")
    dataset = fer2013.load(root)
    assert contents(root) == contents(original)
    assert len(dataset.skipped) == len(dataset.samples)
    assert "the same file as" in dataset.skipped[0][1]


def packed(folder: Path, archive: Path) -> Path:
    """As zip or tar, by the ending."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive, "w") as out:
            for path in files:
                out.write(path, path.relative_to(folder))
    else:
        with tarfile.open(archive, "w:gz") as out:
            for path in files:
                out.add(path, str(path.relative_to(folder)))
    return archive


@pytest.mark.parametrize("name", ["archive.zip", "fer2013.tar.gz"])
def test_the_archive_itself(original: Path, tmp_path: Path, name: str) -> None:
    archive = packed(original, tmp_path / "download" / name)
    assert contents(archive) == contents(original)
    assert contents(archive.parent) == contents(original)
    assert [path.name for path in archive.parent.iterdir()] == [name]


def test_an_archive_of_the_table(original: Path, tmp_path: Path) -> None:
    table = as_table(original, tmp_path / "table" / "fer2013" / "fer2013.csv", ("emotion", "pixels", "Usage"))
    assert contents(packed(table.parent.parent, tmp_path / "fer2013.zip")) == contents(original)


def test_utkface_in_parts_and_as_archives(tmp_path: Path) -> None:
    whole = make_utkface(tmp_path / "whole") / "UTKFace"
    names = sorted(path.name for path in whole.iterdir())
    for index, name in enumerate(names):
        part = tmp_path / "parts" / f"part{1 + index % 3}" / "utkface"
        part.mkdir(parents=True, exist_ok=True)
        shutil.copy(whole / name, part)
    for part in (tmp_path / "parts").iterdir():
        packed(part, tmp_path / "archives" / f"{part.name}.tar.gz")
    expected = {s.path.name: (s.age, s.gender, s.ethnicity, s.group, s.split) for s in utkface.load(whole).samples}
    for data in (tmp_path / "parts", tmp_path / "archives"):
        found = {s.path.name: (s.age, s.gender, s.ethnicity, s.group, s.split) for s in utkface.load(data).samples}
        assert found.keys() == expected.keys() == set(names)
        # Which picture comes first in a group of near-duplicates may differ; here there are none.
        assert found == expected


def test_ravdess_as_zip(tmp_path: Path) -> None:
    whole = make_ravdess(tmp_path / "whole") / "ravdess"
    archive = packed(whole, tmp_path / "download" / "Audio_Speech_Actors_01-24.zip")
    for data in (archive, archive.parent):
        assert [s.path.name for s in ravdess.load(data).samples] == [s.path.name for s in ravdess.load(whole).samples]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("7,0 0,Training", "row 2: emotion is '7', not 0 to 6"),
        ("0,0 0,Exam", "row 2: Usage is 'Exam'"),
        ("0,0 0,Training", "row 2: pixels holds 2 numbers, not 2304"),
        ("0,a b,Training", "row 2: pixels holds something else than numbers"),
        (f"0,{' '.join(['256'] * 2304)},Training", "row 2: pixels holds"),
    ],
)
def test_a_bad_table_is_refused_with_the_row(tmp_path: Path, line: str, message: str) -> None:
    table = tmp_path / "fer2013.csv"
    table.write_text(f"emotion,pixels,Usage\n{line}\n")
    with pytest.raises(DataError, match=message):
        fer2013.load(table)
    table.write_text("label,image\n")
    with pytest.raises(DataError, match="no column emotion, pixels, usage"):
        fer2013.load(table)
    assert not list((tmp_path / "cache" / "datasets").glob("[!.]*"))  # nothing half-written


@pytest.mark.parametrize("name", ["../out.jpg", "/tmp/out.jpg", "a/../../out.jpg", "C:\\out.jpg"])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_archives_that_reach_out_of_themselves_are_refused(tmp_path: Path, name: str, kind: str) -> None:
    archive = tmp_path / f"fer.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as out:
            out.writestr(name, b"x")
    else:
        with tarfile.open(archive, "w") as out_tar:
            item = tarfile.TarInfo(name)
            item.size = 1
            out_tar.addfile(item, io.BytesIO(b"x"))
    with pytest.raises(DataError, match="outside of itself"):
        unpacked(archive)
    assert not list(tmp_path.rglob("out.jpg"))


def test_damaged_and_swollen_archives_are_refused(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = packed(original, tmp_path / "fer.zip")
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"fer\.zip does not unpack.*Fetch it again"):
        unpacked(archive)
    damaged = bytearray(whole)
    damaged[200:240] = bytes(40)
    archive.write_bytes(damaged)
    with pytest.raises(DataError, match=r"fer\.zip"):
        unpacked(archive)
    archive.write_bytes(whole)
    monkeypatch.setattr("training.datasets.unpack.MAX_BYTES", 1000)
    with pytest.raises(DataError, match="unpack it yourself"):
        unpacked(archive)
    assert not list((tmp_path / "cache" / "datasets").glob("[!.]*"))


def test_a_table_is_written_once(original: Path, tmp_path: Path) -> None:
    table = as_table(original, tmp_path / "fer2013.csv", ("emotion", "pixels", "Usage"))
    first = pictures_of_table(table, fer2013.LABELS, fer2013.NUMBERED)
    stamp = first.stat().st_mtime_ns
    assert pictures_of_table(table, fer2013.LABELS, fer2013.NUMBERED) == first
    assert first.stat().st_mtime_ns == stamp
