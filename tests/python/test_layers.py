"""The layers that are fast on PyTorch against Keras's own, in a process with that backend; the others against NumPy."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from training.layers import AttentiveStatistics, WindowNorm
from training.model_files import load_model, save_model
from training.preprocessing.speech import SpeechInput
from training.tasks import speech_emotion

COMPARISON = """
import keras, numpy as np, torch
from training.layers import AveragePool, BatchNorm, Conv2D, MaxPool

rng = np.random.default_rng(0)
x = rng.standard_normal((4, 13, 10, 6)).astype("float32") * 3 + 1

def same(ours, theirs, inputs, training):
    ours.build(inputs.shape); theirs.build(inputs.shape)
    weights = [rng.uniform(0.5, 1.5, w.shape).astype("float32") for w in theirs.weights]
    ours.set_weights(weights); theirs.set_weights(weights)
    results = []
    for layer in (ours, theirs):
        at = torch.tensor(inputs, requires_grad=True)
        y = layer(at, training=training) if training is not None else layer(at)
        (y * torch.arange(y.numel()).reshape(y.shape).cos()).sum().backward()
        grads = [w.value.grad for w in layer.trainable_weights]
        results.append([y, at.grad, *grads, *[w.value for w in layer.weights]])
    assert len(results[0]) == len(results[1])
    for a, b in zip(*results):
        assert a.shape == b.shape, (a.shape, b.shape)
        torch.testing.assert_close(a, b, rtol=2e-4, atol=2e-4)
    print("same", type(ours).__name__)

for stride in (1, 2, (2, 1), 3):
    for kernel in (1, 3, (5, 2)):
        for padding in ("same", "valid"):
            options = dict(filters=5, kernel_size=kernel, strides=stride, padding=padding, activation="relu")
            same(Conv2D(**options), keras.layers.Conv2D(**options), x, None)
for training in (True, False):
    same(BatchNorm(momentum=0.9), keras.layers.BatchNormalization(momentum=0.9), x, training)
    same(BatchNorm(scale=False), keras.layers.BatchNormalization(scale=False), x, training)
for size in ((4, 12, 10, 6), (4, 13, 9, 6)):
    ours, theirs = AveragePool(2, padding="same"), keras.layers.AveragePooling2D(2, padding="same")
    same(ours, theirs, x[:, :size[1], :size[2]], None)
    same(MaxPool(2), keras.layers.MaxPooling2D(2), x[:, :size[1], :size[2]], None)
"""


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
def test_fast_layers_are_keras_own_on_torch() -> None:
    environment = os.environ | {"KERAS_BACKEND": "torch", "TF_CPP_MIN_LOG_LEVEL": "2"}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(COMPARISON)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("same") == 24 + 4 + 4


def test_window_norm_takes_gain_and_offset_out() -> None:
    x = np.random.default_rng(1).normal(0, 1, (2, 20, 8, 1)).astype(np.float32)
    once, louder = (np.asarray(WindowNorm()(v)) for v in (x, x * 5 + 3))
    np.testing.assert_allclose(once, louder, atol=2e-3)
    np.testing.assert_allclose(once.mean(axis=(1, 2, 3)), 0, atol=1e-5)


def test_attentive_statistics_of_a_steady_signal() -> None:
    steady = np.broadcast_to(np.arange(5, dtype=np.float32), (3, 7, 5))
    pooled = np.asarray(AttentiveStatistics(4)(steady))
    assert pooled.shape == (3, 10)
    np.testing.assert_allclose(pooled[:, :5], steady[:, 0], atol=1e-5)  # whatever the weights, the mean is the value
    np.testing.assert_allclose(pooled[:, 5:], 0, atol=0.01)


def test_a_committee_says_the_mean_of_what_its_members_say() -> None:
    model = speech_emotion.build(SpeechInput(window_seconds=1.0))
    members = speech_emotion.members_of(model)
    assert len(members) == speech_emotion.MEMBERS > 1
    sound = np.random.default_rng(5).normal(-50, 15, (3, *model.inputs[0].shape[1:])).astype(np.float32)
    said = [np.asarray(member(sound)["emotion"]) for member in members]
    assert np.abs(said[0] - said[1]).max() > 1e-3, "members that begin alike are one network twice"
    np.testing.assert_allclose(np.asarray(model(sound)["emotion"]), np.mean(said, axis=0), atol=1e-5)
    assert model.count_params() == sum(member.count_params() for member in members)


def test_a_trained_committee_is_kept_without_what_trained_it(tmp_path: Path) -> None:
    model = speech_emotion.build(SpeechInput(window_seconds=1.0))
    sound = np.zeros((2, *model.inputs[0].shape[1:]), np.float32)
    for member in speech_emotion.members_of(model):
        member.compile("adam", {"emotion": "mse"})
        member.train_on_batch(sound, {"emotion": np.ones((2, 8), np.float32)})
    save_model(model, tmp_path, {"task": "voice"})
    kept = load_model(tmp_path / "voice.keras")
    assert not any(getattr(member, "optimizer", None) for member in speech_emotion.members_of(kept))
    assert (tmp_path / "voice.keras").stat().st_size < 1.5 * 4 * model.count_params()
    np.testing.assert_allclose(np.asarray(kept(sound)["emotion"]), np.asarray(model(sound)["emotion"]), atol=1e-6)
