"""`mien-verify`: proves the shipped files in a headless Chromium, and measures them there."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

# TensorFlow reads this once, when it is imported; its start-up remarks would bury our progress lines.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from converter.convert import ROOT, TASKS
from converter.errors import ConverterError
from converter.verify import verify_figures, verify_files
from converter.verify_frames import verify_frames
from training.errors import DataError


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns 0, or 2 after a fault that the user can mend."""
    parser = argparse.ArgumentParser(
        prog="mien-verify",
        description="Checks hashes and golden vectors of a shipped model in headless Chromium; with --data it runs the "
        "test split through the page's own code and writes the figures into spec.json and CARD.md.",
    )
    parser.add_argument("task", metavar="TASK", help=", ".join(TASKS))
    parser.add_argument("--data", type=Path, help="folder of the dataset, or the one that holds it")
    parser.add_argument(
        "--frames",
        action="store_true",
        help="with --data, face tasks only: lay each test picture on a frame of 640x480 and run the page's whole path",
    )
    parser.add_argument("--limit", type=_positive, help="so many samples only; the figures are printed, not written")
    parser.add_argument("--models", type=Path, default=ROOT / "models_tfjs", help="folder of the model folders")
    parser.add_argument("--dist", type=Path, default=ROOT / "webapp" / "dist", help="the built page")
    parser.add_argument("--weights", type=Path, default=ROOT / "training" / "weights", help="the trained Keras files")
    options = parser.parse_args(arguments)
    if options.frames and options.data is None:
        parser.error("--frames needs --data DIR: the test pictures")
    try:
        if options.frames:
            verify_frames(
                options.task,
                models=options.models,
                dist=options.dist,
                data=options.data,
                limit=options.limit,
                report=_print,
            )
        elif options.data is None:
            verify_files(options.task, models=options.models, dist=options.dist, report=_print)
        else:
            verify_figures(
                options.task,
                models=options.models,
                dist=options.dist,
                weights=options.weights,
                data=options.data,
                limit=options.limit,
                report=_print,
            )
    except (ConverterError, DataError) as error:
        print(f"mien-verify: {error}", file=sys.stderr)
        return 2
    return 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _print(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
