"""``mien-train inspect DIR``: what the datasets in a folder hold, before anything is trained on them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from storage.files import replacing, write_json
from training.errors import DataError
from training.inspection.datasets import INSPECTIONS
from training.inspection.findings import Findings
from training.inspection.page import as_page
from training.inspection.text import as_text


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(
        prog="mien-train inspect",
        description="Say what datasets hold: samples by class and split, doubles within and across splits, "
        "contradictory labels, files that do not decode. Nothing in the folder is changed.",
    )
    made.add_argument("data", type=Path, metavar="DIR", help="folder of the datasets, one of them, or its archive")
    made.add_argument("--dataset", choices=sorted(INSPECTIONS), action="append", help="only this one (default: all)")
    made.add_argument(
        "--out", type=Path, default=Path("runs/inspect"), help="folder for report.html and report.json (%(default)s)"
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Exit code 0: done; 2: no dataset was found, or one of those asked for was not."""
    given = parser().parse_args(arguments)
    found: list[Findings] = []
    problems: list[str] = []
    for name in given.dataset or INSPECTIONS:
        try:
            found.append(INSPECTIONS[name](given.data))
            print(f"{as_text(found[-1])}\n", flush=True)
        except DataError as error:
            problems.append(f"{name}: {error}")
        except OSError as error:
            problems.append(f"{name}: {error}")
    if problems and (given.dataset or not found):
        print("\n".join(f"mien-train inspect: {problem}" for problem in problems), file=sys.stderr)
        return 2
    write_json(given.out / "report.json", {one.name: _plain(one) for one in found})
    with replacing(given.out / "report.html") as draft:
        draft.write_text(as_page(found), encoding="utf-8")
    absent = [problem.split(":")[0] for problem in problems]
    print(f"{given.out / 'report.html'} shows it with pictures." + (f" Not found: {', '.join(absent)}." * bool(absent)))
    return 0


def _plain(found: Findings) -> dict[str, object]:
    return {
        "summary": found.summary(),
        "tables": found.tables,
        "same": [[_relative(item.path, found.root) for item in group] for group in found.same],
        "near": [[_relative(item.path, found.root) for item in group] for group in found.near],
        "unreadable": [{"file": _relative(path, found.root), "reason": reason} for path, reason in found.unreadable],
        "left_out": [{"file": _relative(path, found.root), "reason": reason} for path, reason in found.skipped],
    }


def _relative(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


if __name__ == "__main__":
    sys.exit(main())
