"""`mien-models`: steps that are done stay done, one that was stopped goes on, one that fails ends with its code."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.python.made_data import make_fer2013
from training.cli import models
from training.errors import DataError
from training.pipeline import fingerprints
from training.pipeline.figures import as_text, rows, shipped_figures
from training.pipeline.fingerprints import of_code, of_dataset, of_file
from training.pipeline.journal import FILE, Journal
from training.pipeline.runner import clock, run_all
from training.pipeline.steps import MODULES, Places, Step, Steps
from training.tasks.face_emotion import LATER

ROOT = Path(__file__).resolve().parents[2]

APPEND = "import sys; open(sys.argv[1], 'a').write(sys.argv[2] + ' '.join(sys.argv[3:]) + '\\n')"


class House:
    """A folder with three small steps: "one" makes a file of its source, "two" one of that, "three" writes a log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source, self.first, self.second, self.log = (
            folder / name for name in ("source", "first", "second", "log")
        )
        self.source.write_text("a")
        self.places = Places(folder, folder / "runs", folder, folder, folder)

    def journal(self) -> Journal:
        return Journal.opened(self.places.runs / FILE, {"task": {"metrics": {"accuracy": 0.5}}})

    def steps(self, failing: str = "") -> list[Step]:
        copy = "import sys, shutil; shutil.copy(sys.argv[1], sys.argv[2]); open(sys.argv[3], 'a').write(sys.argv[4])"
        second = failing or copy
        return [
            self._step("one", copy, self.source, self.first),
            self._step("two", second, self.first, self.second),
            self._step("three", copy, self.second, self.folder / "third"),
        ]

    def _step(self, name: str, script: str, source: Path, target: Path) -> Step:
        return Step(
            name,
            (sys.executable, "-c", script, str(source), str(target), str(self.log), f"{name} "),
            lambda: {"source": of_file(source)},
            lambda: {"target": of_file(target)},
        )

    def ran(self) -> list[str]:
        """What was run since the last call."""
        said = self.log.read_text().split() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return said


def test_what_is_done_is_not_done_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house = House(tmp_path)
    assert run_all(house.steps(), house.places, house.journal()) == 0
    assert house.ran() == ["one", "two", "three"]
    assert run_all(house.steps(), house.places, house.journal()) == 0
    assert house.ran() == []
    assert capsys.readouterr().out.count("done before") == 3

    house.source.write_text("b")
    assert run_all(house.steps(), house.places, house.journal()) == 0
    assert house.ran() == ["one", "two", "three"]
    assert "one: again, for source changed" in capsys.readouterr().out

    house.second.write_text("touched by hand")
    assert run_all(house.steps(), house.places, house.journal()) == 0
    # Made anew it is what it was, so that nothing after it has to be.
    assert house.ran() == ["two"]
    assert "its results (target) are not as it left them" in capsys.readouterr().out
    assert house.journal().shipped == {"task": {"metrics": {"accuracy": 0.5}}}


def test_a_failing_step_ends_with_its_exit_code_and_says_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House(tmp_path)
    assert run_all(house.steps("raise SystemExit(3)"), house.places, house.journal()) == 3
    said = capsys.readouterr().err
    assert 'the step "two" ended with exit code 3' in said and "The same command goes on from here" in said
    assert house.ran() == ["one"], "what comes after a step that failed must not run"
    assert run_all(house.steps(), house.places, house.journal()) == 0
    assert house.ran() == ["two", "three"]
    entry = house.journal().steps["two"]
    assert (entry.sittings, entry.done) == (2, True)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_step_ends_as_a_shell_says_it(tmp_path: Path, number: signal.Signals) -> None:
    house = House(tmp_path)
    script = f"import os; os.kill(os.getpid(), {int(number)})"
    assert run_all(house.steps(script), house.places, house.journal()) == 128 + number
    assert not house.journal().steps["two"].done


def test_conversion_does_not_see_the_backend_that_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    script = "import os, pathlib; pathlib.Path('{}').write_text(os.environ.get('KERAS_BACKEND', 'none'))"
    house = House(tmp_path)
    made = {step.name: step for step in Steps(house.places).all()}
    for name, seen in (
        ("train face-emotion", "jax"),
        ("convert face-emotion", "none"),
        ("verify face-emotion", "none"),
    ):
        place = tmp_path / name
        command = (sys.executable, "-c", script.format(place))
        step = dataclasses.replace(made[name], command=command, inputs=dict, outputs=dict)
        assert run_all([step], house.places, house.journal()) == 0
        assert place.read_text() == seen


