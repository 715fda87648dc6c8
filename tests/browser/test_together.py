"""Face and voice as one reading, and the plane of valence and arousal."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, wait_until
from tests.media import Media

pytestmark = pytest.mark.browser

COMMON = {"angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"}

# Everything that the panel shows, in one look.
LOOK = """() => {
  const panel = document.querySelector('[data-testid=fusion-view]');
  const part = (id) => panel.querySelector(`[data-testid=${id}]`);
  return {
    label: part('fusion-emotion').dataset.value,
    share: Number(part('fusion-emotion').dataset.probability),
    bars: Object.fromEntries(
      [...panel.querySelectorAll('.bar')].map((bar) => [bar.dataset.emotion, Number(bar.dataset.value)])),
    face: Number(part('fusion-face-share').dataset.value),
    voice: Number(part('fusion-voice-share').dataset.value),
    note: part('fusion-note').textContent,
    valence: Number(part('plane-point').dataset.valence),
    arousal: Number(part('plane-point').dataset.arousal),
    words: part('plane-words').textContent,
    trail: [...panel.querySelectorAll('.plane-trail')].filter((path) => path.getAttribute('d').includes('L')).length,
  };
}"""

FACE_COUNTS = "Number(document.querySelector('[data-testid=fusion-face-share]').dataset.value) > 0"
VOICE_COUNTS = "Number(document.querySelector('[data-testid=fusion-voice-share]').dataset.value) > 0"


def look(page: Page) -> dict[str, Any]:
    """What the panel shows now."""
    seen: dict[str, Any] = page.evaluate(LOOK)
    return seen


def test_both_become_one_reading(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/both", film=media.one_face, voice=media.lively, reduced_motion="no-preference")
    expect(page.get_by_test_id("fusion-view")).to_have_attribute("data-state", "idle")
    page.get_by_test_id("both-start").click()
    for view in ("face", "voice"):
        expect(page.get_by_test_id(f"{view}-view")).to_have_attribute("data-state", "running", timeout=90_000)
    wait_until(page, f"{FACE_COUNTS} && {VOICE_COUNTS}")
    page.wait_for_timeout(3000)
    seen = look(page)
    assert seen["bars"].keys() == COMMON
    assert sum(seen["bars"].values()) == pytest.approx(1, abs=1e-3)
    assert seen["label"] in COMMON
    assert seen["share"] == pytest.approx(seen["bars"][seen["label"]], abs=1e-4)
    assert seen["face"] + seen["voice"] == pytest.approx(1, abs=1e-3)
    assert -1 <= seen["valence"] <= 1 and -1 <= seen["arousal"] <= 1
    assert "valence" in seen["words"] and "arousal" in seen["words"]
    assert seen["trail"] >= 1
    expect(page.get_by_test_id("fusion-live")).to_contain_text("Together")

    page.get_by_text("How the two become one").click()
    expect(page.get_by_text("to the power of its weight")).to_be_visible()

    # Without the voice it is the face, unchanged.
    page.get_by_test_id("voice-stop").click()
    wait_until(page, f"!({VOICE_COUNTS})")
    page.get_by_test_id("face-pause").click()
    page.wait_for_timeout(400)
    alone = look(page)
    assert (alone["face"], alone["voice"]) == (1, 0)
    assert "face alone" in alone["note"]
    face = (
        page.get_by_test_id("face-card")
        .locator(".bar")
        .evaluate_all("bars => Object.fromEntries(bars.map((bar) => [bar.dataset.emotion, Number(bar.dataset.value)]))")
    )
    assert alone["bars"] == pytest.approx(face, abs=0.02)


def test_silence_leaves_the_face_alone_and_nobody_leaves_nothing(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/both", film=media.one_face, voice=media.silence)
    page.get_by_test_id("both-start").click()
    wait_until(page, FACE_COUNTS)
    expect(page.get_by_test_id("voice-view")).to_have_attribute("data-state", "running", timeout=90_000)
    page.wait_for_timeout(2000)
    assert look(page)["face"] == 1
    page.get_by_test_id("face-stop").click()
    expect(page.get_by_test_id("fusion-emotion")).to_have_attribute("data-value", "")
    expect(page.get_by_test_id("plane-words")).to_contain_text("Nothing is read")
    expect(page.get_by_test_id("plane-point")).to_be_hidden()


def test_with_reduced_motion_nothing_trails(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/both", film=media.one_face, reduced_motion="reduce")
    page.get_by_test_id("face-start").click()
    wait_until(page, FACE_COUNTS)
    page.wait_for_timeout(3000)
    seen = look(page)
    assert seen["trail"] == 0
    assert "valence" in seen["words"]
    # The point is put down anew no more than once a second.
    page.evaluate(
        """() => {
          window.moves = 0;
          const point = document.querySelector('[data-testid=plane-point]');
          const watch = new MutationObserver(() => { window.moves += 1; });
          watch.observe(point, { attributes: true, attributeFilter: ['style'] });
        }"""
    )
    page.wait_for_timeout(3000)
    assert page.evaluate("window.moves") <= 4
