"""`/mien.js` on a bare page: the public interface, as someone else's page uses it, on the models that ship."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from server import ROOT, create_app
from tests.browser.conftest import OpenPage, served, wait_until
from tests.conftest import data_folder
from tests.media import SPEECH_RATE, repeated, silence, voices
from tests.site import make_site, write_samples

pytestmark = pytest.mark.browser

MODELS = ROOT / "models_tfjs"
# Where the face is in the portrait, by eye: left, top, right, bottom in pixels.
FACE_REGION = (195, 80, 360, 250)


def labels(task: str, output: str) -> set[str]:
    """The classes that a shipped model names."""
    spec = json.loads((MODELS / task / "spec.json").read_text())
    return set(spec["outputs"][output]["labels"])


def assert_categorical(reading: dict[str, Any], names: set[str]) -> None:
    """The label is the most probable of the names, and the probabilities are some."""
    probabilities = reading["probabilities"]
    assert set(probabilities) == names
    assert all(0 <= value <= 1 for value in probabilities.values())
    assert math.isclose(sum(probabilities.values()), 1, abs_tol=1e-4)
    assert reading["label"] == max(probabilities, key=probabilities.__getitem__)


def assert_face_of_the_portrait(face: dict[str, Any]) -> None:
    """The shapes of the interface, and numbers that a person would not laugh at."""
    left, top, right, bottom = FACE_REGION
    box = face["box"]
    assert left < box["x"] + box["width"] / 2 < right
    assert top < box["y"] + box["height"] / 2 < bottom
    assert 60 < box["width"] < 220
    assert 60 < box["height"] < 220
    assert 0.5 < face["score"] <= 1
    points = {point["name"]: (point["x"], point["y"]) for point in face["keypoints"]}
    assert set(points) == {"left_eye", "right_eye", "nose", "mouth", "left_ear", "right_ear"}
    assert all(left < x < right and top < y < bottom for x, y in points.values())
    assert points["left_eye"][0] < points["right_eye"][0]  # left in the picture
    assert points["mouth"][1] > points["nose"][1] > points["left_eye"][1]
    assert_categorical(face["emotion"], labels("face-emotion", "emotion"))
    assert face["emotion"]["label"] == "happy"  # she smiles
    age = face["age"]
    assert age["low"] < age["years"] < age["high"]
    assert age["interval"] == 0.9
    assert age["low"] < 37 < age["high"] + 2  # hers; one in ten lies outside
    assert_categorical(face["gender"], {"female", "male"})
    assert face["gender"]["label"] == "female"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a server with a bare page beside `mien.js`."""
    folder = make_site(tmp_path_factory.mktemp("site"))
    spoken = voices(data_folder())
    write_samples(folder / "lively.f32", repeated(spoken.lively))
    write_samples(folder / "subdued.f32", repeated(spoken.subdued))
    write_samples(folder / "silence.f32", silence())
    with served(create_app(folder)) as origin:
        yield origin


def open_bare(open_page: OpenPage, origin: str, path: str = "/bare.html") -> Page:
    """The bare page, its module loaded."""
    page = open_page(path, origin=origin)
    wait_until(page, "globalThis.ready")
    return page


def test_a_canvas_is_analysed(open_page: OpenPage, site: str) -> None:
    page = open_bare(open_page, site)
    found = page.evaluate(
        """async () => {
          const stages = [];
          let last;
          const mien = await loadMien({
            backend: 'wasm',
            tasks: ['face-emotion', 'face-age-gender'],
            onProgress: (progress) => { stages.push(progress.stage); last = progress; },
          });
          const canvas = await decode('portrait.png');
          const image = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          const result = {
            backend: mien.backend,
            faces: await mien.analyseFaces(canvas),
            fromPixels: await mien.analyseFaces(image),
            fromBitmap: await mien.analyseFaces(await createImageBitmap(canvas)),
            stages, last,
          };
          await mien.dispose();
          result.after = await fault(() => mien.analyseFaces(canvas));
          return result;
        }"""
    )
    assert found["backend"] == "wasm"
    assert len(found["faces"]) == 1
    assert found["faces"][0]["id"] == 0
    assert_face_of_the_portrait(found["faces"][0])
    assert found["fromPixels"] == found["faces"]
    assert found["fromBitmap"] == found["faces"]
    assert found["stages"][-1] == "ready"
    assert found["last"]["loadedBytes"] == found["last"]["totalBytes"] > 0
    assert found["after"]["code"] == "disposed"


def test_samples_are_analysed(open_page: OpenPage, site: str) -> None:
    page = open_bare(open_page, site)
    readings = page.evaluate(
        """async (rate) => {
          const mien = await loadMien({ backend: 'wasm', tasks: ['speech-emotion'] });
          const readings = {};
          for (const name of ['lively', 'subdued', 'silence']) {
            readings[name] = await mien.analyseSpeech(await samples(`${name}.f32`), rate);
          }
          readings.unchecked = await mien.analyseSpeech(await samples('silence.f32'), rate, { voiceActivity: false });
          readings.faces = await fault(async () => mien.analyseFaces(await decode('portrait.png')));
          await mien.dispose();
          return readings;
        }""",
        SPEECH_RATE,
    )
    names = labels("speech-emotion", "emotion")
    for name in ("lively", "subdued"):
        reading = readings[name]
        assert reading["speech"] is True, name
        assert_categorical(reading["emotion"], names)
        assert 0 <= reading["start"] < reading["end"] <= 7.001
    assert readings["lively"]["emotion"] != readings["subdued"]["emotion"]
    assert readings["silence"]["speech"] is False
    assert readings["silence"]["emotion"] is None
    assert_categorical(readings["unchecked"]["emotion"], names)