MEET = """
import pathlib, sys, time
here, other = map(pathlib.Path, sys.argv[1:])
here.touch()
end = time.monotonic() + 60
while not other.exists() and time.monotonic() < end:
    time.sleep(0.02)
print("met" if other.exists() else "waited in vain", flush=True)
print(f"{here.name} says so", file=sys.stderr, flush=True)
time.sleep(0.2)  # the journal counts tenths of seconds: a step that was shorter would have taken none
raise SystemExit(not other.exists())
"""


def meeting(house: House, name: str, other: str, after: tuple[str, ...] = ()) -> Step:
    """A step that ends well only if the other one has begun."""
    command = (sys.executable, "-c", MEET, str(house.folder / name), str(house.folder / other))
    return Step(name, command, dict, lambda: {"made": of_file(house.folder / name)}, after=after)


def test_steps_side_by_side_run_at_the_same_time_and_say_which_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House(tmp_path)
    steps = [meeting(house, "one", "two"), meeting(house, "two", "one"), meeting(house, "last", "one", ("one", "two"))]
    assert run_all(steps, house.places, house.journal(), together=2) == 0
    said = capsys.readouterr()
    assert "one | met" in said.out and "two | met" in said.out and "two | two says so" in said.err
    assert said.out.index("=== 3/3  last") > max(said.out.index(f"--- {name}: done") for name in ("one", "two"))
    entries = house.journal().steps
    assert all(entry.done and entry.seconds > 0 for entry in entries.values()) and len(entries) == 3


def test_side_by_side_a_training_gets_its_share_of_the_cores_and_nothing_else_is_curbed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    house = House(tmp_path)
    script = "import os, sys; open(sys.argv[1], 'w').write(os.environ.get('OMP_NUM_THREADS', 'all'))"

    def threads(together: int, task: str | None, given: str | None = None) -> str:
        if given is not None:
            monkeypatch.setenv("OMP_NUM_THREADS", given)
        place = tmp_path / "threads"
        step = Step(f"{together} {task} {given}", (sys.executable, "-c", script, str(place)), dict, dict, trains=task)
        assert run_all([step], house.places, house.journal(), together) == 0
        return place.read_text()

    assert (threads(1, "face-emotion"), threads(2, "face-emotion"), threads(8, "face-emotion")) == ("all", "3", "1")
    assert threads(2, None) == "all"
    assert threads(2, "face-emotion", given="5") == "5", "who says how many is obeyed"


def test_one_at_a_time_is_one_at_a_time(tmp_path: Path) -> None:
    """The log of a step that looks for the other one's mark while it runs."""
    house = House(tmp_path)
    script = (
        "import pathlib, sys, time; mark = pathlib.Path(sys.argv[1]); alone = not mark.exists(); mark.touch(); "
        "time.sleep(0.3); mark.unlink(); raise SystemExit(not alone)"
    )
    command = (sys.executable, "-c", script, str(tmp_path / "mark"))
    assert run_all([Step(name, command, dict, dict) for name in "abc"], house.places, house.journal(), together=1) == 0


def test_beside_a_step_that_fails_the_other_comes_to_its_end_and_nothing_new_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House(tmp_path)
    fails = Step("fails", (sys.executable, "-c", "raise SystemExit(7)"), dict, dict)
    slow = Step("slow", (sys.executable, "-c", "import time; time.sleep(1.5)"), dict, dict)
    never = Step("never", (sys.executable, "-c", ""), dict, dict)
    assert run_all([slow, fails, never], house.places, house.journal(), together=2) == 7
    assert 'the step "fails" ended with exit code 7' in capsys.readouterr().err
    entries = house.journal().steps
    assert entries["slow"].done and not entries["fails"].done and "never" not in entries


