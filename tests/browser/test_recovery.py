"""Faults in the middle of it: what computes ends, a device falls silent, the machine sleeps, the network breaks off.

Each is met without a reload, says what happened, and leaves what was recorded where it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, Worker, expect

from server import create_app
from tests.browser.conftest import OpenPage, served, wait_until
from tests.browser.fake_engine import face
from tests.media import Media
from tests.site import make_site

pytestmark = pytest.mark.browser

# An engine that a test can end: `endEngine(code)` makes every call of it fail, as a lost worker does. Its voice speaks
# whenever sound comes, and says for how long it has listened.
MODULE = """
export * from './mien.js?real';
import { MienError } from './mien.js?real';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const EMOTIONS = ['neutral', 'calm', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised'];
const happy = Object.fromEntries(EMOTIONS.map((label) => [label, label === 'happy' ? 0.79 : 0.03]));
const error = (code) => new MienError(code, 'made to fail', 'made');

globalThis.loads = [];
globalThis.listeners = 0;

export async function loadMien({ exclude }) {
  if (globalThis.loadsFail) throw error('worker-failed');
  const spec = await (await fetch('models/speech-emotion/spec.json')).json();
  globalThis.loads.push(exclude);
  let ended = null;
  globalThis.endEngine = (code) => { ended = code; };
  const answer = async (make) => {
    await pause(40);
    if (ended) throw error(ended);
    return make();
  };
  return {
    backend: exclude.includes('webgl') ? 'wasm' : 'webgl',
    refused: [],
    specs: { 'speech-emotion': spec },
    analyseFaces: () => answer(() => structuredClone(globalThis.fakeFaces)),
    openVoice: (rate) => {
      let seconds = 0;
      globalThis.listeners += 1;
      return {
        push: (samples) => answer(() => {
          seconds += samples.length / rate;
          const emotion = { label: 'happy', probabilities: happy };
          const voice = { speech: true, emotion, start: 0, end: seconds };
          return { seconds, speaking: true, decisions: [{ end: seconds, probability: 1, speaking: true }], voice };
        }),
        close: async () => undefined,
      };
    },
    dispose: async () => undefined,
  };
}
"""

# Keeps what the page opens within a test's reach, and a wall clock that can jump.
REACH = """
const real = Date.now.bind(Date);
globalThis.slept = 0;
Date.now = () => real() + globalThis.slept;

const devices = navigator.mediaDevices;
const ask = devices.getUserMedia.bind(devices);
devices.getUserMedia = async (wanted) => {
  const stream = await ask(wanted);
  for (const track of stream.getTracks()) globalThis[`${track.kind}Track`] = track;
  return stream;
};

globalThis.AudioContext = class extends AudioContext {
  constructor(...options) {
    super(...options);
    globalThis.audio = this;
  }
};
"""

SET_HIDDEN = """(hidden) => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def endable(page: Page) -> None:
    """For the `before` of `open_page`: the engine above, with one face in view."""
    page.route(
        lambda url: url.endswith("/mien.js"), lambda route: route.fulfill(body=MODULE, content_type="text/javascript")
    )
    page.add_init_script(f"globalThis.fakeFaces = {json.dumps([face(0)])};")
    page.add_init_script(REACH)


def start(open_page: OpenPage, view: str, panels: tuple[str, ...] = ("face",), **options: Any) -> Page:
    """The view with these panels running on the engine above and giving readings."""
    page = open_page(f"/#/{view}", before=endable, **options)
    for panel in panels:
        page.get_by_test_id(f"{panel}-start").click()
        expect(page.get_by_test_id(f"{panel}-view")).to_have_attribute("data-state", "running", timeout=60_000)
    if "face" in panels:
        expect(page.get_by_test_id("face-card")).to_have_count(1)
    if "voice" in panels:
        expect(page.get_by_test_id("voice-emotion")).to_have_attribute("data-value", "happy")
    return page


def record(page: Page) -> None:
    """Begins to record."""
    page.get_by_test_id("session-strip").get_by_test_id("record").click()


def session_of(page: Page) -> dict[str, Any]:
    """The recorded session, as it is exported. Leaves the live view."""
    page.get_by_test_id("nav-session").click()
    with page.expect_download() as download:
        page.get_by_test_id("export-json").click()
    document: dict[str, Any] = json.loads(download.value.path().read_text(encoding="utf-8"))
    return document


ENDS = [
    ("worker-failed", [], "was started again"),
    ("backend-wrong", ["webgl"], "computes wrongly"),
    ("backend-lost", ["webgl", "webgpu"], "graphics processor was taken away"),
]


def test_an_engine_that_ends_is_replaced_and_the_session_goes_on(open_page: OpenPage) -> None:
    page = start(open_page, "both", ("face", "voice"))
    record(page)
    tracks = page.evaluate("[videoTrack.id, audioTrack.id]")
    ends = []
    for code, excluded, says in ENDS:
        page.wait_for_timeout(1_000)
        loads = page.evaluate("loads.length")
        ends.append(page.evaluate("code => { endEngine(code); return Date.now(); }", code))  # the voice's, made last
        wait_until(page, f"loads.length > {loads}")
        notices = page.get_by_test_id("voice-notices")
        expect(notices).to_contain_text(says)
        expect(notices).to_have_attribute("role", "status")
        expect(page.get_by_test_id("voice-emotion")).to_have_attribute("data-value", "happy")
        assert set(page.evaluate("loads.at(-1)")) == set(excluded)
    for panel in ("face", "voice"):
        expect(page.get_by_test_id(f"{panel}-view")).to_have_attribute("data-state", "running")
    assert page.evaluate("[videoTrack.id, audioTrack.id]") == tracks
    assert page.evaluate("[videoTrack.readyState, audioTrack.readyState]") == ["live", "live"]
    page.wait_for_timeout(1_000)
    document = session_of(page)
    voice = next(one for one in document["subjects"] if one["kind"] == "voice")["samples"]["ms"]
    zero = page.evaluate("zero => Date.parse(zero)", document["zero"])
    for begin, end in pairwise([zero, *ends, zero + 10**9]):
        assert [ms for ms in voice if begin <= zero + ms < end], "a part of the session is gone"


def test_a_camera_goes_on_when_its_engine_ends(open_page: OpenPage) -> None:
    page = start(open_page, "face")
    record(page)
    page.wait_for_timeout(2_000)
    page.evaluate("endEngine('worker-failed')")
    expect(page.get_by_test_id("face-notices")).to_contain_text("was started again")
    expect(page.get_by_test_id("face-card")).to_have_count(1)
    expect(page.get_by_test_id("error-message")).to_have_count(0)
    assert page.evaluate("videoTrack.readyState") == "live"
    page.wait_for_timeout(1_500)
    document = session_of(page)
    # The only face before and after is one person, whose samples go on.
    assert [one["id"] for one in document["subjects"] if one["kind"] == "person"] == ["person-1"]


def test_an_engine_that_ends_again_and_again_is_given_up(open_page: OpenPage) -> None:
    page = start(open_page, "face")
    page.evaluate("globalThis.loadsFail = true; endEngine('worker-failed')")
    problem = page.get_by_test_id("error-message")
    expect(problem).to_have_attribute("data-code", "worker-failed", timeout=60_000)
    page.evaluate("globalThis.loadsFail = false")
    page.get_by_test_id("retry").click()
    expect(page.get_by_test_id("face-card")).to_have_count(1)


def test_a_worker_that_dies_is_replaced(open_page: OpenPage, media: Media) -> None:
    """The real worker, with the real networks: an exception that nobody catches ends it."""
    page = open_page("/#/face", film=media.one_face, expect_errors="made to die")
    page.get_by_test_id("face-start").click()
    expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=90_000)
    worker = mien_worker(page)
    worker.evaluate("setTimeout(() => { throw new Error('made to die'); })")
    expect(page.get_by_test_id("face-notices")).to_contain_text("was started again", timeout=90_000)
    expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=90_000)
    assert mien_worker(page) != worker
    expect(page.get_by_test_id("face-view")).to_have_attribute("data-state", "running")


