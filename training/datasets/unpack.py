"""Archives and tables of pictures, unpacked once into the cache: nothing is written beside the visitor's download."""

from __future__ import annotations

import csv
import hashlib
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray

from storage.folder import replaced_whole
from training.cache import cache_folder
from training.errors import DataError

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz")
USABLE = (".jpg", ".jpeg", ".png", ".csv", ".wav", ".flac")
"""What is taken out of an archive; everything else stays in it."""

MAX_BYTES = 20_000_000_000
"""Of all files of an archive together, unpacked: several times the largest of the datasets."""

FER_SIDE = 48
_BLOCK = 1 << 20
_VERSION = 1
"""Raise it when unpacking changes what is written."""


def is_archive(path: Path) -> bool:
    """Whether it is a file that `unpacked` reads."""
    return path.is_file() and path.name.lower().endswith(ARCHIVES)


def unpacked(*archives: Path) -> Path:
    """The folder with the pictures, clips and tables of archives, from the cache where it is there.

    Raises:
        DataError: an archive is damaged, unpacks to more than MAX_BYTES, or names files outside of itself.
    """
    folder = cache_folder() / "datasets" / f"{archives[0].name.split('.')[0]}-{_key(*archives)}"
    if folder.is_dir():
        return folder
    with replaced_whole(folder) as fresh:
        for archive in archives:
            print(f"unpacking {archive} into {folder}", flush=True)
            try:
                if archive.name.lower().endswith(".zip"):
                    _unzip(archive, fresh)
                else:
                    _untar(archive, fresh)
            except (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError) as error:
                if isinstance(error, OSError) and error.errno is not None:
                    raise  # the disk's fault, not the archive's
                raise DataError(f"{archive} does not unpack: {error}. Fetch it again") from error
    return folder


def pictures_of_table(table: Path, labels: tuple[str, ...], order: tuple[str, ...]) -> Path:
    """FER2013's original CSV as pictures, ``<Usage>/<class>/<Usage>_<row>.png``, from the cache where they are there.

    Args:
        table: CSV with the columns ``emotion`` (0..6), ``pixels`` (2,304 levels) and ``Usage``, in any order.
        labels: the classes.
        order: the classes as the column ``emotion`` numbers them.

    Raises:
        DataError: a column is missing, or a row holds something else than a picture.
    """
    folder = cache_folder() / "datasets" / f"{table.stem}-{_key(table)}"
    if folder.is_dir():
        return folder
    assert set(labels) == set(order)
    print(f"writing the pictures of {table} into {folder}", flush=True)
    with table.open(newline="", encoding="utf-8") as file, replaced_whole(folder) as fresh:
        reader = csv.DictReader(file, skipinitialspace=True)
        columns = {name.strip().lower(): name for name in reader.fieldnames or ()}
        missing = [name for name in ("emotion", "pixels", "usage") if name not in columns]
        if missing:
            raise DataError(f"{table} has no column {', '.join(missing)}: is it FER2013's emotion,pixels,Usage?")
        for row, cells in enumerate(reader):
            place = f"{table}, row {row + 2}"
            emotion = (cells[columns["emotion"]] or "").strip()
            usage = (cells[columns["usage"]] or "").strip()
            if not emotion.isdigit() or int(emotion) >= len(order):
                raise DataError(f"{place}: emotion is {emotion!r}, not 0 to {len(order) - 1}")
            if usage not in ("Training", "PublicTest", "PrivateTest"):
                raise DataError(f"{place}: Usage is {usage!r}, not Training, PublicTest or PrivateTest")
            target = fresh / usage / order[int(emotion)]
            target.mkdir(parents=True, exist_ok=True)
            _write_png(target / f"{usage}_{row}.png", _levels(cells[columns["pixels"]] or "", place))
    return folder


def _levels(text: str, place: str) -> NDArray[np.uint8]:
    try:
        values = np.array(text.split(), np.int64)
    except (ValueError, OverflowError):
        raise DataError(f"{place}: pixels holds something else than numbers") from None
    if len(values) != FER_SIDE**2 or values.min() < 0 or values.max() > 255:
        raise DataError(f"{place}: pixels holds {len(values)} numbers, not {FER_SIDE**2} of 0 to 255")
    return values.astype(np.uint8).reshape(FER_SIDE, FER_SIDE)


def _write_png(path: Path, picture: NDArray[np.uint8]) -> None:
    if not cv2.imwrite(str(path), picture):
        raise OSError(f"{path} could not be written")


def _key(*files: Path) -> str:
    digest = hashlib.sha256(str(_VERSION).encode())
    for file in files:
        digest.update(f"{file.name}:{file.stat().st_size}\n".encode())
        with file.open("rb") as content:
            while block := content.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()[:16]


def _unzip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as content:
        members = [item for item in content.infolist() if not item.is_dir()]
        _refuse_outside(archive, (item.filename for item in members))
        members = [item for item in members if item.filename.lower().endswith(USABLE)]
        _refuse_large(archive, sum(item.file_size for item in members))
        for item in members:
            with content.open(item) as source:
                _copy(source, folder / item.filename, item.file_size, archive)


def _untar(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as content:
        members = [item for item in content if item.isfile()]
        _refuse_outside(archive, (item.name for item in members))
        members = [item for item in members if item.name.lower().endswith(USABLE)]
        _refuse_large(archive, sum(item.size for item in members))
        for item in members:
            source = content.extractfile(item)
            assert source is not None
            with source:
                _copy(source, folder / item.name, item.size, archive)


def _refuse_outside(archive: Path, names: Iterable[str]) -> None:
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            raise DataError(f"{archive} names a file outside of itself ({name}): it is not what it should be")


def _refuse_large(archive: Path, size: int) -> None:
    if size > MAX_BYTES:
        raise DataError(
            f"{archive} unpacks to {size / 1e9:.0f} GB, more than {MAX_BYTES / 1e9:.0f}: unpack it yourself"
        )


def _copy(source: IO[bytes], target: Path, size: int, archive: Path) -> None:
    """No more than the archive's listing promised, whatever follows."""
    target.parent.mkdir(parents=True, exist_ok=True)
    left = size
    with target.open("wb") as out:
        while left > 0 and (block := source.read(min(_BLOCK, left))):
            out.write(block)
            left -= len(block)
    if left or source.read(1):
        raise DataError(f"{archive}: {target.name} has another length than the archive says: fetch it again")
