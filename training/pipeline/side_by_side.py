"""Processes that run side by side: begun, listened to, and waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import IO, Any

from training.pipeline.steps import Step


def threads_of_each(places: int) -> int:
    """How many threads a training gets where so many run side by side: its share of the cores.

    More threads than cores wait for one another after each layer. How many there are decides in which order sums are
    taken, and so the last digits.
    """
    return max(1, (os.cpu_count() or 1) // places)


_BETWEEN_LOOKS = 0.1
"""Seconds; steps take minutes."""

_LAST_WORDS = 5.0
"""Seconds that a step's output is listened to after its end: a process that it left behind may hold the pipe open."""


class SideBySide:
    """Up to ``places`` steps at once; a block that passes a request to end on to them, and is left when all have ended.

    Args:
        places: So many at most. Where there is more than one, each line that a step prints begins with its name.
        lock: A file descriptor that the processes inherit, or None.
    """

    def __init__(self, places: int, lock: int | None) -> None:
        self._places, self._lock = places, lock
        self._at_work: list[_AtWork] = []
        self._before: Any = None
        self._told: int | None = None

    @property
    def running(self) -> list[Step]:
        """The steps that were begun and have not been seen to end."""
        return [one.step for one in self._at_work]

    def __enter__(self) -> SideBySide:
        self._before = signal.signal(signal.SIGTERM, self._pass_on)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._at_work:  # something else went wrong: what runs is not left without anyone who waits for it
            names = " and ".join(step.name for step in self.running)
            print(f"\nmien-models: {error}\nmien-models: waiting for {names}, then ending", file=sys.stderr, flush=True)
        while self._at_work:
            self.next_end()
        signal.signal(signal.SIGTERM, self._before)

    def begin(self, step: Step, words: list[str]) -> None:
        """Start a step's command.

        Raises:
            SystemExit: we were asked to end while none ran or while this one was made ready.
        """
        if self._told is not None:
            raise SystemExit(128 + self._told)
        environment = {name: value for name, value in os.environ.items() if name not in step.without}
        if self._places > 1 and step.trains is not None:
            environment = {"OMP_NUM_THREADS": str(threads_of_each(self._places))} | environment
        process = subprocess.Popen(
            words,
            env=environment,
            pass_fds=() if self._lock is None else (self._lock,),
            stdout=subprocess.PIPE if self._places > 1 else None,
            stderr=subprocess.PIPE if self._places > 1 else None,
            text=True,
            errors="replace",
        )
        self._at_work.append(_AtWork(step, process))

    def next_end(self) -> tuple[Step, int, float]:
        """Wait for one to end: the step, its exit code, and the seconds that it took.

        The code is 128 plus the signal's number where a signal ended it, as a shell says it. Ctrl-C reaches the steps
        as well as us; they end in good order, and we wait for them.

        Raises:
            ValueError: none was begun.
        """
        if not self._at_work:
            raise ValueError("there is no step to wait for: those that are left wait for one another")
        while True:
            try:
                for one in self._at_work:
                    if one.process.poll() is not None:
                        one.listen_to_the_end()
                        self._at_work.remove(one)
                        code = one.process.returncode
                        return one.step, 128 - code if code < 0 else code, time.monotonic() - one.began
                time.sleep(_BETWEEN_LOOKS)
            except KeyboardInterrupt:
                continue

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        self._told = number
        for one in self._at_work:
            one.process.send_signal(number)


class _AtWork:
    """A process, and who passes on what it says."""

    def __init__(self, step: Step, process: subprocess.Popen[str]) -> None:
        self.step, self.process, self.began = step, process, time.monotonic()
        pairs = ((process.stdout, sys.stdout), (process.stderr, sys.stderr))
        self._ears = [threading.Thread(target=self._listen, args=pair, daemon=True) for pair in pairs if pair[0]]
        for ear in self._ears:
            ear.start()

    def _listen(self, source: IO[str], target: IO[str]) -> None:
        for line in source:
            # In one piece, so that no other step's words come in between.
            target.write(f"{self.step.name} | {line.rstrip()}\n")
            target.flush()

    def listen_to_the_end(self) -> None:
        for ear in self._ears:
            ear.join(_LAST_WORDS)
