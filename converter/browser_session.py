"""The shipped files in a real browser: a loopback server, a headless Chromium and the page's own public API."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from flask import Flask, Response, abort
from werkzeug.serving import make_server

from converter.chromium import chromium
from converter.errors import ConverterError

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = Path(__file__).with_name("verify_page.js")
PAGE = (
    '<!doctype html><meta charset="utf-8"><title>mien-verify</title>'
    '<script type="module" src="/verify/page.js"></script>'
)

BATCH = 32
"""Files analysed for each question to the page: enough to hide the question's cost, few enough for lively progress."""

SECONDS_BETWEEN_LINES = 10.0

Report = Callable[[str], None]


class Item(Protocol):
    """Something that the page fetches: a file, or what is made as if it were one. Its `str` names it in errors."""

    def read_bytes(self) -> bytes:
        """The bytes that the page gets."""


class BrowserSession:
    """The public API, loaded in a page. Use `open_session`."""

    def __init__(self, page: "Page", files: list[Item], report: Report) -> None:
        self._page = page
        self._files = files
        self._report = report

    def self_test(self) -> dict[str, Any]:
        """`mien.selfTest()`: the golden vectors."""
        return dict(self._ask("selfTest"))

    def pictures(self, files: Sequence[Path]) -> list[dict[str, Any]]:
        """`mien.analysePicture` for the bytes of each file: found, and the readings of the loaded tasks."""
        return self._in_batches(files, lambda first, count: self._ask("pictures", first, count))

    def frames(self, frames: Sequence[Item]) -> list[list[dict[str, Any]]]:
        """`mien.analyseFaces` for each frame: box, score and readings of each face, the surest first."""
        return self._in_batches(frames, lambda first, count: self._ask("frames", first, count))

    def clips(self, files: Sequence[Path], rates: Sequence[int]) -> list[dict[str, Any]]:
        """`mien.analyseSpeech` for each file, `rates` being their sampling rates: emotion over all windows, speech."""
        return self._in_batches(
            files, lambda first, count: self._ask("clips", first, list(rates[first : first + count]))
        )

    def voices(self, files: Sequence[Path], rates: Sequence[int]) -> list[dict[str, Any]]:
        """`mien.openVoice` for each file, in blocks of 0.1 s: all decisions, and the number of readings."""
        return self._in_batches(
            files, lambda first, count: self._ask("voices", first, list(rates[first : first + count]))
        )

    def start(self, tasks: Sequence[str], backend: str) -> str:
        """Loads the models of `tasks`; returns the backend in use."""
        return str(self._ask("start", list(tasks), backend))

    def _in_batches(self, files: Sequence[Item], ask: Callable[[int, int], Any]) -> list[Any]:
        self._files[:] = files
        readings: list[Any] = []
        started = said = time.monotonic()
        while len(readings) < len(files):
            first = len(readings)
            readings += ask(first, min(BATCH, len(files) - first))
            now = time.monotonic()
            if now - said >= SECONDS_BETWEEN_LINES or len(readings) == len(files):
                said = now
                rate = len(readings) / (now - started)
                left = (len(files) - len(readings)) / rate
                self._report(f"browser: {len(readings)}/{len(files)}, {rate:.0f} a second, {left:.0f} s left")
        return readings

    def _ask(self, name: str, *parameters: Any) -> Any:
        answer = self._page.evaluate(
            "([name, parameters]) => globalThis.verify[name](...parameters)", [name, list(parameters)]
        )
        if "error" in answer:
            item = answer.get("item")
            raise ConverterError(
                f"The browser refuses: {answer['error']}",
                where=f"{name} in the page" if item is None else self._files[item],
                do="make models with `mien-convert` and the page with `make build`"
                if item is None
                else "unpack the dataset again, or remove the file",
            )
        return answer["value"]


@contextmanager
def open_session(
    models: Path, dist: Path, tasks: Sequence[str], backend: str, report: Report
) -> Iterator[BrowserSession]:
    """Serves `dist` and `models` on a loopback port, opens a bare page there and loads the models of `tasks`.

    Raises:
        ConverterError: the page has not been built, no Chromium starts, or the models do not load.
    """
    if not (dist / "mien.js").is_file():
        raise ConverterError("The page has not been built.", where=dist / "mien.js", do="run `make build`")
    files: list[Item] = []
    with _served(_application(dist, models, files)) as address, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address}/verify/", wait_until="load")
        page.wait_for_function("() => 'verify' in globalThis")
        session = BrowserSession(page, files, report)
        report(f"browser: {browser.version}, backend {session.start(tasks, backend)}")
        yield session


def _application(dist: Path, models: Path, files: list[Item]) -> Flask:
    """The product's own application, so that headers are those of the page, with three more addresses."""
    from server import create_app

    app = create_app(dist, models)

    @app.get("/verify/")
    def verify_page() -> Response:
        return Response(PAGE, content_type="text/html; charset=utf-8")

    @app.get("/verify/page.js")
    def verify_script() -> Response:
        return Response(SCRIPT.read_bytes(), content_type="text/javascript; charset=utf-8")

    @app.get("/verify/item/<int:index>")
    def verify_item(index: int) -> Response:
        if index >= len(files):
            abort(404)
        return Response(files[index].read_bytes(), content_type="application/octet-stream")

    return app


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # one line for each request would bury the progress
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="mien-verify server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
