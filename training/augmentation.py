"""Random geometry and light for face crops; gain, noise and masks for log-mels. The same on any Keras backend."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import gamma, norm


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
    tint: float = 0.0
    """Of each colour, as a share; not of grey crops, and drawn only where there is some."""
    grey_share: float = 0.0
    """Of coloured crops are shown without their colours; goes with ``tint``."""


_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""ITU-R BT.601: how light red, green and blue look."""


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
    # Drawn at once, for a call costs as much as many numbers.
    turn, zoom, right, down, contrast, light = rng.uniform(-1, 1, 6)
    flip, blur, grain, cutout = rng.random(4)
    matrix = cv2.getRotationMatrix2D(
        (wide.shape[1] / 2 - 0.5, wide.shape[0] / 2 - 0.5),
        turn * settings.rotation_degrees,
        math.exp(zoom * settings.scale),
    )
    if flip < 0.5:
        matrix[0] *= -1
        matrix[0, 2] += wide.shape[1] - 1
    matrix[0, 2] += right * settings.shift * width - (wide.shape[1] - width) / 2
    matrix[1, 2] += down * settings.shift * height - (wide.shape[0] - height) / 2
    varied = cv2.warpAffine(wide, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if blur < settings.blur_share:
        varied = cv2.GaussianBlur(varied, (0, 0), rng.uniform(0.4, 1.1))
    levels: NDArray[np.float32] = varied.reshape(height, width, -1).astype(np.float32)
    channels = levels.shape[2]
    average = sum(cv2.mean(varied)[:channels]) / channels
    gain = 1 + contrast * settings.gain
    levels *= np.float32(gain)
    levels += np.float32(average * (1 - gain) + light * settings.offset * 255)
    if settings.tint and channels == 3:
        levels *= (1 + settings.tint * rng.uniform(-1, 1, 3)).astype(np.float32)
        if rng.random() < settings.grey_share:
            levels[:] = levels @ _LUMA[:, None]
    if settings.noise:
        noise = _drawn(_normal_quantiles(), levels.shape, rng)
        noise *= np.float32(grain * settings.noise * 255)
        levels += noise
    np.maximum(levels, 0, out=levels)
    np.minimum(levels, 255, out=levels)
    if cutout < settings.cutout_share:
        size = rng.uniform(0.1, settings.cutout, 2) * (height, width)
        top, left = rng.uniform(-size / 2, (height, width) - size / 2)
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
        mixed = values[other]
        mixed *= 1 - share
        mixed += share * values
        return mixed

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


def vary_log_mels(
    wholes: Iterable[NDArray[np.floating]], frames: int, settings: SpeechAugmentation, rng: np.random.Generator
) -> NDArray[np.float32]:
    """One random window of each clip's log-mel, warped, in a room, with noise and gain, partly masked.

    Masks are SpecAugment's (D. Park et al., Interspeech 2019), the warp along frequency is vocal tract length
    perturbation's (N. Jaitly, G. Hinton, 2013). What is done to a clip depends on its place in ``rng``'s course alone,
    not on the clips beside it: they are computed together because a call costs as much as many numbers.

    Args:
        wholes: At least one, frames x bands each, dB. Gone through once; each may be chosen by ``rng`` when it is due.
        frames: Of the windows; a shorter clip is repeated.
        settings: The ranges.
        rng: Source of chance.

    Returns:
        N x frames x bands, dB, float32.
    """
    chances, taken = [], []
    for whole in wholes:
        chance = _Chance.drawn(settings, (frames, whole.shape[1]), rng)
        chances.append(chance)
        if len(whole) <= frames:
            taken.append(np.resize(whole, (frames, whole.shape[1])))
        else:
            start = int(chance.where * (len(whole) - frames + 1))
            taken.append(whole[start : start + frames])
    windows = np.empty((len(taken), *taken[0].shape), np.float32)
    for window, part in zip(windows, taken, strict=True):
        window[:] = part
    windows @= np.stack([_warp(windows.shape[2], chance.warp) for chance in chances])
    _enter_rooms(windows, [chance.room for chance in chances], settings.hop_seconds)
    _add_noises(windows, [chance.noise for chance in chances])
    windows += np.array([chance.gain_db for chance in chances], np.float32)[:, None, None]
    hidden = windows.reshape(len(windows), -1).mean(axis=1)
    for window, level, chance in zip(windows, hidden, chances, strict=True):
        for axis, start, length in chance.masks:
            window[(slice(None),) * axis + (slice(start, start + length),)] = level
    return windows


@dataclass(frozen=True)
class _Room:
    rt60: float
    direct_db: float
    scatter: NDArray[np.uint16]


@dataclass(frozen=True)
class _Noise:
    snr_db: float
    colour: NDArray[np.float64]
    scatter: NDArray[np.uint16]


@dataclass(frozen=True)
class _Chance:
    """What befalls one clip. ``warp`` is the change of frequency, masks are axis, start and length."""

    where: float
    warp: float
    room: _Room | None
    noise: _Noise | None
    gain_db: float
    masks: list[tuple[int, int, int]]

    @classmethod
    def drawn(cls, settings: SpeechAugmentation, shape: tuple[int, int], rng: np.random.Generator) -> _Chance:
        """For a window of that shape."""
        # Drawn at once, for a call costs as much as many numbers.
        count = 8 + 2 * (settings.time_masks + settings.band_masks)
        where, bend, room, rt60, direct, noise, snr, gain, *masks = rng.random(count).tolist()
        entered = added = None
        if room < settings.room_share:
            seconds = _between(settings.rt60_low_seconds, settings.rt60_high_seconds, rt60)
            direct_db = _between(settings.direct_low_db, settings.direct_high_db, direct)
            entered = _Room(seconds, direct_db, _twelve_bits(math.prod(shape), rng))
        if noise < settings.noise_share:
            colour = np.cumsum(rng.normal(0, 0.6, shape[1])) + np.linspace(0, rng.uniform(-15, 5), shape[1])
            snr_db = _between(settings.snr_low_db, settings.snr_high_db, snr)
            added = _Noise(snr_db, colour, _twelve_bits(math.prod(shape), rng))
        placed = []
        for axis, masked, longest in (
            (0, settings.time_masks, settings.time_mask),
            (1, settings.band_masks, settings.band_mask),
        ):
            for _ in range(masked):
                length = int(masks.pop() * (longest + 1))
                placed.append((axis, int(masks.pop() * (shape[axis] - length + 1)), length))
        gain_db = _between(settings.gain_low_db, settings.gain_high_db, gain)
        return cls(where, (2 * bend - 1) * settings.warp, entered, added, gain_db, placed)


def _between(low: float, high: float, share: float) -> float:
    return low + (high - low) * share


def _warp(bands: int, change: float) -> NDArray[np.float32]:
    """Moves bands along frequency; as a matrix, whose product is quicker than to gather columns."""
    place = np.clip(np.arange(bands) * (1 + change), 0, bands - 1).astype(np.float32)
    low = place.astype(np.intp)
    high = np.minimum(low + 1, bands - 1)
    share = place - low
    warp = np.zeros((bands, bands), np.float32)
    warp[low, np.arange(bands)] = 1 - share
    warp[high, np.arange(bands)] += share
    return warp


def _enter_rooms(windows: NDArray[np.float32], rooms: Sequence[_Room | None], hop_seconds: float) -> None:
    """Add the rooms' late reverberation: a band's power, decaying by 60 dB in ``rt60`` seconds, beside the direct one.

    Powers add, for the paths of a diffuse field have no common phase (J. A. Moorer, "About This Reverberation
    Business", 1979); their sum in a band over a frame scatters about its mean.
    """
    inside = [(i, room) for i, room in enumerate(rooms) if room is not None]
    if not inside:
        return
    chosen = [i for i, _ in inside]
    keep = np.array([10 ** (-6 * hop_seconds / room.rt60) for _, room in inside])
    feed = (1 - keep) * np.array([10 ** (-room.direct_db / 10) for _, room in inside])
    keep, feed = keep.astype(np.float32)[:, None], feed.astype(np.float32)[:, None]
    # Frame after frame, all windows of one frame side by side.
    power = _power(np.ascontiguousarray(windows[chosen].transpose(1, 0, 2)))
    late = power * feed
    for before, now in itertools.pairwise(late):
        now += keep * before
    late *= _scatter([room.scatter for _, room in inside], windows.shape[1:]).transpose(1, 0, 2)
    power += late
    windows[chosen] = _decibels(power).transpose(1, 0, 2)


def _add_noises(windows: NDArray[np.float32], noises: Sequence[_Noise | None]) -> None:
    """Add the power of steady noises of random colour; a band's power over a frame scatters about its mean."""
    heard = [(i, noise) for i, noise in enumerate(noises) if noise is not None]
    if not heard:
        return
    chosen = [i for i, _ in heard]
    power = _power(windows[chosen])
    means = power.reshape(len(power), -1).mean(axis=1)
    levels = 10 * np.log10(means + np.float32(1e-10)) - np.array([noise.snr_db for _, noise in heard])
    colours = np.stack([noise.colour for _, noise in heard])
    added = _scatter([noise.scatter for _, noise in heard], windows.shape[1:])
    spectra = levels[:, None] + colours - colours.mean(axis=1, keepdims=True)
    added *= _power(spectra.astype(np.float32))[:, None]
    power += added
    windows[chosen] = _decibels(power)


def _power(decibels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of levels in dB. By exp and log in float32, which NumPy computes many at a time."""
    power: NDArray[np.float32] = decibels * np.float32(math.log(10) / 10)
    np.exp(power, out=power)
    return power


def _decibels(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of powers, in their place."""
    power += np.float32(1e-10)
    np.log(power, out=power)
    power *= np.float32(10 / math.log(10))
    return power


def _scatter(random: Sequence[NDArray[np.uint16]], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Mean 1, gamma-distributed with shape 2: what the power of a noise does in a band over a frame."""
    return _gamma_quantiles().take(np.concatenate(random)).reshape(-1, *shape)


def _drawn(quantiles: NDArray[np.float32], shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Independent variables, each looked up by 12 random bits: several times faster than drawing them."""
    return quantiles.take(_twelve_bits(math.prod(shape), rng)).reshape(shape)


def _twelve_bits(count: int, rng: np.random.Generator) -> NDArray[np.uint16]:
    random = rng.integers(0, 1 << 64, -(-count // 4), np.uint64).view(np.uint16)[:count]
    random >>= 4
    return random


_PROBABILITIES = (np.arange(1 << 12) + 0.5) / (1 << 12)
"""More would not stay in a core's cache while a network trains on it."""


@cache
def _normal_quantiles() -> NDArray[np.float32]:
    """Of mean 0 and deviation 1, for each 12-bit number."""
    quantiles: NDArray[np.float32] = norm.ppf(_PROBABILITIES).astype(np.float32)
    return quantiles


@cache
def _gamma_quantiles() -> NDArray[np.float32]:
    """Of shape 2 and mean 1, for each 12-bit number."""
    quantiles: NDArray[np.float32] = gamma.ppf(_PROBABILITIES, 2, scale=0.5).astype(np.float32)
    return quantiles
