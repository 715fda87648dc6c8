"""Model files that are missing or spoilt, and input that cannot be read: each gets a message that names it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server import ROOT, create_app
from tests.browser.conftest import OpenPage, served, wait_until
from tests.site import make_site

pytestmark = pytest.mark.browser

MODELS = ROOT / "models_tfjs"
Damage = Callable[[Path], None]


def catalogue_of(models: Path) -> dict[str, Any]:
    """The parsed catalogue of a folder of models."""
    parsed: dict[str, Any] = json.loads((models / "catalogue.json").read_text())
    return parsed


def shard(models: Path) -> Path:
    """The first file of weights of face-emotion."""
    return next(iter(sorted((models / "face-emotion").glob("*.bin"))))


def flip_a_byte(models: Path) -> None:
    data = bytearray(shard(models).read_bytes())
    data[len(data) // 2] ^= 1
    shard(models).write_bytes(data)


def cut_short(models: Path) -> None:
    shard(models).write_bytes(shard(models).read_bytes()[:-100])


def remove_weights(models: Path) -> None:
    shard(models).unlink()


def remove_topology(models: Path) -> None:
    (models / "face-emotion" / "model.json").unlink()


def remove_catalogue(models: Path) -> None:
    (models / "catalogue.json").unlink()


def unlist_the_model(models: Path) -> None:
    catalogue = catalogue_of(models)
    del catalogue["models"]["face-emotion"]
    (models / "catalogue.json").write_text(json.dumps(catalogue))


def spoil_catalogue(models: Path) -> None:
    (models / "catalogue.json").write_text("<!doctype html><p>Welcome to the hotel's network</p>")


def edit_spec_behind_the_catalogue(models: Path) -> None:
    file = models / "face-emotion" / "spec.json"
    file.write_text(file.read_text().replace("happy", "merry"))


def edit_spec(edit: Callable[[dict[str, Any]], None]) -> Damage:
    """A change of face-emotion's spec that the catalogue knows of, as a faulty converter would leave it."""

    def damage(models: Path) -> None:
        file = models / "face-emotion" / "spec.json"
        spec = json.loads(file.read_text())
        edit(spec)
        text = json.dumps(spec).encode()
        file.write_bytes(text)
        catalogue = catalogue_of(models)
        entry = catalogue["models"]["face-emotion"]["files"]["spec.json"]
        entry.update(bytes=len(text), sha256=hashlib.sha256(text).hexdigest())
        (models / "catalogue.json").write_text(json.dumps(catalogue))

    return damage


def no_labels(spec: dict[str, Any]) -> None:
    spec["outputs"]["emotion"]["labels"] = []


def width_in_words(spec: dict[str, Any]) -> None:
    spec["input"]["width"] = "wide"


def of_another_format(spec: dict[str, Any]) -> None:
    spec["format"] = "mien-model/99"


