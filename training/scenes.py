"""Scenes for voice activity: one clip of speech, or none, in a stretch of made noise, with the truth frame by frame.

The speech is recorded; all noise is made (``training/noises.py``). Levels, rooms and places are drawn by chance from a
seed, so that a scene can be made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from training.microphone import room
from training.noises import Maker, Sound, active_rms
from training.preprocessing.speech import Samples, SpeechInput, log_mel, mel_edges

SCENE_SECONDS = 6.0

SPEECH_BELOW_PEAK_DB = 35.0
"""A frame of a studio clip is speech if its level is within so much of the clip's loudest twentieth ..."""
SPEECH_ABOVE_FLOOR_DB = 9.0
"""... and so far above the quietest tenth."""
PAUSE_SECONDS = 0.3
"""Shorter gaps between speech belong to it: closures of plosives, breaths between words."""
SHORTEST_SECONDS = 0.06
VOICE_BAND_HZ = (100.0, 5000.0)


@dataclass(frozen=True)
class Scene:
    """``speech`` tells for each log-mel frame of ``samples`` whether somebody speaks."""

    kind: str
    snr_db: float | None
    """None: speech alone, or noise alone."""
    samples: Samples
    speech: NDArray[np.bool_]


def speech_frames(clip: NDArray[Any], target: SpeechInput) -> NDArray[np.bool_]:
    """Where somebody speaks in a clean studio clip, by frame of its log-mel: an energy rule, pauses filled."""
    centres = mel_edges(target.n_mels, target.fmin, target.fmax)[1:-1]
    voiced = (centres >= VOICE_BAND_HZ[0]) & (centres <= VOICE_BAND_HZ[1])
    level = 10 * np.log10(np.mean(10 ** (log_mel(clip, target)[:, voiced] / 10), axis=1))
    loud = level > np.percentile(level, 95) - SPEECH_BELOW_PEAK_DB
    frames = loud & (level > np.percentile(level, 10) + SPEECH_ABOVE_FLOOR_DB)
    frame_seconds = target.hop_length / target.sample_rate
    filled = ~_without_short_runs(~frames, round(PAUSE_SECONDS / frame_seconds), keep_ends=True)
    return _without_short_runs(filled, round(SHORTEST_SECONDS / frame_seconds), keep_ends=False)


def _without_short_runs(mask: NDArray[np.bool_], shortest: int, keep_ends: bool) -> NDArray[np.bool_]:
    """The mask without runs of True that have fewer than ``shortest`` frames."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    result = mask.copy()
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        at_end = start == 0 or end == len(mask)
        if end - start < shortest and not (keep_ends and at_end):
            result[start:end] = False
    return result


def make_scene(
    clip: Samples | None,
    kind: str,
    noise: Sound,
    snr_db: float | None,
    target: SpeechInput,
    rng: np.random.Generator,
    reverberant: bool,
) -> Scene:
    """Lay a clip somewhere into six seconds of noise.

    Args:
        clip: Speech at the target's rate; None for noise alone.
        kind: Of the noise, for the record.
        noise: Six seconds of it, at any level.
        snr_db: Active speech over active noise; None leaves the noise out where there is a clip.
        target: Rate and frames.
        rng: Source of chance: place, room, gain.
        reverberant: Whether speech sounds in a room of 0.2 to 0.6 s RT60.
    """
    rate = target.sample_rate
    length = round(SCENE_SECONDS * rate)
    speech = np.zeros(1 + length // target.hop_length, np.bool_)
    if clip is None:
        loudness = 10 ** (rng.uniform(-60, -15) / 20)
        sound = noise * (loudness / active_rms(noise, rate)) if kind != "silence" else noise
        return Scene(kind, None, _recorded(sound[:length]), speech)
    clip = clip[:length]
    # On the grid of the frames, so that labels move with the samples.
    start = int(rng.integers(0, (length - len(clip)) // target.hop_length + 1))
    frames = speech_frames(clip, target)[: len(speech) - start]
    speech[start : start + len(frames)] = frames
    spoken = np.zeros(length)
    spoken[start * target.hop_length :][: len(clip)] = clip
    if reverberant:
        response = room(rate, rng.uniform(0.2, 0.6), rng.uniform(-3, 6), rng)
        spoken = fftconvolve(spoken, response)[:length]
    sound = spoken
    if kind == "silence":
        snr_db = None
    if snr_db is not None:
        sound = spoken + noise * (active_rms(spoken, rate) / active_rms(noise, rate) * 10 ** (-snr_db / 20))
    sound = sound * 10 ** (rng.uniform(-20, 6) / 20)
    return Scene(kind, snr_db, _recorded(sound), speech)


def _recorded(sound: NDArray[np.float64]) -> Samples:
    """Full scale and 16 bits, as a sound card gives them."""
    return (np.round(np.clip(sound, -1, 32767 / 32768) * 32768) / 32768).astype(np.float32)


class NoisePool:
    """Made once, used often: twice the scene's length of each piece, from which six seconds are cut at random."""

    def __init__(self, makers: dict[str, Maker], pieces: int, rate: int, seed: int) -> None:
        self._length = round(SCENE_SECONDS * rate)
        self.kinds = list(makers)
        self._pieces = {
            kind: [make(2 * self._length, rate, np.random.default_rng([seed, number, i])) for i in range(pieces)]
            for number, (kind, make) in enumerate(makers.items())
        }

    def cut(self, kind: str, rng: np.random.Generator) -> Sound:
        """Six seconds of this kind."""
        pieces = self._pieces[kind]
        piece = pieces[int(rng.integers(len(pieces)))]
        start = int(rng.integers(0, len(piece) - self._length + 1))
        return piece[start : start + self._length]


def make_scenes(
    clips: Sequence[Samples],
    pool: NoisePool,
    snrs_db: Sequence[float | None],
    noise_alone: int,
    target: SpeechInput,
    seed: int,
) -> list[Scene]:
    """Each clip once at each SNR in a noise of a random kind, and so many scenes of each kind alone."""
    scenes = []
    for i, clip in enumerate(clips):
        for k, snr in enumerate(snrs_db):
            rng = np.random.default_rng([seed, i, k])
            kind = pool.kinds[int(rng.integers(len(pool.kinds)))]
            scenes.append(make_scene(clip, kind, pool.cut(kind, rng), snr, target, rng, bool(rng.random() < 0.5)))
    for number, kind in enumerate(pool.kinds):
        for i in range(noise_alone):
            rng = np.random.default_rng([seed, 1_000_000 + number, i])
            scenes.append(make_scene(None, kind, pool.cut(kind, rng), None, target, rng, False))
    return scenes
