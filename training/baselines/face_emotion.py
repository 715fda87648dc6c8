"""Emotion from a face as the system before Mien did it: pictures as they are, a plain network, no augmentation.

That system took a face by a Haar cascade without alignment, live; its training pictures were FER2013's own, which are
such boxes already. So they serve whole, in training and in test.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from training import report
from training.baselines.common import constant, gray_pictures, scaled, write_figures
from training.batches import SeededBatches, smoothed
from training.datasets import fer2013
from training.evaluation import accuracy
from training.fitting import Batch, Run, Schedule, describe, fit
from training.layers import Conv2D, MaxPool
from training.tasks.face_emotion import measure
from training.tasks.options import Options

TASK = "baseline-face-emotion"
SIDE = 48
SCHEDULE = constant(epochs=50, batch=128, optimizer="adam", learning_rate=1e-3)


def build() -> keras.Model:
    """4.2 M parameters: (N, 48, 48, 1) to ``{"emotion": (N, 7)}`` probabilities."""
    face = keras.Input((SIDE, SIDE, 1), name="face")
    x = face
    for filters in (128, 256, 512, 512):
        x = Conv2D(filters, 3, activation="relu")(x)
        x = MaxPool(2)(x)
        x = keras.layers.Dropout(0.4)(x)
    x = keras.layers.Flatten()(x)
    for units, share in ((512, 0.4), (256, 0.3)):
        x = keras.layers.Dense(units, activation="relu")(x)
        x = keras.layers.Dropout(share)(x)
    emotion = keras.layers.Dense(len(fer2013.LABELS), activation="softmax", dtype="float32", name="emotion")(x)
    return keras.Model(face, {"emotion": emotion}, name="baseline_face_emotion")


def training_batches(pictures: NDArray[np.uint8], labels: NDArray[np.int64], schedule: Schedule) -> SeededBatches:
    """Pictures as they are, labels as they are."""

    def make(chosen: NDArray[np.intp], rng: np.random.Generator) -> Batch:
        return scaled(pictures[chosen]), {"emotion": smoothed(labels[chosen], len(fer2013.LABELS), 0.0)}

    return SeededBatches(len(labels), schedule, make)


def train(options: Options) -> dict[str, Any]:
    """Train on Training, keep the best epoch by PublicTest, measure on PrivateTest. Returns the figures."""
    schedule = options.apply(SCHEDULE)
    keras.utils.set_random_seed(schedule.seed)

    dataset = fer2013.load(options.data)
    training, leaks = fer2013.training_without_leaks(dataset)
    print(f"{dataset.name}: {len(dataset.samples)} pictures; {leaks} of Training left out, being in a test split too")
    parts = {
        "train": options.some(training),
        "validation": options.some([s for s in dataset.samples if s.split == "validation"]),
        "test": options.some([s for s in dataset.samples if s.split == "test"]),
    }
    pictures = {name: gray_pictures([s.path for s in part], SIDE, name) for name, part in parts.items()}
    labels = {name: np.array([s.label for s in part]) for name, part in parts.items()}

    model = build()
    model.compile(keras.optimizers.Adam(schedule.learning_rate), {"emotion": keras.losses.CategoricalCrossentropy()})
    batches = training_batches(pictures["train"], labels["train"], schedule)
    print(f"{TASK}: {model.count_params():,} parameters, {batches.batches} batches of {schedule.batch} an epoch")
    config = {"task": TASK, "schedule": describe(schedule), "pictures": len(labels["train"])}
    run = Run(options.out, config, options.resume)

    def validate(candidate: keras.Model) -> dict[str, float]:
        predictions = predict(candidate, pictures["validation"]).argmax(1)
        return {"val_accuracy": accuracy(labels["validation"], predictions)}

    history = fit(model, batches, validate, "val_accuracy", schedule, run)
    report.save_curves(run.folder, history, ["loss"], ["val_accuracy"])
    probabilities = predict(model, pictures["test"]).astype(np.float64)
    figures = measure(labels["test"], probabilities, "FER2013", "PrivateTest")
    return write_figures(run.folder, figures, model.count_params(), options.command(TASK))


def predict(model: keras.Model, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """N x 7 probabilities, as the network gives them: that system did not calibrate."""
    return np.asarray(model.predict(scaled(pictures), batch_size=256, verbose=0)["emotion"], np.float32)
