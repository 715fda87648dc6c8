"""The files view: pictures, films and sound of many kinds, their table, export and faults; and that nothing is sent."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import FileChooser, Locator, Page, expect

from tests.browser.conftest import OpenPage, wait_until
from tests.conftest import data_folder
from tests.file_media import group_picture, save_film, save_picture, save_rotated, save_sound
from tests.media import one_face, repeated, two_faces, voices

pytestmark = pytest.mark.browser

FACE_CENTRE = (280, 148)  # of the astronaut in `one_face`, pixels
SPOKEN_SECONDS = 5.0

# Counts the object URLs that a page makes and lets go.
COUNT_URLS = """
  globalThis.urls = new Set();
  const make = URL.createObjectURL.bind(URL);
  const drop = URL.revokeObjectURL.bind(URL);
  URL.createObjectURL = (thing) => { const url = make(thing); urls.add(url); return url; };
  URL.revokeObjectURL = (url) => { urls.delete(url); drop(url); };
"""


def read_files(page: Page, *files: Path) -> None:
    """Choose files and wait until all are read."""
    page.get_by_test_id("files-input").set_input_files([str(file) for file in files])
    wait_until(page, "document.querySelector('.file-results').dataset.busy === 'false'")


def rows_of(page: Page, file: str) -> list[Locator]:
    """The rows of one file."""
    return page.locator(f'[data-testid="file-row"][data-file="{file}"]').all()


def number(row: Locator, name: str) -> float:
    """The number in a data attribute."""
    value = row.get_attribute(f"data-{name}")
    assert value, f"no data-{name}"
    return float(value)


def centre(row: Locator) -> tuple[float, float]:
    """Of the face's box, in pixels of the picture."""
    x, y, width, height = map(float, (row.get_attribute("data-box") or "").split())
    return x + width / 2, y + height / 2


