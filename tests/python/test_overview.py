"""The report of all models: its numbers against ones counted here, its words escaped, and nothing fetched."""

from __future__ import annotations

import base64
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from storage.files import write_json
from tests.python.made_data import make_ravdess
from training.histories import folder_of
from training.overview import svg
from training.overview.content import gather
from training.overview.mistakes import Files, worst
from training.overview.page import write_page
from training.overview.tables import as_rows, group_tables
from training.pipeline.journal import Entry, Journal
from training.pipeline.steps import Places
from training.predictions import Predictions, load_names, names_of, save_predictions

HOSTILE = "a<b>&\"'.jpg"
LABELS = ["calm", "<script>alert(1)</script>", "c&d"]


class Reader(HTMLParser):
    """The text by section, rows of tables, and every address that a browser could fetch."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.headings: list[str] = []
        self.rows: list[list[str]] = []
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data", "action")]
        if tag in ("h1", "h2", "h3"):
            self.headings.append("")
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        open_tags = self.tags[-1] if self.tags else ""
        if open_tags in ("h1", "h2", "h3") and data.strip():
            self.headings[-1] += data
        elif open_tags in ("td", "th"):
            self.rows[-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Run folders of three tasks as training leaves them, with made predictions; voice activity was never trained."""
    made = Places(tmp_path / "data", tmp_path / "runs", tmp_path / "weights", tmp_path / "models", tmp_path / "dist")
    rng = np.random.default_rng(1)
    pictures = made.data / "fer2013" / "test" / "angry"
    pictures.mkdir(parents=True)
    names = [HOSTILE, *(f"PrivateTest_{i}.png" for i in range(59))]
    for i, name in enumerate(names):
        Image.new("L", (48, 48), 4 * i).save(pictures / name)
    values = rng.dirichlet([1, 1, 1], 60)
    labels = rng.integers(0, 3, 60)
    values[0], labels[0] = [0.001, 0.998, 0.001], 2  # the most confident of the wrong ones
    save_predictions(
        made.run("face-emotion"),
        {"emotion": Predictions(labels, values)},
        [f"fer2013/test/angry/{name}" for name in names],
    )
    history = [
        {"epoch": e, "loss": 2 / e, "val_loss": 1 / e, "val_accuracy": 0.5 - (e - 3) ** 2 / 100, "seconds": 30.5}
        for e in range(1, 6)
    ]
    made.run("face-emotion").joinpath("history.jsonl").write_text("".join(json.dumps(one) + "\n" for one in history))
    write_json(
        made.run("face-emotion") / "provenance.json",
        {
            "python": "3.12.1",
            "backend": "torch",
            "packages": {"keras": "3.15.1"},
            "machine": {
                "processor": "A <fast> one",
                "cores": 2,
                "memory_gb": 8.1,
                "system": "Linux 6",
                "accelerator": None,
            },
            "data": {"dataset": "FER2013", "files": 60, "bytes": 1_234_567, "sha256": "feed" * 16},
        },
    )
    spec = {
        "task": "face-emotion",
        "parameters": 603455,
        "outputs": {"emotion": {"kind": "categorical", "labels": LABELS}},
        "training": {"seed": 41, "command": "mien-train face-emotion --data DATA --seed 41", "schedule": {"batch": 64}},
    }
    write_json(made.weights / "face-emotion.json", spec)
    metrics = {
        "dataset": "FER2013",
        "split": "PrivateTest",
        "n": 60,
        "accuracy": 0.701,
        "accuracy_interval": [0.6, 0.8],
    }
    write_json(made.models / "face-emotion" / "spec.json", spec | {"metrics": metrics})

    ages = rng.integers(1, 80, 40)
    read = ages + rng.normal(0, 4, 40)
    read[7] = ages[7] + 51.2
    save_predictions(made.run("face-age-gender"), {"age": Predictions(ages, read)}, [f"{i}.jpg" for i in range(40)])
    groups = {"age": {"0-9": {"n": 299, "age_mae": 2.12, "age_interval_coverage": 0.9532, "gender_accuracy": 0.699}}}
    figures = {"n": 40, "age_mae": 5.0986, "by_group": groups}
    write_json(made.weights / "face-age-gender.json", {"training": {"figures_in_python": figures}})

    make_ravdess(made.data, actors=(1,))
    clips = sorted(path.name for path in made.data.rglob("*.wav"))
    confident = np.eye(8)[[1, 0, 2, 3, 4, 5, 6, 7]] * 0.93 + 0.01
    save_predictions(made.run("speech-emotion"), {"emotion": Predictions(np.arange(8), confident)}, clips)
    for name in ("fold-0", "random", "all"):
        path = made.run("speech-emotion") / name / "history.jsonl"
        path.parent.mkdir()
        path.write_text("".join(json.dumps({"epoch": e, "loss": 1 / e, "seconds": 2.0}) + "\n" for e in (1, 2)))
    return made


