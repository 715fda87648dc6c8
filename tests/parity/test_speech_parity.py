"""Speech: the webapp's resampler, log-mel, windows and voice activity against Python's, SciPy's and librosa's.

Bars (DESIGN.md, section 3): resampler within 1e-5, log-mel within 1e-3 dB. Signals are synthetic and random.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import librosa
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal as scipy_signal

from server import ROOT
from tests.parity.conftest import Parity
from tests.parity.packed import pack, unpack
from training.evaluation import softmax
from training.known_voice import MEMORY, Voices, follow
from training.preprocessing.speech import (
    Resampler,
    SpeechInput,
    VoiceActivity,
    has_speech,
    log_mel,
    resample,
    standardise_log_mel,
    windows,
)
from training.steady_reading import beliefs, words

pytestmark = pytest.mark.browser

RESAMPLER_BAR = 1e-5
LOG_MEL_BAR_DB = 1e-3

INPUT = SpeechInput(mean=tuple(range(-64, 0)), std=tuple(np.linspace(1, 3, 64)))
"""The settings that ship, with a mean and a standard deviation of each band that no two bands share."""


def chirp(rate: int, seconds: float, seed: int = 0) -> NDArray[np.float32]:
    """A sweep from 80 Hz to 90 % of Nyquist with some noise."""
    t = np.arange(int(rate * seconds)) / rate
    sweep = scipy_signal.chirp(t, 80, seconds, 0.45 * rate)
    noise = 0.05 * np.random.default_rng(seed).normal(size=len(t))
    return np.asarray(0.5 * sweep + noise, np.float32)


def voice(rate: int, seconds: float) -> NDArray[np.float32]:
    """Syllables of a harmonic tone with pauses: enough of a voice for the voice activity."""
    t = np.arange(int(rate * seconds)) / rate
    pitch = 140 + 20 * np.sin(2 * np.pi * 0.7 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    harmonics = np.arange(1, 20)[:, None]
    tone = np.sum(np.sin(harmonics * phase) / harmonics, axis=0)
    syllables = np.clip(np.sin(2 * np.pi * 2 * t), 0, 1)
    background = 1e-4 * np.random.default_rng(2).normal(size=len(t))
    return np.asarray(0.1 * syllables * tone + background, np.float32)


@pytest.mark.parametrize(
    ("rate_in", "rate_out"),
    [(48000, 16000), (44100, 16000), (16000, 16000), (8000, 16000), (22050, 16000), (96000, 16000), (16000, 48000)],
)
def test_resampler(parity: Parity, rate_in: int, rate_out: int) -> None:
    samples = chirp(rate_in, 0.3)[: int(0.3 * rate_in) - 7]
    resampler = Resampler()
    ours = unpack(parity.call("speech.resample", pack(samples), rate_in, rate_out, asdict(resampler)))
    expected = resample(samples, rate_in, rate_out, resampler)
    assert ours.dtype == np.float32
    assert len(ours) == -(-len(samples) * rate_out // rate_in)
    np.testing.assert_allclose(ours, expected, atol=RESAMPLER_BAR, rtol=0)


def test_resampler_is_scipys_polyphase_filter(parity: Parity) -> None:
    """The same taps, made by NumPy's own sinc and Kaiser window, through scipy.signal.upfirdn."""
    samples = chirp(44100, 0.3)
    up, down = 160, 441
    resampler = Resampler()
    half = round(resampler.zeros * down / up * up)
    t = np.arange(-half, half + 1) / up
    taps = np.sinc(resampler.rolloff * up / down * t) * np.kaiser(len(t), resampler.beta)
    # The sum of the taps of each phase is not quite the same; each is brought to 1, as the contract says.
    for phase in range(up):
        taps[phase::up] /= taps[phase::up].sum()
    filtered = scipy_signal.upfirdn(taps, samples.astype(np.float64), up, down=1)[half:]
    expected = filtered[::down][: -(-len(samples) * up // down)]
    ours = unpack(parity.call("speech.resample", pack(samples), 44100, 16000, asdict(resampler)))
    np.testing.assert_allclose(ours, expected, atol=RESAMPLER_BAR, rtol=0)


def test_resampler_removes_what_would_alias(parity: Parity) -> None:
    t = np.arange(48000) / 48000
    tone = np.sin(2 * np.pi * 12000 * t).astype(np.float32)
    ours = unpack(parity.call("speech.resample", pack(tone), 48000, 16000, asdict(Resampler())))
    middle = ours[500:-500]
    assert np.max(np.abs(middle)) < 10 ** (-90 / 20), "12 kHz lies above the new Nyquist frequency"


@pytest.mark.parametrize(
    "target",
    [
        INPUT,
        replace(INPUT, n_fft=512, hop_length=160, n_mels=40, fmin=0.0, fmax=8000.0),
        replace(INPUT, sample_rate=22050, n_fft=2048, hop_length=512, n_mels=128, fmax=9000.0),
    ],
    ids=["shipped", "short", "long"],
)
@pytest.mark.parametrize("kind", ["chirp", "noise", "silence", "voice"])
def test_log_mel_is_librosas(parity: Parity, target: SpeechInput, kind: str) -> None:
    rate = target.sample_rate
    samples = {
        "chirp": chirp(rate, 1.0),
        "noise": np.random.default_rng(5).normal(0, 0.1, rate).astype(np.float32),
        "silence": np.zeros(rate, np.float32),
        "voice": voice(rate, 1.0),
    }[kind]
    ours = unpack(parity.call("speech.logMel", pack(samples), spec(target)))
    np.testing.assert_allclose(ours, log_mel(samples, target), atol=LOG_MEL_BAR_DB, rtol=0)
    power = librosa.feature.melspectrogram(
        y=samples.astype(np.float64),
        sr=rate,
        n_fft=target.n_fft,
        hop_length=target.hop_length,
        n_mels=target.n_mels,
        fmin=target.fmin,
        fmax=target.fmax,
        center=True,
        pad_mode="constant",
        power=2.0,
        dtype=np.float64,
    )
    theirs = librosa.power_to_db(power, ref=1.0, amin=target.amin, top_db=None).T
    np.testing.assert_allclose(ours, theirs, atol=LOG_MEL_BAR_DB, rtol=0)


@pytest.mark.parametrize("length", [1, 1000, 47_999, 48_000, 48_001, 56_000, 60_123, 160_000])
def test_windows(parity: Parity, length: int) -> None:
    samples = np.random.default_rng(length).normal(0, 0.1, length).astype(np.float32)
    ours = parity.call("speech.windows", pack(samples), spec(INPUT))
    expected, starts = windows(samples, INPUT)
    assert ours["starts"] == list(starts)
    np.testing.assert_array_equal(np.stack([unpack(one) for one in ours["samples"]]), expected)


@pytest.mark.parametrize("kind", ["voice", "quiet voice", "noise", "hum", "silence", "late voice"])
def test_voice_activity(parity: Parity, kind: str) -> None:
    rate = INPUT.sample_rate
    t = np.arange(3 * rate) / rate
    speaking = voice(rate, 3.0)
    samples = {
        "voice": speaking,
        "quiet voice": speaking * 1e-4,
        "noise": np.random.default_rng(6).normal(0, 0.1, 3 * rate),
        "hum": 0.1 * np.sin(2 * np.pi * 150 * t),
        "silence": np.zeros(3 * rate),
        "late voice": np.concatenate([np.zeros(2 * rate), speaking[:rate]]),
    }[kind]
    decibels = log_mel(samples, INPUT)
    expected = has_speech(decibels, INPUT)
    assert parity.call("speech.hasSpeech", pack(decibels), spec(INPUT)) is expected
    if kind in ("voice", "noise", "silence"):
        assert expected is (kind == "voice")


def test_a_voice_that_becomes_known(parity: Parity) -> None:
    """More readings than are remembered, of the voices that the shipped spec knows."""
    output = json.loads((ROOT / "models_tfjs" / "speech-emotion" / "spec.json").read_text())["outputs"]["emotion"]
    rng = np.random.default_rng(9)
    logits = rng.normal(0, 2, (MEMORY + 20, len(output["labels"]))) + 2 * rng.normal(size=len(output["labels"]))
    probabilities = softmax(logits)
    expected = follow(Voices.from_spec(output["voices"]), probabilities, 0.1)
    ours = parity.call("speech.knownVoice", probabilities.tolist(), output["voices"], 0.1)
    assert np.abs(expected - probabilities).max() > 0.1
    np.testing.assert_allclose(ours, expected, atol=1e-9)


def test_words_of_readings_that_follow_each_other(parity: Parity) -> None:
    """What the folds' networks read of clips that were spoken again and again, with silences between the clips."""
    recorded = json.loads((ROOT / "webapp" / "tests" / "recorded-readings.json").read_text())
    readings = np.concatenate([np.array(clip["readings"]) / 1000 for clip in recorded["clips"]])
    pauses = np.repeat(np.arange(len(recorded["clips"])) * 5.0, [len(clip["readings"]) for clip in recorded["clips"]])
    seconds = np.arange(len(readings)) * recorded["every"] + pauses
    labels = recorded["labels"]
    named = [dict(zip(labels, reading, strict=True)) for reading in readings.tolist()]
    believed = beliefs(readings, seconds)
    for threshold in (0.6, 0.9):
        shown, sure = words(believed, threshold)
        ours = parity.call("speech.steady", named, seconds.tolist(), threshold)
        np.testing.assert_allclose([list(one["probabilities"].values()) for one in ours], believed, atol=1e-12)
        assert [one["label"] for one in ours] == [labels[i] for i in shown]
        assert [one["unsure"] for one in ours] == (~sure).tolist()
        assert sure.any() and not sure.all() and len(set(shown.tolist())) >= 3


def test_voice_activity_at_random_thresholds(parity: Parity) -> None:
    rng = np.random.default_rng(8)
    decibels = log_mel(voice(INPUT.sample_rate, 3.0), INPUT)
    answers = set()
    for _ in range(20):
        rule = VoiceActivity(
            low_hz=rng.uniform(50, 500),
            high_hz=rng.uniform(1000, 6000),
            min_level_db=rng.uniform(-80, -10),
            above_floor_db=rng.uniform(0, 20),
            max_flatness_db=rng.uniform(-15, 0),
            min_share=rng.uniform(0, 0.6),
        )
        target = replace(INPUT, voice_activity=rule)
        answer = has_speech(decibels, target)
        assert parity.call("speech.hasSpeech", pack(decibels), spec(target)) is answer
        answers.add(answer)
    assert answers == {True, False}, "the thresholds decide"


def spec(target: SpeechInput) -> dict[str, Any]:
    """The input of a spec, its mean and standard deviation as many as there are bands."""
    written = target.to_spec()
    return written | {name: np.resize(written[name], target.n_mels).tolist() for name in ("mean", "std")}


def test_standardised_by_band(parity: Parity) -> None:
    """The whole way from samples to network input is in the golden vectors; here, that bands are not mixed up."""
    decibels = log_mel(voice(INPUT.sample_rate, 3.0), INPUT)
    standardised = standardise_log_mel(decibels, INPUT)
    assert standardised.shape == (INPUT.frames, INPUT.n_mels)
    ours = unpack(parity.call("speech.standardise", pack(decibels), spec(INPUT)))
    np.testing.assert_allclose(ours, standardised, atol=1e-5, rtol=0)
