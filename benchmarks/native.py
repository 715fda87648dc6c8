"""Our networks in LiteRT (TensorFlow Lite), one thread: how far the browser is from the metal."""

from __future__ import annotations

import json
import os
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from server import MODELS

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

WARM_UPS = 5


class NativeNetworks:
    """Each network that ships, from the very files that the browser gets, in an interpreter of its own."""

    def __init__(self) -> None:
        from ai_edge_litert.interpreter import Interpreter

        folders = [folder for folder in sorted(MODELS.iterdir()) if (folder / "spec.json").is_file()]
        self._networks = {
            folder.name: Interpreter(model_content=_flatbuffer(folder), num_threads=1) for folder in folders
        }
        for network in self._networks.values():
            network.allocate_tensors()

    def times(self, runs: int) -> dict[str, float]:
        """Median milliseconds of one input, by network."""
        return {name: _time(network, runs) for name, network in self._networks.items()}


def _time(interpreter: Interpreter, runs: int) -> float:
    (given,) = interpreter.get_input_details()
    values = np.random.default_rng(1).standard_normal(given["shape"]).astype(np.float32)
    times = []
    for run in range(-WARM_UPS, runs):
        began = time.perf_counter()
        interpreter.set_tensor(given["index"], values)
        interpreter.invoke()
        for output in interpreter.get_output_details():
            interpreter.get_tensor(output["index"])
        if run >= 0:
            times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def _flatbuffer(folder: Path) -> bytes:
    """The shipped graph with a batch of one."""
    import tensorflow as tf

    from converter.shipped import restored

    run, _ = restored(folder, plain=True)
    (given,) = json.loads((folder / "model.json").read_text(encoding="utf-8"))["signature"]["inputs"].values()
    shape = [1, *(int(side["size"]) for side in given["tensorShape"]["dim"][1:])]
    concrete = tf.function(run).get_concrete_function(tf.TensorSpec(shape, tf.float32))
    model: bytes = tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert()
    return model
