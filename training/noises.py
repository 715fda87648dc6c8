"""Made sounds that are no speech: noise of many colours, fans, hum, typing, knocks and music.

All are synthesised, so that they can be made again anywhere and belong to nobody; figures obtained with them say so.
Every function takes a length in samples, the rate in Hz and a source of chance, and returns float64 of any level.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Sound = NDArray[np.float64]
Maker = Callable[[int, int, np.random.Generator], Sound]

FRAME_SECONDS = 0.05
ACTIVE_DB = 25.0
"""Frames within so many dB of the loudest count as active: pauses say nothing about how loud a sound is."""

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9))
"""Major, natural minor, pentatonic, in semitones."""


def active_rms(sound: NDArray[Any], rate: int) -> float:
    """Root mean square over the frames of 50 ms that are within 25 dB of the loudest one; 0 for silence."""
    size = max(1, round(FRAME_SECONDS * rate))
    frames = np.asarray(sound[: len(sound) // size * size], np.float64).reshape(-1, size)
    power = np.mean(frames**2, axis=1) if len(frames) else np.zeros(1)
    loud = power[power >= power.max() * 10 ** (-ACTIVE_DB / 10)]
    return float(np.sqrt(loud.mean()))


def coloured(samples: int, slope_db: float, rng: np.random.Generator) -> Sound:
    """Noise whose power falls by ``slope_db`` an octave: 0 white, 3 pink, 6 brown."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    frequency = np.maximum(np.arange(len(spectrum)), 1.0)
    shaped = np.fft.irfft(spectrum * frequency ** (-slope_db / 6.02), samples)
    sound: Sound = shaped / (np.std(shaped) + 1e-12)
    return sound


