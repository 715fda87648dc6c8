"""Reads what training leaves behind, `<task>.keras` and `<task>.json`, and makes a TensorFlow function of it.

Import this module before `keras` anywhere else: conversion needs Keras on TensorFlow.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from converter import eight_bit
from converter.errors import ConverterError

Array = NDArray[Any]

SPEC_FORMAT = "mien-model/1"
SPEC_KEYS = ("format", "task", "version", "input", "outputs", "training")


@dataclass(frozen=True)
class TrainedModel:
    """A trained network with the part of its spec that training knows."""

    task: str
    spec: Mapping[str, Any]
    network: Any

    def run(self, batch: Array) -> dict[str, NDArray[np.float32]]:
        """Logits by output name for a batch, computed by Keras in float32."""
        values = self._named(self.network(np.asarray(batch, np.float32), training=False))
        return {name: np.asarray(value, np.float32) for name, value in values.items()}

    def module(self) -> Any:
        """A `tf.Module` with the signature `serving`, inputs and outputs named as in the spec, the batch free."""
        import tensorflow as tf

        (keras_input,) = self.network.inputs
        shape = [None, *keras_input.shape[1:]]
        signature = [tf.TensorSpec(shape, tf.float32, name=self.spec["input"]["tensor"])]
        module = tf.Module()
        module.network = self.network  # the module must own the variables that its function uses

        def call(batch: Any) -> dict[str, Any]:
            values = self._named(self.network(batch, training=False))
            return {name: tf.identity(value, name=name) for name, value in values.items()}

        module.serving = tf.function(call, input_signature=signature)
        return module

    def _named(self, values: Any) -> dict[str, Any]:
        if isinstance(values, Mapping):
            return dict(values)
        sequence = values if isinstance(values, list | tuple) else [values]
        return dict(zip(self.network.output_names, sequence, strict=True))


def load_trained(weights: Path, task: str) -> TrainedModel:
    """Reads `<task>.keras` and `<task>.json` in the folder `weights`: the network as it ships.

    The kernels of those that ship in eight bits are rounded (see `converter.eight_bit`), so that all that Python
    computes with the network, golden vectors included, is what the browser is to compute.

    Raises:
        ConverterError: a file is missing or damaged, or the two do not belong together.
    """
    spec = _read_spec(weights / f"{task}.json", task)
    path = weights / f"{task}.keras"
    _need(path, task)
    network = _load_keras()(path)
    if task in eight_bit.TASKS:
        eight_bit.round_kernels(network)
    model = TrainedModel(task, spec, network)
    _check(model, path)
    return model


def _need(path: Path, task: str) -> None:
    if not path.is_file():
        raise ConverterError(
            f"The trained {task} model has no file {path.name}.",
            where=path,
            do=f"run `mien-train {task} --data DIR`, or name another folder with --weights",
        )


def _read_spec(path: Path, task: str) -> dict[str, Any]:
    _need(path, task)
    train = f"run `mien-train {task} --data DIR` again"
    try:
        spec = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConverterError(f"The file is not JSON: {error}.", where=path, do=train) from error
    missing = [key for key in SPEC_KEYS if key not in spec]
    if missing:
        raise ConverterError(f"The spec lacks {missing}.", where=path, do=train)
    if spec["format"] != SPEC_FORMAT or spec["task"] != task:
        raise ConverterError(
            f"The spec is {spec['format']!r} for {spec['task']!r}; {SPEC_FORMAT!r} for {task!r} was expected.",
            where=path,
            do=train,
        )
    return dict(spec)


def _load_keras() -> Callable[[Path], Any]:
    # Keras reads this once, when it is imported; whoever imported it before us decided.
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import keras

    import training.layers  # noqa: F401  registers the layers that the files name

    if keras.backend.backend() != "tensorflow":
        raise ConverterError(
            f"Keras runs on {keras.backend.backend()!r}; conversion needs TensorFlow.",
            where="environment variable KERAS_BACKEND",
            do="unset it, or run with KERAS_BACKEND=tensorflow",
        )

    def load(path: Path) -> Any:
        try:
            return keras.saving.load_model(path, compile=False, safe_mode=True)
        except (ValueError, OSError, TypeError, KeyError) as error:
            raise ConverterError(
                f"Keras cannot read the model: {error}",
                where=path,
                do="train it again with this version of the project",
            ) from error

    return load


def _check(model: TrainedModel, path: Path) -> None:
    again = f"run `mien-train {model.task} --data DIR` again, so that both files come from one run"
    if len(model.network.inputs) != 1:
        raise ConverterError(f"The model has {len(model.network.inputs)} inputs instead of one.", where=path, do=again)
    policies = {layer.dtype_policy.compute_dtype for layer in model.network._flatten_layers()} - {"float32"}
    if policies:
        raise ConverterError(
            f"Layers compute in {sorted(policies)}; the browser has float32 only.",
            where=path,
            do="save the model with the dtype policy float32",
        )
    shape = tuple(model.network.inputs[0].shape[1:])
    outputs = model.run(np.zeros((1, *shape), np.float32))
    found = {name: values.shape[1:] for name, values in outputs.items()}
    wanted = {name: (_classes(output),) for name, output in model.spec["outputs"].items()}
    if found != wanted:
        raise ConverterError(f"The model gives {found}; its spec says {wanted}.", where=path, do=again)


def _classes(output: Mapping[str, Any]) -> int:
    if output["kind"] == "distribution":
        return int(output["last"]) - int(output["first"]) + 1
    return len(output["labels"])
