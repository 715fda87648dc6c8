"""The FER+ votes: read as they are found, turned into probabilities of FER2013's labels, and learnt from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from tests.python.made_data import make_fer2013
from training.datasets import fer2013, ferplus
from training.datasets.fer2013 import LABELS
from training.datasets.ferplus import COLUMNS, RIDGE, label_probabilities, majorities, votes
from training.errors import DataError
from training.tasks import face_emotion, face_emotion_data
from training.tasks.options import Options

HEAD = "file," + ",".join(COLUMNS) + "\n"
WITH_LABEL = [i for i, label in enumerate(COLUMNS.values()) if label]
"""Columns that are one of FER2013's labels."""


def asked(labels: NDArray[np.int64], agreement: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Ten votes on each picture: for its label with this probability, else for anything."""
    columns = list(COLUMNS.values())
    own = np.array([columns.index(LABELS[label]) for label in labels])
    said = np.where(rng.random((len(labels), 10)) < agreement, own[:, None], rng.integers(0, 10, (len(labels), 10)))
    return np.stack([np.bincount(row, minlength=10) for row in said])


def test_a_majority_needs_one_winner_among_the_seven(tmp_path: Path) -> None:
    table = tmp_path / "ferplus_votes.csv"
    rows = ("test/happy/a.jpg,1,8,1,0,0,0,0,0,0,0", "b.jpg,5,5,0,0,0,0,0,0,0,0", "c.jpg,1,1,0,0,0,0,0,8,0,0")
    table.write_text(HEAD + "\n".join(rows) + "\n")
    pictures = [Path("test/happy/a.jpg"), Path("b.jpg"), Path("c.jpg"), Path("d.jpg")]
    assert majorities(table, pictures) == [LABELS.index("happy"), None, None, None]
    np.testing.assert_array_equal(votes(table, pictures)[[0, 3]], [[1, 8, 1, 0, 0, 0, 0, 0, 0, 0], [0] * 10])


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "ferplus_votes.csv"
    table.write_text(HEAD + "a.jpg,many,8,1,0,0,0,0,0,0,0\n")
    with pytest.raises(DataError, match="does not parse"):
        votes(table, [Path("a.jpg")])
    table.write_text("file,neutral\n")
    with pytest.raises(DataError, match="lacks the columns"):
        votes(table, [Path("a.jpg")])


def test_label_probabilities_are_those_of_another_regression() -> None:
    rng = np.random.default_rng(4)
    labels = rng.integers(0, len(LABELS), 3000)
    counts = asked(labels, 0.3, rng)
    shares = counts / counts.sum(axis=1, keepdims=True)
    features = np.hstack([shares, np.sqrt(shares)])
    other = LogisticRegression(C=1 / RIDGE, fit_intercept=False, tol=1e-8, max_iter=5000).fit(features, labels)
    np.testing.assert_allclose(label_probabilities(counts, labels), other.predict_proba(features), atol=2e-3)


def test_label_probabilities_are_calibrated() -> None:
    rng = np.random.default_rng(5)
    labels = rng.integers(0, len(LABELS), 20_000)
    found = label_probabilities(asked(labels, 0.2, rng), labels)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    for low in (0.2, 0.4, 0.6, 0.8):
        chosen = (found > low) & (found <= low + 0.2)
        right = np.eye(len(LABELS), dtype=bool)[labels][chosen]
        assert abs(right.mean() - found[chosen].mean()) < 0.03, f"{low}: {right.mean()} of {chosen.sum()}"


def test_a_target_is_half_label_and_half_votes() -> None:
    labels = np.array([3, 3])
    opinions = np.array([[0.1, 0, 0, 0.2, 0.7, 0, 0], [np.nan] * 7], np.float32)
    targets = face_emotion.training_targets(labels, opinions)
    np.testing.assert_allclose(targets[0], [0.05, 0, 0, 0.6, 0.35, 0, 0], atol=1e-6)
    np.testing.assert_array_equal(targets[1:], face_emotion.training_targets(labels[1:], None))
    assert targets[1, 3] == pytest.approx(0.9 + 0.1 / 7, abs=1e-6)


def test_votes_beside_the_data_are_learnt_from_and_only_those_on_training(tmp_path: Path) -> None:
    data = make_fer2013(tmp_path)
    options = Options(data=data, out=tmp_path / "run", weights=tmp_path / "weights")
    without = face_emotion_data.load(options)
    assert without.opinions is None and any("no ferplus_votes.csv" in said for said in without.remarks)

    rng = np.random.default_rng(6)
    samples = fer2013.load(data).samples
    counts = asked(np.array([s.label for s in samples]), 0.8, rng)
    rows = {s.path.name: ",".join(map(str, row)) for s, row in zip(samples, counts, strict=True)}
    unasked = next(s.path.name for s in samples if s.split == "train")
    table = data / ferplus.FILE

    def opinions(changed: str) -> NDArray[np.float32]:
        """Where everybody says "disgust" to the pictures whose names begin so."""
        chosen = {name: "0,0,0,0,0,10,0,0,0,0" if name.startswith(changed) else row for name, row in rows.items()}
        table.write_text(HEAD + "".join(f"{name},{row}\n" for name, row in chosen.items() if name != unasked))
        found = face_emotion_data.load(options)
        assert found.noted["with_ferplus_votes"] == found.config["with_ferplus_votes"] == len(found.parts["train"]) - 1
        assert found.opinions is not None and len(found.opinions) == len(found.parts["train"])
        named = [s.path.name for s in found.parts["train"]]
        np.testing.assert_array_equal(np.isnan(found.opinions[:, 0]), [name == unasked for name in named])
        return found.opinions

    plain = opinions("none")
    np.testing.assert_array_equal(opinions("PrivateTest"), plain)
    np.testing.assert_array_equal(opinions("PublicTest"), plain)
    assert not np.array_equal(opinions("Training"), plain, equal_nan=True)


def test_the_real_votes_say_as_much_of_a_label_as_is_claimed(data_dir: Path) -> None:
    table = ferplus.votes_file(data_dir)
    if table is None:
        pytest.skip(f"no {ferplus.FILE} in {data_dir} or beside it")
    dataset = fer2013.load(data_dir)
    training, _ = fer2013.training_without_leaks(dataset)
    counts = votes(table, [s.path for s in training])
    labels = np.array([s.label for s in training])
    there = counts.sum(axis=1) > 0
    assert there.sum() == 27_869
    right = label_probabilities(counts[there], labels[there]).argmax(1) == labels[there]
    assert 0.67 < right.mean() < 0.70
