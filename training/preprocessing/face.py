"""Pictures to network inputs: area resize, letterbox, aligned crop, grey, standardisation.

Coordinates are continuous: pixel ``i`` covers ``[i, i + 1)`` and its centre is ``i + 0.5``. Every rounding to grey
levels is ``floor(v + 0.5)``. The browser repeats these formulas in ``webapp/src/face``; tests compare the two.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Height x width x channels, 0 to 255; three channels are R, G, B."""

MAX_SUPERSAMPLING = 32
"""Samples per crop pixel and axis, at most: bounds the work when a face fills a very large picture."""

MIN_EYE_DISTANCE_PX = 1.0
"""Below this distance the direction between the eyes is noise, and so would be the crop."""


@dataclass(frozen=True)
class FaceInput:
    """What a face network sees; the ``input`` of its ``spec.json``.

    ``eyes`` holds the eye at the left of the picture, then the one at the right, each as fractions of the crop's
    width and height. ``mean`` and ``std`` are per channel, of values scaled to 0..1.
    """

    width: int
    height: int
    channels: Literal["gray", "rgb"]
    eyes: tuple[tuple[float, float], tuple[float, float]]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def depth(self) -> int:
        """Number of channels: 1 for gray, 3 for RGB."""
        return 1 if self.channels == "gray" else 3

    def to_spec(self) -> dict[str, Any]:
        """The ``input`` object of ``spec.json``."""
        return {
            "kind": "face-crop",
            "tensor": "face",
            "width": self.width,
            "height": self.height,
            "channels": self.channels,
            "eyes": {"left": list(self.eyes[0]), "right": list(self.eyes[1])},
            "resample": "area",
            "mean": list(self.mean),
            "std": list(self.std),
        }

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> Self:
        """Read the ``input`` object of ``spec.json`` back."""
        left, right = spec["eyes"]["left"], spec["eyes"]["right"]
        return cls(
            width=int(spec["width"]),
            height=int(spec["height"]),
            channels=spec["channels"],
            eyes=((left[0], left[1]), (right[0], right[1])),
            mean=tuple(spec["mean"]),
            std=tuple(spec["std"]),
        )


def area_resize(picture: Picture, width: int, height: int) -> Picture:
    """Resize a picture, each output pixel being the mean of the source area under it.

    Shrinking equals OpenCV's ``INTER_AREA`` after rounding; if either side grows, both are sampled bilinearly.

    Args:
        picture: H x W x C, uint8.
        width: Pixels of the result, at least 1.
        height: Likewise.

    Returns:
        height x width x C, uint8.

    Raises:
        ValueError: the picture is empty or a size is under 1.
    """
    rows, columns = picture.shape[:2]
    if min(rows, columns, width, height) < 1:
        raise ValueError(f"cannot resize {columns}x{rows} to {width}x{height}: every side must be at least 1 pixel")
    if width <= columns and height <= rows:
        across = _area_weights(columns, width)
        down = _area_weights(rows, height)
        mean = np.einsum("yr,rcd,xc->yxd", down, picture.astype(np.float64), across, optimize=True)
    else:
        x = (np.arange(width) + 0.5) * (columns / width)
        y = (np.arange(height) + 0.5) * (rows / height)
        mean = _bilinear(picture, *np.meshgrid(x, y))
    return _to_levels(mean)


def letterbox(picture: Picture, size: int = 128) -> tuple[Picture, float, int, int]:
    """Fit a picture into a black square, centred, its proportions kept.

    Returns:
        The square (size x size x C, uint8), the scale in source pixels per square pixel, and the left and top margin
        in square pixels: a point (u, v) of the square is ((u - left) * scale, (v - top) * scale) in the source.
    """
    rows, columns = picture.shape[:2]
    scale = max(rows, columns) / size
    width = max(1, math.floor(columns / scale + 0.5))
    height = max(1, math.floor(rows / scale + 0.5))
    left, top = (size - width) // 2, (size - height) // 2
    square = np.zeros((size, size, picture.shape[2]), np.uint8)
    square[top : top + height, left : left + width] = area_resize(picture, width, height)
    return square, scale, left, top


