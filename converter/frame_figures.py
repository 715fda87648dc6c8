"""What the page read from frames, against the labels and against what it reads from the same pictures' crops.

Figures are over the faces that were found, and the crops' figures over the same pictures: the difference is then what
the frame costs, and not that easy faces are found more often. How many were missed stands beside it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.datasets.fer2013 import LABELS, FerSample
from training.datasets.utkface import GENDERS, UtkSample
from training.evaluation import bootstrap_interval
from training.frames import Condition, in_the_middle

Reading = Mapping[str, Any]

DIGITS = 4


def face_there(faces: Sequence[Reading], condition: Condition) -> Reading | None:
    """The surest face, if it is where the picture lies: its box's middle within half a face of the frame's middle."""
    if not faces:
        return None
    box = faces[0]["box"]
    there = in_the_middle(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, condition)
    return faces[0] if there else None


def emotion_row(
    samples: Sequence[FerSample], frames: Sequence[Sequence[Reading]], crops: Sequence[Reading], condition: Condition
) -> dict[str, Any]:
    """One row of face-emotion's table: faces found, accuracy on frames and on crops, and the difference.

    Args:
        samples: N pictures.
        frames: for each the faces that the page found on its frame, the surest first.
        crops: for each what the page read from the picture's crop.
        condition: how the frames were made.
    """
    found, head = _found(frames, condition)
    labels = np.array([sample.label for sample in samples])[found]
    on_frames = labels == _labels([frames[i][0] for i in found], "emotion", LABELS)
    on_crops = labels == _labels([crops[i] for i in found], "emotion", LABELS)
    return head | _compared("accuracy", on_frames, on_crops)


def age_gender_row(
    samples: Sequence[UtkSample], frames: Sequence[Sequence[Reading]], crops: Sequence[Reading], condition: Condition
) -> dict[str, Any]:
    """One row of face-age-gender's table; arguments as for `emotion_row`."""
    found, head = _found(frames, condition)
    ages = np.array([sample.age for sample in samples])[found]
    genders = np.array([GENDERS[sample.gender] for sample in samples])[found]
    seen, cut = [frames[i][0] for i in found], [crops[i] for i in found]
    errors = [np.abs(np.array([one["age"]["years"] for one in readings]) - ages) for readings in (seen, cut)]
    right = [genders == np.array(GENDERS)[_labels(readings, "gender", GENDERS)] for readings in (seen, cut)]
    return head | _compared("age_mae", *errors) | _compared("gender_accuracy", *right)


def _found(frames: Sequence[Sequence[Reading]], condition: Condition) -> tuple[NDArray[np.intp], dict[str, Any]]:
    """Which frames show their face, and the head of the row."""
    there = np.array([face_there(faces, condition) is not None for faces in frames])
    several = np.array([len(faces) > 1 for faces in frames])
    head = {
        "n": len(frames),
        "found": round(float(there.mean()), DIGITS),
        "several_found": round(float(several.mean()), DIGITS),
    }
    return np.flatnonzero(there), head


def _labels(readings: Sequence[Reading], output: str, labels: Sequence[str]) -> NDArray[np.intp]:
    """N indices of the most probable label."""
    return np.array([np.argmax([one[output]["probabilities"][label] for label in labels]) for one in readings], np.intp)


def _compared(name: str, frames: NDArray[Any], crops: NDArray[Any]) -> dict[str, Any]:
    """The mean over frames, over crops, and their difference with its interval, over pairs; nothing without a pair."""
    if len(frames) == 0:
        return {}
    apart = frames.astype(np.float64) - crops
    return {
        name: round(float(frames.mean()), DIGITS),
        f"{name}_on_crops": round(float(crops.mean()), DIGITS),
        f"{name}_difference": round(float(apart.mean()), DIGITS),
        f"{name}_difference_interval": [
            round(bound, DIGITS) for bound in bootstrap_interval(lambda i: float(apart[i].mean()), len(apart))
        ],
    }
