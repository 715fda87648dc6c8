"""`benchmarks/latest.json` as a picture for the README."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from storage.files import replacing

matplotlib.use("Agg")  # no screen is needed
matplotlib.rcParams["svg.hashsalt"] = "mien"  # the same figures give the same file

COLOURS = {"mien": "#7048e8", "face-api": "#868e96", "human": "#ced4da"}


def save_picture(path: Path, figures: dict[str, Any]) -> None:
    """Three groups of bars: milliseconds a picture, megabytes fetched, seconds to the first reading; less is better."""
    drawing = Figure(figsize=(10, 3.2), layout="constrained")
    frames, start = figures["frame_ms"], figures["start"]
    groups = (
        ("ms a picture, by faces", {f"{n}": {p: frames[n][p]["median"] for p in COLOURS} for n in frames}),
        ("MB fetched (Brotli)", {"": {p: start[p]["brotli_megabytes"] for p in COLOURS}}),
        ("s to the first reading", {k: {p: start[p][f"{k}_ms"] / 1000 for p in COLOURS} for k in ("cold", "cached")}),
    )
    for axes, (title, rows) in zip(drawing.subplots(1, 3), groups, strict=True):
        for index, (product, colour) in enumerate(COLOURS.items()):
            places = [row + 0.27 * (index - 1) for row in range(len(rows))]
            bars = axes.bar(places, [row[product] for row in rows.values()], 0.25, color=colour, label=product)
            axes.bar_label(bars, fmt="%.3g", fontsize=8)
        axes.set_xticks(range(len(rows)), list(rows))
        axes.set_title(title, fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
    drawing.legend(*drawing.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    drawing.patch.set_facecolor("white")
    with replacing(path) as temporary:
        drawing.savefig(temporary, format="svg", metadata={"Date": None})
