"""`mien-convert`: makes the model folders that ship."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

# TensorFlow reads this once, when it is imported; its start-up remarks would bury our progress lines.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from converter.convert import ROOT, TASKS, convert
from converter.errors import ConverterError
from converter.others import add_shipped

SHIPPED = ROOT / "models_tfjs"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns 0, or 2 after a fault that the user can mend."""
    parser = argparse.ArgumentParser(
        prog="mien-convert",
        description="Makes the model folders that ship from trained Keras files, and the detector's from its file.",
    )
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"one or more of {', '.join(TASKS)}; all by default")
    parser.add_argument(
        "--weights", type=Path, default=ROOT / "training" / "weights", help="folder of the trained files"
    )
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder of the model folders")
    parser.add_argument(
        "--with-shipped",
        action="store_true",
        help="copy what --out lacks of the models that ship, so that the page can be served with it",
    )
    options = parser.parse_args(arguments)
    try:
        for task in options.tasks or TASKS:
            convert(task, weights=options.weights, out=options.out, report=_print)
        if options.with_shipped:
            add_shipped(SHIPPED, options.out, _print)
    except ConverterError as error:
        print(f"mien-convert: {error}", file=sys.stderr)
        return 2
    return 0


def _print(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
