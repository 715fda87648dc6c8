"""The plots that a card links to: small SVG files, drawn from a spec's metrics, beside the models in `docs/cards`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from storage.files import replacing

FOLDER = Path("docs") / "cards"
"""Beside the folder of the models, so that what a visitor fetches stays small."""

INK, PAPER, LINE, ACCENT = "#1d2430", "#ffffff", "#c9d1dc", "#2563c4"
CELL = 56
MARGIN_LEFT, MARGIN_TOP = 92, 34
PLOT = 320
"""Side of a diagram's area in pixels."""


def is_own(spec: Mapping[str, Any]) -> bool:
    """Whether the network was trained on somebody's own data (`mien-train --own`)."""
    return bool(spec.get("training", {}).get("own_data"))


def plots_of(spec: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """By file name, what each plot shows and its SVG; those whose figures are in the metrics.

    A network of somebody's own data has none: the folder holds those of the networks that ship.
    """
    metrics, task = spec.get("metrics") or {}, spec["task"]
    plots: dict[str, tuple[str, str]] = {}
    if is_own(spec):
        return plots
    if "confusion" in metrics:
        plots[f"{task}-confusion.svg"] = (
            "Confusion matrix: rows are the truth, shares of the row",
            confusion_svg(metrics["confusion"]["labels"], metrics["confusion"]["counts"]),
        )
    if "reliability" in metrics:
        plots[f"{task}-reliability.svg"] = (
            "Reliability: how often the top label is right at each confidence",
            reliability_svg(metrics["reliability"]),
        )
    decades = {name: row for name, row in metrics.get("by_group", {}).items() if name.startswith("age ")}
    if decades and all("age_mae" in row for row in decades.values()):
        plots[f"{task}-age-error.svg"] = ("Mean absolute error of age by decade, in years", age_error_svg(decades))
    return plots


def write_plots(models: Path, spec: Mapping[str, Any]) -> None:
    """Draws a spec's plots into the folder beside the models; each file is whole or not there."""
    for name, (_, drawing) in plots_of(spec).items():
        with replacing(models.resolve().parent / FOLDER / name) as temporary:
            temporary.write_text(drawing, encoding="utf-8")


def confusion_svg(labels: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """A square a pair of labels, the darker the greater its share of the row, with share and count."""
    side = CELL * len(labels)
    parts = [_text(MARGIN_LEFT + side / 2, 14, "predicted", "middle")]
    for i, (label, row) in enumerate(zip(labels, counts, strict=True)):
        parts.append(_text(MARGIN_LEFT - 6, MARGIN_TOP + (i + 0.5) * CELL + 4, label, "end"))
        parts.append(_text(MARGIN_LEFT + (i + 0.5) * CELL, MARGIN_TOP - 6, label, "middle"))
        for k, count in enumerate(row):
            share = count / max(sum(row), 1)
            x, y = MARGIN_LEFT + k * CELL, MARGIN_TOP + i * CELL
            ink = PAPER if share > 0.5 else INK
            parts.append(
                f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill="{ACCENT}" fill-opacity="{share:.3f}"/>'
            )
            parts.append(_text(x + CELL / 2, y + CELL / 2 - 1, f"{share:.0%}", "middle", ink))
            parts.append(_text(x + CELL / 2, y + CELL / 2 + 13, f"{count:,}", "middle", ink, 10))
    return _svg(MARGIN_LEFT + side + 12, MARGIN_TOP + side + 12, parts, "Confusion matrix")


def reliability_svg(bins: Sequence[Mapping[str, float]]) -> str:
    """Accuracy over confidence, each bin a disc whose area is its n; the diagonal is perfect calibration."""
    parts = [*_axes("confidence", "share right", [0, 0.25, 0.5, 0.75, 1], [0, 0.25, 0.5, 0.75, 1], "{:.2g}")]
    parts.append(f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="{INK}" stroke-dasharray="4 4"/>')
    most = max(one["n"] for one in bins)
    for one in bins:
        radius = 3 + 9 * (one["n"] / most) ** 0.5
        parts.append(
            f'<circle cx="{_x(one["confidence"])}" cy="{_y(one["accuracy"])}" r="{radius:.1f}" fill="{ACCENT}" '
            f'fill-opacity="0.75"><title>n = {one["n"]:,}</title></circle>'
        )
    return _svg(MARGIN_LEFT + PLOT + 16, MARGIN_TOP + PLOT + 48, parts, "Reliability diagram")


def age_error_svg(decades: Mapping[str, Mapping[str, float]]) -> str:
    """A bar a decade: mean absolute error in years, n below."""
    top = max(5.0, *(row["age_mae"] for row in decades.values()))
    ticks = [top * i / 4 for i in range(5)]
    parts = [*_axes("age (n)", "mean absolute error in years", [], [tick / top for tick in ticks], "{:.1f}", top)]
    step = PLOT / len(decades)
    for i, (name, row) in enumerate(decades.items()):
        height = PLOT * row["age_mae"] / top
        x = MARGIN_LEFT + i * step
        parts.append(
            f'<rect x="{x + 3:.1f}" y="{MARGIN_TOP + PLOT - height:.1f}" width="{step - 6:.1f}" height="{height:.1f}" '
            f'fill="{ACCENT}"/>'
        )
        first = name.removeprefix("age ").partition(" ")[0]
        parts.append(_text(x + step / 2, MARGIN_TOP + PLOT + 14, f"{first}+", "middle"))
        parts.append(_text(x + step / 2, MARGIN_TOP + PLOT + 27, f"{row['n']:,}", "middle", size=10))
        parts.append(_text(x + step / 2, MARGIN_TOP + PLOT - height - 4, f"{row['age_mae']:.1f}", "middle", size=10))
    return _svg(MARGIN_LEFT + PLOT + 16, MARGIN_TOP + PLOT + 48, parts, "Age error by decade")


def _axes(
    x_title: str, y_title: str, across: Sequence[float], up: Sequence[float], form: str, scale: float = 1.0
) -> list[str]:
    """Frame, grid and numbers; `across` and `up` are shares of the area."""
    parts = [f'<rect x="{MARGIN_LEFT}" y="{MARGIN_TOP}" width="{PLOT}" height="{PLOT}" fill="none" stroke="{LINE}"/>']
    for share in up:
        parts.append(f'<path d="M{MARGIN_LEFT} {_y(share)}h{PLOT}" stroke="{LINE}"/>')
        parts.append(_text(MARGIN_LEFT - 6, float(_y(share)) + 4, form.format(share * scale), "end"))
    for share in across:
        parts.append(_text(float(_x(share)), MARGIN_TOP + PLOT + 16, form.format(share), "middle"))
    parts.append(_text(MARGIN_LEFT + PLOT / 2, MARGIN_TOP + PLOT + 42, x_title, "middle"))
    parts.append(_text(MARGIN_LEFT, MARGIN_TOP - 12, y_title, "start"))
    return parts


def _x(share: float) -> str:
    return f"{MARGIN_LEFT + PLOT * share:.1f}"


def _y(share: float) -> str:
    return f"{MARGIN_TOP + PLOT * (1 - share):.1f}"


def _text(x: float, y: float, text: str, anchor: str, colour: str = INK, size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{escape(text)}</text>'
    )


def _svg(width: float, height: float, parts: Sequence[str], title: str) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" font-family="system-ui, sans-serif">',
            f"<title>{escape(title)}</title>",
            f'<rect width="100%" height="100%" fill="{PAPER}"/>',
            *parts,
            "</svg>\n",
        ]
    )
