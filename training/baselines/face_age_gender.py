"""Age and gender as the system before Mien did it: whole pictures in grey, a plain network with two branches.

It claimed 76.8 % for age, an R² over training data included. Here groups of near-duplicates are kept apart.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from training import report
from training.baselines.common import constant, gray_pictures, scaled, write_figures
from training.batches import SeededBatches
from training.datasets import utkface
from training.evaluation import accuracy, bootstrap_interval
from training.fitting import Batch, Run, Schedule, describe, fit
from training.layers import Conv2D, MaxPool
from training.tasks.face_age_gender import LABELS, gender_labels
from training.tasks.options import Options

TASK = "baseline-face-age-gender"
SIDE = 128
SCHEDULE = constant(epochs=30, batch=32, optimizer="adam", learning_rate=1e-3)


def build() -> keras.Model:
    """(N, 128, 128, 1) to ``{"age": (N, 1)}`` years and ``{"gender": (N, 1)}``, the probability of ``LABELS[1]``."""
    face = keras.Input((SIDE, SIDE, 1), name="face")
    x = face
    for filters in (32, 64, 128, 256):
        x = Conv2D(filters, 3, activation="relu")(x)
        x = MaxPool(2)(x)
    x = keras.layers.Flatten()(x)
    branches = [keras.layers.Dropout(0.4)(keras.layers.Dense(256, activation="relu")(x)) for _ in range(2)]
    gender = keras.layers.Dense(1, activation="sigmoid", dtype="float32", name="gender")(branches[0])
    age = keras.layers.Dense(1, activation="relu", dtype="float32", name="age")(branches[1])
    return keras.Model(face, {"age": age, "gender": gender}, name="baseline_face_age_gender")


def training_batches(
    pictures: NDArray[np.uint8], ages: NDArray[np.int64], genders: NDArray[np.int64], schedule: Schedule
) -> SeededBatches:
    """Pictures as they are, ages in years, genders as 0 or 1."""

    def make(chosen: NDArray[np.intp], rng: np.random.Generator) -> Batch:
        targets = {"age": ages[chosen], "gender": genders[chosen]}
        return scaled(pictures[chosen]), {name: value.astype(np.float32)[:, None] for name, value in targets.items()}

    return SeededBatches(len(ages), schedule, make)


def train(options: Options) -> dict[str, Any]:
    """Train, keep the best epoch by the validation split, measure on the test split. Returns the figures."""
    schedule = options.apply(SCHEDULE)
    keras.utils.set_random_seed(schedule.seed)

    dataset = utkface.load(options.data)
    print(f"{dataset.name}: {len(dataset.samples)} pictures, {len({s.group for s in dataset.samples})} groups")
    parts = {
        split: options.some([s for s in dataset.samples if s.split == split])
        for split in ("train", "validation", "test")
    }
    pictures = {name: gray_pictures([s.path for s in part], SIDE, name) for name, part in parts.items()}
    ages = {name: np.array([s.age for s in part]) for name, part in parts.items()}
    genders = {name: gender_labels(part) for name, part in parts.items()}

    model = build()
    model.compile(
        keras.optimizers.Adam(schedule.learning_rate),
        {"age": keras.losses.MeanAbsoluteError(), "gender": keras.losses.BinaryCrossentropy()},
    )
    batches = training_batches(pictures["train"], ages["train"], genders["train"], schedule)
    print(f"{TASK}: {model.count_params():,} parameters, {batches.batches} batches of {schedule.batch} an epoch")
    config = {"task": TASK, "schedule": describe(schedule), "pictures": len(ages["train"])}
    run = Run(options.out, config, options.resume)

    def validate(candidate: keras.Model) -> dict[str, float]:
        years, predicted = predict(candidate, pictures["validation"])
        mae = float(np.abs(years - ages["validation"]).mean())
        right = accuracy(genders["validation"], predicted)
        # Judged as Mien's own network is: one year of age weighs as much as two points of gender.
        return {"val_age_mae": mae, "val_gender_accuracy": right, "val_score": 50 * right - mae}

    history = fit(model, batches, validate, "val_score", schedule, run)
    report.save_curves(run.folder, history, ["loss"], ["val_age_mae"])
    years, predicted = predict(model, pictures["test"])
    figures = measure(ages["test"], years, genders["test"], predicted)
    return write_figures(run.folder, figures, model.count_params(), options.command(TASK))


def predict(model: keras.Model, pictures: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """N ages in years, and N indices into LABELS."""
    outputs = model.predict(scaled(pictures), batch_size=64, verbose=0)
    return np.asarray(outputs["age"], np.float64)[:, 0], (np.asarray(outputs["gender"])[:, 0] > 0.5).astype(np.int64)


def measure(
    ages: NDArray[np.int64], years: NDArray[np.float64], genders: NDArray[np.int64], predicted: NDArray[np.int64]
) -> dict[str, Any]:
    """Age error, its R² on held-out people, and gender accuracy; the network gives no age interval."""
    errors, right, n = np.abs(years - ages), genders == predicted, len(ages)
    spread = float(np.square(ages - ages.mean()).sum())
    return {
        "dataset": "UTKFace",
        "split": "test (a tenth, by groups of near-duplicates)",
        "n": n,
        "age_mae": float(errors.mean()),
        "age_mae_interval": bootstrap_interval(lambda i: float(errors[i].mean()), n),
        "age_r2": 1 - float(np.square(years - ages).sum()) / spread if spread else 0.0,
        "gender_accuracy": float(right.mean()),
        "gender_accuracy_interval": bootstrap_interval(lambda i: float(right[i].mean()), n),
        "gender_labels": list(LABELS),
    }
