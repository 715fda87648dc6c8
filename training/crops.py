"""Face crops of a whole dataset, made once by the product's own detector and kept on disk."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from storage.files import replacing
from training.augmentation import FaceAugmentation, vary_face
from training.cache import cache_folder
from training.errors import DataError
from training.frames import encoded, in_the_middle, make_frame, random_condition
from training.pictures import PictureError, read_picture
from training.preprocessing.detector import DetectedFace, FaceDetector, detector_file
from training.preprocessing.face import FaceInput, Picture, crop_face, standardise, whole_picture
from training.progress import progress

_VERSION = 1
"""Raise it when the meaning of a cached crop changes."""
_FRAMES_VERSION = 1
"""Likewise for what frames are drawn."""

FRAMED = 0.5
"""Of the draws of a picture take it as a camera would show it."""

_Found = tuple[Picture, DetectedFace]
"""What to cut from, and the face in it."""


@dataclass(frozen=True)
class Crops:
    """``pictures`` N x H x W x C uint8; ``found`` N: whether the detector saw the face (else: the whole picture)."""

    pictures: NDArray[np.uint8]
    found: NDArray[np.bool_]


def widened(target: FaceInput, margin: int) -> FaceInput:
    """The same crop with ``margin`` more pixels on every side: room to turn, shift and scale it in training."""
    width, height = target.width + 2 * margin, target.height + 2 * margin
    (lx, ly), (rx, ry) = target.eyes
    left = ((lx * target.width + margin) / width, (ly * target.height + margin) / height)
    right = ((rx * target.width + margin) / width, (ry * target.height + margin) / height)
    return dataclasses.replace(target, width=width, height=height, eyes=(left, right))


def face_crops(paths: Sequence[Path], target: FaceInput, margin: int, what: str) -> Crops:
    """Crops of tight pictures of one face each, from the cache where they are there.

    Args:
        paths: The pictures.
        target: The network's input.
        margin: Pixels to add on every side. Where no face is found, the whole picture fills the inner part.
        what: Name for progress and cache.

    Raises:
        DataError: a picture does not decode.
    """

    def find(detector: FaceDetector, picture: Picture, path: Path) -> _Found | None:
        face = detector.find_in_picture(picture)
        return None if face is None else (picture, face)

    return _kept(paths, target, margin, what, [_VERSION], find)


def framed_crops(paths: Sequence[Path], target: FaceInput, margin: int, what: str) -> Crops:
    """Crops of the same pictures as a camera would show them, each on one random frame (``frames.random_condition``).

    The page finds a face in a frame at other sizes and less surely than in its tight picture, and reads it from other
    pixels: of 1,157 pictures of PublicTest a network that never saw frames read 1.2 to 1.5 points fewer on them, even
    with the eyes where they are in the picture. Each frame is drawn by its picture's name, the same in every run.

    Args and errors: as for ``face_crops``; ``found`` says whether the detector saw the face in the frame's middle.
    """

    def find(detector: FaceDetector, picture: Picture, path: Path) -> _Found | None:
        seed = hashlib.sha256(f"{path.parent.name}/{path.name}".encode()).digest()[:8]
        condition = random_condition(np.random.default_rng(int.from_bytes(seed)))
        frame = make_frame(picture, condition)
        if condition.jpeg_quality is not None:
            frame = np.asarray(Image.open(io.BytesIO(encoded(frame, condition))))
        face = next(iter(detector.detect(frame)), None)
        if face is None:
            return None
        x, y = face.box.reshape(2, 2).mean(axis=0).tolist()
        return (frame, face) if in_the_middle(x, y, condition) else None

    return _kept(paths, target, margin, what, [_VERSION, "framed", _FRAMES_VERSION], find)


def _kept(
    paths: Sequence[Path],
    target: FaceInput,
    margin: int,
    what: str,
    made: list[int | str],
    find: Callable[[FaceDetector, Picture, Path], _Found | None],
) -> Crops:
    """Crops from the cache, or made now; ``made`` says how, and None of ``find`` that there is no face."""
    wide = widened(target, margin)
    key = hashlib.sha256(json.dumps([*made, wide.to_spec() | {"mean": 0, "std": 0}, margin]).encode())
    key.update(detector_file().read_bytes())
    for path in paths:
        key.update(f"{path.parent.name}/{path.name}:{path.stat().st_size}\n".encode())
    cached = cache_folder() / f"{what}-{key.hexdigest()[:16]}.npz"
    if cached.is_file():
        with np.load(cached, allow_pickle=False) as arrays:
            return Crops(arrays["pictures"], arrays["found"])
    detector = FaceDetector()
    pictures = np.empty((len(paths), wide.height, wide.width, wide.depth), np.uint8)
    found = np.zeros(len(paths), bool)
    for i, path in enumerate(progress(paths, f"{what}: cropping faces")):
        try:
            picture = read_picture(path)
        except PictureError as error:
            raise DataError(f"{error}. Unpack the dataset again, or remove the file") from error
        seen = find(detector, picture, path)
        if seen is None:
            inner = whole_picture(picture, target)
            pictures[i] = np.pad(inner, ((margin, margin), (margin, margin), (0, 0)), mode="edge")
        else:
            found[i] = True
            pictures[i] = crop_face(seen[0], seen[1].eyes, wide)
    with replacing(cached) as temporary:
        np.savez(temporary, pictures=pictures, found=found)
    return Crops(pictures, found)


def drawn(
    tight: NDArray[np.uint8], framed: Crops | None, chosen: NDArray[np.intp], rng: np.random.Generator
) -> list[NDArray[np.uint8]]:
    """The chosen crops, half of them from frames where their faces were found there; without frames all as they are."""
    if framed is None:
        return [tight[i] for i in chosen]
    on_frame = framed.found[chosen] & (rng.random(len(chosen)) < FRAMED)
    return [(framed.pictures if on else tight)[i] for i, on in zip(chosen, on_frame, strict=True)]


def varied(
    tight: NDArray[np.uint8],
    framed: Crops | None,
    target: FaceInput,
    chosen: NDArray[np.intp],
    settings: FaceAugmentation,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """One random variant of each chosen crop, standardised: what a network learns from. See ``drawn``."""
    taken = drawn(tight, framed, chosen, rng)
    return standardise(np.stack([vary_face(one, target.width, target.height, settings, rng) for one in taken]), target)


def inner(crops: NDArray[np.uint8], margin: int) -> NDArray[np.uint8]:
    """The crops as the network sees them at test time: without the margin."""
    return crops[:, margin : crops.shape[1] - margin, margin : crops.shape[2] - margin]


def mean_and_std(crops: NDArray[np.uint8]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Per channel, of values scaled to 0..1, rounded to four digits so that a spec stays readable."""
    values = crops.reshape(-1, crops.shape[-1])
    counts = [np.bincount(values[:, channel], minlength=256) for channel in range(values.shape[1])]
    levels = np.arange(256) / 255
    means = [float(np.average(levels, weights=count)) for count in counts]
    stds = [float(np.sqrt(np.average((levels - m) ** 2, weights=c))) for m, c in zip(means, counts, strict=True)]
    return tuple(round(m, 4) for m in means), tuple(round(s, 4) for s in stds)
