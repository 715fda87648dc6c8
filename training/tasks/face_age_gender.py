"""Age and gender from a face: UTKFace, 80x80 RGB, one network with two outputs.

Age is a distribution over years, learnt from a bell curve around the true age (X. Geng, "Label Distribution Learning",
2016; B.-B. Gao et al., "Age Estimation Using Expectation of Label Distribution Learning", IJCAI 2018): its mean is the
reading, and its quantiles an interval whose coverage can be measured. Gender is the label that the dataset gives.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import cache
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from storage.files import replacing
from training import crops, devices, report
from training.augmentation import FaceAugmentation
from training.batches import SeededBatches, smoothed
from training.calibration import fit_interval_temperature, fit_temperature
from training.courses import Course, go_on, later_courses
from training.datasets import utkface
from training.datasets.common import SPLITS
from training.datasets.utkface import UtkSample
from training.evaluation import accuracy, age_interval, bootstrap_interval, mean_age, softmax
from training.faces import Faces, faces_at, margin_of, size_of
from training.fitting import Batch, Batches, Run, Schedule, describe, fit, optimizer
from training.layers import conv_bn, residual
from training.model_files import load_trained, save_model, start_from
from training.predictions import Predictions, names_of, save_predictions
from training.preprocessing.face import FaceInput, standardise
from training.rounding import CASES, round_kernels
from training.self_teaching import opinions
from training.tasks.options import Options

TASK = "face-age-gender"
VERSION = "1.7.0"

LABELS = ("female", "male")
YEARS = utkface.MAX_AGE + 1
INTERVAL = 0.9

EYES = ((0.32, 0.36), (0.68, 0.36))
"""A little wider than for emotion: hairline, ears and chin tell age."""
SIZE = 80
FIRST_SIZE = 64
"""Of the first courses: two thirds of the time."""
MARGIN = 5 / 32
"""Of the side, around a crop: room from which a turned or shifted variant is taken."""

AGE_DEVIATION = 2.0
"""Standard deviation in years of the bell curve around the true age."""
MEAN_ERROR_WEIGHT = 0.2
"""Of the error of the distribution's mean, per year, beside the distribution's cross-entropy."""
LABEL_SMOOTHING = 0.05
GENDER_WEIGHT = 2.0
"""Of gender's cross-entropy, which is small beside age's loss: 0.16 and 4.1 on the validation split, once trained."""

JUDGE = "val_score"
"""The validation figure by which epochs and settings are chosen."""
SCHEDULE = Schedule(epochs=90, batch=64, learning_rate=2e-3, weight_decay=0.1, optimizer="adamw", patience=40)
"""A run of 110 epochs found a better one after 24 that were not: the usual patience would have ended it there."""
AUGMENTATION = FaceAugmentation()
AGAIN = Schedule(
    epochs=60,
    batch=64,
    learning_rate=1e-3,
    weight_decay=0.1,
    optimizer="adamw",
    warm_up_share=0.05,
    patience=60,
)
LARGER = dataclasses.replace(AGAIN, epochs=40)
LATER = ((AGAIN, FIRST_SIZE), (AGAIN, FIRST_SIZE), (LARGER, SIZE))
"""Courses that go on from the network before, with that network's own opinions in the targets; and the crops' size."""
OWN_OPINION = 0.5
"""Share of those in the targets of a later course."""
OFTENER = (60, 75)
"""From each of these ages on a picture is drawn once more in an epoch of a later course: one in nine pictures is of
somebody of sixty or more, and the first course left those of the validation split five to seven years too young."""
AUGMENTATION_AGAIN = FaceAugmentation(tint=0.15, grey_share=0.1)
"""Of later courses; colours are the lamp's and the camera's as much as the face's."""

AGE_BANDS = ((0, 9), (10, 19), (20, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 79), (80, 116))


