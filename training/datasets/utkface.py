"""UTKFace: faces of 0 to 116 years with age, gender and ethnicity in the file's name (Z. Zhang, Y. Song, H. Qi, "Age
Progression/Regression by Conditional Adversarial Autoencoder", CVPR 2017).

There is no official split, and many pictures appear again, recompressed. So pictures of nearly the same perceptual
hash form a group, and a group goes whole into one split, by the SHA-256 of its first file name.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.datasets.common import Dataset, Split, find_folder, nothing_found
from training.pictures import PictureError, read_picture

GENDERS = ("male", "female")
"""As the dataset numbers them."""
ETHNICITIES = ("White", "Black", "Asian", "Indian", "Others")
"""The dataset's own labels, as it numbers them."""
MAX_AGE = 116

MAX_HASH_DISTANCE = 4
"""Bits of 64 in which two pictures of one group may differ: enough for a recompression, too few for another pose."""

_NAME = re.compile(r"^(\d{1,3})_([01])_(?:([0-4])_)?(\d{8,18})\.jpg(?:\.chip\.jpg)?$", re.IGNORECASE)


@dataclass(frozen=True)
class UtkSample:
    """One picture. ``age`` in years, ``gender`` and ``ethnicity`` index GENDERS and ETHNICITIES.

    Some names lack the ethnicity: such pictures are trained on and never measured, for figures by group need it.
    """

    path: Path
    age: int
    gender: int
    ethnicity: int | None
    group: str
    split: Split


def root_of(data: Path) -> Path:
    """The folder of the dataset, as ``find_folder`` says."""
    return find_folder(data, ("UTKFace", "utkface"), "UTKFace", r"utk|^part\d|crop_part")


def load(data: Path) -> Dataset[UtkSample]:
    """Read UTKFace and split it 80/10/10 by groups of near-duplicates.

    Args:
        data: The folder ``UTKFace`` or the one that holds it.

    Returns:
        The samples, sorted by name; malformed names and unreadable pictures in ``skipped``.

    Raises:
        DataError: there is no such folder or no picture in it.
    """
    root = root_of(data)
    skipped: list[tuple[Path, str]] = []
    found: list[tuple[Path, re.Match[str]]] = []
    hashes: list[int] = []
    for path in sorted(root.rglob("*.jpg")):
        name = _NAME.match(path.name)
        if not name:
            skipped.append((path, "the name is not <age>_<gender>_<ethnicity>_<date>.jpg"))
        elif int(name[1]) > MAX_AGE:
            skipped.append((path, f"an age of {name[1]} years is beyond {MAX_AGE}"))
        else:
            try:
                hashes.append(perceptual_hash(read_picture(path)))
                found.append((path, name))
            except PictureError as error:
                skipped.append((path, str(error)))
    if not found:
        raise nothing_found(root, "<age>_<gender>_<ethnicity>_<date>.jpg.chip.jpg")
    samples = []
    for (path, name), first in zip(found, _groups(np.array(hashes, np.uint64)), strict=True):
        group = found[first][0].name
        split = split_of(group)
        ethnicity = None if name[3] is None else int(name[3])
        if ethnicity is None and split != "train":
            skipped.append((path, "the name lacks the ethnicity, and its split is measured by group"))
        else:
            samples.append(UtkSample(path, int(name[1]), int(name[2]), ethnicity, group, split))
    return Dataset("UTKFace", root, samples, skipped)


def split_of(group: str) -> Split:
    """80/10/10 by the first 32 bits of the SHA-256 of the group's name."""
    share = int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") / 2**32
    return "train" if share < 0.8 else "validation" if share < 0.9 else "test"


def perceptual_hash(picture: NDArray[np.uint8]) -> int:
    """64 bits: which of the 8x8 lowest cosine frequencies of a 32x32 grey picture exceed their median.

    C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010 (pHash).
    """
    import cv2

    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(gray, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:8, :8].ravel()
    bits = low > np.median(low[1:])
    return int(np.packbits(bits).view(">u8")[0])


def _groups(hashes: NDArray[np.uint64]) -> NDArray[np.intp]:
    """For each picture the index of the first one of its group: chains of near hashes, by union-find."""
    parent = np.arange(len(hashes))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = int(parent[i])
        return i

    for i in range(len(hashes) - 1):
        near = np.bitwise_count(hashes[i + 1 :] ^ hashes[i]) <= MAX_HASH_DISTANCE
        for j in np.flatnonzero(near) + i + 1:
            a, b = sorted((root(i), root(int(j))))
            parent[b] = a
    return np.array([root(i) for i in range(len(hashes))], np.intp)
