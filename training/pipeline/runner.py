"""Runs the steps that are not done yet, some side by side, and keeps the journal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from training.errors import DataError
from training.pipeline.journal import Entry, Journal, changed
from training.pipeline.side_by_side import SideBySide
from training.pipeline.steps import Places, Step

INTERRUPTED = 130


def run_all(steps: Sequence[Step], places: Places, journal: Journal, together: int = 1) -> int:
    """Run what is to be run. Returns 0, or the exit code of the step that failed; the journal is written at each turn.

    Args:
        steps: In an order in which each comes after those that it waits for.
        places: Where things lie.
        journal: What was done before.
        together: So many steps at most run side by side. Where one fails, no other is begun, and those that run come to
            their end.

    Raises:
        DataError: another command is at work in the same folder, or what a step needs is not there.
    """
    waiting = list(enumerate(steps, 1))
    failed: tuple[Step, int] | None = None
    with _alone(places.runs) as lock, SideBySide(together, lock) as side:
        while waiting or side.running:
            under_way = {step.name for step in side.running} | {step.name for _, step in waiting}
            due = next((turn for turn in waiting if not under_way & set(turn[1].after)), None)
            if due is None or len(side.running) == together:
                step, code, seconds = side.next_end()
                _note(step, code, seconds, journal)
                if code:
                    waiting, failed = [], failed or (step, code)
                continue
            waiting.remove(due)
            number, step = due
            inputs = step.inputs()
            entry = journal.steps.get(step.name)
            why = _why(step, entry, inputs)
            print(f"\n=== {number}/{len(steps)}  {step.name}: {why or 'done before'} ===", flush=True)
            if why is None:
                continue
            if entry is None or entry.inputs != inputs:
                entry = Entry(inputs)
            side.begin(step, _words(step, entry, places, journal))
    if failed is None:
        return 0
    _say_how_to_go_on(*failed)
    return failed[1]


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


def _words(step: Step, entry: Entry, places: Places, journal: Journal) -> list[str]:
    """The step's command, and a journal that knows that it was begun."""
    words = list(step.command)
    if step.trains is not None and _holds_a_run(places.run(step.trains)):
        if journal.steps.get(step.name) is entry:
            words.append("--resume")
        else:
            _set_aside(places.run(step.trains))
    entry.outputs, entry.command = None, words
    entry.sittings += 1
    journal.steps[step.name] = entry
    # Written before the step begins: a run folder whose journal entry has other inputs is never gone on with.
    journal.save()
    return words


def _note(step: Step, code: int, seconds: float, journal: Journal) -> None:
    """Writes down how a step ended."""
    entry = journal.steps[step.name]
    entry.seconds = round(entry.seconds + seconds, 1)
    if code == 0:
        entry.outputs = step.outputs()
        entry.finished = datetime.now().astimezone().isoformat(timespec="seconds")
    journal.save()
    print(f"--- {step.name}: {'done' if code == 0 else f'ended with {code}'} after {clock(seconds)} ---", flush=True)


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
