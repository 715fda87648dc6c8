"""Reads clips and keeps the log-mels of a whole dataset on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from storage.files import replacing
from training.cache import cache_folder
from training.errors import DataError
from training.preprocessing.speech import Samples, SpeechInput, log_mel, resample
from training.progress import progress

_VERSION = 1
"""Raise it when the meaning of a cached log-mel changes."""

RATES = (8_000, 192_000)
"""Hz, both included: from the telephone to the studio."""
MAX_SECONDS = 600
"""Of one clip: a header may promise days of silence in a few bytes."""
MAX_CHANNELS = 8
LOUDEST = 8.0
"""Full scale is 1; floating-point files exceed it a little where somebody mastered carelessly."""
_BLOCK = 1 << 16


@dataclass(frozen=True)
class LogMels:
    """Log-mels of whole clips, each at several speeds: ``at(clip, speed)`` is frames x bands, dB, float16."""

    frames: NDArray[np.float16]
    ends: NDArray[np.int64]
    speeds: int

    def at(self, clip: int, speed: int) -> NDArray[np.float16]:
        """The log-mel of a clip at one of the speeds."""
        i = clip * self.speeds + speed
        return self.frames[self.ends[i - 1] if i else 0 : self.ends[i]]


def read_clip(path: Path, sample_rate: int) -> Samples:
    """Decode a clip, mix its channels and resample it.

    Raises:
        DataError: the file does not decode, is empty or longer than MAX_SECONDS, has a rate outside of RATES or more
            than MAX_CHANNELS channels, or holds numbers that are not finite or far beyond full scale.
    """
    try:
        with soundfile.SoundFile(path) as file:
            rate, channels = file.samplerate, file.channels
            if not RATES[0] <= rate <= RATES[1]:
                raise DataError(
                    f"{path} has a rate of {rate} Hz; from {RATES[0]} to {RATES[1]} are read. Remove the file"
                )
            if channels > MAX_CHANNELS:
                raise DataError(f"{path} has {channels} channels, more than {MAX_CHANNELS}. Remove the file")
            blocks = []
            length = 0
            # What the header says of the length may be a lie: no memory is taken before the samples are there.
            while len(block := file.read(_BLOCK, dtype="float32", always_2d=True)):
                length += len(block)
                if length > MAX_SECONDS * rate:
                    raise DataError(f"{path} is longer than {MAX_SECONDS} seconds: cut it, or remove the file")
                blocks.append(block.mean(axis=1))
    except (OSError, RuntimeError, ValueError) as error:
        raise DataError(f"{path} does not decode as sound: {error}. Unpack the dataset again, or remove it") from error
    if not blocks:
        raise DataError(f"{path} holds no samples. Remove the file")
    mono = np.concatenate(blocks)
    if not (np.abs(mono) <= LOUDEST).all():
        raise DataError(f"{path} holds samples that are no sound: not finite, or beyond {LOUDEST}. Remove the file")
    return resample(mono, rate, sample_rate)


def log_mels(paths: Sequence[Path], target: SpeechInput, speeds: Sequence[float]) -> LogMels:
    """Log-mels of all clips at all speeds, from the cache where they are there.

    Speed changes tempo and pitch together, as a tape does: another speaker, to the network.
    """
    names = ("sample_rate", "n_fft", "hop_length", "n_mels", "fmin", "fmax")
    settings = {name: getattr(target, name) for name in names}
    key = hashlib.sha256(json.dumps([_VERSION, settings, list(speeds)]).encode())
    for path in paths:
        key.update(f"{path.name}:{path.stat().st_size}\n".encode())
    cached = cache_folder() / f"log-mels-{key.hexdigest()[:16]}.npz"
    if not cached.is_file():
        parts = []
        for path in progress(paths, "log-mels"):
            samples = read_clip(path, target.sample_rate)
            for speed in speeds:
                faster = resample(samples, round(target.sample_rate * speed), target.sample_rate)
                parts.append(log_mel(faster, target).astype(np.float16))
        ends = np.cumsum([len(part) for part in parts])
        with replacing(cached) as temporary:
            np.savez(temporary, frames=np.concatenate(parts), ends=ends)
    with np.load(cached, allow_pickle=False) as arrays:
        return LogMels(arrays["frames"], arrays["ends"], len(speeds))
