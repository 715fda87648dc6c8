"""The page listens to films of clips through Chromium's fake microphone: what it reads is what Python reads.

Chromium plays the film at the device's own rate; the AudioWorklet captures it, the page sends blocks to its worker, and
the worker resamples, decides and reads. The tests tap the wire between page and worker.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page
from scipy.signal import fftconvolve

from server import ROOT
from tests.browser.conftest import OpenPage
from tests.browser.test_page_voice import start
from tests.browser.voice_wire import Heard, heard, tap
from tests.conftest import data_folder
from tests.media import SPEECH_RATE, Samples, silence, synthetic_voice, write_voice
from training.evaluation import softmax
from training.known_voice import Voices, follow
from training.noises import HEARD
from training.preprocessing.speech import SpeechInput, log_mel, resample, standardise_log_mel, windows
from training.preprocessing.utterances import Pause, hushed, pauses_before
from training.preprocessing.voice_activity import Gate
from training.scenes import speech_frames
from training.sounds import read_clip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
]

CLIPS = 12
PAUSE_SECONDS = 0.9
"""Longer than the gate's hangover, so that every clip is an utterance of its own."""
SAME_LABEL = 0.95
MAX_DIFFERENCE = 0.02
MAX_CHANGES_A_MINUTE = 4

WORDS = """() => {
  window.words = [];
  const card = document.querySelector('[data-testid=voice-card]');
  const emotion = card.querySelector('[data-testid=voice-emotion]');
  new MutationObserver(() => {
    const word = emotion.dataset.unsure === 'true' ? 'unsure' : emotion.dataset.value;
    window.words.push({ at: performance.now() / 1000, word, until: Number(card.dataset.heardUntil ?? 'NaN'),
      status: card.querySelector('[data-testid=voice-status]').dataset.status });
  }).observe(card, { subtree: true, attributes: true });
}"""


def spoken_clips(count: int) -> list[Samples]:
    """Clips of RAVDESS, evenly spread over actors and emotions, cut to their speech; synthetic voices without data."""
    folder = data_folder()
    if folder is None:
        return [
            synthetic_voice(2.5, pitch=110 + 12 * i, lively=i % 2 == 0) * (0.4 if i % 3 else 1) for i in range(count)
        ]
    from training.datasets import ravdess

    samples = ravdess.load(folder).samples
    share = len(samples) // count
    clips = []
    for i in range(count):
        # Seven further within each share, so that emotions do not repeat from actor to actor.
        clip = read_clip(samples[i * share + 7 * i % share].path, SPEECH_RATE)
        (frames,) = np.nonzero(speech_frames(clip, SpeechInput()))
        clips.append(np.asarray(clip[frames[0] * 320 : frames[-1] * 320], np.float64))
    return clips


def listen(page: Page, seconds: float) -> Heard:
    """Start the microphone and hear so many seconds of it."""
    start(page)
    page.wait_for_timeout(1000 * seconds)
    return heard(page)


