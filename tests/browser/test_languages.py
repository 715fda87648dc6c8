"""The page in German: chosen by address, browser or visitor, and with no English word left on any view."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from server import ROOT
from tests.browser.conftest import OpenPage, wait_until
from tests.media import Media

pytestmark = pytest.mark.browser

VIEWS = ("home", "face", "voice", "both", "session", "files", "about")

# The same in every language: the project's name, and each language by its own name.
NAMES = {"Mien", "English", "Deutsch"}

# A message in a file of messages: 'room.key': 'words', on one line or two.
MESSAGE = re.compile(r"^  '([\w.-]+)':\s+'((?:[^'\\]|\\.)*)',$", re.MULTILINE)

# Every piece of text that is shown or read aloud, on the whole page.
TEXTS = """() => {
  const texts = new Set([document.title, document.querySelector('meta[name=description]').content]);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.closest('script, style, noscript')) texts.add(node.textContent);
  }
  for (const element of document.body.querySelectorAll('*')) {
    for (const name of ['aria-label', 'alt', 'title', 'placeholder', 'aria-valuetext', 'aria-description']) {
      if (element.hasAttribute(name)) texts.add(element.getAttribute(name));
    }
  }
  return [...texts].map((text) => text.trim().replace(/\\s+/g, ' '));
}"""


def messages(language: str) -> dict[str, str]:
    """All messages of a language, read from the sources."""
    files = sorted((ROOT / "webapp" / "src" / "i18n" / language).glob("*.ts"))
    return {key: words for file in files for key, words in MESSAGE.findall(file.read_text())}


def has_words(text: str) -> bool:
    """Whether there are words in it, other than values that are put in, units and abbreviations."""
    return re.search(r"[A-Za-z]{3}", re.sub(r"\{\w+\}", "", text)) is not None


@pytest.fixture(scope="module")
def english() -> list[re.Pattern[str]]:
    """What matches the English messages, whatever was put in; not those that are the same in German."""
    german = messages("de")
    found = [text for key, text in messages("en").items() if german[key] != text and has_words(text)]
    assert len(found) > 100, "the messages are written otherwise than this test reads them"
    return [re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text.replace("\\'", "'")))) for text in found]


def plain(text: str) -> str:
    """A name as it is compared: `UAR_by_group` is the same as "UAR by group"."""
    return re.sub(r"[_-]+", " ", text).lower()


def names_in(value: object) -> set[str]:
    """All keys and texts of a parsed JSON file."""
    if isinstance(value, dict):
        return {plain(key) for key in value} | {name for one in value.values() for name in names_in(one)}
    if isinstance(value, list):
        return {name for one in value for name in names_in(one)}
    return {plain(value)} if isinstance(value, str) else set()


def names_of_models() -> set[str]:
    """What the specs say (datasets, groups, versions, commands), which is shown as they say it."""
    specs = (ROOT / "models_tfjs").glob("*/spec.json")
    found = [json.loads(spec.read_text()) for spec in specs]
    # The card shows the source and its licence as one.
    sources = [f"{one['training'].get('source')}, {one['training'].get('licence')}" for one in found]
    return {name for spec in found for name in names_in(spec)} | {plain(source) for source in sources}


def texts_of(page: Page) -> set[str]:
    """The texts with words in them, but for names."""
    return {text for text in page.evaluate(TEXTS) if has_words(text)} - NAMES


def left_in(texts: set[str], english: list[re.Pattern[str]]) -> list[str]:
    """Those that an English message would give."""
    return sorted(text for text in texts if any(pattern.fullmatch(text) for pattern in english))


def walk(page: Page) -> Iterator[str]:
    """Go from view to view."""
    for view in VIEWS:
        page.evaluate("(view) => { location.hash = '#/' + view; }", "" if view == "home" else view)
        expect(page.locator("body")).to_have_attribute("data-route", view)
        page.wait_for_load_state("networkidle")  # some views are fetched when they are first opened
        if view == "about":
            expect(page.get_by_test_id("model-card")).to_have_count(5)
        yield view


def test_no_view_has_english_words_in_german(open_page: OpenPage, english: list[re.Pattern[str]]) -> None:
    """Held against the English messages, and against the English page, which also has what is not in the messages."""
    german_page, english_page = open_page("/", locale="de-DE"), open_page("/", locale="en-GB")
    expect(german_page.locator("html")).to_have_attribute("lang", "de")
    expect(english_page.locator("html")).to_have_attribute("lang", "en")
    in_german, in_english = messages("de"), messages("en")
    same = {words for key, words in in_german.items() if in_english[key] == words}
    data = names_of_models()
    for view, _ in zip(walk(german_page), walk(english_page), strict=True):
        german, of_english = texts_of(german_page), texts_of(english_page)
        assert len(german) > 20, view
        assert left_in(german - same, english) == [], view
        assert sorted(text for text in (german & of_english) - same if plain(text) not in data) == [], view
        assert left_in(of_english, english), f"{view}: the patterns find no English where there is some"


def test_readings_are_german(open_page: OpenPage, media: Media, english: list[re.Pattern[str]]) -> None:
    page = open_page("/#/both", film=media.one_face, voice=media.lively, locale="de")
    page.get_by_test_id("face-start").click()
    page.get_by_test_id("voice-start").click()
    expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=90_000)
    expect(page.get_by_test_id("voice-status")).to_have_attribute("data-status", "speaking", timeout=90_000)
    expect(page.get_by_test_id("face-live")).to_contain_text("1 Gesicht im Bild")
    expect(page.get_by_test_id("face-card").get_by_test_id("face-age")).to_contain_text("etwa")
    expect(page.get_by_test_id("face-bar-happy")).to_contain_text("Freude")
    expect(page.get_by_test_id("face-bar-happy")).to_contain_text(re.compile(r"\d\u00a0%"))
    wait_until(page, "document.querySelector('[data-testid=face-pace]').textContent.includes('Ergebnisse')")
    assert left_in(texts_of(page), english) == []


def test_cards_are_written_as_in_german(open_page: OpenPage) -> None:
    metrics = json.loads((ROOT / "models_tfjs" / "face-emotion" / "spec.json").read_text())["metrics"]
    card = open_page("/#/about", locale="de").locator('[data-task="face-emotion"]')
    expect(card.locator('[data-key="accuracy"]')).to_contain_text(
        f"{100 * metrics['accuracy']:.1f}\u202f%".replace(".", ",")
    )
    expect(card.locator('[data-key="accuracy"]')).to_contain_text(f"{metrics['n']:,}".replace(",", "."))
    expect(card.locator('[data-key="ece"]')).to_contain_text(f"{metrics['ece']:.3f}".replace(".", ","))
    expect(card).to_contain_text("Unterscheidet: Wut, Ekel, ")


def test_problems_are_german(open_page: OpenPage, english: list[re.Pattern[str]]) -> None:
    page = open_page("/#/face", devices="none", locale="de-CH")
    page.get_by_test_id("face-start").click()
    expect(page.get_by_test_id("error-message")).to_contain_text("Es wurde keine Kamera gefunden", timeout=60_000)
    expect(page.get_by_test_id("retry")).to_have_text("Noch einmal versuchen")
    assert left_in(texts_of(page), english) == []


def test_the_choice_is_remembered_and_wins_over_browser_and_address(open_page: OpenPage) -> None:
    page = open_page("/?lang=de#/voice")
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "de")
    expect(page).to_have_title("Stimme · Mien")
    expect(page.get_by_test_id("language-de")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(html).to_have_attribute("lang", "de")
    page.get_by_test_id("language-en").click()
    expect(html).to_have_attribute("lang", "en")
    assert page.url.endswith("/#/voice"), "the view is lost, or the address still asks for German"
    page.get_by_test_id("language-de").click()
    expect(html).to_have_attribute("lang", "de")
    page.goto("/#/face")
    page.reload()
    expect(page.locator("h1:visible")).to_have_text("Gesicht")
    page.goto("/?lang=xx")
    expect(html).to_have_attribute("lang", "de")
