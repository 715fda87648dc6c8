"""What the datasets share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Literal, TypeVar

from training.errors import DataError

Split = Literal["train", "validation", "test"]
S = TypeVar("S")


@dataclass(frozen=True)
class Dataset(Generic[S]):
    """Samples in a fixed order, and the files that were left out, each with the reason."""

    name: str
    root: Path
    samples: list[S]
    skipped: list[tuple[Path, str]] = field(default_factory=list)


def find_folder(data: Path, names: tuple[str, ...], what: str) -> Path:
    """The dataset's folder: ``data`` itself or one of ``names`` under it.

    Raises:
        DataError: ``data`` is no folder, or holds none of ``names`` and is not called like one of them.
    """
    if not data.is_dir():
        raise DataError(f"{data} is not a folder: give the folder that {what} was unpacked into (--data DIR)")
    for name in names:
        if (data / name).is_dir():
            return data / name
    return data


def nothing_found(root: Path, expected: str) -> DataError:
    """The error for a folder without a single usable file."""
    return DataError(f"no usable file under {root}: expected {expected}. Is this the right folder (--data DIR)?")
