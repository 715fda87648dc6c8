"""A closer look where a whole frame shows no face; the page's way, for comparison (``webapp/src/face/search.ts``).

The detector sees 128 pixels a side, in which a face of a wide frame may be too small: squares of the frame, ever
smaller ones, show it larger. What is found in one counts only if a second look, at a square around it, finds it again:
many looks would else find faces in curtains.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from training.preprocessing.detector import MIN_OVERLAP, DetectedFace, FaceDetector, box_overlap, merge_overlapping
from training.preprocessing.face import Picture

SIDES = (1.0, 0.75, 0.5)
"""Sides of the squares, as shares of the frame's shorter side."""
STEP = 0.5
"""Neighbouring squares lie at most this share of their side apart: a face of half a square lies whole in one."""
SECOND_LOOK = 2.2
"""Side of the square around a face that is looked at again, in widths of its box."""

Region = tuple[int, int, int]
"""Left, top and side of a square, in pixels."""


def search_levels(width: int, height: int) -> list[list[Region]]:
    """The squares of each size, row by row."""
    levels = []
    for share in SIDES:
        side = max(1, math.floor(min(width, height) * share))
        levels.append([(left, top, side) for top in _starts(height, side) for left in _starts(width, side)])
    return levels


def search_still(detector: FaceDetector, picture: Picture) -> list[DetectedFace]:
    """Faces in H x W x 3, best first: of the first size of square that shows any that a second look confirms."""
    for regions in search_levels(picture.shape[1], picture.shape[0]):
        seen = [face for region in regions for face in _look(detector, picture, region)]
        confirmed = _confirmed(detector, picture, seen)
        if confirmed:
            return confirmed
    return []


def region_around(box: NDArray[np.float64], width: int, height: int) -> Region:
    """A square around a face's box (x0, y0, x1, y1), moved so that it lies in the picture."""
    side = max(1, min(math.floor(SECOND_LOOK * (box[2] - box[0]) + 0.5), width, height))
    left, top = (
        max(0, min(math.floor((box[i] + box[i + 2]) / 2 - side / 2 + 0.5), length - side))
        for i, length in enumerate((width, height))
    )
    return left, top, side


def _starts(length: int, side: int) -> list[int]:
    gaps = math.ceil((length - side) / (side * STEP))
    return [math.floor(i * (length - side) / gaps + 0.5) if gaps else 0 for i in range(gaps + 1)]


def _look(detector: FaceDetector, picture: Picture, region: Region) -> list[DetectedFace]:
    left, top, side = region
    shift = np.array([left, top], np.float64)
    return [
        dataclasses.replace(face, box=(face.box.reshape(2, 2) + shift).reshape(4), keypoints=face.keypoints + shift)
        for face in detector.detect(np.ascontiguousarray(picture[top : top + side, left : left + side]))
    ]


def _confirmed(detector: FaceDetector, picture: Picture, seen: list[DetectedFace]) -> list[DetectedFace]:
    confirmed = []
    for face in merge_overlapping(sorted(seen, key=lambda one: -one.score)):
        again = _look(detector, picture, region_around(face.box, picture.shape[1], picture.shape[0]))
        same = next((other for other in again if box_overlap(face.box, other.box[None])[0] > MIN_OVERLAP), None)
        if same is not None:
            confirmed.append(same)
    return sorted(confirmed, key=lambda one: -one.score)