def test_asked_to_end_it_ends_what_runs_and_begins_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house = House(tmp_path)
    script = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(30); print('not told')"
    slow = Step("slow", (sys.executable, "-c", script, str(tmp_path / "begun")), dict, dict)

    def asked_while_the_next_is_made_ready() -> dict[str, str]:
        wait_for((tmp_path / "begun").exists)
        os.kill(os.getpid(), signal.SIGTERM)
        return {}

    never = Step("never", (sys.executable, "-c", ""), asked_while_the_next_is_made_ready, dict)
    with pytest.raises(SystemExit) as ended:
        run_all([slow, never], house.places, house.journal(), together=2)
    assert ended.value.code == 128 + signal.SIGTERM
    said = capsys.readouterr()
    assert "waiting for slow, then ending" in said.err and "not told" not in said.out
    with pytest.raises(SystemExit):
        run_all([never], house.places, house.journal())


def test_data_that_are_not_there_are_told_at_once_and_what_runs_comes_to_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House(tmp_path)
    script = "import sys, time; time.sleep(1); open(sys.argv[1], 'w').close()"
    slow = Step("slow", (sys.executable, "-c", script, str(tmp_path / "made")), dict, dict)

    def missing() -> dict[str, str]:
        assert not (tmp_path / "made").exists()
        raise DataError("no UTKFace here")

    with pytest.raises(DataError, match="no UTKFace"):
        run_all([slow, Step("next", (), missing, dict)], house.places, house.journal(), together=2)
    assert "no UTKFace here" in capsys.readouterr().err and (tmp_path / "made").exists()


def test_no_step_begins_before_what_it_reads_is_there(tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path, tmp_path, tmp_path, tmp_path)
    steps = list(Steps(places).all())
    seen: set[str] = set()
    for step in steps:
        assert set(step.after) <= seen, f"{step.name} waits for what comes later"
        seen.add(step.name)
    waits = {step.name: set(step.after) for step in steps}
    training = {f"train {task}" for task in MODULES} | {"evaluate speech-emotion"}
    assert waits["evaluate speech-emotion"] == {"train speech-emotion"}
    assert all(not waits[name] for name in training - {"evaluate speech-emotion"})
    shipping = [step.name for step in steps if step.name not in training]
    assert [name.split()[0] for name in shipping] == ["convert"] * 5 + ["verify"] * 6
    for number, name in enumerate(shipping):
        # They write one catalogue, and the page that measures reads it; and half a set is never converted.
        assert waits[name] == training | set(shipping[:number])


def trainer(house: House, key: str, code: int = 0) -> Step:
    """Writes its arguments into its run folder."""
    script = (
        "import sys, pathlib; run = pathlib.Path(sys.argv[1]); run.mkdir(parents=True, exist_ok=True); "
        f"open(run / 'words', 'a').write(' '.join(sys.argv[2:]) + ';'); raise SystemExit({code})"
    )
    command = (sys.executable, "-c", script, str(house.places.run("task")), "begin")
    return Step("train task", command, lambda: {"data": key}, lambda: {"weights": key}, trains="task")


def test_training_goes_on_in_its_own_run_folder_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house = House(tmp_path)
    run = house.places.run("task")
    run.mkdir(parents=True)
    (run / "config.json").write_text("of a run that this command knows nothing of")

    assert run_all([trainer(house, "a", code=130)], house.places, house.journal()) == 130
    assert "was interrupted" in capsys.readouterr().err
    assert (run / "words").read_text() == "begin;", "a run of unknown data was gone on with"
    assert run_all([trainer(house, "a")], house.places, house.journal()) == 0
    assert (run / "words").read_text() == "begin;begin --resume;"

    assert run_all([trainer(house, "b")], house.places, house.journal()) == 0
    assert (run / "words").read_text() == "begin;", "a run on other data was gone on with"
    aside = sorted(path for path in house.places.runs.iterdir() if path.name.startswith("task."))
    assert {(path / "words").exists() for path in aside} == {True, False} and len(aside) == 2, "a run was lost"


