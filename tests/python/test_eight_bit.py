"""Kernels in eight bits: what rounding loses, that writing loses nothing more, and what is left alone."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from converter.eight_bit import pack, round_kernels, unpack
from training.kernel_levels import FINE_LEVELS, LEVELS, SMALL_KERNEL, from_levels, to_levels

RNG = np.random.default_rng(5)


def kernel(*shape: int) -> Any:
    """With channels of very different size, one of them zero."""
    values = RNG.normal(size=shape) * 10.0 ** RNG.uniform(-3, 1, shape[-1])
    values[..., 1] = 0
    return values.astype(np.float32)


@pytest.mark.parametrize(
    ("shape", "most"),
    [
        ((3, 3, 5, 8), FINE_LEVELS),
        ((1, 1, 4, 6), FINE_LEVELS),
        ((SMALL_KERNEL // 4, 4), FINE_LEVELS),
        ((SMALL_KERNEL // 4 + 1, 4), LEVELS),
        ((3, 3, 50, 60), LEVELS),
    ],
)
def test_a_weight_is_off_by_half_a_level_of_its_channel_at_most(shape: tuple[int, ...], most: int) -> None:
    values = kernel(*shape)
    scales, levels = to_levels(values)
    assert scales.shape == shape[-1:] and levels.shape == shape and levels.dtype == np.int8
    flat = np.abs(values).reshape(-1, shape[-1])
    np.testing.assert_allclose(scales * most, flat.max(axis=0), rtol=1e-6)
    assert (np.abs(from_levels(scales, levels) - values) <= scales / 2 * (1 + 1e-5)).all()
    assert (from_levels(scales, levels)[..., 1] == 0).all()


def test_rounding_again_changes_nothing_nor_does_a_factor_for_each_channel() -> None:
    scales, levels = to_levels(kernel(3, 3, 16, 24))
    rounded = from_levels(scales, levels)
    again = to_levels(rounded)
    np.testing.assert_array_equal(again[1], levels)
    np.testing.assert_allclose(again[0], scales, rtol=1e-6)
    # What folding a batch normalisation does to a kernel.
    factors = RNG.uniform(-2, 2, 24).astype(np.float32)
    folded = to_levels(rounded * factors)
    np.testing.assert_array_equal(folded[1], levels * np.sign(factors).astype(np.int8))


def test_kernels_are_rounded_and_nothing_else() -> None:
    import keras

    image = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, name="conv")(image)
    x = keras.layers.DepthwiseConv2D(3, name="depthwise")(x)
    x = keras.layers.Dense(5, name="dense")(keras.layers.Flatten()(x))
    network = keras.Model(image, x)
    for layer in network.layers:
        layer.set_weights([RNG.normal(size=weight.shape) for weight in layer.get_weights()])
    before = {layer.name: layer.get_weights() for layer in network.layers}
    round_kernels(network)
    for name in ("conv", "dense"):
        values, bias = network.get_layer(name).get_weights()
        np.testing.assert_array_equal(values, from_levels(*to_levels(before[name][0])))
        assert not np.array_equal(values, before[name][0])
        np.testing.assert_array_equal(bias, before[name][1])
    for values, old in zip(network.get_layer("depthwise").get_weights(), before["depthwise"], strict=True):
        np.testing.assert_array_equal(values, old)


def graph(folder: Path) -> dict[str, Any]:
    """A graph model of float32 weights, as tensorflowjs writes it: what each constant is for tells how it is stored."""
    weights = {
        "conv": kernel(3, 3, 2, 4),
        "turned": kernel(4, 4),
        "dense": kernel(6, 4),
        "twice": kernel(4, 4),
        "depthwise": RNG.normal(size=(3, 3, 4, 1)).astype(np.float32),
        "axes": np.array([1, 2], np.int32),
        "bias": RNG.normal(size=4).astype(np.float32),
    }
    nodes = [{"op": "Const", "name": name} for name in weights] + [
        {"op": "_FusedConv2D", "name": "a", "input": ["image", "conv", "bias"]},
        {"op": "MatMul", "name": "b", "input": ["a", "turned"], "attr": {"transpose_b": {"b": True}}},
        {"op": "_FusedMatMul", "name": "c", "input": ["b", "dense", "bias"], "attr": {"transpose_b": {"b": False}}},
        {"op": "MatMul", "name": "d", "input": ["c", "twice"]},
        {"op": "Mul", "name": "e", "input": ["d", "twice"]},
        {"op": "DepthwiseConv2dNative", "name": "f", "input": ["e", "depthwise"]},
        {"op": "Mean", "name": "g", "input": ["f", "axes"]},
    ]
    manifest = [
        {"name": name, "shape": list(value.shape), "dtype": str(value.dtype)} for name, value in weights.items()
    ]
    model = {"modelTopology": {"node": nodes}, "weightsManifest": [{"paths": ["shard.bin"], "weights": manifest}]}
    (folder / "shard.bin").write_bytes(b"".join(value.tobytes() for value in weights.values()))
    (folder / "model.json").write_text(json.dumps(model))
    return weights


@pytest.mark.parametrize("eight_bit", [True, False])
def test_only_kernels_with_their_channels_last_are_stored_in_eight_bits(tmp_path: Path, eight_bit: bool) -> None:
    weights = graph(tmp_path)
    pack(tmp_path, "model.json", eight_bit=eight_bit)
    (group,) = json.loads((tmp_path / "model.json").read_text())["weightsManifest"]
    stored = {entry["name"]: entry.get("quantization", entry)["dtype"] for entry in group["weights"]}
    small = "int8" if eight_bit else "float16"
    assert stored == {
        "conv": small,
        "turned": "float16",
        "dense": small,
        "twice": "float16",
        "depthwise": "float16",
        "axes": "int32",
        "bias": "float16",
    }
    data, start = (tmp_path / "shard.bin").read_bytes(), 0
    for entry in group["weights"]:
        value = weights[entry["name"]]
        if stored[entry["name"]] == "int8":
            found, start = unpack(entry, data, start)
            np.testing.assert_array_equal(found, from_levels(*to_levels(value)))
        else:
            kind = np.dtype(stored[entry["name"]])
            np.testing.assert_array_equal(np.frombuffer(data, kind, value.size, start), value.astype(kind).ravel())
            start += value.size * kind.itemsize
    assert start == len(data)
