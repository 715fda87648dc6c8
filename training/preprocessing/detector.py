"""The reference face detector: BlazeFace short range, run by the TFLite interpreter.

The file is the Apache-2.0 model of the npm package ``@mediapipe/face_detection``. Anchors, decoding and weighted
non-maximum suppression follow MediaPipe's graph ``face_detection_short_range`` (SsdAnchorsCalculator,
TensorsToDetectionsCalculator, NonMaxSuppressionCalculator). V. Bazarevsky et al., "BlazeFace: Sub-millisecond Neural
Face Detection on Mobile GPUs", 2019, arXiv:1907.05047.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.preprocessing.face import Picture, letterbox

FRAME_SIZE = 128
ANCHOR_STRIDES = (8, 16, 16, 16)
ANCHORS_PER_STRIDE = 2
SCORE_CLIP = 100.0
MIN_SCORE = 0.5
MIN_OVERLAP = 0.3
"""Intersection over union from which two detections are taken for one face."""

KEYPOINTS = ("left_eye", "right_eye", "nose", "mouth", "left_ear", "right_ear")
"""Named by their side of the picture, not of the person."""

MIN_EYE_SHARE = 0.15
"""In a tight picture of one face its eyes are further apart than this share of the width; nearer ones are an ear, a
shadow or a pattern taken for a face."""

MARGIN_LEVEL = 128
"""Grey around a tight picture: the detector was trained on faces with surroundings."""

_PACKAGED = Path("webapp/node_modules/@mediapipe/face_detection/face_detection_short_range.tflite")


@dataclass(frozen=True)
class DetectedFace:
    """One face in source pixels: ``box`` (x0, y0, x1, y1), ``keypoints`` 6 x 2 as in KEYPOINTS, ``score`` 0..1."""

    box: NDArray[np.float64]
    keypoints: NDArray[np.float64]
    score: float

    @property
    def eyes(self) -> NDArray[np.float64]:
        """2 x 2: the eye at the left of the picture, then the one at the right."""
        return self.keypoints[:2]


def detector_file() -> Path:
    """Where the detector's TFLite file lies: ``MIEN_DETECTOR``, else the npm package in ``webapp/node_modules``.

    Raises:
        FileNotFoundError: neither is there; the message says how to get it.
    """
    named = os.environ.get("MIEN_DETECTOR")
    path = Path(named) if named else Path(__file__).resolve().parents[2] / _PACKAGED
    if not path.is_file():
        raise FileNotFoundError(
            f"no face detector at {path}: run 'make build' (npm brings it with @mediapipe/face_detection), "
            "or set MIEN_DETECTOR to a copy of face_detection_short_range.tflite"
        )
    return path


def anchors() -> NDArray[np.float64]:
    """896 x 2: the centres of the anchors as fractions of the frame; all have size 1.

    Layers of the same stride share one grid, their anchors lying beside each other in each cell.
    """
    centres: list[NDArray[np.float64]] = []
    for stride in sorted(set(ANCHOR_STRIDES)):
        cells = FRAME_SIZE // stride
        here = ANCHORS_PER_STRIDE * ANCHOR_STRIDES.count(stride)
        y, x = np.mgrid[0:cells, 0:cells]
        grid = (np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) / cells
        centres.append(np.repeat(grid, here, axis=0))
    return np.concatenate(centres)


def decode(raw_boxes: NDArray[np.float32], raw_scores: NDArray[np.float32]) -> list[DetectedFace]:
    """Network outputs to faces on the unit square, best first.

    Args:
        raw_boxes: 896 x 16: centre x, y, width, height and six keypoints, in frame pixels relative to the anchor.
        raw_scores: 896 x 1 logits.
    """
    logits = np.clip(raw_scores.reshape(-1).astype(np.float64), -SCORE_CLIP, SCORE_CLIP)
    scores = 1 / (1 + np.exp(-logits))
    kept = np.flatnonzero(scores >= MIN_SCORE)
    kept = kept[np.argsort(-scores[kept], kind="stable")]
    centres = anchors()[kept]
    values = raw_boxes.reshape(-1, 16)[kept].astype(np.float64) / FRAME_SIZE
    middle, half = values[:, :2] + centres, values[:, 2:4] / 2
    boxes = np.concatenate([middle - half, middle + half], axis=1)
    keypoints = values[:, 4:].reshape(-1, 6, 2) + centres[:, None]
    return _weighted_suppression(boxes, keypoints, scores[kept])


class FaceDetector:
    """BlazeFace short range on the CPU, one thread.

    Args:
        path: The TFLite file; ``detector_file()`` where none is given.
    """

    def __init__(self, path: Path | None = None) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_path=str(path or detector_file()), num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        outputs = {int(detail["shape"][-1]): detail["index"] for detail in self._interpreter.get_output_details()}
        self._boxes, self._scores = outputs[16], outputs[1]

    def run(self, frame: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Raw outputs (896 x 16 and 896 x 1) for one frame, 128 x 128 x 3 in -1..1."""
        self._interpreter.set_tensor(self._input, frame[None].astype(np.float32))
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._boxes)[0], self._interpreter.get_tensor(self._scores)[0]

    def detect(self, picture: Picture) -> list[DetectedFace]:
        """Faces in an RGB picture (H x W x 3, uint8), best first, in its pixels."""
        square, scale, left, top = letterbox(picture, FRAME_SIZE)
        faces = decode(*self.run(((square / 255.0 - 0.5) / 0.5).astype(np.float32)))
        shift = np.array([left, top], np.float64)
        return [
            DetectedFace(
                box=((face.box.reshape(2, 2) * FRAME_SIZE - shift) * scale).reshape(4),
                keypoints=(face.keypoints * FRAME_SIZE - shift) * scale,
                score=face.score,
            )
            for face in faces
        ]

    def find_in_picture(self, picture: Picture) -> DetectedFace | None:
        """The best face of a tight picture of one face, in its pixels, or None.

        The datasets' pictures end at the chin and the ears; a grey margin of half the picture on every side gives the
        detector the surroundings that it expects.
        """
        rows, columns = picture.shape[:2]
        left, top = columns // 2, rows // 2
        canvas = np.full((2 * rows, 2 * columns, 3), MARGIN_LEVEL, np.uint8)
        canvas[top : top + rows, left : left + columns] = picture
        faces = [face for face in self.detect(canvas) if _eye_distance(face) >= MIN_EYE_SHARE * columns]
        if not faces:
            return None
        shift = np.array([left, top], np.float64)
        best = faces[0]
        return DetectedFace((best.box.reshape(2, 2) - shift).reshape(4), best.keypoints - shift, best.score)


