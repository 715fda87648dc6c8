"""The pause before an utterance, and windows without what was said before it, against what is known by hand."""

from __future__ import annotations

import numpy as np

from training.preprocessing.utterances import FADE_FRAMES, ONSET_FRAMES, Pause, hushed, pauses_before
from training.preprocessing.voice_activity import Gate, decision_ends

GATE = Gate(open_at=0.7, keep_at=0.4, hangover=5)


def pauses_of(speaks: list[bool]) -> list[Pause | None]:
    """Of a stream in which each decision is sure."""
    probabilities = np.where(speaks, 0.9, 0.1)
    return pauses_before(decision_ends(5 * len(speaks)), probabilities, GATE)


def test_the_pause_is_known_once_the_next_utterance_has_gone_on_for_a_while() -> None:
    # One second of speech, one of silence, 1.5 of speech, one of silence.
    pauses = pauses_of([True] * 10 + [False] * 10 + [True] * 15 + [False] * 10)
    # The first utterance's last decision ends with frame 49; the second one's first with frame 104.
    pause = Pause(49 + FADE_FRAMES, 104 - ONSET_FRAMES)
    assert pauses[:28] == [None] * 28
    assert pauses[28:39] == [pause] * 11  # from frame 144 on until the gate is closed again
    assert pauses[39:] == [None] * 6


def test_a_stop_within_an_utterance_is_no_pause_and_the_first_utterance_has_none() -> None:
    assert pauses_of([True] * 15 + [False] * 4 + [True] * 20) == [None] * 39
    assert pauses_of([False] * 15 + [True] * 20) == [None] * 35


def test_a_gate_that_closes_at_once_leaves_no_pause_between() -> None:
    probabilities = np.where([True] * 5 + [False] + [True] * 20, 0.9, 0.1)
    pauses = pauses_before(decision_ends(5 * len(probabilities)), probabilities, Gate(0.7, 0.4, hangover=1))
    assert pauses == [None] * 26


def test_what_was_before_the_pause_becomes_the_pause() -> None:
    stream = np.arange(40.0)[:, None] * np.ones(3)
    window = stream[10:30] + 0.5
    heard = hushed(window, 10, Pause(16, 20), stream)
    # The four frames of the pause, on and on, so that its own place fits in.
    assert heard[:6, 0].tolist() == [18, 19, 16, 17, 18, 19]
    assert np.array_equal(heard[6:], window[6:])
    assert np.array_equal(window, stream[10:30] + 0.5), "the window itself is left as it was"


def test_windows_that_begin_in_the_pause_or_hold_the_whole_stream_stay_as_they_are() -> None:
    stream = np.zeros((40, 3))
    window = np.ones((20, 3))
    for first, pause in ((10, None), (16, Pause(16, 20)), (-1, Pause(5, 10))):
        assert hushed(window, first, pause, stream) is window