TASKS = ("face-emotion", "face-age-gender", "speech-emotion", "voice-activity")


def page_of(places: Places) -> str:
    shipped: dict[str, Any] = {"face-emotion": {"metrics": {"accuracy": 0.6654}}}
    steps = {"train face-emotion": Entry({}, {}, 7620.0, 2, "2026-01-02T03:04:05+00:00")}
    return write_page(places, TASKS, Journal(places.runs / "models.json", shipped, steps))


def test_it_has_each_section_with_the_right_numbers(places: Places) -> None:
    reader = Reader(page_of(places))
    assert reader.headings[:2] == ["How the models came out", "In short"]
    for title in (
        "Emotion from a face",
        "Age and gender from a face",
        "Emotion from a voice",
        "Whether somebody speaks",
    ):
        assert title in reader.headings
    for heading in ("Figures", "How it learnt", "Worst mistakes: emotion", "Worst mistakes: age", "How it was made"):
        assert heading in reader.headings

    # The summary: 70.1 less 66.54.
    assert ["accuracy", "70.1 %", "66.5 %", "+3.6 points"] in reader.rows
    assert ["accuracy", "70.1 %", "60.0 % to 80.0 %", "not measured", "66.5 %", "+3.6 points"] in reader.rows
    assert "1 of 1 figures given as shares are within one point of what shipped" in reader.text

    # Recall and precision by label, counted one by one.
    with np.load(places.run("face-emotion") / "predictions.npz") as kept:
        labels, values = kept["emotion_labels"].tolist(), kept["emotion_values"].tolist()
    said = [max(range(3), key=row.__getitem__) for row in values]
    for c, label in enumerate(LABELS):
        n = sum(1 for truth in labels if truth == c)
        hits = sum(1 for truth, top in zip(labels, said, strict=True) if truth == top == c)
        given = sum(1 for top in said if top == c)
        f1 = 2 * hits / (n + given)
        expected = [label, str(n), f"{100 * hits / n:.1f} %", f"{100 * hits / given:.1f} %", f"{100 * f1:.1f} %"]
        assert expected in reader.rows
        for k, other in enumerate(LABELS):
            count = sum(1 for truth, top in zip(labels, said, strict=True) if (truth, top) == (c, k))
            assert f"{label} read as {other}: {count} of {n}" in reader.text

    # The calibration error in 15 bins, by the textbook.
    error = 0.0
    for b in range(15):
        inside = [i for i, row in enumerate(values) if b / 15 < max(row) <= (b + 1) / 15]
        error += abs(sum(max(values[i]) for i in inside) - sum(said[i] == labels[i] for i in inside)) / 60
    assert f"Calibration error: {100 * error:.1f} points" in reader.text

    assert ["age 0-9", "299", "2.1 years", "95.3 %", "69.9 %"] in reader.rows
    assert ["train face-emotion", "done", "2 h 07 min", "2", "2026-01-02 03:04:05+00:00"] in reader.rows
    for fact in (
        "mien-train face-emotion --data DATA --seed 41",
        "2 min 32 s",  # 5 epochs of 30.5 s
        "FER2013: 60 files, 1.2 MB",
        "feed" * 16,
        "A <fast> one, 2 cores, 8.1 GB of memory, Linux 6",
        "3.12.1, Keras on torch",
        "keras 3.15.1",
        "603,455",
        "kept: 3",
    ):
        assert fact in reader.text, fact


