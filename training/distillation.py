"""What a small network learns beside the labels: how larger networks read pictures that they were not trained on.

A teacher that was trained on a picture only repeats its label. So the training pictures are dealt out into folds, a
teacher is trained on all folds but one, and reads that one (out-of-fold predictions): it says what the label would
most probably be, and how sure that is, which the label alone does not (G. Hinton, O. Vinyals, J. Dean, "Distilling the
Knowledge in a Neural Network", 2015, arXiv:1503.02531). No picture of a validation or test split has a part in it.

The readings lie in ``training/targets/<task>.npz``, for training the teachers takes a graphics card.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from storage.files import replacing
from training.datasets.utkface import perceptual_hash
from training.errors import DataError

FOLDS = 5

TARGETS = Path(__file__).resolve().parent / "targets"
"""The folder of the files that ship."""

LEAST = 1e-4
"""A probability under which nothing is made of how small it is."""
RIDGE = 1.0
"""Of the regression's weights, as in ``datasets.ferplus``."""

MAX_HASH_DISTANCE = 10
"""Bits of 64 in which a picture may differ from the one that was read, by another decoder or format; two pictures that
have nothing in common differ in 32."""


def folds_of(groups: Sequence[str]) -> NDArray[np.int64]:
    """The fold of each picture, 0 to 4, by the SHA-256 of its group's name: equal pictures must share a group."""
    digests = (hashlib.sha256(group.encode()).digest() for group in groups)
    return np.array([int.from_bytes(digest[:4], "big") % FOLDS for digest in digests], np.int64)


def stem(path: Path) -> str:
    """The name by which a picture is known whatever format it was saved in: ``Training_7.png`` is ``Training_7``."""
    return path.name.partition(".")[0]


def hashes_of(faces: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The perceptual hash of each of N crops, N x H x W x C."""
    colour = (np.broadcast_to(face, (*face.shape[:2], 3)) for face in faces)
    return np.array([perceptual_hash(np.ascontiguousarray(face)) for face in colour], np.uint64)


def write_targets(
    path: Path, names: Sequence[str], faces: NDArray[np.uint8], readings: Mapping[str, NDArray[np.floating]]
) -> None:
    """Keep readings, N x anything each, of pictures by name and crop; as float16, which errs by 0.0005 of a value."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {name: values.astype(np.float16) for name, values in readings.items()}
    arrays |= {"names": np.frombuffer("\n".join(names).encode(), np.uint8), "hashes": hashes_of(faces)}
    with replacing(path) as temporary:
        np.savez_compressed(temporary, **arrays)


def read_targets(path: Path, names: Sequence[str], faces: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """By output name the readings of pictures, N x ..., NaN for those that the file does not know.

    Args:
        path: As ``write_targets`` left it.
        names: Of the pictures, as ``stem`` gives them.
        faces: Their crops, as they were given to ``write_targets``. Another picture of the same name is not known.

    Raises:
        DataError: the file is damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            values = {name: arrays[name] for name in arrays.files}
        places = {name: i for i, name in enumerate(values.pop("names").tobytes().decode().split("\n"))}
        hashes = values.pop("hashes")
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise DataError(f"{path} cannot be read: {error}. Take it from the repository again") from error
    place = np.array([places.get(name, -1) for name in names], np.int64)
    named = np.flatnonzero(place >= 0)
    apart = np.bitwise_count(hashes[place[named]] ^ hashes_of(faces[named]))
    same = named[apart <= MAX_HASH_DISTANCE]
    found = {}
    for name, known in values.items():
        found[name] = np.full((len(names), *known.shape[1:]), np.nan, np.float32)
        found[name][same] = known[place[same]]
    return found


@dataclass(frozen=True)
class Taught:
    """What there is of teachers' readings for some pictures.

    ``readings`` as ``read_targets`` gives them; empty where not one of the pictures is known. ``remark`` says so to a
    person, ``noted`` is for ``config.json`` and the spec's ``training``.
    """

    readings: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    remark: str = ""
    noted: Mapping[str, Any] = field(default_factory=dict)


class Sample(Protocol):
    """A training picture."""

    @property
    def path(self) -> Path: ...


def taught_by_others(
    task: str, samples: Sequence[Sample], faces: NDArray[np.uint8], share: float, folder: Path = TARGETS
) -> Taught:
    """The readings that ship for a task, of these pictures and their crops; ``share`` is theirs in a target.

    Raises:
        DataError: the file is damaged.
    """
    path = folder / f"{task}.npz"
    if not path.is_file():
        return Taught(remark=f"Teachers: no {path.name} in {folder}; learning from labels alone")
    readings = read_targets(path, [stem(sample.path) for sample in samples], faces)
    known = int(np.isfinite(next(iter(readings.values())).reshape(len(samples), -1)[:, 0]).sum())
    if not known:
        return Taught(remark="Teachers: they know none of the training pictures; learning from labels alone")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    noted = {"file": path.name, "sha256": digest, "pictures": known, "share": share}
    return Taught(
        readings, f"Teachers: what larger networks say of {known} of the pictures is learnt, too", {"teachers": noted}
    )


def label_probabilities(opinions: Sequence[NDArray[np.floating]], labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """How probable each label is for a picture of which several say this: N x classes, rows summing to 1.

    A multinomial logistic regression on their probabilities and the logarithms of these, learnt from the very pictures:
    with a few hundred weights for thousands of pictures it cannot learn them by heart.

    Args:
        opinions: Of each, N x classes probabilities.
        labels: N.
    """
    sure = np.eye(opinions[0].shape[1])[labels]
    known = [np.clip(opinion.astype(np.float64), LEAST, 1) for opinion in opinions]
    features = np.hstack([values for opinion in known for values in (opinion, np.log(opinion))])

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(features.shape[1], -1)
        logarithms = log_softmax(features @ weights, axis=1)
        slope = features.T @ (np.exp(logarithms) - sure) + RIDGE * weights
        return float(-(sure * logarithms).sum() + RIDGE / 2 * (flat**2).sum()), slope.ravel()

    found = minimize(loss, np.zeros(features.shape[1] * sure.shape[1]), jac=True, method="L-BFGS-B")
    weights = found.x.reshape(features.shape[1], -1)
    probabilities: NDArray[np.float32] = softmax(features @ weights, axis=1).astype(np.float32)
    return probabilities
