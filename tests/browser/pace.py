"""Measures how smoothly the page paints while it reads: `python -m tests.browser.pace [SECONDS]`, after `make build`.

Prints, as JSON and for each view, frames painted a second, tasks of the main thread longer than 50 ms, and readings a
second. Chromium paints as it does for people without a graphics card: by its software compositor. What else runs on the
machine counts too: measure on one that has nothing else to do.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from server import create_app
from tests import films
from tests.browser.conftest import PAINTED_BY_SOFTWARE, media_flags, seen_before, served
from tests.chromium import installed
from tests.conftest import data_folder
from tests.media import make_media

SECONDS = 20.0

# Frames after start belong to loading; what is measured begins later.
SETTLE_SECONDS = 5.0

WATCH = """() => {
  const watch = { frames: 0, gaps: [], tasks: [], from: performance.now() };
  window.watch = watch;
  let last = performance.now();
  const tick = (now) => { watch.frames += 1; watch.gaps.push(now - last); last = now; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  const note = (list) => watch.tasks.push(...list.getEntries().map((entry) => entry.duration));
  new PerformanceObserver(note).observe({ type: 'longtask' });
}"""

RESULT = """() => {
  const { frames, gaps, tasks, from } = window.watch;
  const sorted = gaps.slice(1).sort((a, b) => a - b);
  return {
    frames_per_second: (1000 * frames) / (performance.now() - from),
    gap_ms_95th: sorted[Math.floor(0.95 * sorted.length)],
    tasks_over_50_ms: tasks.filter((ms) => ms > 50).length,
    tasks_over_100_ms: tasks.filter((ms) => ms > 100).length,
    longest_task_ms: Math.max(0, ...tasks),
    readings_per_second: Number(document.querySelector('[data-testid=face-pace]').dataset.perSecond) || null,
    latency_ms: Number(document.querySelector('[data-testid=face-pace]').dataset.latencyMs) || null,
  };
}"""


def measure(seconds: float) -> dict[str, dict[str, float | None]]:
    """Run each view for so many seconds; the values by view."""
    results: dict[str, dict[str, float | None]] = {}
    with tempfile.TemporaryDirectory() as folder, served(create_app()) as origin, sync_playwright() as playwright:
        film = films.crossing(Path(folder) / "crossing.y4m")
        voice = make_media(Path(folder), data_folder()).lively
        executable = installed()
        flags = [*PAINTED_BY_SOFTWARE, *media_flags(film, voice, "granted")]
        browser = playwright.chromium.launch(args=flags, executable_path=executable)
        for view, starts in {"face": ["face"], "voice": ["voice"], "both": ["face", "voice"]}.items():
            page = browser.new_context(
                viewport={"width": 1440, "height": 900},
                storage_state=seen_before(origin),
            ).new_page()
            page.goto(f"{origin}/#/{view}")
            for name in starts:
                page.get_by_test_id(f"{name}-start").click()
                page.locator(f"[data-testid={name}-view][data-state=running]").wait_for(timeout=180_000)
            page.wait_for_timeout(1000 * SETTLE_SECONDS)
            page.evaluate(WATCH)
            page.wait_for_timeout(1000 * seconds)
            results[view] = {
                name: None if value is None else round(value, 1) for name, value in page.evaluate(RESULT).items()
            }
            page.context.close()
        browser.close()
    return results


if __name__ == "__main__":
    length = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    machine = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
    print(json.dumps({"machine": machine, "views": measure(length)}, indent=2))
