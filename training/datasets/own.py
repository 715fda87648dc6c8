"""Pictures of one's own: a folder per class, whose names are the labels.

``DIR/<class>/…``, or ``DIR/train/<class>/…`` beside ``DIR/test/<class>/…`` (and ``validation/``, in any case). What has
no split of its own is split 70/15/15 by a hash: of a picture's bytes or, where a class has folders of its own, of the
folder's name. So one folder a person, named alike in all classes, keeps a person in one split; and more pictures leave
those that were there where they were.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.datasets.common import SPLITS, Dataset, Split
from training.datasets.layout import plain
from training.datasets.own_folders import folders_in, hidden, inside, label_of, split_folders
from training.datasets.unpack import is_archive, unpacked
from training.errors import DataError

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")

MIN_CLASSES = 2
MAX_CLASSES = 32
"""As many labels as the page keeps of one reading."""
MIN_PICTURES = 20
"""Of a class. Enough to see whether it can be learnt at all, too few for more than that."""
FEW_PICTURES = 100
"""Of a class; with fewer the command says that the figures will be rough."""

TRAIN_SHARE = 0.7
VALIDATION_SHARE = 0.15
"""The rest is for the test."""


@dataclass(frozen=True)
class OwnSample:
    """One picture. ``label`` indexes the labels of its dataset; ``digest`` is the SHA-256 of the file, in hex."""

    path: Path
    label: int
    split: Split
    digest: str


@dataclass(frozen=True)
class OwnDataset(Dataset[OwnSample]):
    """Also the labels, sorted by name."""

    labels: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of which picture is what, and where: of all that training depends on."""
        lines = sorted(f"{s.digest} {self.labels[s.label]} {s.split}\n" for s in self.samples)
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def counts(self) -> dict[str, dict[Split, int]]:
        """By label and split, how many pictures."""
        found = Counter((sample.label, sample.split) for sample in self.samples)
        return {label: {split: found[i, split] for split in SPLITS} for i, label in enumerate(self.labels)}


def load(data: Path) -> OwnDataset:
    """Read a folder, or an archive of one, with a folder for each class.

    Returns:
        The samples, sorted by path. In ``skipped``: files that are no pictures, second copies of a picture, and
        pictures that lie in two classes.

    Raises:
        DataError: there is no such folder, there are fewer than MIN_CLASSES or more than MAX_CLASSES classes, a name
            cannot be a label, or a class has no picture, too few, or none in one of the splits.
    """
    root = inside(unpacked(data)) if is_archive(data) else data
    if not root.is_dir():
        raise DataError(f"{data} is not a folder: give one with a folder of pictures for each class (--data DIR)")
    splits = split_folders(root)
    places = {folder: split for split, folders in splits.items() for folder in folders} or {root: "train"}
    classes = sorted({label_of(folder) for place in places for folder in folders_in(place)})
    if not MIN_CLASSES <= len(classes) <= MAX_CLASSES:
        named = f" ({', '.join(classes[:5])}{', …' if len(classes) > 5 else ''})" if classes else ""
        raise DataError(
            f"{root} holds {len(classes)} folders of pictures{named}: there must be one for each class, at least "
            f"{MIN_CLASSES} and at most {MAX_CLASSES}"
        )
    skipped: list[tuple[Path, str]] = []
    found: list[OwnSample] = []
    for place, split in sorted(places.items()):
        for path in sorted(path for path in place.rglob("*") if path.is_file()):
            inner = path.relative_to(place).parts
            if any(map(hidden, inner)):
                continue
            if path.suffix.lower() not in PICTURES:
                skipped.append((path, f"not one of {' '.join(PICTURES)}"))
            elif len(inner) == 1:
                skipped.append((path, "not in the folder of a class"))
            else:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                group = hashlib.sha256(plain(inner[1]).encode()).hexdigest() if len(inner) > 2 else digest
                label = classes.index(label_of(place / inner[0]))
                found.append(OwnSample(path, label, _drawn(split, group, splits), digest))
    samples, copies = _without_copies(found, classes)
    dataset = OwnDataset(data.name.split(".")[0] or "own", root, samples, skipped + copies, tuple(classes))
    _check(dataset)
    return dataset


def _drawn(split: Split, group: str, splits: Container[Split]) -> Split:
    """Where a picture belongs: as its folder says, but training gives a share to each split that has no folder."""
    share = int(group[:8], 16) / 2**32
    if split != "train" or share < TRAIN_SHARE:
        return split
    drawn: Split = "validation" if share < TRAIN_SHARE + VALIDATION_SHARE else "test"
    return split if drawn in splits else drawn


def _without_copies(
    samples: Sequence[OwnSample], classes: Sequence[str]
) -> tuple[list[OwnSample], list[tuple[Path, str]]]:
    """Each picture once, in a test split rather than in training; none that is said to be two things."""
    same: dict[str, list[OwnSample]] = defaultdict(list)
    for sample in samples:
        same[sample.digest].append(sample)
    kept, left_out = [], []
    for group in same.values():
        labels = sorted({classes[sample.label] for sample in group})
        if len(labels) > 1:
            left_out += [(s.path, f"the same picture is in {' and '.join(labels)}: which is it?") for s in group]
            continue
        first = max(group, key=lambda sample: SPLITS.index(sample.split))
        kept.append(first)
        left_out += [(s.path, f"the same picture as {first.path}") for s in group if s is not first]
    return sorted(kept, key=lambda sample: sample.path), left_out


def _check(dataset: OwnDataset) -> None:
    counts = dataset.counts()
    few = {label: total for label, by_split in counts.items() if (total := sum(by_split.values())) < MIN_PICTURES}
    if few:
        listed = ", ".join(f"{label} has {total or 'none'}" for label, total in few.items())
        raise DataError(
            f"too few pictures in {dataset.root}: {listed}; each class needs {MIN_PICTURES} different ones at least "
            f"({', '.join(PICTURES)}), and some hundreds to be read well{_reasons(dataset)}"
        )
    for split in SPLITS:
        lacking = [label for label, by_split in counts.items() if not by_split[split]]
        if lacking:
            raise DataError(
                f"no picture of {', '.join(lacking)} is in the {split} split of {dataset.root}. Add pictures (or "
                f"people, where each has a folder), or sort them into train/ and test/ yourself"
            )


def _reasons(dataset: OwnDataset) -> str:
    """Why files were left out, for a message: that is where the missing pictures may be."""
    if not dataset.skipped:
        return ""
    path, reason = dataset.skipped[0]
    return f". Left out: {len(dataset.skipped)}, such as {path}: {reason}"
