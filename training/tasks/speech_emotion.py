"""Emotion from a voice: RAVDESS, eight classes, windows of three seconds.

Six folds by actor give the figures: each network is tested on four actors that it never heard, and nothing about it
(normalisation, length of training) is fitted on them. The shipped network is trained on all actors with the same
settings. A random split is run beside it, to show by how much it flatters.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from storage.files import write_json
from training import devices, report
from training.augmentation import SpeechAugmentation, mixup, vary_log_mels
from training.batches import SeededBatches, smoothed
from training.calibration import fit_temperature
from training.datasets import ravdess
from training.datasets.ravdess import RavdessSample
from training.errors import DataError
from training.evaluation import accuracy, bootstrap_interval, confusion, debiased, ece, reliability, softmax, uar
from training.fitting import BEST, Batch, Run, Schedule, describe, fit, optimizer
from training.known_voice import Voices, learn_voices
from training.known_voice_figures import known_voice_figures
from training.layers import AttentiveStatistics, WindowNorm, conv_bn, residual
from training.live_voice_figures import Stream, live_figures, read_streams
from training.microphone import Microphone
from training.model_files import described, load_spec, load_trained, save_model, start_from
from training.precision import in_full_precision
from training.predictions import Predictions, save_predictions
from training.preprocessing.speech import SpeechInput, log_mel, standardise_log_mel, windows
from training.progress import progress
from training.sounds import LogMels, log_mels, read_clip
from training.speech_figures import microphone_figures, sex_figures, unsure_figures
from training.tasks.options import Options

TASK = "speech-emotion"
VERSION = "1.5.0"

MEMBERS = 2
"""Networks that are trained apart, from other beginnings on other variations of the same clips, and ship as one."""

LABEL_SMOOTHING = 0.1
MIXUP = 0.3
SPEEDS = (1.0, 0.85, 0.9, 0.95, 1.05, 1.1, 1.17)
"""The first one is the clip as it is."""

SCHEDULE = Schedule(
    epochs=80, batch=32, learning_rate=3e-3, weight_decay=0.02, optimizer="adamw", warm_up_share=0.15, average=0.99
)
AUGMENTATION = SpeechAugmentation()

MICROPHONE_SNRS_DB = (15.0, 5.0)
"""``evaluate`` also reads the held-out clips after a simulated microphone with so much noise."""

INPUT = "input.json"
"""In each fold's run folder: the input with the mean and deviation of the clips that it was trained on."""

Clips = list[NDArray[np.float64]]
"""For each clip the log-mels of its windows: windows x frames x bands, dB."""


def build(target: SpeechInput | None = None, classes: int = len(ravdess.LABELS)) -> keras.Model:
    """A committee of 0.45 M parameters: (N, frames, bands, 1) to ``{"emotion": (N, classes)}``, its members' mean.

    What they err in differs more than what they are right in (L. K. Hansen, P. Salamon, "Neural network ensembles",
    IEEE TPAMI 12(10), 1990). Logits, members and committee alike.
    """
    target = target or SpeechInput()
    sound = keras.Input((target.frames, target.n_mels, 1), name="log_mel")
    members = [build_member(target, classes, f"member_{i}") for i in range(MEMBERS)]
    emotion = keras.layers.Average(dtype="float32", name="emotion")([member(sound)["emotion"] for member in members])
    return keras.Model(sound, {"emotion": emotion}, name="speech_emotion")


def members_of(model: keras.Model) -> list[keras.Model]:
    """The networks that a committee is made of; they share its weights."""
    return [model.get_layer(f"member_{i}") for i in range(MEMBERS)]


def build_member(target: SpeechInput, classes: int, name: str) -> keras.Model:
    """A residual network of 0.23 M parameters: (N, frames, bands, 1) to ``{"emotion": (N, classes)}`` logits.

    The window is normalised as a whole; after three residual blocks the bands are averaged, and the frames pooled into
    a mean and a deviation by attention. The first layer halves frames and bands: its sixteen filters hold what four
    places have, and what follows costs half.
    """
    sound = keras.Input((target.frames, target.n_mels, 1), name="log_mel")
    x = conv_bn(WindowNorm(dtype="float32")(sound), 16, 2)
    for filters, stride in ((32, 2), (64, 2), (96, 2)):
        x = residual(x, filters, stride)
    x = AttentiveStatistics(dtype="float32")(ops.mean(x, axis=2))
    emotion = keras.layers.Dense(classes, dtype="float32", name="emotion")(x)
    return keras.Model(sound, {"emotion": emotion}, name=name)


