"""Nothing leaves the device: no request to another origin, nothing of the visitor stored, and a policy to that end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from server import ROOT
from tests.browser.conftest import OpenPage, wait_until
from tests.media import Media

pytestmark = pytest.mark.browser

LOCAL = {"blob", "data", "about"}


def walk_through(page: Page) -> None:
    """Do what a visitor does: camera and microphone on, readings seen, off again, every view looked at."""
    page.get_by_test_id("face-start").click()
    page.get_by_test_id("voice-start").click()
    expect(page.get_by_test_id("face-box").first).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("voice-bar-happy")).to_be_visible(timeout=60_000)
    page.wait_for_timeout(4000)  # a window of speech, and many frames
    page.get_by_test_id("face-stop").click()
    page.get_by_test_id("voice-stop").click()
    for view in ("nav-face", "nav-voice", "nav-both"):
        page.get_by_test_id(view).click()
    page.wait_for_timeout(500)


def requests_in(net_log: Path) -> list[tuple[str, str, str]]:
    """Every request in Chromium's own log of its network stack, workers' included: (address, who asked, method).

    The log is cut off where a browser was killed; it is a list of events, one a line, after the constants.
    """
    text = net_log.read_text()
    if not text.rstrip().endswith("}"):
        text = text.rstrip().rstrip(",") + "]}"
    log: dict[str, Any] = json.loads(text)
    start = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    asked = [event["params"] for event in log["events"] if event["type"] == start and "url" in event.get("params", {})]
    return [(params["url"], params.get("initiator", ""), params["method"]) for params in asked]


def stored_by(page: Page) -> dict[str, Any]:
    """All that a page can leave behind in a browser, but for cookies."""
    stored: dict[str, Any] = page.evaluate(
        """async () => ({
          local: Object.keys(localStorage),
          session: Object.keys(sessionStorage),
          databases: (await indexedDB.databases()).map(({ name }) => name),
          caches: (await caches.keys()).sort(),
          cached: (
            await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()))
          ).flat().map(({ url }) => url),
          workers: (await navigator.serviceWorker.getRegistrations()).length,
        })"""
    )
    return stored


def is_of_the_program(path: str) -> bool:
    """Whether a path of the server is a file that was built or converted, the same for every visitor."""
    name = path.removeprefix("/") or "index.html"
    return (ROOT / "webapp" / "dist" / name).is_file() or (
        ROOT / "models_tfjs" / name.removeprefix("models/")
    ).is_file()


def test_nothing_leaves_and_only_the_program_is_stored(
    open_page: OpenPage, media: Media, origin: str, tmp_path: Path
) -> None:
    """A whole visit, held against two witnesses: Playwright (as in every test) and Chromium's own log."""
    log = tmp_path / "net.json"
    page = open_page(
        "/#/both",
        film=media.one_face,
        voice=media.changing,
        launch_flags=(f"--log-net-log={log}",),
        service_workers="allow",
        storage_state=None,
    )
    page.get_by_test_id("guide-skip").click()
    walk_through(page)
    expect(page.get_by_test_id("offline-state")).to_have_attribute("data-state", "ready", timeout=120_000)
    stored = stored_by(page)
    cached, (models, built) = stored.pop("cached"), stored.pop("caches")
    assert stored == {"local": ["mien.guide"], "session": [], "databases": [], "workers": 1}
    assert (models, built[:10]) == ("mien-models", "mien-page-")
    assert not [url for url in cached if not is_of_the_program(urlsplit(url).path)], "more is kept than the program"
    assert page.context.cookies() == []

    assert page.context.browser is not None
    page.context.browser.close()  # completes the log
    asked = requests_in(log)
    ours = [url for url, _, _ in asked if url.startswith(f"{origin}/")]
    assert any("/models/" in url for url in ours), "the log has not even our own requests"
    assert any(url.endswith(".wasm") for url in ours), "the log has not the worker's requests"
    # Nothing goes out with them either: no body, and no more of an address than names a file.
    assert {method for url, _, method in asked if url.startswith(f"{origin}/")} == {"GET"}
    assert not [url for url in ours if len(url) > 300]
    by_the_page = [url for url, initiator, _ in asked if initiator.rstrip("/") == origin]
    assert by_the_page
    assert not [url for url in by_the_page if not url.startswith(f"{origin}/") and urlsplit(url).scheme not in LOCAL]


def test_the_policy_is_in_force(open_page: OpenPage) -> None:
    """Not only sent: Chromium refuses what it should, on the page that ships."""
    page = open_page("/", expect_errors="Content Security Policy|elsewhere.invalid")
    refused = page.evaluate(
        """async () => {
          const violations = [];
          addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
          const answered = await fetch('https://elsewhere.invalid/').then(() => true, () => false);
          const socket = await new Promise((resolve) => {
            try {
              const one = new WebSocket('wss://elsewhere.invalid/');
              one.onopen = () => resolve(true);
              one.onerror = () => resolve(false);
            } catch { resolve(false); }
          });
          const script = document.createElement('script');
          script.textContent = 'globalThis.injected = true';
          document.head.append(script);
          const image = new Image();
          const loaded = await new Promise((resolve) => {
            image.onload = () => resolve(true);
            image.onerror = () => resolve(false);
            image.src = 'https://elsewhere.invalid/pixel.png';
          });
          await new Promise((resolve) => setTimeout(resolve, 200));
          return { answered, socket, injected: 'injected' in globalThis, loaded, violations };
        }"""
    )
    assert not (refused["answered"] or refused["socket"] or refused["injected"] or refused["loaded"])
    assert {"connect-src", "img-src"} <= set(refused["violations"])
    assert any(directive.startswith("script-src") for directive in refused["violations"])
    isolated = page.evaluate("() => ({ isolated: crossOriginIsolated, shared: typeof SharedArrayBuffer })")
    assert isolated == {"isolated": True, "shared": "function"}


def test_devices_are_off_until_they_are_asked_for(open_page: OpenPage, media: Media) -> None:
    """Opening the page asks for nothing; stopping gives camera and microphone back."""

    def count(page: Page) -> None:
        page.add_init_script(
            """
            globalThis.tracks = [];
            const devices = navigator.mediaDevices;
            const original = devices.getUserMedia.bind(devices);
            devices.getUserMedia = async (wanted) => {
              const stream = await original(wanted);
              tracks.push(...stream.getTracks());
              return stream;
            };
            """
        )

    page = open_page("/#/both", film=media.one_face, voice=media.lively, before=count)
    page.wait_for_timeout(1000)
    assert page.evaluate("tracks.length") == 0
    page.get_by_test_id("face-start").click()
    page.get_by_test_id("voice-start").click()
    wait_until(page, "tracks.filter((track) => track.readyState === 'live').length === 2")
    assert sorted(page.evaluate("tracks.map(({ kind }) => kind)")) == ["audio", "video"]
    page.get_by_test_id("face-stop").click()
    page.get_by_test_id("voice-stop").click()
    wait_until(page, "tracks.every((track) => track.readyState === 'ended')")


def test_the_start_asks_for_at_most_twelve_files(open_page: OpenPage) -> None:
    asked: list[str] = []
    page = open_page(
        "/", reduced_motion="no-preference", before=lambda page: page.on("request", lambda one: asked.append(one.url))
    )
    expect(page.locator("[data-motion=moving]")).to_be_attached(timeout=60_000)
    page.wait_for_load_state("networkidle")
    assert len(asked) <= 12, asked
    assert not [url for url in asked if "/models/" in url]  # those come when a visitor starts, or the page stands
