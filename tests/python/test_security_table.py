"""SECURITY.md names tests that exist: a promise whose test was renamed or lost is found here."""

from __future__ import annotations

import re

from server import ROOT

ROW = re.compile(r"^\|.*\| `([^`:]+)::([^`]+)` \|$", re.MULTILINE)


def test_every_row_names_a_test_that_is_there() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = ROW.findall(text)
    assert len(rows) == text.count("\n|") - 2, "a row without a test, or written otherwise than this test reads it"
    assert len(rows) >= 30
    assert len(set(rows)) == len(rows)
    for file, name in rows:
        code = (ROOT / file).read_text(encoding="utf-8")
        wanted = f"\ndef {name}(" if file.endswith(".py") else f"it('{name}'"
        assert wanted in code, f"{file} has no test {name!r}"
