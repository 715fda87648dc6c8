"""Half an hour of two faces and a voice in Chromium: `make soak`, or `python -m benchmarks.soak [--minutes 30]`.

Watches what must not grow and what must not be lost: tensors of both workers, the JavaScript heap after garbage
collection, decisions on the voice (one for each 0.1 s of sound, without a gap), readings, errors. Writes
`benchmarks/soak.json`; exit code 1 where a bar is missed. Nothing else should run on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, ConsoleMessage, Page, sync_playwright

from server import create_app
from storage.files import write_json
from tests import films
from tests.browser.conftest import PAINTED_BY_SOFTWARE, media_flags, served, wait_until
from tests.chromium import installed
from tests.conftest import data_folder
from tests.media import make_media

REPORT = Path(__file__).with_name("soak.json")
EVERY_SECONDS = 30.0
SETTLE_SECONDS = 120.0
"""Caches and just-in-time compilers fill up in the first minutes; slopes are taken from what comes later."""

MAX_HEAP_SLOPE = 1e6
"""Bytes in ten minutes."""
DECISION_SECONDS = 0.1

TAP = """
  window.soak = {
    workers: [], decisions: 0, gaps: 0, end: null, readings: 0, pushed: 0, rate: 0, answers: 0, memory: {},
  };
  const post = Worker.prototype.postMessage;
  const ask = 1e9;
  Worker.prototype.postMessage = function (message, ...rest) {
    const { soak } = window;
    if (!soak.workers.includes(this)) {
      const index = soak.workers.push(this) - 1;
      this.addEventListener('message', ({ data }) => {
        if (data.kind !== 'result') return;
        if (data.id >= ask) { soak.memory[index] = data.value; return; }
        if (Array.isArray(data.value)) soak.answers += 1;
        if (!data.value?.decisions) return;
        for (const { end } of data.value.decisions) {
          if (soak.end !== null && Math.abs(end - soak.end - 0.1) > 1e-6) soak.gaps += 1;
          soak.end = end;
          soak.decisions += 1;
        }
        if (data.value.voice) soak.readings += 1;
      });
    }
    if (message?.call === 'voicePush') {
      soak.rate = message.parameters.sampleRate;
      soak.pushed += message.parameters.samples.length;
    }
    return post.call(this, message, ...rest);
  };
  window.askMemory = () => {
    window.soak.memory = {};
    for (const worker of window.soak.workers) post.call(worker, { id: ask, call: 'memory', parameters: null });
  };
