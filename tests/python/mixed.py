"""Run by test_precision.py in a process of its own, for it needs PyTorch: each task's network in mixed precision.

Prints a JSON object: for each task the losses of some steps, the types of weights and of what is computed, and how far
the network in full precision afterwards is from one that was built in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np

from training.fitting import Schedule, optimizer
from training.precision import in_full_precision, use_precision
from training.preprocessing.speech import SpeechInput
from training.tasks import face_age_gender, face_emotion, speech_emotion, voice_activity

STEPS = 5


def second() -> SpeechInput:
    """One second of sound."""
    return SpeechInput(window_seconds=1.0)


BUILD: dict[str, Callable[[], keras.Model]] = {
    "face-emotion": face_emotion.build,
    "face-age-gender": face_age_gender.build,
    "speech-emotion": lambda: speech_emotion.build(second()),
    "voice-activity": lambda: voice_activity.build(second()),
}


def main() -> None:
    """Train each network for a few steps on one batch."""
    found: dict[str, Any] = {}
    rng = np.random.default_rng(4)
    for task, build in BUILD.items():
        keras.utils.set_random_seed(2)
        use_precision("mixed_bfloat16")
        model = build()
        inputs = rng.standard_normal((8, *model.inputs[0].shape[1:])).astype(np.float32)
        sizes = {name: output.shape[-1] for name, output in model.output.items()}
        targets = {name: np.eye(size, dtype=np.float32)[rng.integers(0, size, 8)] for name, size in sizes.items()}
        losses = {name: keras.losses.CategoricalCrossentropy(from_logits=True) for name in sizes}
        schedule = Schedule(epochs=1, batch=8, learning_rate=1e-3, weight_decay=0.0, optimizer="adamw")
        model.compile(optimizer(schedule, STEPS), losses)
        steps = []
        for _ in range(STEPS):
            model.reset_metrics()
            steps.append(float(model.train_on_batch(inputs, targets, return_dict=True)["loss"]))
        convolution = next(
            layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.Conv2D)
        ).compute_dtype
        mixed = model.predict(inputs, verbose=0)
        in_full_precision(model)
        full = model.predict(inputs, verbose=0)
        use_precision("float32")
        plain = build()
        plain.set_weights(model.get_weights())
        expected = plain.predict(inputs, verbose=0)
        found[task] = {
            "losses": steps,
            "weights": sorted({str(weight.dtype) for weight in model.weights}),
            "convolution": convolution,
            "policies": sorted({layer.dtype_policy.name for layer in model._flatten_layers()}),
            "from_full": max(float(np.abs(full[name] - expected[name]).max()) for name in sizes),
            "from_mixed": max(float(np.abs(mixed[name] - expected[name]).max()) for name in sizes),
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
