"""The two files of a trained model: ``<task>.keras`` and ``<task>.json``, its spec without what a browser measures."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import keras

import training.layers  # noqa: F401  # registers the layers that a model file may hold
from storage.files import replacing, write_json
from training.errors import DataError


def save_model(model: keras.Model, folder: Path, spec: dict[str, Any]) -> None:
    """Write both files, each whole or not at all; the weights first, so that a spec never speaks of missing ones."""
    path = folder / f"{spec['task']}.keras"
    # Without the optimizers, its own and those of the networks within it, which would triple the file.
    bare = type(model).from_config(_uncompiled(model.get_config()))
    bare.set_weights(model.get_weights())
    with replacing(path) as temporary:
        bare.save(temporary)
    write_json(folder / f"{spec['task']}.json", spec)
    print(f"wrote {path} ({path.stat().st_size / 1e6:.1f} MB) and its spec {spec['task']}.json")


def _uncompiled(config: Any) -> Any:
    """A network's configuration without what it and those within it were trained by."""
    if isinstance(config, dict):
        return {name: _uncompiled(value) for name, value in config.items() if name != "compile_config"}
    return [_uncompiled(value) for value in config] if isinstance(config, list) else config


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


def start_from(model: keras.Model, path: Path | None, new_head: str | None = None) -> dict[str, Any]:
    """Give a network the weights of a trained one of the same shape.

    Args:
        model: The network to be trained further.
        path: The Keras file; None starts from chance, and nothing is done.
        new_head: The last layer's name, where its classes are others: then it starts from chance.

    Returns:
        What ``config.json`` and the spec's ``training`` are to say of it: ``{"from": {"file", "sha256"}}``, or nothing.

    Raises:
        DataError: the file is missing, is no Keras model, or is of a network of another shape.
    """
    if path is None:
        return {}
    trained = load_model(path)
    mine, theirs = ([layer for layer in one.layers if layer.name != new_head] for one in (model, trained))
    wanted, found = ([tuple(w.shape) for layer in layers for w in layer.weights] for layers in (mine, theirs))
    if wanted != found:
        differ = next((i for i, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b), None)
        where = "" if differ is None else f"; weight {differ} is {found[differ]} instead of {wanted[differ]}"
        raise DataError(
            f"{path} is of another network: {len(found)} weights where this task has {len(wanted)}{where}. "
            f"Name a file that mien-train wrote for this task (--from FILE)"
        )
    for layer, other in zip(mine, theirs, strict=True):
        layer.set_weights(other.get_weights())
    print(f"starting from the weights of {path}")
    return described(path)


def learnt_before(start: Path | None, name: str) -> list[str]:
    """The datasets, ``name`` aside, that a network had learnt from before; as far as the spec beside it says so."""
    spec = start and start.with_suffix(".json")
    if spec is None or not spec.is_file():
        return []
    return [known for known in load_spec(spec)["training"].get("datasets", []) if known != name]


def described(start: Path) -> dict[str, Any]:
    """What is written down of the file that training started from: ``{"from": {"file": name, "sha256": hex}}``."""
    return {"from": {"file": start.name, "sha256": hashlib.sha256(start.read_bytes()).hexdigest()}}


def load_trained(folder: Path, task: str) -> tuple[keras.Model, dict[str, Any]]:
    """A trained model and its spec.

    Raises:
        DataError: one of the two files is missing or unreadable.
    """
    spec = load_spec(folder / f"{task}.json")
    return load_model(folder / f"{task}.keras"), spec


def load_spec(path: Path) -> dict[str, Any]:
    """The spec that lies beside a trained model.

    Raises:
        DataError: it is missing or unreadable.
    """
    if not path.is_file():
        raise DataError(f"no spec at {path}: run mien-train {path.stem} first, or name the folder with --weights")
    try:
        spec: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} is not JSON: {error}. Run mien-train {path.stem} again") from error
    return spec
