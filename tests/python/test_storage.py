"""What a process that died left behind is found by the next one; what another one writes is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.files import replacing, write_json
from storage.folder import replaced_whole


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_drafts_of_the_dead_are_removed_and_those_of_the_living_stay(tmp_path: Path, dead: int) -> None:
    living = os.getppid()
    for process in (dead, living):
        (tmp_path / f".model.new-{process}-abc_1").mkdir()
        (tmp_path / f".spec.json.new-{process}-abc_1.json").write_text("{")
    (tmp_path / ".model.mine").write_text("somebody's own")
    (tmp_path / ".model.new-notes").write_text("somebody's own")
    with replaced_whole(tmp_path / "model") as fresh:
        (fresh / "file").write_text("whole")
    write_json(tmp_path / "spec.json", {"whole": True})
    assert {path.name for path in tmp_path.iterdir()} == {
        "model",
        "spec.json",
        f".model.new-{living}-abc_1",
        f".spec.json.new-{living}-abc_1.json",
        ".model.mine",
        ".model.new-notes",
    }


def test_a_folder_set_aside_by_the_dead_comes_back(tmp_path: Path, dead: int) -> None:
    aside = tmp_path / f".model.old-{dead}-abc"
    aside.mkdir()
    (aside / "file").write_text("old")
    with pytest.raises(RuntimeError), replaced_whole(tmp_path / "model"):
        raise RuntimeError("this one fails as well")
    assert (tmp_path / "model" / "file").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_file_keeps_its_suffix_while_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), replacing(tmp_path / "best.weights.h5") as draft:
        assert draft.name.endswith(".weights.h5")
        draft.write_text("half")
        raise RuntimeError("the disk is full")
    assert list(tmp_path.iterdir()) == []
