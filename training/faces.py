"""The faces of a dataset at one size of crop: what training draws from, and what validation and test read.

A network that ends with an average over places can go on at another size than it began with. Most of what there is to
learn shows in small crops, which cost a part of the time; the last course then sees what only larger ones show
(H. Touvron et al., "Fixing the train-test resolution discrepancy", NeurIPS 2019; M. Tan, Q. Le, "EfficientNetV2", ICML
2021, on growing pictures).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from training.augmentation import FaceAugmentation
from training.crops import Crops, face_crops, framed_crops, inner, mean_and_std, varied
from training.datasets.common import Split
from training.preprocessing.face import FaceInput, standardise

Eyes = tuple[tuple[float, float], tuple[float, float]]
HELD_OUT: tuple[Split, ...] = ("validation", "test")
TIMES = 8
"""Variants of each picture, where there are too few pictures for as many variants as are asked for."""


@dataclass(frozen=True)
class Faces:
    """Crops of one size."""

    target: FaceInput
    """What the network sees, with the mean and deviation of the training pictures."""
    pictures: NDArray[np.uint8]
    """N x H x W x C, the training split, with a margin on every side."""
    framed: Crops | None
    """The same on frames."""
    held_out: Mapping[Split, NDArray[np.float32]]
    """The standardised crops of the other splits."""

    def varied(
        self, chosen: NDArray[np.intp], settings: FaceAugmentation, rng: np.random.Generator
    ) -> NDArray[np.float32]:
        """One random variant of each chosen training picture, as a network learns from it: see ``crops.varied``."""
        return varied(self.pictures, self.framed, self.target, chosen, settings, rng)

    def some(self, count: int, settings: FaceAugmentation, seed: int) -> NDArray[np.float32]:
        """So many variants of training pictures drawn by chance, at most ``TIMES`` as many as there are pictures."""
        rng = np.random.default_rng(seed)
        pictures = len(self.pictures)
        return self.varied(rng.integers(pictures, size=min(count, TIMES * pictures)), settings, rng)


def margin_of(size: int, share: float) -> int:
    """Pixels around a crop of so many, for a margin of that share of its side."""
    return round(size * share)


def size_of(model: keras.Model) -> int:
    """The side of the crops that a network reads, in pixels."""
    return int(model.input_shape[1])


def faces_at(
    size: int,
    paths: Mapping[Split, Sequence[Path]],
    eyes: Eyes,
    margin_share: float,
    what: str,
    *,
    colour: bool,
    frames: bool,
) -> Faces:
    """Crop the pictures, from the cache where they are there, and say how many faces were found.

    Args:
        size: Side of a crop without its margin, in pixels.
        paths: The pictures of each split, ``train`` among them.
        eyes: Where they lie in a crop, as shares of its side.
        margin_share: Of the side, on every side.
        what: Begins the names in the cache.
        colour: Whether crops are RGB; else grey.
        frames: Whether to crop the training pictures from frames, too.

    Raises:
        DataError: a picture does not decode.
    """
    channels = 3 if colour else 1
    blank = FaceInput(size, size, "rgb" if colour else "gray", eyes, (0.0,) * channels, (1.0,) * channels)
    margin = margin_of(size, margin_share)
    cut = {split: face_crops(part, blank, margin, f"{what}-{split}") for split, part in paths.items()}
    for split, part in cut.items():
        print(f"{split}, {size} pixels: {len(part.found)} pictures, a face found in {part.found.mean():.2%}")
    framed = None
    if frames:
        framed = framed_crops(paths["train"], blank, margin, f"{what}-frames")
        print(f"the same on frames: a face found in {framed.found.mean():.2%}")
    mean, std = mean_and_std(inner(cut["train"].pictures, margin))
    target = FaceInput(size, size, blank.channels, eyes, mean, std)
    held_out = {split: standardise(inner(cut[split].pictures, margin), target) for split in HELD_OUT}
    return Faces(target, cut["train"].pictures, framed, held_out)
