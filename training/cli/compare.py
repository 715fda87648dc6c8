"""``mien-train compare RUN RUN``: figures side by side, and whether their difference is more than chance."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training.comparison import compare
from training.errors import DataError
from training.predictions import load_predictions


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(
        prog="mien-train compare",
        description="Compare two runs on the test cases that both were measured on, by a paired bootstrap.",
    )
    made.add_argument("first", type=Path, metavar="RUN", help="run folder, such as runs/face-emotion")
    made.add_argument("second", type=Path, metavar="RUN", help="another one of the same task")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Exit code 0: compared, whatever came out; 2: the runs cannot be compared."""
    given = parser().parse_args(arguments)
    try:
        differences = list(compare(load_predictions(given.first), load_predictions(given.second)))
    except DataError as error:
        print(f"mien-train compare: {error}", file=sys.stderr)
        return 2
    print(f"first:  {given.first}\nsecond: {given.second}")
    for name, (one, other) in _settings(given.first, given.second).items():
        print(f"    {name}: {one} -> {other}")
    width = max(len(f"{d.output}, {d.figure}") for d in differences)
    print(f"\n{''.ljust(width)}    first   second  second - first (95 % interval)     better")
    for d in differences:
        low, high = d.interval
        gap = f"{d.second - d.first:+.4f} ({low:+.4f} to {high:+.4f})"
        print(f"{f'{d.output}, {d.figure}'.ljust(width)}  {d.first:7.4f}  {d.second:7.4f}  {gap:<34} {d.verdict}")
    return 0


def _settings(first: Path, second: Path) -> dict[str, tuple[Any, Any]]:
    """What the runs' settings differ in."""
    one, other = (_flat(json.loads((run / "config.json").read_text())) if _has(run) else {} for run in (first, second))
    return {
        name: (one.get(name), other.get(name))
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    }


def _has(run: Path) -> bool:
    return (run / "config.json").is_file()


def _flat(values: dict[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value}
    return flat


if __name__ == "__main__":
    sys.exit(main())
