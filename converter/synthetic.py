"""Inputs for golden vectors that belong to nobody: a picture of noise and shades, a voice made of formulas, noise.

All are computed with integers or rounded to integers at the end, and `RandomState` is the generator whose stream NumPy
guarantees never to change, so that golden vectors can be recomputed anywhere.
"""

import math

import numpy as np
from numpy.typing import NDArray

SEED = 7

PITCH_HZ = (118.0, 172.0)
"""Fundamental frequency, gliding from the first to the second over the voice."""

VOWELS: tuple[tuple[float, ...], ...] = (
    (730.0, 1090.0, 2440.0),
    (270.0, 2290.0, 3010.0),
    (300.0, 870.0, 2240.0),
    (530.0, 1840.0, 2480.0),
)
"""First three formants of a man's a, i, u, e in Hz (G. Peterson, H. Barney, "Study of the vowels", 1952)."""

FORMANT_WIDTH_HZ = 90.0
SYLLABLE_SECONDS = 0.32
PAUSE_SHARE = 0.22
"""Share of every syllable that is silent, so that voice activity sees a floor."""

VOICE_PEAK = 9000
NOISE_PEAK = 100
"""Of 32767. The noise is as quiet as a room, and short numbers compress well."""


def synthetic_picture(height: int, width: int, channels: int) -> NDArray[np.uint8]:
    """Shades with coarse and fine noise, height x width x channels: nothing like a face, and every level is met."""
    random = np.random.RandomState(SEED)
    down, across, band = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    shade = (across * 128 // width + down * 64 // height + band * 20) % 192
    coarse = random.randint(0, 48, (-(-height // 8), -(-width // 8), channels)).repeat(8, axis=0).repeat(8, axis=1)
    return (shade + coarse[:height, :width] + random.randint(0, 16, shade.shape)).astype(np.uint8)


def synthetic_voice(samples: int, sample_rate: int) -> NDArray[np.int16]:
    """Vowels in syllables with a rising pitch: harmonics weighted by formant resonances, int16."""
    time = np.arange(samples) / sample_rate
    start, end = PITCH_HZ
    duration = samples / sample_rate
    phase = 2 * math.pi * (start * time + (end - start) / (2 * duration) * time**2)
    pitch = start + (end - start) * time / duration
    syllable = (time / SYLLABLE_SECONDS).astype(int)
    formants = np.array(VOWELS)[syllable % len(VOWELS)]
    wave = np.zeros(samples)
    for harmonic in range(1, int(0.44 * sample_rate / end) + 1):
        frequency = harmonic * pitch
        resonance = (1 / (1 + ((frequency[:, None] - formants) / FORMANT_WIDTH_HZ) ** 2)).sum(axis=1)
        wave += (resonance + 0.01) / harmonic**0.5 * np.sin(harmonic * phase)
    place = (time / SYLLABLE_SECONDS) % 1
    envelope = np.where(place < 1 - PAUSE_SHARE, np.sin(math.pi * place / (1 - PAUSE_SHARE)) ** 2, 0.0)
    wave = wave * envelope
    breath = np.random.RandomState(SEED).randint(-20, 21, samples)
    voice: NDArray[np.int16] = (np.round(wave / np.abs(wave).max() * VOICE_PEAK) + breath).astype(np.int16)
    return voice


def synthetic_noise(samples: int, peak: int = NOISE_PEAK) -> NDArray[np.int16]:
    """White noise, int16; at the level of a quiet room if nothing else is said: nobody speaks."""
    return np.random.RandomState(SEED + 1).randint(-peak, peak + 1, samples).astype(np.int16)
