"""Mien beside face-api and human in one Chromium: `make bench`, or `python -m benchmarks.compare [--quick]`.

On the same 640 x 480 frames with 1, 2 and 4 faces, on WASM with one thread, all three take turns at the whole of
detection, emotion, age and gender. Also bytes fetched, time to the first reading, tensors and heap over many frames,
the speech window, and each of our networks against the same one in LiteRT (TensorFlow Lite). Prints medians and ratios
and writes `benchmarks/latest.json` and `docs/bench.svg`. Nothing else should run on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import brotli
import cv2
import numpy as np
from flask import Flask, Response, abort, send_from_directory
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.native import NativeNetworks
from benchmarks.picture import save_picture
from server import MODELS, PAGE, ROOT
from storage.files import write_json
from tests.browser.conftest import QUIET, served
from tests.chromium import installed
from tests.media import HEIGHT, WIDTH, Picture, one_face, two_faces

HERE = Path(__file__).parent
REPORT = HERE / "latest.json"
PICTURE = ROOT / "docs" / "bench.svg"
PEERS = HERE / "node_modules" / "@vladmandic"
WASM = ROOT / "webapp" / "node_modules" / "@tensorflow" / "tfjs-backend-wasm" / "dist"
NAMES = ("mien", "face-api", "human")
FIRST_READINGS = 9
"""Of each product, in browser contexts of their own: the time of one varies by a third."""

WINDOW_MS = 1000
"""In which a new window becomes quiet: Chromium loads pages of its own for it (those of the address bar), on the same
two cores. A visitor's window is there already."""

NATIVE_TURNS = 9
RUNS_OF_A_TURN = 30

BESIDE = "face-api"
"""The faster peer, which tracked frames are measured against."""
FRAMES = 6
SHAKE_PIXELS = 3.0


