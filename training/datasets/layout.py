"""How the common downloads of a dataset name their folders: splits and classes, in any case and by synonym."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from training.datasets.common import Split

SPLIT_FOLDERS: Mapping[str, Split] = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "publictest": "validation",
    "test": "test",
    "testing": "test",
    "privatetest": "test",
}


def plain(name: str) -> str:
    """Lower case, without spaces, hyphens and underscores."""
    return re.sub(r"[\s_-]", "", name.lower())


def split_of_folder(path: Path, root: Path) -> Split | None:
    """The split that the nearest folder above ``path``, up to ``root``, is named after; None where none is."""
    for folder in path.parents:
        if folder == root:
            return None
        if (split := SPLIT_FOLDERS.get(plain(folder.name))) is not None:
            return split
    return None


def class_of_folder(path: Path, labels: Sequence[str], synonyms: Mapping[str, str]) -> int | None:
    """The index of the class that the file's folder is named after; None where it is none.

    Args:
        path: of the file.
        labels: the dataset's classes.
        synonyms: other names, written as `plain` does, with the label that each means.
    """
    name = plain(path.parent.name)
    label = synonyms.get(name, name)
    return labels.index(label) if label in labels else None
