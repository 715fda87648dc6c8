"""What ten people saw in FER2013's pictures: a second opinion beside the dataset's own labels.

E. Barsoum et al., "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced Label Distribution",
ICMI 2016. The file here is a table of votes, `ferplus_votes.csv`, whose first column is the picture's path in FER2013.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

from training.datasets.fer2013 import LABELS
from training.errors import DataError

FILE = "ferplus_votes.csv"

COLUMNS = {
    "neutral": "neutral",
    "happiness": "happy",
    "surprise": "surprise",
    "sadness": "sad",
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "contempt": None,
    "unknown": None,
    "NF": None,
}
"""FER+ columns -> FER2013's labels; None where FER2013 has no such class (`NF`: not a face)."""


def votes_file(data: Path) -> Path | None:
    """The table in the data folder or beside it, or None."""
    return next((folder / FILE for folder in (data, data.parent) if (folder / FILE).is_file()), None)


def majorities(table: Path, pictures: Iterable[Path]) -> list[int | None]:
    """For each picture the index in LABELS of what most people saw; None without a single winner among these labels.

    Raises:
        DataError: the table lacks a column or holds something that is not a number.
    """
    with table.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        missing = {"file", *COLUMNS} - set(rows.fieldnames or ())
        if missing:
            raise DataError(
                f"{table} lacks the columns {sorted(missing)}: take the FER+ votes again, or remove the file"
            )
        try:
            seen = {row["file"].rpartition("/")[2]: _winner([int(row[name]) for name in COLUMNS]) for row in rows}
        except (ValueError, TypeError, AttributeError) as error:
            raise DataError(f"{table} holds a row that does not parse: {error}. Take the file again") from error
    return [seen.get(path.name) for path in pictures]


def _winner(votes: list[int]) -> int | None:
    most = max(votes)
    if votes.count(most) > 1:
        return None
    label = list(COLUMNS.values())[votes.index(most)]
    return None if label is None else LABELS.index(label)
