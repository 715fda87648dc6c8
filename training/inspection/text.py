"""Findings for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from training.inspection.findings import Findings, Item, across_splits, conflicting, copies

EXAMPLES = 5


def as_text(found: Findings) -> str:
    """Tables of counts, then what is doubled, contradictory, unreadable or left out, with a few examples of each."""
    lines = [f"{found.name} in {found.root}: {len(found.items):,} samples", ""]
    for name, table in found.tables.items():
        lines += [*_table(name, table), ""]
    lines += _groups("the same", found.same, found.root)
    if found.near:
        lines += _groups("nearly the same", found.near, found.root)
    for title, files in (("do not decode", found.unreadable), ("are left out", found.skipped)):
        lines.append(f"{len(files):,} files {title}" + ("" if files else "."))
        reasons = Counter(reason.replace(str(path), path.name) for path, reason in files)
        if len(reasons) < len(files):
            lines += [f"    {count:,}: {reason}" for reason, count in reasons.most_common(EXAMPLES)]
        else:
            lines += [f"    {_relative(path, found.root)}: {reason}" for path, reason in files[:EXAMPLES]]
    return "\n".join(lines)


def _table(name: str, table: Mapping[str, Mapping[str, int]]) -> list[str]:
    columns = list(next(iter(table.values())))
    first = max(len(name), *(len(row) for row in table))
    widths = [max(len(column), *(len(f"{cells[column]:,}") for cells in table.values())) for column in columns]
    head = "  ".join(column.rjust(width) for column, width in zip(columns, widths, strict=True))
    lines = [f"{name.ljust(first)}  {head}"]
    for row, cells in table.items():
        values = "  ".join(f"{cells[column]:,}".rjust(width) for column, width in zip(columns, widths, strict=True))
        lines.append(f"{row.ljust(first)}  {values}")
    return lines


def _groups(what: str, groups: list[list[Item]], root: Path) -> list[str]:
    if not groups:
        return [f"No two samples are {what}."]
    crossing, contradictory = across_splits(groups), conflicting(groups)
    return [
        f"{copies(groups):,} samples are {what} as another one, in {len(groups):,} groups;",
        f"    {len(crossing):,} groups lie across splits,",
        *_examples(crossing, root),
        f"    {len(contradictory):,} have different labels.",
        *_examples(contradictory, root),
    ]


def _examples(groups: list[list[Item]], root: Path) -> list[str]:
    return [
        "        " + ", ".join(f"{_relative(item.path, root)} ({item.split}, {item.label})" for item in group[:4])
        for group in groups[:EXAMPLES]
    ]


def _relative(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