def test_two_at_once_are_refused_and_so_is_one_beside_a_step_left_behind(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.places.runs.mkdir()
    script = f"""
import sys
from pathlib import Path
from training.pipeline.journal import Journal
from training.pipeline.runner import run_all
from training.pipeline.steps import Places, Step
folder = Path({str(tmp_path)!r})
waiting = "import os, pathlib, time; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(600)"
step = Step("wait", (sys.executable, "-c", waiting), lambda: {{}}, lambda: {{}})
places = Places(folder, folder / "runs", folder, folder, folder)
run_all([step], places, Journal(folder / "runs/models.json", {{}}, {{}}))
"""
    process = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)})
    left = 0
    try:
        wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "")
        left = int((tmp_path / "pid").read_text())
        with pytest.raises(DataError, match="is at work in"):
            run_all(house.steps(), house.places, house.journal())
        process.kill()
        process.wait()
        with pytest.raises(DataError, match="a step that one left behind"):
            run_all(house.steps(), house.places, house.journal())
        os.kill(left, signal.SIGKILL)
        left = 0
        wait_for(lambda: _free(house))
        assert house.ran() == ["one", "two", "three"]
    finally:
        process.kill()
        if left:
            os.kill(left, signal.SIGKILL)


def _free(house: House) -> bool:
    try:
        return run_all(house.steps(), house.places, house.journal()) == 0
    except DataError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_steps_come_in_an_order_in_which_each_finds_what_it_needs(tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path, tmp_path, tmp_path, tmp_path, 9, ("--epochs", "2"))
    steps = list(Steps(places).all())
    names = [step.name for step in steps]
    assert names[:5] == [
        *("train face-emotion", "train face-age-gender"),
        *("train speech-emotion", "evaluate speech-emotion", "train voice-activity"),
    ]
    assert names.index("convert face-detector") < names.index("verify face-emotion")
    assert {f"{verb} {task}" for verb in ("train", "convert", "verify") for task in MODULES} < set(names)
    assert names[-2:] == ["verify face-emotion on frames", "verify face-age-gender on frames"]
    for step in steps:
        # Training knows the number of epochs, measuring does not; both know how many samples to take.
        assert ("--epochs" in step.command) == step.name.startswith("train")
        assert ("--limit" in step.command) == (not step.name.startswith("convert"))


def test_a_datasets_hash_tells_content_and_names_but_not_the_place(tmp_path: Path) -> None:
    make_fer2013(tmp_path / "data", per_class=1, test_per_class=1)
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    whole = of_dataset("FER2013", tmp_path / "data")
    assert whole["files"] == 21
    assert whole["bytes"] == sum(path.stat().st_size for path in (tmp_path / "data").rglob("*.jpg"))
    (tmp_path / "copy" / "fer2013" / "notes.txt").write_text("not read by anything")
    assert of_dataset("FER2013", tmp_path / "copy") == whole
    picture = next((tmp_path / "copy").rglob("*.jpg"))
    content = picture.read_bytes()
    picture.write_bytes(content[:-1] + b"\x00")
    assert of_dataset("FER2013", tmp_path / "copy")["sha256"] != whole["sha256"]
    picture.write_bytes(content)
    picture.rename(picture.with_name("Training_999.jpg"))
    assert of_dataset("FER2013", tmp_path / "copy")["sha256"] != whole["sha256"]


def test_codes_hash_follows_imports_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "training"
    package.mkdir()
    for name, source in {
        "__init__": "",
        "task": "from training import helper\n",
        "helper": "def f():\n    import training.deep as deep\n",
        "deep": "X = 1\n",
        "other": "Y = 1\n",
    }.items():
        (package / f"{name}.py").write_text(source)
    monkeypatch.setattr(fingerprints, "ROOT", tmp_path)
    before = of_code("training.task")
    (package / "other.py").write_text("Y = 2\n")
    assert of_code("training.task") == before
    (package / "deep.py").write_text("X = 2\n")
    assert of_code("training.task") != before


def test_changing_one_task_leaves_the_others_done() -> None:
    """Speech's code is no part of what the face networks depend on, and the report's of none."""
    face, speech = (set(_modules(MODULES[task])) for task in ("face-emotion", "speech-emotion"))
    assert "training/tasks/speech_emotion.py" not in face and "training/preprocessing/speech.py" not in face
    assert "training/preprocessing/face.py" in face and "training/preprocessing/speech.py" in speech
    assert not any(
        path.startswith(("training/overview", "training/pipeline", "training/cli")) for path in face | speech
    )


def _modules(module: str) -> list[str]:
    found: list[str] = []

    def take(root: Path, paths: object) -> str:
        assert hasattr(paths, "__iter__")
        found.extend(path.relative_to(root).as_posix() for path in paths)
        return ""

    patch = pytest.MonkeyPatch()
    patch.setattr(fingerprints, "of_files", take)
    of_code(module)
    patch.undo()
    return found


