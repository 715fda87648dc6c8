"""The choice of the Keras backend, in processes of its own: Keras is imported once."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

TRAINED = """
import sys
from training.backend import choose_backend
print(choose_backend())
import keras
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
model.save(sys.argv[1])
keras.saving.load_model(sys.argv[1])
print(sys.modules.get("tensorflow"))
"""


def run(code: str, backend: str | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    environment |= {"KERAS_BACKEND": backend} if backend else {}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
def test_without_a_wish_pytorch_trains_and_tensorflow_is_left_alone(tmp_path: Path) -> None:
    done = run(TRAINED, None, str(tmp_path / "model.keras"))
    assert done.stdout.split() == ["torch", "None"]
    assert done.stderr == ""


def test_a_wish_for_tensorflow_is_granted() -> None:
    code = "from training.backend import choose_backend; print(choose_backend()); import tensorflow, keras; "
    done = run(code + "print(keras.backend.backend())", "tensorflow")
    assert done.stdout.split() == ["tensorflow", "tensorflow"]
