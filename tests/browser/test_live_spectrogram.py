"""The scrolling spectrogram of the voice view."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect
from scipy.stats import spearmanr

from tests.browser.conftest import OpenPage, wait_until
from tests.media import Media

pytestmark = pytest.mark.browser

BANDS = 64

# Mean luma of each column of the picture, and its size.
COLUMNS = """() => {
  const canvas = document.querySelector('[data-testid=voice-spectrogram] canvas');
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  const means = new Array(width).fill(0);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = 4 * (y * width + x);
      means[x] += (0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]) / height;
    }
  }
  return { width, height, means };
}"""

COUNT = "Number(document.querySelector('[data-testid=voice-spectrogram]').dataset.columns)"


def start(page: Page) -> None:
    """Press start and wait until five seconds of sound are drawn."""
    page.get_by_test_id("voice-start").click()
    expect(page.get_by_test_id("voice-view")).to_have_attribute("data-state", "running", timeout=90_000)
    wait_until(page, f"{COUNT} > 260")
    # The columns are there before the browser has painted them.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sound_and_silence_in_both_themes(open_page: OpenPage, media: Media, scheme: Literal["light", "dark"]) -> None:
    page = open_page("/#/voice", voice=media.lively, color_scheme=scheme, reduced_motion="no-preference")
    start(page)
    loud = page.evaluate(COLUMNS)
    assert loud["height"] == BANDS
    assert loud["width"] == 250  # five seconds in hops of 20 ms
    label = page.locator("[data-testid=voice-spectrogram] canvas").get_attribute("aria-label")
    assert label is not None and "50" in label and "7000" in label
    quiet_page = open_page("/#/voice", voice=media.silence, color_scheme=scheme)
    start(quiet_page)
    quiet = quiet_page.evaluate(COLUMNS)
    # On a busy machine the fake microphone drops blocks, which can be seen.
    usual = sorted(quiet["means"])[125]
    assert sum(abs(mean - usual) < 1 for mean in quiet["means"]) > 200, "silence has a picture"
    assert max(loud["means"]) - min(loud["means"]) > 20, "speech and its pauses look alike"
    # Loud is bright on the dark page and dark on the light one.
    mean = sum(loud["means"]) / len(loud["means"])
    assert (mean > usual + 10) if scheme == "dark" else (mean < usual - 10)


def test_it_scrolls_and_follows_the_theme(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/voice", voice=media.lively, color_scheme="light", reduced_motion="no-preference")
    start(page)
    page.get_by_test_id("voice-pause").click()
    page.wait_for_timeout(500)
    before = page.evaluate(COLUMNS)["means"]
    page.emulate_media(color_scheme="dark")
    wait_until(page, "document.documentElement.dataset.bsTheme === 'dark'")
    page.wait_for_timeout(300)
    after = page.evaluate(COLUMNS)["means"]
    # The same picture in other colours: what was darkest is brightest.
    correlation = spearmanr(before, after).statistic
    print(f"rank correlation of the columns' lightness in the two themes: {correlation:.3f}")
    assert correlation < -0.95

    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(300)
    count = page.evaluate(COUNT)
    page.get_by_test_id("voice-pause").click()
    wait_until(page, f"{COUNT} >= {count + 40}")
    page.get_by_test_id("voice-pause").click()
    page.wait_for_timeout(500)
    moved = page.evaluate(COUNT) - count
    now = page.evaluate(COLUMNS)["means"]
    assert now[: 250 - moved] == pytest.approx(before[moved:], abs=0.5)


def test_it_is_gone_after_stop(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/voice", voice=media.lively, reduced_motion="no-preference")
    start(page)
    page.get_by_test_id("voice-stop").click()
    expect(page.locator("[data-testid=voice-spectrogram] *")).to_have_count(0)
