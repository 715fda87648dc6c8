"""Where the history of a later course of training, or of a peer, lies, and how one follows another. Without Keras."""

from __future__ import annotations


def folder_of(number: int) -> str:
    """Of the later course of that number, from 1 on, within the run folder of the first."""
    return f"again-{number}"


def peer_folder(number: int) -> str:
    """Of the peer of that number, from 1 on, likewise: a network whose opinions a later course learns from, too."""
    return f"peer-{number}"


def one_after_another(first: list[dict[str, float]], second: list[dict[str, float]]) -> list[dict[str, float]]:
    """The history of both courses, with the epochs numbered through."""
    return first + [record | {"epoch": record["epoch"] + len(first)} for record in second]