def steady(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Noise of a colour between white and brown that does not change."""
    return coloured(samples, rng.uniform(0, 6.5), rng)


def fan(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """A fan: noise, harmonics of the blades' rate, both beating slowly."""
    time = np.arange(samples) / rate
    blades = rng.uniform(60, 260) * (1 + 0.01 * np.sin(2 * np.pi * rng.uniform(0.05, 0.4) * time))
    phase = 2 * np.pi * np.cumsum(blades) / rate
    tones = sum(rng.uniform(0.1, 1) / k * np.sin(k * phase + rng.uniform(0, 6.3)) for k in range(1, 9))
    beat = 1 + rng.uniform(0, 0.3) * np.sin(2 * np.pi * rng.uniform(0.2, 6) * time)
    return beat * (coloured(samples, rng.uniform(2, 6), rng) + rng.uniform(0, 1.2) * tones)


def hum(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Mains hum of 50 or 60 Hz with harmonics, under a little noise."""
    time = np.arange(samples) / rate
    base = rng.choice([50.0, 60.0])
    tones = [
        rng.uniform(0, 1) / k**0.5 * np.sin(2 * np.pi * base * k * time + rng.uniform(0, 6.3)) for k in range(1, 20)
    ]
    sound: Sound = np.sum(tones, axis=0) + 0.05 * coloured(samples, 3, rng)
    return sound


def typing(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Somebody types: bursts of keys, each a press and a softer release, a click with resonances and a thump."""
    sound = 1e-4 * rng.standard_normal(samples)
    key = _strike(rate, rng, (700.0, 6500.0), 0.004, thump=True)
    at = rng.uniform(0, 0.4)
    pace = rng.uniform(3, 11)
    while at < samples / rate:
        force = rng.uniform(0.4, 1)
        if rng.random() < 0.25:
            key = _strike(rate, rng, (700.0, 6500.0), 0.004, thump=True)
        _add(sound, key, force, at, rate)
        _add(sound, key, force * rng.uniform(0.1, 0.5), at + rng.uniform(0.05, 0.12), rate)
        at += rng.exponential(1 / pace) + 0.04 + (rng.uniform(0.3, 1.2) if rng.random() < 0.08 else 0)
    return sound


def knocks(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Things that are put down: struck bodies that ring for a moment, now and then."""
    sound = 1e-4 * rng.standard_normal(samples)
    at = rng.uniform(0, 0.5)
    while at < samples / rate:
        low = rng.uniform(150, 2500)
        body = _strike(rate, rng, (low, 3 * low), rng.uniform(0.01, 0.15), thump=rng.random() < 0.5)
        _add(sound, body, rng.uniform(0.2, 1), at, rate)
        at += rng.uniform(0.08, 0.9)
    return sound


def beeps(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Signals of machines: short pure tones, again and again."""
    time = np.arange(samples) / rate
    period, share = rng.uniform(0.15, 1.0), rng.uniform(0.2, 0.7)
    tone = np.sin(2 * np.pi * rng.uniform(300, 3500) * time) + 0.3 * np.sin(2 * np.pi * rng.uniform(300, 3500) * time)
    gate = ((time / period) % 1 < share).astype(np.float64)
    sound: Sound = tone * lfilter([0.02], [1, -0.98], gate) + 1e-4 * rng.standard_normal(samples)
    return sound


def whistles(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Birds: short tones that glide up or down, in little groups."""
    sound = 1e-4 * rng.standard_normal(samples)
    at = rng.uniform(0, 0.5)
    while at < samples / rate:
        time = np.arange(round(rng.uniform(0.05, 0.35) * rate)) / rate
        glide = rng.uniform(1200, 4500) * (1 + rng.uniform(-0.4, 0.4) * time / time[-1])
        swell = np.sqrt(np.maximum(0, np.sin(np.pi * time / time[-1])))
        _add(sound, swell * np.sin(2 * np.pi * np.cumsum(glide) / rate), rng.uniform(0.3, 1), at, rate)
        at += time[-1] + rng.choice([0.05, 0.1, 0.7])
    return sound


def crackle(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Rain, fire or a paper bag: many little clicks without a rhythm."""
    clicks = rng.random(samples) < rng.uniform(20, 400) / rate
    drops = clicks * rng.exponential(1, samples)
    return np.asarray(lfilter([1.0], [1.0, -rng.uniform(-0.5, 0.9)], drops) + 0.01 * rng.standard_normal(samples))


def engine(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """A motor whose speed wanders: a pulse train through two resonances."""
    time = np.arange(samples) / rate
    speed = rng.uniform(20, 90) * (1 + 0.2 * np.sin(2 * np.pi * rng.uniform(0.05, 0.3) * time))
    pulses = np.diff(np.floor(np.cumsum(speed) / rate), prepend=0.0) + 0.02 * rng.standard_normal(samples)
    for hz in rng.uniform(100, 1500, 2):
        radius = np.exp(-np.pi * 150 / rate)
        pulses = lfilter([1 - radius], [1.0, -2 * radius * np.cos(2 * np.pi * hz / rate), radius**2], pulses)
    return np.asarray(pulses)


def plucked_music(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Chords and arpeggios of strings that are struck and die away, on a beat."""
    return _music(samples, rate, rng, "plucked")


def sustained_music(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Chords and a tune of organ- or synthesiser-like tones."""
    return _music(samples, rate, rng, "sustained")


def band_music(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Plucked and sustained together, with drums."""
    parts = [_music(samples, rate, rng, kind) for kind in ("plucked", "sustained")]
    return (
        rng.uniform(0.4, 1) * parts[0]
        + rng.uniform(0.4, 1) * parts[1]
        + rng.uniform(0.3, 1) * _drums(samples, rate, rng)
    )


def bell_music(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Frequency-modulated bells and electric piano (J. Chowning, 1973)."""
    return _music(samples, rate, rng, "bell")


def bowed_music(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Bowed strings with vibrato: of all these the likest to a voice."""
    return _music(samples, rate, rng, "bowed")


def quiet(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    """Digital silence, in half of the cases with the least noise that 16 bits have."""
    return np.zeros(samples) if rng.random() < 0.5 else rng.integers(-1, 2, samples) / 32768.0


HEARD: dict[str, Maker] = {
    "silence": quiet,
    "steady noise": steady,
    "fan": fan,
    "hum": hum,
    "typing": typing,
    "plucked music": plucked_music,
    "sustained music": sustained_music,
    "band": band_music,
    "bell music": bell_music,
    "bowed music": bowed_music,
    "knocks": knocks,
    "beeps": beeps,
}
"""The kinds that voice activity is trained with."""

UNHEARD: dict[str, Maker] = {"whistles": whistles, "crackle": crackle, "engine": engine}
"""Kinds kept for its test alone: what it does with sounds that nobody thought of."""


def _add(sound: Sound, part: Sound, gain: float, seconds: float, rate: int) -> None:
    start = round(seconds * rate)
    length = max(0, min(len(part), len(sound) - start))
    sound[start : start + length] += gain * part[:length]


def _strike(rate: int, rng: np.random.Generator, band: tuple[float, float], decay_seconds: float, thump: bool) -> Sound:
    """One blow: a burst of noise, three to six resonances within a band, and a low thump."""
    time = np.arange(round(0.25 * rate)) / rate
    sound: Sound = rng.standard_normal(len(time)) * np.exp(-time / 0.002)
    for _ in range(int(rng.integers(3, 7))):
        ring = np.sin(2 * np.pi * rng.uniform(*band) * time + rng.uniform(0, 6.3))
        sound = sound + rng.uniform(0.1, 0.7) * ring * np.exp(-time / (decay_seconds * rng.uniform(0.5, 2)))
    if thump:
        low = np.sin(2 * np.pi * rng.uniform(80, 350) * time)
        sound = sound + rng.uniform(0, 0.6) * low * np.exp(-time / rng.uniform(0.008, 0.03))
    return sound


def _music(samples: int, rate: int, rng: np.random.Generator, timbre: str) -> Sound:
    """A bass, chords and a tune in a random key and tempo, every note with the timbre."""
    sound = np.zeros(samples)
    scale = SCALES[int(rng.integers(len(SCALES)))]
    root = 110.0 * 2 ** (rng.integers(0, 12) / 12)
    beat = 60 / rng.uniform(60, 150)
    voice = _Timbre(timbre, rate, rng)

    def pitch(step: int) -> float:
        return float(root * 2 ** (step // len(scale) + scale[step % len(scale)] / 12))

    for bar in range(int(samples / rate / (4 * beat)) + 1):
        start, degree = bar * 4 * beat - rng.uniform(0, beat), int(rng.integers(0, len(scale)))
        chord = [pitch(degree + k) for k in (0, 2, 4)]
        if rng.random() < 0.5:
            for frequency in (chord[0] / 2, *chord):
                _add(sound, voice.note(frequency, 4 * beat), 0.5, max(0.0, start), rate)
        else:
            for k in range(8):
                _add(sound, voice.note(chord[k % 3], beat), 0.6, max(0.0, start + k * beat / 2), rate)
        if rng.random() < 0.7:
            length = beat * rng.choice([0.5, 1.0, 2.0])
            for k in range(int(4 * beat / length)):
                tune = voice.note(2 * pitch(int(rng.integers(0, 2 * len(scale)))), length)
                _add(sound, tune, 0.7, max(0.0, start + k * length), rate)
    return sound + 1e-4 * rng.standard_normal(samples)


class _Timbre:
    """How the notes of one piece sound."""

    def __init__(self, kind: str, rate: int, rng: np.random.Generator) -> None:
        self.kind, self.rate = kind, rate
        self.fall = rng.uniform(0.8, 2.2)
        self.decay = rng.uniform(0.15, 0.8)
        self.attack = rng.uniform(0.01, 0.12)
        self.odd = rng.random() < 0.3
        self.ratio, self.depth = rng.choice([1.0, 1.4, 2.0, 3.5]), rng.uniform(1, 5)
        self.vibrato = rng.uniform(4.5, 6.5), rng.uniform(0.004, 0.012)

    def note(self, frequency: float, seconds: float) -> Sound:
        """One note; plucked ones and bells ring on for a while."""
        rings = self.kind in ("plucked", "bell")
        time = np.arange(round(seconds * (1.5 if rings else 1.0) * self.rate)) / self.rate
        if self.kind == "bell":
            modulation = self.depth * np.exp(-time / self.decay) * np.sin(2 * np.pi * self.ratio * frequency * time)
            return np.asarray(np.sin(2 * np.pi * frequency * time + modulation) * np.exp(-time / self.decay))
        rate_hz, depth = self.vibrato if self.kind == "bowed" else (0.0, 0.0)
        phase = 2 * np.pi * np.cumsum(frequency * (1 + depth * np.sin(2 * np.pi * rate_hz * time))) / self.rate
        tone = np.zeros(len(time))
        for k in range(1, min(24, int(0.45 * self.rate / frequency)) + 1):
            if self.odd and k % 2 == 0:
                continue
            fading = np.exp(-time * k**0.5 / self.decay) if rings else 1.0
            tone += k**-self.fall * np.sin(k * phase) * fading
        if rings:
            return tone
        ends = np.minimum(1, np.minimum(time, time[-1] - time) / self.attack) if len(time) else time
        return tone * ends


def _drums(samples: int, rate: int, rng: np.random.Generator) -> Sound:
    sound = np.zeros(samples)
    time = np.arange(round(0.2 * rate)) / rate
    kick = np.sin(2 * np.pi * 55 * time * (1 + 1.5 * np.exp(-time / 0.02))) * np.exp(-time / 0.06)
    snare = rng.standard_normal(len(time)) * np.exp(-time / 0.05)
    hat = np.diff(rng.standard_normal(len(time)), prepend=0) * np.exp(-time / 0.02)
    beat = 60 / rng.uniform(80, 150)
    for k in range(int(samples / rate / beat * 2) + 1):
        _add(sound, (kick, hat, snare, hat)[k % 4], (2.0, 0.4, 1.0, 0.4)[k % 4], k * beat / 2, rate)
    return sound