def merge_overlapping(faces: list[DetectedFace]) -> list[DetectedFace]:
    """Faces that overlap, of several looks at one picture, into their weighted means; expects and gives best first."""
    if not faces:
        return []
    return _weighted_suppression(
        np.stack([face.box for face in faces]),
        np.stack([face.keypoints for face in faces]),
        np.array([face.score for face in faces]),
    )


def _eye_distance(face: DetectedFace) -> float:
    return float(np.hypot(*(face.eyes[1] - face.eyes[0])))


def _weighted_suppression(
    boxes: NDArray[np.float64], keypoints: NDArray[np.float64], scores: NDArray[np.float64]
) -> list[DetectedFace]:
    """Merge overlapping detections into the mean weighted by score (MediaPipe's ``WEIGHTED`` algorithm)."""
    faces: list[DetectedFace] = []
    left = np.arange(len(scores))
    while len(left):
        best = left[0]
        together = left[box_overlap(boxes[best], boxes[left]) > MIN_OVERLAP]
        if not len(together):  # a degenerate box overlaps nothing, not even itself
            together = left[:1]
        weights = scores[together] / scores[together].sum()
        faces.append(
            DetectedFace(
                box=np.tensordot(weights, boxes[together], 1),
                keypoints=np.tensordot(weights, keypoints[together], 1),
                score=float(scores[best]),
            )
        )
        left = left[~np.isin(left, together)]
    return faces


def box_overlap(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union, 0..1, of one box (x0, y0, x1, y1) with each of N x 4."""
    width = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    height = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    shared = np.clip(width, 0, None) * np.clip(height, 0, None)
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    union = (box[2] - box[0]) * (box[3] - box[1]) + areas - shared
    overlap: NDArray[np.float64] = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlap
