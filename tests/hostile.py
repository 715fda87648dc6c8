"""Damaged and hostile files, made from whole ones by a seeded generator."""

from __future__ import annotations

import io
import random

import numpy as np
import soundfile
from PIL import Image
from skimage import data


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """Some bytes exchanged, a stretch lost or doubled, or the end cut off; its beginning more often than the rest."""
    raw = bytearray(whole)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(raw)) if chance.random() < 0.5 else chance.randrange(min(96, len(raw)))
        match chance.randrange(5):
            case 0 | 1:
                raw[at] = chance.randrange(256)
            case 2:
                raw[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0"))
            case 3:
                del raw[at : at + chance.randint(1, 64)]
            case 4:
                raw[at:at] = raw[at : at + chance.randint(1, 64)]
        if len(raw) < 8:
            break
    return bytes(raw[: chance.randrange(len(raw))] if chance.random() < 0.2 else raw)


def pictures() -> dict[str, bytes]:
    """The same small portrait in the common formats."""
    portrait = Image.fromarray(data.astronaut()[::4, ::4])
    made = {}
    for kind in ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"):
        with io.BytesIO() as out:
            portrait.save(out, kind)
            made[kind.lower()] = out.getvalue()
    return made


def sounds() -> dict[str, bytes]:
    """A second of a tone in the common formats, one of them in 24 bits and stereo."""
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(16_000) / 16_000)
    made = {}
    for kind, subtype, samples in (
        ("WAV", "PCM_16", tone),
        ("WAV", "FLOAT", tone),
        ("FLAC", "PCM_24", np.stack([tone, tone], axis=1)),
        ("OGG", "VORBIS", tone),
        ("AIFF", "PCM_16", tone),
    ):
        with io.BytesIO() as out:
            soundfile.write(out, samples, 16_000, subtype, format=kind)
            made[f"{subtype}.{kind.lower()}"] = out.getvalue()
    return made
