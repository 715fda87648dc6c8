"""`<mien-camera>`: the example page, its events and methods, under the content security policy that ships."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from server import ROOT
from tests.browser.conftest import OpenPage, wait_until
from tests.media import Media

pytestmark = pytest.mark.browser

EXAMPLES = ROOT / "webapp" / "examples"
RECORD = """
  globalThis.fired = [];
  for (const name of ['mien-start', 'mien-faces', 'mien-stop', 'mien-error']) {
    addEventListener(name, ({ detail }) => fired.push({ name, detail }));
  }
"""


def record(page: Page) -> None:
    """Keep what the element fires."""
    page.add_init_script(RECORD)


def test_the_example_reads_a_face(open_page: OpenPage, media: Media) -> None:
    assert sum(len((EXAMPLES / name).read_text().splitlines()) for name in ("camera.html", "camera.js")) < 30
    page = open_page("/examples/camera.html", film=media.one_face, before=record)
    assert page.evaluate("fired.length") == 0  # nothing starts by itself
    page.get_by_role("button", name="Start the camera").click()
    expect(page.locator("#reading")).to_contain_text("happy, about ")
    events = page.evaluate("fired")
    assert [event["name"] for event in events][:2] == ["mien-start", "mien-faces"]
    detail = next(event["detail"] for event in events if event["name"] == "mien-faces" and event["detail"]["faces"])
    assert (detail["width"], detail["height"]) == (640, 480)
    (face,) = detail["faces"]
    assert 190 < face["box"]["x"] + face["box"]["width"] / 2 < 360  # of the picture, not mirrored
    # The frame lies on the mirrored face: right of the middle.
    place = page.evaluate(
        """() => {
          const camera = document.querySelector('mien-camera');
          const [outer, box] = [camera, camera.shadowRoot.querySelector('.face')].map((e) => e.getBoundingClientRect());
          return (box.x + box.width / 2 - outer.x) / outer.width;
        }"""
    )
    assert place == pytest.approx(1 - 280 / 640, abs=0.06)


def test_the_camera_is_let_go(open_page: OpenPage, media: Media) -> None:
    page = open_page("/examples/camera.html", film=media.two_faces, before=record)
    page.evaluate("document.querySelector('mien-camera').start()")
    wait_until(page, "fired.some(({ name, detail }) => name === 'mien-faces' && detail.faces.length === 2)")
    track = page.evaluate_handle(
        "document.querySelector('mien-camera').shadowRoot.querySelector('video').srcObject.getVideoTracks()[0]"
    )
    assert track.evaluate("track => track.readyState") == "live"
    page.evaluate("globalThis.camera = document.querySelector('mien-camera'); camera.remove()")
    assert track.evaluate("track => track.readyState") == "ended"
    assert page.evaluate("camera.running") is False

    # Back in the page it starts again; one face at most now.
    page.evaluate("camera.maxFaces = 1; document.body.append(camera); fired.length = 0")
    page.evaluate("camera.start()")
    wait_until(page, "fired.some(({ name, detail }) => name === 'mien-faces' && detail.faces.length === 1)")
    page.evaluate("camera.addEventListener('mien-stop', () => { globalThis.stopped = true; }); camera.stop()")
    assert page.evaluate("globalThis.stopped") is True
    assert page.evaluate("camera.shadowRoot.querySelector('video').srcObject") is None


def test_refusal_is_an_event_and_a_message(open_page: OpenPage) -> None:
    page = open_page("/examples/camera.html", devices="refused", before=record)
    page.get_by_role("button", name="Start the camera").click()
    wait_until(page, "fired.length > 0")
    (event,) = page.evaluate("fired")
    assert event["name"] == "mien-error"
    assert event["detail"]["code"] == "permission-refused"
    assert event["detail"]["hint"]
    expect(page.locator("mien-camera").get_by_role("status")).to_contain_text(event["detail"]["message"])
    expect(page.get_by_role("button", name="Start the camera")).to_be_visible()


def test_autostart_and_stop_while_starting(open_page: OpenPage, media: Media) -> None:
    page = open_page("/examples/camera.html", film=media.one_face, before=record)
    page.evaluate(
        """() => {
          document.querySelector('mien-camera').remove();
          const camera = document.createElement('mien-camera');
          camera.setAttribute('autostart', '');
          document.body.append(camera);
        }"""
    )
    wait_until(page, "fired.some(({ name }) => name === 'mien-faces')")
    states = page.evaluate(
        """async () => {
          const camera = document.querySelector('mien-camera');
          camera.stop();
          const starting = camera.start();
          const during = camera.running;
          camera.stop();
          await starting;
          return [during, camera.running, camera.shadowRoot.querySelector('video').srcObject];
        }"""
    )
    assert states == [True, False, None]


def test_the_types_are_served_and_the_module_is_apart(open_page: OpenPage) -> None:
    page = open_page("/examples/camera.html")
    texts = page.evaluate(
        "async () => Promise.all(['/mien-camera.d.ts', '/mien.js'].map(async (url) => (await fetch(url)).text()))"
    )
    assert "class MienCameraElement" in texts[0]
    assert "from './mien.js'" in texts[0] and "../" not in texts[0]
    assert "mien-camera" not in texts[1]  # who only calls loadMien does not pay for the element
