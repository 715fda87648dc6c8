"""What a run said of each test case, kept in its folder so that runs can be compared case by case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from storage.files import replacing
from training.errors import DataError

FILE = "predictions.npz"


@dataclass(frozen=True)
class Predictions:
    """Of one output: ``labels`` N, the truth; ``values`` N x classes probabilities, or N numbers such as years."""

    labels: NDArray[np.int64]
    values: NDArray[np.float64]

    @property
    def categorical(self) -> bool:
        """Whether ``values`` are probabilities."""
        return self.values.ndim == 2


def save_predictions(folder: Path, outputs: Mapping[str, Predictions], names: Sequence[str] = ()) -> None:
    """Write ``predictions.npz`` with the arrays ``OUTPUT_labels`` and ``OUTPUT_values``, and the cases' file names.

    Args:
        folder: The run folder.
        outputs: N cases each.
        names: N files, as ``names_of`` gives them, or a name alone where no other file has it; none where the cases are
            no files.
    """
    arrays = {"names": np.array(list(names), np.str_)}
    for name, one in outputs.items():
        arrays[f"{name}_labels"] = np.asarray(one.labels, np.int64)
        arrays[f"{name}_values"] = np.asarray(one.values, np.float32)
    with replacing(folder / FILE) as temporary:
        np.savez_compressed(temporary, **arrays)  # type: ignore[arg-type]


def load_predictions(folder: Path) -> dict[str, Predictions]:
    """The outputs by name.

    Raises:
        DataError: the folder holds none, or they are damaged.
    """
    path = folder / FILE
    if not path.is_file():
        raise DataError(f"{folder} holds no {FILE}: is it the folder of a run that ended? Train it to its end first")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names = sorted(name.removesuffix("_labels") for name in arrays.files if name.endswith("_labels"))
            return {
                name: Predictions(arrays[f"{name}_labels"], arrays[f"{name}_values"].astype(np.float64))
                for name in names
            }
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise DataError(f"{path} is damaged ({error}): run the training again with --resume") from error


def names_of(paths: Sequence[Path], data: Path) -> list[str]:
    """Files as places in the folder of the data; those that lie elsewhere, as in the cache, by their whole path."""
    return [(path.relative_to(data) if path.is_relative_to(data) else path).as_posix() for path in paths]


def load_names(folder: Path) -> list[str]:
    """The files that the predictions are of, in their order; empty where the run was trained before they were kept.

    Raises:
        DataError: as ``load_predictions``.
    """
    load_predictions(folder)
    with np.load(folder / FILE, allow_pickle=False) as arrays:
        return [str(name) for name in arrays["names"]] if "names" in arrays.files else []
