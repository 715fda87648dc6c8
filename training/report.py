"""Plots of a run: curves, confusion matrix, reliability."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from storage.files import replacing
from training.evaluation import ECE_BINS, confusion, reliability

matplotlib.use("Agg")  # no screen is needed


def save_curves(
    folder: Path, history: Sequence[dict[str, float]], losses: Sequence[str], figures: Sequence[str]
) -> None:
    """``curves.png``: losses beside figures over the epochs."""
    drawing = Figure(figsize=(10, 4), layout="constrained")
    for axes, names, title in zip(drawing.subplots(1, 2), (losses, figures), ("loss", "validation"), strict=True):
        for name in names:
            axes.plot([record["epoch"] for record in history], [record[name] for record in history], label=name)
        axes.set(xlabel="epoch", title=title)
        axes.grid(alpha=0.3)
        if names:
            axes.legend()
    _save(drawing, folder / "curves.png")


def save_confusion(
    path: Path, labels: NDArray[np.integer], predictions: NDArray[np.integer], names: Sequence[str]
) -> None:
    """Confusion matrix: rows the truth, each row's shares and counts."""
    counts = confusion(labels, predictions, len(names))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    drawing = Figure(figsize=(1.0 + 0.8 * len(names), 0.8 + 0.75 * len(names)), layout="constrained")
    axes = drawing.subplots()
    axes.imshow(shares, vmin=0, vmax=1, cmap="Blues")
    for row, column in np.ndindex(counts.shape):
        dark = shares[row, column] > 0.5
        text = f"{shares[row, column]:.0%}\n{counts[row, column]}"
        axes.text(column, row, text, ha="center", va="center", fontsize=7, color="white" if dark else "black")
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="predicted", ylabel="true")
    _save(drawing, path)


def save_reliability(path: Path, labels: NDArray[np.integer], probabilities: NDArray[np.floating]) -> None:
    """Reliability diagram: how often the top label is right at each confidence, and how many cases there are."""
    bins = reliability(labels, probabilities)
    drawing = Figure(figsize=(5, 5.5), layout="constrained")
    upper, lower = drawing.subplots(2, 1, height_ratios=[4, 1], sharex=True)
    upper.plot([0, 1], [0, 1], color="grey", linestyle="--", linewidth=1)
    upper.plot([one["confidence"] for one in bins], [one["accuracy"] for one in bins], marker="o")
    upper.set(ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    upper.grid(alpha=0.3)
    lower.hist(probabilities.max(axis=1), bins=list(np.linspace(0, 1, ECE_BINS + 1)))
    lower.set(xlabel="confidence", ylabel="cases")
    _save(drawing, path)


def _save(drawing: Figure, path: Path) -> None:
    with replacing(path) as temporary:
        drawing.savefig(temporary, dpi=110)