def mien_worker(page: Page) -> Worker:
    """The worker that computes; its threads are others."""
    return next(worker for worker in page.workers if worker.url.endswith("/mien-worker.js"))


def test_a_muted_camera_or_microphone_is_told_and_goes_on(open_page: OpenPage) -> None:
    page = start(open_page, "both", ("face", "voice"))
    heard = page.evaluate("listeners")
    face_says, voice_says = page.get_by_test_id("face-notices"), page.get_by_test_id("voice-notices")
    cards, emotion = page.get_by_test_id("face-card"), page.get_by_test_id("voice-emotion")

    page.evaluate("for (const track of [videoTrack, audioTrack]) track.dispatchEvent(new Event('mute'))")
    expect(face_says).to_contain_text("sends no picture for now")
    expect(voice_says).to_contain_text("sends no sound for now")
    page.wait_for_timeout(500)  # pictures and sound still come from the fake devices
    expect(cards).to_have_count(0)
    expect(page.get_by_test_id("face-empty")).to_have_attribute("data-reason", "muted")
    expect(emotion).to_have_attribute("data-value", "")
    expect(page.get_by_test_id("voice-status")).to_have_attribute("data-status", "muted")
    for panel in ("face", "voice"):
        expect(page.get_by_test_id(f"{panel}-view")).to_have_attribute("data-state", "running")

    page.evaluate("for (const track of [videoTrack, audioTrack]) track.dispatchEvent(new Event('unmute'))")
    expect(cards).to_have_count(1)
    expect(emotion).to_have_attribute("data-value", "happy")
    for says in (face_says, voice_says):
        expect(says).to_have_text("")
    assert page.evaluate("listeners") == heard + 1, "what was said before is not what is said after"