def training_batches(
    mels: LogMels, clips: NDArray[np.intp], labels: NDArray[np.int64], target: SpeechInput, schedule: Schedule
) -> SeededBatches:
    """Varied, standardised, blended windows and smoothed labels; ``clips`` are indices in ``mels``."""

    def make(chosen: NDArray[np.intp], rng: np.random.Generator) -> Batch:
        wholes = (mels.at(int(clips[i]), int(rng.integers(len(SPEEDS)))) for i in chosen)
        inputs = standardise_log_mel(vary_log_mels(wholes, target.frames, AUGMENTATION, rng), target)[..., None]
        targets = {"emotion": smoothed(labels[chosen], len(ravdess.LABELS), LABEL_SMOOTHING)}
        return mixup(inputs, targets, MIXUP, rng)

    return SeededBatches(len(clips), schedule, make)


def train(options: Options) -> dict[str, Any]:
    """Cross-validate, measure, train on all actors; writes run folder and model files. Returns the figures.

    With ``options.start`` only the network of all actors is trained further, which has no figures of its own.
    """
    if options.start is not None:
        return _train_further(options, options.start)
    schedule = options.apply(SCHEDULE)
    samples = options.some(ravdess.load(options.data).samples)
    labels = np.array([s.label for s in samples])
    print(f"RAVDESS: {len(samples)} clips of {len({s.actor for s in samples})} actors")
    mels = log_mels([s.path for s in samples], SpeechInput(), SPEEDS)
    clips = [clip_windows(sample.path) for sample in samples]

    logits: dict[str, list[NDArray[np.float32]]] = {}
    held_out = splits(samples, schedule.seed)
    for name, chosen in held_out.items():
        model, target = _train_one(name, np.flatnonzero(~chosen), samples, mels, schedule, options)
        logits[name] = predict(model, [clips[i] for i in np.flatnonzero(chosen)], target)
        shown = softmax_of_windows(logits[name], 1.0).argmax(1)
        print(f"{name}: UAR {uar(labels[chosen], shown):.3f} on {chosen.sum()} held-out clips", flush=True)
    probabilities = held_out_probabilities(logits, logits, labels, held_out)
    figures, temperature, voices = measure(samples, logits, probabilities, schedule.seed, options.out)
    write_json(options.out / "figures.json", figures)

    model, target = _train_one("all", np.arange(len(samples)), samples, mels, schedule, options)
    _save(model, target, _outputs(temperature, figures, voices), figures, {}, schedule, options)
    return figures


def _train_further(options: Options, start: Path) -> dict[str, Any]:
    """The network that ships, from the weights of an earlier one, whose spec beside it says how it is calibrated."""
    if not options.shipped_only:
        raise DataError(
            f"the folds cannot start from {start}: a network that ships has heard every actor, the held-out ones too, "
            "and the figures would be a leak. Add --shipped-only to train the network of all actors alone"
        )
    schedule = options.apply(SCHEDULE)
    outputs = load_spec(start.with_suffix(".json"))["outputs"]
    samples = options.some(ravdess.load(options.data).samples)
    print(f"RAVDESS: {len(samples)} clips of {len({s.actor for s in samples})} actors")
    mels = log_mels([s.path for s in samples], SpeechInput(), SPEEDS)
    model, target = _train_one("all", np.arange(len(samples)), samples, mels, schedule, options)
    _save(model, target, outputs, {}, described(start), schedule, options)
    return {}


def _save(
    model: keras.Model,
    target: SpeechInput,
    outputs: dict[str, Any],
    figures: dict[str, Any],
    begun: dict[str, Any],
    schedule: Schedule,
    options: Options,
) -> None:
    save_model(
        model,
        options.weights,
        {
            "format": "mien-model/1",
            "task": TASK,
            "version": VERSION,
            "parameters": model.count_params(),
            "input": target.to_spec(),
            "outputs": outputs,
            "metrics": figures,
            "training": {
                "seed": schedule.seed,
                "epochs": schedule.epochs,
                "datasets": ["RAVDESS"],
                "command": options.command(TASK),
                "schedule": describe(schedule),
                **begun,
            },
        },
    )


