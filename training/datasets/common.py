"""What the datasets share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Literal, TypeVar

from training.datasets.unpack import is_archive, unpacked
from training.errors import DataError

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
S = TypeVar("S")


@dataclass(frozen=True)
class Dataset(Generic[S]):
    """Samples in a fixed order, and the files that were left out, each with the reason."""

    name: str
    root: Path
    samples: list[S]
    skipped: list[tuple[Path, str]] = field(default_factory=list)


def find_folder(data: Path, names: tuple[str, ...], what: str, archives: str = "") -> Path:
    """The dataset's folder: ``data`` itself, one of ``names`` under it, or the archive of it, unpacked into the cache.

    Args:
        data: A folder or an archive.
        names: What the dataset's folder may be called.
        what: The dataset, for messages.
        archives: Pattern of the names of its archives, in lower case; several together are one dataset.

    Raises:
        DataError: ``data`` is neither a folder nor an archive, or does not unpack.
    """
    if is_archive(data):
        return unpacked(data)
    if not data.is_dir():
        raise DataError(f"{data} is not a folder: give the folder that {what} was unpacked into (--data DIR)")
    for name in names:
        if (data / name).is_dir():
            return data / name
    found = [path for path in sorted(data.iterdir()) if is_archive(path) and re.search(archives, path.name.lower())]
    if archives and found:
        return unpacked(*found)
    return data


def nothing_found(root: Path, expected: str) -> DataError:
    """The error for a folder without a single usable file."""
    return DataError(f"no usable file under {root}: expected {expected}. Is this the right folder (--data DIR)?")
