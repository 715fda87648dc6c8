"""``runs/report.html``: all models on one page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from training.overview import texts
from training.overview.content import gather
from training.overview.mistakes import Files
from training.overview.model_section import section
from training.overview.style import STYLE
from training.overview.tables import table
from training.pipeline.figures import Row, rows, shipped_figures, shown, shown_difference
from training.pipeline.journal import Journal
from training.pipeline.runner import clock
from training.pipeline.steps import Places

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:"
"""Browsers then fetch nothing for the page, whatever stands in it."""

ONE_POINT = 0.01 + 1e-9


def write_page(places: Places, tasks: Sequence[str], journal: Journal) -> str:
    """The whole document."""
    shipped = journal.shipped
    files = Files(places.data)
    table_rows = rows(shipped_figures(places.models, tasks), shipped, tasks)
    when = f"{datetime.now().astimezone():%d %B %Y, %H:%M}"
    parts = [
        "<h1>How the models came out</h1>",
        f'<p class="soft">Written on {when}. It holds pictures and voices of the datasets\' people: keep it to '
        "yourself, as the datasets' terms ask.</p>",
        _contents(tasks),
        _summary(table_rows),
        *(section(gather(task, places), shipped, files) for task in tasks),
        _steps(journal),
        _glossary(),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>How the models came out</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _contents(tasks: Sequence[str]) -> str:
    links = [(task, texts.TITLES.get(task, task)) for task in tasks] + [("steps", "Steps"), ("words", "Words")]
    items = "".join(f'<li><a href="#{escape(place)}">{escape(name)}</a></li>' for place, name in links)
    return f"<nav><ul>{items}</ul></nav>"


def _summary(table_rows: Sequence[Row]) -> str:
    lines: list[list[str]] = []
    for task in dict.fromkeys(row.task for row in table_rows):
        lines.append([texts.TITLES.get(task, task)])
        for row in table_rows:
            if row.task == task:
                ours, theirs = shown(row.ours, row.figure.unit), shown(row.shipped, row.figure.unit)
                lines.append([row.figure.name, ours, theirs, shown_difference(row)])
    return (
        "<section><h2>In short</h2>"
        f"<p>{escape(_verdict(table_rows))}</p>"
        + table(["figure", "ours", "shipped", "difference"], lines)
        + "</section>"
    )


def _verdict(table_rows: Sequence[Row]) -> str:
    """How many of the figures that are shares came out as those that shipped, to a point; better ones count as well."""
    shares = [row for row in table_rows if row.figure.unit == "%" and row.difference is not None]
    absent = [row for row in table_rows if row.ours is None]
    near = [row for row in shares if _not_worse_by_a_point(row)]
    said = []
    if shares:
        said.append(
            f"{len(near)} of {len(shares)} figures given as shares are within one point of what shipped, or better."
        )
    worse = [row for row in shares if not _not_worse_by_a_point(row)]
    if worse:
        named = "; ".join(f"{row.task}, {row.figure.name} ({shown_difference(row)})" for row in worse)
        said.append(f"Worse by more than a point: {named}.")
    if absent:
        said.append(f"{len(absent)} figures were not measured on the converted files.")
    return " ".join(said) or "Nothing was measured yet."


def _not_worse_by_a_point(row: Row) -> bool:
    assert row.difference is not None
    return (row.difference if row.figure.greater_is_better else -row.difference) >= -ONE_POINT


def _steps(journal: Journal) -> str:
    lines = [
        [
            name,
            "done" if entry.done else "not done",
            clock(entry.seconds),
            str(entry.sittings),
            (entry.finished or "–").replace("T", " "),
        ]
        for name, entry in journal.steps.items()
    ]
    total = sum(entry.seconds for entry in journal.steps.values())
    words = "No step was run by mien-models yet."
    if lines:
        words = f"{clock(total)} in all, where steps ran side by side each with its own time."
    return (
        f'<section id="steps"><h2>Steps</h2><p>{escape(words)} A sitting ends when the command is stopped.</p>'
        + (table(["step", "state", "time", "sittings", "finished"], lines) if lines else "")
        + "</section>"
    )


def _glossary() -> str:
    terms = "".join(f"<dt>{escape(term)}</dt><dd>{escape(meaning)}</dd>" for term, meaning in texts.GLOSSARY)
    return f'<section id="words"><h2>Words</h2><dl>{terms}</dl></section>'