def evaluate(options: Options) -> dict[str, Any]:
    """The cross-validated figures again, from the folds' networks in the run folder, and those after a microphone.

    Where the weights folder holds the model of the same run, its spec receives the figures, for ``mien-convert``.
    """
    schedule = options.apply(SCHEDULE)
    samples = options.some(ravdess.load(options.data).samples)
    labels = np.array([s.label for s in samples])
    held_out = splits(samples, schedule.seed)
    logits: dict[str, list[NDArray[np.float32]]] = {}
    heard: dict[float, dict[str, list[NDArray[np.float32]]]] = {snr: {} for snr in MICROPHONE_SNRS_DB}
    live: dict[str, list[Stream]] = {}
    for name, chosen in held_out.items():
        model, target = _load_one(options.out / name, name)
        paths = [samples[i].path for i in np.flatnonzero(chosen)]
        logits[name] = predict(model, [clip_windows(path) for path in paths], target)
        for snr in MICROPHONE_SNRS_DB if name.startswith("fold") else ():
            clips = [clip_windows(path, Microphone(snr)) for path in progress(paths, f"{name}, {snr:.0f} dB")]
            heard[snr][name] = predict(model, clips, target)
        if name.startswith("fold"):
            read = partial(predict, model, target=target)
            live[name] = read_streams(samples, np.flatnonzero(chosen), read, SpeechInput(), schedule.seed)
    probabilities = held_out_probabilities(logits, logits, labels, held_out)
    figures, temperature, voices = measure(samples, logits, probabilities, schedule.seed, options.out)
    for snr, recorded in heard.items():
        predictions = held_out_probabilities(recorded, logits, labels, held_out).argmax(1)
        figures |= microphone_figures(snr, labels, probabilities.argmax(1), predictions)
    figures |= _live_figures(live, logits, probabilities, samples, held_out, figures["unsure_below"])
    if options.limit is None:
        _keep_figures(options, _outputs(temperature, figures, voices), figures)
    return figures


def _live_figures(
    live: Mapping[str, Sequence[Stream]],
    logits: dict[str, list[NDArray[np.float32]]],
    probabilities: NDArray[np.float64],
    samples: Sequence[RavdessSample],
    held_out: dict[str, NDArray[np.bool_]],
    unsure_below: float,
) -> dict[str, Any]:
    labels = np.array([s.label for s in samples])
    actors = np.array([s.actor for s in samples])
    temperatures, voices = {}, {}
    for name in live:
        others = [other for other in live if other != name] or [name]
        temperatures[name] = _temperature(others, logits, labels, held_out)
        rest = ~held_out[name]
        voices[name] = learn_voices(probabilities[rest], labels[rest], actors[rest])
    return live_figures(live, labels, temperatures, voices, unsure_below)


def _load_one(folder: Path, name: str) -> tuple[keras.Model, SpeechInput]:
    if not all((folder / str(i) / BEST).is_file() for i in range(MEMBERS)):
        raise DataError(f"no network of {name} in {folder}: run mien-train {TASK} first, or name its --out folder")
    target = SpeechInput.from_spec(json.loads((folder / INPUT).read_text(encoding="utf-8")))
    model = build(target)
    for i, member in enumerate(members_of(model)):
        member.load_weights(folder / str(i) / BEST)
    return model, target


def _keep_figures(options: Options, outputs: dict[str, Any], figures: dict[str, Any]) -> None:
    path = options.weights / f"{TASK}.json"
    if not path.is_file():
        return
    trained, spec = load_trained(options.weights, TASK)
    own = options.out / "all"
    if not (own / INPUT).is_file() or not _same_weights(trained, _load_one(own, "all")[0]):
        print(f"{path} is of another run than {options.out}: it is left as it is", file=sys.stderr)
        return
    write_json(path, {**spec, "version": VERSION, "outputs": outputs, "metrics": figures})
    print(f"figures written to {path}", file=sys.stderr)


