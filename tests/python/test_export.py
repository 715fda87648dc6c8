"""`mien-serve --export`: whole folders of plain files, with the headers that a host must send."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import server
from hosting.export import ExportError, export
from server import HEADERS


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A built page in miniature."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "assets" / "index-B7x_9aQ2.js").write_text("export {};")
    (folder / ".secret").write_text("no")
    return folder


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Models in miniature."""
    folder = tmp_path / "models_tfjs"
    (folder / "face-emotion").mkdir(parents=True)
    (folder / ".face-emotion.new-1").mkdir()
    (folder / "catalogue.json").write_text("{}")
    (folder / "face-emotion" / "spec.json").write_text("{}")
    return folder


def names(folder: Path) -> set[str]:
    """All files below a folder, by their relative names."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_everything_that_is_served_is_exported_and_nothing_hidden(dist: Path, models: Path, tmp_path: Path) -> None:
    count = export(tmp_path / "new" / "site", dist, models, HEADERS)
    site = tmp_path / "new" / "site"
    expected = {
        "_headers",
        "index.html",
        "assets/index-B7x_9aQ2.js",
        "models/catalogue.json",
        "models/face-emotion/spec.json",
    }
    assert names(site) == expected
    assert count == len(expected)
    assert [path.name for path in site.parent.iterdir()] == ["site"]  # no draft is left


def test_the_headers_are_those_of_the_server(dist: Path, models: Path, tmp_path: Path) -> None:
    export(tmp_path / "site", dist, models, HEADERS)
    blocks: dict[str, dict[str, str]] = {}
    for line in (tmp_path / "site" / "_headers").read_text().splitlines()[1:]:
        if line.startswith("/"):
            current = blocks.setdefault(line, {})
        else:
            name, value = line.strip().split(": ", 1)
            current[name] = value
    assert blocks["/*"] == dict(HEADERS)
    assert "immutable" in blocks["/assets/*"]["Cache-Control"]
    assert blocks["/sw.js"] == {"Service-Worker-Allowed": "/"}


def test_an_earlier_export_is_replaced_as_a_whole(dist: Path, models: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    export(site, dist, models, HEADERS)
    (dist / "assets" / "index-B7x_9aQ2.js").rename(dist / "assets" / "index-AAAAAAAA.js")
    export(site, dist, models, HEADERS)
    assert "assets/index-AAAAAAAA.js" in names(site)
    assert "assets/index-B7x_9aQ2.js" not in names(site)


def test_a_folder_of_somebody_else_is_left_alone(dist: Path, models: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.txt").write_text("years of work")
    with pytest.raises(ExportError, match="holds no earlier export"):
        export(home, dist, models, HEADERS)
    assert names(home) == {"thesis.txt"}


def test_neither_inside_of_the_other(dist: Path, models: Path) -> None:
    for place in (dist / "site", dist.parent, models):
        with pytest.raises(ExportError):
            export(place, dist, models, HEADERS)
    assert names(dist) == {"index.html", "assets/index-B7x_9aQ2.js", ".secret"}


def test_what_is_not_built_is_named(dist: Path, models: Path, tmp_path: Path) -> None:
    (models / "catalogue.json").unlink()
    with pytest.raises(ExportError, match="mien-convert"):
        export(tmp_path / "site", dist, models, HEADERS)
    (dist / "index.html").unlink()
    with pytest.raises(ExportError, match="make build"):
        export(tmp_path / "site", dist, models, HEADERS)
    assert not (tmp_path / "site").exists()


def test_what_fails_half_way_leaves_what_stood_before(
    dist: Path, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    export(site, dist, models, HEADERS)
    before = {name: (site / name).read_bytes() for name in names(site)}
    (dist / "index.html").write_text("<!doctype html>new")
    (dist / "pipe").symlink_to(tmp_path / "nowhere")  # cannot be copied
    with pytest.raises(OSError):
        export(site, dist, models, HEADERS)
    (dist / "pipe").unlink()

    renamed = Path.rename

    def full(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise OSError("no space left on device")
        return renamed(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="no space"):
        export(site, dist, models, HEADERS)
    assert {name: (site / name).read_bytes() for name in names(site)} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dist", "models_tfjs", "site"]


def test_the_command_says_where_and_fails_honestly(
    dist: Path,
    models: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(server, "PAGE", dist)
    monkeypatch.setattr(server, "MODELS", models)
    server.main(["--export", str(tmp_path / "site")])
    assert "5 files" in capsys.readouterr().out
    assert "Strict-Transport-Security" in (tmp_path / "site" / "_headers").read_text()
    (tmp_path / "site" / "_headers").unlink()
    with pytest.raises(SystemExit, match="holds no earlier export"):
        server.main(["--export", str(tmp_path / "site")])


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_place_that_cannot_be_written_is_named(dist: Path, models: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(OSError, match="locked"):
        export(locked / "site", dist, models, HEADERS)