def python_reads(sound: NDArray[np.float32], listened: Heard) -> NDArray[np.float64]:
    """readings x classes: Keras on the windows that the page says that it read, cut from the same samples, in order."""
    from converter.keras_file import load_trained

    model = load_trained(ROOT / "training" / "weights", "speech-emotion")
    target = SpeechInput.from_spec(dict(model.spec["input"]))
    decibels = log_mel(sound, target)
    before = pauses(listened, target)
    cut = []
    for reading in listened.readings:
        voice = reading["voice"]
        start, stop = (round(voice[edge] * SPEECH_RATE) for edge in ("start", "end"))
        newest = stop // target.hop_length - 1
        window = log_mel(windows(sound[start:stop], target)[0][0], target)
        window = hushed(window, (stop - target.window_samples) // target.hop_length, before[newest], decibels)
        cut.append(standardise_log_mel(window, target))
    logits = np.concatenate(
        [model.run(np.stack(cut[i : i + 32])[..., None])["emotion"] for i in range(0, len(cut), 32)]
    )
    output = model.spec["outputs"]["emotion"]
    probabilities = softmax(logits / output["temperature"])
    # Each reading in 0.3 s of the three that a window holds, taken with those before it.
    return follow(Voices.from_spec(output["voices"]), probabilities, 0.1)


def pauses(listened: Heard, target: SpeechInput) -> dict[int, Pause | None]:
    """By the newest frame of each of the page's decisions the pause before the utterance, as Python finds it."""
    decisions = [one for answer in listened.answers for one in answer["decisions"]]
    ends = np.array([round(one["end"] * target.sample_rate) // target.hop_length - 1 for one in decisions])
    gate = Gate(**json.loads((ROOT / "models_tfjs" / "voice-activity" / "spec.json").read_text())["gate"])
    probabilities = np.array([one["probability"] for one in decisions])
    return dict(zip(ends.tolist(), pauses_before(ends, probabilities, gate), strict=True))


@pytest.mark.slow
def test_the_page_reads_what_python_reads(open_page: OpenPage, tmp_path: Path) -> None:
    clips = spoken_clips(CLIPS)
    parts = [part for clip in clips for part in (clip, silence(PAUSE_SECONDS))]
    film = np.concatenate(parts)
    page = open_page("/#/voice", voice=write_voice(tmp_path / "film.wav", parts), before=tap)
    listened = listen(page, len(film) / SPEECH_RATE + 4)
    labels = list(page.evaluate("window.answers.find(({ voice }) => voice).voice.emotion.probabilities"))

    sound = resample(listened.samples, listened.rate, SPEECH_RATE)
    readings = listened.readings
    page_says = np.array(
        [[reading["voice"]["emotion"]["probabilities"][label] for label in labels] for reading in readings]
    )
    python_says = python_reads(sound, listened)
    difference = float(np.abs(page_says - python_says).max())
    print(f"{len(readings)} readings at {listened.rate} Hz, probabilities within {difference:.1e}")
    assert difference <= MAX_DIFFERENCE

    # Where in the stream the film begins: Chromium starts it a little before or after the page listens.
    shift = int(np.argmax(fftconvolve(sound[: len(film) + 3 * SPEECH_RATE], film[::-1]))) - len(film) + 1
    ends = np.array([reading["voice"]["end"] * SPEECH_RATE for reading in readings]) - shift
    compared, same = 0, 0
    begin = 0
    for clip in clips:
        chosen = (ends > begin) & (ends <= begin + len(clip) + PAUSE_SECONDS * SPEECH_RATE)
        begin += len(clip) + round(PAUSE_SECONDS * SPEECH_RATE)
        if chosen.any():
            compared += 1
            same += int(page_says[chosen].mean(axis=0).argmax() == python_says[chosen].mean(axis=0).argmax())
    print(f"{same} of {compared} clips with the same label; {CLIPS} were played")
    assert compared >= 0.9 * CLIPS, "clips were not heard as speech"
    assert same >= SAME_LABEL * compared


@pytest.mark.parametrize("kind", ["typing", "fan", "band"])
def test_noise_is_given_no_emotion(open_page: OpenPage, tmp_path: Path, kind: str) -> None:
    """One draw of each kind; how many of many draws the network takes for a voice, `test_convert_shipped` bounds."""
    noise = HEARD[kind](8 * SPEECH_RATE, SPEECH_RATE, np.random.default_rng(24))
    page = open_page(
        "/#/voice", voice=write_voice(tmp_path / "noise.wav", [0.3 * noise / np.abs(noise).max()]), before=tap
    )
    listened = listen(page, 8)
    assert len(listened.answers) > 10
    assert listened.readings == []
    assert page.get_by_test_id("voice-emotion").get_attribute("data-value") == ""


@pytest.mark.slow
def test_words_are_steady_and_latency_is_measured(open_page: OpenPage, tmp_path: Path) -> None:
    """One clip again and again with pauses: label changes are bounded; latencies are printed and kept, not judged."""
    clip = spoken_clips(3)[1]
    pause = 1.5
    page = open_page("/#/voice", voice=write_voice(tmp_path / "loop.wav", [clip, silence(pause)]), before=tap)
    page.evaluate(WORDS)
    listened = listen(page, 45)
    shown = [one for one in page.evaluate("window.words") if one["status"] == "speaking" and one["word"]]
    assert shown, "nothing was read"
    changes = sum(before["word"] != after["word"] for before, after in zip(shown, shown[1:], strict=False))
    minutes = (shown[-1]["at"] - shown[0]["at"]) / 60
    print(f"{changes} changes of the word in {minutes:.2f} minutes: {sorted({one['word'] for one in shown})}")
    assert changes <= max(1, MAX_CHANGES_A_MINUTE * minutes)

    sound = resample(listened.samples, listened.rate, SPEECH_RATE)
    frames = speech_frames(sound, SpeechInput())
    edges = np.flatnonzero(np.diff(np.concatenate([[False], frames, [False]]).astype(np.int8))) * 0.02
    after_word, onset = [], []
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if begin < 0.5 or end > len(sound) / SPEECH_RATE - pause:
            continue
        read = [one["at"] for one in shown if one["until"] >= end and one["until"] < end + 1]
        open_at = [a["at"] for a in listened.answers if a["speaking"] and begin <= a["seconds"] < end]
        after_word += [read[0] - listened.arrived(end)] if read else []
        onset += [open_at[0] - listened.arrived(begin)] if open_at else []
    gaps = np.diff([one["at"] for one in listened.readings])
    figures = {
        "utterances": len(onset),
        "word_end_to_screen_ms": percentiles(after_word),
        "onset_to_answer_ms": percentiles(onset),
        "between_readings_ms": percentiles([gap for gap in gaps if gap < 1.0]),
        "changes_per_minute": round(changes / minutes, 2),
    }
    print(json.dumps(figures))
    results = ROOT / "test-results"
    results.mkdir(exist_ok=True)
    (results / "voice-latency.json").write_text(json.dumps(figures, indent=2) + "\n")
    assert len(onset) >= 3 and after_word


def percentiles(seconds: list[float] | list[Any]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    if not seconds:
        return {}
    return {f"p{share}": round(1000 * float(np.percentile(seconds, share))) for share in (50, 95)}
