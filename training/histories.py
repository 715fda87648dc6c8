"""Where the history of a later course of training lies, and how it follows the one before. Without Keras."""

from __future__ import annotations


def folder_of(number: int) -> str:
    """Of the later course of that number, from 1 on, within the run folder of the first."""
    return f"again-{number}"


def one_after_another(first: list[dict[str, float]], second: list[dict[str, float]]) -> list[dict[str, float]]:
    """The history of both courses, with the epochs numbered through."""
    return first + [record | {"epoch": record["epoch"] + len(first)} for record in second]
