"""What a live reading hears: the last seconds, but of an utterance that has gone on for a while not those before it.

A window of three seconds would hold the end of what was said before a pause, in another mood perhaps. So once somebody
has spoken for a second since the pause, what lies before it gives way to the pause's own sound, again and again: the
room goes on as it was. ``webapp/src/speech/utterances.ts`` does the same in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.preprocessing.voice_activity import Gate

SETTLED_FRAMES = 40
"""From the opening of the gate (0.8 s, which is a second after the voice's onset): until then an utterance is read with
what was said before. Made streams of validation actors, 32 clips each, mean of a clip's readings, UAR: 0.47 with whole
windows, 0.55 so (0.59 after 0.6 s, 0.56 after 0.3 s) where the mood changes from clip to clip; 0.61 and 0.63 (0.63,
0.55) where it stays."""
ONSET_FRAMES = 10
"""The gate opens so long after a voice begins (0.2 s): a decision hears that much."""
FADE_FRAMES = 3
"""A voice's last decision hears no more than so many frames of what follows it."""


@dataclass(frozen=True)
class Pause:
    """Frames ``start`` to ``stop``, which is not one of them."""

    start: int
    stop: int


def pauses_before(ends: NDArray[np.integer], probabilities: NDArray[np.floating], gate: Gate) -> list[Pause | None]:
    """For each decision the pause before the utterance that goes on, once that is settled; None where there is none.

    Args:
        ends: Newest frame of each decision of a stream, ascending.
        probabilities: Of speech.
        gate: That turns them into utterances.
    """
    states, spoken = gate.run(probabilities)
    pauses: list[Pause | None] = []
    pause: Pause | None = None
    opened = voiced = None
    was_open, before = False, 0
    for end, is_open, count in zip(ends.tolist(), states.tolist(), spoken.tolist(), strict=True):
        if is_open and not was_open:
            opened = end
            pause = None if voiced is None else _pause(voiced + FADE_FRAMES, end - ONSET_FRAMES)
        if count > before:
            voiced = end
        was_open, before = is_open, count
        settled = is_open and opened is not None and end - opened >= SETTLED_FRAMES
        pauses.append(pause if settled else None)
    return pauses


def _pause(start: int, stop: int) -> Pause | None:
    """None where a gate that closes at once leaves nothing between."""
    return Pause(start, stop) if stop > start else None


def hushed(
    window: NDArray[np.float64], first: int, pause: Pause | None, decibels: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The log-mel of a window with the pause's frames, again and again, in place of what was before it.

    Args:
        window: Frames x bands, dB.
        first: Which of the stream's frames is its first; negative where the stream is shorter, and read as it is.
        pause: As of ``pauses_before``.
        decibels: The stream's log-mel; of it the pause's frames are taken.
    """
    if pause is None or not 0 <= first < pause.start:
        return window
    heard = window.copy()
    old = np.arange(first, min(pause.start, first + len(window)))
    heard[: len(old)] = decibels[pause.start + (old - pause.start) % (pause.stop - pause.start)]
    return heard
