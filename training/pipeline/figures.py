"""The figures of the summary: of what was made, beside those of what shipped before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One figure of a task; ``unit`` is "%" for shares, which are shown in points, or "years"."""

    key: str
    name: str
    unit: str
    greater_is_better: bool


FIGURES: Mapping[str, Sequence[Figure]] = {
    "face-emotion": (
        Figure("accuracy", "accuracy", "%", True),
        Figure("macro_f1", "macro F1", "%", True),
        Figure("uar", "unweighted average recall", "%", True),
        Figure("ece", "calibration error", "%", False),
    ),
    "face-age-gender": (
        Figure("age_mae", "mean error of age", "years", False),
        Figure("gender_accuracy", "accuracy of gender", "%", True),
        Figure("age_interval_coverage", "coverage of the age interval", "%", True),
    ),
    "speech-emotion": (
        Figure("cv_uar", "unweighted average recall, new speakers", "%", True),
        Figure("cv_accuracy", "accuracy, new speakers", "%", True),
        Figure("ece", "calibration error", "%", False),
    ),
    "voice-activity": (
        Figure("miss_rate", "speech missed", "%", False),
        Figure("false_alarm_rate", "false alarms", "%", False),
        Figure("onset_within_300_ms", "heard within 300 ms", "%", True),
    ),
}
"""Coverage is best at the 90 % that the interval promises; more is no better, but less is worse."""


@dataclass(frozen=True)
class Row:
    """One line of the summary; None where a figure was not measured."""

    task: str
    figure: Figure
    ours: float | None
    shipped: float | None
    interval: tuple[float, float] | None = None

    @property
    def difference(self) -> float | None:
        """Ours less shipped."""
        return None if self.ours is None or self.shipped is None else self.ours - self.shipped


def shipped_figures(models: Path, tasks: Iterable[str]) -> dict[str, dict[str, Any]]:
    """By task, the metrics in the specs of the converted models; nothing for a task without a spec."""
    found = {}
    for task in tasks:
        try:
            spec = json.loads((models / task / "spec.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        found[task] = {"version": spec.get("version"), "metrics": spec.get("metrics") or {}}
    return found


def rows(ours: Mapping[str, Any], shipped: Mapping[str, Any], tasks: Iterable[str]) -> list[Row]:
    """The summary of these tasks, from what `shipped_figures` gave for each of the two."""
    table = []
    for task in tasks:
        mine, theirs = (one.get(task, {}).get("metrics", {}) for one in (ours, shipped))
        for figure in FIGURES.get(task, ()):
            interval = mine.get(f"{figure.key}_interval")
            table.append(
                Row(task, figure, mine.get(figure.key), theirs.get(figure.key), tuple(interval) if interval else None)
            )
    return table


def shown(value: float | None, unit: str) -> str:
    """A figure for people: "66.5 %", "5.10 years"."""
    if value is None:
        return "not measured"
    return f"{100 * value:.1f} %" if unit == "%" else f"{value:.2f} {unit}"


def shown_difference(row: Row) -> str:
    """ "+0.3 points", "-0.12 years"; a dash where there is nothing to compare."""
    if row.difference is None:
        return "–"
    return f"{100 * row.difference:+.1f} points" if row.figure.unit == "%" else f"{row.difference:+.2f} years"


def as_text(table: Sequence[Row]) -> str:
    """The summary for the terminal."""
    cells = [("task", "figure", "ours", "shipped", "difference")]
    for row in table:
        unit = row.figure.unit
        cells.append(
            (row.task, row.figure.name, shown(row.ours, unit), shown(row.shipped, unit), shown_difference(row))
        )
    widths = [max(len(line[i]) for line in cells) for i in range(5)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    )
