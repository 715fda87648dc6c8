"""Where the history of a later course of training lies, or of a teacher, and how one follows another. Without Keras."""

from __future__ import annotations


def folder_of(number: int) -> str:
    """Of the later course of that number, from 1 on, within the run folder of the first."""
    return f"again-{number}"


def teacher_folder(name: str) -> str:
    """Of a teacher, likewise: a wider network whose opinions a later course learns from, too."""
    return f"teacher-{name}"


def one_after_another(first: list[dict[str, float]], second: list[dict[str, float]]) -> list[dict[str, float]]:
    """The history of both courses, with the epochs numbered through."""
    return first + [record | {"epoch": record["epoch"] + len(first)} for record in second]
