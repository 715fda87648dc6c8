"""The introduction of the first visit, and the choice of theme."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

WATCH_DEVICES = """
  globalThis.asked = 0;
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wanted) => { globalThis.asked += 1; return ask(wanted); };
"""

PAPER = "getComputedStyle(document.documentElement).backgroundColor"


def focus_is_inside(page: Page) -> bool:
    """Whether the focus is in the dialog, or in the browser's own frame; never on the page behind."""
    return bool(
        page.evaluate("document.activeElement === document.body || document.activeElement.closest('dialog') !== null")
    )


def test_three_steps_on_the_first_visit_and_never_again(open_page: OpenPage) -> None:
    page = open_page(
        "/", storage_state=None, reduced_motion="reduce", before=lambda page: page.add_init_script(WATCH_DEVICES)
    )
    guide = page.get_by_test_id("guide")
    expect(guide).to_be_visible()
    expect(page.get_by_test_id("guide-next")).to_be_focused()
    assert guide.evaluate("dialog => dialog.getAnimations({ subtree: true }).length") == 0
    for _ in range(8):
        page.keyboard.press("Tab")
        assert focus_is_inside(page)
    seen = []
    for step in (1, 2, 3):
        expect(guide).to_contain_text(f"Step {step} of 3")
        expect(guide.locator("h2:visible")).to_have_count(1)
        seen.append(guide.locator("h2:visible").inner_text())
        page.get_by_test_id("guide-next").press("Enter")
    assert len(set(seen)) == 3
    expect(guide).to_be_hidden()
    assert page.evaluate("globalThis.asked") == 0
    page.reload()
    expect(page.get_by_test_id("guide-open")).to_be_visible()
    expect(guide).to_be_hidden()


def test_it_can_be_put_off_and_opened_again(open_page: OpenPage) -> None:
    page = open_page("/#/voice", storage_state=None)
    guide = page.get_by_test_id("guide")
    expect(guide).to_be_visible()
    page.keyboard.press("Escape")
    expect(guide).to_be_hidden()
    page.reload()
    opener = page.get_by_test_id("guide-open")
    opener.press("Enter")
    expect(guide).to_be_visible()
    page.get_by_test_id("guide-next").click()
    expect(guide).to_contain_text("Step 2 of 3")
    page.get_by_test_id("guide-back").press("Enter")
    expect(guide).to_contain_text("Step 1 of 3")
    expect(page.get_by_test_id("guide-next")).to_be_focused()  # "Back" is gone from under the focus
    page.get_by_test_id("guide-skip").click()
    expect(guide).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_theme_that_was_chosen_wins_and_is_remembered(open_page: OpenPage) -> None:
    page = open_page("/", color_scheme="light")
    html, choice = page.locator("html"), page.get_by_test_id("theme-choice")
    light = page.evaluate(PAPER)
    expect(choice.get_by_role("radio", name="Automatic")).to_be_checked()
    choice.get_by_role("radio", name="Dark").check()
    expect(html).to_have_attribute("data-bs-theme", "dark")
    dark = page.evaluate(PAPER)
    assert dark != light, "the tokens do not follow the choice"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.reload()
    expect(html).to_have_attribute("data-bs-theme", "dark")
    expect(choice.get_by_role("radio", name="Dark")).to_be_checked()
    page.emulate_media(color_scheme="dark")
    choice.get_by_role("radio", name="Dark").press("ArrowLeft")
    expect(html).to_have_attribute("data-bs-theme", "light")
    assert page.evaluate(PAPER) == light
    choice.get_by_role("radio", name="Light").press("ArrowLeft")
    expect(html).to_have_attribute("data-bs-theme", "dark")  # the system's again
    page.emulate_media(color_scheme="light")
    expect(html).to_have_attribute("data-bs-theme", "light")
