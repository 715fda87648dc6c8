"""Lets ``model.fit`` train on several devices of PyTorch."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras

from training.errors import DataError
from training.layers import BatchNorm
from training.parallel.workers import workers_for


@contextlib.contextmanager
def distributed(model: keras.Model, devices: int, seed: int) -> Iterator[None]:
    """While the block runs, each training step of ``model`` is shared out among ``devices`` processes.

    Args:
        model: Compiled with a loss for each output by name; its optimizer is built.
        devices: At least 2.
        seed: Of the run.

    Raises:
        DataError: the network normalises batches by a layer that sees one device's share alone.
        DeviceError: a device was lost inside the block.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization) and not isinstance(layer, BatchNorm):
            raise DataError(
                f"{layer.name} would normalise each device's share by itself: "
                "build the network with training.layers.BatchNorm, or use --devices 1"
            )
    with workers_for(model, devices, seed) as workers:

        def train_step(data: Any) -> dict[str, Any]:
            inputs, targets = data[:2]
            loss = workers.step(model, inputs, targets)
            tracker = next(metric for metric in model.metrics if metric.name == "loss")
            tracker.update_state(loss, sample_weight=len(inputs))
            return {"loss": tracker.result()}

        model.train_step = train_step
        try:
            yield
        finally:
            del model.train_step
