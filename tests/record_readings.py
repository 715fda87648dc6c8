"""Records what the folds' networks read while clips that they never heard are spoken again and again.

`python -m tests.record_readings DATA RUN_FOLDER` writes `webapp/tests/recorded-readings.json`: for a few clips, evenly
spread over RAVDESS, the probabilities (in thousandths) that the page would get every 0.3 s, before any smoothing. The
clip is cut to its speech and looped for 40 s with pauses of 0.3 s; windows are those of the page.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from storage.files import replacing
from training.backend import choose_backend

CLIPS = 10
SECONDS = 40.0
PAUSE_SECONDS = 0.3
EVERY_SECONDS = 0.3
OUT = Path(__file__).resolve().parents[1] / "webapp" / "tests" / "recorded-readings.json"


def main(data: Path, run: Path) -> None:
    """Write the file."""
    choose_backend()
    import keras

    from training.datasets import ravdess
    from training.evaluation import softmax
    from training.preprocessing.speech import SpeechInput, log_mel, standardise_log_mel
    from training.scenes import speech_frames
    from training.sounds import read_clip
    from training.tasks import speech_emotion

    spec = json.loads((Path("training/weights") / "speech-emotion.json").read_text(encoding="utf-8"))
    output = spec["outputs"]["emotion"]
    samples = ravdess.load(data).samples
    clips = []
    for i in range(CLIPS):
        sample = samples[(2 * i + 1) * len(samples) // (2 * CLIPS)]
        folder = run / f"fold-{sample.fold}"
        target = SpeechInput.from_spec(json.loads((folder / "input.json").read_text(encoding="utf-8")))
        keras.utils.clear_session()
        model = speech_emotion.build(target)
        for i, member in enumerate(speech_emotion.members_of(model)):
            member.load_weights(folder / str(i) / "best.weights.h5")
        clip = read_clip(sample.path, target.sample_rate)
        spoken = np.flatnonzero(speech_frames(clip, target)) * target.hop_length
        once = np.concatenate([clip[spoken[0] : spoken[-1]], np.zeros(round(PAUSE_SECONDS * target.sample_rate))])
        sound = np.resize(once, round(SECONDS * target.sample_rate)).astype(np.float32)
        step = round(EVERY_SECONDS * target.sample_rate)
        windows = [
            sound[end - target.window_samples : end] for end in range(target.window_samples, len(sound) + 1, step)
        ]
        inputs = standardise_log_mel(np.stack([log_mel(window, target) for window in windows]), target)[..., None]
        logits = np.asarray(model.predict(inputs, verbose=0)["emotion"])
        readings = np.round(1000 * softmax(logits / output["temperature"])).astype(int).tolist()
        clips.append({"name": sample.path.stem, "readings": readings})
    recorded = {
        "labels": output["labels"],
        "every": EVERY_SECONDS,
        "unsure_below": output.get("unsure_below", 0.5),
        "clips": clips,
    }
    with replacing(OUT) as temporary:
        temporary.write_text(json.dumps(recorded, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
