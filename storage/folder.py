"""Replaces a folder whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.leftovers import draft_prefix, tidy


@contextmanager
def replaced_whole(folder: Path) -> Iterator[Path]:
    """Gives an empty folder to fill; once the block ends without an exception, it takes the place of `folder`.

    The new folder is made beside the old one, so that the renames stay on one file system, and is flushed to the disk
    first. If the block raises, or the process dies before the renames, `folder` is as it was. Between the two renames
    the old folder lies beside its place; it is put back if the second rename fails, and by the next call if the process
    died there. What a process that died left beside it is removed.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    tidy(folder)
    fresh = Path(tempfile.mkdtemp(prefix=draft_prefix(folder.name, "new"), dir=folder.parent))
    try:
        yield fresh
        fresh.chmod(0o755)  # mkdtemp makes it private; the server may run as another user
        _flush(fresh)
        _swap(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    if not folder.exists():
        fresh.rename(folder)
        _flush_one(folder.parent)
        return
    aside = Path(tempfile.mkdtemp(prefix=draft_prefix(folder.name, "old"), dir=folder.parent))
    # A rename onto an empty folder replaces it, so the name stays reserved for us.
    folder.rename(aside)
    try:
        fresh.rename(folder)
    except OSError:
        aside.rename(folder)
        raise
    _flush_one(folder.parent)
    shutil.rmtree(aside)


def _flush(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        _flush_one(path)
    _flush_one(folder)


def _flush_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
