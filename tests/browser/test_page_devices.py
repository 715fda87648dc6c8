"""Cameras and microphones that are missing, refused, busy or lost: each gets a message that says what to do."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Devices, OpenPage, wait_until
from tests.media import Media

pytestmark = pytest.mark.browser

# Makes getUserMedia fail `times` times with the error `name` for the kind of device, then work as before.
FAIL = """([kind, name, times]) => {
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  let left = times;
  devices.getUserMedia = async (wanted) => {
    if (wanted[kind] && left > 0) {
      left -= 1;
      throw new DOMException('made to fail', name);
    }
    return ask(wanted);
  };
}"""


def expect_problem(page: Page, view: str, code: str, *, says: str, advises: str) -> None:
    """The view has failed with one message, which says what happened and what to do, and offers to try again."""
    panel = page.get_by_test_id(f"{view}-view")
    expect(panel).to_have_attribute("data-state", "failed", timeout=60_000)
    problem = panel.get_by_test_id("error-message")
    expect(problem).to_have_attribute("data-code", code)
    expect(problem).to_have_attribute("role", "alert")
    expect(problem).to_contain_text(says)
    expect(problem).to_contain_text(advises)
    expect(panel.get_by_test_id("retry")).to_be_focused()


CASES: list[tuple[str, Devices, str, str, str]] = [
    ("face", "none", "no-camera", "No camera was found", "Connect a camera"),
    ("voice", "none", "no-microphone", "No microphone was found", "Connect a microphone"),
    ("face", "refused", "permission-refused", "Permission to use the camera was refused", "Allow the camera"),
    ("voice", "refused", "permission-refused", "Permission to use the microphone was refused", "Allow the microphone"),
]


@pytest.mark.parametrize(("view", "devices", "code", "says", "advises"), CASES)
def test_no_device_or_no_permission(
    open_page: OpenPage, view: str, devices: Devices, code: str, says: str, advises: str
) -> None:
    page = open_page(f"/#/{view}", devices=devices)
    page.get_by_test_id(f"{view}-start").click()
    expect_problem(page, view, code, says=says, advises=advises)


def test_a_busy_camera_can_be_tried_again(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    page.evaluate(FAIL, ["video", "NotReadableError", 1])
    page.get_by_test_id("face-start").click()
    expect_problem(page, "face", "camera-busy", says="cannot be opened", advises="close that program")
    page.get_by_test_id("retry").click()
    expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=90_000)
    expect(page.get_by_test_id("error-message")).to_have_count(0)


def test_a_page_over_plain_http_says_so(open_page: OpenPage, origin: str) -> None:
    """Any name but localhost, without TLS: the browser hides cameras and microphones there."""
    port = urlsplit(origin).port
    page = open_page(
        "/#/face",
        origin=f"http://mien.test:{port}",
        launch_flags=("--host-resolver-rules=MAP mien.test 127.0.0.1",),
        expect_errors="Cross-Origin-Opener-Policy|Cross-Origin-Embedder-Policy|untrustworthy|Permissions-Policy",
    )
    assert page.evaluate("isSecureContext") is False
    page.get_by_test_id("face-start").click()
    expect_problem(page, "face", "insecure-context", says="plain http", advises="--https")
    page.get_by_test_id("nav-voice").click()
    page.get_by_test_id("voice-start").click()
    expect_problem(page, "voice", "insecure-context", says="plain http", advises="localhost")


def test_a_lost_camera_is_told_and_found_again(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    page.get_by_test_id("face-start").click()
    expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=90_000)
    # What the browser does when the plug is pulled.
    page.evaluate("document.querySelector('video').srcObject.getTracks()[0].dispatchEvent(new Event('ended'))")
    panel = page.get_by_test_id("face-view")
    expect(panel).to_have_attribute("data-state", "failed")
    expect(page.get_by_test_id("error-message")).to_have_attribute("data-code", "camera-lost")
    expect(page.get_by_test_id("face-card")).to_have_count(0)
    page.get_by_test_id("retry").click()
    expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=90_000)


def test_a_failed_camera_leaves_the_voice_alone(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/both", voice=media.lively)
    page.evaluate(FAIL, ["video", "NotAllowedError", 99])
    page.get_by_test_id("voice-start").click()
    page.get_by_test_id("face-start").click()
    expect_problem(page, "face", "permission-refused", says="camera", advises="try again")
    expect(page.get_by_test_id("voice-view")).to_have_attribute("data-state", "running", timeout=90_000)
    expect(page.get_by_test_id("voice-status")).to_have_attribute("data-status", "speaking", timeout=60_000)


def test_a_camera_that_comes_after_stop_is_let_go(open_page: OpenPage, media: Media) -> None:
    """The visitor presses stop while the browser still asks, and allows the camera afterwards."""
    page = open_page("/#/face", film=media.one_face)
    page.evaluate(
        """() => {
          const devices = navigator.mediaDevices;
          const ask = devices.getUserMedia.bind(devices);
          const answered = new Promise((resolve) => { window.answer = resolve; });
          devices.getUserMedia = async (wanted) => {
            await answered;
            window.stream = await ask(wanted);
            return window.stream;
          };
        }"""
    )
    page.get_by_test_id("face-start").click()
    page.get_by_test_id("face-stop").click()
    expect(page.get_by_test_id("face-view")).to_have_attribute("data-state", "idle")
    page.evaluate("window.answer()")
    wait_until(page, "window.stream?.getTracks().every((track) => track.readyState === 'ended')")
    assert page.evaluate("document.querySelector('video').srcObject") is None
