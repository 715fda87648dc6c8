"""Findings as one HTML file with the pictures in it, for a person to look at."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from PIL import Image

from training.inspection.findings import Findings, Item, across_splits, conflicting
from training.pictures import PictureError, read_picture

GROUPS_SHOWN = 40
PICTURES_SHOWN = 8
SAMPLES_SHOWN = 8
"""Of each label."""
SIDE = 96

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: 0.2rem 0.8rem; text-align: right; border-bottom: 1px solid #8884; }
th:first-child { text-align: left; }
.group { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0 0 1rem; }
figure { margin: 0; width: 7.5rem; font-size: 0.75rem; overflow-wrap: anywhere; }
img { width: 96px; height: 96px; object-fit: contain; background: #8882; }
@media (prefers-color-scheme: dark) { body { background: #16161a; color: #eee; } }
"""


def as_page(all_found: Iterable[Findings]) -> str:
    """A whole document; it fetches nothing."""
    parts = [_dataset(found) for found in all_found]
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Datasets, as found</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>{STYLE}</style>\n<h1>Datasets, as found</h1>\n'
        + "\n".join(parts)
        + "\n</html>\n"
    )


def _dataset(found: Findings) -> str:
    parts = [f"<h2>{html.escape(found.name)}</h2>", f"<p>{len(found.items):,} samples</p>"]
    parts += [_table(name, table) for name, table in found.tables.items()]
    rows = {name.replace("_", " "): {"": number} for name, number in found.summary().items()}
    parts.append(_table("what else", rows))
    if not _is_sound(found):
        parts.append("<h3>Some of each</h3>")
        for label in _labels(found):
            chosen = [item for item in found.items if item.label == label]
            parts.append(_group(chosen[:: max(1, len(chosen) // SAMPLES_SHOWN)][:SAMPLES_SHOWN]))
    for title, groups in (
        ("The same across splits", across_splits(found.same)),
        ("The same with different labels", conflicting(found.same)),
        ("Nearly the same", found.near),
    ):
        if groups:
            shown = f", {GROUPS_SHOWN} of them here" if len(groups) > GROUPS_SHOWN else ""
            parts.append(f"<h3>{title}: {len(groups):,} groups{shown}</h3>")
            parts += [_group(group[:PICTURES_SHOWN]) for group in groups[:GROUPS_SHOWN]]
    for title, files in (("Do not decode", found.unreadable), ("Left out", found.skipped)):
        if files:
            lines = "".join(f"<li>{html.escape(path.name)}: {html.escape(reason)}</li>" for path, reason in files[:100])
            parts.append(f"<h3>{title}: {len(files):,}</h3><ul>{lines}</ul>")
    return "\n".join(parts)


def _labels(found: Findings) -> list[str]:
    """The labels of few kinds, such as emotions; ages with genders are too many to show each."""
    labels = sorted({item.label for item in found.items})
    return labels if len(labels) <= 12 else []


def _is_sound(found: Findings) -> bool:
    return any(item.path.suffix.lower() in (".wav", ".flac") for item in found.items[:1])


def _table(name: str, table: Mapping[str, Mapping[str, int]]) -> str:
    columns = list(next(iter(table.values())))
    head = "".join(f"<th>{html.escape(text)}</th>" for text in (name, *columns))
    rows = "".join(
        f"<tr><th>{html.escape(row)}</th>" + "".join(f"<td>{cells[column]:,}</td>" for column in columns) + "</tr>"
        for row, cells in table.items()
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _group(items: list[Item]) -> str:
    return f'<div class="group">{"".join(_figure(item) for item in items)}</div>'


def _figure(item: Item) -> str:
    caption = html.escape(f"{item.label} · {item.split} · {item.path.name}")
    picture = "" if item.path.suffix.lower() in (".wav", ".flac") else _picture(item.path)
    return f"<figure>{picture}<figcaption>{caption}</figcaption></figure>"


def _picture(path: Path) -> str:
    try:
        picture = Image.fromarray(read_picture(path))
    except PictureError:
        return ""
    picture.thumbnail((SIDE, SIDE))
    with io.BytesIO() as out:
        picture.save(out, "JPEG", quality=80)
        return f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}">'
