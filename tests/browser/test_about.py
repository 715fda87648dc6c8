"""About: the cards say what the shipped specs say, and the self-test and the benchmark run on this very device."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from server import ROOT
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

MODELS = ROOT / "models_tfjs"
TASKS = {"face-detector", "face-emotion", "face-age-gender", "speech-emotion", "voice-activity"}
PATIENCE_MS = 300_000  # three backends on two busy cores, one of them drawn by the processor


def spec_of(task: str) -> dict[str, Any]:
    """A shipped spec."""
    spec: dict[str, Any] = json.loads((MODELS / task / "spec.json").read_text())
    return spec


def test_the_cards_say_what_the_specs_say(open_page: OpenPage) -> None:
    page = open_page("/#/about")
    cards = page.get_by_test_id("model-card")
    expect(cards).to_have_count(len(TASKS))
    assert {card.get_attribute("data-task") for card in cards.all()} == TASKS
    emotion = page.locator('[data-task="face-emotion"]')
    metrics = spec_of("face-emotion")["metrics"]
    row = emotion.locator('[data-key="accuracy"]')
    low, high = metrics["accuracy_interval"]
    for share in (metrics["accuracy"], low, high):
        expect(row).to_contain_text(f"{100 * share:.1f}\u202f%")
    expect(row).to_contain_text(f"{metrics['n']:,}")
    expect(emotion.locator('[data-key="ferplus_accuracy"]')).to_contain_text(f"{metrics['ferplus_n']:,}")
    groups = spec_of("face-age-gender")["metrics"]["by_group"]
    by_group = page.locator('[data-task="face-age-gender"] tr[data-key]')
    shown = {row.get_attribute("data-key") for row in by_group.all()}
    assert set(groups) <= shown
    expect(page.get_by_test_id("about-law")).to_contain_text("Article 5(1)(f)")
    expect(page.get_by_test_id("about-licences")).to_contain_text("RAVDESS")


def test_confusion_and_reliability_are_drawn(open_page: OpenPage) -> None:
    """Plots come from whatever the spec holds, so a spec with made numbers must show those."""

    def fake(route: Route) -> None:
        spec = spec_of("face-emotion")
        spec["metrics"] |= {
            "confusion": {"happy": {"happy": 30, "sad": 10}, "sad": {"happy": 5, "sad": 15}},
            "reliability": [
                {"confidence": 0.25, "accuracy": 0.3, "n": 10},
                {"confidence": 0.75, "accuracy": 0.7, "n": 40},
            ],
        }
        route.fulfill(json=spec)

    page = open_page("/#/about", before=lambda page: page.route("**/models/face-emotion/spec.json", fake))
    card = page.locator('[data-testid="model-card"][data-task="face-emotion"]')
    confusion = card.get_by_test_id("plot-confusion")
    expect(confusion.locator(".plot-cell")).to_have_count(4)
    shares = [float(cell.get_attribute("data-share") or "nan") for cell in confusion.locator(".plot-cell").all()]
    assert shares == [0.75, 0.25, 0.25, 0.75]
    expect(confusion.get_by_role("img")).to_have_attribute(
        "aria-label", "Confusion matrix of Happy, Sad. Read rightly: Happy 75%, Sad 75%."
    )
    reliability = card.get_by_test_id("plot-reliability")
    expect(reliability.locator("circle")).to_have_count(2)
    reliability.locator("summary").click()
    expect(reliability.locator("tbody tr").last).to_contain_text("0.700")


def test_cards_that_cannot_be_fetched_say_so(open_page: OpenPage) -> None:
    page = open_page(
        "/#/about",
        before=lambda page: page.route("**/catalogue.json", lambda route: route.abort()),
        expect_errors="catalogue|ERR_FAILED",
    )
    error = page.get_by_test_id("error-message")
    expect(error).to_have_attribute("data-code", "model-missing")
    page.unroute("**/catalogue.json")
    page.get_by_test_id("retry").click()
    expect(page.get_by_test_id("model-card")).to_have_count(len(TASKS))


def outcomes(page: Page, panel: str) -> dict[str, str]:
    """What came of each backend."""
    parts = page.get_by_test_id(panel).get_by_test_id("run-backend").all()
    return {part.get_attribute("data-backend") or "": part.get_attribute("data-outcome") or "" for part in parts}


def test_the_self_test_runs_here(open_page: OpenPage) -> None:
    page = open_page("/#/about", expect_errors="WebGPU|webgpu|GPU")
    page.get_by_test_id("self-test-start").click()
    expect(page.get_by_test_id("self-test-status")).to_have_text("Finished.", timeout=PATIENCE_MS)
    found = outcomes(page, "self-test")
    assert set(found) == {"wasm", "webgl", "webgpu"}
    assert found["wasm"] == "done"
    assert set(found.values()) <= {"done", "unavailable"}
    wasm = page.locator('[data-testid="self-test"] [data-backend="wasm"]')
    expect(wasm.get_by_test_id("self-test-verdict")).to_have_attribute("data-passed", "true")
    assert {row.get_attribute("data-key") for row in wasm.locator("tr[data-key]").all()} == TASKS
    for row in wasm.locator("tr[data-key]").all():
        assert 0 <= float(row.locator("td").nth(1).inner_text()) <= 1e-3
        assert int(row.locator("td").nth(3).inner_text()) > 0
    for backend, outcome in found.items():
        part = page.locator(f'[data-testid="self-test"] [data-backend="{backend}"]')
        if outcome == "unavailable":
            expect(part).to_contain_text("Not on this device")


def test_a_failed_self_test_is_explained(open_page: OpenPage) -> None:
    """Golden vectors that do not match: the hash check refuses them, and the panel says why."""

    def spoil(route: Route) -> None:
        text = (MODELS / "face-emotion" / "golden.json").read_text()
        route.fulfill(body=text.replace("0", "1", 1), content_type="application/json")

    page = open_page(
        "/#/about", before=lambda page: page.context.route("**/face-emotion/golden.json", spoil), expect_errors="GPU"
    )
    page.get_by_test_id("self-test-start").click()
    wasm = page.locator('[data-testid="self-test"] [data-backend="wasm"]')
    expect(wasm).to_have_attribute("data-outcome", "failed", timeout=PATIENCE_MS)
    expect(wasm).to_contain_text("SHA-256")
    page.get_by_test_id("self-test-cancel").click()
    expect(page.get_by_test_id("self-test-status")).to_have_text("Cancelled.")
    expect(page.get_by_test_id("self-test-start")).to_be_focused()


def test_the_benchmark_times_every_stage(open_page: OpenPage) -> None:
    page = open_page("/#/about", expect_errors="WebGPU|webgpu|GPU")
    page.get_by_test_id("benchmark-start").click()
    wasm = page.locator('[data-testid="benchmark"] [data-backend="wasm"]')
    expect(wasm).to_have_attribute("data-outcome", "done", timeout=PATIENCE_MS)
    page.get_by_test_id("benchmark-cancel").click()  # the others take long without a graphics card
    expect(page.get_by_test_id("benchmark-status")).to_have_text("Cancelled.")
    stages = {row.get_attribute("data-key"): row for row in wasm.locator("tr[data-key]").all()}
    assert set(stages) == {"detect", "crop", "face", "frame", "log-mel", "voice", "window"}
    for row in stages.values():
        median, p95 = (float(cell.inner_text().split("\u202f")[0].split()[0]) for cell in row.locator("td").all())
        assert 0 <= median <= p95
    summary = wasm.get_by_test_id("benchmark-summary")
    assert float(summary.get_attribute("data-rate") or 0) > 0
    assert int(summary.get_attribute("data-tensors") or 0) > 0
    assert int(summary.get_attribute("data-bytes") or 0) > 1_000_000
    assert int(summary.get_attribute("data-threads") or 0) >= 1
