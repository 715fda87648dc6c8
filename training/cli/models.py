"""``mien-models --data DIR``: trains, evaluates, converts and verifies all models; goes on where it was stopped."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from storage.files import replacing
from training.errors import DataError
from training.overview.page import write_page
from training.pipeline.figures import as_text, rows, shipped_figures
from training.pipeline.fingerprints import ROOT
from training.pipeline.journal import FILE, Journal
from training.pipeline.runner import clock, run_all
from training.pipeline.steps import MODULES, Places, Steps

OURS = ("--data", "--out", "--weights", "--limit", "--resume")
"""Arguments of ``mien-train`` that this command gives it."""


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(
        prog="mien-models",
        description="Train, evaluate, convert and verify all models, and write a report. Steps that are done and whose "
        "data, code and settings did not change are not done again; a step that was stopped goes on.",
        epilog="Exit code 0: every step is done; that of the step that failed; 2: the data or the arguments; "
        "130: interrupted. What follows -- goes to every mien-train, such as: mien-models --data DIR -- --epochs 2",
    )
    made.add_argument("--data", type=Path, required=True, help="folder with the datasets")
    made.add_argument(
        "--only", nargs="+", choices=list(MODULES), metavar="TASK", help=f"some of {', '.join(MODULES)} (default: all)"
    )
    made.add_argument("--out", type=Path, default=Path("runs"), help="folder of runs, journal and report (%(default)s)")
    made.add_argument("--weights", type=Path, default=ROOT / "training" / "weights", help="folder for trained models")
    made.add_argument("--models", type=Path, default=ROOT / "models_tfjs", help="folder for converted models")
    made.add_argument("--dist", type=Path, default=ROOT / "webapp" / "dist", help="the built page")
    made.add_argument(
        "--together",
        type=int,
        default=2,
        metavar="N",
        help="run up to N trainings side by side (default: %(default)s, which fill two cores better than one does)",
    )
    made.add_argument("--report", action="store_true", help="run nothing: write the report of what is there")
    made.add_argument(
        "--limit", type=int, help="only so many samples of each split, to try things out; no figures are written then"
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the parser's epilog says what the exit codes mean."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    end = words.index("--") if "--" in words else len(words)
    given, settings = parser().parse_args(words[:end]), tuple(words[end + 1 :])
    if given.limit is not None and given.limit < 1:
        parser().error(f"--limit must be at least 1, got {given.limit}")
    if given.together < 1:
        parser().error(f"--together must be at least 1, got {given.together}")
    if own := [word for word in settings if word.split("=")[0] in OURS]:
        parser().error(f"{', '.join(own)}: say it before --, for it is not training's alone")
    places = Places(given.data, given.out, given.weights, given.models, given.dist, given.limit, settings)
    tasks = tuple(task for task in MODULES if given.only is None or task in given.only)
    try:
        if not given.data.is_dir():
            raise DataError(f"{given.data} is not a folder: name the one that holds the datasets (--data DIR)")
        journal = Journal.opened(given.out / FILE, shipped_figures(given.models, MODULES))
        if not given.report:
            code = run_all(list(Steps(places, tasks).all()), places, journal, given.together)
            if code:
                return code
        return _finish(places, tasks, journal)
    except (DataError, OSError) as error:
        print(f"mien-models: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nmien-models: interrupted; the same command goes on from here", file=sys.stderr)
        return 130


def _finish(places: Places, tasks: Sequence[str], journal: Journal) -> int:
    """Prints times and summary, and writes the report."""
    table = rows(shipped_figures(places.models, tasks), journal.shipped, tasks)
    print("\ntime")
    for name, entry in journal.steps.items():
        again = f", {entry.sittings} sittings" if entry.sittings > 1 else ""
        print(f"    {clock(entry.seconds).rjust(12)}  {name}{again}")
    print(f"\n{as_text(table)}\n", flush=True)
    path = places.runs / "report.html"
    with replacing(path) as draft:
        draft.write_text(write_page(places, tasks, journal), encoding="utf-8")
    print(f"{path} shows it with pictures ({path.stat().st_size / 1e6:.1f} MB), which are the datasets': keep it here.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
