"""`mien-verify`: its messages, its figures against ones computed by hand, and a browser that drives a page's API.

The page in these tests answers with fixed numbers; that the real page computes what Python computes is the business of
`tests/parity`. The last test but one joins both: the command, on the detector that ships and the page that was built.
"""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from converter import verify, verify_cli
from converter.browser_session import BrowserSession, open_session
from converter.catalogue import check_catalogue, write_catalogue
from converter.convert import TASKS, write_spec
from converter.errors import ConverterError
from converter.figures import age_gender_figures, agreement, emotion_figures
from converter.frames import CONDITIONS, PLAIN
from training.datasets.fer2013 import LABELS, FerSample
from training.datasets.utkface import GENDERS, UtkSample

ROOT = Path(__file__).resolve().parents[2]

SPEC = {
    "format": "mien-model/1",
    "task": "face-emotion",
    "version": "1.0.0",
    "parameters": 10,
    "input": {"kind": "face-crop", "width": 48, "height": 48, "channels": "gray"},
    "outputs": {"emotion": {"kind": "categorical", "labels": list(LABELS), "temperature": 1.0}},
    "metrics": {},
    "training": {"datasets": ["FER2013"], "command": "mien-train face-emotion --data DIR"},
}

API = """
const probabilities = { angry: 0, disgust: 0, fear: 0, happy: 0.75, neutral: 0, sad: 0.25, surprise: 0 };
const reading = (found) => ({ found, emotion: { label: 'happy', probabilities } });
export async function loadMien({ tasks, backend }) {
  if (!crossOriginIsolated) throw new Error('not isolated');
  return {
    backend,
    async selfTest() {
      const passed = PASSED;
      const model = { cases: 2, maxProbabilityDifference: passed ? 1e-5 : 0.5, sameTop: passed, passed };
      return { models: tasks.map((task) => ({ task, ...model })) };
    },
    async analysePicture(blob) {
      const bytes = new Uint8Array(await blob.arrayBuffer());
      const told = { code: 'no-decode', hint: 'send a picture' };
      if (bytes[0] === 0) throw Object.assign(new Error('not a picture'), told);
      return reading(bytes[0] % 2 === 1);
    },
    async analyseFaces(bitmap) {
      const { width, height } = bitmap;
      const box = (x) => ({ x, y: height / 2 - 50, width: 100, height: 100 });
      const faces = [width / 2 - 50, 0].map((x) => ({ box: box(x), score: 0.9, ...reading(true) }));
      return width === 640 && height === 480 ? faces : [];
    },
    async analyseSpeech(samples, rate, { voiceActivity = true } = {}) {
      const level = samples.reduce((sum, value) => sum + Math.abs(value), 0) / samples.length;
      const probabilities = { level, rate, length: samples.length };
      return { speech: !voiceActivity || level > 0.01, emotion: { label: 'level', probabilities } };
    },
  };
}
"""


def make_models(base: Path) -> Path:
    folder = base / "models" / "face-emotion"
    folder.mkdir(parents=True)
    write_spec(folder, SPEC)
    for name in ("model.json", "golden.json", "group1-shard1of1.bin"):
        (folder / name).write_text("{}")
    write_catalogue(folder.parent)
    return folder.parent


def make_dist(base: Path) -> Path:
    (base / "dist").mkdir()
    (base / "dist" / "mien.js").write_text(API.replace("PASSED", "true"))
    return base / "dist"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return make_models(tmp_path)


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    return make_dist(tmp_path)


class Aside:
    """A browser session in a thread of its own: a thread has one Playwright, and other tests may hold this one's."""

    def __init__(self, pool: ThreadPoolExecutor, session: BrowserSession) -> None:
        self._pool = pool
        self._session = session

    def pictures(self, files: Sequence[Path]) -> list[dict[str, Any]]:
        return self._pool.submit(self._session.pictures, files).result()

    def clips(self, files: Sequence[Path], rates: Sequence[int]) -> list[dict[str, Any]]:
        return self._pool.submit(self._session.clips, files, rates).result()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aside]:
    base = tmp_path_factory.mktemp("session")
    opening = open_session(make_models(base), make_dist(base), ["face-emotion"], "wasm", lambda line: None)
    with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        inner = ExitStack()
        stack.callback(lambda: pool.submit(inner.close).result())
        yield Aside(pool, pool.submit(inner.enter_context, opening).result())