"""

STATE = """async () => {
  const { soak } = window;
  window.askMemory();
  for (let i = 0; i < 300 && Object.keys(soak.memory).length < soak.workers.length; i++) {
    await new Promise((done) => setTimeout(done, 100));
  }
  const { decisions, gaps, readings, pushed, rate, answers } = soak;
  const memory = Object.values(soak.memory);
  return {
    decisions, gaps, readings, answers, sound_seconds: rate ? pushed / rate : 0,
    tensors: memory.reduce((sum, one) => sum + one.tensors, 0),
    tensor_bytes: memory.reduce((sum, one) => sum + one.bytes, 0),
    workers: memory.length,
    all_memory: 'measureUserAgentSpecificMemory' in performance
      ? (await performance.measureUserAgentSpecificMemory()).bytes : null,
  };
}"""


@dataclass
class Soak:
    """What was seen; each sample has `minutes` since the first one."""

    samples: list[dict[str, float]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """The figures, and whether each bar holds."""
        later = [one for one in self.samples if one["minutes"] * 60 >= SETTLE_SECONDS] or self.samples
        first, last = self.samples[0], self.samples[-1]
        seconds = 60 * (last["minutes"] - first["minutes"])
        tensors = sorted({int(one["tensors"]) for one in later})
        heap_slope = _slope(later, "heap")
        figures: dict[str, Any] = {
            "minutes": round(last["minutes"] - first["minutes"], 1),
            "tensors_least_and_most": [tensors[0], tensors[-1]],
            "heap_megabytes_first_and_last": [round(one["heap"] / 1e6, 2) for one in (later[0], later[-1])],
            "heap_megabytes_in_ten_minutes": round(heap_slope / 1e6, 3),
            "all_memory_megabytes_in_ten_minutes": round(_slope(later, "all_memory") / 1e6, 3),
            "sound_seconds": round(last["sound_seconds"] - first["sound_seconds"], 1),
            "decisions": int(last["decisions"] - first["decisions"]),
            "gaps_between_decisions": int(last["gaps"]),
            "voice_readings": int(last["readings"] - first["readings"]),
            "face_pictures_a_second": round((last["answers"] - first["answers"]) / seconds, 2),
            "problems": self.problems,
        }
        held = {
            "tensors are constant": len(tensors) == 1,
            "the heap grows by less than 1 MB in ten minutes": heap_slope < MAX_HEAP_SLOPE,
            "no sound was lost": abs(figures["sound_seconds"] - seconds) < 1 + 0.002 * seconds,
            "no window of the voice was missed": figures["gaps_between_decisions"] == 0
            and abs(figures["decisions"] * DECISION_SECONDS - figures["sound_seconds"]) < 1,
            "faces and voice were read to the end": figures["face_pictures_a_second"] > 0
            and self.samples[-1]["readings"] > self.samples[-2]["readings"],
            "no error": not self.problems,
        }
        return {"machine": _machine(), "figures": figures, "held": held, "samples": self.samples}


def soak(minutes: float) -> Soak:
    """Run the page for so long and sample it."""
    seen = Soak()
    with tempfile.TemporaryDirectory() as folder, served(create_app()) as origin, sync_playwright() as playwright:
        media = make_media(Path(folder), data_folder())
        film = films.crossing(Path(folder) / "film.y4m")
        flags = [*PAINTED_BY_SOFTWARE, *media_flags(film, media.changing, "granted")]
        browser = playwright.chromium.launch(
            args=[*flags, "--enable-blink-features=ForceEagerMeasureMemory"], executable_path=installed()
        )
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        _watch(page, seen.problems)
        page.add_init_script(TAP)
        page.add_init_script("localStorage.setItem('mien.guide', 'seen')")
        page.goto(f"{origin}/#/both")
        page.get_by_test_id("both-start").click()
        for name in ("face", "voice"):
            page.locator(f"[data-testid={name}-view][data-state=running]").wait_for(timeout=180_000)
        wait_until(page, "window.soak.answers > 5 && window.soak.decisions > 20")
        protocol = page.context.new_cdp_session(page)
        began = time.monotonic()
        while True:
            seen.samples.append(_sample(page, protocol, (time.monotonic() - began) / 60))
            now = time.monotonic() - began
            print(f"\r{now / 60:.1f} of {minutes:g} minutes", end="", file=sys.stderr, flush=True)
            if now >= 60 * minutes or page.is_closed():
                break
            page.wait_for_timeout(1000 * min(EVERY_SECONDS, 60 * minutes - now))
        browser.close()
    print(file=sys.stderr)
    return seen


def _watch(page: Page, problems: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"console: {message.text}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: problems.append(f"exception: {error.message}"))
    page.on("crash", lambda _page: problems.append("the page crashed"))


def _sample(page: Page, protocol: CDPSession, minutes: float) -> dict[str, float]:
    state: dict[str, float] = page.evaluate(STATE)
    protocol.send("HeapProfiler.collectGarbage")
    heap: dict[str, float] = protocol.send("Runtime.getHeapUsage")
    return {"minutes": round(minutes, 3), "heap": heap["usedSize"], **state}


def _slope(samples: list[dict[str, float]], name: str) -> float:
    """Of a least-squares line, in units of the value for ten minutes; NaN where it was not measured."""
    values = [one[name] for one in samples]
    if len(values) < 2 or any(value is None for value in values):
        return float("nan")
    return float(10 * np.polyfit([one["minutes"] for one in samples], values, 1)[0])


def _machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "platform": platform.platform(), "load": round(os.getloadavg()[0], 2)}


def main() -> int:
    """The command. Returns 0, or 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--out", type=Path, default=REPORT, help="where the report is written")
    options = parser.parse_args()
    report = soak(options.minutes).report()
    write_json(options.out, report)
    print(json.dumps({name: report[name] for name in ("machine", "figures", "held")}, indent=2))
    return 0 if all(report["held"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