def four_faces() -> Picture:
    """The astronaut's head four times, in two rows, every other one mirrored."""
    head = one_face()[20 : 20 + HEIGHT // 2, 120 : 120 + WIDTH // 2]
    row = np.hstack([head, head[:, ::-1]])
    return np.ascontiguousarray(np.vstack([row, row]))


FILMS: dict[str, Callable[[], Picture]] = {"1": one_face, "2": two_faces, "4": four_faces}


def write_frames(folder: Path) -> None:
    """``FILM-INDEX.png``: each picture swaying by a few pixels, so that no two frames are the same."""
    for name, draw in FILMS.items():
        picture = draw()
        for index in range(FRAMES):
            turn = 2 * np.pi * index / FRAMES
            shift = np.array([[1, 0, SHAKE_PIXELS * np.cos(turn)], [0, 1, SHAKE_PIXELS * np.sin(turn)]])
            frame = cv2.warpAffine(picture, shift, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
            if not cv2.imwrite(str(folder / f"{name}-{index}.png"), np.ascontiguousarray(frame[:, :, ::-1])):
                raise OSError(f"{folder / name}: the frames could not be written")


def site(frames: Path) -> Flask:
    """All three side by side, without the headers that would give them threads."""
    app = Flask(__name__, static_folder=None)
    folders = {
        "mien/models": MODELS,
        "mien": PAGE,
        "peers": PEERS,
        "wasm": WASM,
        "frames": frames,
        "": HERE / "peers",
    }

    @app.get("/<path:path>")
    def file(path: str) -> Response:
        for prefix, folder in folders.items():
            inside = path.removeprefix(f"{prefix}/") if prefix else path
            if prefix and inside == path:
                continue
            return send_from_directory(folder, inside, max_age=3600)
        abort(404)

    return app


@contextmanager
def opened(browser: Browser, origin: str, context: Any = None, first: str = "") -> Iterator[Page]:
    """A page with the products at hand; nothing is loaded yet but the one that ``first`` names, if any."""
    own = context or browser.new_context()
    page = own.new_page()
    page.set_default_timeout(600_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.message))
    page.wait_for_timeout(WINDOW_MS)
    page.goto(f"{origin}/index.html{f'?first={first}' * bool(first)}", wait_until="load")
    yield page
    if context is None:
        own.close()
    if errors:
        raise RuntimeError("; ".join(errors))


def call(page: Page, function: str, **options: Any) -> Any:
    """One of bench.js's functions."""
    return page.evaluate("async ([name, options]) => bench[name](options)", [function, options])


def summary(times: list[float]) -> dict[str, float]:
    """Milliseconds."""
    ordered = sorted(times)
    return {
        "median": round(statistics.median(times), 2),
        "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 2),
    }


def frame_times(page: Page, rounds: int) -> dict[str, Any]:
    """For each number of faces the times of all three, and Mien's in relation to the others'."""
    results: dict[str, Any] = {}
    for film in FILMS:
        _say(f"{film} face(s)")
        seen = call(page, "compare", names=list(NAMES), film=film, count=FRAMES, rounds=rounds, warmUps=3)
        rows = {name: summary(seen["times"][name]) | {"faces": round(seen["found"][name], 2)} for name in NAMES}
        mien = rows["mien"]["median"]
        results[film] = rows | {
            "ratio_to": {name: round(mien / rows[name]["median"], 3) for name in NAMES if name != "mien"}
        }
    return results


def first_readings(browser: Browser, origin: str, turns: int) -> dict[str, dict[str, int]]:
    """Median milliseconds from navigation to the first reading, cold and from the cache, the products in turns."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in NAMES}
    for turn in range(turns):
        _say(f"first readings, {turn + 1} of {turns}")
        for name in NAMES:
            context = browser.new_context()
            with opened(browser, origin, context, name) as page:
                cold = call(page, "first")["ms"]
                page.wait_for_timeout(500)
                page.close()
            with opened(browser, origin, context, name) as page:
                times[name].append((cold, call(page, "first")["ms"]))
            context.close()
    return {
        name: {
            f"{kind}_ms": round(statistics.median(row))
            for kind, row in zip(("cold", "cached"), zip(*rows, strict=True), strict=True)
        }
        for name, rows in times.items()
    }


def fetched(browser: Browser, origin: str, name: str) -> dict[str, Any]:
    """What is fetched for the first reading. Apart from its times: compressing the files here would slow it down."""
    files: dict[str, tuple[int, int]] = {}

    def note(response: Any) -> None:
        path = response.url.removeprefix(origin)
        if path.startswith(("/mien", "/peers", "/wasm")) and response.status == 200:
            body = response.body()
            files[path] = len(body), len(brotli.compress(body, quality=9))

    context = browser.new_context()
    context.on("response", note)
    with opened(browser, origin, context, name) as page:
        call(page, "first")
        page.wait_for_timeout(500)
    context.close()
    raw, compressed = (sum(sizes) for sizes in zip(*files.values(), strict=True))
    return {
        "requests": len(files),
        "raw_megabytes": round(raw / 1e6, 2),
        "brotli_megabytes": round(compressed / 1e6, 2),
        "files": {path: size for path, (_, size) in sorted(files.items())},
    }


def beside_native(browser: Browser, origin: str, turns: int) -> dict[str, dict[str, float]]:
    """Each network in the browser and in LiteRT, in turns: the machine is quicker in one minute than in the next."""
    native = NativeNetworks()
    times: dict[str, list[tuple[float, float]]] = {}
    with opened(browser, origin) as page:
        for _ in range(turns):
            web = {one["task"]: one["median"] for one in call(page, "networks", runs=RUNS_OF_A_TURN)}
            for task, ms in native.times(RUNS_OF_A_TURN).items():
                times.setdefault(task, []).append((ms, web[task]))
    rows = {}
    for task, pairs in times.items():
        litert, browser_ms = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(web / ms for ms, web in pairs)
        rows[task] = {"litert": round(litert, 3), "browser": round(browser_ms, 2), "ratio": round(ratio, 2)}
    return rows


def memory(browser: Browser, origin: str, name: str, counts: tuple[int, ...]) -> list[dict[str, float]]:
    """Tensors and the page's heap after so many frames."""
    rows = []
    with opened(browser, origin) as page:
        protocol = page.context.new_cdp_session(page)
        done = 0
        for count in counts:
            tensors = call(page, "repeat", name=name, film="1", rounds=count - done)
            done = count
            protocol.send("HeapProfiler.collectGarbage")
            heap = protocol.send("Runtime.getHeapUsage")["usedSize"]
            rows.append({"frames": count, "tensors": tensors, "heap_megabytes": round(heap / 1e6, 2)})
            _say(f"{name}: {count} frames")
    return rows


def measure(quick: bool) -> dict[str, Any]:
    """All figures; ``quick`` takes few rounds, to see that everything runs."""
    rounds = 6 if quick else 60
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_frames(Path(folder))
        with served(site(Path(folder))) as origin:
            browser = playwright.chromium.launch(args=QUIET, executable_path=installed())
            with opened(browser, origin) as page:
                frames = frame_times(page, rounds)
                _say("tracked")
                tracked = call(page, "tracked", film="1", count=FRAMES, rounds=2 * rounds, warmUps=10, beside=BESIDE)
                turns = call(page, "inTurns", films=list(FILMS), count=FRAMES, rounds=rounds, warmUps=5)
                stages = call(page, "stages")
            _say("speech")
            with opened(browser, origin) as page:
                voice = call(page, "speech", rounds=rounds)
            times = first_readings(browser, origin, 2 if quick else FIRST_READINGS)
            starts = {name: times[name] | fetched(browser, origin, name) for name in NAMES}
            counts = (1, 20) if quick else (1, 100, 1000)
            held = {"mien": memory(browser, origin, "mien", counts)}
            for name in NAMES[1:]:
                held[name] = memory(browser, origin, name, counts[:2])
            _say("native")
            metal = beside_native(browser, origin, 2 if quick else NATIVE_TURNS)
            browser.close()
    return {
        "machine": {"cores": os.cpu_count(), "platform": platform.platform(), "load": round(os.getloadavg()[0], 2)},
        "threads": stages["threads"],
        "frame_ms": frames,
        "tracked_frame_ms": {name: summary(times) for name, times in tracked.items()}
        | {
            f"{figure}_ratio": round(take(tracked["mien"]) / take(tracked[BESIDE]), 3)
            for figure, take in (("median", statistics.median), ("mean", statistics.fmean))
        },
        "in_turns_ms": {film: summary(times) for film, times in turns.items()},
        "four_faces_to_one": round(statistics.median(turns["4"]) / statistics.median(turns["1"]), 2),
        "stages_ms": {one["stage"]: one["median"] for one in [*stages["stages"], *voice["stages"]]},
        "speech_window_ms": summary(voice["times"]),
        "start": starts,
        "memory": held,
        "native_ms": metal,
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, nothing is written")
    options = parser.parse_args()
    if not PEERS.is_dir():
        print("The peers are not installed: run `make bench`, or npm ci in benchmarks/", file=sys.stderr)
        return 2
    figures = measure(options.quick)
    print(json.dumps(figures, indent=2))
    if not options.quick:
        write_json(REPORT, figures)
        save_picture(PICTURE, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
