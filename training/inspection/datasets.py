"""Looks through the three datasets: every file is decoded, equal ones are found by what they decode to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from training.datasets import fer2013, ravdess, utkface
from training.datasets.common import SPLITS
from training.errors import DataError
from training.inspection.findings import Findings, Item, counts, grouped
from training.pictures import PictureError, read_picture
from training.progress import progress

DECADES = tuple(f"{start} to {start + 9}" for start in range(0, 120, 10))


def inspect_fer2013(data: Path) -> Findings:
    """Classes by split; pictures that are equal, pixel by pixel."""
    dataset = fer2013.load(data)
    items = [Item(s.path, fer2013.LABELS[s.label], s.split) for s in dataset.samples]
    same, unreadable = _same(items, "FER2013", lambda path: read_picture(path).tobytes())
    return Findings(
        name=dataset.name,
        root=dataset.root,
        items=items,
        tables={"class": counts(((i.label, i.split) for i in items), fer2013.LABELS, SPLITS)},
        same=same,
        unreadable=unreadable,
        skipped=dataset.skipped,
    )


def inspect_utkface(data: Path) -> Findings:
    """Decades, genders and ethnicities by split; equal pictures, and those that look alike.

    The loader's splits keep pictures that look alike together, so that none of their groups lies across splits.
    """
    dataset = utkface.load(data)
    samples = dataset.samples
    items = [Item(s.path, f"{s.age}, {utkface.GENDERS[s.gender]}", s.split) for s in samples]
    same, unreadable = _same(items, "UTKFace", lambda path: read_picture(path).tobytes())
    genders = ((utkface.GENDERS[s.gender], s.split) for s in samples)
    labels = (*utkface.ETHNICITIES, "unknown")
    ethnicities = (("unknown" if s.ethnicity is None else utkface.ETHNICITIES[s.ethnicity], s.split) for s in samples)
    return Findings(
        name=dataset.name,
        root=dataset.root,
        items=items,
        tables={
            "age": counts(((DECADES[s.age // 10], s.split) for s in samples), DECADES, SPLITS),
            "gender": counts(genders, utkface.GENDERS, SPLITS),
            "ethnicity": counts(ethnicities, labels, SPLITS),
        },
        same=same,
        near=grouped(zip((s.group for s in samples), items, strict=True)),
        unreadable=unreadable,
        skipped=dataset.skipped,
    )


def inspect_ravdess(data: Path) -> Findings:
    """Emotions and actors by fold; clips that are equal, sample by sample, and the rates that occur."""
    import soundfile

    dataset = ravdess.load(data)
    samples = dataset.samples
    items = [Item(s.path, ravdess.LABELS[s.label], f"fold {s.fold}") for s in samples]
    folds = [f"fold {fold}" for fold in range(ravdess.FOLDS)]
    rates: list[tuple[str, str]] = []

    def content(path: Path) -> bytes:
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
        rates.append((f"{rate} Hz, {sound.shape[1]} channel(s)", "all"))
        return bytes(np.ascontiguousarray(sound).tobytes())

    same, unreadable = _same(items, "RAVDESS", content)
    actors = [f"actor {actor:02d}" for actor in sorted({s.actor for s in samples})]
    spoken = zip(samples, items, strict=True)
    return Findings(
        name=dataset.name,
        root=dataset.root,
        items=items,
        tables={
            "emotion": counts(((i.label, i.split) for i in items), ravdess.LABELS, folds),
            "actor": counts(((f"actor {s.actor:02d}", i.label) for s, i in spoken), actors, ravdess.LABELS),
            "format": counts(rates, sorted({rate for rate, _ in rates}), ["all"]),
        },
        same=same,
        unreadable=unreadable,
        skipped=dataset.skipped,
    )


INSPECTIONS: dict[str, Callable[[Path], Findings]] = {
    "fer2013": inspect_fer2013,
    "utkface": inspect_utkface,
    "ravdess": inspect_ravdess,
}


def _same(
    items: list[Item], what: str, content: Callable[[Path], bytes]
) -> tuple[list[list[Item]], list[tuple[Path, str]]]:
    """Groups of items whose content is equal, and the files that do not decode."""
    keyed: list[tuple[object, Item]] = []
    unreadable: list[tuple[Path, str]] = []
    for item in progress(items, f"{what}: reading"):
        try:
            keyed.append((hashlib.sha256(content(item.path)).digest(), item))
        except (PictureError, DataError, OSError, RuntimeError) as error:
            unreadable.append((item.path, str(error)))
    return grouped(keyed), unreadable