def _same_weights(one: keras.Model, other: keras.Model) -> bool:
    ours, theirs = one.get_weights(), other.get_weights()
    return len(ours) == len(theirs) and all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def _outputs(temperature: float, figures: dict[str, Any], voices: Voices | None) -> dict[str, Any]:
    """The ``outputs`` of the spec."""
    emotion = {"kind": "categorical", "labels": list(ravdess.LABELS), "temperature": round(temperature, 4)}
    known = {} if voices is None else {"voices": voices.to_spec()}
    return {"emotion": emotion | {"unsure_below": figures["unsure_below"]} | known}


def splits(samples: Sequence[RavdessSample], seed: int) -> dict[str, NDArray[np.bool_]]:
    """For each run which clips are held out: six folds by actor, and one random sixth for the leak to be shown."""
    folds = np.array([s.fold for s in samples])
    by_actor = {f"fold-{k}": folds == k for k in range(ravdess.FOLDS) if (folds == k).any()}
    scattered = np.random.default_rng(seed).permutation(len(samples)) % ravdess.FOLDS == 0
    return {**by_actor, "random": scattered}


def _train_one(
    name: str,
    chosen: NDArray[np.intp],
    samples: Sequence[RavdessSample],
    mels: LogMels,
    schedule: Schedule,
    options: Options,
) -> tuple[keras.Model, SpeechInput]:
    """One network on the chosen clips, for the schedule's whole length: no clip is spent on choosing an epoch."""
    keras.utils.set_random_seed(schedule.seed)
    frames = np.concatenate([mels.at(int(i), 0) for i in chosen]).astype(np.float64)
    mean = tuple(round(float(m), 3) for m in frames.mean(axis=0))
    std = tuple(round(float(s), 3) for s in frames.std(axis=0))
    target = dataclasses.replace(SpeechInput(), mean=mean, std=std)
    labels = np.array([samples[i].label for i in chosen])
    model = build(target)
    begun = start_from(model, options.start)
    write_json(options.out / name / INPUT, target.to_spec())
    print(f"{name}: {MEMBERS} networks, {model.count_params():,} parameters, {len(chosen)} clips", flush=True)
    for i, member in enumerate(members_of(model)):
        own = dataclasses.replace(schedule, seed=schedule.seed + i)
        batches = training_batches(mels, chosen, labels, target, own)
        loss = {"emotion": keras.losses.CategoricalCrossentropy(from_logits=True)}
        member.compile(optimizer(own, batches.batches), loss)
        folder = options.out / name / str(i)
        resume = options.resume and (folder / "config.json").is_file()
        config = {"task": TASK, "schedule": describe(own), "clips": len(chosen), "split": name} | begun
        history = fit(member, batches, lambda _: {}, None, own, Run(folder, config, resume))
        report.save_curves(folder, history, ["loss"], [])
    in_full_precision(model)
    return model, target


def clip_windows(path: Path, microphone: Microphone | None = None) -> NDArray[np.float64]:
    """windows x frames x bands, dB: a clip as the page cuts it, as it is or as a microphone recorded it."""
    target = SpeechInput()
    samples = read_clip(path, target.sample_rate)
    if microphone is not None:
        samples = microphone.record(samples, target.sample_rate, path.stem)
    return np.stack([log_mel(window, target) for window in windows(samples, target)[0]])


def predict(model: keras.Model, clips: Clips, target: SpeechInput) -> list[NDArray[np.float32]]:
    """For each clip windows x classes logits."""
    inputs = standardise_log_mel(np.concatenate(clips), target)[..., None]
    logits = devices.predict(model, inputs, 128)["emotion"]
    return np.split(logits, np.cumsum([len(clip) for clip in clips])[:-1])


def softmax_of_windows(logits: Sequence[NDArray[np.floating]], temperature: float) -> NDArray[np.float64]:
    """N x classes: for each clip the mean of its windows' probabilities."""
    return np.stack([softmax(clip / temperature).mean(axis=0) for clip in logits])


