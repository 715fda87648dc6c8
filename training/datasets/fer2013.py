"""FER2013: 35,887 grey pictures of 48x48, seven emotions (I. Goodfellow et al., "Challenges in Representation
Learning", 2013).

Read as it is found: pictures in folders by class, in any case or by synonym, below folders by split; where a file's
name holds the official split (``PrivateTest_<number>.jpg``), that counts. Or the original table
``emotion,pixels,Usage``. Or an archive of either.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from training.datasets.common import Dataset, Split, find_folder, nothing_found
from training.datasets.layout import class_of_folder, split_of_folder
from training.datasets.unpack import pictures_of_table

LABELS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")

NUMBERED = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""As the original table and some folders number them, from 0."""

SYNONYMS = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "scared": "fear",
    "happiness": "happy",
    "joy": "happy",
    "sadness": "sad",
    "surprised": "surprise",
} | {str(number): label for number, label in enumerate(NUMBERED)}

VALIDATION_SHARE = 0.1
"""Of the training pictures where a download has no validation split, chosen by their content."""

_PICTURES = (".jpg", ".jpeg", ".png")
_NAME = re.compile(r"^(Training|PublicTest|PrivateTest)_\d+\.(?:jpg|jpeg|png)$", re.IGNORECASE)
_SPLITS: dict[str, Split] = {"training": "train", "publictest": "validation", "privatetest": "test"}


@dataclass(frozen=True)
class FerSample:
    """One picture. ``label`` indexes LABELS."""

    path: Path
    label: int
    split: Split


def root_of(data: Path) -> Path:
    """The folder of the dataset, as ``find_folder`` says, or its original table."""
    if data.is_file() and data.suffix.lower() == ".csv":
        return data
    return find_folder(data, ("fer2013", "FER2013"), "FER2013", r"fer|^archive\.")


def load(data: Path) -> Dataset[FerSample]:
    """Read FER2013: Training is train, PublicTest validation, PrivateTest test.

    Args:
        data: The folder ``fer2013``, the one that holds it, the original table, or an archive.

    Returns:
        The samples, sorted by path; files of unknown class or split, and a second copy of the same file in a doubled
        folder, in ``skipped``.

    Raises:
        DataError: there is no such folder or no picture in it, or an archive or table is damaged.
    """
    root = root_of(data)
    table = root if root.is_file() else None
    root = root.parent if table else root
    pictures = [] if table else sorted(path for path in root.rglob("*") if path.suffix.lower() in _PICTURES)
    if not pictures and (table := table or _table_in(root)) is not None:
        root = pictures_of_table(table, LABELS, NUMBERED)
        pictures = sorted(root.rglob("*.png"))
    samples: list[FerSample] = []
    skipped: list[tuple[Path, str]] = []
    seen: dict[tuple[str, ...], Path] = {}
    for path in pictures:
        label = class_of_folder(path, LABELS, SYNONYMS)
        name = _NAME.match(path.name)
        split = _SPLITS[name[1].lower()] if name else split_of_folder(path, root)
        if label is None:
            skipped.append((path, f"the folder {path.parent.name!r} is none of the classes {', '.join(LABELS)}"))
        elif split is None:
            skipped.append((path, "neither its name nor a folder above it says which split it belongs to"))
        elif (first := seen.setdefault((split, LABELS[label], path.name), path)) is not path:
            skipped.append((path, f"the same file as {first}"))
        else:
            samples.append(FerSample(path, label, split))
    if not samples:
        raise nothing_found(
            root,
            "{train,test}/<class>/Training_*.jpg, PublicTest_*.jpg, PrivateTest_*.jpg, or fer2013.csv (with --own: a "
            "folder for each class of your own)",
        )
    return Dataset("FER2013", root, _with_validation(samples), skipped)


def _table_in(root: Path) -> Path | None:
    """The original table, or the one of the later upload, which has the same columns in another order."""
    tables = [
        path for path in sorted(root.rglob("*.csv")) if path.name.lower() in ("fer2013.csv", "icml_face_data.csv")
    ]
    return min(tables, key=lambda path: path.name.lower() != "fer2013.csv", default=None)


def _with_validation(samples: list[FerSample]) -> list[FerSample]:
    """Where there is no validation split, a tenth of the training pictures; equal pictures stay together."""
    if any(sample.split == "validation" for sample in samples):
        return samples

    def chosen(sample: FerSample) -> bool:
        if sample.split != "train":
            return False
        digest = hashlib.sha256(sample.path.read_bytes()).digest()
        return int.from_bytes(digest[:4], "big") / 2**32 < VALIDATION_SHARE

    return [replace(sample, split="validation") if chosen(sample) else sample for sample in samples]


def training_without_leaks(dataset: Dataset[FerSample]) -> tuple[list[FerSample], int]:
    """The training pictures that are not byte for byte in a test split, and the number of those that were.

    The dataset holds some 1,200 exact duplicates, some of them across its own split.
    """
    digests: dict[FerSample, bytes] = {s: hashlib.sha256(s.path.read_bytes()).digest() for s in dataset.samples}
    where: dict[bytes, set[Split]] = defaultdict(set)
    for sample, digest in digests.items():
        where[digest].add(sample.split)
    training = [s for s in dataset.samples if s.split == "train"]
    clean = [s for s in training if where[digests[s]] == {"train"}]
    return clean, len(training) - len(clean)
