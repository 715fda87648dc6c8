"""Random geometry and light for face crops; gain, noise and masks for log-mels. The same on any Keras backend."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter


@dataclass(frozen=True)
class FaceAugmentation:
    """How far a crop may stray from the aligned one; the live detector errs by a part of this."""

    rotation_degrees: float = 15.0
    scale: float = 0.15
    shift: float = 0.08
    gain: float = 0.3
    offset: float = 0.12
    blur_share: float = 0.15
    noise: float = 0.03
    cutout_share: float = 0.5
    cutout: float = 0.35


def vary_face(
    wide: NDArray[np.uint8], width: int, height: int, settings: FaceAugmentation, rng: np.random.Generator
) -> NDArray[np.float32]:
    """One random variant of a crop with margin.

    Args:
        wide: The crop with a margin on every side, H x W x C.
        width: Of the result, without the margin.
        height: Likewise.
        settings: The ranges.
        rng: Source of chance.

    Returns:
        height x width x C, float32, on the scale of grey levels (0..255).
    """
    angle = rng.uniform(-1, 1) * settings.rotation_degrees
    scale = np.exp(rng.uniform(-1, 1) * settings.scale)
    matrix = cv2.getRotationMatrix2D((wide.shape[1] / 2 - 0.5, wide.shape[0] / 2 - 0.5), angle, scale)
    if rng.random() < 0.5:
        matrix = np.array([[-1.0, 0, wide.shape[1] - 1], [0, 1, 0]]) @ np.vstack([matrix, [0, 0, 1]])
    margin = np.array([wide.shape[1] - width, wide.shape[0] - height]) / 2
    matrix[:, 2] += rng.uniform(-1, 1, 2) * settings.shift * np.array([width, height]) - margin
    varied = cv2.warpAffine(wide, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < settings.blur_share:
        varied = cv2.GaussianBlur(varied, (0, 0), rng.uniform(0.4, 1.1))
    levels: NDArray[np.float32] = varied.reshape(height, width, -1).astype(np.float32)
    average = levels.mean()
    levels = (levels - average) * np.float32(1 + rng.uniform(-1, 1) * settings.gain) + average
    levels += np.float32(rng.uniform(-1, 1) * settings.offset * 255)
    if settings.noise:
        levels += rng.standard_normal(levels.shape, np.float32) * np.float32(rng.uniform(0, settings.noise) * 255)
    np.clip(levels, 0, 255, out=levels)
    if rng.random() < settings.cutout_share:
        size = rng.uniform(0.1, settings.cutout, 2) * [height, width]
        top, left = rng.uniform(-size / 2, [height, width] - size / 2)
        rows = slice(max(0, int(top)), max(0, int(top + size[0])))
        columns = slice(max(0, int(left)), max(0, int(left + size[1])))
        levels[rows, columns] = average
    return levels


def mixup(
    inputs: NDArray[np.float32], targets: dict[str, NDArray[np.float32]], alpha: float, rng: np.random.Generator
) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]:
    """Blend each case with another of the batch, the same share throughout (H. Zhang et al., "mixup", ICLR 2018)."""
    share = np.float32(rng.beta(alpha, alpha))
    other = rng.permutation(len(inputs))

    def blend(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return share * values + (1 - share) * values[other]

    return blend(inputs), {name: blend(values) for name, values in targets.items()}


@dataclass(frozen=True)
class SpeechAugmentation:
    """How a log-mel may vary. Levels are in dB, masks in frames and bands; ``direct`` is direct over late energy.

    Rooms and noise are ordinary ones: a microphone at 0.3 to 2 metres in a furnished room.
    """

    warp: float = 0.08
    gain_low_db: float = -20.0
    gain_high_db: float = 6.0
    room_share: float = 0.5
    rt60_low_seconds: float = 0.15
    rt60_high_seconds: float = 0.7
    direct_low_db: float = 0.0
    direct_high_db: float = 12.0
    noise_share: float = 0.5
    snr_low_db: float = 3.0
    snr_high_db: float = 35.0
    hop_seconds: float = 0.02
    time_masks: int = 2
    time_mask: int = 20
    band_masks: int = 2
    band_mask: int = 8


def vary_log_mel(
    whole: NDArray[np.floating], frames: int, settings: SpeechAugmentation, rng: np.random.Generator
) -> NDArray[np.float32]:
    """One random window of a clip's log-mel, warped, with noise and gain, partly masked.

    Masks are SpecAugment's (D. Park et al., Interspeech 2019), the warp along frequency is vocal tract length
    perturbation's (N. Jaitly, G. Hinton, 2013).

    Args:
        whole: Frames x bands, dB.
        frames: Of the window; a shorter clip is repeated.
        settings: The ranges.
        rng: Source of chance.

    Returns:
        frames x bands, dB, float32.
    """
    if len(whole) <= frames:
        window = np.resize(whole, (frames, whole.shape[1])).astype(np.float32)
    else:
        start = int(rng.integers(0, len(whole) - frames + 1))
        window = whole[start : start + frames].astype(np.float32)
    bands = window.shape[1]
    place = np.clip(np.arange(bands) * (1 + rng.uniform(-1, 1) * settings.warp), 0, bands - 1).astype(np.float32)
    low = place.astype(np.intp)
    high = np.minimum(low + 1, bands - 1)
    share = place - low
    window = window[:, low] * (1 - share) + window[:, high] * share
    if rng.random() < settings.room_share:
        rt60 = rng.uniform(settings.rt60_low_seconds, settings.rt60_high_seconds)
        direct_db = rng.uniform(settings.direct_low_db, settings.direct_high_db)
        window = _in_room(window, rt60, direct_db, settings.hop_seconds, rng)
    if rng.random() < settings.noise_share:
        window = _with_noise(window, rng.uniform(settings.snr_low_db, settings.snr_high_db), rng)
    window += np.float32(rng.uniform(settings.gain_low_db, settings.gain_high_db))
    hidden = window.mean()
    for _ in range(settings.time_masks):
        length = int(rng.integers(0, settings.time_mask + 1))
        start = int(rng.integers(0, frames - length + 1))
        window[start : start + length] = hidden
    for _ in range(settings.band_masks):
        length = int(rng.integers(0, settings.band_mask + 1))
        start = int(rng.integers(0, bands - length + 1))
        window[:, start : start + length] = hidden
    return window


def _in_room(
    window: NDArray[np.float32], rt60: float, direct_db: float, hop_seconds: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Add a room's late reverberation: a band's power, decaying by 60 dB in ``rt60`` seconds, beside the direct one.

    Powers add, for the paths of a diffuse field have no common phase (J. A. Moorer, "About This Reverberation
    Business", 1979); their sum in a band over a frame scatters about its mean.
    """
    power = 10 ** (window.astype(np.float64) / 10)
    keep = 10 ** (-6 * hop_seconds / rt60)
    late = lfilter([(1 - keep) * 10 ** (-direct_db / 10)], [1, -keep], power, axis=0)
    scatter = rng.gamma(2.0, 0.5, window.shape)
    reverberant: NDArray[np.float32] = (10 * np.log10(power + late * scatter + 1e-10)).astype(np.float32)
    return reverberant


def _with_noise(window: NDArray[np.float32], snr_db: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Add the power of a steady noise of random colour; a band's power over a frame scatters about its mean."""
    frames, bands = window.shape
    colour = np.cumsum(rng.normal(0, 0.6, bands)) + np.linspace(0, rng.uniform(-15, 5), bands)
    power = 10 ** (window / 10)
    scatter = rng.gamma(2.0, 0.5, (frames, bands))
    level = 10 * np.log10(power.mean() + 1e-10) - snr_db
    noise = 10 ** ((level + colour - colour.mean()) / 10) * scatter
    noisy: NDArray[np.float32] = (10 * np.log10(power + noise + 1e-10)).astype(np.float32)
    return noisy
