"""SHA-256 of what results depend on: datasets, code, trained and converted files."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from training.datasets import fer2013, ravdess, utkface

ROOT = Path(__file__).resolve().parents[2]

DATASETS = {"FER2013": fer2013.root_of, "UTKFace": utkface.root_of, "RAVDESS": ravdess.root_of}
"""The folder of each in a folder of datasets."""

DATASET_OF = {
    "face-emotion": "FER2013",
    "face-age-gender": "UTKFace",
    "speech-emotion": "RAVDESS",
    "voice-activity": "RAVDESS",
}
"""What each task is trained and measured on."""

USED = (".jpg", ".jpeg", ".png", ".csv", ".wav", ".flac")
"""Suffixes of the files of a dataset that are read."""

OURS = ("training", "converter", "storage")
"""Packages whose source decides what comes out."""

_BLOCK = 1 << 20


def of_file(path: Path) -> str:
    """SHA-256 of a file's content, in hex; "absent" where there is none."""
    if not path.is_file():
        return "absent"
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def of_value(value: Any) -> str:
    """SHA-256 of a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def of_files(root: Path, paths: Iterable[Path]) -> str:
    """SHA-256 over the files' places below ``root`` and contents, in the order of their places."""
    return of_value([[path.relative_to(root).as_posix(), of_file(path)] for path in sorted(paths)])


def of_dataset(name: str, data: Path) -> dict[str, Any]:
    """``{"dataset", "files", "bytes", "sha256"}``: the hash is over the files' places in the dataset and contents.

    Args:
        name: one of DATASETS.
        data: the folder that holds it, the dataset itself, or its archive.

    Raises:
        DataError: there is no such folder, or its archive does not unpack.
    """
    root = DATASETS[name](data)
    files = [root] if root.is_file() else [path for path in root.rglob("*") if path.suffix.lower() in USED]
    folder = root.parent if root.is_file() else root
    return {
        "dataset": name,
        "files": len(files),
        "bytes": sum(path.stat().st_size for path in files),
        "sha256": of_files(folder, files),
    }


def of_code(*modules: str) -> str:
    """SHA-256 of the source of modules and of all of ours that they import, directly or not.

    What is imported by name at run time only (``importlib``) is not seen: name it as well.
    """
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        path = _source(module)
        if module in found or path is None:
            continue
        found[module] = path
        waiting += _imports(path)
        if parent := module.rpartition(".")[0]:
            waiting.append(parent)
    return of_files(ROOT, found.values())


def _source(module: str) -> Path | None:
    """The file of one of our modules; None for what is no module, such as a function of one."""
    if module.partition(".")[0] not in OURS:
        return None
    place = ROOT.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
