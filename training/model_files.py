"""The two files of a trained model: ``<task>.keras`` and ``<task>.json``, its spec without what a browser measures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

import training.layers  # noqa: F401  # registers the layers that a model file may hold
from training.errors import DataError
from training.files import replacing, write_json


def save_model(model: keras.Model, folder: Path, spec: dict[str, Any]) -> None:
    """Write both files, each whole or not at all; the weights first, so that a spec never speaks of missing ones."""
    path = folder / f"{spec['task']}.keras"
    bare = keras.models.clone_model(model)
    bare.set_weights(model.get_weights())  # without the optimizer, which would double the file
    with replacing(path) as temporary:
        bare.save(temporary)
    write_json(folder / f"{spec['task']}.json", spec)
    print(f"wrote {path} ({path.stat().st_size / 1e6:.1f} MB) and its spec {spec['task']}.json")


def load_model(path: Path) -> keras.Model:
    """Load a trained model; no code of the file's own is run.

    Raises:
        DataError: the file is missing or is no Keras model.
    """
    if not path.is_file():
        raise DataError(f"no trained model at {path}: run mien-train {path.stem} first, or name its folder")
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise DataError(f"{path} is not a Keras model that can be read: {error}") from error
