"""What was found in a dataset, in one form for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Item:
    """One sample: ``label`` is what it is trained to say, ``split`` where it belongs (a fold counts as one)."""

    path: Path
    label: str
    split: str


@dataclass(frozen=True)
class Findings:
    """What `inspect` says of one dataset.

    ``tables`` are counts: by name of the table, by row, by column. ``same`` are groups of two samples or more that are
    the same picture or sound, ``near`` such as only look alike; both are sorted by their first path.
    """

    name: str
    root: Path
    items: list[Item]
    tables: Mapping[str, Mapping[str, Mapping[str, int]]]
    same: list[list[Item]]
    near: list[list[Item]] = field(default_factory=list)
    unreadable: list[tuple[Path, str]] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)

    def summary(self) -> dict[str, int]:
        """The numbers that decide whether figures from this dataset mean anything."""
        numbers = {
            "samples": len(self.items),
            "unreadable": len(self.unreadable),
            "left_out": len(self.skipped),
            "same_groups": len(self.same),
            "same_copies": copies(self.same),
            "same_groups_across_splits": len(across_splits(self.same)),
            "same_groups_with_conflicting_labels": len(conflicting(self.same)),
        }
        if self.near:
            numbers |= {
                "near_groups": len(self.near),
                "near_copies": copies(self.near),
                "near_groups_across_splits": len(across_splits(self.near)),
            }
        return numbers


def copies(groups: Iterable[list[Item]]) -> int:
    """Samples beyond the first of each group."""
    return sum(len(group) - 1 for group in groups)


def across_splits(groups: Iterable[list[Item]]) -> list[list[Item]]:
    """Groups that lie in more than one split."""
    return [group for group in groups if len({item.split for item in group}) > 1]


def conflicting(groups: Iterable[list[Item]]) -> list[list[Item]]:
    """Groups whose members have different labels."""
    return [group for group in groups if len({item.label for item in group}) > 1]


def grouped(items: Iterable[tuple[object, Item]]) -> list[list[Item]]:
    """Items with an equal key, where there are two or more of them."""
    by_key: dict[object, list[Item]] = {}
    for key, item in items:
        by_key.setdefault(key, []).append(item)
    groups = [sorted(group, key=lambda item: item.path) for group in by_key.values() if len(group) > 1]
    return sorted(groups, key=lambda group: group[0].path)


def counts(pairs: Iterable[tuple[str, str]], rows: Iterable[str], columns: Iterable[str]) -> dict[str, dict[str, int]]:
    """A table of how often (row, column) occurs, with a row of totals."""
    found = Counter(pairs)
    names = list(columns)
    table = {row: {column: found[row, column] for column in names} for row in rows}
    return table | {"all": {column: sum(cells[column] for cells in table.values()) for column in names}}
