"""What is read of a voice that goes on, and the figures of made streams, against what is known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from training.evaluation import softmax
from training.live_voice import live_windows
from training.live_voice_figures import ORDERS, Stream, live_figures, made_streams, spoken
from training.preprocessing.speech import SpeechInput, log_mel, windows
from training.preprocessing.voice_activity import Gate, decision_ends
from training.steady_reading import beliefs, words

TARGET = SpeechInput()
RATE = TARGET.sample_rate
GATE = Gate(open_at=0.7, keep_at=0.4, hangover=5)


def tone(seconds: float, pitch: float) -> NDArray[np.float32]:
    """A voice of sorts: a tone with harmonics."""
    t = np.arange(round(seconds * RATE)) / RATE
    parts = [0.1 / k * np.sin(2 * np.pi * pitch * k * t) for k in range(1, 9)]
    return np.asarray(np.sum(parts, axis=0), np.float32)


def hiss(seconds: float, seed: int) -> NDArray[np.float32]:
    """Next to silence."""
    return (1e-4 * np.random.default_rng(seed).standard_normal(round(seconds * RATE))).astype(np.float32)


def test_a_stream_is_read_three_times_a_second_and_without_what_was_before_the_pause() -> None:
    sound = np.concatenate([hiss(1, 1), tone(2, 110), hiss(0.9, 2), tone(2, 300), hiss(1, 3)])
    ends = decision_ends(1 + len(sound) // TARGET.hop_length)
    seconds = (ends + 1) * 0.02
    speech = ((seconds > 1.1) & (seconds <= 3.05)) | ((seconds > 4.0) & (seconds <= 5.95))
    newest, parted, whole = live_windows(sound, TARGET, ends, np.where(speech, 0.9, 0.1), GATE)
    assert parted.shape == whole.shape == (len(newest), TARGET.frames, TARGET.n_mels)
    assert set(np.diff(newest)) - {15} == {np.diff(newest).max()}, "every 0.3 s, but for the pause"
    assert (newest[0] + 1) * 0.02 == pytest.approx(1.1 + 0.5, abs=0.11)

    at = (newest + 1) * 0.02
    expected = log_mel(windows(sound[round((at[-1] - 3) * RATE) : round(at[-1] * RATE)], TARGET)[0][0], TARGET)
    assert np.array_equal(whole[-1], expected)
    early = at < 4.9
    assert np.array_equal(parted[early], whole[early]), "a second utterance is read with the first until it is settled"
    low = slice(2, 5)  # bands about 200 Hz: loud in the first voice, not in the second
    for window, plain, end in zip(parted[~early], whole[~early], at[~early], strict=True):
        before = round((3.1 - (end - 3)) / 0.02)  # frames of the first utterance
        assert before <= 0 or window[:before].max() < window[before + 60 :, low].max() - 20
        assert np.array_equal(window[max(0, before) :], plain[max(0, before) :])
    assert (~early).sum() >= 3


def test_nothing_is_read_of_silence() -> None:
    sound = hiss(4, 4)
    ends = decision_ends(1 + len(sound) // TARGET.hop_length)
    newest, *heard = live_windows(sound, TARGET, ends, np.zeros(len(ends)), GATE)
    assert newest.shape == (0,) and [one.shape for one in heard] == [(0, TARGET.frames, TARGET.n_mels)] * 2


def test_made_streams_hold_each_clip_once_in_either_order() -> None:
    labels = np.array([0, 1, 0, 1])
    clips = [np.concatenate([hiss(0.8, i), tone(1.5, 120 + 20 * i), hiss(0.7, 9 - i)]) for i in range(4)]
    assert len(spoken(clips[0], TARGET)) == pytest.approx(1.5 * RATE, abs=0.1 * RATE)
    streams = list(made_streams(clips, labels, np.array([10, 11, 12, 13]), TARGET, seed=3))
    assert [one.order for one in streams] == list(ORDERS)
    for stream in streams:
        own = stream.clips[stream.clips >= 0]
        assert set(own) == {10, 11, 12, 13}
        assert (np.diff(own) != 0).sum() == 3, "one clip after another"
        assert (stream.seconds[stream.clips >= 0] <= 1.5 + 0.4).all()
        assert len(stream.parted) == len(stream.whole) == len(stream.clips)
    by_mood = streams[1].clips[streams[1].clips >= 0]
    assert (np.diff(labels[by_mood - 10]) != 0).sum() == 1


def test_figures_are_of_clips_and_of_seconds() -> None:
    labels = np.array([0, 0, 1, 1])
    clips = np.array([0, 0, 1, -1, 2, 2, 3])
    seconds = np.array([0.5, 1.2, 1.7, 0.1, 0.9, 2.2, 1.4])
    right = np.array([[0.0, 9], [9, 0], [9, 0], [0, 9], [0, 9], [0, 9], [9, 0]])  # clip 0 first wrongly, 3 wrongly
    wrong = np.tile([9.0, 0], (7, 1))
    ends = np.array([1.0, 1.7, 4.0, 6.0, 9.0, 10.3, 30.0])
    streams = {"fold-0": [Stream(order, clips, seconds, ends, right, wrong) for order in ORDERS]}
    figures = live_figures(streams, labels, {"fold-0": 1.0}, {"fold-0": None}, unsure_below=0.7)
    for order in ORDERS:
        row = figures["live_uar"][order]
        # Clip 0's readings cancel out, and the first class wins.
        assert row["n"] == 4 and row["uar"] == pytest.approx(0.75) and row["uar_whole_windows"] == pytest.approx(0.5)
        assert row["uar_interval"][0] <= 0.75 <= row["uar_interval"][1]
    by_seconds = figures["live_uar_by_seconds"]
    assert by_seconds["up to 1 s"][ORDERS[0]] == pytest.approx(0.5)  # clip 0 wrongly, clip 2 rightly
    assert by_seconds["1 to 1.5 s"][ORDERS[0]] == pytest.approx(0.5)
    # Words are those of the whole stream, counted where a clip is spoken.
    told, sure = words(beliefs(softmax(right), ends), 0.7)
    own = clips >= 0
    hits = told[own] == labels[clips[own]]
    assert figures["live_word"][ORDERS[0]]["named"] == pytest.approx(sure[own].mean())
    assert figures["live_word"][ORDERS[1]]["precision"] == pytest.approx(hits[sure[own]].mean())
    assert by_seconds["1.5 to 2 s"][ORDERS[1]] == by_seconds["over 2 s"][ORDERS[1]] == pytest.approx(1.0)


def test_beliefs_grow_with_readings_and_fade_with_time() -> None:
    reading = np.array([[0.7, 0.2, 0.1]] * 6)
    believed = beliefs(reading, np.array([0.0, 0.3, 0.6, 0.9, 1.2, 60.0]))
    np.testing.assert_allclose(believed[0], reading[0])
    assert (np.diff(believed[:5, 0]) > 0).all()
    # After a minute nothing of that is left, and the reading counts for a part.
    np.testing.assert_allclose(believed[5], reading[0] ** 0.25 / (reading[0] ** 0.25).sum(), atol=1e-6)
    np.testing.assert_allclose(believed.sum(axis=1), 1)
    assert np.isfinite(beliefs(np.eye(3)[[0, 1, 2]], np.arange(3.0))).all(), "no reading rules a class out"


def test_words_change_with_a_lead_and_are_named_over_a_threshold_that_holds_what_is_shown() -> None:
    believed = np.array([[0.5, 0.3, 0.2], [0.4, 0.45, 0.15], [0.3, 0.5, 0.2], [0.3, 0.54, 0.16], [0.2, 0.6, 0.2]])
    shown, named = words(believed, 0.5)
    assert shown.tolist() == [0, 0, 1, 1, 1]
    # 0.50 is named at first, 0.40 is not; then 0.55 must be reached.
    assert named.tolist() == [True, False, False, False, True]