def crop_face(picture: Picture, eyes: NDArray[np.float64], target: FaceInput) -> Picture:
    """Cut a face out so that its eyes lie where the network expects them.

    A similarity transform (rotation, uniform scale, shift) maps the crop onto the picture. Each crop pixel is the mean
    of n x n bilinear samples, n being the scale rounded up: the area under it, to a good approximation.

    Args:
        picture: H x W x 3, uint8, RGB.
        eyes: 2 x 2: the (x, y) of the eye at the left of the picture and of the one at the right, in source pixels.
        target: Size, channels and eye positions of the crop.

    Returns:
        target.height x target.width x target.depth, uint8.

    Raises:
        ValueError: the eyes are not finite or less than one pixel apart.
    """
    source = np.asarray(eyes, np.float64)
    if source.shape != (2, 2) or not np.isfinite(source).all():
        raise ValueError(f"eyes must be two finite points, got {source.tolist()}")
    s0, s1 = complex(*source[0]), complex(*source[1])
    if abs(s1 - s0) < MIN_EYE_DISTANCE_PX:
        raise ValueError(f"the eyes are {abs(s1 - s0):.2f} pixels apart: too close for a crop")
    (left_x, left_y), (right_x, right_y) = target.eyes
    a0 = complex(left_x * target.width, left_y * target.height)
    a1 = complex(right_x * target.width, right_y * target.height)
    turn = (s1 - s0) / (a1 - a0)
    n = min(max(math.ceil(abs(turn)), 1), MAX_SUPERSAMPLING)
    u = (np.arange(target.width * n) + 0.5) / n
    v = (np.arange(target.height * n) + 0.5) / n
    w = s0 + turn * (u[None, :] + 1j * v[:, None] - a0)
    samples = _bilinear(picture, w.real, w.imag)
    mean = samples.reshape(target.height, n, target.width, n, picture.shape[2]).mean(axis=(1, 3))
    return to_channels(_to_levels(mean), target)


def to_channels(rgb: Picture, target: FaceInput) -> Picture:
    """RGB to what the network sees: grey (H x W x 1) or RGB unchanged."""
    return to_gray(rgb) if target.channels == "gray" else rgb


def whole_picture(picture: Picture, target: FaceInput) -> Picture:
    """The whole picture as a crop: what serves where no face is found in a picture of one face."""
    return to_channels(area_resize(picture, target.width, target.height), target)


def to_gray(rgb: Picture) -> Picture:
    """Luma in OpenCV's fixed-point arithmetic (ITU-R BT.601, 15 bits), H x W x 3 to H x W x 1, uint8."""
    red, green, blue = (rgb[..., channel].astype(np.int32) for channel in range(3))
    return ((9798 * red + 19235 * green + 3735 * blue + 16384) >> 15).astype(np.uint8)[..., None]


def standardise(crop: Picture | NDArray[np.float32], target: FaceInput) -> NDArray[np.float32]:
    """``(value / 255 - mean) / std`` per channel, float32, any leading axes; grey levels may be unrounded.

    Those are training's, a float32 that need not be the browser's to the last bit: one product and one sum do.
    """
    mean, std = np.asarray(target.mean, np.float64), np.asarray(target.std, np.float64)
    if crop.dtype == np.float32:
        # Over whole rows: NumPy is slow where the axis that it repeats over is as short as that of the channels.
        rows = crop.reshape(-1, crop.shape[-2] * crop.shape[-1])
        standard = rows * np.tile(1 / (255 * std), crop.shape[-2]).astype(np.float32)
        standard -= np.tile(mean / std, crop.shape[-2]).astype(np.float32)
        return standard.reshape(crop.shape).astype(np.float32, copy=False)
    return ((crop / 255.0 - mean) / std).astype(np.float32)


def _area_weights(size: int, parts: int) -> NDArray[np.float64]:
    """parts x size: the share that each of ``size`` source pixels has in each of ``parts`` equal stretches."""
    step = size / parts
    starts = np.arange(parts)[:, None] * step
    pixels = np.arange(size)[None, :]
    overlap = np.minimum(starts + step, pixels + 1) - np.maximum(starts, pixels)
    weights: NDArray[np.float64] = np.clip(overlap, 0.0, 1.0)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _bilinear(picture: Picture, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sample at continuous (x, y), the edge pixels repeated outwards; the shape of x plus channels, float64."""
    rows, columns = picture.shape[:2]
    left, top = np.floor(x - 0.5), np.floor(y - 0.5)
    right_share = (x - 0.5 - left)[..., None]
    bottom_share = (y - 0.5 - top)[..., None]
    x0 = np.clip(left, 0, columns - 1).astype(np.intp)
    x1 = np.clip(left + 1, 0, columns - 1).astype(np.intp)
    y0 = np.clip(top, 0, rows - 1).astype(np.intp) * columns
    y1 = np.clip(top + 1, 0, rows - 1).astype(np.intp) * columns
    # One flat index, and arithmetic in place: this is where the time of making a dataset's crops goes.
    pixels = picture.reshape(rows * columns, -1).astype(np.float64)
    upper, lower = pixels.take(y0 + x0, axis=0), pixels.take(y1 + x0, axis=0)
    upper += (pixels.take(y0 + x1, axis=0) - upper) * right_share
    lower += (pixels.take(y1 + x1, axis=0) - lower) * right_share
    upper += (lower - upper) * bottom_share
    sampled: NDArray[np.float64] = upper
    return sampled


def _to_levels(values: NDArray[np.float64]) -> Picture:
    # The sum of exact quarters and halves may land a hair under .5; the nudge makes rounding independent of the order
    # in which the two languages add.
    return np.clip(np.floor(values + 0.5 + 1e-9), 0, 255).astype(np.uint8)
