"""Pictures and clips of a dataset as ``data:`` URLs, so that the report needs no file beside it."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
from PIL import Image

from training.pictures import PictureError, read_picture

PICTURE_SIDE = 128
"""Pixels of the longer side, at most; smaller pictures stay as they are."""

CLIP_RATE = 16_000
CLIP_SECONDS = 4.0


def picture_url(path: Path) -> str | None:
    """A picture as JPEG; None where it does not decode."""
    try:
        picture = Image.fromarray(read_picture(path))
    except PictureError:
        return None
    picture.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    with io.BytesIO() as out:
        picture.save(out, "JPEG", quality=88)
        return _url("image/jpeg", out.getvalue())


def clip_urls(path: Path) -> tuple[str, str] | None:
    """A clip as a WAV file of 16 kHz and as a picture of its log-mel, time across; None where it does not decode."""
    import matplotlib
    import soundfile

    from training.errors import DataError
    from training.preprocessing.speech import SpeechInput, log_mel
    from training.sounds import read_clip

    try:
        samples = read_clip(path, CLIP_RATE)[: int(CLIP_SECONDS * CLIP_RATE)]
    except (DataError, OSError, RuntimeError):
        return None
    levels = log_mel(samples, SpeechInput(sample_rate=CLIP_RATE)).T[::-1]
    low, high = np.percentile(levels, [5, 99.5])
    colours = matplotlib.colormaps["magma"](np.clip((levels - low) / max(high - low, 1e-6), 0, 1), bytes=True)
    with io.BytesIO() as sound, io.BytesIO() as drawing:
        loudest = max(1e-6, float(np.abs(samples).max()))
        soundfile.write(sound, samples / loudest * 0.8, CLIP_RATE, format="WAV", subtype="PCM_16")
        Image.fromarray(np.ascontiguousarray(colours[..., :3])).save(drawing, "PNG", optimize=True)
        return _url("audio/wav", sound.getvalue()), _url("image/png", drawing.getvalue())


def _url(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
