"""Kernels in the levels that ship: what their layers compute changes least, and the converter leaves them alone."""

from typing import Any

import keras
import numpy as np
import pytest

from converter import eight_bit
from training.kernel_levels import from_levels, most_levels, to_levels
from training.layers import Conv2D
from training.rounding import round_kernels, rounded, second_moments


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def alike(rng: np.random.Generator, rows: int, size: int) -> Any:
    """Rows whose numbers go together, as neighbouring pixels and channels do."""
    return (rng.normal(size=(rows, 4)) @ rng.normal(size=(4, size)) + 0.3 * rng.normal(size=(rows, size)) + 0.5).astype(
        np.float32
    )


def test_no_other_level_of_a_single_weight_would_be_better(rng: np.random.Generator) -> None:
    seen = alike(rng, 500, 12)
    kernel = rng.normal(size=(12, 3))
    moments = second_moments([seen[:200], seen[200:]], 12)
    np.testing.assert_allclose(moments, seen.T.astype(float) @ seen / 500, rtol=1e-4)
    found = rounded(kernel, moments).astype(np.float64)
    scales, nearest = to_levels(kernel.astype(np.float32))
    levels = to_levels(found.astype(np.float32))[1]

    damping = 0.01 * np.diag(moments).mean()

    def lost(candidate: Any) -> Any:
        # From what the layer computes, not from the moments.
        outputs = seen.astype(np.float64) @ (candidate - kernel)
        return (outputs**2).mean(axis=0) + damping * ((candidate - kernel) ** 2).sum(axis=0)

    best = lost(found)
    for weight in range(12):
        for step in (-1, 1):
            other = levels.copy()
            other[weight] += step
            allowed = (np.abs(other[weight]) <= most_levels(kernel)) & (np.abs(kernel).argmax(axis=0) != weight)
            assert (lost(from_levels(scales, other)) >= best - 1e-12)[allowed].all()
    assert best.sum() < 0.5 * lost(from_levels(scales, nearest)).sum()


def test_the_scales_of_rounded_kernels_are_found_again(rng: np.random.Generator) -> None:
    kernel = rng.normal(size=(3, 3, 40, 64))
    kernel[..., 5] = 0
    seen = alike(rng, 600, 360)
    once = rounded(kernel, second_moments([seen], 360))
    scales, levels = to_levels(once)
    np.testing.assert_allclose(scales, to_levels(kernel.astype(np.float32))[0], rtol=1e-6)
    np.testing.assert_allclose(from_levels(scales, levels), once, rtol=1e-6)
    assert (np.abs(levels).reshape(-1, 64).max(axis=0) == np.where(np.arange(64) == 5, 0, 47)).all()


def network() -> keras.Model:
    """With strides, padding of both kinds and a shortcut: as the networks for faces are made."""
    keras.utils.set_random_seed(3)
    face = keras.Input((13, 13, 2))
    first = Conv2D(16, 3, strides=2, padding="same")(face)
    x = keras.layers.ReLU()(first)
    x = keras.layers.DepthwiseConv2D(3, padding="same")(x)
    x = keras.layers.Add()([Conv2D(16, 1)(x), first])
    x = keras.layers.ReLU()(Conv2D(24, 3)(x))
    outputs = {"a": keras.layers.Dense(5)(keras.layers.Flatten()(x)), "b": keras.layers.Dense(2)(x)}
    return keras.Model(face, outputs)


def test_a_rounded_network_reads_more_like_the_trained_one_than_with_the_nearest_levels(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LEVELS", "FINE_LEVELS"):
        monkeypatch.setattr(f"training.kernel_levels.{name}", 7)
    pictures = alike(rng, 300, 13 * 13 * 2).reshape(-1, 13, 13, 2)
    trained, best, nearest = network(), network(), network()
    round_kernels(best, pictures[:200])
    eight_bit.round_kernels(nearest)
    wanted = trained.predict(pictures[200:], verbose=0)
    for name, values in wanted.items():
        lost = [np.mean((one.predict(pictures[200:], verbose=0)[name] - values) ** 2) for one in (best, nearest)]
        assert 0 < lost[0] < 0.8 * lost[1], name

    before = [np.asarray(weight) for weight in best.weights]
    eight_bit.round_kernels(best)
    for weight, old, original in zip(best.weights, before, trained.weights, strict=True):
        np.testing.assert_allclose(np.asarray(weight), old, rtol=1e-6)
        touched = weight.name == "kernel" and "depthwise" not in weight.path
        assert np.array_equal(old, np.asarray(original)) != touched, weight.path
