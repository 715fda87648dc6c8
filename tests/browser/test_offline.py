"""Loaded once, the page works without its server; a new version replaces the old one when the visitor agrees."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server import ROOT, create_app
from tests.browser.conftest import OpenPage, served, wait_until
from tests.media import Media

pytestmark = pytest.mark.browser

DIST = ROOT / "webapp" / "dist"
READY_MS = 120_000

# How Chromium says that nobody answers.
NO_SERVER = "ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|Failed to fetch"


def wait_for_copies(page: Page) -> None:
    """Wait until everything is on the device."""
    expect(page.get_by_test_id("offline-state")).to_have_attribute("data-state", "ready", timeout=READY_MS)


def page_caches(page: Page) -> list[str]:
    """The names of the caches of builds."""
    names: list[str] = page.evaluate("caches.keys()")
    return [name for name in names if name.startswith("mien-page-")]


def build_of(folder: Path) -> dict[str, Any]:
    """The list of files at the head of a service worker."""
    head = (folder / "sw.js").read_text().split("\n", 1)[0]
    build: dict[str, Any] = json.loads(head.removeprefix("const MIEN_BUILD = ").removesuffix(";"))
    return build


def build_again(folder: Path, *, spoilt: bool = False) -> str:
    """Make of a built page one with another first view, as a new build would; spoilt: its list does not fit."""
    index = folder / "index.html"
    index.write_text(index.read_text().replace("<body ", '<body data-build="new" ', 1))
    build = build_of(folder)
    build["files"]["./"] = hashlib.sha256(b"something else" if spoilt else index.read_bytes()).hexdigest()
    build["version"] = hashlib.sha256(build["files"]["./"].encode()).hexdigest()[:16]
    script = folder / "sw.js"
    code = script.read_text().split("\n", 1)[1]
    script.write_text(f"const MIEN_BUILD = {json.dumps(build)};\n{code}")
    return f"mien-page-{build['version']}"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the built page, to be built again."""
    return Path(shutil.copytree(DIST, tmp_path / "dist"))


def test_every_built_file_is_in_the_list_with_its_hash() -> None:
    files = build_of(DIST)["files"]
    left_out = {"sw.js", "mien.d.ts", "mien-camera.d.ts"}
    built = {path.relative_to(DIST).as_posix() for path in DIST.rglob("*") if path.is_file()}
    built = {name for name in built if not name.startswith("examples/")} - left_out - {"index.html"} | {"./"}
    assert files.keys() == built
    for name, digest in files.items():
        file = DIST / ("index.html" if name == "./" else name)
        assert hashlib.sha256(file.read_bytes()).hexdigest() == digest, name


def test_the_page_starts_and_reads_a_face_and_a_voice_without_its_server(open_page: OpenPage, media: Media) -> None:
    with ExitStack() as running:
        origin = running.enter_context(served(create_app()))
        page = open_page(
            "/#/both",
            origin=origin,
            film=media.one_face,
            voice=media.lively,
            service_workers="allow",
            expect_errors=NO_SERVER,
        )
        wait_for_copies(page)
        expect(page.get_by_test_id("face-view")).to_have_attribute("data-state", "idle")  # nothing was used before
    reached = page.evaluate("fetch('/healthz').then(() => true, () => false)")
    assert reached is False, "the server still answers"
    page.reload()
    wait_until(page, "document.readyState === 'complete'")
    isolated = page.evaluate("() => [crossOriginIsolated, isSecureContext]")
    assert isolated == [True, True], "the copies have lost their headers"
    page.get_by_test_id("face-start").click()
    page.get_by_test_id("voice-start").click()
    expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=READY_MS)
    expect(page.get_by_test_id("voice-status")).to_have_attribute("data-status", "speaking", timeout=READY_MS)
    wait_for_copies(page)  # it knows that nothing is missing
    page.goto(f"{origin}/?lang=de#/face")
    expect(page.locator("h1:visible")).to_have_text("Gesicht")
    assert page.evaluate("document.fonts.load('1rem Figtree Variable').then((fonts) => fonts.length)") == 1


