"""Readings recorded and corrected on the live page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, wait_until
from tests.browser.fake_engine import face, show, use_fake_engine
from tests.media import Media

pytestmark = pytest.mark.browser


def start(page: Page, what: str) -> None:
    """Start the camera ("face") or the microphone ("voice")."""
    page.get_by_test_id(f"{what}-start").click()
    expect(page.get_by_test_id(f"{what}-view")).to_have_attribute("data-state", "running", timeout=90_000)


def export(page: Page) -> dict[str, Any]:
    """The session as JSON."""
    with page.expect_download() as download:
        page.get_by_test_id("export-json").click()
    document: dict[str, Any] = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    return document


def samples(page: Page, subject: str) -> int:
    """How many samples of a subject an export has."""
    found = {one["id"]: len(one["samples"]["ms"]) for one in export(page)["subjects"]}
    return found.get(subject, 0)


def correct(card: Locator, wanted: str) -> None:
    """Say on the card that the label is another."""
    card.get_by_test_id("wrong").click()
    card.get_by_test_id(f"right-{wanted}").click()


def share(label: str, *, face_id: int = 0) -> str:
    """JavaScript for the share of a label on a face's card."""
    return f"Number(document.querySelector('article[data-face-id=\"{face_id}\"] [data-emotion={label}]').dataset.value)"


def test_a_correction_moves_one_face_at_once(open_page: OpenPage) -> None:
    page = open_page("/#/face", before=use_fake_engine)
    show(page, face(0), face(1))
    start(page, "face")
    card = page.locator("article[data-face-id='0']")
    other = page.locator("article[data-face-id='1']")
    emotion = card.get_by_test_id("face-emotion")
    expect(emotion).to_have_attribute("data-value", "happy")

    # The question comes and goes by keyboard.
    card.get_by_test_id("wrong").focus()
    page.keyboard.press("Enter")
    expect(card.get_by_test_id("correction-question")).to_contain_text("Read as Happy")
    expect(card.get_by_test_id("right-happy")).to_have_count(0)
    expect(card.get_by_test_id("right-angry")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card.get_by_test_id("correction-question")).to_be_hidden()
    expect(card.get_by_test_id("wrong")).to_be_focused()

    correct(card, "sad")
    expect(card.get_by_test_id("correction-answer")).to_contain_text("Sad instead of Happy")
    expect(emotion).to_have_attribute("data-value", "sad")
    bars = card.locator(".bar").evaluate_all("bars => bars.map((bar) => Number(bar.dataset.value))")
    assert sum(bars) == pytest.approx(1, abs=1e-3)
    # Nobody else's reading has moved.
    expect(other.get_by_test_id("face-emotion")).to_have_attribute("data-value", "happy")
    assert page.evaluate(share("happy", face_id=1)) == pytest.approx(0.6, abs=1e-3)

    page.get_by_test_id("nav-session").click()
    expect(page.get_by_test_id("corrected")).to_have_count(1)
    expect(page.get_by_test_id("corrected")).to_contain_text("Person 1 · 1 correction: Happy → Sad (1)")


def test_corrections_can_be_switched_off_taken_back_and_reset(open_page: OpenPage) -> None:
    page = open_page("/#/face", before=use_fake_engine)
    start(page, "face")
    card = page.get_by_test_id("face-card")
    emotion = card.get_by_test_id("face-emotion")
    correct(card, "sad")
    expect(emotion).to_have_attribute("data-value", "sad")
    # Switch and reset lie in another view, which would stop the camera: they are pressed from here.
    page.get_by_test_id("corrections-switch").evaluate("input => input.click()")
    expect(emotion).to_have_attribute("data-value", "happy")
    page.get_by_test_id("corrections-switch").evaluate("input => input.click()")
    expect(emotion).to_have_attribute("data-value", "sad")
    card.get_by_test_id("correction-undo").click()
    expect(emotion).to_have_attribute("data-value", "happy")
    expect(page.get_by_test_id("corrected")).to_have_count(0)
    correct(card, "sad")
    expect(emotion).to_have_attribute("data-value", "sad")
    page.get_by_test_id("corrections-reset-all").evaluate("button => button.click()")
    expect(emotion).to_have_attribute("data-value", "happy")
    wait_until(page, f"Math.abs({share('happy')} - 0.6) < 1e-3")


def test_a_session_is_recorded_over_stops_of_the_camera(open_page: OpenPage) -> None:
    page = open_page("/#/session", before=use_fake_engine)
    view = page.get_by_test_id("session-view")
    view.get_by_test_id("record").click()
    expect(view.get_by_test_id("record-state")).to_contain_text("Start the camera")
    page.get_by_test_id("nav-face").click()
    start(page, "face")
    strip = page.get_by_test_id("session-strip")
    expect(strip.get_by_test_id("record")).to_have_text("Stop recording")
    slider = strip.get_by_test_id("timeline-slider")
    expect(slider).to_have_attribute("data-lanes", "1")
    seconds = "Number(document.querySelector('.strip [role=slider]').getAttribute('aria-valuemax'))"
    wait_until(page, f"{seconds} >= 4")
    page.get_by_test_id("nav-session").click()
    wait_until(page, "document.querySelector('#session-view [role=slider]').getAttribute('aria-valuemax') >= 4")
    first = samples(page, "person-1")
    length = int(view.get_by_test_id("timeline-slider").get_attribute("aria-valuemax") or 0)
    assert 4 <= first <= 4 * (length + 1)  # four a second at most
    expect(view.get_by_test_id("record")).to_have_text("Stop recording")  # still on
    expect(page.get_by_test_id("summary-row").first).to_contain_text("Happy 100")
    assert samples(page, "person-1") == first  # nothing comes while the camera is off

    show(page, face(7, sad=0.9))  # whether it is the same person only the visitor can say
    page.get_by_test_id("nav-face").click()
    start(page, "face")
    expect(slider).to_have_attribute("data-lanes", "2")
    wait_until(page, f"{seconds} >= {length + 2}")
    strip.get_by_test_id("record").click()
    page.get_by_test_id("nav-session").click()
    again = samples(page, "person-2")
    assert again > 0
    page.get_by_test_id("summary-row").nth(1).get_by_test_id("subject-same").select_option("person-1")
    expect(page.get_by_test_id("summary-row")).to_have_count(1)
    expect(page.get_by_test_id("summary-row")).to_have_attribute("data-changes", "1")
    assert samples(page, "person-1") == first + again


def test_a_real_face_is_corrected(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    start(page, "face")
    expect(page.get_by_test_id("wrong")).to_have_count(1)
    # In one go: where few pictures a second are read, the face may be a new one between two clicks.
    page.get_by_test_id("face-card").evaluate(
        """card => {
          card.querySelector('[data-testid=wrong]').click();
          card.querySelector('[data-testid=right-sad], [data-testid=right-happy]').click();
        }"""
    )
    page.get_by_test_id("nav-session").click()
    expect(page.get_by_test_id("corrected")).to_have_count(1)
    [correction] = export(page)["corrections"]
    assert correction["right"] != correction["shown"]
    assert sum(correction["read"].values()) == pytest.approx(1, abs=1e-4)


def test_a_real_voice_is_corrected_and_recorded(open_page: OpenPage, media: Media) -> None:
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
