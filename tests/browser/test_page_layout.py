"""The page itself: views, themes, motion, widths, keyboard and contrast."""

from __future__ import annotations

import itertools
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

VIEWS = ("home", "face", "voice", "both")
WIDTHS = (360, 390, 768, 1440)

# Of all text that can be seen: its contrast with what lies behind it, layer by layer (WCAG 2.2, 1.4.3).
CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const luminance = (colour) => {
    const [r, g, b] = colour.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
    return layers.map(rgba).reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    // Text on the stage lies on a dark gradient, not on a colour; it is light in both themes.
    if (!words || !element.checkVisibility() || element.closest('.stage-idle p, .visually-hidden, noscript')) continue;
    const below = background(element);
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(over(rgba(style.color), below)), luminance(below)].sort((a, b) => b - a);
    found.push({ text: element.textContent.trim().slice(0, 40), contrast: (light + 0.05) / (dark + 0.05) });
  }
  return found;
}"""


def test_views_follow_the_address(open_page: OpenPage) -> None:
    page = open_page("/")
    visible = {
        "home": ["home-view"],
        "face": ["face-view"],
        "voice": ["voice-view"],
        "both": ["face-view", "voice-view"],
    }
    for view in (*VIEWS[1:], "home"):
        if view == "home":
            page.get_by_role("link", name="Mien, home page").click()
        else:
            page.get_by_test_id(f"nav-{view}").click()
            expect(page.get_by_test_id(f"nav-{view}")).to_have_attribute("aria-current", "page")
        for part in ("home-view", "face-view", "voice-view"):
            expect(page.get_by_test_id(part)).to_be_visible(visible=part in visible[view])
        expect(page.locator("h1:visible")).to_have_count(1)
        expect(page.locator("h1:visible")).to_be_focused()
    page.go_back()
    expect(page.get_by_test_id("nav-both")).to_have_attribute("aria-current", "page")


def test_devices_are_not_touched_before_start(open_page: OpenPage) -> None:
    """And no network is fetched: only the page itself."""
    asked: list[str] = []
    page = open_page("/#/both", before=lambda page: page.on("request", lambda request: asked.append(request.url)))
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/models/" in url or url.endswith(".wasm")]
    expect(page.get_by_test_id("face-start")).to_be_visible()
    expect(page.get_by_test_id("voice-start")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_and_contrast(open_page: OpenPage, scheme: Literal["light", "dark"]) -> None:
    page = open_page("/", color_scheme=scheme, viewport={"width": 1280, "height": 900})
    expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
    for view in VIEWS:
        page.goto(f"/#/{'' if view == 'home' else view}")
        expect(page.locator("body")).to_have_attribute("data-route", view)
        texts = page.evaluate(CONTRAST)
        assert len(texts) > 10
        assert [text for text in texts if text["contrast"] < 4.5] == []


def test_the_theme_follows_the_system_at_once(open_page: OpenPage) -> None:
    page = open_page("/", color_scheme="light")
    colour = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.evaluate(colour) != light


def pictures(page: Page) -> list[bytes]:
    """The page twice, a second apart."""
    first = page.screenshot()
    page.wait_for_timeout(1000)
    return [first, page.screenshot()]


def test_the_background_moves(open_page: OpenPage) -> None:
    page = open_page("/#/face", reduced_motion="no-preference")
    expect(page.get_by_test_id("background")).to_have_attribute("data-motion", "moving")
    expect(page.locator("#background canvas")).to_have_count(1)
    first, second = pictures(page)
    assert first != second


def test_the_background_rests_while_a_voice_is_read(open_page: OpenPage) -> None:
    page = open_page("/#/voice", reduced_motion="no-preference")
    background = page.get_by_test_id("background")
    expect(background).to_have_attribute("data-motion", "moving")
    page.get_by_test_id("voice-start").click()
    expect(background).to_have_attribute("data-motion", "resting")
    page.get_by_test_id("voice-stop").click()
    expect(background).to_have_attribute("data-motion", "moving")


@pytest.mark.parametrize("view", ["", "face"])
def test_nothing_moves_where_motion_is_not_wanted(open_page: OpenPage, view: str) -> None:
    page = open_page(f"/#/{view}", reduced_motion="reduce")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_test_id("background")).to_have_attribute("data-motion", "still")
    expect(page.locator("#background canvas")).to_have_count(0)
    page.evaluate("document.fonts.ready")
    first, second = pictures(page)
    assert first == second


def test_motion_stops_when_the_wish_changes(open_page: OpenPage) -> None:
    page = open_page("/", reduced_motion="no-preference")
    expect(page.get_by_test_id("background")).to_have_attribute("data-motion", "moving")
    page.emulate_media(reduced_motion="reduce")
    expect(page.get_by_test_id("background")).to_have_attribute("data-motion", "still")
    expect(page.locator("#background canvas")).to_have_count(0)


def test_no_width_needs_scrolling_sideways(open_page: OpenPage) -> None:
    page = open_page("/")
    for width, view in itertools.product(WIDTHS, VIEWS):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(f"/#/{'' if view == 'home' else view}")
        expect(page.locator("body")).to_have_attribute("data-route", view)
        excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert excess <= 0, (view, width)


def test_the_keyboard_suffices(open_page: OpenPage) -> None:
    page = open_page("/#/face", devices="none")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("face-view")).to_be_visible()  # the view stays: the link is no address
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("face-start")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("retry")).to_be_focused(timeout=60_000)


def test_privacy_and_limits_are_on_every_view(open_page: OpenPage) -> None:
    page = open_page("/")
    for view in VIEWS:
        page.goto(f"/#/{'' if view == 'home' else view}")
        expect(page.get_by_test_id("privacy-note")).to_contain_text("never leave this device")
        expect(page.get_by_test_id("limits-note")).to_contain_text("AI Act")
    expect(page.get_by_test_id("caution")).to_contain_text("may be wrong")
