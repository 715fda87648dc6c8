"""One's own labels, from folders of pictures to the page's bars: trained, converted, measured and served by command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import expect

from converter import cli as convert
from server import ROOT, create_app
from tests.browser.conftest import OpenPage, served
from tests.browser.test_page_face import bars_of, start
from tests.media import Media
from tests.own_pictures import write_own_pictures
from training.cli import evaluate

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LABELS = {"mouth covered", "plain face"}
COLOURS = "all => all.map((one) => getComputedStyle(one).backgroundColor)"
SHIPPED = ROOT / "training" / "weights" / "face-emotion.keras"


@pytest.fixture(scope="module")
def own_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models whose face-emotion was trained on two classes of made pictures."""
    pytest.importorskip("tensorflow")
    root = tmp_path_factory.mktemp("own")
    pictures = write_own_pictures(root / "faces", per_class=60)
    begin = ("--from", str(SHIPPED), "--epochs", "12")
    # In a process of its own: training chooses its backend, as it does for a user.
    chosen = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    trained = subprocess.run(
        [sys.executable, "-m", "training.cli.train", "face-emotion"]
        + ["--own", "--data", str(pictures), "--out", str(root / "run"), *begin],
        env=chosen | {"MIEN_CACHE": str(root / "cache")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert trained.returncode == 0, trained.stderr[-2000:]
    said = trained.stdout
    assert "faces: 120 pictures of 2 classes" in said and "left out: 1" in said
    figures = json.loads(said[said.index("\n{\n") :])
    assert figures["dataset"] == "faces" and figures["accuracy"] > 0.9
    weights = ["--weights", str(root / "run" / "weights")]
    assert convert.main(["face-emotion", *weights, "--out", str(root / "models"), "--with-shipped"]) == 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as printed:
        patch.setenv("MIEN_CACHE", str(root / "cache"))
        assert evaluate.main(["face-emotion", "--data", str(pictures), *weights]) == 0
    assert json.loads(printed.getvalue())["accuracy"] == figures["accuracy"]
    return root / "models"


@pytest.fixture(scope="module")
def own_origin(own_models: Path) -> Iterator[str]:
    with served(create_app(models=own_models)) as address:
        yield address


def test_ones_own_labels_from_folders_to_the_page(
    own_models: Path, open_page: OpenPage, media: Media, own_origin: str
) -> None:
    """One test, so that one worker trains and not each."""
    the_spec_is_the_users_own(own_models)
    the_page_shows_ones_own_labels(open_page, media, own_origin)
    own_labels_have_no_place_among_the_common_emotions(open_page, media, own_origin)
    the_card_in_the_page_says_whose_data_it_learnt_from(open_page, own_origin)


def the_spec_is_the_users_own(own_models: Path) -> None:
    spec = json.loads((own_models / "face-emotion" / "spec.json").read_text())
    assert set(spec["outputs"]["emotion"]["labels"]) == LABELS
    assert spec["outputs"]["emotion"]["unsure_below"] == 0.65
    training = spec["training"]
    assert training["datasets"] == ["faces", "FER2013", "FER+"], "what it began from had learnt from them"
    assert training["own_data"] is True and training["from"]["file"] == "face-emotion.keras"
    # How precisely it was trained depends on the machine.
    command = training["command"].removesuffix(" --precision mixed_bfloat16")
    assert command == "mien-train face-emotion --data DATA --own --from face-emotion.keras --epochs 12"


def the_page_shows_ones_own_labels(open_page: OpenPage, media: Media, own_origin: str) -> None:
    page = open_page("/#/face", origin=own_origin, film=media.one_face)
    start(page)
    card = page.get_by_test_id("face-card")
    expect(card).to_have_count(1)
    bars = bars_of(card)
    assert bars.keys() == LABELS and sum(bars.values()) == pytest.approx(1, abs=1e-3)
    # The film shows the face as it is, which the network learnt to tell from a covered one.
    emotion = card.get_by_test_id("face-emotion")
    expect(emotion).to_have_attribute("data-value", "plain face")
    expect(emotion).to_contain_text("Plain face")
    # The other models are those that ship.
    expect(card.get_by_test_id("face-age")).to_contain_text("about")

    # Each label has a colour of its own, in the ring too.
    colours = card.locator(".bar-fill").evaluate_all(COLOURS)
    assert len(set(colours)) == 2
    strokes = page.locator(".mood-ring-arc").evaluate_all("all => all.map((one) => getComputedStyle(one).stroke)")
    assert len(set(strokes)) == 2

    # A session records them, sums them up and exports them.
    page.get_by_test_id("session-strip").get_by_test_id("record").click()
    page.wait_for_timeout(2500)
    page.goto("/#/session")
    view = page.get_by_test_id("session-view")
    expect(view.get_by_test_id("legend")).to_contain_text("Plain face")
    expect(view.get_by_test_id("summary-row")).to_contain_text("Plain face")
    swatches = view.locator("[data-testid=legend] .swatch").evaluate_all(COLOURS)
    assert sorted(swatches) == sorted(colours)
    with page.expect_download() as download:
        page.get_by_test_id("export-csv").click()
    header, *rows = download.value.path().read_text().splitlines()
    assert header.endswith("p_mouth covered,p_plain face")
    assert any(",plain face," in row for row in rows)


def own_labels_have_no_place_among_the_common_emotions(open_page: OpenPage, media: Media, own_origin: str) -> None:
    page = open_page("/#/both", origin=own_origin, film=media.one_face)
    page.get_by_test_id("face-start").click()
    expect(page.get_by_test_id("fusion-note")).to_contain_text("labels are its own", timeout=90_000)
    expect(page.get_by_test_id("fusion-emotion")).to_have_attribute("data-value", "")
    expect(page.get_by_test_id("plane-words")).to_contain_text("have no place on this plane")
    expect(page.get_by_test_id("plane-point")).to_be_hidden()


def the_card_in_the_page_says_whose_data_it_learnt_from(open_page: OpenPage, own_origin: str) -> None:
    page = open_page("/#/about", origin=own_origin)
    card = page.locator('[data-testid="model-card"][data-task="face-emotion"]')
    expect(card).to_contain_text("mouth covered, plain face")
    expect(card).to_contain_text("somebody’s own pictures")
    expect(card).not_to_contain_text("pictures from a web search")
