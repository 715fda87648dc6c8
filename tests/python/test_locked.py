"""What is installed is what was written down: every package at one version, every file with its SHA-256."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from server import ROOT

REQUIREMENTS = ROOT / "requirements"
WITHOUT_HASH = {"torch"}
"""Its builds with and without CUDA come from different indexes; its version is pinned."""


def locked(file: Path) -> dict[str, set[str]]:
    """The versions of each package in a lock; one package may have several, for different Pythons."""
    versions: dict[str, set[str]] = {}
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", file.read_text(), flags=re.MULTILINE))
    for entry in entries:
        match = re.match(r"([a-z0-9][a-z0-9.-]*)==(\S+)", entry)
        assert match, entry[:80]
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})\b", entry)
        assert hashes, f"{match[1]} has no hash"
        versions.setdefault(match[1], set()).add(match[2])
    return versions


@pytest.mark.parametrize("name", ["serve", "dev", "node"])
def test_every_package_is_pinned_with_its_hash(name: str) -> None:
    assert locked(REQUIREMENTS / f"{name}.txt")


def test_the_locks_are_those_of_the_project() -> None:
    """Whoever changes a version in pyproject.toml must run `make lock`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    serve, dev = locked(REQUIREMENTS / "serve.txt"), locked(REQUIREMENTS / "dev.txt")
    groups = project["optional-dependencies"]
    wanted = [(serve, line) for line in project["dependencies"]]
    wanted += [(dev, line) for name in ("train", "convert", "dev") for line in groups[name]]
    for lock, line in wanted:
        match = re.match(r"([A-Za-z0-9_.-]+)==([^;\s]+)", line)
        if match is None:
            assert line == "mien[train,convert]"
            continue
        package = re.sub(r"[-_.]+", "-", match[1]).lower()
        assert package in WITHOUT_HASH or match[2] in lock[package], f"{line} is not in the lock: run make lock"


def test_what_both_locks_hold_is_the_same() -> None:
    serve, dev = locked(REQUIREMENTS / "serve.txt"), locked(REQUIREMENTS / "dev.txt")
    both = serve.keys() & dev.keys()
    assert len(both) > 5
    assert {package: serve[package] for package in both} == {package: dev[package] for package in both}


def test_serving_needs_no_tensorflow() -> None:
    heavy = ("tensorflow", "torch", "keras", "numpy", "scipy")
    assert not [name for name in locked(REQUIREMENTS / "serve.txt") if name.startswith(heavy)]


def test_the_makefile_installs_by_these_locks_alone() -> None:
    text = (ROOT / "Makefile").read_text()
    assert "LOCKED := $(PIP) --no-deps --require-hashes --requirement" in text
    for line in text.split("\n"):
        if "$(PIP) " in line and "LOCKED" not in line:
            assert "--no-deps" in line, line  # the project itself, and torch


@pytest.mark.parametrize("folder", ["webapp", "benchmarks"])
def test_every_npm_package_has_its_hash(folder: str) -> None:
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    assert len(packages) > 2
    for name, package in packages.items():
        if name and not package.get("link"):
            assert package["integrity"].startswith("sha512-"), name
    project = json.loads((ROOT / folder / "package.json").read_text())
    for name, version in (project.get("dependencies", {}) | project["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is not pinned: {version}"
