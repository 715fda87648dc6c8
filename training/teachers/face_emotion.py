"""Teaches emotion: five networks of 6 M parameters, each on four fifths of FER2013's training pictures.

What they say of the fifth that they did not see goes into ``targets/face-emotion.npz``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from training import crops
from training.distillation import FOLDS, folds_of, stem, write_targets
from training.evaluation import accuracy, softmax
from training.fitting import Schedule, describe, optimizer
from training.layers import conv_bn, residual
from training.preprocessing.face import FaceInput, standardise
from training.tasks import face_emotion, face_emotion_data
from training.teachers.folds import Readings, gathered, looks, of_fold, teach
from training.teachers.options import TeacherOptions

TASK = "teacher-face-emotion"

MIXUP = 0.2
DROPOUT = 0.3
SCHEDULE = Schedule(epochs=42, batch=256, learning_rate=2e-3, weight_decay=0.05, optimizer="adamw", average=0.99)


def build(size: int = face_emotion.SIZE, classes: int = 7) -> keras.Model:
    """A wide residual network of 6 M parameters: (N, size, size, 1) to ``{"emotion": (N, classes)}`` logits."""
    face = keras.Input((size, size, 1), name="face")
    x = conv_bn(face, 64)
    for filters, stride in ((96, 2), (96, 1), (192, 2), (192, 1), (384, 2), (384, 1)):
        x = residual(x, filters, stride)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(DROPOUT)(x)
    emotion = keras.layers.Dense(classes, dtype="float32", name="emotion")(x)
    return keras.Model(face, {"emotion": emotion}, name="teacher_face_emotion")


def train(options: TeacherOptions) -> dict[str, Any]:
    """Train the teachers and write what they say. Returns how often they name the label of what they did not see."""
    data = face_emotion_data.load(options)
    print("\n".join(data.remarks))
    blank = FaceInput(face_emotion.SIZE, face_emotion.SIZE, "gray", face_emotion.EYES, (0.0,), (1.0,))
    cut = {
        name: crops.face_crops([s.path for s in data.parts[name]], blank, face_emotion.MARGIN, f"{data.cache}-{name}")
        for name in ("train", "validation")
    }
    labels = {name: np.array([s.label for s in data.parts[name]]) for name in ("train", "validation")}
    return teach_all(
        options,
        [stem(s.path) for s in data.parts["train"]],
        cut["train"].pictures,
        labels["train"],
        data.opinions,
        cut["validation"].pictures,
        labels["validation"],
    )


def teach_all(
    options: TeacherOptions,
    names: Sequence[str],
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    opinions: NDArray[np.float32] | None,
    validation: NDArray[np.uint8],
    validation_labels: NDArray[np.int64],
) -> dict[str, Any]:
    """The same, of crops with margin, N and M of them; ``opinions`` as in ``face_emotion_data.Material``."""
    schedule, margin = options.apply(SCHEDULE), face_emotion.MARGIN
    mean, std = crops.mean_and_std(crops.inner(pictures, margin))
    target = FaceInput(face_emotion.SIZE, face_emotion.SIZE, "gray", face_emotion.EYES, mean, std)
    folds = folds_of([hashlib.sha256(picture.tobytes()).hexdigest() for picture in pictures])
    wanted = face_emotion.training_targets(labels, opinions)
    plain = standardise(crops.inner(validation, margin), target)

    def folder(fold: int) -> Path:
        return options.out / f"fold-{fold}"

    def validate(model: keras.Model) -> dict[str, float]:
        return {"val_accuracy": accuracy(validation_labels, face_emotion.predict(model, plain).argmax(1))}

    for fold in range(FOLDS) if options.fold is None else (options.fold,):
        own, seen = of_fold(schedule, fold), folds != fold

        def prepare(model: keras.Model, schedule: Schedule, seen: NDArray[np.bool_] = seen) -> Any:
            batches = face_emotion.training_batches(pictures[seen], wanted[seen], target, schedule, MIXUP)
            loss = {"emotion": keras.losses.CategoricalCrossentropy(from_logits=True)}
            model.compile(optimizer(schedule, batches.batches), loss)
            return batches

        def read(model: keras.Model, seen: NDArray[np.bool_] = seen) -> Readings:
            given = looks(model, pictures[~seen], margin, target)
            return {"emotion": np.mean([softmax(look["emotion"]) for look in given], axis=0)}

        config = {"task": TASK, "fold": fold, "schedule": describe(own), "pictures": int(seen.sum())}
        teach(folder(fold), build, prepare, validate, read, own, config, options.resume)

    readings = gathered(folder, folds)
    if readings is None:
        print(f"{options.out}: other folds are still to be taught")
        return {"folds": FOLDS, "fold": options.fold}
    path = options.weights / f"{face_emotion.TASK}.npz"
    write_targets(path, names, crops.inner(pictures, margin), readings)
    print(f"wrote {path}")
    return {"pictures": len(names), "accuracy_held_out": accuracy(labels, readings["emotion"].argmax(1))}
