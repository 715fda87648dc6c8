"""Sound to network input: resampling, windows, log-mel, standardisation, voice activity.

The log-mel equals ``librosa.power_to_db(librosa.feature.melspectrogram(...), top_db=None)`` (B. McFee et al., "librosa:
Audio and Music Signal Analysis in Python", 2015); the mel scale is M. Slaney's, "Auditory Toolbox", 1998. It is
written out here because the browser must repeat it step by step (``webapp/src/speech``); tests hold both against it.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""One channel, -1..1."""


@dataclass(frozen=True)
class Resampler:
    """A windowed-sinc filter: ``zeros`` crossings on each side, cut off at ``rolloff`` of the lower Nyquist frequency.

    ``beta`` shapes the Kaiser window; 12 keeps aliases under -110 dB.
    """

    zeros: int = 32
    rolloff: float = 0.94
    beta: float = 12.0


@dataclass(frozen=True)
class VoiceActivity:
    """When a window counts as speech: enough frames that are loud, above the background, and not noise-like.

    Levels are decibels of the mean mel power between ``low_hz`` and ``high_hz``. Flatness is the geometric over the
    arithmetic mean of that power: near 0 dB for noise, far below for a voice with its harmonics and formants.
    """

    low_hz: float = 100.0
    high_hz: float = 4000.0
    min_level_db: float = -62.0
    above_floor_db: float = 6.0
    max_flatness_db: float = -4.0
    min_share: float = 0.15


@dataclass(frozen=True)
class SpeechInput:
    """What the speech network sees; the ``input`` of its ``spec.json``.

    ``mean`` and ``std`` are per mel band, in dB. ``fmax`` stays under 0.88 of Nyquist, where resamplers differ.
    """

    sample_rate: int = 16_000
    window_seconds: float = 3.0
    hop_seconds: float = 0.5
    n_fft: int = 1024
    hop_length: int = 320
    n_mels: int = 64
    fmin: float = 50.0
    fmax: float = 7000.0
    amin: float = 1e-10
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    resampler: Resampler = field(default_factory=Resampler)
    voice_activity: VoiceActivity = field(default_factory=VoiceActivity)

    @property
    def window_samples(self) -> int:
        """Samples of one window."""
        return round(self.window_seconds * self.sample_rate)

    @property
    def frames(self) -> int:
        """Log-mel frames of one window; the signal is padded by half a Fourier window on both sides."""
        return 1 + self.window_samples // self.hop_length

    def to_spec(self) -> dict[str, Any]:
        """The ``input`` object of ``spec.json``."""
        values = asdict(self) | {"mean": list(self.mean), "std": list(self.std)}
        fixed = {"mel": "slaney", "center": True, "pad_mode": "constant"}
        return {"kind": "log-mel", "tensor": "log_mel"} | fixed | values

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> Self:
        """Read the ``input`` object of ``spec.json`` back."""
        names = set(cls.__dataclass_fields__)
        values = {name: value for name, value in spec.items() if name in names}
        values["mean"], values["std"] = tuple(spec["mean"]), tuple(spec["std"])
        values["resampler"] = Resampler(**spec["resampler"])
        values["voice_activity"] = VoiceActivity(**spec["voice_activity"])
        return cls(**values)


