"""Graphs without shapes that are computed at every call: the same numbers for any batch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

# TensorFlow 2.21 under NumPy 2: not ours to mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
]

ASKS_FOR_SHAPES = {"Shape", "StridedSlice"}


def served(network: Any, *sides: int | None) -> Any:
    module = tf.Module()
    module.network = network
    signature = [tf.TensorSpec((None, *sides), tf.float32, name="sound")]
    module.serving = tf.function(network, input_signature=signature)
    return module


def listening() -> Any:
    """Flattens pictures, and multiplies each frame by matrices, as the speech networks do."""
    import keras

    from training.layers import AttentiveStatistics

    keras.utils.set_random_seed(1)
    sound = keras.Input((6, 4), name="sound")
    dense = keras.layers.Dense(5, activation="tanh")(sound)
    outputs = {
        "flat": keras.layers.Dense(3)(keras.layers.Flatten()(dense)),
        "pooled": AttentiveStatistics(hidden=4)(dense),
    }
    return keras.Model(sound, outputs)


def operators(module: Any) -> set[str]:
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    return {
        node.op
        for node in convert_variables_to_constants_v2(module.serving.get_concrete_function()).graph.as_graph_def().node
    }


def test_the_graph_asks_for_no_shape_and_computes_the_same_for_any_batch() -> None:
    from converter.fixed_shapes import with_fixed_shapes

    model = listening()
    module = served(lambda sound: model(sound, training=False), 6, 4)
    assert operators(module) & ASKS_FOR_SHAPES
    fixed = with_fixed_shapes(module)
    assert operators(fixed) & ASKS_FOR_SHAPES == set()
    for batch in (1, 2, 5):
        sound = np.random.RandomState(batch).normal(size=(batch, 6, 4)).astype(np.float32)
        wanted, found = module.serving(sound), fixed.serving(sound)
        assert set(found) == {"flat", "pooled"}
        for name in found:
            np.testing.assert_array_equal(found[name], wanted[name])


def test_the_written_graph_has_inputs_and_outputs_by_their_names(tmp_path: Path) -> None:
    from converter.graph_model import write_graph_model

    model = listening()
    write_graph_model(served(lambda sound: model(sound, training=False), 6, 4), tmp_path / "out")
    written = json.loads((tmp_path / "out" / "model.json").read_text())
    assert set(written["signature"]["inputs"]) == {"sound"}
    assert set(written["signature"]["outputs"]) == {"flat", "pooled"}
    assert not {node["op"] for node in written["modelTopology"]["node"]} & ASKS_FOR_SHAPES


def test_a_shape_of_which_more_than_the_batch_is_unknown_stays_as_it_is() -> None:
    from converter.fixed_shapes import with_fixed_shapes

    module = served(lambda sound: {"twice": tf.reshape(sound, (tf.shape(sound)[0], 2 * tf.shape(sound)[0], -1))}, 6, 4)
    fixed = with_fixed_shapes(module)
    for batch in (1, 3):
        sound = np.ones((batch, 6, 4), np.float32)
        assert fixed.serving(sound)["twice"].shape == (batch, 2 * batch, 24 // (2 * batch))


def test_a_shape_that_leaves_a_side_open_already_stays_as_it_is() -> None:
    from converter.fixed_shapes import with_fixed_shapes

    module = served(lambda sound: {"flat": tf.reshape(sound, (tf.shape(sound)[0], -1))}, 6, 4)
    fixed = with_fixed_shapes(module)
    for batch in (1, 3):
        assert fixed.serving(np.ones((batch, 6, 4), np.float32))["flat"].shape == (batch, 24)


def test_a_network_that_reshapes_nothing_is_handed_back() -> None:
    from converter.fixed_shapes import with_fixed_shapes

    module = served(lambda sound: {"half": sound / 2}, 6, 4)
    assert with_fixed_shapes(module) is module
