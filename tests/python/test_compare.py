"""`mien-train compare`: it tells a difference from chance, and refuses what cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from training.cli.train import main
from training.comparison import Difference, compare
from training.predictions import Predictions, load_predictions, save_predictions

LABELS = np.random.default_rng(0).integers(0, 4, 600)


def answers(right: float, seed: int) -> Predictions:
    """Four classes; the top one is right in so large a share of cases, with a probability that says so."""
    rng = np.random.default_rng(seed)
    chosen = np.where(rng.random(len(LABELS)) < right, LABELS, (LABELS + rng.integers(1, 4, len(LABELS))) % 4)
    values: NDArray[np.float64] = np.full((len(LABELS), 4), (1 - right) / 3)
    values[np.arange(len(LABELS)), chosen] = right
    return Predictions(LABELS, values)


def by_figure(first: Predictions, second: Predictions) -> dict[str, Difference]:
    return {d.figure: d for d in compare({"emotion": first}, {"emotion": second})}


def test_a_clear_difference_is_told_and_points_the_right_way() -> None:
    better = by_figure(answers(0.6, 1), answers(0.8, 2))
    for figure in ("accuracy", "macro-F1", "UAR"):
        assert better[figure].verdict == "second"
        low, high = better[figure].interval
        assert 0.1 < low < better[figure].second - better[figure].first < high < 0.3
    assert by_figure(answers(0.8, 2), answers(0.6, 1))["accuracy"].verdict == "first"
    # Of errors, less is better.
    years = np.random.default_rng(3).normal(40, 10, 600)
    near, far = (Predictions(years.astype(np.int64), years + gap) for gap in (1.0, 5.0))
    (age,) = compare({"age": near}, {"age": far})
    assert (age.figure, age.verdict) == ("mean absolute error", "first")


def test_chance_is_not_taken_for_a_difference() -> None:
    """Equally good runs: the 95 % interval holds nothing in about 19 of 20 pairs."""
    rng = np.random.default_rng(4)
    truth = rng.integers(20, 60, 600)
    told = 0
    for _ in range(60):
        first, second = ({"age": Predictions(truth, truth + rng.normal(0, 6, 600))} for _ in range(2))
        (age,) = compare(first, second)
        told += age.verdict != "no telling"
    assert told <= 8


def test_pairing_finds_what_two_intervals_would_hide() -> None:
    """One run answers as the other but for twelve more that are right: 2 points, where each interval is 7 wide."""
    first = answers(0.7, 1)
    values = first.values.copy()
    wrong = np.flatnonzero(values.argmax(axis=1) != LABELS)[:12]
    values[wrong] = 0.1
    values[wrong, LABELS[wrong]] = 0.7
    assert by_figure(first, Predictions(LABELS, values))["accuracy"].verdict == "second"


def run_folder(folder: Path, predictions: Predictions, epochs: int) -> Path:
    folder.mkdir()
    save_predictions(folder, {"emotion": predictions})
    (folder / "config.json").write_text(json.dumps({"task": "x", "schedule": {"epochs": epochs, "seed": 7}}))
    return folder


def test_the_command_prints_settings_and_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = run_folder(tmp_path / "one", answers(0.6, 1), 10)
    two = run_folder(tmp_path / "two", answers(0.8, 2), 20)
    assert main(["compare", str(one), str(two)]) == 0
    said = capsys.readouterr().out
    assert "schedule.epochs: 10 -> 20" in said and "seed" not in said
    assert len([line for line in said.splitlines() if line.startswith("emotion, ") and "second" in line]) >= 3


def test_what_cannot_be_compared_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = run_folder(tmp_path / "whole", answers(0.6, 1), 10)
    other = answers(0.6, 1)
    cases = {
        "other": Predictions(np.roll(LABELS, 1), other.values),
        "kind": Predictions(LABELS, other.values[:, 0]),
    }
    for name, predictions in cases.items():
        assert main(["compare", str(whole), str(run_folder(tmp_path / name, predictions, 10))]) == 2
        assert "different cases" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["compare", str(whole), str(tmp_path / "empty")]) == 2
    assert "holds no predictions.npz" in capsys.readouterr().err
    damaged = run_folder(tmp_path / "damaged", answers(0.6, 1), 10)
    file = damaged / "predictions.npz"
    file.write_bytes(file.read_bytes()[:200])
    assert main(["compare", str(whole), str(damaged)]) == 2
    assert "is damaged" in capsys.readouterr().err


def test_predictions_come_back_as_they_were(tmp_path: Path) -> None:
    given = answers(0.6, 1)
    save_predictions(tmp_path, {"emotion": given})
    back = load_predictions(tmp_path)["emotion"]
    assert np.array_equal(back.labels, given.labels)
    assert back.values == pytest.approx(given.values, abs=1e-7)
