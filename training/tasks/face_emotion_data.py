"""What the emotion of a face is learnt from: FER2013, or pictures of one's own (``--own``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from training.datasets import fer2013, ferplus, own
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
    opinions: NDArray[np.float32] | None = None
    """What people who were asked again would make of the training pictures: probabilities of the labels, N x classes;
    where nobody was asked, rows of NaN. None where there is no second opinion at all."""
    own: bool = False
    second: Sequence[str] = ()
    """What is learnt from beside it, by the names that the card knows."""
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
    opinions, said = _ferplus(options, parts["train"])
    votes = {} if opinions is None else {"with_ferplus_votes": int(np.isfinite(opinions[:, 0]).sum())}
    return Material(
        dataset.name,
        fer2013.LABELS,
        parts,
        "PrivateTest",
        "fer2013",
        [remark, said],
        opinions,
        second=["FER+"] if votes else [],
        config=votes,
        noted={"left_out_as_in_a_test_split": leaks} | votes,
    )


def _ferplus(options: Options, training: Sequence[Sample]) -> tuple[NDArray[np.float32] | None, str]:
    """The second opinion, and what to say of it."""
    table = ferplus.votes_file(options.data)
    if table is None:
        return None, f"FER+: no {ferplus.FILE} in {options.data} or beside it; learning from FER2013's labels alone"
    counts = ferplus.votes(table, [sample.path for sample in training])
    asked = counts.sum(axis=1) > 0
    opinions = np.full((len(training), len(fer2013.LABELS)), np.nan, np.float32)
    if asked.any():
        labels = np.array([sample.label for sample in training])
        opinions[asked] = ferplus.label_probabilities(counts[asked], labels[asked])
    return opinions, f"FER+: ten people's votes on {asked.sum()} of the training pictures are learnt from, too"


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
