"""Readings recorded and corrected on the live page, on real models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, wait_until
from tests.media import Media

pytestmark = pytest.mark.browser

BUSY_MS = 30_000  # a busy machine takes its time to show what was done


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Wait longer than usual for what a page shows."""
    expect.set_options(timeout=BUSY_MS)
    yield
    expect.set_options(timeout=5_000)


# What a card shows of one label, in one look.
SHARE = (
    "(label) => Number(document.querySelector(`[data-testid=face-card] [data-testid=face-bar-${label}]`).dataset.value)"
)


def start(page: Page, what: str) -> None:
    """Start the camera ("face") or the microphone ("voice")."""
    page.get_by_test_id(f"{what}-start").click()
    expect(page.get_by_test_id(f"{what}-view")).to_have_attribute("data-state", "running", timeout=90_000)


def samples(page: Page, subject: str) -> int:
    """How many samples of a subject an export has."""
    with page.expect_download() as download:
        page.get_by_test_id("export-json").click()
    document = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    found = {one["id"]: len(one["samples"]["ms"]) for one in document["subjects"]}
    return found.get(subject, 0)


def correct(card: Locator, wanted: str) -> None:
    """Say on the card that the label is another."""
    card.get_by_test_id("wrong").click()
    card.get_by_test_id(f"right-{wanted}").click()


def test_a_correction_moves_the_face_at_once(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    start(page, "face")
    card = page.get_by_test_id("face-card")
    emotion = card.get_by_test_id("face-emotion")
    expect(emotion).to_have_attribute("data-value", "happy")
    before = page.evaluate(SHARE, "sad")

    card.get_by_test_id("wrong").focus()
    page.keyboard.press("Enter")
    expect(card.get_by_test_id("correction-question")).to_contain_text("Read as Happy")
    expect(card.get_by_test_id("right-happy")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(card.get_by_test_id("wrong")).to_be_focused()
    expect(card.get_by_test_id("correction-question")).to_be_hidden()

    correct(card, "sad")
    expect(card.get_by_test_id("correction-answer")).to_contain_text("Sad instead of Happy")
    wait_until(page, f"({SHARE})('sad') > {before} + 1e-4")
    for _ in range(40):
        if emotion.get_attribute("data-value") == "sad":
            break
        correct(card, "sad")
        page.wait_for_timeout(300)
    expect(emotion).to_have_attribute("data-value", "sad")
    bars = card.locator(".bar").evaluate_all("bars => bars.map((bar) => Number(bar.dataset.value))")
    assert sum(bars) == pytest.approx(1, abs=1e-3)

    # Off and on again, and reset, in the session view; the camera is off there.
    page.get_by_test_id("nav-session").click()
    expect(page.get_by_test_id("corrected")).to_have_attribute("data-subject", "person-1")
    expect(page.get_by_test_id("corrected")).to_contain_text("Happy → Sad")


def test_corrections_can_be_switched_off_and_taken_back(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    start(page, "face")
    card = page.get_by_test_id("face-card")
    expect(card.get_by_test_id("face-emotion")).to_have_attribute("data-value", "happy")
    before = page.evaluate(SHARE, "angry")
    correct(card, "angry")
    wait_until(page, f"({SHARE})('angry') > 1.5 * {before} + 1e-4")
    # The switch lies in another view, which would stop the camera: it is pressed from here.
    page.get_by_test_id("corrections-switch").evaluate("input => input.click()")
    wait_until(page, f"({SHARE})('angry') < 1.2 * {before} + 1e-4")
    page.get_by_test_id("corrections-switch").evaluate("input => input.click()")
    wait_until(page, f"({SHARE})('angry') > 1.5 * {before} + 1e-4")
    card.get_by_test_id("correction-undo").click()
    wait_until(page, f"({SHARE})('angry') < 1.2 * {before} + 1e-4")
    expect(page.get_by_test_id("corrected")).to_have_count(0)


def test_a_voice_is_corrected_and_recorded(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/voice", voice=media.lively)
    start(page, "voice")
    page.get_by_test_id("session-strip").get_by_test_id("record").click()
    card = page.get_by_test_id("voice-card")
    emotion = page.get_by_test_id("voice-emotion")
    wait_until(page, "document.querySelector('[data-testid=voice-emotion]').dataset.value !== ''")
    wanted = "calm" if emotion.get_attribute("data-value") != "calm" else "disgust"
    correct(card, wanted)
    expect(card.get_by_test_id("correction-answer")).to_contain_text(f"{wanted.capitalize()} instead of")
    expect(page.get_by_test_id("session-strip").get_by_test_id("timeline-slider")).to_have_attribute("data-lanes", "1")
    page.get_by_test_id("nav-session").click()
    expect(page.get_by_test_id("corrected")).to_have_attribute("data-subject", "voice-1")
    assert samples(page, "voice-1") > 0


def test_a_session_is_recorded_over_stops_of_the_camera(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/session", film=media.one_face)
    view = page.get_by_test_id("session-view")
    view.get_by_test_id("record").click()
    expect(view.get_by_test_id("record-state")).to_contain_text("Start the camera")
    page.get_by_test_id("nav-face").click()
    start(page, "face")
    strip = page.get_by_test_id("session-strip")
    expect(strip.get_by_test_id("record")).to_have_text("Stop recording")
    slider = strip.get_by_test_id("timeline-slider")
    expect(slider).to_have_attribute("data-lanes", "1")
    wait_until(page, "Number(document.querySelector('.strip [role=slider]').getAttribute('aria-valuemax')) >= 4")
    page.get_by_test_id("nav-session").click()
    first = samples(page, "person-1")
    # Four a second at most, and some of them at any pace.
    length = int(view.get_by_test_id("timeline-slider").get_attribute("aria-valuemax") or 0)
    assert 4 <= first <= 4 * (length + 1)
    expect(view.get_by_test_id("record-state")).to_contain_text("as soon as there are any")  # still on
    expect(page.get_by_test_id("summary-row").first).to_contain_text("Happy")
    assert samples(page, "person-1") == first

    page.get_by_test_id("nav-face").click()
    start(page, "face")
    expect(slider).to_have_attribute("data-lanes", "2")  # whether it is the same person only the visitor can say
    wait_until(
        page, f"Number(document.querySelector('.strip [role=slider]').getAttribute('aria-valuemax')) >= {length + 2}"
    )
    strip.get_by_test_id("record").click()
    page.get_by_test_id("nav-session").click()
    again = samples(page, "person-2")
    assert again > 0
    page.get_by_test_id("summary-row").nth(1).get_by_test_id("subject-same").select_option("person-1")
    expect(page.get_by_test_id("summary-row")).to_have_count(1)
    assert samples(page, "person-1") == first + again