def test_later_courses_follow_the_first_and_the_kept_epoch_is_of_the_last(places: Places) -> None:
    assert "kept: 3" in page_of(places)
    for number, accuracies in ((1, (0.3, 0.45, 0.4)), (2, (0.35, 0.48))):
        folder = places.run("face-emotion") / folder_of(number)
        folder.mkdir()
        records = [
            {"epoch": e, "loss": 1 / number, "val_loss": 0.5, "val_accuracy": accuracy, "seconds": 10.0}
            for e, accuracy in enumerate(accuracies, 1)
        ]
        (folder / "history.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    model = gather("face-emotion", places)
    assert [record["epoch"] for record in model.histories[""]] == list(range(1, 11))
    face = page_of(places).split('<section class="model" id="face-emotion">')[1].split("</section>")[0]
    assert "kept: 10" in face and "kept: 3" not in face
    assert "3 min 22 s" in face, "five epochs of 30.5 s and five of 10"
    assert "again-" not in face


def test_the_worst_mistakes_come_with_their_pictures_and_clips(places: Places) -> None:
    page = page_of(places)
    face, age, speech, voice = (page.split(f'<section class="model" id="{task}">')[1] for task in TASKS)
    first = face.split("Worst mistakes")[1].split("</figure>")[0]
    assert "labelled <b>c&amp;d</b>" in first and "alert(1)&lt;/script&gt;, 100 %" in first
    encoded = re.search(r'src="data:image/jpeg;base64,([^"]+)"', first)
    assert encoded is not None
    with Image.open(io.BytesIO(base64.b64decode(encoded[1]))) as picture:
        assert picture.size == (48, 48) and np.asarray(picture).max() < 4, "the picture of another case"
    assert "read as <b>" in age and "(51 too old)" in age.split("Worst mistakes")[1].split("</figure>")[0]
    heard = speech.split("Worst mistakes")[1].split("<h3>")[0]
    assert heard.count("<audio") == heard.count('class="clip"') == 2
    clip = re.search(r'src="data:audio/wav;base64,([^"]+)"', heard)
    assert clip is not None
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(clip[1])))
    assert rate == 16_000 and 3.1 < len(samples) / rate < 3.3 and np.abs(samples).max() == pytest.approx(0.8, abs=0.01)
    assert "none can be played here" in voice


def test_it_fetches_nothing_and_runs_nothing(places: Places) -> None:
    page = page_of(places)
    reader = Reader(page)
    assert all(address.startswith(("data:", "#")) for address in reader.addresses)
    assert not re.search(r"@import|url\(", page)
    assert "script" not in reader.tags and "link" not in reader.tags and "iframe" not in reader.tags
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page


def test_words_of_files_and_labels_are_escaped(places: Places) -> None:
    page = page_of(places)
    assert "<script" not in page and '<b>&"' not in page and "A <fast>" not in page
    assert f"test/angry/{HOSTILE}" in Reader(page).text
    assert LABELS[1] in Reader(page).text


def test_what_is_missing_or_damaged_is_said_and_the_rest_is_shown(places: Places) -> None:
    (places.run("face-age-gender") / "predictions.npz").write_bytes(b"not a file of arrays")
    (places.weights / "face-emotion.json").write_text("{")
    reader = Reader(page_of(places))
    assert "predictions.npz is damaged" in reader.text
    assert "face-emotion.json cannot be read" in reader.text
    assert "Worst mistakes: emotion" in reader.headings
    nowhere = places.data / "nowhere"
    nothing = Places(nowhere, nowhere, nowhere, nowhere, nowhere)
    reader = Reader(write_page(nothing, TASKS, Journal(nothing.runs, {}, {})))
    assert "Nothing was measured yet." in reader.text or "figures were not measured" in reader.text
    assert reader.headings.count("How it was made") == 4