def test_an_update_waits_for_the_visitor_and_replaces_the_old_caches(
    open_page: OpenPage, media: Media, site: Path
) -> None:
    with served(create_app(site)) as origin:
        page = open_page("/#/face", origin=origin, film=media.one_face, service_workers="allow")
        wait_for_copies(page)
        (old,) = page_caches(page)
        page.get_by_test_id("face-start").click()
        expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=READY_MS)

        new = build_again(site)
        page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => null)")
        notice = page.get_by_test_id("update-notice")
        expect(notice).to_contain_text("A new version of Mien is here", timeout=READY_MS)
        assert set(page_caches(page)) == {old, new}
        # What runs goes on, undisturbed and still able to read.
        expect(page.get_by_test_id("face-view")).to_have_attribute("data-state", "running")
        page.get_by_test_id("face-stop").click()
        page.get_by_test_id("face-start").click()
        expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=READY_MS)
        expect(page.locator("body")).not_to_have_attribute("data-build", "new")

        page.get_by_test_id("update-later").click()
        expect(notice).to_have_count(0)
        page.reload()  # the old version until the visitor agrees
        expect(page.locator("body")).not_to_have_attribute("data-build", "new")
        page.get_by_test_id("update-reload").click()
        expect(page.locator("body")).to_have_attribute("data-build", "new", timeout=READY_MS)
        wait_for_copies(page)
        assert page_caches(page) == [new]
        expect(notice).to_have_count(0)
        page.get_by_test_id("face-start").click()
        expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=READY_MS)


def test_a_version_that_did_not_come_whole_is_not_taken(open_page: OpenPage, site: Path) -> None:
    with served(create_app(site)) as origin:
        page = open_page("/", origin=origin, service_workers="allow")
        wait_for_copies(page)
        build_again(site, spoilt=True)
        outcome = page.evaluate(
            """async () => {
              const registration = await navigator.serviceWorker.getRegistration();
              await registration.update().catch(() => undefined);
              const worker = registration.installing;
              if (worker && worker.state !== 'redundant') {
                await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }));
              }
              return [worker?.state ?? 'redundant', registration.waiting === null];
            }"""
        )
        assert outcome == ["redundant", True]
        expect(page.get_by_test_id("update-notice")).to_have_count(0)
        page.reload()
        expect(page.locator("body")).not_to_have_attribute("data-build", "new")


def test_new_networks_are_taken_without_a_new_build(open_page: OpenPage, media: Media, tmp_path: Path) -> None:
    """And no weights of before are mixed with them: the page would refuse what has another SHA-256."""
    models = Path(shutil.copytree(ROOT / "models_tfjs", tmp_path / "models"))
    with served(create_app(models=models)) as origin:
        page = open_page("/#/face", origin=origin, film=media.one_face, service_workers="allow")
        wait_for_copies(page)
        spec = models / "face-emotion" / "spec.json"
        old = hashlib.sha256(spec.read_bytes()).hexdigest()
        spec.write_text(spec.read_text().replace("happy", "merry"))
        text = (models / "catalogue.json").read_text()
        length = json.loads(text)["models"]["face-emotion"]["files"]["spec.json"]["bytes"]
        text = text.replace(old, hashlib.sha256(spec.read_bytes()).hexdigest())
        assert length == spec.stat().st_size
        (models / "catalogue.json").write_text(text)
        page.get_by_test_id("face-start").click()
        expect(page.get_by_test_id("face-bar-merry")).to_have_count(1, timeout=READY_MS)
        kept: list[str] = page.evaluate(
            "caches.open('mien-models').then((cache) => cache.keys()).then((all) => all.map(({ url }) => url))"
        )
        assert [url for url in kept if "face-emotion/spec.json" in url and old not in url]
        assert not [url for url in kept if old in url]


def test_the_page_can_be_installed(open_page: OpenPage) -> None:
    """What Chromium asks of an installable page, by Chromium's own judgement."""
    page = open_page("/", service_workers="allow")
    wait_for_copies(page)
    session = page.context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/manifest.webmanifest")
    wanted = json.loads(manifest["data"])
    assert re.fullmatch(r"\./", wanted["start_url"]) and wanted["display"] == "standalone"
    assert {icon["purpose"] for icon in wanted["icons"]} == {"any", "maskable"}
    for icon in wanted["icons"]:
        shown = page.evaluate(
            """async (src) => {
              const image = new Image();
              image.src = src;
              await image.decode();
              return `${image.naturalWidth}x${image.naturalHeight}`;
            }""",
            icon["src"],
        )
        assert icon["sizes"] in {shown, "any"}, icon
    problems = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # An incognito window, as Playwright's are, is refused for being one.
    assert [one for one in problems if one["errorId"] != "in-incognito"] == []
