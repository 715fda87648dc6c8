"""The face detector: MediaPipe's BlazeFace, rebuilt from its TensorFlow Lite file."""

import hashlib
from pathlib import Path
from typing import Any

from converter.golden import detector_golden_vectors, write_golden
from converter.graph_model import write_graph_model
from converter.tflite_file import TfliteGraph, read_tflite
from converter.tflite_rebuild import rebuild
from training.preprocessing.detector import (
    ANCHOR_STRIDES,
    ANCHORS_PER_STRIDE,
    FRAME_SIZE,
    KEYPOINTS,
    MIN_OVERLAP,
    MIN_SCORE,
    SCORE_CLIP,
    FaceDetector,
)

TASK = "face-detector"
INPUT = "frame"
OUTPUTS = {"regressors": "boxes", "classificators": "scores"}
"""Names in the file -> names in the contract."""

SOURCE = "@mediapipe/face_detection 0.4.1657300184, face_detection_short_range.tflite"


def write_detector(tflite: Path, folder: Path) -> dict[str, Any]:
    """Writes graph model and golden vectors into `folder` and returns the spec.

    Raises:
        ConverterError: the file is missing or cannot be rebuilt.
    """
    graph = read_tflite(tflite)
    write_graph_model(rebuild(graph, input_name=INPUT, output_names=OUTPUTS), folder)
    write_golden(folder, detector_golden_vectors(FaceDetector(tflite)))
    return _spec(graph, tflite)


def _spec(graph: TfliteGraph, tflite: Path) -> dict[str, Any]:
    floats = [tensor.constant for tensor in graph.tensors if tensor.constant is not None]
    return {
        "format": "mien-model/1",
        "task": TASK,
        "version": "1.0.0",
        "parameters": sum(int(value.size) for value in floats if value.dtype.kind == "f"),
        "input": {
            "kind": "frame",
            "tensor": INPUT,
            "width": FRAME_SIZE,
            "height": FRAME_SIZE,
            "channels": "rgb",
            "fit": "letterbox",
            "mean": [0.5, 0.5, 0.5],
            "std": [0.5, 0.5, 0.5],
        },
        "anchors": {"strides": list(ANCHOR_STRIDES), "per_stride": ANCHORS_PER_STRIDE, "offset": 0.5},
        "outputs": {"boxes": {"kind": "boxes", "keypoints": list(KEYPOINTS)}, "scores": {"kind": "scores"}},
        "decode": {"scale": FRAME_SIZE, "clip": int(SCORE_CLIP), "min_score": MIN_SCORE, "iou": MIN_OVERLAP},
        "metrics": {},
        "training": {
            "source": SOURCE,
            "sha256": hashlib.sha256(tflite.read_bytes()).hexdigest(),
            "licence": "Apache-2.0",
            "datasets": [],
            "command": "mien-convert face-detector",
        },
    }
