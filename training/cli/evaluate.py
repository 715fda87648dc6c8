"""``mien-evaluate TASK --data DIR``: the figures of a trained Keras model, in Python, without training anything."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from training.backend import choose_backend
from training.cli.train import TASKS
from training.errors import DataError


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(
        prog="mien-evaluate",
        description="Measure a trained model on its test split. For speech: the networks of the six folds by actor.",
    )
    made.add_argument("task", choices=sorted(TASKS))
    made.add_argument("--data", type=Path, required=True, help="folder that the dataset was unpacked into")
    made.add_argument("--out", type=Path, help="speech only: run folder that holds the folds (default: runs/TASK)")
    made.add_argument(
        "--weights",
        type=Path,
        default=Path("training/weights"),
        help="folder of the trained model (default: %(default)s)",
    )
    made.add_argument("--limit", type=int, help="use only so many samples of each split, to try things out")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Exit code 0: done; 2: something about the data or the arguments."""
    given = parser().parse_args(arguments)
    if given.limit is not None and given.limit < 1:
        parser().error(f"--limit must be at least 1, got {given.limit}")
    choose_backend()
    from training.tasks.options import Options  # after the backend is chosen, for it imports Keras

    options = Options(given.data, given.out or Path("runs") / given.task, given.weights, limit=given.limit)
    try:
        figures = importlib.import_module(TASKS[given.task]).evaluate(options)
    except (DataError, FileNotFoundError) as error:
        print(f"mien-evaluate: {error}", file=sys.stderr)
        return 2
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
