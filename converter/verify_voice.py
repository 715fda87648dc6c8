"""Measures voice activity as the page has it: the test scenes, pushed block by block through the public API."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from converter.browser_session import BrowserSession
from converter.errors import ConverterError
from training.datasets.ravdess import RavdessSample
from training.preprocessing.speech import SpeechInput
from training.scenes import Scene

PROBABILITY_BAR = 0.01
"""How far a decision's probability may be from Keras's: float16 and another order of sums."""


def voice_figures(
    session: BrowserSession,
    samples: Sequence[RavdessSample],
    spec: Mapping[str, Any],
    weights: Path,
    limit: int | None,
    report: Callable[[str], None],
) -> dict[str, Any]:
    """The `metrics` of voice activity, measured on what the browser decided; and how it agrees with Python.

    Args:
        session: with `speech-emotion` loaded, so that `emotion_on_noise` is what the page would show.
        samples: all of RAVDESS.
        spec: of `voice-activity`.
        weights: folder of the trained Keras file.
        limit: take so many scenes only, evenly spread.
        report: receives one line for each step.

    Raises:
        ConverterError: the browser's probabilities are not Python's.
    """
    from converter.keras_file import load_trained
    from training.evaluation import softmax
    from training.preprocessing.speech import log_mel, standardise_log_mel
    from training.preprocessing.voice_activity import Gate, decision_windows
    from training.voice_activity_data import part_scenes
    from training.voice_activity_figures import measure

    model = load_trained(weights, "voice-activity")
    target, gate = SpeechInput.from_spec(dict(model.spec["input"])), Gate(**model.spec["gate"])
    report("voice-activity: making the test scenes")
    scenes = part_scenes("test", list(samples), target, int(model.spec["training"]["seed"]))
    if limit is not None:
        scenes = [scenes[i * len(scenes) // limit] for i in range(min(limit, len(scenes)))]
    with tempfile.TemporaryDirectory() as folder:
        files = [_write(scene, Path(folder) / f"{i:04d}.wav", target.sample_rate) for i, scene in enumerate(scenes)]
        heard = session.voices(files, [target.sample_rate] * len(files))
    states = [np.array([decision["speaking"] for decision in one["decisions"]], np.bool_) for one in heard]
    figures = measure(scenes, states, [one["readings"] > 0 for one in heard], gate.hangover)

    report("voice-activity: the same scenes in Python")
    worst, same, total = 0.0, 0, 0
    for scene, one, state in zip(scenes, heard, states, strict=True):
        # The last frames of a file want sound beyond its end: Python puts silence there, the stream waits for more.
        windows = decision_windows(log_mel(scene.samples, target), target.frames)[: len(state)]
        inputs = standardise_log_mel(windows, target)[..., None]
        expected = softmax(model.run(inputs)["speech"])[:, 1]
        found = np.array([decision["probability"] for decision in one["decisions"]])
        worst = max(worst, float(np.abs(found - expected).max()))
        same += int((gate.run(expected)[0] == state).sum())
        total += len(state)
    if worst > PROBABILITY_BAR:
        raise ConverterError(
            f"The browser's probabilities of speech differ from Python's by {worst:.1e}; {PROBABILITY_BAR} is allowed.",
            where=f"{len(scenes)} test scenes",
            do="run `mien-convert voice-activity`; if that does not help: `make test`",
        )
    agreement = {"n": total, "same_state": same / total, "max_probability_difference": float(f"{worst:.2g}")}
    head = {"dataset": "RAVDESS in made noise", "split": "actors 21 to 24"}
    return head | figures | {"browser_agreement": agreement}


def _write(scene: Scene, path: Path, rate: int) -> Path:
    soundfile.write(path, scene.samples, rate, subtype="PCM_16")
    return path