def run(*arguments: object) -> int:
    """The command's exit status; in a thread of its own, for the same reason."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(verify_cli.main, [str(argument) for argument in arguments]).result()


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run(*arguments) == 2
    return capsys.readouterr().err


def test_a_changed_file_is_named_before_any_browser_starts(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (models / "face-emotion" / "golden.json").write_text("[]")
    error = refused(capsys, "face-emotion", "--models", models)
    assert "golden.json" in error and "differs from the catalogue" in error and "mien-convert face-emotion" in error


def test_a_folder_without_models_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = refused(capsys, "face-emotion", "--models", tmp_path)
    assert "There is no catalogue" in error and "mien-convert" in error


def test_a_page_that_was_not_built_is_explained(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused(capsys, "face-emotion", "--models", models, "--dist", tmp_path)
    assert "mien.js" in error and "make build" in error


def test_an_unknown_task_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    error = refused(capsys, "face-mood")
    assert all(task in error for task in TASKS)


def test_the_detector_has_no_dataset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "without --data" in refused(capsys, "face-detector", "--data", tmp_path)


def test_frames_need_data_and_a_face_task(
    models: Path, dist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        verify_cli.main(["face-emotion", "--frames"])
    assert stopped.value.code == 2 and "--frames needs --data" in capsys.readouterr().err
    assert "reads no faces" in refused(capsys, "speech-emotion", "--frames", "--data", tmp_path)


def test_a_wrong_data_folder_is_explained(
    models: Path, dist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("face-emotion", "--models", models, "--dist", dist)
    assert "nowhere" in refused(capsys, *given, "--data", tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    assert "PrivateTest_*.jpg" in refused(capsys, *given, "--data", tmp_path / "empty")


def test_a_limit_must_be_positive(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        verify_cli.main(["face-emotion", "--limit", "0"])
    assert stopped.value.code == 2 and "at least 1" in capsys.readouterr().err


@pytest.mark.browser
def test_a_browser_that_does_not_start_is_explained(
    models: Path, dist: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIEN_CHROMIUM", "/bin/false")
    error = refused(capsys, "face-emotion", "--models", models, "--dist", dist)
    assert "/bin/false" in error and "MIEN_CHROMIUM" in error


@pytest.mark.browser
def test_golden_vectors_that_the_browser_misses_are_a_failure(
    models: Path, dist: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (dist / "mien.js").write_text(API.replace("PASSED", "false"))
    error = refused(capsys, "face-emotion", "--models", models, "--dist", dist)
    assert "does not reproduce the golden vectors" in error and "ANOTHER top class" in error


@pytest.mark.browser
def test_pictures_reach_the_page_as_their_bytes_in_their_order(session: Aside, tmp_path: Path) -> None:
    files = []
    for i in range(70):  # more than two batches
        files.append(tmp_path / f"{i}.jpg")
        files[-1].write_bytes(bytes([i % 3 + 1]))
    readings = session.pictures(files)
    assert [reading["found"] for reading in readings] == [i % 3 != 1 for i in range(70)]
    assert readings[0]["emotion"]["probabilities"]["happy"] == 0.75


@pytest.mark.browser
def test_a_picture_that_does_not_decode_is_named(session: Aside, tmp_path: Path) -> None:
    for name, data in (("good.jpg", b"\1"), ("bad.jpg", b"\0")):
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ConverterError, match="no-decode: not a picture: send a picture") as caught:
        session.pictures([tmp_path / "good.jpg", tmp_path / "bad.jpg"])
    assert caught.value.where.endswith("bad.jpg")


@pytest.mark.browser
def test_clips_are_decoded_at_their_own_rate_and_mixed(session: Aside, tmp_path: Path) -> None:
    import soundfile

    silent, loud = tmp_path / "silent.wav", tmp_path / "loud.wav"
    soundfile.write(silent, np.zeros(1000), 16000, "PCM_16")
    soundfile.write(loud, np.tile([0.5, 0.25], (3000, 1)), 44100, "PCM_16")
    quiet, spoken = session.clips([silent, loud], [16000, 44100])
    assert quiet["emotion"]["probabilities"] == {"level": 0, "rate": 16000, "length": 1000}
    assert not quiet["speech"] and spoken["speech"]
    assert {**spoken["emotion"]["probabilities"], "level": None} == {"level": None, "rate": 44100, "length": 3000}
    # Chromium divides positive 16-bit samples by 32,767 and libsndfile by 32,768: a quarter of a thousandth of a dB.
    assert spoken["emotion"]["probabilities"]["level"] == pytest.approx(0.375, rel=1e-4)


@pytest.mark.browser
def test_figures_of_the_test_split_are_written_unless_it_was_cut(
    models: Path, dist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The page says "happy" to everything; the training picture would spoil the accuracy if it were asked about.
    for name in (
        "test/happy/PrivateTest_1",
        "test/happy/PrivateTest_2",
        "test/sad/PrivateTest_3",
        "train/sad/Training_4",
    ):
        path = tmp_path / "fer2013" / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\1")
    given = ("face-emotion", "--models", models, "--dist", dist, "--data", tmp_path)
    before = check_catalogue(models, "face-emotion")
    assert run(*given, "--limit", 2) == 0
    assert "nothing written" in capsys.readouterr().out
    assert json.loads((models / "face-emotion" / "spec.json").read_text())["metrics"] == {}
    assert run(*given) == 0
    metrics = json.loads((models / "face-emotion" / "spec.json").read_text())["metrics"]
    assert (metrics["n"], metrics["found"], metrics["accuracy"]) == (3, 1.0, pytest.approx(2 / 3, abs=1e-4))
    assert check_catalogue(models, "face-emotion") == before


@pytest.mark.browser
def test_frames_are_made_read_and_written(
    models: Path, dist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, label in enumerate(("happy", "happy", "sad")):
        path = tmp_path / "fer2013" / "test" / label / f"PrivateTest_{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (48, 48), 90).save(path)
    given = ("face-emotion", "--frames", "--models", models, "--dist", dist, "--data", tmp_path)
    assert run(*given, "--limit", 2) == 0
    assert "nothing written" in capsys.readouterr().out
    assert run(*given) == 0, capsys.readouterr().err
    metrics = json.loads((models / "face-emotion" / "spec.json").read_text())["metrics"]
    assert list(metrics["frames"]) == [condition.name for condition in CONDITIONS]
    row = metrics["frames"][PLAIN.name]
    assert (row["n"], row["found"], row["several_found"]) == (3, 1.0, 1.0)
    assert (row["accuracy"], row["accuracy_difference"]) == (pytest.approx(2 / 3, abs=1e-4), 0)
    card = (models / "face-emotion" / "CARD.md").read_text()
    assert "From frame to figure" in card and "| turned by -20° | 3 | 1 | 1 | 0.6667 |" in card


def emotion_reading(label: str, share: float, *, found: bool = True) -> dict[str, Any]:
    rest = (1 - share) / (len(LABELS) - 1)
    return {"found": found, "emotion": {"probabilities": {name: share if name == label else rest for name in LABELS}}}


def fer_sample(label: str, name: str = "PrivateTest_1.jpg") -> FerSample:
    return FerSample(Path(name), LABELS.index(label), "test")


def test_emotion_figures_are_those_computed_by_hand() -> None:
    samples = [fer_sample(label) for label in ("happy", "happy", "sad", "fear")]
    readings = [
        emotion_reading("happy", 0.9),
        emotion_reading("happy", 0.9),
        emotion_reading("happy", 0.9, found=False),
        emotion_reading("fear", 0.9),
    ]
    figures = emotion_figures(samples, readings, [LABELS.index("happy"), None, LABELS.index("happy"), 2])
    assert (figures["dataset"], figures["split"], figures["n"]) == ("FER2013", "PrivateTest", 4)
    assert figures["found"] == 0.75
    assert figures["accuracy"] == 0.75
    assert figures["uar"] == pytest.approx((1 + 0 + 1) / 3, abs=1e-4)
    assert figures["macro_f1"] == pytest.approx((2 * 2 / 5 + 0 + 1) / 3, abs=1e-4)
    assert figures["ece"] == pytest.approx(0.9 - 0.75, abs=1e-4)
    assert 0 <= figures["ece_interval"][0] <= figures["ece_interval"][1]
    assert figures["ece_debiased"] <= figures["ece"]
    assert figures["by_class"]["happy"] == {"n": 2, "recall": 1.0, "precision": 0.6667, "f1": 0.8}
    assert figures["by_class"]["sad"]["recall"] == 0 and "surprise" not in figures["by_class"]
    counts = dict(zip(figures["confusion"]["labels"], figures["confusion"]["counts"], strict=True))
    assert counts["sad"] == [int(name == "happy") for name in LABELS] and sum(map(sum, counts.values())) == 4
    assert figures["reliability"] == [{"confidence": 0.9, "accuracy": 0.75, "n": 4}]
    low, high = figures["accuracy_interval"]
    assert low < 0.75 < high
    assert figures["ferplus_n"] == 3 and figures["ferplus_accuracy"] == 1.0


def test_age_and_gender_figures_are_those_computed_by_hand() -> None:
    def sample(age: int, gender: str, ethnicity: int) -> UtkSample:
        return UtkSample(Path("x.jpg"), age, GENDERS.index(gender), ethnicity, "x.jpg", "test")

    def reading(years: float, low: float, high: float, male: float) -> dict[str, Any]:
        age = {"years": years, "low": low, "high": high, "interval": 0.9}
        return {"found": True, "age": age, "gender": {"probabilities": {"female": 1 - male, "male": male}}}

    samples = [sample(30, "male", 0), sample(5, "female", 1), sample(80, "female", 1)]
    readings = [reading(33, 20, 40, 0.9), reading(6, 3, 9, 0.6), reading(70, 60, 79.5, 0.2)]
    figures = age_gender_figures(samples, readings)
    assert figures["n"] == 3
    assert figures["age_mae"] == pytest.approx((3 + 1 + 10) / 3, abs=1e-4)
    assert figures["gender_accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["age_interval_coverage"] == pytest.approx(2 / 3, abs=1e-4)
    groups = figures["by_group"]
    assert groups["gender female"] == {
        "n": 2,
        "age_mae": 5.5,
        "gender_accuracy": 0.5,
        "age_interval_coverage": 0.5,
        "age_bias": -4.5,
    }
    assert groups["labelled White"]["age_mae"] == 3.0 and groups["age 80 to 116"]["n"] == 1
    assert "labelled Asian" not in groups and "age 70 to 79" not in groups
    assert figures["age_far_off"] == 0 and figures["confusion"] == {
        "labels": ["male", "female"],
        "counts": [[1, 0], [1, 1]],
    }
    assert "worst_decade_coverage" not in figures, "three people are too few for a worst group"


def test_the_worst_groups_are_those_of_thirty_and_more() -> None:
    samples, readings = [], []
    # By age, gender, ethnicity, how many, their interval's reach in years, and whether the gender is read rightly.
    for age, gender, ethnicity, count, reach, right in (
        (5, "male", 0, 40, 9, False),  # children: their interval holds, their gender is not asked about
        (13, "female", 1, 30, 9, False),
        (25, "male", 0, 40, 1, True),
        (45, "female", 2, 29, 0, False),  # worse, but too few
        (85, "male", 0, 40, 0, True),  # beyond the decades to 80
    ):
        samples += [UtkSample(Path("x.jpg"), age, GENDERS.index(gender), ethnicity, "x.jpg", "test")] * count
        male = 0.9 if (gender == "male") == right else 0.1
        reading = {"years": age + 1.5, "low": age + 1.5 - reach, "high": age + 1.5 + reach}
        readings += [
            {"found": True, "age": reading, "gender": {"probabilities": {"female": 1 - male, "male": male}}}
        ] * count
    figures = age_gender_figures(samples, readings)
    assert figures["worst_decade_coverage"] == {"group": "age 20 to 29", "n": 40, "age_interval_coverage": 0.0}
    worst = figures["worst_gender_accuracy_from_13"]
    assert worst == {"group": "gender female", "n": 59, "gender_accuracy": 0.0}
    assert figures["by_group"]["age 0 to 9"] == {
        "n": 40,
        "age_mae": 1.5,
        "gender_accuracy": 0.0,
        "age_interval_coverage": 1.0,
        "age_bias": 1.5,
    }


def test_agreement_counts_labels_and_the_worst_probability() -> None:
    browser = np.array([[0.6, 0.4], [0.2, 0.8], [0.51, 0.49]])
    python = np.array([[0.6, 0.4], [0.2, 0.8], [0.49, 0.51]])
    figures = agreement(browser, python, [True, True, False])
    assert figures["n"] == 3 and figures["same_label"] == pytest.approx(2 / 3)
    assert figures["max_probability_difference"] == pytest.approx(0.02)
    assert figures["speech_found"] == pytest.approx(0.6667)


def test_written_figures_stand_in_spec_card_and_catalogue(models: Path) -> None:
    before = {path.name: path.read_bytes() for path in (models / "face-emotion").iterdir()}
    verify.write_metrics(models, "face-emotion", {"n": 3589, "accuracy": 0.7103, "accuracy_interval": [0.695, 0.725]})
    verify.write_metrics(models, "face-emotion", {"by_group": {"all": {"n": 3, "accuracy": 0.5}}})
    folder = models / "face-emotion"
    spec = json.loads((folder / "spec.json").read_text())
    assert spec["metrics"]["accuracy"] == 0.7103 and spec["metrics"]["by_group"]["all"]["n"] == 3
    assert {key: spec[key] for key in SPEC if key != "metrics"} == {k: v for k, v in SPEC.items() if k != "metrics"}
    card = (folder / "CARD.md").read_text()
    assert "| accuracy | 0.7103 |" in card and "0.695 to 0.725" in card and "| all | 3 | 0.5 |" in card
    for name in ("model.json", "golden.json", "group1-shard1of1.bin"):
        assert (folder / name).read_bytes() == before[name]
    assert check_catalogue(models, "face-emotion") == 5


@pytest.mark.browser
def test_the_shipped_detector_passes_in_the_built_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("face-detector") == 0, capsys.readouterr().err
    assert "1 golden vectors" in capsys.readouterr().out


@pytest.mark.parametrize("task", TASKS)
def test_every_shipped_model_is_as_catalogued(task: str) -> None:
    assert check_catalogue(ROOT / "models_tfjs", task) == 5