def test_the_summary_subtracts_what_shipped() -> None:
    ours = {
        "face-emotion": {"metrics": {"accuracy": 0.71, "uar": 0.5}},
        "face-age-gender": {"metrics": {"age_mae": 4.5}},
    }
    shipped = {
        "face-emotion": {"metrics": {"accuracy": 0.6654, "ece": 0.02}},
        "face-age-gender": {"metrics": {"age_mae": 5.0967}},
    }
    lines = as_text(rows(ours, shipped, ["face-emotion", "face-age-gender"])).splitlines()
    found = [tuple(re.split(r"\s{2,}", line)) for line in lines]
    assert ("face-emotion", "accuracy", "71.0 %", "66.5 %", "+4.5 points") in found
    assert ("face-emotion", "unweighted average recall", "50.0 %", "not measured", "–") in found
    assert ("face-emotion", "calibration error", "not measured", "2.0 %", "–") in found
    assert ("face-age-gender", "mean error of age", "4.50 years", "5.10 years", "-0.60 years") in found


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (7620, "2 h 07 min"), (3600, "1 h 00 min")],
)
def test_times_are_written_as_people_say_them(seconds: float, said: str) -> None:
    assert clock(seconds) == said


def test_bad_arguments_and_journals_end_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path / "runs")]
    assert models.main(["--data", str(tmp_path / "nowhere"), *out]) == 2
    assert "is not a folder" in capsys.readouterr().err
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / FILE).write_text('{"format": "mien-models/9"}')
    assert models.main(["--data", str(tmp_path), *out]) == 2
    assert "move it away" in capsys.readouterr().err
    for wrong in (
        ["--limit", "0"],
        ["--together", "0"],
        ["--", "--limit", "3"],
        ["--", "--out=x"],
        ["--only", "nothing"],
    ):
        with pytest.raises(SystemExit) as ended:
            models.main(["--data", str(tmp_path), *wrong])
        assert ended.value.code == 2


@pytest.mark.long
@pytest.mark.browser
def test_the_whole_way_killed_on_it_and_gone_on(tmp_path: Path) -> None:
    """Training, converting and verifying one task on made pictures; killed while it trains, together with its step."""
    data = make_fer2013(tmp_path / "data", per_class=12)
    shutil.copytree(ROOT / "models_tfjs", tmp_path / "models")
    before = shipped_figures(tmp_path / "models", ["face-emotion"])
    arguments = [sys.executable, "-u", "-m", "training.cli.models", "--data", str(data), "--only", "face-emotion"]
    arguments += ["--out", str(tmp_path / "runs"), "--weights", str(tmp_path / "weights")]
    arguments += ["--models", str(tmp_path / "models"), "--", "--epochs", "3"]
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    environment["MIEN_CACHE"] = str(tmp_path / "cache")
    process = subprocess.Popen(
        arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "epoch 2/3" in line:  # behind the name of the step
            os.killpg(process.pid, signal.SIGKILL)
            break
    process.stdout.close()
    process.wait()
    journal = json.loads((tmp_path / "runs" / FILE).read_text())
    assert journal["steps"]["train face-emotion"]["outputs"] is None

    done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "train face-emotion: going on" in done.stdout
    # Of all courses only the later ones begin.
    assert done.stdout.count("train face-emotion | epoch 1/3") == len(LATER)
    assert done.stdout.count("train face-emotion | epoch 3/3") == 1 + len(LATER)
    history = (tmp_path / "runs" / "face-emotion" / "history.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in history] == [1, 2, 3]
    spec = json.loads((tmp_path / "models" / "face-emotion" / "spec.json").read_text())
    assert spec["metrics"]["n"] == 14 and {row["n"] for row in spec["metrics"]["frames"].values()} == {14}
    report = (tmp_path / "runs" / "report.html").read_text()
    assert report.count("<h3>Worst mistakes") == 1 and "data:image/jpeg" in report
    journal = json.loads((tmp_path / "runs" / FILE).read_text())
    assert journal["shipped"]["face-emotion"] == before["face-emotion"]
    assert all(entry["outputs"] for entry in journal["steps"].values())

    again = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert again.returncode == 0 and again.stdout.count("done before") == len(journal["steps"]) == 5
    assert "epoch" not in again.stdout
