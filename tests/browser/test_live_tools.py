"""Tools beside the stage: mirror, pause, and the choice of camera and microphone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, wait_until
from tests.media import Media

pytestmark = pytest.mark.browser

TWO_CAMERAS = ("--use-fake-device-for-media-stream=device-count=2",)

# Keeps what the page asks the browser for.
WATCH = """
  window.asked = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => { window.asked.push(wanted); return ask(wanted); };
"""

PLACES = """() => {
  const middle = (id) => {
    const rect = document.querySelector(`[data-testid=${id}]`).getBoundingClientRect();
    return rect.x + rect.width / 2;
  };
  const video = document.querySelector('[data-testid=face-video]').getBoundingClientRect();
  return (middle('face-box') - video.x) / video.width;
}"""


def start(page: Page, view: str) -> None:
    """Press start and wait until the panel runs."""
    page.get_by_test_id(f"{view}-start").click()
    expect(page.get_by_test_id(f"{view}-view")).to_have_attribute("data-state", "running", timeout=90_000)


def test_the_mirror_can_be_taken_away(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    expect(page.get_by_test_id("face-mirror")).to_be_hidden()
    start(page, "face")
    expect(page.get_by_test_id("face-box")).to_have_count(1)
    mirror = page.get_by_test_id("face-mirror")
    expect(mirror).to_have_attribute("aria-pressed", "true")
    # The face is left of the middle; in the mirror it is right of it.
    wait_until(page, f"({PLACES})() > 0.5")
    mirror.focus()
    page.keyboard.press("Space")
    expect(mirror).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_test_id("face-video")).to_have_css("transform", "none")
    wait_until(page, f"({PLACES})() < 0.5")


def test_pause_freezes_the_face_and_keeps_the_camera(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    start(page, "face")
    expect(page.get_by_test_id("face-card")).to_have_count(1)
    pause = page.get_by_test_id("face-pause")
    pause.click()
    panel = page.get_by_test_id("face-view")
    expect(panel).to_have_attribute("data-paused", "")
    expect(panel.locator(".pause-note")).to_contain_text("camera stays on")
    page.wait_for_timeout(1000)
    page.evaluate(
        """() => {
          window.changes = 0;
          const overlay = document.querySelector('[data-testid=face-overlay]');
          const watch = new MutationObserver((all) => { window.changes += all.length; });
          watch.observe(overlay, { subtree: true, attributes: true, childList: true });
        }"""
    )
    page.wait_for_timeout(1500)
    assert page.evaluate("window.changes") == 0
    assert page.evaluate("document.querySelector('video').srcObject.getVideoTracks()[0].readyState") == "live"
    # What was read last stays, and a mirror that is turned meanwhile turns it too.
    expect(page.get_by_test_id("face-card")).to_have_count(1)
    page.get_by_test_id("face-mirror").click()
    assert page.evaluate("window.changes") > 0
    pause.click()
    expect(panel).not_to_have_attribute("data-paused", "")
    page.evaluate("window.changes = 0")
    wait_until(page, "window.changes > 5")


def test_pause_freezes_the_voice(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/voice", voice=media.lively)
    start(page, "voice")
    expect(page.get_by_test_id("voice-status")).to_have_attribute("data-status", "speaking", timeout=60_000)
    page.get_by_test_id("voice-pause").click()
    columns = "Number(document.querySelector('[data-testid=voice-spectrogram]').dataset.columns)"
    page.wait_for_timeout(1000)
    before = page.evaluate(columns)
    page.wait_for_timeout(1000)
    assert page.evaluate(columns) == before
    page.get_by_test_id("voice-pause").click()
    wait_until(page, f"{columns} > {before}")


def test_another_camera_can_be_taken(open_page: OpenPage) -> None:
    page = open_page("/#/face", launch_flags=TWO_CAMERAS, before=lambda page: page.add_init_script(WATCH))
    start(page, "face")
    chooser = page.get_by_test_id("face-device")
    expect(chooser).to_be_visible()
    expect(page.get_by_label("Camera", exact=True)).to_be_visible()
    expect(chooser.locator("option")).to_have_count(2)
    used = "document.querySelector('video').srcObject?.getVideoTracks()[0].getSettings().deviceId"
    first = page.evaluate(used)
    assert chooser.input_value() == first
    values: list[str] = chooser.locator("option").evaluate_all("all => all.map((one) => one.value)")
    other = next(value for value in values if value != first)
    chooser.focus()
    chooser.select_option(other)
    wait_until(page, f"{used} === '{other}'")
    expect(page.get_by_test_id("face-view")).to_have_attribute("data-state", "running")
    expect(chooser).to_have_value(other)
    expect(chooser).to_be_focused()
    assert page.evaluate("window.asked.at(-1).video.deviceId") == {"exact": other}
    # It is remembered for the next start, but not beyond the page.
    page.get_by_test_id("face-stop").click()
    start(page, "face")
    assert page.evaluate(used) == other
    assert page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })").find(other) == -1


def test_a_camera_that_is_gone_is_not_insisted_on(open_page: OpenPage) -> None:
    page = open_page("/#/face", launch_flags=TWO_CAMERAS)
    start(page, "face")
    chooser = page.get_by_test_id("face-device")
    expect(chooser.locator("option")).to_have_count(2)
    # What the browser answers when the device was unplugged since it was listed.
    page.evaluate(
        """() => {
          const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          navigator.mediaDevices.getUserMedia = async (wanted) => {
            if (wanted.video?.deviceId) throw new OverconstrainedError('deviceId', 'gone');
            return ask(wanted);
          };
        }"""
    )
    chooser.select_option(index=1)
    page.wait_for_timeout(500)
    expect(page.get_by_test_id("face-view")).to_have_attribute("data-state", "running", timeout=60_000)
    expect(page.get_by_test_id("error-message")).to_have_count(0)


def test_another_microphone_can_be_taken(open_page: OpenPage) -> None:
    page = open_page("/#/voice", before=lambda page: page.add_init_script(WATCH))
    start(page, "voice")
    chooser = page.get_by_test_id("voice-device")
    expect(chooser).to_be_visible()
    last = chooser.locator("option").last.get_attribute("value")
    chooser.select_option(last)
    wait_until(page, f"window.asked.at(-1).audio.deviceId?.exact === '{last}'")
    expect(page.get_by_test_id("voice-view")).to_have_attribute("data-state", "running")
    expect(chooser).to_have_value(str(last))
