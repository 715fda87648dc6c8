"""Figures of a voice that goes on: made streams of held-out speakers' clips, read as the page reads its microphone.

A stream is all clips of a speaker, cut to their speech, with pauses of 0.6 to 2 seconds between: in random order, so
that the mood changes from clip to clip, or mood by mood. Where speech is, is known; a live page has to find it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.datasets.ravdess import RavdessSample
from training.evaluation import bootstrap_interval, softmax, uar
from training.known_voice import Voices, follow
from training.live_voice import SHARE_NEW, live_windows
from training.preprocessing.speech import Samples, SpeechInput
from training.preprocessing.voice_activity import Gate, decision_ends, decision_truth
from training.progress import progress
from training.scenes import speech_frames
from training.sounds import read_clip
from training.steady_reading import beliefs, words

ORDERS = ("mood changes", "mood stays")
PAUSE_SECONDS = (0.6, 2.0)
HISS = 1e-4
"""Of full scale, in the pauses: a quiet studio's."""
AFTER_SECONDS = 0.3
"""A reading so long after a clip's end still belongs to it."""
SINCE_ONSET = ((0.0, 1.0), (1.0, 1.5), (1.5, 2.0), (2.0, math.inf))
"""Seconds."""
GATE = Gate()


@dataclass(frozen=True)
class Stream:
    """What of one stream is read: N readings."""

    order: str
    clips: NDArray[np.int64]
    """To which each belongs; -1: to none."""
    seconds: NDArray[np.float64]
    """Since that clip's onset."""
    ends: NDArray[np.float64]
    """Of each reading, in seconds of the stream."""
    parted: NDArray[np.float64]
    """N log-mels, or what a network makes of them."""
    whole: NDArray[np.float64]
    """The same of the last seconds as they are, for comparison."""


def spoken(clip: Samples, target: SpeechInput) -> Samples:
    """A studio clip without the silence before and after its speech; whole where no speech stands out."""
    (frames,) = np.nonzero(speech_frames(clip, target))
    if len(frames) < 2:
        return clip
    return clip[frames[0] * target.hop_length : frames[-1] * target.hop_length]


def read_streams(
    samples: Sequence[RavdessSample],
    held_out: NDArray[np.intp],
    read: Callable[[list[NDArray[np.float64]]], Sequence[NDArray[np.floating]]],
    target: SpeechInput,
    seed: int,
) -> list[Stream]:
    """What a network makes of the streams of speakers that it never heard: logits.

    Args:
        samples: All clips.
        held_out: Which of them are the speakers'.
        read: From log-mels, N x frames x bands each, to logits.
        target: What the network hears.
        seed: Of the streams.
    """
    actors = np.array([samples[i].actor for i in held_out])
    streams = []
    for actor in progress(np.unique(actors).tolist(), "streams of held-out speakers"):
        numbers = held_out[actors == actor]
        clips = [read_clip(samples[i].path, target.sample_rate) for i in numbers]
        labels = np.array([samples[i].label for i in numbers])
        for stream in made_streams(clips, labels, numbers, target, seed):
            parted, whole = (np.asarray(one, np.float64) for one in read([stream.parted, stream.whole]))
            streams.append(dataclasses.replace(stream, parted=parted, whole=whole))
    return streams


def made_streams(
    clips: Sequence[Samples], labels: NDArray[np.integer], numbers: NDArray[np.integer], target: SpeechInput, seed: int
) -> Iterator[Stream]:
    """One speaker's streams, one in each of ``ORDERS``.

    Args:
        clips: The speaker's, as recorded.
        labels: Of the clips.
        numbers: By which the clips are known.
        target: What the network hears.
        seed: Of orders, pauses and hiss.
    """
    rng = np.random.default_rng([seed, int(numbers[0])])
    cut = [spoken(clip, target) for clip in clips]
    mixed = rng.permutation(len(cut))
    by_mood = np.concatenate([mixed[labels[mixed] == label] for label in rng.permutation(np.unique(labels))])
    for order, chosen in zip(ORDERS, (mixed, by_mood), strict=True):
        yield _stream(order, [cut[i] for i in chosen], numbers[chosen], target, rng)


