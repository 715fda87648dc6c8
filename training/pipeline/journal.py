"""``runs/models.json``: which steps are done, on what inputs, and what they left behind."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage.files import write_json
from training.errors import DataError

FORMAT = "mien-models/1"
FILE = "models.json"

Parts = dict[str, str]
"""Hashes by the name of what they are of."""


@dataclass
class Entry:
    """One step: ``seconds`` over all its sittings, ``outputs`` None until it is done."""

    inputs: Parts
    outputs: Parts | None = None
    seconds: float = 0.0
    sittings: int = 0
    finished: str | None = None
    command: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether it came to its end on these inputs."""
        return self.outputs is not None


@dataclass
class Journal:
    """The steps by name; ``shipped`` are the figures that the models had before the first step."""

    path: Path
    shipped: dict[str, Any]
    steps: dict[str, Entry]

    @staticmethod
    def opened(path: Path, shipped: dict[str, Any]) -> Journal:
        """The journal at ``path``; a new one with these shipped figures where there is none.

        Raises:
            DataError: the file is no journal.
        """
        if not path.is_file():
            return Journal(path, shipped, {})
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if found["format"] != FORMAT:
                raise ValueError(f"its format is {found['format']!r}, not {FORMAT!r}")
            return Journal(path, found["shipped"], {name: Entry(**entry) for name, entry in found["steps"].items()})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"{path} is no journal that can be read ({error}): move it away, and every step is done anew"
            ) from error

    def save(self) -> None:
        """Write the file, whole or not at all."""
        steps = {name: vars(entry) for name, entry in self.steps.items()}
        write_json(self.path, {"format": FORMAT, "shipped": self.shipped, "steps": steps})


def changed(before: Parts, now: Parts) -> list[str]:
    """The names of the parts that are not what they were."""
    return [name for name in sorted(before.keys() | now.keys()) if before.get(name) != now.get(name)]
