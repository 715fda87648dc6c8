"""Under an age reading of 13 the page shows no gender."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from server import ROOT, create_app
from tests.browser.conftest import OpenPage, served
from tests.media import Media

pytestmark = pytest.mark.browser

YEARS = 8
SURE = 1000.0
"""A logit beside which all others are nothing, within float16."""


BYTES = {"int8": 1, "float16": 2, "float32": 4, "int32": 4}


def take_everyone_for_a_child(models: Path) -> None:
    """Set the bias of one year of the age output, in the weights that ship, and tell the catalogue."""
    folder = models / "face-age-gender"
    [group] = json.loads((folder / "model.json").read_text())["weightsManifest"]
    offset, place = 0, None
    for weight in group["weights"]:
        stored = weight.get("quantization", weight)["dtype"]
        if weight["shape"] == [117]:
            assert stored == "float16"
            place = offset + 2 * YEARS
        # Kernels in eight bits begin with a float32 scale for each output channel.
        offset += 4 * weight["shape"][-1] if stored == "int8" else 0
        offset += int(np.prod(weight["shape"])) * BYTES[stored]
    assert place is not None, "the network has a bias for each of 117 years"
    file = folder / group["paths"][0]
    data = bytearray(file.read_bytes())
    assert len(data) == offset
    data[place : place + 2] = np.float16(SURE).tobytes()
    file.write_bytes(data)
    catalogue = json.loads((models / "catalogue.json").read_text())
    catalogue["models"]["face-age-gender"]["files"][file.name]["sha256"] = hashlib.sha256(data).hexdigest()
    (models / "catalogue.json").write_text(json.dumps(catalogue))


@pytest.fixture
def children(tmp_path: Path) -> Iterator[str]:
    """The origin of a server whose age network takes everyone for a child."""
    models = tmp_path / "models"
    shutil.copytree(ROOT / "models_tfjs", models)
    take_everyone_for_a_child(models)
    with served(create_app(ROOT / "webapp" / "dist", models)) as address:
        yield address


def test_a_child_is_shown_an_age_and_no_gender(open_page: OpenPage, media: Media, children: str) -> None:
    page = open_page("/#/face", film=media.one_face, origin=children, locale="en-GB")
    page.get_by_test_id("face-start").click()
    expect(page.get_by_test_id("face-view")).to_have_attribute("data-state", "running", timeout=90_000)
    card = page.get_by_test_id("face-card")
    expect(card.get_by_test_id("face-age")).to_contain_text(f"about {YEARS}")
    gender = card.get_by_test_id("face-gender")
    expect(gender).to_have_text("–")
    assert gender.get_attribute("data-value") is None
    expect(card.get_by_test_id("face-gender-note")).to_have_text("not shown under 13")
    expect(page.get_by_test_id("face-box")).to_contain_text(f"about {YEARS}")
    for label in ("female", "male"):
        expect(page.get_by_test_id("face-view")).not_to_contain_text(label, ignore_case=True)
