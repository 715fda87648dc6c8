"""What ten people saw in FER2013's pictures: a second opinion beside the dataset's own labels.

E. Barsoum et al., "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced Label Distribution",
ICMI 2016. The file here is a table of votes, `ferplus_votes.csv`, whose first column is the picture's path in FER2013.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from training.datasets.fer2013 import LABELS
from training.errors import DataError

FILE = "ferplus_votes.csv"

RIDGE = 1.0
"""Of the regression's weights, against a sum over thousands of pictures: a class that nobody voted for stays finite."""

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


def votes(table: Path, pictures: Iterable[Path]) -> NDArray[np.int64]:
    """For each picture the votes in the order of COLUMNS, N x 10; a row of zeros where the table lacks the picture.

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
            seen = {row["file"].rpartition("/")[2]: [int(row[name]) for name in COLUMNS] for row in rows}
        except (ValueError, TypeError, AttributeError) as error:
            raise DataError(f"{table} holds a row that does not parse: {error}. Take the file again") from error
    return np.array([seen.get(path.name, [0] * len(COLUMNS)) for path in pictures], np.int64).reshape(-1, len(COLUMNS))


def majorities(table: Path, pictures: Iterable[Path]) -> list[int | None]:
    """For each picture the index in LABELS of what most people saw; None without a single winner among these labels.

    Raises:
        DataError: as ``votes``.
    """
    return [_winner(row) for row in votes(table, pictures)]


def _winner(row: NDArray[np.int64]) -> int | None:
    most = row.max()
    if (row == most).sum() > 1:
        return None
    label = list(COLUMNS.values())[int(row.argmax())]
    return None if label is None else LABELS.index(label)


def label_probabilities(counts: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """How probable each of FER2013's labels is for a picture of which people said this: N x 7, rows summing to 1.

    A multinomial logistic regression, learnt from the very pictures (with 140 weights for thousands of them, it cannot
    learn them by heart). Its best guess is the label of 67 % of PublicTest's pictures and 69 % of PrivateTest's.

    Args:
        counts: Votes, N x 10, as ``votes`` gives them; at least one a picture.
        labels: FER2013's, N, indices of LABELS.
    """
    shares = counts / counts.sum(axis=1, keepdims=True)
    features = np.hstack([shares, np.sqrt(shares)])
    sure = np.eye(len(LABELS))[labels]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(features.shape[1], -1)
        logarithms = log_softmax(features @ weights, axis=1)
        slope = features.T @ (np.exp(logarithms) - sure) + RIDGE * weights
        return float(-(sure * logarithms).sum() + RIDGE / 2 * (flat**2).sum()), slope.ravel()

    found = minimize(loss, np.zeros(features.shape[1] * len(LABELS)), jac=True, method="L-BFGS-B")
    probabilities: NDArray[np.float32] = softmax(features @ found.x.reshape(-1, len(LABELS)), axis=1).astype(np.float32)
    return probabilities
