"""Emotion from a face: FER2013's seven classes, or one's own (``--own``); 56x56 grey.

FER2013: train on Training without the pictures that are also in a test split, choose everything on PublicTest, report
PrivateTest once. One's own pictures have the splits of ``datasets.own``.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from training import crops, devices, report
from training.augmentation import FaceAugmentation, mixup
from training.batches import SeededBatches, smoothed
from training.calibration import fit_temperature
from training.courses import Course, go_on, later_courses
from training.datasets import fer2013
from training.evaluation import accuracy, bootstrap_interval, debiased, ece, macro_f1, softmax, uar
from training.faces import Faces, faces_at, margin_of, size_of
from training.fitting import Batch, Batches, Run, Schedule, describe, fit, optimizer
from training.layers import conv_bn, residual
from training.model_files import learnt_before, load_trained, save_model, start_from
from training.predictions import Predictions, names_of, save_predictions
from training.preprocessing.face import FaceInput, standardise
from training.rounding import CASES, round_kernels
from training.self_teaching import opinions
from training.tasks import face_emotion_data
from training.tasks.options import Options

TASK = "face-emotion"
VERSION = "1.7.0"

EYES = ((0.31, 0.38), (0.69, 0.38))
"""Where FER2013's own pictures have them on average, so that aligning cuts off little."""
SIZE = 56
"""More than FER2013's own 48: a crop is turned and scaled, which at the same size blurs what is finest."""
FIRST_SIZE = 48
"""Of the courses before the last: three quarters of the time."""
MARGIN = 1 / 6
"""Of the side, around a crop: room from which a turned or shifted variant is taken."""

OPINION = 0.5
"""Share of the FER+ votes in a picture's target; the rest is FER2013's label, which agrees with the votes' majority on
63 % of the pictures. Labels alone are noisy, votes alone are not what is measured."""
LABEL_SMOOTHING = 0.1
"""Of labels without votes: certainty would be learnt noise."""
MIXUP = 0.2
"""Where there are no votes at all. With it a network of this size fitted 69 % of the pictures that it trained on, three
points more than of others: it learns too little, not too much."""

JUDGE = "val_accuracy"
"""The validation figure by which epochs and settings are chosen."""
SCHEDULE = Schedule(epochs=110, batch=64, learning_rate=0.08, weight_decay=5e-4, patience=40)
SECOND = Schedule(110, batch=64, learning_rate=0.05, weight_decay=5e-4, warm_up_share=0.05, patience=110)
THIRD = Schedule(40, batch=64, learning_rate=0.04, weight_decay=5e-4, warm_up_share=0.05, patience=40)
LATER = ((SECOND, OPINION, FIRST_SIZE), (THIRD, 0.0, FIRST_SIZE), (THIRD, 0.0, SIZE))
"""Courses that go on from the network before, with that network's own opinions in the targets; the votes' share in what
stands beside those; and the crops' size. In the end no votes: what is measured are the labels."""
OWN_OPINION = 0.5
"""Share of those in the targets of a later course."""
FINE_TUNING = Schedule(epochs=15, batch=32, learning_rate=0.02, weight_decay=5e-4)
"""For hundreds of own pictures, from a trained network: small batches, and steps that it survives. With 600 pictures
the validation loss was least after twelve epochs."""
AUGMENTATION = FaceAugmentation()

UNSURE_SHARE = 0.3
"""Of the way from chance to certainty: under it a reading of own labels is called unsure, as 0.4 is with seven."""


def build(size: int = SIZE, classes: int = len(fer2013.LABELS)) -> keras.Model:
    """A residual network of 0.6 M parameters: (N, size, size, 1) to ``{"emotion": (N, classes)}`` logits.

    The first layer keeps all pixels; from then on work is done at a half, a quarter and an eighth of it.
    """
    face = keras.Input((size, size, 1), name="face")
    x = conv_bn(face, 24)
    for filters, stride in ((32, 2), (64, 2), (128, 2), (128, 1)):
        x = residual(x, filters, stride)
    x = keras.layers.GlobalAveragePooling2D()(x)
    emotion = keras.layers.Dense(classes, dtype="float32", name="emotion")(x)
    return keras.Model(face, {"emotion": emotion}, name="face_emotion")


