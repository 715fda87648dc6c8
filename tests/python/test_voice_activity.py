"""Voice activity without a network: the gate, the truth, made scenes and the figures, against what is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from training.errors import DataError
from training.microphone import Microphone, room
from training.noises import HEARD, UNHEARD, active_rms, coloured
from training.preprocessing.speech import SpeechInput
from training.preprocessing.voice_activity import Gate, decision_ends, decision_truth, decision_windows
from training.scenes import SCENE_SECONDS, NoisePool, Scene, make_scene, make_scenes, speech_frames
from training.tasks.voice_activity import SCHEDULE, TrainingBatches
from training.voice_activity_figures import measure

RATE = 16_000
TARGET = SpeechInput()


def clip() -> np.ndarray:
    """A tone with harmonics from 1.0 to 2.0 s of three, under it the least of noise."""
    t = np.arange(3 * RATE) / RATE
    tone = sum(0.1 / k * np.sin(2 * np.pi * 180 * k * t) for k in range(1, 9))
    noise = 1e-4 * np.random.default_rng(1).standard_normal(len(t))
    return np.asarray(tone * ((t >= 1) & (t < 2)) + noise, np.float32)


def test_gate_opens_at_once_and_outlasts_a_pause() -> None:
    states, spoken = Gate(0.7, 0.4, 2).run(np.array([0.6, 0.7, 0.3, 0.4, 0.3, 0.3, 0.6]))
    assert states.tolist() == [False, True, True, True, True, False, False]
    assert spoken.tolist() == [0, 1, 1, 2, 2, 0, 0]


def test_decisions_see_the_newest_frames() -> None:
    assert decision_ends(12).tolist() == [4, 9]
    decibels = np.arange(10, dtype=np.float64)[:, None]
    assert decision_windows(decibels, 6)[..., 0].tolist() == [[0, 0, 1, 2, 3, 4], [4, 5, 6, 7, 8, 9]]
    speech = np.zeros(30, np.bool_)
    speech[10:15] = True
    truth = decision_truth(speech, np.array([4, 9, 10, 11, 12, 19, 20, 21, 22, 29]))
    assert truth.tolist() == [0, 0, -1, -1, 1, 1, -1, -1, 0, 0]


def test_speech_is_where_the_clip_is_loud_and_pauses_belong_to_it() -> None:
    samples = clip()
    frames = speech_frames(samples, TARGET)
    (at,) = np.nonzero(frames)
    assert abs(at[0] * 0.02 - 1.0) <= 0.04 and abs(at[-1] * 0.02 - 2.0) <= 0.04
    samples[round(1.4 * RATE) : round(1.6 * RATE)] *= 1e-3
    assert speech_frames(samples, TARGET).sum() == pytest.approx(frames.sum(), abs=1)
    samples[round(1.2 * RATE) : round(1.8 * RATE)] *= 1e-3
    assert speech_frames(samples, TARGET).sum() < frames.sum() - 20


@pytest.mark.parametrize("kind", [*HEARD, *UNHEARD])
def test_noises_are_finite_and_made_again_alike(kind: str) -> None:
    make = (HEARD | UNHEARD)[kind]
    sound = make(2 * RATE, RATE, np.random.default_rng(4))
    assert sound.shape == (2 * RATE,) and np.isfinite(sound).all()
    for seed in range(3):
        assert np.isfinite(make(6 * RATE, RATE, np.random.default_rng(seed))).all()
    np.testing.assert_array_equal(sound, make(2 * RATE, RATE, np.random.default_rng(4)))
    assert kind == "silence" or np.abs(sound).max() > 0.01


@pytest.mark.parametrize("slope_db", [0.0, 3.0, 6.0])
def test_colour_falls_by_so_much_an_octave(slope_db: float) -> None:
    power = np.abs(np.fft.rfft(coloured(8 * RATE, slope_db, np.random.default_rng(2)))) ** 2
    hz = np.arange(len(power)) / 8
    levels = [10 * np.log10(power[(hz >= low) & (hz < 2 * low)].mean()) for low in (250, 500, 1000, 2000)]
    np.testing.assert_allclose(np.diff(levels), -slope_db, atol=0.4)


def test_a_scene_has_the_snr_that_was_asked_for_and_labels_that_follow_the_speech() -> None:
    noise = coloured(round(SCENE_SECONDS * RATE), 0, np.random.default_rng(3))
    scene = make_scene(clip(), "steady noise", noise, 10.0, TARGET, np.random.default_rng(5), reverberant=False)
    assert len(scene.samples) == SCENE_SECONDS * RATE and len(scene.speech) == 1 + len(scene.samples) // 320
    (at,) = np.nonzero(scene.speech)
    inside = scene.samples[at[0] * 320 + 800 : at[-1] * 320 - 800]
    outside = np.concatenate([scene.samples[: max(0, at[0] * 320 - 1600)], scene.samples[at[-1] * 320 + 1600 :]])
    ratio = np.mean(inside.astype(np.float64) ** 2) / np.mean(outside.astype(np.float64) ** 2) - 1
    assert 10 * np.log10(ratio) == pytest.approx(10, abs=0.7)
    again = make_scene(clip(), "steady noise", noise, 10.0, TARGET, np.random.default_rng(5), reverberant=False)
    np.testing.assert_array_equal(scene.samples, again.samples)


def test_scenes_are_each_clip_at_each_snr_and_noise_alone() -> None:
    makers = {kind: HEARD[kind] for kind in ("silence", "typing")}
    scenes = make_scenes([clip(), clip()], NoisePool(makers, 2, RATE, 1), (None, 5.0), 3, TARGET, 1)
    assert len(scenes) == 2 * 2 + 2 * 3
    assert [scene.speech.any() for scene in scenes] == [True] * 4 + [False] * 6
    assert all(scene.snr_db is None for scene in scenes if scene.kind == "silence")


def test_figures_are_those_computed_by_hand() -> None:
    speech = np.zeros(101, np.bool_)
    speech[20:60] = True
    samples = np.zeros(2 * RATE, np.float32)
    scenes = [Scene("fan", 5.0, samples, speech), Scene("typing", None, samples, np.zeros(101, np.bool_))]
    # Decisions end at the frames 4, 9, ...; those from 24 to 64 hold speech. The gate hears it two decisions late.
    heard = np.array([30 <= end <= 84 for end in decision_ends(101)])
    false = np.arange(20) == 3
    figures = measure(scenes, [heard, false], [True, False], hangover=5, intervals=False)
    assert figures["miss_rate"] == pytest.approx(2 / 9, abs=1e-4)
    # Quiet: 4 decisions before, the 2 whose last 35 frames lie behind frame 59, and the 20 of the other scene.
    assert figures["false_alarm_rate"] == pytest.approx(1 / (4 + 2 + 20), abs=1e-4)
    assert figures["onset_median_ms"] == (34 - 20) * 20 + 32 and figures["onset_within_300_ms"] == 0
    assert figures["emotion_on_noise"] == 0 and figures["by_noise"]["typing"]["n"] == 1
    assert figures["by_snr"] == {"5 dB": {"n": 1, "miss_rate": figures["miss_rate"]}}


def test_microphone_is_the_same_for_a_name_and_of_the_band_and_level_asked_for() -> None:
    samples = clip()
    recorded = Microphone(15.0).record(samples, RATE, "a")
    np.testing.assert_array_equal(recorded, Microphone(15.0).record(samples, RATE, "a"))
    assert not np.array_equal(recorded, Microphone(15.0).record(samples, RATE, "b"))
    assert recorded.shape == samples.shape and np.abs(recorded).max() <= 1
    assert np.array_equal(recorded * 32768, np.round(recorded * 32768))
    quiet = recorded[: round(0.9 * RATE)].astype(np.float64)
    loud = recorded[round(1.1 * RATE) : round(1.9 * RATE)].astype(np.float64)
    assert 10 * np.log10(np.mean(loud**2) / np.mean(quiet**2) - 1) == pytest.approx(15, abs=2.5)
    power = np.abs(np.fft.rfft(Microphone(0.0).record(samples, RATE, "white?"))) ** 2
    hz = np.linspace(0, RATE / 2, len(power))
    assert power[hz > 7500].mean() < 1e-2 * power[(hz > 4000) & (hz < 6500)].mean()
    with pytest.raises(ValueError, match="twice"):
        Microphone(15.0).record(samples, 8000, "a")


def test_room_decays_by_sixty_decibels_and_keeps_the_direct_path() -> None:
    response = room(RATE, 0.4, 2.0, np.random.default_rng(6))
    assert response[0] == 1 and len(response) == round(0.4 * RATE)
    assert 10 * np.log10(np.sum(response[1:] ** 2)) == pytest.approx(-2.0)
    energy = np.cumsum(response[:0:-1] ** 2)[::-1]
    decay = 10 * np.log10(energy / energy[0])
    t60 = 60 / -np.polyfit(np.arange(1600) / RATE, decay[:1600], 1)[0]
    assert t60 == pytest.approx(0.4, rel=0.1)


def test_active_rms_ignores_silence() -> None:
    tone = np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE)
    assert active_rms(np.concatenate([tone, np.zeros(5 * RATE)]), RATE) == pytest.approx(np.sqrt(0.5), rel=1e-3)
    assert active_rms(np.zeros(RATE), RATE) == 0


def test_scenes_without_a_moment_of_speech_are_refused() -> None:
    silent = [np.zeros((80, SpeechInput().n_mels), np.float16)]
    with pytest.raises(DataError, match="no moment with speech"):
        TrainingBatches(silent, [np.zeros(80, np.int8)], SpeechInput(), SCHEDULE)
    with pytest.raises(DataError, match="no moment without speech"):
        TrainingBatches(silent, [np.ones(80, np.int8)], SpeechInput(), SCHEDULE)