def measure(
    samples: Sequence[RavdessSample],
    logits: dict[str, list[NDArray[np.float32]]],
    probabilities: NDArray[np.float64],
    seed: int,
    folder: Path,
) -> tuple[dict[str, Any], float, Voices | None]:
    """The figures over all held-out predictions; for the shipped network the temperature, and how voices differ.

    A fold's own temperature is fitted on the other folds' held-out predictions; the shipped one on all of them.

    Args:
        samples: N clips.
        logits: By fold, and of the random split: of each held-out clip, windows x classes.
        probabilities: N x classes, of ``held_out_probabilities``.
        seed: Of the splits and the resampling.
        folder: Where pictures and predictions go.
    """
    labels = np.array([s.label for s in samples])
    held_out = splits(samples, seed)
    folds = [name for name in held_out if name.startswith("fold")]
    predictions = probabilities.argmax(1)
    shipped = _temperature(folds, logits, labels, held_out)
    random = softmax_of_windows(logits["random"], shipped).argmax(1)
    n = len(samples)
    sexes = np.array([s.sex for s in samples])
    unbiased_ece, ece_interval = debiased(lambda i: ece(labels[i], probabilities[i]), n, resamples=500)
    report.save_confusion(folder / "confusion.png", labels, predictions, ravdess.LABELS)
    report.save_reliability(folder / "reliability.png", labels, probabilities)
    save_predictions(folder, {"emotion": Predictions(labels, probabilities)}, [s.path.name for s in samples])
    figures = {
        "dataset": "RAVDESS",
        "split": "six folds by actor",
        "n": n,
        "cv_uar": uar(labels, predictions),
        "cv_uar_interval": bootstrap_interval(lambda i: uar(labels[i], predictions[i]), n),
        "cv_accuracy": accuracy(labels, predictions),
        "cv_accuracy_interval": bootstrap_interval(lambda i: accuracy(labels[i], predictions[i]), n),
        "ece": ece(labels, probabilities),
        "ece_debiased": unbiased_ece,
        "ece_interval": ece_interval,
        "uar_by_fold": {name: uar(labels[held_out[name]], predictions[held_out[name]]) for name in folds},
        "uar_by_sex": {sex: uar(labels[sexes == sex], predictions[sexes == sex]) for sex in ("female", "male")},
        "random_split_accuracy": accuracy(labels[held_out["random"]], random),
        "random_split_n": int(held_out["random"].sum()),
    }
    figures |= sex_figures(labels, predictions, sexes == "female")
    figures |= unsure_figures(labels, probabilities, [held_out[name] for name in folds])
    counts = confusion(labels, predictions, len(ravdess.LABELS))
    figures["confusion"] = {"labels": list(ravdess.LABELS), "counts": counts.tolist()}
    figures["reliability"] = reliability(labels, probabilities)
    actors = np.array([s.actor for s in samples])
    by_fold = np.array([s.fold for s in samples])
    figures |= known_voice_figures(labels, probabilities, actors, by_fold, sexes == "female", seed)
    return figures, shipped, learn_voices(probabilities, labels, actors)


def held_out_probabilities(
    logits: dict[str, list[NDArray[np.float32]]],
    fitted_on: dict[str, list[NDArray[np.float32]]],
    labels: NDArray[np.int64],
    held_out: dict[str, NDArray[np.bool_]],
) -> NDArray[np.float64]:
    """N x classes: every clip read by the fold that held it out, each at the temperature of the others."""
    folds = [name for name in held_out if name.startswith("fold")]
    probabilities = np.zeros((len(labels), len(ravdess.LABELS)))
    for name in folds:
        others = [other for other in folds if other != name] or [name]
        temperature = _temperature(others, fitted_on, labels, held_out)
        probabilities[held_out[name]] = softmax_of_windows(logits[name], temperature)
    return probabilities


def _temperature(
    names: Sequence[str],
    logits: dict[str, list[NDArray[np.float32]]],
    labels: NDArray[np.int64],
    held_out: dict[str, NDArray[np.bool_]],
) -> float:
    windows_of = [clip for name in names for clip in logits[name]]
    truth = np.concatenate([labels[held_out[name]] for name in names])
    return fit_temperature(np.concatenate(windows_of), np.repeat(truth, [len(clip) for clip in windows_of]))
