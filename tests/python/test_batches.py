"""Batches that can be asked for again: their order and chance, and the three tasks that use them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from training.augmentation import mixup, vary_face
from training.batches import SeededBatches, smoothed
from training.crops import Crops
from training.fitting import Batch, Schedule
from training.preprocessing.face import FaceInput, standardise
from training.tasks import face_age_gender, face_emotion

SCHEDULE = Schedule(epochs=3, batch=4, learning_rate=0.1, weight_decay=0.0, seed=5)
GRAY = FaceInput(48, 48, "gray", face_emotion.EYES, (0.5,), (0.25,))


def numbers(chosen: NDArray[np.intp], rng: np.random.Generator) -> Batch:
    return chosen.astype(np.float32), {"chance": rng.random(2).astype(np.float32)}


def test_order_follows_from_seed_and_epoch_and_chance_from_the_index_too() -> None:
    batches = SeededBatches(10, SCHEDULE, numbers)
    assert batches.batches == 2
    chosen, targets = batches.batch(2, 1)
    np.testing.assert_array_equal(chosen, np.random.default_rng([5, 2]).permutation(10)[4:8])
    np.testing.assert_array_equal(targets["chance"], np.random.default_rng([5, 2, 1]).random(2).astype(np.float32))
    assert not np.array_equal(chosen, batches.batch(1, 1)[0])


def test_too_few_cases_are_one_batch() -> None:
    batches = SeededBatches(3, SCHEDULE, numbers)
    assert batches.batches == 1
    assert sorted(batches.batch(0, 0)[0]) == [0, 1, 2]


def test_smoothing_spreads_its_share_evenly() -> None:
    targets = smoothed(np.array([1, 0]), 4, 0.2)
    np.testing.assert_allclose(targets, [[0.05, 0.85, 0.05, 0.05], [0.85, 0.05, 0.05, 0.05]], atol=1e-7)
    assert targets.dtype == np.float32
    np.testing.assert_array_equal(smoothed(np.array([2]), 3, 0.0), [[0, 0, 1]])


def test_an_emotion_batch_is_drawn_as_runs_before_drew_it() -> None:
    # Written out as the first version did it: a checkpoint of that time goes on with the same bytes.
    rng = np.random.default_rng(1)
    pictures, labels = rng.integers(0, 256, (9, 64, 64, 1), np.uint8), rng.integers(0, 7, 9)
    schedule = dataclasses.replace(face_emotion.SCHEDULE, batch=4)
    wanted = face_emotion.training_targets(labels, None)
    inputs, targets = face_emotion.training_batches(pictures, wanted, GRAY, schedule).batch(3, 1)
    chosen = np.random.default_rng([schedule.seed, 3]).permutation(9)[4:8]
    chance = np.random.default_rng([schedule.seed, 3, 1])
    varied = np.stack([vary_face(pictures[i], 48, 48, face_emotion.AUGMENTATION, chance) for i in chosen])
    sure = np.eye(7, dtype=np.float32)[labels[chosen]]
    smooth = {"emotion": sure * (1 - 0.1) + np.float32(0.1 / 7)}
    expected, blended = mixup(standardise(varied, GRAY), smooth, 0.2, chance)
    assert inputs.tobytes() == expected.tobytes()
    assert targets["emotion"].tobytes() == blended["emotion"].tobytes()


def test_half_of_the_draws_are_of_faces_on_frames_where_they_were_seen_there() -> None:
    rng = np.random.default_rng(4)
    plain = rng.integers(0, 60, (64, 64, 64, 1)).astype(np.uint8)
    framed = Crops(plain + np.uint8(150), np.arange(64) < 48)
    schedule = dataclasses.replace(face_emotion.SCHEDULE, batch=64)
    wanted = np.repeat(np.arange(64, dtype=np.float32)[:, None], 7, axis=1)
    batches = face_emotion.training_batches(plain, wanted, GRAY, schedule, blend=0.0, framed=framed)
    on_frame = np.zeros(64)
    for epoch in range(20):
        inputs, targets = batches.batch(epoch, 0)
        chosen = targets["emotion"][:, 0].astype(int)
        assert sorted(chosen) == list(range(64))
        on_frame[chosen] += np.median(inputs, axis=(1, 2, 3)) > 0
    assert (on_frame[48:] == 0).all()
    assert 0.4 < on_frame[:48].mean() / 20 < 0.6
    assert on_frame[:48].min() > 0, "each face is drawn from its frame at some time"


@pytest.mark.parametrize("epoch", [0, 4])
def test_an_age_batch_is_the_same_each_time(epoch: int) -> None:
    rng = np.random.default_rng(2)
    pictures = rng.integers(0, 256, (6, 84, 84, 3), np.uint8)
    target = FaceInput(64, 64, "rgb", face_age_gender.EYES, (0.5,) * 3, (0.25,) * 3)
    schedule = dataclasses.replace(face_age_gender.SCHEDULE, batch=3)
    ages, genders = np.array([0, 5, 30, 60, 90, 116]), np.array([0, 1, 0, 1, 0, 1])
    wanted = face_age_gender.training_targets(ages, genders)
    batches = face_age_gender.training_batches(pictures, wanted, target, schedule)
    first, second = batches.batch(epoch, 1), batches.batch(epoch, 1)
    assert first[0].tobytes() == second[0].tobytes()
    chosen = np.random.default_rng([schedule.seed, epoch]).permutation(6)[3:6]
    np.testing.assert_array_equal(first[1]["age"].argmax(1), ages[chosen])
    np.testing.assert_array_equal(first[1]["gender"].argmax(1), genders[chosen])


def test_pictures_of_old_people_are_drawn_more_often_in_later_courses() -> None:
    ages = np.array([10, 59, 60, 74, 75, 99])
    times = face_age_gender.times_drawn(ages)
    assert times.tolist() == [1, 1, 2, 2, 3, 3]
    pictures = np.zeros((6, 84, 84, 3), np.uint8)
    target = FaceInput(64, 64, "rgb", face_age_gender.EYES, (0.5,) * 3, (0.25,) * 3)
    schedule = dataclasses.replace(face_age_gender.SCHEDULE, batch=4)
    wanted = face_age_gender.training_targets(ages, np.zeros(6, np.int64))
    batches = face_age_gender.training_batches(pictures, wanted, target, schedule, times=times)
    assert batches.batches == 3
    drawn = [age for i in range(3) for age in batches.batch(0, i)[1]["age"].argmax(1).tolist()]
    assert sorted(drawn) == np.repeat(ages, times).tolist()
