"""Makes the next batches while the network trains on this one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.fitting import Batch, Batches

AHEAD = 4
"""Batches that are made before they are asked for: enough to bridge a slow one, a few megabytes."""
THREADS = max(1, min(AHEAD, (os.cpu_count() or 1) // 4))
"""OpenCV and NumPy leave Python's lock for most of their work; the network wants the other cores."""


class Prefetched:
    """The batches of ``source`` in the order of their index and epoch, made in threads. See ``fitting.Batches``."""

    def __init__(self, source: Batches, threads: ThreadPoolExecutor) -> None:
        self._source, self._threads = source, threads
        self._coming: dict[tuple[int, int], Future[Batch]] = {}

    @property
    def batches(self) -> int:
        """Number of batches in an epoch."""
        return self._source.batches

    def batch(self, epoch: int, index: int) -> Batch:
        """Inputs, and targets by output name; what is made for other places than the next ones is dropped."""
        wanted = [divmod(epoch * self.batches + index + i, self.batches) for i in range(1 + AHEAD)]
        for place in self._coming.keys() - set(wanted):
            self._coming.pop(place).cancel()
        for place in wanted:
            if place not in self._coming:
                self._coming[place] = self._threads.submit(self._source.batch, *place)
        return self._coming.pop((epoch, index)).result()


@contextlib.contextmanager
def prefetched(source: Batches, ahead: bool = True) -> Iterator[Batches]:
    """The same batches, made ahead of their use until the block ends; with ``ahead`` False, each when it is due."""
    if not ahead:
        yield source
        return
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="batches")
    try:
        yield Prefetched(source, threads)
    finally:
        threads.shutdown(wait=True, cancel_futures=True)
