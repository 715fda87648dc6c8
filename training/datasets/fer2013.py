"""FER2013: 35,887 grey pictures of 48x48, seven emotions (I. Goodfellow et al., "Challenges in Representation
Learning", 2013).

Layout: ``{train,test}/<class>/<Usage>_<number>.jpg``; the official split is in the file's name.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from training.datasets.common import Dataset, Split, find_folder, nothing_found

LABELS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")

_NAME = re.compile(r"^(Training|PublicTest|PrivateTest)_\d+\.(?:jpg|jpeg|png)$", re.IGNORECASE)
_SPLITS: dict[str, Split] = {"training": "train", "publictest": "validation", "privatetest": "test"}


@dataclass(frozen=True)
class FerSample:
    """One picture. ``label`` indexes LABELS."""

    path: Path
    label: int
    split: Split


def load(data: Path) -> Dataset[FerSample]:
    """Read the listing of FER2013: Training is train, PublicTest validation, PrivateTest test.

    Args:
        data: The folder ``fer2013`` or the one that holds it.

    Returns:
        The samples, sorted by path; files whose name does not parse, in ``skipped``.

    Raises:
        DataError: there is no such folder or no picture in it.
    """
    root = find_folder(data, ("fer2013", "FER2013"), "FER2013")
    samples: list[FerSample] = []
    skipped: list[tuple[Path, str]] = []
    for path in sorted(root.glob("*/*/*")):
        name, label = _NAME.match(path.name), path.parent.name.lower()
        if not name:
            skipped.append((path, "the name is not <Training|PublicTest|PrivateTest>_<number>.jpg"))
        elif label not in LABELS:
            skipped.append((path, f"the folder {path.parent.name!r} is none of the classes {', '.join(LABELS)}"))
        else:
            samples.append(FerSample(path, LABELS.index(label), _SPLITS[name[1].lower()]))
    if not samples:
        raise nothing_found(root, "{train,test}/<class>/Training_*.jpg, PublicTest_*.jpg, PrivateTest_*.jpg")
    return Dataset("FER2013", root, samples, skipped)


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