def training_targets(
    labels: NDArray[np.int64],
    opinions: NDArray[np.float32] | None,
    classes: int = len(fer2013.LABELS),
    share: float = OPINION,
) -> NDArray[np.float32]:
    """N x classes: labels, and ``share`` of the second opinion; labels smoothed where there is none.

    See ``Material.opinions``.
    """
    targets = smoothed(labels, classes, LABEL_SMOOTHING)
    if opinions is not None:
        asked = np.isfinite(opinions[:, 0])
        targets[asked] = (1 - share) * np.eye(classes, dtype=np.float32)[labels[asked]] + share * opinions[asked]
    return targets


def training_batches(
    pictures: NDArray[np.uint8],
    targets: NDArray[np.float32],
    target: FaceInput,
    schedule: Schedule,
    blend: float = MIXUP,
    framed: crops.Crops | None = None,
) -> SeededBatches:
    """Varied, standardised crops and their targets, blended by mixup with ``blend``, from N crops with margin.

    Where ``framed`` holds the same faces from frames, half of the draws take those.
    """

    def make(chosen: NDArray[np.intp], rng: np.random.Generator) -> Batch:
        batch = crops.varied(pictures, framed, target, chosen, AUGMENTATION, rng), {"emotion": targets[chosen]}
        return mixup(*batch, blend, rng) if blend else batch

    return SeededBatches(len(targets), schedule, make)


def own_opinions(model: keras.Model, faces: Faces, seed: int) -> NDArray[np.float32]:
    """N x classes: what a trained network makes of the N pictures that it learnt from."""

    def vary(chosen: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.float32]:
        return faces.varied(chosen, AUGMENTATION, rng)

    return opinions(lambda inputs: softmax(predict(model, inputs)), vary, len(faces.pictures), seed)


def train(options: Options) -> dict[str, Any]:
    """Train, calibrate, measure; writes the run folder and the model files. Returns the figures on the test split."""
    schedule = options.apply(FINE_TUNING if options.own and options.start else SCHEDULE)
    later = later_courses(options, schedule, [course for course, *_ in LATER])
    keras.utils.set_random_seed(schedule.seed)

    data = face_emotion_data.load(options)
    print("\n".join(data.remarks))
    classes = len(data.labels)

    @cache
    def faces(size: int) -> Faces:
        paths = {split: [s.path for s in part] for split, part in data.parts.items()}
        # One's own pictures may show more than one face of which nothing is cut off.
        return faces_at(size, paths, EYES, MARGIN, data.cache, colour=False, frames=not data.own)

    # What starts from a trained network sees what that saw; and one's own pictures have one course.
    smallest = SIZE if options.own or options.start is not None else FIRST_SIZE
    first = faces(smallest)
    labels = {split: np.array([s.label for s in part]) for split, part in data.parts.items()}
    model = build(first.target.width, classes)
    begun = start_from(model, options.start, new_head="emotion" if data.own else None)
    wanted = training_targets(labels["train"], data.opinions, classes)
    blend = MIXUP if data.opinions is None else 0.0
    batches = training_batches(first.pictures, wanted, first.target, schedule, blend, first.framed)
    loss = {"emotion": keras.losses.CategoricalCrossentropy(from_logits=True)}
    model.compile(optimizer(schedule, batches.batches), loss)
    print(f"{TASK}: {model.count_params():,} parameters, {batches.batches} batches of {schedule.batch} an epoch")
    config = {"task": TASK, "schedule": describe(schedule), "pictures": len(labels["train"]), "size": size_of(model)}
    config |= data.config
    run = Run(options.out, config | begun, options.resume)

    def validate(candidate: keras.Model) -> dict[str, float]:
        logits = predict(candidate, faces(size_of(candidate)).held_out["validation"])
        loss = -np.mean(np.log(softmax(logits)[np.arange(len(logits)), labels["validation"]]))
        right = accuracy(labels["validation"], logits.argmax(1))
        return {"val_loss": float(loss), "val_likelihood": float(np.exp(-loss)), "val_accuracy": right}

    def lesson(course: Schedule, votes: float, size: int) -> Course:
        def prepare_again(learnt: keras.Model, going_on: keras.Model) -> Batches:
            own = own_opinions(learnt, faces(size_of(learnt)), course.seed)
            wanted = training_targets(labels["train"], data.opinions, classes, votes)
            blended = (1 - OWN_OPINION) * wanted + OWN_OPINION * own
            at = faces(size)
            batches = training_batches(at.pictures, blended, at.target, course, blend, at.framed)
            going_on.compile(optimizer(course, batches.batches), loss)
            return batches

        noted = {"own_opinion": OWN_OPINION, "votes": votes, "size": size}
        return Course(course, noted, lambda: build(size, classes), prepare_again)

    # Of few pictures many epochs get the same number right.
    judge = "val_likelihood" if data.own else JUDGE
    history = fit(model, batches, validate, judge, schedule, run)
    # Later may be cut off.
    courses = [
        lesson(course, votes, max(smallest, size)) for course, (_, votes, size) in zip(later, LATER, strict=False)
    ]
    model, history = go_on(model, history, courses, validate, judge, config | begun, options)

    seen = faces(size_of(model))
    round_kernels(model, seen.some(CASES, AUGMENTATION, schedule.seed))
    temperature = fit_temperature(predict(model, seen.held_out["validation"]), labels["validation"])
    probabilities = softmax(predict(model, seen.held_out["test"]) / temperature)
    figures = measure(labels["test"], probabilities, data.name, data.test)
    names = names_of([s.path for s in data.parts["test"]], options.data)
    save_predictions(run.folder, {"emotion": Predictions(labels["test"], probabilities)}, names)
    report.save_curves(run.folder, history, ["loss", "val_loss"], ["val_accuracy"])
    report.save_confusion(run.folder / "confusion.png", labels["test"], probabilities.argmax(1), data.labels)
    report.save_reliability(run.folder / "reliability.png", labels["test"], probabilities)
    save_model(
        model,
        options.weights,
        {
            "format": "mien-model/1",
            "task": TASK,
            "version": VERSION,
            "parameters": model.count_params(),
            "input": seen.target.to_spec(),
            "outputs": {
                "emotion": {
                    "kind": "categorical",
                    "labels": list(data.labels),
                    "temperature": round(temperature, 4),
                    **({"unsure_below": unsure_below(classes)} if data.own else {}),
                }
            },
            "training": {
                "seed": schedule.seed,
                "epochs": len(history),
                "datasets": list(dict.fromkeys([data.name, *data.second, *learnt_before(options.start, data.name)])),
                "command": options.command(TASK),
                "schedule": describe(schedule),
                **({"later_courses": [course.described() for course in courses]} if courses else {}),
                **begun,
                "pictures": len(labels["train"]),
                **data.noted,
                "figures_in_python": figures,
            },
        },
    )
    return figures


