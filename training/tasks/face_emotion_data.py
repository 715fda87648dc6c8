"""What the emotion of a face is learnt from: FER2013, or pictures of one's own (``--own``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from training.datasets import fer2013, own
from training.datasets.common import SPLITS, Split
from training.errors import DataError
from training.tasks.options import Options


class Sample(Protocol):
    """One picture; ``label`` indexes the labels."""

    @property
    def path(self) -> Path: ...
    @property
    def label(self) -> int: ...


@dataclass(frozen=True)
class Material:
    """Pictures by split, and what is written down of them."""

    name: str
    labels: tuple[str, ...]
    parts: Mapping[Split, Sequence[Sample]]
    test: str
    """What the test split is called."""
    cache: str
    """Begins the names of cached crops. That of own pictures holds their digest: names and sizes may be met again."""
    remarks: Sequence[str]
    """What to say of them when training begins."""
    own: bool = False
    config: Mapping[str, Any] = field(default_factory=dict)
    """For ``config.json``: what the result depends on."""
    noted: Mapping[str, Any] = field(default_factory=dict)
    """For the spec's ``training``."""


def load(options: Options) -> Material:
    """Read the data that the options name.

    Raises:
        DataError: they cannot serve.
    """
    return _own(options) if options.own else _fer2013(options)


def of_labels(options: Options, labels: Sequence[str]) -> Material:
    """The same, for a network that is there already.

    Raises:
        DataError: the data cannot serve, or have other classes than the network.
    """
    material = load(options)
    if material.labels != tuple(labels):
        raise DataError(
            f"{options.data} has the classes {', '.join(material.labels)}; the network reads {', '.join(labels)}. "
            "Name the folder that it was trained on (--data DIR)"
        )
    return material


def _fer2013(options: Options) -> Material:
    dataset = fer2013.load(options.data)
    training, leaks = fer2013.training_without_leaks(dataset)
    remark = f"{dataset.name}: {len(dataset.samples)} pictures; {leaks} of Training left out, being in a test split too"
    parts: dict[Split, list[fer2013.FerSample]] = {
        "train": options.some(training),
        "validation": options.some([s for s in dataset.samples if s.split == "validation"]),
        "test": options.some([s for s in dataset.samples if s.split == "test"]),
    }
    noted = {"left_out_as_in_a_test_split": leaks}
    return Material(dataset.name, fer2013.LABELS, parts, "PrivateTest", "fer2013", [remark], noted=noted)


def _own(options: Options) -> Material:
    dataset = own.load(options.data)
    parts = {split: options.some([s for s in dataset.samples if s.split == split]) for split in SPLITS}
    return Material(
        dataset.name,
        dataset.labels,
        parts,
        "test",
        f"own-{dataset.digest[:12]}",
        _remarks(dataset),
        own=True,
        config={"labels": list(dataset.labels), "data": dataset.digest},
        noted={"own_data": True, "data_sha256": dataset.digest},
    )


def _remarks(dataset: own.OwnDataset) -> list[str]:
    counts = dataset.counts()
    width = max(map(len, counts))
    said = [f"{dataset.name}: {len(dataset.samples)} pictures of {len(counts)} classes"]
    said += [
        f"  {label.ljust(width)}  " + ", ".join(f"{n} {split}" for split, n in by_split.items())
        for label, by_split in counts.items()
    ]
    if few := [label for label, by_split in counts.items() if sum(by_split.values()) < own.FEW_PICTURES]:
        said.append(f"  fewer than {own.FEW_PICTURES} pictures of {', '.join(few)}: expect rough figures")
    if dataset.skipped:
        path, reason = dataset.skipped[0]
        said.append(f"  left out: {len(dataset.skipped)}, such as {path}: {reason}")
    return said
