"""What all tests share: the Keras backend, a headless matplotlib, and the datasets where they are present."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

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
