"""Says on the terminal how far long work has come."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

_SECONDS_BETWEEN_LINES = 10.0


def progress(items: Sequence[T], what: str) -> Iterator[T]:
    """Pass the items on; print count, rate and time left every ten seconds, and at the end, on standard error."""
    start = last = time.monotonic()
    for done, item in enumerate(items):
        now = time.monotonic()
        if now - last >= _SECONDS_BETWEEN_LINES:
            last = now
            rate = done / (now - start)
            left = (len(items) - done) / rate
            print(f"{what}: {done}/{len(items)}, {rate:.0f} a second, {left:.0f} s left", file=sys.stderr, flush=True)
        yield item
    print(f"{what}: {len(items)} in {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
