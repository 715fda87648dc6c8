"""Golden vectors: inputs with the outputs that Python computes for them, which every browser must reproduce."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage import data as public_pictures

from converter.synthetic import synthetic_noise, synthetic_picture, synthetic_voice
from training.evaluation import softmax
from training.preprocessing.detector import FRAME_SIZE, FaceDetector, decode
from training.preprocessing.face import FaceInput, Picture, crop_face, letterbox, standardise
from training.preprocessing.speech import SpeechInput, has_speech, log_mel, standardise_log_mel, windows

FORMAT = "mien-golden/1"
GOLDEN_FILE = "golden.json"
DIGITS = 7
"""Significant digits of written numbers: all that float32 holds."""
DOUBTFUL_NOISE_PEAK = 1000
"""Of 32767."""

Array = NDArray[Any]
Network = Callable[[Array], Mapping[str, Array]]
"""From a batch to outputs by name."""


@dataclass(frozen=True)
class Case:
    """One input: `raw` before standardisation (uint8 pixels or int8 samples), and as the network sees it."""

    name: str
    raw: Array
    network_input: NDArray[np.float32]
    speech: bool | None = None

    @property
    def written_input(self) -> dict[str, Any]:
        """The `input` object of a case."""
        if self.raw.dtype == np.uint8:
            return {"kind": "pixels", "shape": list(self.raw.shape), "data": _base64(self.raw)}
        return {"kind": "samples", "sample_rate": 16000, "bits": 8, "data": _base64(self.raw)}


def cases_for(spec: Mapping[str, Any]) -> list[Case]:
    """The inputs for a model with this spec, by the kind of its input.

    Raises:
        ValueError: the kind is unknown, or no face is found in the public picture.
    """
    kind = spec["input"]["kind"]
    if kind == "face-crop":
        return _face_cases(FaceInput.from_spec(spec["input"]))
    if kind == "log-mel":
        return _speech_cases(SpeechInput.from_spec(spec["input"]), rule="emotion" in spec["outputs"])
    raise ValueError(f"no golden vectors are known for inputs of the kind {kind!r}")


def golden_vectors(spec: Mapping[str, Any], network: Network) -> dict[str, Any]:
    """`golden.json` of a face or speech model whose logits `network` computes."""
    written = []
    for case in cases_for(spec):
        logits = {name: value[0] for name, value in network(case.network_input[None]).items()}
        probabilities = {name: softmax(logits[name] / spec["outputs"][name]["temperature"]) for name in spec["outputs"]}
        entry: dict[str, Any] = {
            "name": case.name,
            "input": case.written_input,
            "outputs": {name: _numbers(logits[name]) for name in spec["outputs"]},
            "probabilities": {name: _numbers(values) for name, values in probabilities.items()},
        }
        if case.speech is not None:
            entry["speech"] = case.speech
        written.append(entry)
    return {"format": FORMAT, "task": spec["task"], "cases": written}


def detector_golden_vectors(detector: FaceDetector) -> dict[str, Any]:
    """`golden.json` of the face detector: the raw scores of the TensorFlow Lite interpreter, and the faces decoded.

    Scores are base64 float32. The raw boxes, which would double the file, are tested by the faces. Faces are in pixels
    of the 128 x 128 frame: `box` is x0, y0, x1, y1 and `keypoints` are six (x, y).
    """
    frame, _, _, _ = letterbox(public_pictures.astronaut(), FRAME_SIZE)
    boxes, scores = detector.run(((frame / 255.0 - 0.5) / 0.5).astype(np.float32))
    faces = [
        {
            "box": _numbers(face.box * FRAME_SIZE),
            "keypoints": [_numbers(point) for point in face.keypoints * FRAME_SIZE],
            "score": _numbers(np.array([face.score]))[0],
        }
        for face in decode(boxes, scores)
    ]
    case = {
        "name": "astronaut",
        "input": {"kind": "pixels", "shape": list(frame.shape), "data": _base64(frame)},
        "outputs": {
            "scores": {"shape": list(scores.shape), "data": _base64(scores.astype("<f4"))},
        },
        "faces": faces,
    }
    return {"format": FORMAT, "task": "face-detector", "cases": [case]}


def write_golden(folder: Path, golden: Mapping[str, Any]) -> None:
    """Writes `golden.json` into `folder`."""
    (folder / GOLDEN_FILE).write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf-8")


def _face_cases(target: FaceInput) -> list[Case]:
    picture: Picture = public_pictures.astronaut()
    faces = FaceDetector().detect(picture)
    if not faces:
        raise ValueError("the detector finds no face in scikit-image's astronaut: the detector file is damaged")
    crop = crop_face(picture, faces[0].eyes, target)
    synthetic = synthetic_picture(target.height, target.width, target.depth)
    return [Case(name, raw, standardise(raw, target)) for name, raw in (("astronaut", crop), ("synthetic", synthetic))]


def _speech_cases(target: SpeechInput, rule: bool) -> list[Case]:
    # Visitors download it for the self-test: one case of one second with eight bits a sample must do, 21 kB of text.
    # Like any sound that is shorter than the window, it is repeated until it fills it.
    voice = synthetic_voice(target.sample_rate, target.sample_rate)
    if not rule:
        # So that voice activity is in doubt: wrong sums hardly move a probability that is nearly 1.
        voice = voice + synthetic_noise(target.sample_rate, DOUBTFUL_NOISE_PEAK)
    raw = (voice // 256).astype(np.int8)
    window = windows((raw / 128.0).astype(np.float32), target)[0][0]
    decibels = log_mel(window, target)
    standardised = standardise_log_mel(decibels, target)[..., None]
    name = "synthetic voice" if rule else "synthetic voice in noise"
    return [Case(name, raw, standardised, has_speech(decibels, target) if rule else None)]


def _numbers(values: Array) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in np.asarray(values, np.float64).ravel()]


def _base64(values: Array) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")
