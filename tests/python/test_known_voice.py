"""Getting used to a voice: made speakers whose offsets are known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from training.evaluation import softmax
from training.known_voice import MEMORY, Voices, centred_logs, follow, learn_voices, offset
from training.known_voice_figures import HEARD, MOST, known_voice_figures

CLASSES = 8
CLIPS = 40
"""Of each speaker."""


class Made(NamedTuple):
    probabilities: NDArray[np.float64]
    labels: NDArray[np.int64]
    speakers: NDArray[np.int64]
    offsets: NDArray[np.float64]


def made_speakers(count: int, seed: int = 1, offsets: float = 1.0) -> Made:
    """Classes far apart, voices nearly as much; ``offsets`` by speaker."""
    rng = np.random.default_rng(seed)
    labels = np.tile(np.arange(CLASSES), count * CLIPS // CLASSES)
    speakers = np.repeat(np.arange(count), CLIPS)
    own = offsets * rng.normal(size=(count, CLASSES))
    own -= own.mean(axis=1, keepdims=True)
    logits = 2.0 * np.eye(CLASSES)[labels] + own[speakers] + 0.7 * rng.normal(size=(len(labels), CLASSES))
    return Made(softmax(logits), labels, speakers, own)


def voices_of(offsets: float = 1.0) -> Voices:
    learnt = learn_voices(*made_speakers(40, offsets=offsets)[:3])
    assert learnt is not None
    return learnt


def test_the_offset_of_a_new_voice_is_found() -> None:
    probabilities, labels, speakers, own = made_speakers(12, seed=2)
    logs, voices = centred_logs(probabilities), voices_of()
    known = logs.copy()
    for speaker, its in enumerate(own):
        clips = speakers == speaker
        found = offset(voices, logs[clips], np.ones(CLIPS))
        assert np.corrcoef(found, its)[0, 1] > 0.9
        known[clips] -= found
    before, after = (float(np.mean(one.argmax(axis=1) == labels)) for one in (logs, known))
    assert after > before + 0.05


def test_what_a_voice_says_most_of_the_time_is_not_taken_from_it() -> None:
    """Sessions of one class with few others, by voices without offsets: to take the mean away would ruin them."""
    probabilities, labels, speakers, _ = made_speakers(12, seed=3, offsets=0.0)
    logs, voices = centred_logs(probabilities), voices_of(0.5)
    as_they_are: list[float] = []
    known: list[float] = []
    without_mean: list[float] = []
    for speaker in range(12):
        own = np.flatnonzero(speakers == speaker)
        session = np.concatenate([own[labels[own] == 0], own[labels[own] != 0][:2]])
        found = offset(voices, logs[session], np.ones(len(session)))
        for taken, shares in ((0, as_they_are), (found, known), (logs[session].mean(axis=0), without_mean)):
            shares.append(float(np.mean((logs[session] - taken).argmax(axis=1) == labels[session])))
    lost, would_be_lost = (np.mean(as_they_are) - np.mean(shares) for shares in (known, without_mean))
    assert lost < 0.15 and would_be_lost > 0.3, (lost, would_be_lost)


def test_a_voice_that_was_not_heard_yet_is_read_as_it_is() -> None:
    probabilities = made_speakers(1, seed=4)[0]
    assert not offset(voices_of(), np.empty((0, CLASSES)), np.empty(0)).any()
    np.testing.assert_allclose(follow(voices_of(), probabilities, 0.1)[0], probabilities[0], atol=1e-12)


def test_a_stream_forgets() -> None:
    """Another speaker follows: after ``MEMORY`` readings there is nothing left of the first."""
    first, second = made_speakers(1, seed=5)[0], made_speakers(1, seed=6)[0]
    voices = voices_of()
    again = np.tile(second, (1 + MEMORY // CLIPS, 1))
    alone = follow(voices, again, 0.1)
    behind = follow(voices, np.concatenate([first, again]), 0.1)[len(first) :]
    assert np.abs(behind[0] - alone[0]).max() > 1e-3
    np.testing.assert_allclose(behind[MEMORY:], alone[MEMORY:], atol=1e-12)


def test_voices_survive_the_spec() -> None:
    voices = voices_of()
    again = Voices.from_spec(voices.to_spec())
    for name in ("means", "within", "between"):
        np.testing.assert_allclose(getattr(again, name), getattr(voices, name), atol=5e-5)


@pytest.mark.parametrize("missing", ["class", "speaker"])
def test_nothing_is_learnt_without_every_class_and_two_speakers(missing: str) -> None:
    probabilities, labels, speakers, _ = made_speakers(2)
    kept = labels > 0 if missing == "class" else speakers == 0
    assert learn_voices(probabilities[kept], labels[kept], speakers[kept]) is None
    folds, women = speakers[kept], speakers[kept] == 0
    assert known_voice_figures(labels[kept], probabilities[kept], speakers[kept], folds, women, seed=1) == {}


def test_figures_grow_with_what_was_heard() -> None:
    probabilities, labels, speakers, _ = made_speakers(12, seed=7)
    figures = known_voice_figures(labels, probabilities, speakers, speakers % 3, speakers % 2 == 0, seed=1)
    by_clips = figures["known_voice_uar_by_clips"]
    assert list(by_clips) == [str(heard) for heard in HEARD]
    assert by_clips["0"] == pytest.approx(np.mean(probabilities.argmax(axis=1) == labels))
    assert by_clips[str(MOST)] == figures["known_voice_uar"] > by_clips["0"] + 0.02
    low, high = figures["known_voice_uar_interval"]
    assert low < figures["known_voice_uar"] < high
    assert set(figures["known_voice_uar_by_sex"]) == {"female", "male"}
