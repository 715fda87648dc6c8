"""The session's view: a session is opened, looked at, noted, summed up, exported, kept and deleted."""

from __future__ import annotations

import copy
import csv
import io
import json
import re
import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import session_files as made
from tests.browser.conftest import OpenPage, wait_until

pytestmark = pytest.mark.browser


LENGTH_MS = 150_000 + 359 * 250  # to the last sample


def open_session(open_page: OpenPage, tmp_path: Path, document: made.Document | None = None, **options: Any) -> Page:
    """The session view with the made session in it."""
    page = open_page("/#/session", **options)
    file = made.write(tmp_path / "made.json", made.session() if document is None else document)
    page.get_by_test_id("import-session-file").set_input_files(file)
    expect(page.get_by_test_id("session-status")).to_contain_text("was opened")
    return page


def slider_of(page: Page) -> Locator:
    """The slider of the session's own timeline; the live views have one too."""
    return page.get_by_test_id("session-view").get_by_test_id("timeline-slider")


def exported(page: Page, ending: str) -> Path:
    """What the export button gives."""
    with page.expect_download() as download:
        page.get_by_test_id(f"export-{ending}").click()
    assert download.value.suggested_filename.endswith(f".{ending}")
    return download.value.path()


def test_the_view_of_an_empty_session(open_page: OpenPage) -> None:
    page = open_page("/#/session")
    expect(page.get_by_test_id("session-empty")).to_be_visible()
    expect(page.get_by_test_id("timeline")).to_be_hidden()
    expect(page.get_by_test_id("summary")).to_be_hidden()
    expect(page.get_by_test_id("keep-switch")).not_to_be_checked()
    assert page.evaluate("indexedDB.databases()") == []


