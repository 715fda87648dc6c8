"""The second course of training: when there is one, what it is told, and what a network makes of its own pictures."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.python.made_data import make_utkface
from training.cli import train
from training.courses import one_after_another, second_course
from training.fitting import Schedule
from training.self_teaching import AT_ONCE, VIEWS, opinions
from training.tasks.options import Options

FIRST = Schedule(epochs=10, batch=4, learning_rate=0.1, weight_decay=0.0)
AGAIN = dataclasses.replace(FIRST, epochs=6, learning_rate=0.05)


def second(**given: object) -> Schedule | None:
    options = Options(Path("data"), Path("out"), Path("weights"), **given)  # type: ignore[arg-type]
    return second_course(options, options.apply(FIRST), AGAIN)


def test_the_second_course_draws_other_variants() -> None:
    assert second() == dataclasses.replace(AGAIN, seed=FIRST.seed + 1)
    assert second(seed=3) == dataclasses.replace(AGAIN, seed=4)


def test_there_is_none_for_own_pictures_nor_where_it_is_declined() -> None:
    assert second(own=True) is None and second(once=True) is None


@pytest.mark.parametrize(("stop_after", "left"), [(9, None), (10, None), (11, 1), (13, 3), (16, 6)])
def test_training_ends_after_so_many_epochs_of_both(stop_after: int, left: int | None) -> None:
    made = second(stop_after=stop_after)
    assert (made and made.stop_after) == left


def test_epochs_are_numbered_through() -> None:
    history = one_after_another([{"epoch": 1, "loss": 3.0}, {"epoch": 2, "loss": 2.0}], [{"epoch": 1, "loss": 1.5}])
    assert history == [{"epoch": 1, "loss": 3.0}, {"epoch": 2, "loss": 2.0}, {"epoch": 3, "loss": 1.5}]


def test_opinions_are_means_over_variants_of_the_same_case() -> None:
    cases = AT_ONCE + 3
    asked: list[NDArray[np.intp]] = []

    def vary(chosen: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.float32]:
        asked.append(chosen)
        return (chosen + rng.uniform(-0.5, 0.5, len(chosen)))[:, None].astype(np.float32)

    def read(inputs: NDArray[np.float32]) -> NDArray[np.float64]:
        share = inputs / cases
        return np.concatenate([share, 1 - share], axis=1).astype(np.float64)

    own = opinions(read, vary, cases, seed=5)
    assert own.shape == (cases, 2) and own.dtype == np.float32
    np.testing.assert_array_equal(np.bincount(np.concatenate(asked)), VIEWS)
    np.testing.assert_allclose(own.sum(axis=1), 1, atol=1e-6)
    # Each is near its own case: the spread of one variant is 0.29, of the mean of eight 0.10.
    off = own[:, 0] * cases - np.arange(cases)
    assert 0.07 < off.std() < 0.14
    assert opinions(read, vary, cases, seed=5).tobytes() == own.tobytes()
    assert opinions(read, vary, cases, seed=6).tobytes() != own.tobytes()


def test_age_and_gender_have_a_second_course_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = make_utkface(tmp_path / "data", count=60)
    words = ["face-age-gender", "--data", str(data), "--epochs", "1", "--precision", "float32"]

    def epochs(name: str, *more: str) -> int:
        folders = ["--out", str(tmp_path / name), "--weights", str(tmp_path / name)]
        assert train.main([*words, *folders, *more]) == 0
        return capsys.readouterr().out.count("epoch 1/1")

    assert epochs("both") == 2 and (tmp_path / "both" / "again" / "history.jsonl").is_file()
    assert epochs("first", "--once") == 1 and not (tmp_path / "first" / "again").exists()
    # The one is the first half of the other.
    histories = [(tmp_path / name / "history.jsonl").read_text().split(', "seconds"')[0] for name in ("both", "first")]
    assert histories[0] == histories[1]
    assert (tmp_path / "both" / "face-age-gender.keras").read_bytes() != (
        tmp_path / "first" / "face-age-gender.keras"
    ).read_bytes()


def test_baselines_have_one_course(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        train.main(["baseline-face-emotion", "--data", "nowhere", "--once"])
    assert ended.value.code == 2 and "--once does not go with a baseline" in capsys.readouterr().err