FAULTS: list[tuple[Damage, str, str]] = [
    (flip_a_byte, "model-corrupt", "SHA-256"),
    (cut_short, "model-corrupt", ".bin"),
    (remove_weights, "model-missing", ".bin"),
    (remove_topology, "model-missing", "model.json"),
    (remove_catalogue, "model-missing", "catalogue.json"),
    (unlist_the_model, "model-missing", "face-emotion"),
    (spoil_catalogue, "spec-invalid", "catalogue.json"),
    (edit_spec_behind_the_catalogue, "model-corrupt", "spec.json"),
    (edit_spec(no_labels), "spec-invalid", "labels"),
    (edit_spec(width_in_words), "spec-invalid", "input.width"),
    (edit_spec(of_another_format), "spec-invalid", "format"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare page beside `mien.js`."""
    return make_site(tmp_path_factory.mktemp("site"))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A copy of the shipped models, to be damaged."""
    return Path(shutil.copytree(MODELS, tmp_path / "models"))


def open_bare(open_page: OpenPage, origin: str) -> Page:
    """The bare page, its module loaded. A file that is not there leaves a line of Chromium's own in the console."""
    page = open_page("/bare.html", origin=origin, expect_errors="Failed to load resource: the server responded")
    wait_until(page, "globalThis.ready")
    return page


def assert_told(fault: dict[str, Any] | None, code: str, names: str) -> None:
    """The fault is Mien's own error with this code, names what it is about, and says what to do."""
    assert fault is not None, "nothing was thrown"
    assert fault["mine"], fault
    assert fault["code"] == code, fault
    assert names in fault["message"], fault
    assert len(fault["hint"]) > 15, fault


def test_damaged_models_are_refused_by_name(
    open_page: OpenPage, site: Path, models: Path, subtests: pytest.Subtests
) -> None:
    """One page and one server; between two loads the folder of the models is restored and damaged in another way."""
    with served(create_app(site, models)) as origin:
        page = open_bare(open_page, origin)
        for damage, code, names in FAULTS:
            shutil.rmtree(models)
            shutil.copytree(MODELS, models)
            damage(models)
            with subtests.test(code=code, names=names):
                fault = page.evaluate("() => fault(() => loadMien({ backend: 'wasm', tasks: ['face-emotion'] }))")
                assert_told(fault, code, names)


def test_a_fault_of_one_model_spares_the_others(open_page: OpenPage, site: Path, models: Path) -> None:
    remove_weights(models)
    with served(create_app(site, models)) as origin:
        page = open_bare(open_page, origin)
        age = page.evaluate(
            """async () => {
              const mien = await loadMien({ backend: 'wasm', tasks: ['face-age-gender'] });
              const [face] = await mien.analyseFaces(await decode('portrait.png'));
              await mien.dispose();
              return face.age.years;
            }"""
        )
    assert 15 < age < 70


def test_a_missing_runtime_is_named(open_page: OpenPage, tmp_path: Path) -> None:
    folder = make_site(tmp_path)
    shutil.rmtree(folder / "wasm")
    with served(create_app(folder)) as origin:
        page = open_page("/bare.html", origin=origin, expect_errors="404|wasm")
        wait_until(page, "globalThis.ready")
        fault = page.evaluate("() => fault(() => loadMien({ backend: 'wasm', tasks: ['face-emotion'] }))")
    assert_told(fault, "backend-unavailable", ".wasm")


def test_a_missing_worker_is_named(open_page: OpenPage, tmp_path: Path) -> None:
    folder = make_site(tmp_path)
    (folder / "mien-worker.js").unlink()
    with served(create_app(folder)) as origin:
        page = open_page("/bare.html", origin=origin, expect_errors="404|mien-worker")
        wait_until(page, "globalThis.ready")
        fault = page.evaluate("() => fault(() => loadMien({ backend: 'wasm', tasks: ['face-emotion'] }))")
    assert_told(fault, "worker-failed", "worker")


def test_input_that_cannot_be_read_is_refused(open_page: OpenPage, site: Path) -> None:
    with served(create_app(site)) as origin:
        page = open_bare(open_page, origin)
        faults = page.evaluate(
            """async () => {
              const mien = await loadMien({ backend: 'wasm', tasks: ['face-emotion', 'speech-emotion'] });
              const empty = Object.assign(document.createElement('canvas'), { width: 0, height: 0 });
              const faults = {
                words: await fault(() => mien.analysePicture(new Blob(['no picture'], { type: 'image/png' }))),
                empty: await fault(() => mien.analyseFaces(empty)),
                unplayed: await fault(() => mien.analyseFaces(document.createElement('video'))),
                silent: await fault(() => mien.analyseSpeech(new Float32Array(0), 48000)),
                rateless: await fault(() => mien.analyseSpeech(new Float32Array(48000), NaN)),
                listed: await fault(() => mien.analyseSpeech([0, 0, 0], 48000)),
                broken: await fault(() => mien.analyseSpeech(new Float32Array(48000).fill(NaN), 48000)),
                well: await fault(async () => mien.analyseFaces(await decode('portrait.png'))),
              };
              await mien.dispose();
              faults.backend = await fault(() => loadMien({ backend: 'abacus' }));
              faults.task = await fault(() => loadMien({ backend: 'wasm', tasks: ['palm-reading'] }));
              return faults;
            }"""
        )
    assert faults.pop("well") is None  # what went before did no harm
    assert_told(faults.pop("words"), "no-decode", "")
    assert faults.pop("task")["mine"]
    for name, fault in faults.items():
        assert fault is not None, name
        assert_told(fault, "bad-input", "")


def test_the_page_shows_what_is_wrong_and_recovers(open_page: OpenPage, models: Path) -> None:
    """The visitor reads what happened and what to do; after the file has been put back, trying again works."""
    lost = shard(models)
    kept = lost.read_bytes()
    lost.unlink()
    with served(create_app(models=models)) as origin:
        page = open_page("/#/face", origin=origin, expect_errors="Failed to load resource: the server responded")
        page.get_by_test_id("face-start").click()
        problem = page.get_by_test_id("error-message")
        expect(problem).to_be_visible(timeout=60_000)
        expect(problem).to_have_attribute("data-code", "model-missing")
        expect(problem).to_contain_text(lost.name)
        expect(problem).to_contain_text("reload")
        lost.write_bytes(kept)
        page.get_by_test_id("retry").click()
        expect(page.get_by_test_id("face-stop")).to_be_visible(timeout=60_000)
        expect(problem).to_be_hidden(timeout=60_000)
        page.get_by_test_id("face-stop").click()
        page.goto("about:blank")  # the page still fetches what it may want later, and the server is about to end