def test_export_after_import_gives_the_same_session(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    assert json.loads(exported(page, "json").read_text(encoding="utf-8")) == made.session()


def test_the_csv_has_columns_of_one_type_each(open_page: OpenPage, tmp_path: Path) -> None:
    document = made.session()
    document["subjects"][1]["name"] = "@SUM(1;2)"
    page = open_session(open_page, tmp_path, document)
    text = exported(page, "csv").read_bytes().decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    columns = set(rows[0])
    assert {f"p_{label}" for label in made.FACE_LABELS + made.VOICE_LABELS} < columns

    zero = datetime.fromisoformat(made.ZERO)
    assert rows[0]["row"] == "zero" and datetime.fromisoformat(rows[0]["time"]) == zero
    for row in rows:
        assert datetime.fromisoformat(row["time"]) == zero + timedelta(milliseconds=int(row["ms"]))
        for column in columns - {"row", "time", "ms", "subject", "name", "kind", "label", "note"}:
            assert row[column] == "" or float(row[column]) >= 0
    assert [int(row["ms"]) for row in rows] == sorted(int(row["ms"]) for row in rows)

    for subject in document["subjects"]:
        mine = [row for row in rows if row["subject"] == subject["id"]]
        samples = subject["samples"]
        assert [int(row["ms"]) for row in mine] == samples["ms"]
        assert [row["label"] for row in mine] == samples["label"]
        for label in subject["labels"]:
            assert [float(row[f"p_{label}"]) for row in mine] == samples["probabilities"][label]
        if "age" in samples:
            assert [float(row["age"]) for row in mine] == samples["age"]
        else:
            assert {row["age"] for row in mine} == {""}
    # What a spreadsheet would take for a formula is text there.
    assert {row["name"] for row in rows if row["subject"] == "person-2"} == {"'@SUM(1;2)"}
    notes = [row["note"] for row in rows if row["row"] == "note"]
    assert notes == ['She laughs, "loudly"; twice', '\'=HYPERLINK("x")']


def test_the_png_shows_the_timeline(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    picture = exported(page, "png").read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 2400 and height > 600
    # Every emotion's colour is in it: a legend, and areas.
    colours = page.evaluate(
        """async (bytes) => {
          const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
          context.drawImage(bitmap, 0, 0);
          const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
          const count = new Map();
          for (let i = 0; i < data.length; i += 4) {
            const key = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
            count.set(key, (count.get(key) ?? 0) + 1);
          }
          return [...document.querySelectorAll('[data-testid=legend] .swatch')].map((swatch) => {
            const [r, g, b] = getComputedStyle(swatch).backgroundColor.match(/\\d+/g).map(Number);
            return [swatch.dataset.emotion, count.get((r << 16) | (g << 8) | b) ?? 0];
          });
        }""",
        list(picture),
    )
    assert {label for label, _ in colours} == set(made.FACE_LABELS + made.VOICE_LABELS)
    assert [label for label, pixels in colours if pixels < 2000] == []


Spoil = Callable[[made.Document], object]

SPOILT: dict[str, tuple[Spoil, str]] = {
    "format": (lambda d: d.update(format="mien-session/2"), "format"),
    "zone": (lambda d: d.update(zero="2026-03-01T14:03:22"), "zero"),
    "no date": (lambda d: d.update(zero="2026-02-30T14:03:22.000+01:00"), "zero"),
    "order": (lambda d: d["subjects"][0]["samples"]["ms"].__setitem__(17, 3), "subjects[0].samples.ms[17]"),
    "label": (lambda d: d["subjects"][2]["samples"]["label"].__setitem__(5, "bored"), "subjects[2].samples.label[5]"),
    "sum": (lambda d: d["subjects"][1]["samples"]["probabilities"]["angry"].__setitem__(9, 1), "subjects[1].samples"),
    "length": (lambda d: d["subjects"][0]["samples"]["female"].pop(), "subjects[0].samples.female"),
    "more": (lambda d: d["notes"][0].update(html="<b>"), "notes[0].html"),
    "whose": (lambda d: d["corrections"][0].update(subject="person-7"), "corrections[0].subject"),
    "id twice": (lambda d: d["subjects"][1].update(id="person-1"), "subjects[1].id"),
    "missing": (lambda d: d.pop("notes"), "notes"),
}


def test_bad_files_are_refused_with_the_place(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    problem = page.get_by_test_id("session-problem")
    for name, (spoil, place) in SPOILT.items():
        document = copy.deepcopy(made.session())
        spoil(document)
        file = made.write(tmp_path / f"bad {name}.json", document)
        page.get_by_test_id("import-session-file").set_input_files(file)
        expect(problem).to_contain_text(f"bad {name}.json")
        expect(problem).to_contain_text(place)
        expect(problem).to_contain_text("Choose a JSON file that Mien exported")
    cut = tmp_path / "cut.json"
    cut.write_text(json.dumps(made.session())[:-9])
    page.get_by_test_id("import-session-file").set_input_files(cut)
    expect(problem).to_contain_text("cut.json is not JSON")
    # What was there is still there.
    assert json.loads(exported(page, "json").read_text(encoding="utf-8")) == made.session()


def test_the_keyboard_moves_through_the_session(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    slider = slider_of(page)
    expect(slider).to_have_attribute("data-lanes", "3")
    expect(slider).to_have_attribute("aria-valuemax", str(round(LENGTH_MS / 1000)))
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    first = made.session()["subjects"][0]["samples"]["label"][0]
    expect(slider).to_have_attribute("aria-valuetext", re.compile(rf"^0:00: Anna {first.capitalize()} \d+"))
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("data-cursor", "11000")
    text = slider.get_attribute("aria-valuetext") or ""
    assert text.startswith("0:11: Anna ") and ", Voice " in text
    expect(page.get_by_test_id("cursor-reading")).to_contain_text("Reading at 0:11")
    expect(page.get_by_test_id("cursor-reading").locator("li")).to_have_count(2)
    page.keyboard.press("End")
    expect(slider).to_have_attribute("data-cursor", str(LENGTH_MS))

    # Closer, and back to the whole.
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(slider).to_have_attribute("data-from", str(round(LENGTH_MS * (1 - 1 / 1.6**2))))
    expect(slider).to_have_attribute("data-to", str(LENGTH_MS))
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("data-from", "0")
    page.get_by_test_id("session-view").get_by_test_id("timeline-scroll").focus()
    page.keyboard.press("End")
    expect(slider).to_have_attribute("data-to", str(LENGTH_MS))
    slider.focus()
    page.keyboard.press("0")
    expect(slider).to_have_attribute("data-from", "0")
    expect(slider).to_have_attribute("data-to", str(LENGTH_MS))


def test_the_mouse_scrubs_and_zooms(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    slider = slider_of(page)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.25 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], middle, steps=4)
    page.mouse.up()
    assert int(slider.get_attribute("data-cursor") or 0) == pytest.approx(LENGTH_MS / 2, rel=0.01)
    page.mouse.move(box["x"] + 0.9 * box["width"], middle)  # no button: no change
    assert int(slider.get_attribute("data-cursor") or 0) == pytest.approx(LENGTH_MS / 2, rel=0.01)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -400)
    page.keyboard.up("Control")
    wait_until(page, "Number(document.querySelector('#session-view [role=slider]').dataset.from) > 0")
    # What was under the mouse has kept its place.
    begin, end = (int(slider.get_attribute(f"data-{name}") or 0) for name in ("from", "to"))
    assert begin + 0.9 * (end - begin) == pytest.approx(0.9 * LENGTH_MS, rel=0.02)


def test_a_finger_scrubs(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path, has_touch=True, viewport={"width": 390, "height": 844})
    slider = slider_of(page)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + 0.3 * box["width"], box["y"] + 30)
    wait_until(page, f"Number(document.querySelector('#session-view [role=slider]').dataset.cursor) < {LENGTH_MS / 2}")
    assert int(slider.get_attribute("data-cursor") or 0) == pytest.approx(0.3 * LENGTH_MS, rel=0.02)


def test_notes_are_added_edited_and_deleted(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    notes = page.get_by_test_id("note")
    expect(notes).to_have_count(2)
    slider_of(page).focus()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    page.get_by_test_id("note-text").fill("A door bangs")
    expect(page.get_by_test_id("note-add-at")).to_have_text("Add at 0:10")
    page.keyboard.press("Enter")
    expect(notes).to_have_count(3)
    expect(notes.first).to_have_attribute("data-ms", "10000")
    expect(page.get_by_test_id("note-text")).to_have_value("")

    notes.first.get_by_test_id("note-edit").click()
    expect(page.get_by_test_id("note-edit-text")).to_be_focused()
    page.get_by_test_id("note-edit-text").fill("A window bangs")
    page.keyboard.press("Enter")
    expect(notes.first).to_contain_text("A window bangs")
    expect(notes.first.get_by_test_id("note-edit")).to_be_focused()
    notes.first.get_by_test_id("note-edit").press("Enter")
    page.get_by_test_id("note-edit-text").fill("Never mind")
    page.keyboard.press("Escape")
    expect(notes.first).to_contain_text("A window bangs")

    notes.nth(1).get_by_test_id("note-go").click()
    expect(slider_of(page)).to_have_attribute("data-cursor", "60000")
    notes.first.get_by_test_id("note-delete").click()
    expect(notes).to_have_count(2)
    kept = json.loads(exported(page, "json").read_text(encoding="utf-8"))
    assert kept["notes"] == made.session()["notes"]


def test_the_summary_says_what_the_samples_say(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    rows = page.get_by_test_id("summary-row")
    expect(rows).to_have_count(3)
    samples = made.session()["subjects"][0]["samples"]
    shown = samples["label"]
    anna = rows.first
    # Each sample stands for a quarter of a second.
    expect(anna).to_have_attribute("data-read-ms", str(480 * 250))
    expect(anna).to_have_attribute("data-changes", str(sum(a != b for a, b in zip(shown, shown[1:], strict=False))))
    share = shown.count("happy") / len(shown)
    expect(anna).to_contain_text(f"Happy {int(100 * share + 0.5)}")
    expect(anna).to_contain_text("32.0 years")
    expect(rows.nth(2)).to_contain_text("–")


def test_people_are_named_and_joined(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    rows = page.get_by_test_id("summary-row")
    name = rows.nth(1).get_by_test_id("subject-name")
    expect(name).to_have_value("Person 2")
    name.fill("Berta")
    name.press("Enter")
    expect(rows.nth(1).get_by_label("Name of Berta")).to_be_visible()
    rows.nth(1).get_by_test_id("subject-same").select_option("person-1")
    expect(rows).to_have_count(2)
    expect(page.get_by_test_id("session-status")).to_contain_text("Berta is now part of Anna")
    joined = json.loads(exported(page, "json").read_text(encoding="utf-8"))["subjects"][0]
    assert len(joined["samples"]["ms"]) == 480 + 360
    page.get_by_test_id("session-undo").click()
    expect(rows).to_have_count(3)


def test_deleting_takes_one_click_and_can_be_taken_back(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    page.get_by_test_id("session-delete").click()
    expect(page.get_by_test_id("session-empty")).to_be_visible()
    expect(page.get_by_test_id("corrected")).to_have_count(0)
    page.get_by_test_id("session-undo").click()
    expect(page.get_by_test_id("summary-row")).to_have_count(3)
    assert json.loads(exported(page, "json").read_text(encoding="utf-8")) == made.session()


def databases(page: Page) -> list[str]:
    """The names of the page's databases."""
    names: list[str] = page.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))")
    return names


def test_nothing_is_kept_without_consent(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    assert databases(page) == []
    page.reload()
    expect(page.get_by_test_id("session-empty")).to_be_visible()


def test_kept_with_consent_restored_and_deleted(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    keep = page.get_by_test_id("keep")
    page.get_by_test_id("keep-switch").check()
    expect(page.get_by_test_id("keep-state")).to_contain_text("last saved at")
    saved = keep.get_attribute("data-saved")
    expect(page.get_by_test_id("note-add-now")).to_be_hidden()  # the session has long ended
    page.get_by_test_id("note-text").fill("Said later")
    page.get_by_test_id("note-add-at").click()
    expect(keep).not_to_have_attribute("data-saved", saved or "")  # saved again by itself
    page.reload()
    expect(page.get_by_test_id("summary-row")).to_have_count(3)
    expect(page.get_by_test_id("keep-switch")).to_be_checked()
    expect(page.get_by_test_id("note")).to_have_count(3)
    restored = json.loads(exported(page, "json").read_text(encoding="utf-8"))
    assert restored["subjects"] == made.session()["subjects"]
    assert restored["corrections"] == made.session()["corrections"]

    page.get_by_test_id("keep-switch").uncheck()
    expect(page.get_by_test_id("keep-state")).to_have_text("Nothing is kept.")
    expect(page.get_by_test_id("summary-row")).to_have_count(3)  # still in memory
    assert databases(page) == []
    page.reload()
    expect(page.get_by_test_id("session-empty")).to_be_visible()
    expect(page.get_by_test_id("keep-switch")).not_to_be_checked()


def test_deleting_deletes_what_is_kept_too(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    page.get_by_test_id("keep-switch").check()
    expect(page.get_by_test_id("keep-state")).to_contain_text("last saved at")
    saved = page.get_by_test_id("keep").get_attribute("data-saved")
    page.get_by_test_id("session-delete").click()
    expect(page.get_by_test_id("keep")).not_to_have_attribute("data-saved", saved or "")
    left = page.evaluate(
        """() => new Promise((resolve, reject) => {
          const request = indexedDB.open('mien-session');
          request.onerror = reject;
          request.onsuccess = () => {
            const store = request.result.transaction('chunks').objectStore('chunks');
            store.count().onsuccess = (event) => { request.result.close(); resolve(event.target.result); };
          };
        })"""
    )
    assert left == 0


def test_a_second_tab_leaves_the_first_ones_session_alone(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    page.get_by_test_id("keep-switch").check()
    expect(page.get_by_test_id("keep-state")).to_contain_text("last saved at")
    second = page.context.new_page()
    second.goto("/#/session")
    expect(second.get_by_test_id("keep-problem")).to_contain_text("Another tab")
    expect(second.get_by_test_id("session-empty")).to_be_visible()


STORAGE_FAILS = {
    "full": (
        "IDBObjectStore.prototype.put = () => { throw new DOMException('no room', 'QuotaExceededError'); };",
        "no room left",
    ),
    "unavailable": (
        "IDBFactory.prototype.open = () => { throw new DOMException('not here', 'InvalidStateError'); };",
        "does not let the page keep anything",
    ),
}


@pytest.mark.parametrize("failure", STORAGE_FAILS)
def test_storage_that_fails_loses_nothing(open_page: OpenPage, tmp_path: Path, failure: str) -> None:
    script, message = STORAGE_FAILS[failure]
    page = open_session(open_page, tmp_path, before=lambda page: page.add_init_script(script))
    page.get_by_test_id("keep-switch").click()
    expect(page.get_by_test_id("keep-problem")).to_contain_text(message)
    expect(page.get_by_test_id("summary-row")).to_have_count(3)
    assert json.loads(exported(page, "json").read_text(encoding="utf-8")) == made.session()


def test_corrections_go_out_and_come_in(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_session(open_page, tmp_path)
    expect(page.get_by_test_id("corrected")).to_contain_text("Anna · 1 correction: Angry → Happy (1)")
    expect(page.get_by_test_id("corrected")).to_contain_text("Happy +")
    with page.expect_download() as download:
        page.get_by_test_id("export-corrections").click()
    file = tmp_path / "corrections.json"
    file.write_bytes(download.value.path().read_bytes())
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["format"] == "mien-corrections/1"
    assert document["corrections"] == made.session()["corrections"]

    page.get_by_test_id("corrections-reset").click()
    expect(page.get_by_test_id("corrected")).to_have_count(0)
    page.get_by_test_id("import-corrections-file").set_input_files(file)
    expect(page.get_by_test_id("session-status")).to_contain_text("1 corrections from corrections.json were added")
    expect(page.get_by_test_id("corrected")).to_have_attribute("data-subject", "person-1")  # by her name
    page.get_by_test_id("import-corrections-file").set_input_files(tmp_path / "made.json")
    expect(page.get_by_test_id("session-problem")).to_contain_text("mien-corrections/1")
