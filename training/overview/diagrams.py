"""The drawings of one model: learning curves, confusion matrices, reliability."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from training.evaluation import class_figures, confusion, ece, reliability
from training.overview import svg
from training.overview.content import History, Model
from training.overview.svg import Drawing, Line
from training.overview.tables import figure_table

NOT_DRAWN = ("epoch", "seconds", "val_score")
"""The score only weighs the other figures against each other."""

NAMES = {
    "loss": "training",
    "val_loss": "validation",
    "val_accuracy": "accuracy on validation",
    "val_age_mae": "mean error of age on validation, in years",
    "val_gender_accuracy": "accuracy of gender on validation",
}


def learning_curves(model: Model) -> list[str]:
    """A drawing for the loss, and one for each figure of validation."""
    if set(model.histories) == {""}:
        return list(_of_one(model.histories[""], model.kept_from))
    if model.histories:
        return [_of_many(model)]
    return []


def _of_one(history: History, kept_from: int) -> Iterator[str]:
    names = [name for name in history[-1] if name not in NOT_DRAWN]
    losses = [name for name in names if name in ("loss", "val_loss")]
    best = _best_epoch(history[kept_from:])
    lines = [
        Line(NAMES[name], _points(history, name), style) for name, style in zip(losses, ("one", "two"), strict=False)
    ]
    yield _figure(svg.curves("Loss by epoch", lines, best), "Loss by epoch", lines)
    for name in names:
        if name not in losses:
            shown = NAMES.get(name, name.removeprefix("val_").replace("_", " ") + " on validation")
            points = _points(history, name)
            share = "mae" not in name and "loss" not in name and all(0 <= value <= 1 for _, value in points)
            drawing = svg.curves(f"{shown} by epoch", [Line(shown, points)], best, percent=share)
            yield _figure(drawing, f"{shown[0].upper()}{shown[1:]} by epoch")


def _best_epoch(history: History) -> float | None:
    """The epoch whose weights were kept: greatest in the figure by which training judges."""
    for judge in ("val_score", "val_accuracy"):
        if all(judge in record for record in history):
            return max(history, key=lambda record: record[judge])["epoch"]
    return None


def _of_many(model: Model) -> str:
    """Several networks of one task: the rounds, the random split and the one that ships."""
    looks = {"all": "one", "random": "dashed"}
    lines = [
        Line(name or "the network", _points(history, "loss"), looks.get(name.partition("/")[0], "thin"))
        for name, history in sorted(model.histories.items(), key=lambda item: item[0].startswith("all"))
    ]
    legend = [
        Line(text, (), style)
        for style, text in (
            ("one", "all actors: the one that ships"),
            ("thin", "a round of held-out actors each"),
            ("dashed", "random split, for comparison"),
        )
        if any(line.style == style for line in lines)
    ]
    title = f"Training's loss by epoch, of {len(lines)} networks"
    return _figure(svg.curves(title, lines), title, legend)


def _points(history: History, name: str) -> list[tuple[float, float]]:
    return [(record["epoch"], record[name]) for record in history if math.isfinite(record.get(name, math.nan))]


def answers(model: Model) -> list[str]:
    """For each categorical output confusion matrix, reliability diagram and figures by label, over the test cases."""
    parts = []
    for output, predictions in model.predictions.items():
        if not predictions.categorical:
            continue
        labels = model.labels(output)
        top = predictions.values.argmax(axis=1)
        counts = confusion(predictions.labels, top, len(labels)).tolist()
        bins = reliability(predictions.labels, predictions.values)
        error = ece(predictions.labels, predictions.values)
        drawings = [
            _figure(
                svg.confusion(labels, counts, f"Confusion matrix of {output}"),
                f"Confusion matrix of {output}: rows are what the dataset says, columns what the model says; shares "
                "of the row, and counts. The more of it lies on the diagonal, the better.",
            ),
            _figure(
                svg.reliability(bins, f"Reliability of {output}"),
                "Reliability: on the dashed line the model is right as often as the confidence that it states. The "
                f"larger a disc, the more cases. Calibration error: {100 * error:.1f} points.",
            ),
        ]
        rows = class_figures(predictions.labels, top, labels)
        parts.append(f"<h3>What is taken for what: {escape(output)}</h3>")
        parts.append(f'<div class="drawings">{"".join(drawings)}</div>')
        parts.append(figure_table(rows, "label", f"By label, over {len(top):,} test cases"))
    return parts


def _figure(drawing: Drawing, caption: str, legend: Sequence[Line] = ()) -> str:
    entries = (
        "".join(f'<li class="{line.style}">{escape(line.name)}</li>' for line in legend) if len(legend) > 1 else ""
    )
    key = f'<ul class="key">{entries}</ul>' if entries else ""
    said = f"<figcaption>{escape(caption)}</figcaption>"
    return f'<figure style="width:{drawing.width}px">{drawing.markup}{key}{said}</figure>'
