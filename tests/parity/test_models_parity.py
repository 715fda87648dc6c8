"""The shipped models: what a browser computes against what Keras and TensorFlow Lite computed.

Bars (DESIGN.md, section 3): probabilities within 1e-3 on WASM and 5e-3 on WebGL, the same top class on every golden
vector; other batch sizes, threads and random inputs give the same numbers.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page

from tests.parity.conftest import TASKS, Parity, RunningModels, model_file, spec_of
from tests.parity.packed import pack, unpack
from training.preprocessing.detector import FaceDetector

pytestmark = pytest.mark.browser

PROBABILITY_BAR = {"wasm": 1e-3, "webgl": 5e-3}
CLASSIFIERS = [task for task in TASKS if task != "face-detector"]


def softmax(logits: NDArray[Any], temperature: float) -> NDArray[np.float64]:
    powers = np.exp((logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)) / temperature)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def random_inputs(task: str, count: int) -> NDArray[np.float32]:
    """Inputs as standardised ones are distributed."""
    wanted = spec_of(task)["input"]
    rng = np.random.default_rng(11)
    if wanted["kind"] == "log-mel":
        frames = 1 + round(wanted["window_seconds"] * wanted["sample_rate"]) // wanted["hop_length"]
        shape = (count, frames, wanted["n_mels"], 1)
    else:
        shape = (count, wanted["height"], wanted["width"], len(wanted["mean"]))
    return np.clip(rng.normal(0, 1, shape), -1, 1).astype(np.float32)


@pytest.mark.parametrize("task", CLASSIFIERS)
def test_golden_vectors(models: RunningModels, task: str) -> None:
    golden = json.loads(model_file(task, "golden.json").read_text(encoding="utf-8"))["cases"]
    ours = models.call("golden", task)
    assert [case["name"] for case in ours] == [case["name"] for case in golden]
    for found, case in zip(ours, golden, strict=True):
        assert set(found["probabilities"]) == set(case["probabilities"]) == set(spec_of(task)["outputs"])
        for name, expected in case["probabilities"].items():
            np.testing.assert_allclose(
                found["probabilities"][name], expected, atol=PROBABILITY_BAR[models.backend], rtol=0
            )
            assert np.argmax(found["probabilities"][name]) == np.argmax(expected)


def test_detectors_golden_vector(models: RunningModels) -> None:
    golden = json.loads(model_file("face-detector", "golden.json").read_text(encoding="utf-8"))["cases"]
    for found, case in zip(models.call("golden", "face-detector"), golden, strict=True):
        expected = np.frombuffer(base64.b64decode(case["outputs"]["scores"]["data"]), "<f4")
        np.testing.assert_allclose(found["outputs"]["scores"], expected, atol=0.05, rtol=1e-2)


@pytest.mark.parametrize("task", CLASSIFIERS)
def test_random_inputs_one_by_one_and_as_a_batch(wasm: RunningModels, webgl: RunningModels, task: str) -> None:
    inputs = random_inputs(task, 3)
    batch = wasm.call("run", task, pack(inputs))
    # One only: WebGL compiles its programs anew for every size of a batch.
    on_webgl = webgl.call("run", task, pack(inputs[:1]))
    for name, output in spec_of(task)["outputs"].items():
        together = softmax(unpack(batch[name]), output["temperature"])
        graphics = softmax(unpack(on_webgl[name])[0], output["temperature"])
        np.testing.assert_allclose(graphics, together[0], atol=PROBABILITY_BAR["webgl"], rtol=0)
        for index in range(len(inputs)):
            alone = wasm.call("run", task, pack(inputs[index : index + 1]))
            np.testing.assert_allclose(
                softmax(unpack(alone[name])[0], output["temperature"]), together[index], atol=1e-5
            )


def test_detector_on_random_frames_is_tensorflow_lites(wasm: RunningModels) -> None:
    frames = random_inputs("face-detector", 2)
    reference = FaceDetector()
    ours = wasm.call("run", "face-detector", pack(frames))
    for index, frame in enumerate(frames):
        boxes, scores = reference.run(frame)
        np.testing.assert_allclose(unpack(ours["boxes"])[index], boxes.ravel(), atol=0.1, rtol=1e-2)
        np.testing.assert_allclose(unpack(ours["scores"])[index], scores.ravel(), atol=0.1, rtol=1e-2)


def test_threads_give_the_same_numbers(open_test_page: Callable[[], Page], wasm: RunningModels) -> None:
    """Two threads: their workers are files of our own origin, since the policy forbids blob: scripts."""
    page = open_test_page()
    assert page.evaluate("crossOriginIsolated"), "COOP and COEP isolate the page"
    threaded = RunningModels(page, "wasm", threads=2)
    assert (threaded.threads, wasm.threads) == (2, 1)
    for task in CLASSIFIERS:
        inputs = pack(random_inputs(task, 2))
        ours, single = threaded.call("run", task, inputs), wasm.call("run", task, inputs)
        for name in single:
            np.testing.assert_allclose(unpack(ours[name]), unpack(single[name]), atol=1e-4)
    page.close()


def test_running_leaves_no_tensors_behind(models: RunningModels) -> None:
    # WebGL in software takes seconds a run, and all models go the same way.
    tasks = TASKS if models.backend == "wasm" else ("face-emotion",)
    inputs = {task: pack(random_inputs(task, 1)) for task in tasks}
    for task in tasks:
        models.call("run", task, inputs[task])
    before = models.call("memory")
    for task in tasks:
        for _ in range(3):
            models.call("run", task, inputs[task])
    assert models.call("memory") == before


@pytest.mark.parametrize("seed", range(5))
def test_age_of_random_distributions(parity: Parity, seed: int) -> None:
    """Mean and quantiles against their definition: the inverse of the piecewise-linear distribution function."""
    output = {"kind": "distribution", "first": 0, "last": 116, "temperature": 1.0, "interval": 0.9}
    rng = np.random.default_rng(seed)
    probabilities = softmax(rng.normal(0, 3, 117) - ((np.arange(117) - 25 * seed) / 9) ** 2, 1.0)
    ours = parity.call("readings.age", probabilities.tolist(), output)
    edges = np.arange(118) - 0.5
    cumulative = np.concatenate([[0], np.cumsum(probabilities)])
    low, high = np.clip(np.interp([0.05, 0.95], cumulative, edges), 0, 116)
    assert ours["years"] == pytest.approx(probabilities @ np.arange(117), abs=1e-9)
    assert ours["low"] == pytest.approx(low, abs=1e-6)
    assert ours["high"] == pytest.approx(high, abs=1e-6)
