"""Listens on the wire between page and worker: the very samples that the page saw, and what came back."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

TAP = """
  window.sent = [];
  window.answers = [];
  const post = Worker.prototype.postMessage;
  const tapped = new WeakSet();
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message?.call === 'voicePush') {
      if (!tapped.has(this)) {
        tapped.add(this);
        this.addEventListener('message', ({ data }) => {
          if (data.kind !== 'result' || !data.value?.decisions) return;
          window.answers.push({ ...data.value, at: performance.now() / 1000 });
        });
      }
      const { samples, sampleRate } = message.parameters;
      window.rate = sampleRate;
      window.sent.push({ samples: samples.slice(), at: performance.now() / 1000 });
    }
    return post.call(this, message, ...rest);
  };
"""
"""Runs before the page's own scripts."""

SAMPLES = """(first) => {
  const bytes = [];
  let text = '';
  for (const { samples } of window.sent.slice(first, first + 100)) {
    const view = new Uint8Array(samples.buffer);
    for (let at = 0; at < view.length; at += 0x8000) text += String.fromCharCode(...view.subarray(at, at + 0x8000));
  }
  return btoa(text);
}"""


@dataclass(frozen=True)
class Heard:
    """What the page heard since it was started."""

    samples: NDArray[np.float32]
    rate: int
    arrivals: list[tuple[int, float]]
    """For each block the number of samples up to its end, and when it left for the worker, in seconds."""
    answers: list[dict[str, Any]]
    """`VoiceUpdate`s, each with `at`, the second of its coming."""

    @property
    def readings(self) -> list[dict[str, Any]]:
        """Those with a voice."""
        return [answer for answer in self.answers if answer["voice"] is not None]

    def arrived(self, seconds: float) -> float:
        """When the sound up to this second of the stream had come from the microphone."""
        return next(at for count, at in self.arrivals if count >= seconds * self.rate)


def tap(page: Page) -> None:
    """Pass as `before` to `open_page`."""
    page.add_init_script(TAP)


def heard(page: Page) -> Heard:
    """Everything so far."""
    answers: list[dict[str, Any]] = page.evaluate("window.answers")
    blocks: list[list[float]] = page.evaluate("window.sent.map(({ samples, at }) => [samples.length, at])")
    parts = [base64.b64decode(page.evaluate(SAMPLES, first)) for first in range(0, len(blocks), 100)]
    counts = np.cumsum([int(length) for length, _ in blocks])
    samples = np.frombuffer(b"".join(parts), np.float32)[: counts[-1]]
    arrivals = [(int(count), at) for count, (_, at) in zip(counts, blocks, strict=True)]
    return Heard(samples, int(page.evaluate("window.rate")), arrivals, answers)
