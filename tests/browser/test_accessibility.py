"""Every view for everybody: axe finds nothing serious, the keyboard reaches everything, and good practice is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from server import ROOT
from tests.browser.conftest import OpenPage
from tests.media import Media

pytestmark = pytest.mark.browser

AXE = ROOT / "webapp" / "node_modules" / "axe-core" / "axe.min.js"
VIEWS = ("home", "face", "voice", "both", "session", "files", "about")
PHONE = {"width": 390, "height": 844}

# What axe calls serious or critical, with the element and the reason.
RUN_AXE = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}"""

# All that can be reached by the Tab key: of radio buttons one a group.
REACHABLE = """() => {
  const selector = 'a[href], button, input, select, textarea, summary, audio[controls], video[controls], [tabindex]';
  const all = [...document.querySelectorAll(selector)].filter((element) =>
    element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true })
    && !element.closest('[inert]'));
  const stops = all.filter((element) => element.type !== 'radio' || element.checked
    || !all.some((other) => other.type === 'radio' && other.name === element.name && other.checked));
  stops.forEach((element, index) => { element.dataset.stop = index; });
  return stops.map((element) => element.outerHTML.slice(0, 120));
}"""

# Where the focus is: its number, and whether one can see that it is there.
FOCUSED = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const ringed = [element, ...(element.labels ?? [])].some((one) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
  });
  const { width, height, bottom, top } = element.getBoundingClientRect();
  const seen = width > 0 && height > 0 && bottom > 0 && top < innerHeight;
  return { stop: Number(element.dataset.stop ?? -1), ringed, seen, html: element.outerHTML.slice(0, 120) };
}"""

# What a person checks by hand, and Lighthouse: found faults, in words.
PRACTICE = """() => {
  const faults = [];
  const check = (right, fault) => { if (!right) faults.push(fault); };
  const meta = (name) => document.querySelector(`meta[name=${name}]`)?.content ?? '';
  check(document.doctype?.name === 'html', 'no doctype');
  check(document.title.trim() !== '', 'no title');
  check(meta('description').length > 50, 'no description');
  check(meta('viewport').includes('width=device-width'), 'the width of the device is not used');
  check(!/user-scalable=no|maximum-scale/.test(meta('viewport')), 'zooming is hindered');
  check(['en', 'de'].includes(document.documentElement.lang), 'no language');
  check(document.documentElement.scrollWidth <= innerWidth, 'wider than the screen');
  const headings = [...document.querySelectorAll('h1, h2, h3, h4')].filter((one) => one.checkVisibility());
  check(headings.filter(({ tagName }) => tagName === 'H1').length === 1, 'not one h1');
  headings.reduce((before, one) => {
    const level = Number(one.tagName[1]);
    check(level <= before + 1, `heading "${one.textContent}" skips a level`);
    return level;
  }, 0);
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  check(new Set(ids).size === ids.length, 'an id twice');
  for (const image of document.querySelectorAll('img')) check(image.hasAttribute('alt'), `no alt: ${image.src}`);
  for (const one of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
    if (!one.checkVisibility() || one.closest('.visually-hidden, .visually-hidden-focusable, p')) continue;
    const { width, height } = one.getBoundingClientRect();
    check(width >= 24 && height >= 24, `small target, ${width} x ${height}: ${one.outerHTML.slice(0, 120)}`);
  }
  return faults;
}"""


def walk(page: Page) -> Iterator[str]:
    """Go from view to view."""
    for view in VIEWS:
        page.evaluate("(view) => { location.hash = '#/' + view; }", "" if view == "home" else view)
        expect(page.locator("body")).to_have_attribute("data-route", view)
        page.wait_for_load_state("networkidle")  # some views are fetched when they are first opened
        yield view


def load_axe(page: Page) -> None:
    """Bring axe into the page past the content security policy, which rightly refuses added scripts."""
    session = page.context.new_cdp_session(page)
    outcome: dict[str, Any] = session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    assert "exceptionDetails" not in outcome, outcome


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_axe_finds_nothing_serious_on_any_view(
    open_page: OpenPage, language: str, scheme: Literal["light", "dark"]
) -> None:
    page = open_page("/", locale=language, color_scheme=scheme, reduced_motion="reduce")
    load_axe(page)
    for view in walk(page):
        assert page.evaluate(RUN_AXE) == [], view
    page.get_by_test_id("guide-open").click()
    assert page.evaluate(RUN_AXE) == [], "introduction"


def test_axe_sees_what_it_should(open_page: OpenPage) -> None:
    """The test above could pass because axe does not run: here it must find a fault."""
    page = open_page("/#/face")
    load_axe(page)
    page.evaluate("document.querySelector('[data-testid=face-start]').textContent = ''")
    assert any("button-name" in fault for fault in page.evaluate(RUN_AXE))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_while_it_reads(
    open_page: OpenPage, media: Media, scheme: Literal["light", "dark"]
) -> None:
    page = open_page("/#/both", film=media.one_face, voice=media.lively, color_scheme=scheme, reduced_motion="reduce")
    load_axe(page)
    page.get_by_test_id("face-start").click()
    page.get_by_test_id("voice-start").click()
    expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=90_000)
    expect(page.get_by_test_id("voice-status")).to_have_attribute("data-status", "speaking", timeout=90_000)
    assert page.evaluate(RUN_AXE) == []


def test_axe_finds_nothing_serious_in_a_failure(open_page: OpenPage) -> None:
    page = open_page("/#/face", devices="none", reduced_motion="reduce")
    load_axe(page)
    page.get_by_test_id("face-start").click()
    expect(page.get_by_test_id("error-message")).to_be_visible(timeout=60_000)
    assert page.evaluate(RUN_AXE) == []


def test_the_tab_key_reaches_everything_in_order(open_page: OpenPage) -> None:
    page = open_page("/", reduced_motion="reduce")
    for view in walk(page):
        page.reload()  # the focus begins at the top
        expect(page.get_by_test_id("guide-open")).to_be_visible()
        page.wait_for_load_state("networkidle")
        if view == "about":
            expect(page.get_by_test_id("model-card")).to_have_count(5)
        stops: list[str] = page.evaluate(REACHABLE)
        assert len(stops) > 8, view
        for number, stop in enumerate(stops):
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            assert focused is not None and focused["stop"] == number, f"{view}: {stop} expected, {focused}"
            assert focused["seen"], f"{view}: {focused['html']} has the focus and cannot be seen"
            assert focused["ringed"], f"{view}: nothing shows that {focused['html']} has the focus"


def test_the_keyboard_alone_goes_everywhere_and_starts(open_page: OpenPage, media: Media) -> None:
    page = open_page("/", film=media.one_face, storage_state=None, reduced_motion="reduce")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # through the introduction
    expect(page.get_by_test_id("guide")).to_be_hidden()
    page.get_by_test_id("nav-face").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1:visible")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("face-start")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=90_000)
    expect(page.get_by_test_id("face-stop")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("face-start")).to_be_focused()


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1440, "height": 900}])
def test_good_practice_on_every_view(open_page: OpenPage, viewport: dict[str, int]) -> None:
    page = open_page("/", viewport=viewport, reduced_motion="reduce")
    for view in walk(page):
        assert page.evaluate(PRACTICE) == [], view
