"""What all tests share: the Keras backend, a headless matplotlib, and the datasets where they are present."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import ROOT
from tests.command import Start

# The converter needs TensorFlow, and one process can have one backend only. Tests of training on another backend start
# a process of their own.
if importlib.util.find_spec("tensorflow") is not None:
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("MPLBACKEND", "Agg")


def data_folder() -> Path | None:
    """The folder that MIEN_DATA names, with fer2013/, UTKFace/ and ravdess/ in it; None if it is not set."""
    named = os.environ.get("MIEN_DATA")
    return Path(named) if named else None


def pytest_report_header() -> list[str]:
    """Say at the head of a run what decides which tests are skipped."""
    return [f"MIEN_DATA: {data_folder() or 'not set: tests on real data are skipped'}"]


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of the datasets; the test is skipped where there is none."""
    folder = data_folder()
    if folder is None:
        pytest.skip("MIEN_DATA is not set: no datasets")
    if not folder.is_dir():
        pytest.fail(f"MIEN_DATA names {folder}, which is no folder")
    return folder


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """A function that starts `mien-serve` with these arguments, its caches in a folder of the test."""
    running: list[subprocess.Popen[str]] = []

    def start_one(*arguments: str) -> subprocess.Popen[str]:
        environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
        command = [sys.executable, str(ROOT / "server.py"), *arguments]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        running.append(process)
        return process

    yield start_one
    for process in running:
        process.kill()
        process.communicate()
