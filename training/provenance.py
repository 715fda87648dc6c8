"""What a run was made with: machine, versions, backend, data. Kept in the run folder as ``provenance.json``."""

from __future__ import annotations

import importlib
import os
import platform
import re
from importlib import metadata
from pathlib import Path
from typing import Any

FILE = "provenance.json"

PACKAGES = (
    *("keras", "torch", "jax", "tensorflow", "tensorflow-cpu"),
    *("numpy", "scipy", "opencv-python-headless", "pillow", "soundfile", "ai-edge-litert"),
)
"""What training computes with; those that are not installed are left out."""

USED_BY_A_BACKEND = {"torch": ("torch",), "jax": ("jax",), "tensorflow": ("tensorflow", "tensorflow-cpu")}


def packages(backend: str | None = None) -> dict[str, str]:
    """Versions by name; with a backend named, those of the other backends are left out."""
    foreign = {name for other, names in USED_BY_A_BACKEND.items() if backend not in (None, other) for name in names}
    versions = {}
    for name in PACKAGES:
        if name not in foreign:
            try:
                versions[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
    return versions


def machine() -> dict[str, Any]:
    """System, processor, cores and memory, as far as the system tells."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": _memory_gb(),
    }


def provenance(backend: str, data: dict[str, Any] | None) -> dict[str, Any]:
    """Everything of it, as JSON; ``data`` is what ``fingerprints.of_dataset`` says."""
    return {
        "python": platform.python_version(),
        "backend": backend,
        "packages": packages(backend),
        "machine": machine() | {"accelerator": accelerator(backend)},
        "data": data,
    }


def accelerator(backend: str) -> str | None:
    """The name of the graphics card that the backend computes on, where it says so; None for the processor alone."""
    if backend == "torch":
        import torch

        return torch.cuda.get_device_name() if torch.cuda.is_available() else None
    if backend == "jax":
        devices = importlib.import_module("jax").devices()
        kinds = [str(device.device_kind) for device in devices if device.platform != "cpu"]
        return ", ".join(dict.fromkeys(kinds)) or None
    return None


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (AttributeError, ValueError, OSError):
        return None
