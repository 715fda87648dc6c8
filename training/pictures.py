"""Reads pictures as the browser does: RGB, eight bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 50_000_000
"""More than any dataset's picture and than most cameras give; a decompression bomb is refused before it unfolds."""


class PictureError(Exception):
    """A picture that does not decode. The message says which and why."""


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Decode a picture, turned as its EXIF says.

    Returns:
        H x W x 3, RGB, uint8.

    Raises:
        PictureError: the file is missing, is no picture, is cut off or has more than MAX_PIXELS pixels.
    """
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise PictureError(f"{path}: {picture.width}x{picture.height} pixels are more than {MAX_PIXELS:,}")
            return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureError(f"{path} does not decode as a picture: {error}") from error
