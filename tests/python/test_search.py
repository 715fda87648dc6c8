"""The search over settings, and the settings themselves."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from training.cli import search as search_cli
from training.cli import train
from training.errors import DataError
from training.search import SPAN, Trial, drawn, search
from training.tasks import face_emotion
from training.tasks.options import Options, setting

OWN = face_emotion.SCHEDULE


def test_trials_follow_from_the_seed_and_stay_in_their_ranges() -> None:
    assert drawn(OWN, 0, 7) == {}
    trials = [drawn(OWN, number, 7) for number in range(1, 40)]
    assert trials == [drawn(OWN, number, 7) for number in range(1, 40)]
    assert trials[0] != drawn(OWN, 1, 8)
    rates = [trial["learning_rate"] / OWN.learning_rate for trial in trials]
    assert 0.99 / SPAN <= min(rates) < 0.5 and 2 < max(rates) <= 1.01 * SPAN
    assert {trial["batch"] for trial in trials} == {32, 64, 128}
    assert all(0.05 <= trial["warm_up_share"] <= 0.3 for trial in trials)


def made(options: Options) -> None:
    """Instead of training: a history whose best figure follows from the settings."""
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "config.json").write_text("{}")
    rate = options.apply(OWN).learning_rate
    figures = [-abs(rate - 0.17) - 1, -abs(rate - 0.17), -abs(rate - 0.17) - 0.5]
    lines = [json.dumps({"epoch": epoch, "val_accuracy": figure}) for epoch, figure in enumerate(figures, 1)]
    (options.out / "history.jsonl").write_text("\n".join(lines))


def test_the_best_by_validation_comes_first_and_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    options = Options(data=tmp_path, out=tmp_path / "out", weights=tmp_path, epochs=3, settings={"average": 0.5})
    told: list[Trial] = []
    ran: list[Options] = []

    def run(given: Options) -> None:
        ran.append(given)
        if len(ran) == 3:
            raise KeyboardInterrupt
        made(given)

    def again(trials: int) -> list[Trial]:
        return search(options, OWN, "val_accuracy", run, trials, 7, told.append)

    with pytest.raises(KeyboardInterrupt):
        again(5)
    found = again(5)
    assert [given.out.name for given in ran] == ["trial-0", "trial-1", "trial-2", "trial-2", "trial-3", "trial-4"]
    assert [trial.number for trial in told] == [0, 1, 2, 3, 4]
    expected = sorted(range(5), key=lambda number: abs(drawn(OWN, number, 7).get("learning_rate", 0.08) - 0.17))
    assert [trial.number for trial in found] == expected
    assert all(trial.epoch == 2 and trial.settings == drawn(OWN, trial.number, 7) for trial in found)
    assert all(given.settings["average"] == 0.5 and given.epochs == 3 for given in ran)
    assert {trial.number for trial in again(2)} == {0, 1}
    assert len(ran) == 6
    with pytest.raises(DataError, match="other settings"):
        search(dataclasses.replace(options, epochs=4), OWN, "val_accuracy", run, 5, 7, told.append)


def test_the_command_ranks_trials_and_says_how_to_train_the_best(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face_emotion, "train", made)
    arguments = ["search", "face-emotion", "--data", str(tmp_path), "--out", str(tmp_path / "out"), "--trials", "4"]
    assert train.main(arguments) == 0
    said = capsys.readouterr().out
    table = said[said.index("val_accuracy") :].splitlines()[1:5]
    assert [float(line.split()[0]) for line in table] == sorted(
        (float(line.split()[0]) for line in table), reverse=True
    )
    words = table[0].split(maxsplit=2)[2]
    assert f"The best, at full length: mien-train face-emotion --data DATA {words}" in said
    assert len(json.loads((tmp_path / "out" / "search.json").read_text())["trials"]) == 4


@pytest.mark.parametrize("arguments", [["speech-emotion"], ["face-emotion", "--trials", "0"]])
def test_what_cannot_be_searched_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        search_cli.main([*arguments, "--data", "nowhere"])
    assert ended.value.code == 2
    assert "invalid choice" in (said := capsys.readouterr().err) or "--trials must be at least 1" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [("batch=128", ("batch", 128)), ("learning_rate=0.05", ("learning_rate", 0.05)), ("average=0", ("average", 0.0))],
)
def test_a_setting_is_read(words: str, expected: tuple[str, float]) -> None:
    assert setting(words) == expected
    assert type(setting(words)[1]) is type(expected[1])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("rate=1", "the settings are batch, learning_rate"),
        ("batch=1.5", "batch is a whole number"),
        ("batch=0", "batch is from 1 to"),
        ("learning_rate", "learning_rate is a number"),
        ("learning_rate=nan", "learning_rate is from 0 to 100"),
        ("average=1", "average is from 0 to 0.9999"),
    ],
)
def test_a_wrong_setting_says_what_is_right(words: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        train.main(["face-emotion", "--data", "nowhere", "--set", words])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_settings_reach_the_schedule_and_the_command(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"batch": 16, "learning_rate": 0.012}
    options = Options(data=tmp_path, out=tmp_path, weights=tmp_path, settings=settings)
    schedule = options.apply(OWN)
    assert (schedule.batch, schedule.learning_rate, schedule.weight_decay) == (16, 0.012, OWN.weight_decay)
    assert (
        options.command("face-emotion")
        == "mien-train face-emotion --data DATA --set batch=16 --set learning_rate=0.012"
    )
