"""Emotion from a voice as the system before Mien did it: the mean over time of 40 MFCCs, a small 1-D network.

It claimed 89 %, from a random split with every clip loaded twice. Here each clip counts once; the figure is over six
folds by actor, and beside it stands the accuracy under a random split, which still leaks the voices.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from training.baselines.common import constant, write_figures
from training.batches import SeededBatches, smoothed
from training.datasets import ravdess
from training.errors import DataError
from training.evaluation import accuracy, bootstrap_interval, uar
from training.fitting import Batch, Run, Schedule, describe, fit
from training.progress import progress
from training.sounds import read_clip
from training.tasks.options import Options
from training.tasks.speech_emotion import splits

TASK = "baseline-speech-emotion"
SAMPLE_RATE = 22_050
MFCCS = 40
SCHEDULE = constant(epochs=500, batch=16, optimizer="rmsprop", learning_rate=5e-5)


def build() -> keras.Model:
    """0.21 M parameters: (N, 40, 1) to ``{"emotion": (N, 8)}`` probabilities."""
    sound = keras.Input((MFCCS, 1), name="mfcc")
    x = sound
    for filters, pool in ((64, True), (128, True), (256, False)):
        x = keras.layers.Conv1D(filters, 5, padding="same", activation="relu")(x)
        x = keras.layers.Dropout(0.1)(x)
        if pool:
            x = keras.layers.MaxPooling1D(4)(x)
    x = keras.layers.Flatten()(x)
    emotion = keras.layers.Dense(len(ravdess.LABELS), activation="softmax", dtype="float32", name="emotion")(x)
    return keras.Model(sound, {"emotion": emotion}, name="baseline_speech_emotion")


def mean_mfccs(path: Path) -> NDArray[np.float32]:
    """40 x 1: the mean over time of a clip's MFCCs, with librosa's own settings.

    Raises:
        DataError: librosa is not installed, or the clip does not decode.
    """
    try:
        import librosa
    except ImportError as error:
        raise DataError(f"{TASK} needs librosa, whose MFCCs it uses: pip install 'mien[dev]'") from error
    mfccs = librosa.feature.mfcc(y=read_clip(path, SAMPLE_RATE).astype(np.float32), sr=SAMPLE_RATE, n_mfcc=MFCCS)
    return np.asarray(mfccs.mean(axis=1), np.float32)[:, None]


def training_batches(inputs: NDArray[np.float32], labels: NDArray[np.int64], schedule: Schedule) -> SeededBatches:
    """MFCCs as they are, labels as they are."""

    def make(chosen: NDArray[np.intp], rng: np.random.Generator) -> Batch:
        return inputs[chosen], {"emotion": smoothed(labels[chosen], len(ravdess.LABELS), 0.0)}

    return SeededBatches(len(labels), schedule, make)


def train(options: Options) -> dict[str, Any]:
    """One network a fold and one for a random split, each for all epochs. Returns the figures."""
    schedule = options.apply(SCHEDULE)
    samples = options.some(ravdess.load(options.data).samples)
    labels = np.array([s.label for s in samples])
    print(f"RAVDESS: {len(samples)} clips of {len({s.actor for s in samples})} actors")
    inputs = np.stack([mean_mfccs(s.path) for s in progress(samples, "MFCCs")])

    predictions = np.full(len(samples), -1)
    random: dict[str, Any] = {}
    parameters = 0
    for name, held_out in splits(samples, schedule.seed).items():
        model = _train_one(name, inputs[~held_out], labels[~held_out], schedule, options)
        parameters = model.count_params()
        predicted = np.asarray(model.predict(inputs[held_out], verbose=0)["emotion"]).argmax(1)
        print(f"{name}: UAR {uar(labels[held_out], predicted):.3f} on {held_out.sum()} held-out clips", flush=True)
        if name == "random":
            right = accuracy(labels[held_out], predicted)
            random = {"random_split_accuracy": right, "random_split_n": int(held_out.sum())}
        else:
            predictions[held_out] = predicted
    n = len(samples)
    figures = {
        "dataset": "RAVDESS",
        "split": "six folds by actor",
        "n": n,
        "cv_uar": uar(labels, predictions),
        "cv_uar_interval": bootstrap_interval(lambda i: uar(labels[i], predictions[i]), n),
        "cv_accuracy": accuracy(labels, predictions),
        "cv_accuracy_interval": bootstrap_interval(lambda i: accuracy(labels[i], predictions[i]), n),
        **random,
    }
    return write_figures(options.out, figures, parameters, options.command(TASK))


def _train_one(
    name: str, inputs: NDArray[np.float32], labels: NDArray[np.int64], schedule: Schedule, options: Options
) -> keras.Model:
    """One network, for the schedule's whole length: nothing held out chooses an epoch."""
    keras.utils.set_random_seed(schedule.seed)
    model = build()
    loss = {"emotion": keras.losses.CategoricalCrossentropy()}
    model.compile(keras.optimizers.RMSprop(schedule.learning_rate), loss)
    folder = options.out / name
    resume = options.resume and (folder / "config.json").is_file()
    run = Run(folder, {"task": TASK, "schedule": describe(schedule), "clips": len(labels), "split": name}, resume)
    fit(model, training_batches(inputs, labels, schedule), lambda _: {}, None, schedule, run)
    return model