def build(size: int = SIZE) -> keras.Model:
    """A residual network of 0.5 M parameters: (N, size, size, 3) to ``{"age": (N, 117), "gender": (N, 2)}`` logits.

    Narrow where there are many pixels, which is where the time goes, and wide where there are few.
    """
    face = keras.Input((size, size, 3), name="face")
    x = conv_bn(face, 24, 2)
    for filters, stride in ((24, 1), (64, 2), (96, 2), (128, 2)):
        x = residual(x, filters, stride)
    x = keras.layers.GlobalAveragePooling2D()(x)
    age = keras.layers.Dense(YEARS, dtype="float32", name="age")(x)
    gender = keras.layers.Dense(len(LABELS), dtype="float32", name="gender")(x)
    return keras.Model(face, {"age": age, "gender": gender}, name="face_age_gender")


def age_loss(target: Any, logits: Any) -> Any:
    """Cross-entropy between distributions, and the distance of their means."""
    years = ops.arange(YEARS, dtype=logits.dtype)
    predicted = ops.softmax(logits)
    apart = ops.sum((predicted - target) * years, axis=-1)
    entropy = ops.categorical_crossentropy(target, logits, from_logits=True)
    return entropy + MEAN_ERROR_WEIGHT * ops.abs(apart)


def age_distribution(ages: NDArray[np.integer]) -> NDArray[np.float32]:
    """N x 117: a bell curve around each age, cut off at 0 and 116 and summing to 1."""
    distance = np.arange(YEARS)[None] - ages[:, None]
    curve = np.exp(-0.5 * (distance / AGE_DEVIATION) ** 2)
    distribution: NDArray[np.float32] = (curve / curve.sum(axis=1, keepdims=True)).astype(np.float32)
    return distribution


def training_targets(ages: NDArray[np.int64], genders: NDArray[np.int64]) -> dict[str, NDArray[np.float32]]:
    """``{"age": N x 117, "gender": N x 2}``."""
    return {"age": age_distribution(ages), "gender": smoothed(genders, len(LABELS), LABEL_SMOOTHING)}


def training_batches(
    pictures: NDArray[np.uint8],
    targets: dict[str, NDArray[np.float32]],
    target: FaceInput,
    schedule: Schedule,
    framed: crops.Crops | None = None,
    augmentation: FaceAugmentation = AUGMENTATION,
    times: NDArray[np.int64] | None = None,
) -> SeededBatches:
    """Varied, standardised crops with their targets, from N crops with margin.

    Where ``framed`` holds the same faces from frames, half of the draws take those. ``times`` says how often each
    picture is drawn in an epoch; None is once.
    """
    cases = np.arange(len(pictures)) if times is None else np.repeat(np.arange(len(pictures)), times)

    def make(chosen: NDArray[np.intp], rng: np.random.Generator) -> Batch:
        these = cases[chosen]
        faces = crops.varied(pictures, framed, target, these, augmentation, rng)
        return faces, {name: values[these] for name, values in targets.items()}

    return SeededBatches(len(cases), schedule, make)