def test_sound_that_the_browser_stops_is_resumed(open_page: OpenPage) -> None:
    page = start(open_page, "voice", ("voice",))
    page.evaluate("audio.suspend()")
    wait_until(
        page,
        "audio.state === 'running' && document.querySelector('[data-testid=voice-emotion]').dataset.value === 'happy'",
    )
    expect(page.get_by_test_id("voice-notices")).to_have_text("")
    expect(page.get_by_test_id("voice-view")).to_have_attribute("data-state", "running")


def test_a_device_that_comes_or_goes_leaves_the_running_ones_alone(open_page: OpenPage) -> None:
    page = start(open_page, "both", ("face", "voice"))
    tracks = page.evaluate("[videoTrack.id, audioTrack.id]")
    page.evaluate(
        """() => {
          const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
          globalThis.listed = 0;
          navigator.mediaDevices.enumerateDevices = async () => {
            globalThis.listed += 1;
            return (await list()).slice(1);
          };
          navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
        }"""
    )
    wait_until(page, "globalThis.listed >= 2")
    for panel in ("face", "voice"):
        expect(page.get_by_test_id(f"{panel}-view")).to_have_attribute("data-state", "running")
    assert page.evaluate("[videoTrack.id, audioTrack.id, videoTrack.readyState, audioTrack.readyState]") == [
        *tracks,
        "live",
        "live",
    ]
    page.evaluate("globalThis.fakeFaces = []")
    expect(page.get_by_test_id("face-empty")).to_be_visible()  # pictures are still read


def test_a_tab_out_of_sight_shows_nothing_old_when_it_is_back(open_page: OpenPage) -> None:
    page = start(open_page, "face")
    page.evaluate(SET_HIDDEN, True)
    expect(page.get_by_test_id("face-card")).to_have_count(0)
    page.wait_for_timeout(500)
    expect(page.get_by_test_id("face-card")).to_have_count(0)
    page.evaluate("document.querySelector('video').pause()")  # as some browsers do
    page.evaluate(SET_HIDDEN, False)
    expect(page.get_by_test_id("face-card")).to_have_count(1)
    expect(page.get_by_test_id("face-view")).to_have_attribute("data-state", "running")


def test_a_sleep_of_the_machine_is_a_gap_in_the_session(open_page: OpenPage) -> None:
    page = start(open_page, "both", ("face", "voice"))
    record(page)
    page.wait_for_timeout(2_000)
    heard = page.evaluate("listeners")
    page.evaluate("globalThis.slept = 7_200_000")
    wait_until(
        page, f"listeners > {heard}"
    )  # nothing of what was said before is heard together with what is said after
    page.wait_for_timeout(2_500)
    document = session_of(page)
    kinds = {subject["kind"] for subject in document["subjects"]}
    assert kinds >= {"person", "voice"}
    assert max(ms for subject in document["subjects"] for ms in subject["samples"]["ms"]) > 7_200_000
    for row in page.get_by_test_id("summary-row").all():
        read = row.get_attribute("data-read-ms")
        assert read is not None and float(read) < 600_000, "the sleep counts as a reading"


