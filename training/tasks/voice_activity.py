"""Whether somebody speaks: a small network that looks at the last second of a log-mel.

Trained on RAVDESS speech laid into made noises (``training/scenes.py``); the network is tested on actors that it never
heard, in noises that were made anew; three more kinds of noise it never heard at all.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from training import report
from training.datasets import ravdess
from training.datasets.ravdess import RavdessSample
from training.devices import unshared
from training.errors import DataError
from training.evaluation import softmax
from training.fitting import Batch, Run, Schedule, describe, fit, optimizer
from training.layers import WindowNorm, conv_bn
from training.model_files import load_trained, save_model
from training.preprocessing.speech import SpeechInput, log_mel, standardise_log_mel
from training.preprocessing.voice_activity import READ_AFTER, Gate, decision_truth, decision_windows
from training.progress import progress
from training.scenes import Scene
from training.tasks.options import Options
from training.voice_activity_data import part_scenes
from training.voice_activity_figures import measure

TASK = "voice-activity"
VERSION = "1.2.0"
LABELS = ("other", "speech")

WINDOW_SECONDS = 1.0
SCHEDULE = Schedule(epochs=7, batch=128, learning_rate=2e-3, weight_decay=0.01, optimizer="adamw", average=0.99)
BATCHES = 250
"""Of an epoch: 32,000 windows."""
MAX_WARP = 0.12
"""Share by which the bands may be shifted along the scale: other voices, other instruments."""


def build(target: SpeechInput) -> keras.Model:
    """A network of 13 k parameters: (N, frames, bands, 1) to ``{"speech": (N, 2)}`` logits.

    The window is normalised as a whole, so that the microphone's gain drops out. Time is not pooled at the end, since
    the answer is about the newest frames and all others are what they are compared with.
    """
    sound = keras.Input((target.frames, target.n_mels, 1), name="log_mel")
    x = conv_bn(WindowNorm(dtype="float32")(sound), 8, 2)
    x = conv_bn(x, 16, 2)
    x = conv_bn(x, 24, 2)
    x = conv_bn(x, 24, (1, 2))
    x = keras.layers.Flatten()(ops.mean(x, axis=2))
    x = keras.layers.Dense(16, activation="relu")(x)
    speech = keras.layers.Dense(len(LABELS), dtype="float32", name="speech")(x)
    return keras.Model(sound, {"speech": speech}, name="voice_activity")


@dataclass
class TrainingBatches:
    """Random windows of the scenes, half of them with speech at their end; batch (epoch, index) is always the same.

    Raises:
        DataError: there is no moment of one of the two.
    """

    mels: list[NDArray[np.float16]]
    truth: list[NDArray[np.int8]]
    target: SpeechInput
    schedule: Schedule

    def __post_init__(self) -> None:
        self._places = [
            np.array(
                [(scene, frame) for scene, truth in enumerate(self.truth) for frame in np.flatnonzero(truth == wanted)]
            )
            for wanted in (0, 1)
        ]
        for places, missing in zip(self._places, ("without speech", "with speech"), strict=True):
            if not len(places):
                raise DataError(
                    f"the scenes of training have no moment {missing}: give more clips of more actors (--data DIR)"
                )

    @property
    def batches(self) -> int:
        """Of an epoch."""
        return BATCHES

    def batch(self, epoch: int, index: int) -> Batch:
        """See ``fitting.Batches``."""
        rng = np.random.default_rng([self.schedule.seed, epoch, index])
        labels = np.arange(self.schedule.batch) % 2
        windows = np.stack([self._window(int(label), rng) for label in labels])
        inputs = standardise_log_mel(windows, self.target)[..., None]
        return inputs, {"speech": np.eye(2, dtype=np.float32)[labels]}

    def _window(self, label: int, rng: np.random.Generator) -> NDArray[np.float64]:
        scene, end = self._places[label][int(rng.integers(len(self._places[label])))]
        frames = np.maximum(0, end + np.arange(1 - self.target.frames, 1))
        window = self.mels[scene][frames].astype(np.float64)
        bands = window.shape[1]
        place = np.clip(np.arange(bands) * (1 + rng.uniform(-1, 1) * MAX_WARP), 0, bands - 1)
        low = place.astype(np.intp)
        share = place - low
        warped: NDArray[np.float64] = window[:, low] * (1 - share) + window[:, np.minimum(low + 1, bands - 1)] * share
        return warped


def train(options: Options) -> dict[str, Any]:
    """Train, choose the gate on validation actors, measure; writes run folder and model files. Returns the figures."""
    schedule = options.apply(SCHEDULE)
    keras.utils.set_random_seed(schedule.seed)
    samples = options.some(ravdess.load(options.data).samples)
    plain = dataclasses.replace(SpeechInput(), window_seconds=WINDOW_SECONDS, hop_seconds=0.1)
    scenes = {part: part_scenes(part, samples, plain, schedule.seed) for part in ("train", "validation")}
    mels = [log_mel(scene.samples, plain).astype(np.float16) for scene in progress(scenes["train"], "log-mels")]
    frames = np.concatenate(mels).astype(np.float64)
    mean = tuple(round(float(m), 3) for m in frames.mean(axis=0))
    std = tuple(round(float(s), 3) for s in frames.std(axis=0))
    target = dataclasses.replace(plain, mean=mean, std=std)

    truth = [decision_truth(scene.speech, np.arange(len(scene.speech))) for scene in scenes["train"]]
    batches = TrainingBatches(mels, truth, target, schedule)
    model = build(target)
    loss = {"speech": keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.02)}
    model.compile(optimizer(schedule, batches.batches), loss)
    print(f"{TASK}: {model.count_params():,} parameters, {len(mels)} scenes", flush=True)
    run = Run(options.out, {"task": TASK, "schedule": describe(schedule), "scenes": len(mels)}, options.resume)
    history = fit(model, batches, lambda _: {}, None, schedule, run)
    report.save_curves(run.folder, history, ["loss"], [])

    gate = choose_gate(scenes["validation"], [decide(model, scene, target) for scene in scenes["validation"]])
    figures = test_figures(model, samples, target, gate, schedule.seed)
    save_model(
        model,
        options.weights,
        {
            "format": "mien-model/1",
            "task": TASK,
            "version": VERSION,
            "parameters": model.count_params(),
            "input": target.to_spec(),
            "outputs": {"speech": {"kind": "categorical", "labels": list(LABELS), "temperature": 1.0}},
            "gate": dataclasses.asdict(gate),
            "training": {
                "seed": schedule.seed,
                "epochs": schedule.epochs,
                "datasets": ["RAVDESS"],
                "command": options.command(TASK),
                "schedule": describe(schedule),
                "scenes": len(mels),
                "noises": "made by the project (training/noises.py); none is a recording",
            },
        },
    )
    return figures


def evaluate(options: Options) -> dict[str, Any]:
    """The figures of the trained files on the test scenes."""
    model, spec = load_trained(options.weights, TASK)
    samples = options.some(ravdess.load(options.data).samples)
    target = SpeechInput.from_spec(spec["input"])
    return test_figures(model, samples, target, Gate(**spec["gate"]), spec["training"]["seed"])


def decide(model: keras.Model, scene: Scene, target: SpeechInput) -> NDArray[np.float64]:
    """The probability of speech for each decision of a scene."""
    windows = decision_windows(log_mel(scene.samples, target), target.frames)
    inputs = standardise_log_mel(windows, target)[..., None]
    with unshared():
        logits = np.asarray(model.predict_on_batch(inputs)["speech"])
    probabilities: NDArray[np.float64] = softmax(logits)[:, 1]
    return probabilities


def choose_gate(scenes: list[Scene], probabilities: list[NDArray[np.float64]]) -> Gate:
    """The thresholds at which misses and false alarms together are fewest, on the validation scenes."""
    best, fewest = Gate(), np.inf
    for open_at in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        for keep in (0.4, 0.6, 0.8):
            gate = Gate(open_at=open_at, keep_at=round(open_at * keep, 3))
            figures = gate_figures(scenes, probabilities, gate, intervals=False)
            wrong = figures["miss_rate"] + figures["false_alarm_rate"]
            if wrong < fewest:
                best, fewest = gate, wrong
    print(f"gate: opens at {best.open_at}, stays open at {best.keep_at}")
    return best


def test_figures(
    model: keras.Model, samples: list[RavdessSample], target: SpeechInput, gate: Gate, seed: int
) -> dict[str, Any]:
    """The figures on the scenes of the actors and noises that were kept for it."""
    scenes = part_scenes("test", samples, target, seed)
    return gate_figures(scenes, [decide(model, scene, target) for scene in progress(scenes, "test scenes")], gate)


def gate_figures(
    scenes: list[Scene], probabilities: list[NDArray[np.float64]], gate: Gate, intervals: bool = True
) -> dict[str, Any]:
    """The figures of a gate on probabilities of speech, decision by decision."""
    runs = [gate.run(each) for each in probabilities]
    read = [bool((spoken >= READ_AFTER).any()) for _, spoken in runs]
    return measure(scenes, [states for states, _ in runs], read, gate.hangover, intervals)
