"""The voice view on real models: emotions that follow the voice, silence, and the live waveform."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, wait_until
from tests.media import SEGMENT_SECONDS, SILENCE_SECONDS, Media

pytestmark = pytest.mark.browser

EMOTIONS = {"neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"}

# Between two ways of speaking the probabilities of the emotions must move by at least this much in all (0..1).
MIN_CHANGE = 0.1

# Keeps every reading that the page shows: [seconds, status, label, probabilities].
RECORD = """() => {
  window.readings = [];
  const card = document.querySelector('[data-testid=voice-card]');
  new MutationObserver(() => {
    const status = card.querySelector('[data-testid=voice-status]').dataset.status;
    const label = card.querySelector('[data-testid=voice-emotion]').dataset.value;
    const bars = [...card.querySelectorAll('.bar')].map((bar) => [bar.dataset.emotion, Number(bar.dataset.value)]);
    window.readings.push({ at: performance.now() / 1000, status, label, bars: Object.fromEntries(bars) });
  }).observe(card, { subtree: true, attributes: true, characterData: true, childList: true });
}"""


def start(page: Page) -> None:
    """Press start and wait until the microphone is read."""
    page.get_by_test_id("voice-start").click()
    expect(page.get_by_test_id("voice-view")).to_have_attribute("data-state", "running", timeout=90_000)


def stretches(readings: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The readings with an emotion, in stretches that are parted by silence."""
    found: list[list[dict[str, Any]]] = [[]]
    for reading in readings:
        if reading["status"] == "speaking" and reading["label"]:
            found[-1].append(reading)
        elif found[-1] and reading["status"] != "speaking":
            found.append([])
    return [stretch for stretch in found if stretch]


def middle(stretch: list[dict[str, Any]]) -> dict[str, float]:
    """The reading in the middle of a stretch, where no other voice is in the window."""
    bars: dict[str, float] = stretch[len(stretch) // 2]["bars"]
    return bars


def test_the_emotion_follows_the_voice(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/voice", voice=media.changing, reduced_motion="no-preference")
    page.evaluate(RECORD)
    start(page)
    round_seconds = 2 * (SEGMENT_SECONDS + SILENCE_SECONDS)
    page.wait_for_timeout(1000 * (1.4 * round_seconds))
    readings: list[dict[str, Any]] = page.evaluate("window.readings")

    statuses = {reading["status"] for reading in readings}
    assert "speaking" in statuses
    assert statuses & {"silent", "muted"}, "the silence between the voices was not noticed"
    for reading in readings:
        # The first moments of an utterance have no reading yet.
        if reading["status"] == "speaking" and reading["label"]:
            assert reading["bars"].keys() == EMOTIONS
            assert sum(reading["bars"].values()) == pytest.approx(1, abs=1e-3)
            assert reading["label"] in EMOTIONS

    parts = [part for part in stretches(readings) if part[-1]["at"] - part[0]["at"] > 2]
    assert len(parts) >= 2, "fewer than two stretches of speech"
    first, second = middle(parts[0]), middle(parts[1])
    change = sum(abs(first[label] - second[label]) for label in EMOTIONS) / 2
    assert change >= MIN_CHANGE
    if media.real_voices:
        labels = {reading["label"] for part in parts for reading in part}
        assert len(labels) >= 2, "one emotion for anger and for sadness"


def test_silence_is_not_read(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/voice", voice=media.silence)
    start(page)
    status = page.get_by_test_id("voice-status")
    expect(status).to_contain_text("Nobody is speaking")
    expect(page.get_by_test_id("voice-live")).to_contain_text("Nobody is speaking")
    page.wait_for_timeout(2000)
    expect(page.get_by_test_id("voice-emotion")).to_have_attribute("data-value", "")
    assert page.locator("[data-testid^=voice-bar-]").count() == len(EMOTIONS)
    expect(page.get_by_test_id("voice-bar-happy")).to_have_attribute("data-value", "")


def test_the_waveform_shows_the_sound(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/voice", voice=media.lively, reduced_motion="no-preference")
    start(page)
    wait_until(page, "Number(document.querySelector('[data-testid=voice-waveform]').dataset.peak) > 0.05")
    page.wait_for_timeout(3000)
    drawn = page.evaluate(
        """() => {
          const host = document.querySelector('[data-testid=voice-waveform] > div > div');
          const canvas = host.shadowRoot.querySelector('.canvases canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let tallest = 0;
          for (let x = 0; x < canvas.width; x += 1) {
            let tall = 0;
            for (let y = 0; y < canvas.height; y += 1) tall += data[4 * (y * canvas.width + x) + 3] > 0 ? 1 : 0;
            tallest = Math.max(tallest, tall);
          }
          return tallest / canvas.height;
        }"""
    )
    assert drawn > 1 / 8
    # The rules that WaveSurfer brings are in force in spite of the content security policy.
    position = page.evaluate(
        """() => {
          const host = document.querySelector('[data-testid=voice-waveform] > div > div');
          return getComputedStyle(host.shadowRoot.querySelector('.progress')).position;
        }"""
    )
    assert position == "absolute"


def test_the_microphone_is_asked_for_once_and_as_it_is(open_page: OpenPage, media: Media) -> None:
    watch = """
      window.asked = [];
      const devices = navigator.mediaDevices;
      const ask = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (wanted) => {
        window.asked.push(wanted);
        window.stream = await ask(wanted);
        return window.stream;
      };
    """
    page = open_page("/#/voice", voice=media.lively, before=lambda page: page.add_init_script(watch))
    assert page.evaluate("window.asked") == []
    start(page)
    (asked,) = page.evaluate("window.asked")
    assert asked["video"] is False
    processing = ("echoCancellation", "noiseSuppression", "autoGainControl")
    assert {name: asked["audio"][name] for name in processing} == dict.fromkeys(processing, False)
    settings = page.evaluate("window.stream.getAudioTracks()[0].getSettings()")
    assert not any(settings.get(name) for name in processing)

    page.get_by_test_id("voice-stop").click()
    assert page.evaluate("window.stream.getAudioTracks()[0].readyState") == "ended"
    expect(page.get_by_test_id("voice-status")).to_have_attribute("data-status", "off")
    expect(page.locator("[data-testid=voice-waveform] *")).to_have_count(0)
