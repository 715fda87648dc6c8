"""Damaged pictures and sounds in the files view: each is read or refused, none stops the page or the next file."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.test_files import number, read_files, rows_of
from tests.file_media import save_picture
from tests.hostile import mutated, pictures, sounds
from tests.media import one_face

pytestmark = pytest.mark.browser

OF_EACH_KIND = 200
AT_ONCE = 50
HANG_SECONDS = 5.0
READ_BY_CHROMIUM = {"jpeg", "png", "webp", "bmp", "gif", "PCM_16.wav", "FLOAT.wav", "PCM_24.flac", "VORBIS.ogg"}

# How long the page was blocked at most, and how long a file was being read at most, in seconds.
WATCH = """() => {
  window.longest = { block: 0, file: 0 };
  let last = performance.now();
  let name = null;
  let since = last;
  setInterval(() => {
    const now = performance.now();
    const row = document.querySelector('[data-testid="file-row"][data-state="running"]');
    const current = row?.dataset.job ?? null;
    if (current !== name) [name, since] = [current, last];
    if (name !== null) window.longest.file = Math.max(window.longest.file, (now - since) / 1000);
    window.longest.block = Math.max(window.longest.block, (now - last) / 1000);
    last = now;
  }, 50);
}"""

ROWS = """() => [...document.querySelectorAll('[data-testid="file-row"]')].map((row) => ({
  ...row.dataset, problem: row.querySelector('[data-testid="file-problem"]')?.dataset.code ?? null }))"""


def read_all(page: Page, files: list[Path]) -> tuple[int, int]:
    """Read files in the page; how many were read, and how many refused. Every one must be either."""
    read = refused = 0
    for at in range(0, len(files), AT_ONCE):
        chosen = files[at : at + AT_ONCE]
        read_files(page, *chosen)
        rows = page.evaluate(ROWS)
        assert {row["file"] for row in rows} == {file.name for file in chosen}
        for row in rows:
            if row["state"] == "failed":
                assert row["problem"] in {"empty", "unknown-type", "no-decode", "too-large", "too-long"}, row
                continue
            assert row["state"] == "done", row
            for name in ("probability", "age", "low", "high"):
                if row.get(name):
                    assert math.isfinite(float(row[name])), row
            assert 0 <= float(row.get("probability") or 0) <= 1, row
        refused += sum(row["state"] == "failed" for row in rows)
        read += len({row["file"] for row in rows if row["state"] == "done"})
        page.get_by_test_id("files-clear").click()
    return read, refused


@pytest.mark.slow
def test_hundreds_of_damaged_files_are_read_or_refused(open_page: OpenPage, tmp_path: Path) -> None:
    chance = random.Random(12)
    whole = save_picture(tmp_path / "whole.jpg", one_face())
    page = open_page("/#/files")
    read_files(page, whole)
    (before,) = rows_of(page, whole.name)
    expected = number(before, "probability"), number(before, "age")
    page.get_by_test_id("files-clear").click()
    page.evaluate(WATCH)

    for kind in (pictures(), sounds()):
        originals = sorted((name, raw) for name, raw in kind.items() if name in READ_BY_CHROMIUM)
        files = []
        for index in range(OF_EACH_KIND):
            name, raw = chance.choice(originals)
            file = tmp_path / f"{index}-{name if '.' in name else f'p.{name}'}"
            file.write_bytes(mutated(raw, chance))
            files.append(file)
        read, refused = read_all(page, files)
        print(f"{read} read, {refused} refused")
        assert read + refused == OF_EACH_KIND
        assert refused > OF_EACH_KIND / 10 and read > OF_EACH_KIND / 50

    longest = page.evaluate("window.longest")
    print(longest)
    assert longest["file"] < HANG_SECONDS and longest["block"] < HANG_SECONDS
    read_files(page, whole)
    (after,) = rows_of(page, whole.name)
    assert (number(after, "probability"), number(after, "age")) == expected


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_half_a_picture_is_no_picture(open_page: OpenPage, tmp_path: Path, kind: str) -> None:
    picture = save_picture(tmp_path / f"whole.{kind}", one_face()).read_bytes()
    half = tmp_path / f"half.{kind}"
    half.write_bytes(picture[: len(picture) // 2])
    page = open_page("/#/files")
    read_files(page, half)
    (row,) = rows_of(page, half.name)
    assert row.get_by_test_id("file-problem").get_attribute("data-code") == "no-decode"
