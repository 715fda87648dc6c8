"""Diagrams as inline SVG. Colours come from the page's style, so that they follow its theme and the printer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 460, 280
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 14, 40
CELL = 52
SIDE = 300
PALE, DARKER = 0.04, 0.46
"""Opacity of a cell of share 0, and what share 1 adds: so that the ink on it stays legible in both themes."""


@dataclass(frozen=True)
class Line:
    """One curve; ``style`` is a class of the page's style: "one", "two", "thin" or "dashed"."""

    name: str
    points: Sequence[tuple[float, float]]
    style: str = "one"


@dataclass(frozen=True)
class Drawing:
    """An SVG element, and how many pixels wide it is where there is room."""

    markup: str
    width: int


def curves(title: str, lines: Sequence[Line], best: float | None = None, percent: bool = False) -> Drawing:
    """Curves over epochs; a vertical line marks the epoch that was kept.

    Args:
        title: What is shown, for readers who do not see.
        lines: One point an epoch each.
        best: The epoch to mark.
        percent: Whether values are shares, to be written as per cent.
    """
    epochs = [x for line in lines for x, _ in line.points]
    values = [y for line in lines for _, y in line.points if math.isfinite(y)]
    first, last = min(epochs), max(epochs)
    ticks = nice_ticks(min(values), max(values))
    low, high = ticks[0], ticks[-1]

    def x(epoch: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * ((epoch - first) / (last - first) if last > first else 0.5)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / (high - low)

    parts = []
    for tick in ticks:
        parts.append(f'<path class="grid" d="M{LEFT} {y(tick):.1f}H{WIDTH - RIGHT}"/>')
        parts.append(text(LEFT - 6, y(tick) + 4, f"{100 * tick:.3g} %" if percent else f"{tick:.3g}", "end"))
    for tick in sorted({round(t) for t in nice_ticks(first, last) if first <= t <= last} | {round(first), round(last)}):
        if tick in (first, last) or min(tick - first, last - tick) > (last - first) / 12:
            parts.append(text(x(tick), HEIGHT - BOTTOM + 16, f"{tick:,}", "middle"))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "epoch", "middle"))
    if best is not None:
        parts.append(f'<path class="best" d="M{x(best):.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        parts.append(text(x(best) - 4, TOP + 10, f"kept: {best:.0f}", "end" if x(best) > WIDTH / 2 else "start"))
    for line in lines:
        path = " ".join(f"{x(e):.1f},{y(v):.1f}" for e, v in line.points if math.isfinite(v))
        if len(line.points) == 1:
            ((e, v),) = line.points
            parts.append(f'<circle class="dot" cx="{x(e):.1f}" cy="{y(v):.1f}" r="3"/>')
        parts.append(
            f'<polyline class="line {line.style}" points="{path}"><title>{escape(line.name)}</title></polyline>'
        )
    return svg(WIDTH, HEIGHT, parts, title)


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers in steps of 1, 2 or 5 times a power of ten that hold ``low`` and ``high`` between them."""
    if high <= low:
        pad = abs(low) * 0.1 or 1.0
        low, high = low - pad, high + pad
    raw = (high - low) / count
    power = 10 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    begin, end = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(begin, end + 1)]


def confusion(labels: Sequence[str], counts: Sequence[Sequence[int]], title: str) -> Drawing:
    """A square a pair of labels, rows the truth, the darker the greater its share of the row; share and count in it."""
    left = 24 + 8 * max(map(len, labels))
    top, side = 46, CELL * len(labels)
    parts = [text(left + side / 2, 14, "the model says", "middle")]
    for i, (label, row) in enumerate(zip(labels, counts, strict=True)):
        parts.append(text(left - 8, top + (i + 0.5) * CELL + 4, label, "end"))
        parts.append(text(left + (i + 0.5) * CELL, top - 8, _short(label), "middle"))
        for k, count in enumerate(row):
            share = count / max(sum(row), 1)
            x, y = left + k * CELL, top + i * CELL
            parts.append(
                f'<rect class="cell" x="{x}" y="{y}" width="{CELL - 2}" height="{CELL - 2}" rx="4" '
                f'fill-opacity="{PALE + DARKER * share:.3f}"><title>{escape(label)} read as {escape(labels[k])}: '
                f"{count:,} of {sum(row):,}</title></rect>"
            )
            parts.append(text(x + CELL / 2 - 1, y + CELL / 2, f"{share:.0%}", "middle"))
            parts.append(text(x + CELL / 2 - 1, y + CELL / 2 + 14, f"{count:,}", "middle", "ink small"))
    return svg(left + side + 4, top + side + 4, parts, title)


def reliability(bins: Sequence[Mapping[str, float]], title: str) -> Drawing:
    """How often the top label is right, over the confidence stated; a disc's area is its n, the diagonal is perfect."""

    def x(share: float) -> float:
        return LEFT + SIDE * share

    def y(share: float) -> float:
        return TOP + SIDE * (1 - share)

    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<path class="grid" d="M{LEFT} {y(share):.1f}h{SIDE}M{x(share):.1f} {TOP}v{SIDE}"/>')
        parts.append(text(LEFT - 6, y(share) + 4, f"{share:.0%}", "end"))
        parts.append(text(x(share), TOP + SIDE + 16, f"{share:.0%}", "middle"))
    parts.append(f'<path class="diagonal" d="M{x(0)} {y(0)}L{x(1)} {y(1)}"/>')
    most = max(one["n"] for one in bins)
    for one in bins:
        parts.append(
            f'<circle class="dot" cx="{x(one["confidence"]):.1f}" cy="{y(one["accuracy"]):.1f}" '
            f'r="{3 + 10 * math.sqrt(one["n"] / most):.1f}"><title>states {one["confidence"]:.0%}, right in '
            f"{one['accuracy']:.0%} of {one['n']:,.0f}</title></circle>"
        )
    parts.append(text(LEFT + SIDE / 2, TOP + SIDE + 36, "confidence stated", "middle"))
    parts.append(text(x(0) + 8, TOP + 16, "right more often than stated", "start", "ink small"))
    parts.append(text(x(1) - 8, TOP + SIDE - 10, "right less often than stated", "end", "ink small"))
    return svg(LEFT + SIDE + 20, TOP + SIDE + 44, parts, title)


def text(x: float, y: float, words: str, anchor: str, style: str = "ink") -> str:
    """A line of text."""
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def svg(width: float, height: float, parts: Sequence[str], title: str) -> Drawing:
    """A drawing that shrinks with the page."""
    return Drawing(
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img"><title>{escape(title)}</title>{"".join(parts)}</svg>',
        round(width),
    )


def _short(label: str) -> str:
    return label if len(label) <= 9 else f"{label[:8]}…"
