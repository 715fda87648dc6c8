"""A page that holds the webapp's inner functions (`webapp/dist-test/parity.js`), so that Python can call them.

The server is the real one, with its headers, so that what runs here also runs under the page's security policy.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from flask import Response, send_from_directory
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, Playwright
from skimage import data as public_pictures

from server import ROOT, create_app
from tests.browser.conftest import QUIET, served
from tests.chromium import installed

BUNDLE = ROOT / "webapp" / "dist-test"
MODELS = ROOT / "models_tfjs"
TASKS = ("face-detector", "face-emotion", "face-age-gender", "speech-emotion", "voice-activity")

Backend = Literal["wasm", "webgl"]


PATIENCE_MS = 300_000
"""No call takes so long, not even WebGL's first on a busy machine; `Page.evaluate` itself would wait for ever."""

IN_TIME = """globalThis.inTime = (promise, patience) => Promise.race([promise, new Promise((_resolve, reject) =>
    setTimeout(() => reject(new Error('no answer in time')), patience))]);"""


class Parity:
    """The page's functions; `call("face.crop", ...)` calls `face.crop(...)` of `src/testing/parity.ts`."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def call(self, name: str, *parameters: Any) -> Any:
        """Call a function of the bundle; promises are awaited."""
        return self.page.evaluate(
            """async ([name, parameters]) => {
                const parity = await import('/test/parity.js');
                const [room, method] = name.split('.');
                return parity[room][method](...parameters);
            }""",
            [name, list(parameters)],
        )


class RunningModels:
    """The models on one backend of one page."""

    def __init__(self, page: Page, backend: Backend, threads: int = 1) -> None:
        self.page = page
        self.backend = backend
        self.threads: int = page.evaluate(
            """async ([backend, threads, tasks, patience]) => {
                const { Models } = await import('/test/parity.js');
                const starting = Models.start(backend, threads, `${location.origin}/`, tasks);
                globalThis.models = await inTime(starting, patience);
                return globalThis.models.threads;
            }""",
            [backend, threads, list(TASKS), PATIENCE_MS],
        )

    def call(self, name: str, *parameters: Any) -> Any:
        """Call a method of `Models`."""
        return self.page.evaluate(
            "([name, parameters, patience]) => inTime(models[name](...parameters), patience)",
            [name, list(parameters), PATIENCE_MS],
        )


@pytest.fixture(scope="session")
def test_origin() -> Iterator[str]:
    """The server, with the test bundle at /test/."""
    if not (BUNDLE / "parity.js").is_file():
        pytest.fail("webapp/dist-test has no parity.js: run `npm --prefix webapp run build:test`", pytrace=False)
    app = create_app()

    @app.get("/test/")
    def test_page() -> Response:
        return Response(
            '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>parity</title>',
            mimetype="text/html",
        )

    @app.get("/test/<path:name>")
    def test_bundle(name: str) -> Response:
        return send_from_directory(BUNDLE, name)

    with served(app) as address:
        yield address


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all parity tests."""
    browser = playwright.chromium.launch(executable_path=installed(), args=QUIET)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def open_test_page(chromium: Browser, test_origin: str) -> Callable[[], Page]:
    """A function that opens an empty page of the server; errors in it are printed with the failing test."""

    def open_one() -> Page:
        page = chromium.new_page()
        page.set_default_timeout(90_000)
        page.on("console", lambda message: print(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: print(f"exception: {error.message}"))
        page.add_init_script(IN_TIME)
        page.goto(f"{test_origin}/test/")
        return page

    return open_one


@pytest.fixture(scope="session")
def parity(open_test_page: Callable[[], Page]) -> Parity:
    """The preprocessing of the webapp."""
    return Parity(open_test_page())


@pytest.fixture(scope="session")
def wasm(open_test_page: Callable[[], Page]) -> RunningModels:
    """The models on WASM with one thread."""
    return RunningModels(open_test_page(), "wasm")


@pytest.fixture(scope="session")
def webgl(open_test_page: Callable[[], Page]) -> RunningModels:
    """The models on WebGL (rendered in software where there is no graphics processor)."""
    return RunningModels(open_test_page(), "webgl")


@pytest.fixture(params=["wasm", "webgl"])
def models(request: pytest.FixtureRequest) -> RunningModels:
    """The models, on each backend in turn."""
    running: RunningModels = request.getfixturevalue(request.param)
    return running


@pytest.fixture(scope="session")
def astronaut() -> NDArray[Any]:
    """scikit-image's portrait of Eileen Collins (NASA, public domain), 512 x 512 x 3."""
    picture: NDArray[Any] = public_pictures.astronaut()
    return picture


def model_file(task: str, name: str) -> Path:
    """A file of a shipped model; the test fails where it is missing."""
    path = MODELS / task / name
    if not path.is_file():
        pytest.fail(f"models_tfjs has no {task}/{name}: run `mien-convert`", pytrace=False)
    return path


def spec_of(task: str) -> dict[str, Any]:
    """The spec of a shipped model."""
    spec: dict[str, Any] = json.loads(model_file(task, "spec.json").read_text(encoding="utf-8"))
    return spec
