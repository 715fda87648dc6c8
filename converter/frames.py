"""A test picture as a webcam would show it: enlarged onto a frame, and the same frame smaller, turned, dark or blocky.

Made here rather than on a canvas, for four reasons: the frames are the same in every browser, Python's own detector can be
asked about the same pixels, tests need no browser, and what remains for the page is exactly what it does with a camera.
They are sent as BMP, which loses nothing and costs no time, except where the loss of JPEG is what is asked about.

The datasets' pictures are tight: FER2013's end at the chin and the hairline, UTKFace's a little outside. On a frame they
would be a square with hard edges on a grey wall, which no webcam shows. So the colours at the picture's edges go on
outwards and blur, as hair, neck and a room out of focus would. The flat grey is measured beside it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.pictures import read_picture

Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 640, 480

PICTURE_PER_FACE = 1 / 0.9
"""The detector's box is 0.87 (FER2013) and 0.92 (UTKFace) of the side of a picture, by the median of 300 each."""

COARSE = 8
"""The blurred surroundings are made at an eighth of the frame: nothing finer is left in them."""
BLUR_SHARE = 0.12
"""Standard deviation of the blur of the surroundings, of the picture's side."""
FADE_SHARE = 0.06
"""Over this share of its side the picture's edge goes over into the surroundings; the picture itself is untouched."""
GREY = 128


@dataclass(frozen=True)
class Condition:
    """How a frame is made. ``face`` is the width of the face in pixels, ``n`` how many pictures serve (None: all)."""

    name: str
    face: float = 240.0
    degrees: float = 0.0
    light: float = 1.0
    jpeg_quality: int | None = None
    grey: bool = False


def make_frame(picture: Picture, condition: Condition) -> Picture:
    """The frame: HEIGHT x WIDTH x 3, uint8, RGB, the picture's middle in its middle."""
    picture, matrix = _placed(picture, condition)
    rows, columns = picture.shape[:2]
    shape = (WIDTH, HEIGHT)
    sharp = cv2.warpAffine(picture, matrix, shape, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    behind = np.full_like(sharp, GREY) if condition.grey else _surroundings(picture, matrix)
    side = np.hypot(matrix[0, 0], matrix[0, 1]) * columns
    across, down = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
    back = cv2.invertAffineTransform(matrix)
    u = back[0, 0] * across + back[0, 1] * down + back[0, 2]
    v = back[1, 0] * across + back[1, 1] * down + back[1, 2]
    out = np.hypot(np.maximum(np.maximum(-u, u - columns), 0), np.maximum(np.maximum(-v, v - rows), 0)) * side / columns
    fade = 1.0 if condition.grey else FADE_SHARE * side
    share = np.clip(1 - out / fade, 0, 1)[..., None]
    frame = (share * sharp + (1 - share) * behind) * condition.light
    return np.floor(frame + 0.5).astype(np.uint8)


def _placed(picture, condition):
    scale = condition.face * PICTURE_PER_FACE / picture.shape[1]
    if scale < 1:
        size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        scale = 1.0
    rows, columns = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), condition.degrees, scale)
    matrix[:, 2] += [WIDTH / 2 - columns / 2, HEIGHT / 2 - rows / 2]
    # OpenCV counts from pixel centres.
    matrix[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    return picture, matrix


def _surroundings(picture, matrix):
    coarse = matrix.copy()
    coarse /= COARSE
    coarse[:, 2] += 0.5 / COARSE - 0.5
    small = cv2.warpAffine(picture, coarse, (WIDTH // COARSE, HEIGHT // COARSE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    side = np.hypot(coarse[0, 0], coarse[0, 1]) * picture.shape[1]
    blurred = cv2.GaussianBlur(small, (0, 0), BLUR_SHARE * side)
    return cv2.resize(blurred, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
