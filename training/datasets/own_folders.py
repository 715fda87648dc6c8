"""The folders of one's own pictures: which are splits, which are classes, and what labels they give."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from training.datasets.common import Split
from training.datasets.layout import SPLIT_FOLDERS, plain
from training.errors import DataError

MAX_LABEL_LENGTH = 32
_LABEL = re.compile(r"[^\W\d_][\w ]*")
"""A letter, then letters, digits and spaces: numbers alone would be put in another order by JavaScript."""


def hidden(name: str) -> bool:
    """Whether it is something that systems leave in folders."""
    return name.startswith((".", "__MACOSX"))


def label_of(folder: Path) -> str:
    """The label that a folder is named after: "Very_Happy" is "very happy".

    Raises:
        DataError: it cannot be a label.
    """
    label = re.sub(r"[\s_-]+", " ", unicodedata.normalize("NFC", folder.name)).strip().lower()
    if len(label) > MAX_LABEL_LENGTH or not _LABEL.fullmatch(label):
        raise DataError(
            f"{folder} cannot be a class: its name is to be a label, which begins with a letter and holds up to "
            f"{MAX_LABEL_LENGTH} letters, digits and spaces. Name it otherwise, or move it elsewhere"
        )
    return label


def folders_in(place: Path) -> list[Path]:
    """Those that are meant, sorted by name."""
    return [path for path in sorted(place.iterdir()) if path.is_dir() and not hidden(path.name)]


def inside(root: Path) -> Path:
    """An archive often holds one folder with everything in it."""
    folders = folders_in(root)
    return folders[0] if len(folders) == 1 and folders_in(folders[0]) else root


def split_folders(root: Path) -> Mapping[Split, Sequence[Path]]:
    """The folders that are named after splits; empty where none is.

    Raises:
        DataError: only some are, or none of them is for training.
    """
    named: dict[Split, list[Path]] = defaultdict(list)
    others = []
    for folder in folders_in(root):
        split = SPLIT_FOLDERS.get(plain(folder.name))
        if split is None:
            others.append(folder.name)
        else:
            named[split].append(folder)
    if named and others:
        raise DataError(
            f"{root} holds folders of splits ({', '.join(sorted(named))}) beside others ({', '.join(others[:5])}): put "
            "every class below train/ and test/, or have a folder for each class and nothing else"
        )
    if named and "train" not in named:
        raise DataError(f"{root} holds {', '.join(sorted(named))} but nothing to train on: add a folder train/")
    return dict(named)
