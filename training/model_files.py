"""The two files of a trained model: ``<task>.keras`` and ``<task>.json``, its spec without what a browser measures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras

import training.layers  # noqa: F401  # registers the layers that a model file may hold
from training.errors import DataError
from training.files import replacing, write_json


def save_model(model: keras.Model, folder: Path, spec: dict[str, Any]) -> None:
    """Write both files, each whole or not at all; the weights first, so that a spec never speaks of missing ones."""
    path = folder / f"{spec['task']}.keras"
    bare = type(model).from_config(model.get_config())  # without the optimizer, which would double the file
    bare.set_weights(model.get_weights())
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


def load_trained(folder: Path, task: str) -> tuple[keras.Model, dict[str, Any]]:
    """A trained model and its spec.

    Raises:
        DataError: one of the two files is missing or unreadable.
    """
    path = folder / f"{task}.json"
    if not path.is_file():
        raise DataError(f"no spec at {path}: run mien-train {task} first, or name the folder with --weights")
    try:
        spec: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} is not JSON: {error}. Run mien-train {task} again") from error
    return load_model(folder / f"{task}.keras"), spec
