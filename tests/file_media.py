"""Files as visitors have them: rotated and large pictures, films, and sound in several formats, rates and channels."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import soundfile
from PIL import Image
from scipy.signal import resample_poly

from tests.media import SPEECH_RATE, Picture, Samples, one_face, two_faces

EXIF_ORIENTATION = 0x0112
ROTATED_90_CW = 6  # the camera's top is at the right: viewers turn the picture by 90 degrees clockwise


def save_picture(path: Path, picture: Picture) -> Path:
    """Write a picture in the format that the ending names."""
    Image.fromarray(picture).save(path, quality=92)
    return path


def save_rotated(path: Path, picture: Picture) -> Path:
    """Write a JPEG as a phone that was held upright does: pixels lie on their side, EXIF says how to turn them back."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = ROTATED_90_CW
    Image.fromarray(np.ascontiguousarray(np.rot90(picture))).save(path, quality=92, exif=exif)
    return path


def group_picture(width: int = 6000, height: int = 4000, face_scale: float = 0.9) -> Picture:
    """A large picture, a plain wall, with the astronaut's head four times, each a twentieth of the width or less."""
    wall = np.full((height, width, 3), 128, np.uint8)
    head = one_face()[20:300, 150:410]
    head = np.asarray(cv2.resize(head, None, fx=face_scale, fy=face_scale, interpolation=cv2.INTER_AREA), np.uint8)
    tall, wide = head.shape[:2]
    for across, down in ((0.1, 0.1), (0.62, 0.2), (0.3, 0.65), (0.8, 0.7)):
        x, y = int(across * width), int(down * height)
        wall[y : y + tall, x : x + wide] = head
    return wall


def save_film(path: Path, seconds: float = 3.0, rate: int = 10, picture: Picture | None = None) -> Path:
    """Write a VP8 film without sound; the picture sways by some pixels."""
    shown = two_faces() if picture is None else picture
    height, width = shown.shape[:2]
    out = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"VP80"), rate, (width, height))
    assert out.isOpened(), "this OpenCV cannot write VP8"
    for index in range(round(seconds * rate)):
        shift = np.array([[1, 0, 4 * np.sin(index / 3)], [0, 1, 0]])
        frame = cv2.warpAffine(shown, shift, (width, height), borderMode=cv2.BORDER_REPLICATE)
        out.write(np.ascontiguousarray(frame[:, :, ::-1]))
    out.release()
    return path


def save_sound(path: Path, samples: Samples, rate: int, *, channels: int = 1, subtype: str | None = None) -> Path:
    """Write samples (at 16 kHz) at another rate; with two channels the second is silent."""
    moved = resample_poly(samples, rate, SPEECH_RATE)
    both = np.zeros((len(moved), channels))
    both[:, 0] = 0.9 * moved / max(1.0, float(np.abs(moved).max()))
    soundfile.write(path, both, rate, subtype=subtype)
    return path
