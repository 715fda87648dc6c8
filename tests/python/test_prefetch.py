"""Batches that are made ahead: the same ones in the same order, errors where they belong, no thread left."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np
import pytest

from training.fitting import Batch
from training.prefetch import AHEAD, prefetched


@dataclass
class Counted:
    """Three batches an epoch, each of which says its place."""

    batches: int = 3
    asked: list[tuple[int, int]] = field(default_factory=list)

    def batch(self, epoch: int, index: int) -> Batch:
        self.asked.append((epoch, index))
        if epoch == 9:
            raise ValueError(f"batch {index}")
        return np.array([epoch, index], np.float32), {}


def test_batches_come_in_order_across_epochs_and_each_is_made_once() -> None:
    source = Counted()
    places = [(epoch, index) for epoch in (2, 3) for index in range(3)]
    with prefetched(source) as ready:
        assert ready.batches == 3
        assert [tuple(ready.batch(*place)[0]) for place in places] == places
    assert sorted(source.asked)[: len(places)] == places
    assert len(source.asked) == len(set(source.asked)) <= len(places) + AHEAD
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("batches")]


def test_a_batch_out_of_order_is_still_the_right_one() -> None:
    with prefetched(Counted()) as ready:
        for place in ((0, 0), (5, 2), (0, 0), (0, 2), (0, 1)):
            assert tuple(ready.batch(*place)[0]) == place


def test_an_error_appears_where_its_batch_is_asked_for() -> None:
    with prefetched(Counted()) as ready:
        ready.batch(8, 2)  # the next ones fail, unseen
        with pytest.raises(ValueError, match="batch 0"):
            ready.batch(9, 0)


def test_without_threads_each_batch_is_made_when_it_is_due() -> None:
    source = Counted()
    with prefetched(source, ahead=False) as ready:
        assert tuple(ready.batch(1, 2)[0]) == (1, 2)
    assert source.asked == [(1, 2)]
