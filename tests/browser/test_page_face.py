"""The camera view on real models: what it reads from films with one face, two faces and none."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, wait_until
from tests.media import HEIGHT, WIDTH, Media

pytestmark = pytest.mark.browser

EMOTIONS = {"angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"}

# Where the astronaut's face is in the film (pixels; the detector's box is a few pixels larger or smaller).
FACE_CENTRE = (280, 148)

CAPTIONS_APART = """(() => {
  const [left, right] = [...document.querySelectorAll('.face-box-caption')]
    .map((one) => one.getBoundingClientRect()).sort((a, b) => a.x - b.x);
  return left && right && left.width > 60 && right.width > 60 && left.right <= right.left;
})()"""


def start(page: Page) -> None:
    """Press start and wait for the first readings, which the networks must be loaded for."""
    page.get_by_test_id("face-start").click()
    expect(page.get_by_test_id("face-view")).to_have_attribute("data-state", "running", timeout=90_000)


def number(element: Locator, name: str) -> float:
    """The number in a data attribute."""
    value = element.get_attribute(f"data-{name}")
    assert value, f"no data-{name}"
    return float(value)


def bars_of(card: Locator) -> dict[str, float]:
    """The probabilities that the bars of a card show, read in one go."""
    values: dict[str, str] = card.locator(".bar").evaluate_all(
        "bars => Object.fromEntries(bars.map(bar => [bar.dataset.emotion, bar.dataset.value]))"
    )
    return {label: float(value) for label, value in values.items()}


def test_one_face_with_emotion_age_and_gender(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    start(page)
    card = page.get_by_test_id("face-card")
    expect(card).to_have_count(1)
    expect(page.get_by_test_id("face-box")).to_have_count(1)
    expect(page.get_by_test_id("face-empty")).to_be_hidden()

    bars = bars_of(card)
    assert bars.keys() == EMOTIONS
    assert sum(bars.values()) == pytest.approx(1, abs=1e-3)
    emotion = card.get_by_test_id("face-emotion")
    label = emotion.get_attribute("data-value")
    assert label in EMOTIONS
    assert 1 / len(EMOTIONS) <= number(emotion, "probability") <= 1
    expect(emotion).to_contain_text(label.capitalize())
    expect(emotion).to_contain_text("%")

    age = card.get_by_test_id("face-age")
    assert 0 <= number(age, "low") < number(age, "years") < number(age, "high") <= 116
    assert number(age, "interval") == pytest.approx(0.9)
    expect(age).to_contain_text("about")
    expect(card.get_by_test_id("face-age-note")).to_contain_text("–")

    gender = card.get_by_test_id("face-gender")
    assert gender.get_attribute("data-value") in {"female", "male"}
    # This face is on the edge, and the word on the screen is held while the other class leads by less than a half.
    assert 0.25 <= number(gender, "probability") <= 1


def test_the_box_lies_on_the_mirrored_face(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    start(page)
    box = page.get_by_test_id("face-box")
    expect(box).to_have_count(1)
    width = number(box, "width")
    assert 90 < width < 220
    assert number(box, "x") + width / 2 == pytest.approx(FACE_CENTRE[0], abs=25)
    assert number(box, "y") + number(box, "height") / 2 == pytest.approx(FACE_CENTRE[1], abs=35)

    # On the screen left and right are exchanged, and nothing of the picture is cut off.
    places = page.evaluate(
        """() => {
          const rect = (id) => document.querySelector(`[data-testid="${id}"]`).getBoundingClientRect().toJSON();
          return { video: rect('face-video'), box: rect('face-box') };
        }"""
    )
    video, shown = places["video"], places["box"]
    assert video["width"] / video["height"] == pytest.approx(WIDTH / HEIGHT, rel=0.01)
    across = (shown["x"] + shown["width"] / 2 - video["x"]) / video["width"]
    down = (shown["y"] + shown["height"] / 2 - video["y"]) / video["height"]
    assert across == pytest.approx(1 - FACE_CENTRE[0] / WIDTH, abs=0.06)
    assert down == pytest.approx(FACE_CENTRE[1] / HEIGHT, abs=0.08)


def test_the_top_bar_is_the_emotion_and_meters_say_the_same(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    start(page)
    # One look at everything, since the next frame may change it.
    seen = page.get_by_test_id("face-card").evaluate(
        """card => ({
          emotion: card.dataset.emotion,
          bars: [...card.querySelectorAll('.bar')].map(bar => ({
            label: bar.dataset.emotion,
            value: Number(bar.dataset.value),
            top: bar.classList.contains('is-top'),
            now: Number(bar.querySelector('[role=meter]').getAttribute('aria-valuenow')),
            name: bar.querySelector('[role=meter]').getAttribute('aria-label'),
          })),
        })"""
    )
    highest = max(seen["bars"], key=lambda bar: bar["value"])
    assert highest["label"] == seen["emotion"]
    assert [bar["label"] for bar in seen["bars"] if bar["top"]] == [seen["emotion"]]
    for bar in seen["bars"]:
        assert bar["now"] == pytest.approx(100 * bar["value"], abs=0.51)
        assert bar["name"] == bar["label"].capitalize()


def test_two_faces_two_boxes(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.two_faces)
    start(page)
    boxes = page.get_by_test_id("face-box")
    expect(boxes).to_have_count(2)
    expect(page.get_by_test_id("face-card")).to_have_count(2)
    centres = sorted(number(box, "x") + number(box, "width") / 2 for box in boxes.all())
    assert centres[0] < WIDTH / 2 < centres[1]
    names = {card.get_by_role("heading").inner_text() for card in page.get_by_test_id("face-card").all()}
    assert names == {"Face 1", "Face 2"}
    # Neither caption covers the other, on a wide screen or a narrow one.
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wait_until(page, CAPTIONS_APART)


def test_nobody_in_view(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.no_face)
    start(page)
    expect(page.get_by_test_id("face-overlay")).to_have_attribute("data-faces", "0")
    expect(page.get_by_test_id("face-empty")).to_contain_text("No face in view")
    expect(page.get_by_test_id("face-card")).to_have_count(0)
    expect(page.get_by_test_id("face-live")).to_contain_text("No face in view")


def test_pace_is_shown_and_stop_lets_go(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    start(page)
    pace = page.get_by_test_id("face-pace")
    expect(pace).to_contain_text("ms")
    assert number(pace, "per-second") > 0
    assert number(pace, "latency-ms") > 0
    track = page.evaluate_handle("document.querySelector('video').srcObject.getVideoTracks()[0]")
    assert track.evaluate("track => track.readyState") == "live"

    page.get_by_test_id("face-stop").click()
    assert track.evaluate("track => track.readyState") == "ended"
    assert page.evaluate("document.querySelector('video').srcObject") is None
    expect(page.get_by_test_id("face-box")).to_have_count(0)
    expect(page.get_by_test_id("face-card")).to_have_count(0)
    expect(page.get_by_test_id("face-start")).to_be_focused()


PACE = "document.querySelector('[data-testid=face-pace]').dataset"

SLOW_WORKER = """
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message?.call !== 'faces') return post.call(this, message, ...rest);
    setTimeout(() => post.call(this, message, ...rest), 400);
  };