def times_drawn(ages: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often the pictures of such ages are drawn in an epoch of a later course, by ``OFTENER``."""
    times: NDArray[np.int64] = 1 + (ages[:, None] >= np.array(OFTENER)).sum(axis=1)
    return times


def own_opinions(model: keras.Model, faces: Faces, seed: int) -> dict[str, NDArray[np.float32]]:
    """What a trained network makes of the N pictures that it learnt from: as ``training_targets``."""

    def vary(chosen: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.float32]:
        return faces.varied(chosen, AUGMENTATION, rng)

    def read(inputs: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.concatenate([softmax(logits) for logits in predict(model, inputs)], axis=1)

    both = opinions(read, vary, len(faces.pictures), seed)
    return {"age": both[:, :YEARS], "gender": both[:, YEARS:]}


def train(options: Options) -> dict[str, Any]:
    """Train, calibrate, measure; writes the run folder and the model files. Returns the figures on the test split."""
    schedule = options.apply(SCHEDULE)
    later = later_courses(options, schedule, [course for course, _ in LATER])
    keras.utils.set_random_seed(schedule.seed)

    dataset = utkface.load(options.data)
    print(f"{dataset.name}: {len(dataset.samples)} pictures, {len({s.group for s in dataset.samples})} groups")
    for path, reason in dataset.skipped:
        print(f"left out: {path.name}: {reason}")
    parts = {split: options.some([s for s in dataset.samples if s.split == split]) for split in SPLITS}

    paths = {split: [s.path for s in part] for split, part in parts.items()}

    @cache
    def faces(size: int) -> Faces:
        return faces_at(size, paths, EYES, MARGIN, "utkface", colour=True, frames=True)

    # What starts from a trained network sees what that saw.
    smallest = SIZE if options.start is not None else FIRST_SIZE
    first = faces(smallest)
    ages = {name: np.array([s.age for s in part]) for name, part in parts.items()}
    genders = {name: gender_labels(part) for name, part in parts.items()}

    model = build(smallest)
    begun = start_from(model, options.start)
    wanted = training_targets(ages["train"], genders["train"])
    batches = training_batches(first.pictures, wanted, first.target, schedule, first.framed)
    prepare(model, optimizer(schedule, batches.batches))
    print(f"{TASK}: {model.count_params():,} parameters, {batches.batches} batches of {schedule.batch} an epoch")
    config = {"task": TASK, "schedule": describe(schedule), "pictures": len(parts["train"]), "size": smallest} | begun
    run = Run(options.out, config, options.resume)

    def validate(candidate: keras.Model) -> dict[str, float]:
        age, gender = predict(candidate, faces(size_of(candidate)).held_out["validation"])
        mae = float(np.mean(np.abs(mean_age(softmax(age)) - ages["validation"])))
        right = accuracy(genders["validation"], gender.argmax(1))
        # One year of age weighs as much as two points of gender.
        return {"val_age_mae": mae, "val_gender_accuracy": right, "val_score": 50 * right - mae}

    def lesson(course: Schedule, size: int) -> Course:
        def prepare_again(learnt: keras.Model, going_on: keras.Model) -> Batches:
            own = own_opinions(learnt, faces(size_of(learnt)), course.seed)
            blended = {name: (1 - OWN_OPINION) * values + OWN_OPINION * own[name] for name, values in wanted.items()}
            at, times = faces(size), times_drawn(ages["train"])
            batches = training_batches(at.pictures, blended, at.target, course, at.framed, AUGMENTATION_AGAIN, times)
            prepare(going_on, optimizer(course, batches.batches))
            return batches

        return Course(course, {"own_opinion": OWN_OPINION, "size": size}, lambda: build(size), prepare_again)

    history = fit(model, batches, validate, JUDGE, schedule, run)
    # Later may be cut off.
    courses = [lesson(course, max(smallest, size)) for course, (_, size) in zip(later, LATER, strict=False)]
    model, history = go_on(model, history, courses, validate, JUDGE, config, options)

    seen = faces(size_of(model))
    round_kernels(model, seen.some(CASES, AUGMENTATION, schedule.seed))
    age, gender = predict(model, seen.held_out["validation"])
    age_temperature = fit_interval_temperature(age, ages["validation"], INTERVAL)
    gender_temperature = fit_temperature(gender, genders["validation"])
    age, gender = predict(model, seen.held_out["test"])
    years = softmax(age / age_temperature)
    probabilities = softmax(gender / gender_temperature)
    figures = measure(parts["test"], years, probabilities)
    save_predictions(
        run.folder,
        {
            "age": Predictions(ages["test"], mean_age(years)),
            "gender": Predictions(genders["test"], probabilities),
        },
        names_of([s.path for s in parts["test"]], options.data),
    )
    report.save_curves(run.folder, history, ["loss"], ["val_age_mae"])
    report.save_confusion(run.folder / "confusion.png", genders["test"], probabilities.argmax(1), LABELS)
    report.save_reliability(run.folder / "reliability.png", genders["test"], probabilities)
    with replacing(run.folder / "test-names.txt") as temporary:
        temporary.write_text("".join(f"{s.path.name}\n" for s in parts["test"]))
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
                "age": {
                    "kind": "distribution",
                    "first": 0,
                    "last": YEARS - 1,
                    "temperature": round(age_temperature, 4),
                    "interval": INTERVAL,
                },
                "gender": {
                    "kind": "categorical",
                    "labels": list(LABELS),
                    "temperature": round(gender_temperature, 4),
                },
            },
            "training": {
                "seed": schedule.seed,
                "epochs": len(history),
                "datasets": ["UTKFace"],
                "command": options.command(TASK),
                "schedule": describe(schedule),
                **({"later_courses": [course.described() for course in courses]} if courses else {}),
                **begun,
                "pictures": len(parts["train"]),
                "left_out_as_malformed": len(dataset.skipped),
                "figures_in_python": figures,
            },
        },
    )
    return figures


def prepare(model: keras.Model, chosen: keras.optimizers.Optimizer) -> None:
    """Compile the network with its two losses."""
    losses = {"age": age_loss, "gender": keras.losses.CategoricalCrossentropy(from_logits=True)}
    model.compile(chosen, losses, {"age": 1.0, "gender": GENDER_WEIGHT})


def evaluate(options: Options) -> dict[str, Any]:
    """The figures of the trained files on the test split; the faces are cropped by Python."""
    model, spec = load_trained(options.weights, TASK)
    target = FaceInput.from_spec(spec["input"])
    samples = options.some([s for s in utkface.load(options.data).samples if s.split == "test"])
    margin = margin_of(target.width, MARGIN)
    cut = crops.face_crops([s.path for s in samples], target, margin, "utkface-test")
    age, gender = predict(model, standardise(crops.inner(cut.pictures, margin), target))
    outputs = spec["outputs"]
    years = softmax(age / outputs["age"]["temperature"])
    return measure(samples, years, softmax(gender / outputs["gender"]["temperature"]))


def gender_labels(samples: Sequence[UtkSample]) -> NDArray[np.int64]:
    """Indices into LABELS."""
    return np.array([LABELS.index(utkface.GENDERS[s.gender]) for s in samples])


def predict(model: keras.Model, faces: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logits: N x 117 of age and N x 2 of gender."""
    logits = devices.predict(model, faces, 256)
    return logits["age"], logits["gender"]


def measure(samples: Sequence[UtkSample], years: NDArray[np.float64], genders: NDArray[np.float64]) -> dict[str, Any]:
    """The figures of DESIGN section 2, overall with 95 % bootstrap intervals, and for groups of people.

    Args:
        samples: N pictures.
        years: N x 117 calibrated probabilities.
        genders: N x 2 calibrated probabilities.
    """
    ages = np.array([s.age for s in samples])
    errors = np.abs(mean_age(years) - ages)
    low, high = age_interval(years, INTERVAL)
    covered = (low <= ages) & (ages <= high)
    right = genders.argmax(1) == gender_labels(samples)
    n = len(samples)
    return {
        "dataset": "UTKFace",
        "split": "test (a tenth, by groups of near-duplicates)",
        "n": n,
        "age_mae": float(errors.mean()),
        "age_mae_interval": bootstrap_interval(lambda i: float(errors[i].mean()), n),
        "gender_accuracy": float(right.mean()),
        "gender_accuracy_interval": bootstrap_interval(lambda i: float(right[i].mean()), n),
        "age_interval_coverage": float(covered.mean()),
        "age_interval_coverage_interval": bootstrap_interval(lambda i: float(covered[i].mean()), n),
        "by_group": {
            kind: {
                name: {
                    "n": int(members.sum()),
                    "age_mae": float(errors[members].mean()),
                    "age_interval_coverage": float(covered[members].mean()),
                    "gender_accuracy": float(right[members].mean()),
                }
                for name, members in groups.items()
                if members.any()
            }
            for kind, groups in _groups(samples, ages).items()
        },
    }


def _groups(samples: Sequence[UtkSample], ages: NDArray[np.int64]) -> dict[str, dict[str, NDArray[np.bool_]]]:
    genders = np.array([s.gender for s in samples])
    ethnicities = np.array([s.ethnicity for s in samples])
    return {
        "age": {f"{first}-{last}": (first <= ages) & (ages <= last) for first, last in AGE_BANDS},
        "gender": {name: genders == i for i, name in enumerate(utkface.GENDERS)},
        "ethnicity": {name: ethnicities == i for i, name in enumerate(utkface.ETHNICITIES)},
    }
