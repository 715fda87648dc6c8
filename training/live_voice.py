"""What the page reads of a voice that goes on: when, and which frames (``webapp/src/speech/stream.ts``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.preprocessing.speech import Samples, SpeechInput, log_mel, windows
from training.preprocessing.utterances import hushed, pauses_before
from training.preprocessing.voice_activity import READ_AFTER, Gate

READ_EVERY = 3
"""Decisions from one reading to the next while somebody speaks (0.3 s)."""
MIN_SECONDS = 1.0
"""With less sound than this nothing is read."""
SHARE_NEW = 0.1
"""Of the window of a reading is new since the reading before."""


def live_windows(
    sound: Samples,
    target: SpeechInput,
    ends: NDArray[np.integer],
    probabilities: NDArray[np.floating],
    gate: Gate,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """The windows that are read of a stream.

    Args:
        sound: The whole stream, at ``target.sample_rate``.
        target: What the network hears.
        ends: Newest frame of each decision on speech.
        probabilities: Of speech, for each decision.
        gate: That turns them into utterances.

    Returns:
        The newest frame of each reading; N x frames x bands, dB, as ``utterances`` parts them; and the same ones whole.
    """
    decibels = log_mel(sound, target)
    _, spoken = gate.run(probabilities)
    pauses = pauses_before(ends, probabilities, gate)
    shape = (-1, target.frames, target.n_mels)
    since, newest, parted, whole = READ_EVERY, [], [], []
    for end, count, pause in zip(ends.tolist(), spoken.tolist(), pauses, strict=True):
        since += 1
        stop = (end + 1) * target.hop_length
        if count < READ_AFTER or since < READ_EVERY or stop < MIN_SECONDS * target.sample_rate:
            continue
        since = 0
        start = stop - target.window_samples
        window = log_mel(windows(sound[max(0, start) : stop], target)[0][0], target)
        parted.append(hushed(window, start // target.hop_length, pause, decibels))
        whole.append(window)
        newest.append(end)
    return np.array(newest, np.int64), np.array(parted).reshape(shape), np.array(whole).reshape(shape)
