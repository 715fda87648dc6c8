"""Runs the steps that are not done yet, one after another, and keeps the journal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from training.errors import DataError
from training.pipeline.journal import Entry, Journal, changed
from training.pipeline.steps import Places, Step

INTERRUPTED = 130


def run_all(steps: Sequence[Step], places: Places, journal: Journal) -> int:
    """Run what is to be run. Returns 0, or the exit code of the step that failed; the journal is written at each turn.

    Raises:
        DataError: another command is at work in the same folder, or what a step needs is not there.
    """
    with _alone(places.runs) as lock:
        for number, step in enumerate(steps, 1):
            inputs = step.inputs()
            entry = journal.steps.get(step.name)
            why = _why(step, entry, inputs)
            print(f"\n=== {number}/{len(steps)}  {step.name}: {why or 'done before'} ===", flush=True)
            if why is None:
                continue
            if entry is None or entry.inputs != inputs:
                entry = Entry(inputs)
            code = _run(step, entry, places, journal, lock)
            if code:
                _say_how_to_go_on(step, code)
                return code
    return 0


def _why(step: Step, entry: Entry | None, inputs: dict[str, str]) -> str | None:
    """Why a step is to be run; None where it is done, on the same inputs, and its results are as it left them."""
    if entry is None:
        return "to be done"
    if differences := changed(entry.inputs, inputs):
        return f"again, for {' and '.join(differences)} changed"
    if entry.outputs is None:
        return "going on"
    if differences := changed(entry.outputs, step.outputs()):
        return f"again, for its results ({', '.join(differences)}) are not as it left them"
    return None


def _run(step: Step, entry: Entry, places: Places, journal: Journal, lock: int | None) -> int:
    words = list(step.command)
    known = journal.steps.get(step.name)
    if step.trains is not None and _holds_a_run(places.run(step.trains)):
        if known is entry:
            words.append("--resume")
        else:
            _set_aside(places.run(step.trains))
    entry.outputs, entry.command = None, words
    entry.sittings += 1
    journal.steps[step.name] = entry
    # Written before the step begins: a run folder whose journal entry has other inputs is never gone on with.
    journal.save()
    began = time.monotonic()
    environment = {name: value for name, value in os.environ.items() if name not in step.without}
    code = _wait(subprocess.Popen(words, env=environment, pass_fds=() if lock is None else (lock,)))
    took = time.monotonic() - began
    entry.seconds = round(entry.seconds + took, 1)
    if code == 0:
        entry.outputs = step.outputs()
        entry.finished = datetime.now().astimezone().isoformat(timespec="seconds")
    journal.save()
    print(f"--- {step.name}: {'done' if code == 0 else f'ended with {code}'} after {clock(took)} ---", flush=True)
    return code


def _wait(process: subprocess.Popen[bytes]) -> int:
    """The exit code; 128 plus the signal's number where one ended it, as a shell says it.

    Ctrl-C reaches the step as well as us; it ends in good order, and we wait for it. A request to end is passed on.
    """

    def pass_on(number: int, _: object) -> None:
        process.send_signal(number)

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        while True:
            try:
                code = process.wait()
                break
            except KeyboardInterrupt:
                continue
    finally:
        signal.signal(signal.SIGTERM, before)
    return 128 - code if code < 0 else code


def _holds_a_run(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _set_aside(folder: Path) -> None:
    """A run on other inputs, or one that the journal does not know, is kept beside: it may be hours of work."""
    places = (folder.with_name(f"{folder.name}.{number}") for number in count(1))
    aside = next(place for place in places if not place.exists())
    folder.rename(aside)
    print(f"{folder} held a run on other inputs, or of another command: it lies in {aside} now", flush=True)


def _say_how_to_go_on(step: Step, code: int) -> None:
    what = "was interrupted" if code == INTERRUPTED else f"ended with exit code {code}; what it said stands above"
    print(
        f'\nmien-models: the step "{step.name}" {what}. The steps before it are done and stay so. '
        "The same command goes on from here.",
        file=sys.stderr,
        flush=True,
    )


@contextmanager
def _alone(runs: Path) -> Iterator[int | None]:
    """Holds a lock on the folder. Steps inherit it, so that one that outlives a killed command still holds it.

    Raises:
        DataError: another command, or a step that it left behind, holds it.
    """
    runs.mkdir(parents=True, exist_ok=True)
    if os.name == "nt":
        yield None
        return
    import fcntl

    lock = os.open(runs / ".models.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataError(
                f"another mien-models, or a step that one left behind, is at work in {runs}: wait for it or end it"
            ) from None
        yield lock
    finally:
        os.close(lock)


def clock(seconds: float) -> str:
    """A length of time as people write it: "42 s", "3 min 05 s", "2 h 07 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