def _stream(
    order: str, clips: list[Samples], numbers: NDArray[np.integer], target: SpeechInput, rng: np.random.Generator
) -> Stream:
    rate, hop = target.sample_rate, target.hop_length
    parts, spans = [], []
    at = 0
    for clip in clips:
        pause = rng.standard_normal(round(rate * rng.uniform(*PAUSE_SECONDS))) * HISS
        parts += [pause.astype(np.float32), clip]
        spans.append((at + len(pause), at + len(pause) + len(clip)))
        at = spans[-1][1]
    parts.append((rng.standard_normal(rate) * HISS).astype(np.float32))
    sound = np.concatenate(parts)
    speech = np.zeros(1 + len(sound) // hop, np.bool_)
    for start, stop in spans:
        speech[start // hop : stop // hop] = True
    ends = decision_ends(len(speech))
    # Where a decision's frames hold a little speech, it neither opens the gate nor closes it.
    likely = np.array([0.0, 1.0, (GATE.keep_at + GATE.open_at) / 2])[decision_truth(speech, ends)]
    newest, parted, whole = live_windows(sound, target, ends, likely, GATE)
    stops = (newest + 1) * hop
    owner = np.searchsorted([start for start, _ in spans], stops) - 1
    since = stops - np.array([start for start, _ in spans])[owner]
    late = stops > np.array([stop for _, stop in spans])[owner] + AFTER_SECONDS * rate
    return Stream(order, np.where(late, -1, numbers[owner]), since / rate, stops / rate, parted, whole)


def live_figures(
    streams: Mapping[str, Sequence[Stream]],
    labels: NDArray[np.integer],
    temperatures: Mapping[str, float],
    voices: Mapping[str, Voices | None],
    unsure_below: float,
) -> dict[str, Any]:
    """UAR of clips in a stream by the mean of their readings; of readings by how long somebody has spoken; the word.

    Args:
        streams: Of each fold, with logits.
        labels: Of the clips, by their numbers.
        temperatures: By fold, not fitted on it.
        voices: By fold, learnt from the others.
        unsure_below: Probability under which the page says "unsure".
    """

    def known(logits: NDArray[np.float64], fold: str) -> NDArray[np.float64]:
        probabilities, others = softmax(logits / temperatures[fold]), voices[fold]
        return probabilities if others is None else follow(others, probabilities, SHARE_NEW)

    by_clip: dict[str, dict[str, Any]] = {}
    word: dict[str, dict[str, float]] = {}
    by_seconds: dict[str, dict[str, float]] = {_seconds(*span): {} for span in SINCE_ONSET}
    for order in ORDERS:
        chosen = [(fold, one) for fold, several in streams.items() for one in several if one.order == order]
        clips = np.concatenate([one.clips for _, one in chosen])
        own = clips >= 0
        clips, since = clips[own], np.concatenate([one.seconds for _, one in chosen])[own]
        read = [known(one.parted, fold) for fold, one in chosen]
        parted = np.concatenate(read)[own]
        whole = np.concatenate([known(one.whole, fold) for fold, one in chosen])[own]
        by_clip[order] = _by_clip(clips, labels, parted, whole)
        told = [words(beliefs(one, of.ends), unsure_below) for one, (_, of) in zip(read, chosen, strict=True)]
        shown, named = (np.concatenate(parts)[own] for parts in zip(*told, strict=True))
        right = shown == labels[clips]
        word[order] = {"named": float(named.mean()), "precision": float(right[named].mean()) if named.any() else 0.0}
        for low, high in SINCE_ONSET:
            at = (since > low) & (since <= high)
            if at.any():
                by_seconds[_seconds(low, high)][order] = uar(labels[clips[at]], parted[at].argmax(axis=1))
    return {"live_uar": by_clip, "live_uar_by_seconds": by_seconds, "live_word": word}


def _by_clip(
    clips: NDArray[np.integer],
    labels: NDArray[np.integer],
    parted: NDArray[np.float64],
    whole: NDArray[np.float64],
) -> dict[str, Any]:
    numbers, place = np.unique(clips, return_inverse=True)
    truth = labels[numbers]

    def tops(probabilities: NDArray[np.float64]) -> NDArray[np.intp]:
        sums = np.zeros((len(numbers), probabilities.shape[1]))
        np.add.at(sums, place, probabilities)
        best: NDArray[np.intp] = sums.argmax(axis=1)
        return best

    read = tops(parted)
    return {
        "n": len(numbers),
        "uar": uar(truth, read),
        "uar_interval": bootstrap_interval(lambda i: uar(truth[i], read[i]), len(truth)),
        "uar_whole_windows": uar(truth, tops(whole)),
    }


def _seconds(low: float, high: float) -> str:
    if low == 0:
        return f"up to {high:g} s"
    return f"over {low:g} s" if math.isinf(high) else f"{low:g} to {high:g} s"