CUT_SHORT = re.compile(r"Failed to load resource: net::ERR_CONTENT_LENGTH_MISMATCH|ERR_INCOMPLETE|ERR_EMPTY")


class CutShort:
    """WSGI: breaks off the first `times` answers for a path that matches, in the middle."""

    def __init__(self, app: Callable[..., Iterable[bytes]], pattern: str, times: int) -> None:
        self.app = app
        self.pattern = re.compile(pattern)
        self.left = times

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = self.app(environ, start_response)
        if self.left == 0 or not self.pattern.search(environ["PATH_INFO"]):
            return answer
        self.left -= 1
        data = b"".join(answer)
        return [data[: len(data) // 2]]


def test_a_network_that_breaks_off_in_the_middle_is_met_with_patience(open_page: OpenPage, media: Media) -> None:
    app = create_app()
    cut = CutShort(app.wsgi_app, r"^/models/face-emotion/.*\.bin$", 2)
    app.wsgi_app = cut  # type: ignore[method-assign]
    with served(app) as origin:
        page = open_page("/#/face", origin=origin, film=media.one_face, expect_errors=CUT_SHORT.pattern)
        page.get_by_test_id("face-start").click()
        expect(page.get_by_test_id("load-trouble")).to_contain_text("tried again", timeout=60_000)
        expect(page.get_by_test_id("face-card")).to_have_count(1, timeout=90_000)
        assert cut.left == 0
        page.get_by_test_id("face-stop").click()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare page beside `mien.js`."""
    return make_site(tmp_path_factory.mktemp("site"))


READ = """async (options) => {
  const mien = await loadMien({ tasks: ['face-emotion'], ...options });
  const [face] = await mien.analyseFaces(await decode('portrait.png'));
  const { threads } = await mien.benchmark({ runs: 1 });
  const { backend, refused } = mien;
  await mien.dispose();
  return { backend, refused, threads, probabilities: face.emotion.probabilities };
}"""


def without_isolation(page: Page) -> None:
    """Takes the headers away that threads need, as a host does that does not know them."""

    def answer(route: Route) -> None:
        response = route.fetch()
        kept = {name: value for name, value in response.headers.items() if not name.startswith("cross-origin-")}
        route.fulfill(response=response, headers=kept)

    page.route("**/*.html", answer)


def before_the_worker(script: str) -> Callable[[Page], None]:
    """Runs a script in the worker before the worker's own."""

    def prepare(page: Page) -> None:
        def answer(route: Route) -> None:
            response = route.fetch()
            route.fulfill(response=response, body=script + response.text())

        page.route("**/mien-worker.js", answer)

    return prepare


# No module that needs relaxed SIMD is valid, as in Safari; whether there is SIMD at all is asked first.
NO_RELAXED_SIMD = """
const validate = WebAssembly.validate;
let asked = 0;
WebAssembly.validate = (module) => validate.call(WebAssembly, module) && ++asked === 1;
"""

# No module that needs SIMD or threads is valid, as in a browser from before 2021.
NO_SIMD = "WebAssembly.validate = () => false;"

RUNTIMES = re.compile(r"\.wasm$|/mien-(tfjs|webgl|webgpu)-")


def requests_of(page: Page) -> list[str]:
    """The addresses that the page and its workers ask for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_readings_are_the_same_wherever_they_are_computed(open_page: OpenPage, site: Path) -> None:
    """Without any SIMD TensorFlow.js computes, which nobody else fetches."""
    circumstances = {
        "best": lambda page: None,
        "without isolation": without_isolation,
        "without relaxed SIMD": before_the_worker(NO_RELAXED_SIMD),
        "without SIMD": before_the_worker(NO_SIMD),
    }
    readings, runtimes = {}, {}
    with served(create_app(site)) as origin:
        for name, before in circumstances.items():
            page = open_page("/bare.html", origin=origin, before=before)
            wait_until(page, "globalThis.ready")
            asked = requests_of(page)
            readings[name] = page.evaluate(READ, {"backend": "wasm"})
            assert page.evaluate("crossOriginIsolated") is (name != "without isolation")
            runtimes[name] = [url.rsplit("/", 1)[1] for url in asked if RUNTIMES.search(url)]
    assert runtimes["best"] == runtimes["without isolation"] == ["mien-relaxed.wasm"]
    assert runtimes["without relaxed SIMD"] == ["mien-simd.wasm"]
    fetched, binary = runtimes["without SIMD"]
    assert fetched.startswith("mien-tfjs-") and binary == "tfjs-backend-wasm.wasm"
    for reading in readings.values():
        assert reading["threads"] == 1
        for label, probability in readings["best"]["probabilities"].items():
            # Tiles of sixteen pixels round more coarsely than TensorFlow.js does.
            assert reading["probabilities"][label] == pytest.approx(probability, abs=1e-4)


# Every number that the kernels give back is too large by half: what is cut out of a memory of WebAssembly, which is as
# large as a whole number of pages.
WRONG_WASM = """
const slice = Float32Array.prototype.slice;
const isMemory = (buffer) => buffer.byteLength >= 1 << 20 && buffer.byteLength % 65536 === 0;
Float32Array.prototype.slice = function (...range) {
  const copy = slice.apply(this, range);
  return isMemory(this.buffer) ? copy.map((value) => 1.5 * value) : copy;
};
"""


def test_webassembly_that_computes_wrongly_is_found_out_and_left(open_page: OpenPage, site: Path) -> None:
    with served(create_app(site)) as origin:
        page = open_page("/bare.html", origin=origin, before=before_the_worker(WRONG_WASM))
        wait_until(page, "globalThis.ready")
        found = page.evaluate(
            """async () => {
              const mien = await loadMien({ tasks: ['face-emotion'] });
              const picture = await decode('portrait.png');
              const end = performance.now() + 60_000;
              while (performance.now() < end) {
                const told = await fault(() => mien.analyseFaces(picture));
                if (told) return { backend: mien.backend, told };
                await new Promise((resolve) => setTimeout(resolve, 100));
              }
              return null;
            }"""
        )
        assert found is not None, "wrong numbers were shown for a minute"
        assert found["backend"] == "wasm"
        assert found["told"]["code"] == "backend-wrong"
        assert "computes wrongly" in found["told"]["message"]
        assert "exclude: ['wasm']" in found["told"]["hint"]


# Keeps the contexts that the backend makes.
KEEP_CONTEXTS = """
const getContext = OffscreenCanvas.prototype.getContext;
globalThis.contexts = [];
OffscreenCanvas.prototype.getContext = function (...options) {
  const context = getContext.apply(this, options);
  if (context && options[0] === 'webgl2') globalThis.contexts.push(context);
  return context;
};
"""


def test_a_lost_graphics_context_ends_every_call(open_page: OpenPage, site: Path) -> None:
    with served(create_app(site)) as origin:
        page = open_page("/bare.html", origin=origin, before=before_the_worker(KEEP_CONTEXTS))
        wait_until(page, "globalThis.ready")
        page.evaluate(
            """async () => {
              globalThis.mien = await loadMien({ backend: 'webgl', tasks: ['face-emotion'] });
              globalThis.picture = await decode('portrait.png');
            }"""
        )
        mien_worker(page).evaluate(
            """setTimeout(() => {
              for (const context of contexts) context.getExtension('WEBGL_lose_context')?.loseContext();
            }, 100)"""
        )
        faults = page.evaluate(
            """async () => {
              const end = performance.now() + 30_000;
              let waiting = null;
              while (!waiting && performance.now() < end) waiting = await fault(() => mien.analyseFaces(picture));
              return { waiting, coming: await fault(() => mien.memory()) };
            }"""
        )
        for told in faults.values():
            assert told is not None and told["code"] == "backend-lost", faults
            assert "WebGL context was lost" in told["message"]
        again = page.evaluate(READ, {"exclude": ["webgl", "webgpu"]})
        assert again["backend"] == "wasm"
