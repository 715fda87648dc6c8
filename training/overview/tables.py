"""Tables of the report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from training.datasets import ravdess
from training.overview import texts


def table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    """A table of text that is escaped here; the first cell of a row is its head, the others are numbers.

    A row of one cell is the heading of those that follow.
    """
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>'
        if len(row) > 1
        else f'<tr class="part"><th scope="rowgroup" colspan="{len(head)}">{escape(row[0])}</th></tr>'
        for row in rows
    )
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<div class="wide"><table>{said}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def facts(pairs: Sequence[tuple[str, str]]) -> str:
    """Names with what they are, one below the other."""
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(value)}</dd>' for name, value in pairs)}</dl>"


def figure_table(rows: Mapping[str, Mapping[str, Any]], kind: str, caption: str) -> str:
    """A table of figures by group; columns that are no plain numbers, such as intervals, are left out.

    Args:
        rows: By group, figures by name.
        kind: What a row is.
        caption: What the table shows.
    """
    columns = list(dict.fromkeys(name for row in rows.values() for name, value in row.items() if _is_number(value)))
    head = [kind, *(texts.COLUMNS.get(name, name.replace("_", " ")) for name in columns)]
    lines = [[name, *(number(column, row.get(column)) for column in columns)] for name, row in rows.items()]
    return table(head, lines, caption)


def group_tables(metrics: Mapping[str, Any]) -> list[str]:
    """The tables that a spec's metrics hold."""
    made = []
    for key, (caption, kind) in texts.GROUPS.items():
        rows = as_rows(key, metrics.get(key))
        if rows:
            made.append(figure_table(rows, kind, caption))
    return made


def as_rows(key: str, value: Any) -> dict[str, dict[str, Any]]:
    """Groups by name, from {group: {figure}}, {group: UAR} or {kind: {group: {figure}}}."""
    if not isinstance(value, Mapping) or not value:
        return {}
    if key == "recall_by_sex":
        emotions = dict.fromkeys(emotion for row in value.values() for emotion in row)
        return {emotion: {sex: row.get(emotion) for sex, row in value.items()} for emotion in emotions}
    rows: dict[str, dict[str, Any]] = {}
    for name, row in value.items():
        if not isinstance(row, Mapping):
            rows[_fold(str(name))] = {"uar": row}
        elif any(isinstance(cell, Mapping) for cell in row.values()):
            rows |= {f"{name} {group}": dict(cells) for group, cells in row.items()}
        else:
            rows[str(name)] = dict(row)
    return dict(sorted(rows.items(), key=_loudness)) if key == "by_snr" else rows


def _loudness(row: tuple[str, Any]) -> float:
    """Rows from no noise to the loudest: "no noise", "20 dB", "5 dB"."""
    number, _, unit = row[0].partition(" ")
    return -float(number) if unit == "dB" else -math.inf


def _fold(name: str) -> str:
    """A round of RAVDESS by its actors."""
    if not name.startswith("fold-") or not name[5:].isdigit():
        return name
    first = int(name[5:]) * ravdess.ACTORS_PER_FOLD + 1
    return f"actors {first} to {first + ravdess.ACTORS_PER_FOLD - 1}"


def number(name: str, value: Any) -> str:
    """A figure as people write it: counts, years, or per cent."""
    if not _is_number(value):
        return "–"
    if name == "n":
        return f"{value:,}"
    if name.startswith(texts.YEARS):
        return f"{value:+.1f} years" if "bias" in name or "difference" in name else f"{value:.1f} years"
    return f"{100 * value:+.1f} points" if name.endswith("_difference") else f"{100 * value:.1f} %"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