def evaluate(options: Options) -> dict[str, Any]:
    """The figures of the trained files on their test split; the faces are cropped by Python."""
    model, spec = load_trained(options.weights, TASK)
    target, output = FaceInput.from_spec(spec["input"]), spec["outputs"]["emotion"]
    own = bool(spec["training"].get("own_data"))
    data = face_emotion_data.of_labels(dataclasses.replace(options, own=own), output["labels"])
    samples = data.parts["test"]
    margin = margin_of(target.width, MARGIN)
    cut = crops.face_crops([s.path for s in samples], target, margin, f"{data.cache}-test")
    logits = predict(model, standardise(crops.inner(cut.pictures, margin), target))
    labels = np.array([s.label for s in samples])
    return measure(labels, softmax(logits / output["temperature"]), data.name, data.test)


def predict(model: keras.Model, faces: NDArray[np.float32]) -> NDArray[np.float32]:
    """N x classes logits."""
    return devices.predict(model, faces, 256)["emotion"]


def unsure_below(classes: int) -> float:
    """The probability under which a reading of so many labels is called unsure."""
    return round(1 / classes + UNSURE_SHARE * (1 - 1 / classes), 2)


def measure(
    labels: NDArray[np.int64], probabilities: NDArray[np.float64], dataset: str = "FER2013", split: str = "PrivateTest"
) -> dict[str, Any]:
    """The figures of DESIGN section 2, each with its 95 % bootstrap interval."""
    predictions = probabilities.argmax(1)
    n = len(labels)
    unbiased_ece, ece_interval = debiased(lambda i: ece(labels[i], probabilities[i]), n, resamples=500)
    return {
        "dataset": dataset,
        "split": split,
        "n": n,
        "accuracy": accuracy(labels, predictions),
        "accuracy_interval": bootstrap_interval(lambda i: accuracy(labels[i], predictions[i]), n),
        "macro_f1": macro_f1(labels, predictions),
        "macro_f1_interval": bootstrap_interval(lambda i: macro_f1(labels[i], predictions[i]), n, resamples=500),
        "uar": uar(labels, predictions),
        "uar_interval": bootstrap_interval(lambda i: uar(labels[i], predictions[i]), n, resamples=500),
        "ece": ece(labels, probabilities),
        "ece_debiased": unbiased_ece,
        "ece_interval": ece_interval,
    }