def test_pictures_upright_large_and_with_several_faces(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/#/files", before=lambda page: page.add_init_script(COUNT_URLS))
    files = [
        save_picture(tmp_path / "plain.jpg", one_face()),
        save_rotated(tmp_path / "rotated.jpg", one_face()),
        save_picture(tmp_path / "two.png", two_faces()),
        save_picture(tmp_path / "group.jpg", group_picture(face_scale=1.4)),
    ]
    read_files(page, *files)

    (plain,) = rows_of(page, "plain.jpg")
    (rotated,) = rows_of(page, "rotated.jpg")
    assert centre(plain) == pytest.approx(FACE_CENTRE, abs=30)
    assert centre(rotated) == pytest.approx(centre(plain), abs=3)  # upright, as a viewer shows it
    assert rotated.get_attribute("data-emotion") == plain.get_attribute("data-emotion") == "happy"
    assert number(plain, "low") < number(plain, "age") < number(plain, "high")
    assert plain.get_attribute("data-gender") == "female"
    expect(plain.locator("canvas")).to_have_attribute("data-boxes", "1")

    assert [row.get_attribute("data-number") for row in rows_of(page, "two.png")] == ["1", "2"]
    group = rows_of(page, "group.jpg")
    assert len(group) == 4  # too small to be seen without tiles
    expect(group[0].get_by_test_id("file-notes")).to_contain_text("Scaled down")
    assert page.evaluate("urls.size") == 0


def test_sound_of_many_formats_rates_and_channels(open_page: OpenPage, tmp_path: Path) -> None:
    spoken = repeated(voices(data_folder()).lively, SPOKEN_SECONDS)
    page = open_page("/#/files")
    files = [
        save_sound(tmp_path / "mono.wav", spoken, 16_000),
        save_sound(tmp_path / "stereo.wav", spoken, 44_100, channels=2, subtype="PCM_24"),
        save_sound(tmp_path / "odd.wav", spoken, 22_255, subtype="FLOAT"),
        save_sound(tmp_path / "a.flac", spoken, 24_000),
        save_sound(tmp_path / "a.ogg", spoken, 32_000),
        save_sound(tmp_path / "a.mp3", spoken, 22_050),
    ]
    read_files(page, *files)
    (reference,) = rows_of(page, "mono.wav")
    assert number(reference, "moments") == 3  # windows of 3 s, one every 1.5 s, the last with the end
    rates = {"stereo.wav": "44.1", "odd.wav": "22.255", "a.flac": "24", "a.ogg": "32", "a.mp3": "22.05"}
    for name, rate in rates.items():
        (row,) = rows_of(page, name)
        assert row.get_attribute("data-who") == "voice"
        assert row.get_attribute("data-emotion") == reference.get_attribute("data-emotion"), name
        # The same sound whatever it came in; half as loud in stereo with a silent side, and lossy in MP3 and OGG.
        lossy = name in {"stereo.wav", "a.mp3", "a.ogg"}
        assert number(row, "probability") == pytest.approx(number(reference, "probability"), abs=0.2 if lossy else 0.01)
        expect(row.get_by_role("rowheader").first).to_contain_text(f"{rate}\u202fkHz")

    reference.get_by_test_id("file-expand").click()
    moments = reference.get_by_test_id("file-moments").locator("tbody tr")
    starts = [number(moment, "start") for moment in moments.all()]
    assert starts == [0, 1.5, 2.0]


def test_a_film_has_tracked_faces_and_a_steady_rate(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/#/files", before=lambda page: page.add_init_script(COUNT_URLS))
    first = save_film(tmp_path / "first.webm", seconds=3.0)
    second = save_film(tmp_path / "second.webm", seconds=2.0)
    read_files(page, first, second)
    for name, looks in (("first.webm", 6), ("second.webm", 4)):
        rows = rows_of(page, name)
        assert [row.get_attribute("data-number") for row in rows] == ["1", "2"]  # counted anew in each film
        assert [number(row, "moments") for row in rows] == pytest.approx([looks, looks], abs=1)
        expect(rows[0].get_by_test_id("file-notes")).to_contain_text("no sound")
    assert page.evaluate("urls.size") == 0


def test_a_live_recording_with_sound_and_no_length(open_page: OpenPage) -> None:
    """What browsers record says nowhere how long it is; its sound track is read too."""
    page = open_page("/#/files")
    page.evaluate(
        """async () => {
          const canvas = document.createElement('canvas');
          canvas.width = 320;
          canvas.height = 240;
          const drawing = canvas.getContext('2d');
          const timer = setInterval(() => {
            drawing.fillStyle = `rgb(${Math.random() * 255} 90 90)`;
            drawing.fillRect(0, 0, 320, 240);
          }, 50);
          const audio = new AudioContext();
          const tone = audio.createOscillator();
          const sink = audio.createMediaStreamDestination();
          tone.connect(sink);
          tone.start();
          const stream = new MediaStream([...canvas.captureStream(20).getTracks(), ...sink.stream.getTracks()]);
          const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8,opus' });
          const parts = [];
          recorder.ondataavailable = ({ data }) => parts.push(data);
          recorder.start(200);
          const end = performance.now() + 60_000;
          const length = () => parts.reduce((sum, { size }) => sum + size, 0);
          do await new Promise((resolve) => setTimeout(resolve, 2500));
          while (length() < 4096 && performance.now() < end); // a busy machine encodes late
          await new Promise((resolve) => { recorder.onstop = resolve; recorder.stop(); });
          clearInterval(timer);
          await audio.close();
          const transfer = new DataTransfer();
          transfer.items.add(new File(parts, 'live.webm', { type: 'video/webm' }));
          const input = document.querySelector('[data-testid="files-input"]');
          input.files = transfer.files;
          input.dispatchEvent(new Event('change'));
        }"""
    )
    wait_until(page, "document.querySelector('.file-results')?.dataset.busy === 'false'")
    (row,) = rows_of(page, "live.webm")
    expect(row).to_have_attribute("data-state", "done")
    expect(row.get_by_role("rowheader")).to_contain_text("320 × 240 · 0:0")
    expect(row.get_by_role("rowheader")).to_contain_text("48\u202fkHz")
    expect(row).to_contain_text("No face found. No voice heard.")  # a tone is no voice


def test_what_cannot_be_read_says_why_and_stops_nothing(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/#/files")
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"x" * 600)
    (tmp_path / "broken.webm").write_bytes(b"\x1a\x45\xdf\xa3" + b"x" * 600)
    (tmp_path / "broken.mp3").write_bytes(b"ID3" + b"x" * 600)
    with (tmp_path / "huge.jpg").open("wb") as out:
        out.write(b"\xff\xd8\xff\xe0")
        out.truncate(101_000_000)
    good = save_picture(tmp_path / "zz.jpg", one_face())
    names = ["empty.jpg", "notes.txt", "broken.jpg", "broken.webm", "broken.mp3", "huge.jpg"]
    read_files(page, *(tmp_path / name for name in names), good)
    codes = {name: rows_of(page, name)[0].get_by_test_id("file-problem").get_attribute("data-code") for name in names}
    assert codes == {
        "empty.jpg": "empty",
        "notes.txt": "unknown-type",
        "broken.jpg": "no-decode",
        "broken.webm": "no-decode",
        "broken.mp3": "no-decode",
        "huge.jpg": "too-large",
    }
    expect(rows_of(page, "zz.jpg")[0]).to_have_attribute("data-emotion", "happy")
    expect(page.get_by_test_id("files-count")).to_have_text("1 of 7 files read, 6 not")


def test_one_and_all_can_be_cancelled(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/#/files")
    film = save_film(tmp_path / "long.webm", seconds=60.0, rate=2)
    pictures = [save_picture(tmp_path / f"{index}.jpg", one_face()) for index in range(3)]
    page.get_by_test_id("files-input").set_input_files([str(file) for file in (film, *pictures)])
    row = page.locator('[data-file="long.webm"]')
    expect(row).to_have_attribute("data-state", "running")
    page.locator('[data-file="1.jpg"]').get_by_test_id("file-cancel").click()
    expect(page.locator('[data-file="1.jpg"]')).to_have_attribute("data-state", "cancelled")
    row.get_by_test_id("file-cancel").click()
    wait_until(page, "document.querySelector('.file-results').dataset.busy === 'false'")
    assert rows_of(page, "long.webm")[0].get_attribute("data-state") == "cancelled"
    assert rows_of(page, "0.jpg")[0].get_attribute("data-state") == "done"
    assert rows_of(page, "1.jpg")[0].get_attribute("data-state") == "cancelled"
    assert rows_of(page, "2.jpg")[0].get_attribute("data-state") == "done"

    page.get_by_test_id("files-input").set_input_files([str(film), str(film)])
    page.get_by_test_id("files-cancel-all").click()
    wait_until(page, "document.querySelector('.file-results').dataset.busy === 'false'")
    states = [row.get_attribute("data-state") for row in rows_of(page, "long.webm")]
    assert states == ["cancelled"] * 3
    page.get_by_test_id("files-clear").click()
    expect(page.get_by_test_id("file-row")).to_have_count(0)


def test_sorting_and_export(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/#/files")
    formula = save_picture(tmp_path / "=1+1.jpg", two_faces())
    read_files(page, save_film(tmp_path / "film.webm", seconds=1.0), formula)
    page.get_by_test_id("sort-file").click()
    names = [row.get_attribute("data-file") for row in page.get_by_test_id("file-row").all()]
    assert names == sorted(names, key=str)
    page.get_by_test_id("sort-probability").click()
    shares = [number(row, "probability") for row in page.get_by_test_id("file-row").all()]
    assert shares == sorted(shares, reverse=True)
    expect(page.locator('th[aria-sort="descending"]')).to_have_text("Probability")
    page.get_by_test_id("sort-probability").click()
    shares = [number(row, "probability") for row in page.get_by_test_id("file-row").all()]
    assert shares == sorted(shares)

    with page.expect_download() as waiting:
        page.get_by_test_id("files-csv").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    whole = [row for row in rows if row["level"] == "file"]
    assert {row["file"] for row in whole} == {"'=1+1.jpg", "film.webm"}  # no spreadsheet takes it for a formula
    assert len([row for row in rows if row["level"] == "moment"]) >= 2
    for row in whole:
        shares_of_row = [float(value) for key, value in row.items() if key.startswith("p_")]
        assert sum(shares_of_row) == pytest.approx(1, abs=2e-3)
        assert float(row["emotion_probability"]) == max(shares_of_row)
        assert float(row["age_low"]) < float(row["age_years"]) < float(row["age_high"])

    with page.expect_download() as waiting:
        page.get_by_test_id("files-json").click()
    saved = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert saved["format"] == "mien-files/1"
    assert [file["file"] for file in saved["files"]] == ["film.webm", "=1+1.jpg"]
    assert len(saved["files"][1]["readings"]) == 2


def test_nothing_is_uploaded(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/#/files")
    first = save_picture(tmp_path / "first.jpg", one_face())
    read_files(page, first)
    asked: list[tuple[str, str]] = []
    page.context.on("request", lambda request: asked.append((request.method, request.url)))
    second = save_picture(tmp_path / "second.png", two_faces())
    read_files(page, second)
    assert len(rows_of(page, "second.png")) == 2
    # The networks are here by now, so the files themselves are all that could be on its way.
    assert [(method, url) for method, url in asked if method != "GET" or not url.startswith("blob:")] == []


def test_by_keyboard_and_by_drop(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/#/files")
    picture = save_picture(tmp_path / "dropped.jpg", one_face())
    page.get_by_test_id("files-choose").focus()
    expect(page.get_by_test_id("files-choose")).to_be_focused()
    page.wait_for_load_state("networkidle")  # the view is whole
    choosers: list[FileChooser] = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    page.wait_for_timeout(1000)  # until the browser knows that somebody else answers in place of its dialogue
    page.keyboard.press("Enter")
    for _ in range(60):
        if choosers:
            break
        page.wait_for_timeout(500)
    assert choosers and choosers[0].is_multiple()
    data = list(picture.read_bytes())
    page.evaluate(
        """(data) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([new Uint8Array(data)], 'dropped.jpg'));
          for (const type of ['dragover', 'drop']) {
            document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
          }
        }""",
        data,
    )
    wait_until(page, "document.querySelector('.file-results').dataset.busy === 'false'")
    assert rows_of(page, "dropped.jpg")[0].get_attribute("data-emotion") == "happy"
    page.get_by_test_id("file-expand").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("file-details")).to_be_visible()
    expect(page.get_by_test_id("file-bar-happy")).to_be_visible()