def resample(samples: NDArray[Any], rate_in: int, rate_out: int, resampler: Resampler | None = None) -> Samples:
    """Change the sampling rate by a windowed-sinc filter (J. O. Smith, "Digital Audio Resampling", CCRMA).

    Args:
        samples: One channel, any length.
        rate_in: Hz, a whole number.
        rate_out: Hz, a whole number.
        resampler: The filter; the default one where none is given.

    Returns:
        ``ceil(len * rate_out / rate_in)`` samples, float32. Equal rates give a copy.

    Raises:
        ValueError: a rate is under 1 Hz or the samples have more than one axis.
    """
    if samples.ndim != 1:
        raise ValueError(f"expected one channel of samples, got an array of shape {samples.shape}")
    if min(rate_in, rate_out) < 1:
        raise ValueError(f"cannot resample from {rate_in} Hz to {rate_out} Hz: rates must be at least 1 Hz")
    if rate_in == rate_out:
        return samples.astype(np.float32)
    divisor = math.gcd(rate_in, rate_out)
    up, down = rate_out // divisor, rate_in // divisor
    half_width, weights = _phases(up, down, resampler or Resampler())
    length = -(-len(samples) * up // down)
    reach = math.ceil(half_width)
    padded = np.pad(samples.astype(np.float64), (reach, reach + 1))
    positions = np.arange(length) * down
    # Row n of the windows starts at input sample floor(n * down / up) - reach.
    rows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 2)
    resampled = np.empty(length)
    for phase in range(min(up, length)):
        chosen = positions[phase::up]
        resampled[phase::up] = rows[chosen // up] @ weights[phase]
    return resampled.astype(np.float32)


@lru_cache(maxsize=8)
def _phases(up: int, down: int, resampler: Resampler) -> tuple[float, NDArray[np.float64]]:
    """Half width in input samples, and up x (2 ceil(half width) + 2) filter weights, one row for each output phase."""
    shrink = min(1.0, up / down)
    half_width = resampler.zeros / shrink
    reach = math.ceil(half_width)
    offsets = np.arange(-reach, reach + 2)[None, :]
    fraction = ((np.arange(up) * down) % up / up)[:, None]
    t = fraction - offsets
    inside = np.abs(t) <= half_width
    window = np.i0(resampler.beta * np.sqrt(np.clip(1 - (t / half_width) ** 2, 0, None))) / np.i0(resampler.beta)
    weights = np.where(inside, np.sinc(shrink * resampler.rolloff * t) * window, 0.0)
    return half_width, weights / weights.sum(axis=1, keepdims=True)


def windows(samples: Samples, target: SpeechInput) -> tuple[NDArray[np.float32], list[int]]:
    """Cut a signal at the network's rate into windows.

    A signal shorter than the window is repeated until it fills it. A longer one is cut every ``hop_seconds``, and once
    more at its end, so that no sample is lost.

    Returns:
        number x window_samples, float32, and the start of each in samples.

    Raises:
        ValueError: there is not a single sample.
    """
    size = target.window_samples
    if len(samples) == 0:
        raise ValueError("cannot analyse a signal of no samples")
    if len(samples) <= size:
        return np.resize(samples, size)[None].astype(np.float32), [0]
    hop = round(target.hop_seconds * target.sample_rate)
    starts = list(range(0, len(samples) - size + 1, hop))
    if starts[-1] + size < len(samples):
        starts.append(len(samples) - size)
    return np.stack([samples[start : start + size] for start in starts]).astype(np.float32), starts


def log_mel(samples: NDArray[Any], target: SpeechInput) -> NDArray[np.float64]:
    """Decibels of mel-band power.

    Args:
        samples: One channel at ``target.sample_rate``.
        target: The settings.

    Returns:
        (1 + len // hop_length) x n_mels, dB relative to a power of 1, at least ``10 log10(amin)``.
    """
    half = target.n_fft // 2
    padded = np.pad(np.asarray(samples, np.float64), half)
    frames = np.lib.stride_tricks.sliding_window_view(padded, target.n_fft)[:: target.hop_length]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(target.n_fft) / target.n_fft)
    power = np.abs(np.fft.rfft(frames * hann, axis=1)) ** 2
    mel = power @ mel_filters(target.sample_rate, target.n_fft, target.n_mels, target.fmin, target.fmax).T
    decibels: NDArray[np.float64] = 10 * np.log10(np.maximum(target.amin, mel))
    return decibels


@lru_cache(maxsize=8)
def mel_filters(sample_rate: int, n_fft: int, n_mels: int, fmin: float, fmax: float) -> NDArray[np.float64]:
    """n_mels x (1 + n_fft / 2): triangular filters of equal area (Slaney's normalisation)."""
    edges = mel_edges(n_mels, fmin, fmax)
    bins = np.arange(1 + n_fft // 2) * sample_rate / n_fft
    rising = (bins[None] - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins[None]) / np.diff(edges)[1:, None]
    weights: NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling))
    return weights * (2 / (edges[2:] - edges[:-2]))[:, None]


def mel_edges(n_mels: int, fmin: float, fmax: float) -> NDArray[np.float64]:
    """n_mels + 2 frequencies in Hz, evenly spaced on Slaney's mel scale; band b is centred on edge b + 1."""
    return _mel_to_hz(np.linspace(_hz_to_mel(fmin), _hz_to_mel(fmax), n_mels + 2))


# Slaney's scale is linear up to 1 kHz (200/3 Hz a mel) and logarithmic above (27 mels for a factor of 6.4).
_LINEAR_HZ_PER_MEL = 200.0 / 3
_BREAK_HZ = 1000.0
_BREAK_MEL = _BREAK_HZ / _LINEAR_HZ_PER_MEL
_LOG_STEP = math.log(6.4) / 27


def _hz_to_mel(hz: float) -> float:
    return hz / _LINEAR_HZ_PER_MEL if hz < _BREAK_HZ else _BREAK_MEL + math.log(hz / _BREAK_HZ) / _LOG_STEP


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    above = _BREAK_HZ * np.exp(_LOG_STEP * (mel - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * _LINEAR_HZ_PER_MEL, above)


def standardise_log_mel(decibels: NDArray[np.floating], target: SpeechInput) -> NDArray[np.float32]:
    """``(dB - mean) / std`` per band, any leading axes, float32; half precision is computed in float32."""
    precision = np.result_type(decibels, np.float32)
    mean, std = np.asarray(target.mean, precision), np.asarray(target.std, precision)
    standard: NDArray[np.floating] = decibels - mean
    standard /= std
    return standard.astype(np.float32, copy=False)


def has_speech(decibels: NDArray[np.float64], target: SpeechInput) -> bool:
    """Whether somebody speaks in a window, from its unstandardised log-mel (frames x n_mels, dB)."""
    rule = target.voice_activity
    centres = mel_edges(target.n_mels, target.fmin, target.fmax)[1:-1]
    band = decibels[:, (centres >= rule.low_hz) & (centres <= rule.high_hz)]
    level = 10 * np.log10(np.mean(10 ** (band / 10), axis=1))
    flatness = band.mean(axis=1) - level
    floor = np.percentile(level, 10)
    active = (level > rule.min_level_db) & (level > floor + rule.above_floor_db) & (flatness < rule.max_flatness_db)
    return bool(active.mean() >= rule.min_share)
