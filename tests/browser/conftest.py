"""A real Chromium with a fake camera and microphone, in front of the real server, page and models.

`open_page` opens a page and watches it: at the end of the test, an error in the console, an exception that nobody
caught or a request to another origin fails the test, unless the test said that it expects that error.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, StorageState, expect
from waitress import wasyncore
from waitress.server import create_server

from server import ROOT, create_app
from tests.chromium import installed
from tests.conftest import data_folder
from tests.media import Media, make_media

# The first models are read, compiled and warmed up within this time even on two busy cores.
PATIENCE_MS = 90_000

# For what a visitor sees at once: the default of five seconds is too short beside other work.
expect.set_options(timeout=30_000)

Devices = Literal["granted", "refused", "none"]

BARE = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]

# WebGL without a graphics card. SwiftShader then composites each frame of the page as well.
QUIET = [*BARE, "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]

# As on a visitor's machine without a graphics card: no WebGL, and Chromium's own software compositor, which is several
# times faster than SwiftShader.
PAINTED_BY_SOFTWARE = [*BARE, "--disable-gpu"]


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Run the application behind waitress, in a thread; the value is its origin, such as http://127.0.0.1:40001."""
    sockets: dict[int, Any] = {}
    server = create_server(app, host="127.0.0.1", port=0, threads=8, map=sockets)
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # The loop ends when its last socket is closed, which must happen in its own thread.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(sockets))
        thread.join(timeout=10)
        server.task_dispatcher.shutdown()


@pytest.fixture(scope="session")
def origin() -> Iterator[str]:
    """The origin of a server with the built page and the models that ship."""
    if not (ROOT / "webapp" / "dist" / "index.html").is_file():
        pytest.fail("webapp/dist has no page: run `make build`", pytrace=False)
    with served(create_app()) as address:
        yield address


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """Films and voices for the fake camera and the fake microphone."""
    return make_media(tmp_path_factory.mktemp("media"), data_folder())


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """What every Chromium of these tests is started with (pytest-playwright reads this fixture)."""
    arguments = {**browser_type_launch_args, "args": QUIET}
    executable = installed()
    return arguments | {"executable_path": executable} if executable else arguments


def wait_until(page: Page, condition: str) -> None:
    """Wait for a JavaScript expression to be true. Playwright's own way needs eval, which the policy forbids."""
    page.evaluate(
        f"""(patience) => new Promise((resolve, reject) => {{
          const end = performance.now() + patience;
          const look = () => {{
            if ({condition}) resolve();
            else if (performance.now() > end) reject(new Error('never true: ' + {json.dumps(condition)}));
            else setTimeout(look, 50);
          }};
          look();
        }})""",
        PATIENCE_MS,
    )


@dataclass
class Watch:
    """What went wrong in a page, and what it asked for."""

    origin: str
    expected: re.Pattern[str] | None
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Listen to the page and to its workers."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._fail(f"exception: {error.message}\n{error.stack or ''}"))
        page.on("crash", lambda _page: self._fail("the page crashed"))
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.context.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._fail(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _fail(self, text: str) -> None:
        self.errors.append(text)

    @property
    def foreign(self) -> list[str]:
        """Requests that left the origin; blob: and data: stay in the browser."""
        own = (f"{self.origin}/", "blob:", "data:")
        return [url for url in self.requests if not url.startswith(own)]

    def check(self) -> None:
        """Fail if anything was wrong."""
        problems = self.errors + [f"request to another origin: {url}" for url in self.foreign]
        surprises = [text for text in problems if self.expected is None or not self.expected.search(text)]
        assert not surprises, "\n".join(surprises)


class OpenPage(Protocol):
    """The type of the fixture `open_page`."""

    def __call__(
        self,
        path: str = "/",
        *,
        film: Path | None = None,
        voice: Path | None = None,
        devices: Devices = "granted",
        expect_errors: str | None = None,
        origin: str | None = None,
        before: Callable[[Page], object] | None = None,
        launch_flags: tuple[str, ...] = (),
        **context: Any,
    ) -> Page:
        """Start a Chromium and open a page in it.

        Args:
            path: of the page, below the origin.
            film: y4m file that the fake camera plays (default: Chromium's own test picture).
            voice: WAV file that the fake microphone plays (default: Chromium's own beeps).
            devices: "granted": there and allowed; "refused": there, but the visitor says no; "none": not there.
            expect_errors: pattern of the console errors and foreign addresses that the test provokes.
            origin: of another server than the session's.
            before: called with the empty page, to set routes or scripts.
            launch_flags: more command line flags for Chromium.
            context: options of Playwright's `Browser.new_context`, such as `viewport`. Unless they say otherwise the
                visitor has seen the introduction (`storage_state=None`: a first visit), wants nothing to move
                (`reduced_motion="no-preference"`), and there is no service worker (`service_workers="allow"`), so that
                nothing is fetched that the test does not ask for.
        """


def seen_before(address: str) -> StorageState:
    """What the browser of somebody holds who has been here before and seen the introduction."""
    return {"origins": [{"origin": address, "localStorage": [{"name": "mien.guide", "value": "seen"}]}]}


def media_flags(film: Path | None, voice: Path | None, devices: Devices) -> list[str]:
    """Chromium's flags for its fake devices and for the answer to its question of permission."""
    if devices == "none":
        return ["--use-fake-ui-for-media-stream"]
    flags = ["--use-fake-device-for-media-stream"]
    flags.append("--use-fake-ui-for-media-stream" + ("=deny" if devices == "refused" else ""))
    if film is not None:
        flags.append(f"--use-file-for-fake-video-capture={film}")
    if voice is not None:
        flags.append(f"--use-file-for-fake-audio-capture={voice}")
    return flags


@pytest.fixture
def open_page(request: pytest.FixtureRequest, launch_browser: Callable[..., Browser]) -> Iterator[OpenPage]:
    """A function that opens watched pages; see `OpenPage`."""
    watches: list[Watch] = []
    with ExitStack() as browsers:

        def open_one(
            path: str = "/",
            *,
            film: Path | None = None,
            voice: Path | None = None,
            devices: Devices = "granted",
            expect_errors: str | None = None,
            origin: str | None = None,
            before: Callable[[Page], object] | None = None,
            launch_flags: tuple[str, ...] = (),
            **context: Any,
        ) -> Page:
            address = origin or request.getfixturevalue("origin")
            browser = launch_browser(args=[*QUIET, *media_flags(film, voice, devices), *launch_flags])
            browsers.callback(browser.close)
            context.setdefault("service_workers", "block")
            context.setdefault("storage_state", seen_before(address))
            # Drifting lights cost a core where no graphics card paints them; tests of motion ask for it.
            context.setdefault("reduced_motion", "reduce")
            page = browser.new_context(base_url=address, **context).new_page()
            page.set_default_timeout(PATIENCE_MS)
            watch = Watch(address, re.compile(expect_errors) if expect_errors else None)
            watch.follow(page)
            watches.append(watch)
            if before is not None:
                before(page)
            page.goto(path)
            return page

        yield open_one
    for watch in watches:
        watch.check()
