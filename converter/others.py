"""Makes a folder with a model of one's own whole: the page loads all that it needs from one place."""

import shutil
from pathlib import Path

from converter.catalogue import check_catalogue, write_catalogue
from converter.convert import SPEC_FILE, TASKS, Report
from storage.folder import replaced_whole


def add_shipped(shipped: Path, out: Path, report: Report) -> None:
    """Copies the models that `out` lacks from the folder of those that ship, each whole, and then the catalogue.

    Raises:
        ConverterError: a file of a shipped model is missing or changed.
    """
    lacking = [task for task in TASKS if not (out / task / SPEC_FILE).is_file()]
    for task in lacking:
        check_catalogue(shipped, task)
        with replaced_whole(out / task) as fresh:
            shutil.copytree(shipped / task, fresh, dirs_exist_ok=True)
        report(f"{task}: copied from {shipped.name}")
    if lacking:
        write_catalogue(out)
