"""`models_tfjs/catalogue.json`: every file that ships, with its size and SHA-256."""

import hashlib
import json
from pathlib import Path
from typing import Any

from converter.errors import ConverterError
from storage.files import write_json

FORMAT = "mien-catalogue/1"
CATALOGUE_FILE = "catalogue.json"


def describe_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Bytes and SHA-256 of the files in a model folder, by name, sorted."""
    return {
        path.name: {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".")
    }


def write_catalogue(models: Path) -> None:
    """Makes the catalogue anew from the model folders in `models` (those with a `spec.json`)."""
    entries = {
        spec.parent.name: {
            "version": json.loads(spec.read_text(encoding="utf-8"))["version"],
            "files": describe_files(spec.parent),
        }
        for spec in sorted(models.glob("[!.]*/spec.json"))
    }
    write_json(models / CATALOGUE_FILE, {"format": FORMAT, "models": entries})


def check_catalogue(models: Path, task: str) -> int:
    """Compares the files of one task with the catalogue.

    Returns:
        The number of files checked.

    Raises:
        ConverterError: the catalogue or the task's entry is missing, or a file is missing, extra or changed.
    """
    path = models / CATALOGUE_FILE
    again = f"run `mien-convert {task}`, or take the file from the repository again"
    if not path.is_file():
        raise ConverterError("There is no catalogue.", where=path, do=again)
    listed = json.loads(path.read_text(encoding="utf-8"))["models"]
    if task not in listed:
        raise ConverterError(f"The catalogue does not list {task!r}; it lists {sorted(listed)}.", where=path, do=again)
    wanted = listed[task]["files"]
    found = describe_files(models / task) if (models / task).is_dir() else {}
    for name in sorted(set(wanted) | set(found)):
        where = models / task / name
        if name not in found:
            raise ConverterError("A file that the catalogue lists is missing.", where=where, do=again)
        if name not in wanted:
            raise ConverterError("A file is not in the catalogue.", where=where, do=f"remove it, or {again}")
        if wanted[name] != found[name]:
            raise ConverterError(
                f"The file differs from the catalogue: {found[name]['bytes']} bytes, SHA-256 {found[name]['sha256']} "
                f"instead of {wanted[name]['bytes']} bytes, {wanted[name]['sha256']}.",
                where=where,
                do=again,
            )
    return len(wanted)
