"""Run by test_devices.py in a process of its own, for it needs PyTorch: batches trained on in shares and as a whole.

Prints a JSON object: how far weights and losses are apart after some steps, and whether the workers agree.
"""

from __future__ import annotations

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
from numpy.typing import NDArray

from training.errors import DataError
from training.fitting import Schedule, optimizer
from training.layers import AttentiveStatistics, WindowNorm, conv_bn, residual
from training.tasks.face_age_gender import age_loss

STEPS, ROWS = 4, 7
YEARS = 117


def network() -> keras.Model:
    """Every layer that the tasks have, and a loss of each kind."""
    keras.utils.set_random_seed(3)
    picture = keras.Input((12, 12, 1), name="picture")
    x = residual(conv_bn(WindowNorm()(picture), 4), 6, 2)
    x = AttentiveStatistics(8)(keras.ops.mean(x, axis=2))
    age, gender = keras.layers.Dense(YEARS, name="age")(x), keras.layers.Dense(2, name="gender")(x)
    model = keras.Model(picture, {"age": age, "gender": gender})
    schedule = Schedule(epochs=1, batch=ROWS, learning_rate=0.05, weight_decay=0.01, warm_up_share=0.5)
    losses = {"age": age_loss, "gender": keras.losses.CategoricalCrossentropy(from_logits=True)}
    model.compile(optimizer(schedule, STEPS), losses)
    model.optimizer.build(model.trainable_variables)
    return model


def batches() -> list[tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]]:
    """Seven rows each: no even shares. The rows' scales differ, so that statistics of a share are not the batch's."""
    rng = np.random.default_rng(8)
    return [
        (
            (rng.standard_normal((ROWS, 12, 12, 1)) * np.arange(1, ROWS + 1)[:, None, None, None]).astype(np.float32),
            {
                "age": np.eye(YEARS, dtype=np.float32)[rng.integers(0, YEARS, ROWS)],
                "gender": np.eye(2, dtype=np.float32)[rng.integers(0, 2, ROWS)],
            },
        )
        for _ in range(STEPS)
    ]


def main(devices: int) -> None:
    """Train both ways and compare."""
    from training.parallel.distribute import distributed
    from training.parallel.workers import workers_for

    whole, shared = network(), network()
    alone = []
    for batch in batches():
        whole.reset_metrics()
        alone.append(whole.train_on_batch(*batch, return_dict=True)["loss"])
    with workers_for(shared, devices, seed=3) as workers:
        together = [float(workers.step(shared, *batch)) for batch in batches()]
        others = workers.weights()
    foreign = keras.Sequential([keras.Input((3,)), keras.layers.BatchNormalization(), keras.layers.Dense(2)])
    try:
        with distributed(foreign, devices, seed=3):
            refused = ""
    except DataError as error:
        refused = str(error)
    ours, theirs = whole.get_weights(), shared.get_weights()
    start = network().get_weights()
    print(
        json.dumps(
            {
                "loss": float(np.abs(np.subtract(alone, together)).max()),
                "weights": max(float(np.abs(a - b).max()) for a, b in zip(ours, theirs, strict=True)),
                "moved": max(float(np.abs(a - b).max()) for a, b in zip(ours, start, strict=True)),
                "refused": refused,
                "same": [all(np.array_equal(a, b) for a, b in zip(theirs, o, strict=True)) for o in others],
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
