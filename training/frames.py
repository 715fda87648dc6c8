"""A tight picture of a face as a webcam would show it: enlarged onto a frame, and that smaller, turned, dark or blocky.

Frames are made here and not on a canvas, so that they are the same in every browser, tests need none, and what is left
for the page is what it does with a camera's frame. Networks are measured on them, and learn from them, too.

The datasets' pictures end at the chin and the hairline. Laid on a grey frame they would be squares with hard edges,
which no webcam shows; so the colours at a picture's edges go on outwards and blur, as hair, neck and a room out of
focus do. What flat grey does instead, on which other products' figures were taken, is measured beside it.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
"""Height x width x 3, RGB."""
Matrix = NDArray[np.float64]
"""2 x 3: pixel centres of a picture to pixel centres of the frame."""

WIDTH, HEIGHT = 640, 480

FACE_PER_PICTURE = 0.9
"""Width of the detector's box over that of the picture: 0.87 in FER2013, 0.92 in UTKFace (medians of 300 each)."""

FADE_SHARE = 0.06
"""Over this share of the picture's side, outside of it, its continued edge goes over into the blurred surroundings."""
BLUR_SHARE = 0.12
"""Standard deviation of the blur of the surroundings, as a share of the picture's side."""
COARSE = 8
"""The surroundings are blurred at an eighth of the frame's size: nothing finer is left in them."""
GREY = 128


@dataclass(frozen=True)
class Condition:
    """How a frame is made.

    Attributes:
        name: row of the table.
        face: width of the face in pixels of the frame.
        degrees: by which the whole scene is turned, anticlockwise.
        light: factor on all grey levels.
        jpeg_quality: of a JPEG compression, or None.
        grey: flat grey surroundings.
    """

    name: str
    face: float = 240.0
    degrees: float = 0.0
    light: float = 1.0
    jpeg_quality: int | None = None
    grey: bool = False


def random_condition(rng: np.random.Generator) -> Condition:
    """Of what visitors' cameras give: faces near and far, heads held askew, dim rooms, compressed pictures."""
    near, turned, dim, light, blocky, quality, grey = rng.random(7).tolist()
    return Condition(
        "drawn",
        face=110 * math.exp(near * math.log(320 / 110)),
        degrees=40 * turned - 20,
        light=1.0 if dim < 0.7 else 0.35 + 0.65 * light,
        jpeg_quality=None if blocky < 0.7 else int(35 + 60 * quality),
        grey=grey < 0.5,
    )


def encoded(frame: Picture, condition: Condition) -> bytes:
    """The frame's file: BMP, which loses nothing, or the JPEG that the condition asks about."""
    file = io.BytesIO()
    if condition.jpeg_quality is None:
        Image.fromarray(frame).save(file, "BMP")
    else:
        Image.fromarray(frame).save(file, "JPEG", quality=condition.jpeg_quality)
    return file.getvalue()


def in_the_middle(x: float, y: float, condition: Condition) -> bool:
    """Whether a box whose middle is there is the picture's face: within half a face of the frame's middle."""
    return math.hypot(x - WIDTH / 2, y - HEIGHT / 2) <= condition.face / 2


def make_frame(picture: Picture, condition: Condition) -> Picture:
    """HEIGHT x WIDTH x 3: the picture's middle in the frame's middle; what does not fit is cut off."""
    picture, matrix = _placed(picture, condition)
    size = (WIDTH, HEIGHT)
    frame = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    behind = np.full_like(frame, GREY) if condition.grey else _surroundings(picture, matrix)
    share = cv2.warpAffine(_share(picture, fade=not condition.grey), _with_margin(matrix, picture), size)[..., None]
    behind_share = np.float32(condition.light) * (1 - share)
    levels = frame * (np.float32(condition.light) * share) + behind * behind_share
    rounded: Picture = np.floor(levels + np.float32(0.5)).astype(np.uint8)
    return rounded


def _placed(picture: Picture, condition: Condition) -> tuple[Picture, Matrix]:
    """The picture, made smaller by areas where it must shrink, and its place on the frame."""
    scale = condition.face / FACE_PER_PICTURE / picture.shape[1]
    if scale < 1:
        size = [max(1, round(side * scale)) for side in picture.shape[1::-1]]
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        scale = 1.0
    middle = (picture.shape[1] / 2 - 0.5, picture.shape[0] / 2 - 0.5)
    matrix: Matrix = cv2.getRotationMatrix2D(middle, condition.degrees, scale)
    matrix[:, 2] += np.array([WIDTH / 2 - 0.5, HEIGHT / 2 - 0.5]) - middle
    return picture, matrix


def _margin(picture: Picture) -> int:
    return max(1, round(FADE_SHARE * int(picture.shape[1]))) + 1


def _share(picture: Picture, *, fade: bool) -> NDArray[np.float32]:
    """1 on the picture, falling to 0 over the margin around it, or at once."""
    margin = _margin(picture)
    rows, columns = (np.pad(np.ones(side), margin, "linear_ramp") for side in picture.shape[:2])
    share: NDArray[np.float32] = np.minimum(rows[:, None], columns[None]).astype(np.float32)
    return share if fade else (share == 1).astype(np.float32)


def _with_margin(matrix: Matrix, picture: Picture) -> Matrix:
    """The matrix of the same place for a picture with the margin around it."""
    margin = _margin(picture)
    wider = matrix.copy()
    wider[:, 2] -= matrix[:, :2] @ [margin, margin]
    return wider


def _surroundings(picture: Picture, matrix: Matrix) -> Picture:
    """The picture's edges continued over the frame, blurred."""
    coarse = matrix / COARSE
    coarse[:, 2] += 0.5 / COARSE - 0.5  # pixel centres lie at halves
    small = cv2.warpAffine(
        picture, coarse, (WIDTH // COARSE, HEIGHT // COARSE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    side = float(np.hypot(*coarse[0, :2])) * picture.shape[1]
    blurred = cv2.GaussianBlur(small, (0, 0), BLUR_SHARE * side)
    spread: Picture = cv2.resize(blurred, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    return spread