def test_the_most_confident_of_the_wrong_are_the_worst() -> None:
    values = np.array([[0.9, 0.1], [0.2, 0.8], [0.05, 0.95], [0.4, 0.6]])
    found = worst(Predictions(np.array([0, 0, 0, 1]), values), ["a", "b"], 5)
    assert [(one.case, one.truth, one.said) for one in found] == [(2, "a", "b, 95 %"), (1, "a", "b, 80 %")]
    years = worst(Predictions(np.array([30, 40, 50]), np.array([33.0, 20.0, 50.0])), (), 5)
    assert [(one.case, one.truth, one.said) for one in years] == [
        (1, "40 years", "20 (20 too young)"),
        (0, "30 years", "33 (3 too old)"),
    ]
    assert worst(Predictions(np.array([0]), np.array([[0.9, 0.1]])), ["a", "b"]) == []


def test_groups_come_from_every_form_that_figures_have() -> None:
    snr = {"no noise": {"n": 3}, "10 dB": {"n": 1}, "5 dB": {"n": 4}, "20 dB": {"n": 2}}
    assert list(as_rows("by_snr", snr)) == ["no noise", "20 dB", "10 dB", "5 dB"]
    assert as_rows("uar_by_fold", {"fold-0": 0.5, "fold-5": 0.7}) == {
        "actors 1 to 4": {"uar": 0.5},
        "actors 21 to 24": {"uar": 0.7},
    }
    sexes = {"female": {"calm": 0.9, "sad": 0.5}, "male": {"sad": 0.4}}
    assert as_rows("recall_by_sex", sexes) == {
        "calm": {"female": 0.9, "male": None},
        "sad": {"female": 0.5, "male": 0.4},
    }
    table = group_tables(
        {"by_group": {"age 0 to 9": {"n": 1200, "age_bias": -0.76, "age_mae": 2.12}}, "recall_by_sex": sexes}
    )
    reader = Reader("".join(table))
    assert ["age 0 to 9", "1,200", "-0.8 years", "2.1 years"] in reader.rows
    assert ["calm", "90.0 %", "–"] in reader.rows
    assert group_tables({}) == [] and as_rows("by_group", [1]) == {}


def test_a_file_is_found_by_its_place_or_its_name_and_never_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIEN_CACHE", str(tmp_path / "cache"))
    unpacked = tmp_path / "cache" / "datasets" / "ravdess" / "z.wav"
    for path in (unpacked, *(tmp_path / name for name in ("outside.jpg", "in/a/x.jpg", "in/b/x.jpg", "in/b/y.jpg"))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for place, content in (("c/same.wav", b"1"), ("d/same.wav", b"1"), ("c/other.wav", b"1"), ("d/other.wav", b"2")):
        (tmp_path / "in" / place).parent.mkdir(exist_ok=True)
        (tmp_path / "in" / place).write_bytes(content)
    files = Files(tmp_path / "in")
    assert files.find("b/x.jpg") == tmp_path / "in" / "b" / "x.jpg"
    assert files.find("y.jpg") == tmp_path / "in" / "b" / "y.jpg"
    assert files.find(str(unpacked)) == files.find("z.wav") == unpacked
    assert files.find("same.wav") == tmp_path / "in" / "c" / "same.wav"
    assert files.find("other.wav") is None, "one of two different files was taken"
    for name in ("../outside.jpg", str(tmp_path / "outside.jpg"), "nothing.jpg", "in/../../outside.jpg"):
        assert files.find(name) is None


def test_names_are_kept_beside_predictions(tmp_path: Path) -> None:
    names = names_of([tmp_path / "data" / "ä" / "b.jpg", Path("/elsewhere/c.jpg")], tmp_path / "data")
    assert names == ["ä/b.jpg", "/elsewhere/c.jpg"]
    save_predictions(tmp_path, {"age": Predictions(np.array([3, 4]), np.array([4.0, 4.0]))}, names)
    assert load_names(tmp_path) == names
    save_predictions(tmp_path, {"age": Predictions(np.array([3]), np.array([4.0]))})
    assert load_names(tmp_path) == []


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.3, 1.9, [0, 0.5, 1, 1.5, 2]),
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (0.61, 0.66, [0.61, 0.62, 0.63, 0.64, 0.65, 0.66]),
    ],
)
def test_axes_have_round_numbers_that_hold_the_values(low: float, high: float, expected: list[float]) -> None:
    assert svg.nice_ticks(low, high) == pytest.approx(expected)
    flat = svg.nice_ticks(3, 3)
    assert flat[0] < 3 < flat[-1]
