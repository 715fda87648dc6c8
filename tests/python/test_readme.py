"""The README says what the shipped files say, and names what there is."""

from __future__ import annotations

import re

import pytest

from converter.readme_figures import with_table
from server import MODELS, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_figures_are_those_of_the_specs() -> None:
    """After a change of a model: `python -m converter.readme_figures`."""
    assert with_table(README, MODELS) == README


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_its_links_lead_somewhere(path: str) -> None:
    assert (ROOT / path).exists()


def test_its_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b(?! sure)", README)) <= targets
