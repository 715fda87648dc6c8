"""The page with an engine that reads what a test wants, at any pace of the machine; all else is the real page."""

from __future__ import annotations

import json

from playwright.sync_api import Page, Route

LABELS = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]

# Everything of the real module but `loadMien`, whose faces are those in `globalThis.fakeFaces`.
MODULE = """
export * from './mien.js?real';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function loadMien() {
  return {
    backend: 'wasm',
    specs: {},
    analyseFaces: async () => { await pause(40); return structuredClone(globalThis.fakeFaces); },
    dispose: async () => undefined,
  };
}
"""


def use_fake_engine(page: Page) -> None:
    """Put the engine in the real one's place; for the `before` of `open_page`."""

    def answer(route: Route) -> None:
        route.fulfill(body=MODULE, content_type="text/javascript")

    page.route(lambda url: url.endswith("/mien.js"), answer)
    page.add_init_script(f"globalThis.fakeFaces = {json.dumps([face(0)])};")


def face(number: int, **shares: float) -> dict[str, object]:
    """A face as the engine gives it; happy at 60 % and sad at 30 % unless other shares are given."""
    given = shares or {"happy": 0.6, "sad": 0.3}
    rest = (1 - sum(given.values())) / (len(LABELS) - len(given))
    probabilities = {label: given.get(label, rest) for label in LABELS}
    keypoints = [("left_eye", 330, 150), ("right_eye", 270, 150), ("nose", 300, 180), ("mouth", 300, 210)]
    return {
        "id": number,
        "box": {"x": 230 + 150 * number % 300, "y": 90, "width": 140, "height": 160},
        "keypoints": [{"name": name, "x": x, "y": y} for name, x, y in keypoints],
        "score": 0.95,
        "emotion": {
            "label": max(probabilities, key=lambda label: probabilities[label]),
            "probabilities": probabilities,
        },
        "age": {"years": 34.2, "low": 27.5, "high": 42, "interval": 0.9},
        "gender": {"label": "female", "probabilities": {"female": 0.8, "male": 0.2}},
    }


def show(page: Page, *faces: dict[str, object]) -> None:
    """Let these faces, and no others, be in view."""
    page.evaluate("faces => { globalThis.fakeFaces = faces; }", list(faces))