@pytest.mark.data
def test_acted_voices_are_told_apart(open_page: OpenPage, site: str, data_dir: Path) -> None:
    assert data_dir.is_dir()  # so the site's samples are the actor's
    page = open_bare(open_page, site)
    found = page.evaluate(
        """async (rate) => {
          const mien = await loadMien({ backend: 'wasm', tasks: ['speech-emotion'] });
          const angry = await mien.analyseSpeech(await samples('lively.f32'), rate);
          const sad = await mien.analyseSpeech(await samples('subdued.f32'), rate);
          await mien.dispose();
          return [angry.emotion.label, sad.emotion.label];
        }""",
        SPEECH_RATE,
    )
    assert found == ["angry", "sad"]


def test_one_call_may_load_everything(open_page: OpenPage, site: str) -> None:
    page = open_bare(open_page, site)
    found = page.evaluate(
        """async (rate) => {
          const mien = await loadMien();
          const result = {
            backend: mien.backend,
            specs: Object.fromEntries(Object.entries(mien.specs).map(([task, spec]) => [task, spec.version])),
            faces: await mien.analyseFaces(await decode('portrait.png')),
            voice: await mien.analyseSpeech(await samples('lively.f32'), rate),
            picture: await mien.analysePicture(
              await createImageBitmap(await (await fetch('portrait.png')).blob(), 190, 50, 180, 200),
            ),
            memory: await mien.memory(),
          };
          await mien.dispose();
          return result;
        }""",
        SPEECH_RATE,
    )
    assert found["backend"] in {"wasm", "webgl", "webgpu"}
    face = {"face-detector", "face-emotion", "face-age-gender"}
    assert set(found["specs"]) == face | {"speech-emotion", "voice-activity"}
    assert_face_of_the_portrait(found["faces"][0])
    assert found["voice"]["speech"] is True
    assert found["picture"]["found"] is True
    assert found["memory"]["bytes"] > 0


def test_the_module_may_lie_elsewhere(open_page: OpenPage, tmp_path: Path) -> None:
    """Module and models in a folder, page in another: the models are found beside the module."""
    folder = make_site(tmp_path, module_folder="vendor/mien/", page_folder="album/")
    shutil.copytree(MODELS, folder / "vendor" / "mien" / "models")
    with served(create_app(folder, models=tmp_path / "none")) as origin:
        page = open_bare(open_page, origin, "/album/bare.html")
        faces = page.evaluate(
            """async () => {
              const mien = await loadMien({ backend: 'wasm', tasks: ['face-emotion'] });
              const faces = await mien.analyseFaces(await decode('portrait.png'));
              await mien.dispose();
              return faces;
            }"""
        )
        assert len(faces) == 1
        assert_categorical(faces[0]["emotion"], labels("face-emotion", "emotion"))
        assert "age" not in faces[0]  # not loaded
        assert "gender" not in faces[0]


def test_base_url_says_where_everything_is(open_page: OpenPage, tmp_path: Path) -> None:
    """A copy of the module that stands alone, pointed at the folder with the rest."""
    folder = make_site(tmp_path, module_folder="vendor/mien/")
    (folder / "copied").mkdir()
    shutil.copytree(folder / "vendor" / "mien" / "assets", folder / "copied" / "assets")
    shutil.copy(folder / "vendor" / "mien" / "mien.js", folder / "copied" / "mien.js")
    script = folder / "bare.js"
    script.write_text(script.read_text().replace("/vendor/mien/mien.js", "/copied/mien.js"))
    shutil.copytree(MODELS, folder / "vendor" / "mien" / "models")
    with served(create_app(folder, models=tmp_path / "none")) as origin:
        page = open_bare(open_page, origin)
        faces = page.evaluate(
            """async () => {
              const mien = await loadMien({ baseUrl: '/vendor/mien/', backend: 'wasm', tasks: ['face-age-gender'] });
              const faces = await mien.analyseFaces(await decode('portrait.png'), { maxFaces: 1 });
              await mien.dispose();
              return faces;
            }"""
        )
    assert len(faces) == 1
    assert faces[0]["age"]["low"] < faces[0]["age"]["years"] < faces[0]["age"]["high"]


def test_the_types_are_served(open_page: OpenPage, site: str) -> None:
    page = open_bare(open_page, site)
    types = page.evaluate("async () => (await fetch('/mien.d.ts')).text()")
    for name in ("loadMien", "analyseFaces", "analyseSpeech", "interface Face", "class MienError"):
        assert name in types
