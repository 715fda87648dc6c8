"""What the baselines share: a constant course of training through ``fitting``, and the whole picture as input."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from storage.files import write_json
from training.errors import DataError
from training.fitting import Schedule
from training.pictures import PictureError, read_picture
from training.progress import progress


def constant(epochs: int, batch: int, optimizer: str, learning_rate: float) -> Schedule:
    """No warm-up, no decay, no averaged weights, no early end: the optimizer's rate is what the recipe says."""
    return Schedule(
        epochs=epochs,
        batch=batch,
        learning_rate=learning_rate,
        weight_decay=0.0,
        optimizer=optimizer,
        warm_up_share=0.0,
        average=0.0,
        patience=epochs,
    )


def gray_pictures(paths: Sequence[Path], side: int, what: str) -> NDArray[np.uint8]:
    """N x side x side x 1: whole pictures in grey, resized by Lanczos' filter, no face looked for.

    Raises:
        DataError: a picture does not decode.
    """
    pictures = np.empty((len(paths), side, side, 1), np.uint8)
    for i, path in enumerate(progress(paths, what)):
        try:
            picture = Image.fromarray(read_picture(path)).convert("L")
        except PictureError as error:
            raise DataError(f"{error}. Unpack the dataset again, or remove the file") from error
        pictures[i, ..., 0] = np.asarray(picture.resize((side, side), Image.Resampling.LANCZOS))
    return pictures


def scaled(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """0..1."""
    return pictures.astype(np.float32) / np.float32(255)


def write_figures(folder: Path, figures: dict[str, Any], parameters: int, command: str) -> dict[str, Any]:
    """``figures.json`` of a run, with the size of the network and what to type for it; returns the same."""
    whole = {"parameters": parameters, "command": command, **figures}
    write_json(folder / "figures.json", whole)
    return whole