"""

ON_BATTERY = """
  const battery = Object.assign(new EventTarget(), { charging: false });
  navigator.getBattery = () => Promise.resolve(battery);
  window.plugIn = () => { battery.charging = true; battery.dispatchEvent(new Event('chargingchange')); };
"""


def test_a_slow_device_reads_less_often_and_the_page_says_so(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face, before=lambda page: page.add_init_script(SLOW_WORKER))
    start(page)
    pace = page.get_by_test_id("face-pace")
    # Nine readings decide.
    expect(pace).to_have_attribute("data-tempo", "slow", timeout=90_000)
    expect(pace).to_contain_text("fewer, as this device is slow")
    # Half of the time is the device's: of a second, readings of 0.4 s and more take no more than half.
    wait_until(page, f"{PACE}.perSecond * {PACE}.latencyMs < 650")


def test_the_battery_is_spared(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face, before=lambda page: page.add_init_script(ON_BATTERY))
    start(page)
    pace = page.get_by_test_id("face-pace")
    expect(pace).to_have_attribute("data-tempo", re.compile("battery|slow"), timeout=90_000)
    wait_until(page, f"{PACE}.perSecond <= 8.5")
    page.evaluate("window.plugIn()")
    expect(pace).not_to_have_attribute("data-tempo", "battery", timeout=90_000)


def test_leaving_the_view_lets_go_and_it_starts_again(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    start(page)
    track = page.evaluate_handle("document.querySelector('video').srcObject.getVideoTracks()[0]")
    page.get_by_test_id("nav-voice").click()
    expect(page.get_by_test_id("face-view")).to_have_attribute("data-state", "idle")
    assert track.evaluate("track => track.readyState") == "ended"
    page.get_by_test_id("nav-face").click()
    start(page)
    expect(page.get_by_test_id("face-card")).to_have_count(1)


def test_loading_is_told_in_bytes(open_page: OpenPage, media: Media) -> None:
    page = open_page("/#/face", film=media.one_face)
    page.evaluate(
        """() => {
          window.seen = [];
          new MutationObserver(() => {
            const step = document.querySelector('[data-testid=load-progress]')?.dataset;
            if (step?.total) window.seen.push([Number(step.loaded), Number(step.total)]);
          }).observe(document.body, { subtree: true, childList: true, attributes: true });
        }"""
    )
    start(page)
    steps: list[tuple[int, int]] = page.evaluate("window.seen")
    totals = {total for _, total in steps if total > 0}
    assert len(totals) == 1 and totals.pop() > 100_000
    loaded = [done for done, total in steps if total > 0]
    assert loaded == sorted(loaded)
    assert loaded[-1] == steps[-1][1]
    expect(page.get_by_test_id("load-progress")).to_have_count(0)
