"""The part of the report on one model."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from training.overview import diagrams, media, texts
from training.overview.content import Model
from training.overview.mistakes import Files, worst
from training.overview.tables import facts, group_tables, table
from training.pipeline.figures import FIGURES, rows, shown, shown_difference
from training.pipeline.runner import clock


def section(model: Model, shipped: Mapping[str, Any], files: Files) -> str:
    """The whole part, as HTML.

    Args:
        model: What is known of it.
        shipped: By task, the figures before the first step.
        files: Where the pictures and clips of its test cases are found.
    """
    title = texts.TITLES.get(model.task, model.task)
    parts = [f"<h2>{escape(title)}</h2>", f"<p>{escape(texts.WHAT.get(model.task, ''))}</p>"]
    parts += [f'<p class="note">{escape(problem)}</p>' for problem in model.problems]
    parts += ["<h3>Figures</h3>", _figures(model, shipped)]
    if curves := diagrams.learning_curves(model):
        parts += ["<h3>How it learnt</h3>", f'<div class="drawings">{"".join(curves)}</div>']
    else:
        parts.append('<p class="note">No course of its training is kept in the folder of runs.</p>')
    parts += diagrams.answers(model)
    if tables := group_tables({**model.in_python, **model.in_browser}):
        parts += ["<h3>How it fares with whom and where</h3>", f'<div class="drawings">{"".join(tables)}</div>']
    parts += _mistakes(model, files)
    parts += ["<h3>How it was made</h3>", facts(_making(model))]
    return f'<section class="model" id="{escape(model.task)}">{"".join(parts)}</section>'


def _figures(model: Model, shipped: Mapping[str, Any]) -> str:
    lines = []
    python, browser = model.in_python, model.in_browser
    for row in rows({model.task: {"metrics": browser}}, shipped, [model.task]):
        unit = row.figure.unit
        interval = "–" if row.interval is None else " to ".join(shown(bound, unit) for bound in row.interval)
        in_python = shown(python.get(row.figure.key), unit)
        ours, theirs = shown(row.ours, unit), shown(row.shipped, unit)
        lines.append([row.figure.name, ours, interval, in_python, theirs, shown_difference(row)])
    if not lines and not FIGURES.get(model.task):
        numbers = {name: value for name, value in (python | browser).items() if isinstance(value, int | float)}
        return table(["figure", "value"], [[name, f"{value:.4g}"] for name, value in numbers.items()])
    known = browser or python
    what = f"{known.get('dataset', '')}, {known.get('split', '')}, n = {known['n']:,}" if "n" in known else ""
    head = ["figure", "ours", "95 % interval", "in Python", "shipped", "difference to shipped"]
    return table(head, lines, what) + f'<p class="soft">{escape(_measured_how(model))}</p>'


def _measured_how(model: Model) -> str:
    """Where the column "ours" comes from."""
    if not model.in_browser:
        return "The converted files are not measured yet; the column in Python is of the trained network."
    agreement = model.in_browser.get("browser_agreement")
    if model.task == "speech-emotion":
        same = (
            f" It gives the same label in {shown(agreement['same_label'], '%')} of {agreement['n']:,} clips."
            if agreement
            else ""
        )
        return (
            "Measured in Python, on the networks of the rounds, since the converted network has heard every actor. "
            f"The browser's part is to answer as Python does.{same}"
        )
    return "Ours are measured in a browser, on the converted files, by the page's own code."


def _mistakes(model: Model, files: Files) -> list[str]:
    parts = []
    for output, predictions in model.predictions.items():
        found = worst(predictions, model.labels(output) if predictions.categorical else ())
        if not found:
            continue
        title = (
            "whose wrong label was given with the most confidence" if predictions.categorical else "read farthest off"
        )
        cases = []
        for mistake in found:
            name = model.names[mistake.case] if mistake.case < len(model.names) else ""
            path = files.find(name) if name else None
            cases.append(
                f"<figure>{_shown_file(path)}<figcaption>labelled <b>{escape(mistake.truth)}</b><br>"
                f'read as <b>{escape(mistake.said)}</b><span class="file">{escape(_place(name))}</span>'
                "</figcaption></figure>"
            )
        kind = "cases clips" if any('class="clip"' in case for case in cases) else "cases"
        parts.append(f"<h3>Worst mistakes: {escape(output)}</h3>")
        parts.append(f'<p class="soft">The {len(found)} test cases {title}, the worst first.</p>')
        if not model.names:
            parts.append('<p class="note">This run kept no names of its test files, so that none can be shown.</p>')
        parts.append(f'<div class="{kind}">{"".join(cases)}</div>')
    if not model.predictions:
        why = (
            "Its test sounds are put together when they are needed and kept nowhere, so that none can be played here."
            if model.task == "voice-activity"
            else "The run folder holds no predictions of test cases: train to the end, and they are kept."
        )
        parts += ["<h3>Worst mistakes</h3>", f'<p class="note">{why}</p>']
    return parts


def _place(name: str) -> str:
    """A file's name, with the two folders above it."""
    return "/".join(name.split("/")[-3:])


def _shown_file(path: Path | None) -> str:
    if path is None:
        return ""
    if path.suffix.lower() in (".wav", ".flac"):
        clip = media.clip_urls(path)
        if clip is None:
            return ""
        sound, picture = clip
        player = f'<audio controls preload="metadata" src="{sound}"></audio>'
        return f'<img class="clip" alt="spectrogram" src="{picture}">{player}'
    url = media.picture_url(path)
    return "" if url is None else f'<img alt="the test picture" src="{url}">'


def _making(model: Model) -> list[tuple[str, str]]:
    training, made = model.trained.get("training", {}), model.made_with
    schedule = dict(training.get("schedule") or {})
    data, machine = made.get("data") or {}, made.get("machine") or {}
    unknown = "not recorded"
    epochs = ", ".join(f"{name}: {len(h)}" if name else str(len(h)) for name, h in model.histories.items())
    pairs = [
        ("Command", training.get("command", unknown)),
        ("Seed", str(training.get("seed", unknown))),
        ("Settings", ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in schedule.items()) or unknown),
        ("Epochs trained", epochs or unknown),
        ("Time in training", clock(model.seconds) if model.histories else unknown),
        ("Parameters", f"{model.trained['parameters']:,}" if "parameters" in model.trained else unknown),
        ("Data", f"{data['dataset']}: {data['files']:,} files, {data['bytes'] / 1e6:,.1f} MB" if data else unknown),
        ("SHA-256 of the data", data.get("sha256", unknown)),
        ("SHA-256 of the weights", model.weights_sha256),
        ("Machine", ", ".join(_machine(machine)) or unknown),
        ("Python", f"{made['python']}, Keras on {made['backend']}" if made else unknown),
        ("Packages", ", ".join(f"{name} {version}" for name, version in made.get("packages", {}).items()) or unknown),
    ]
    return [(name, str(value)) for name, value in pairs]


def _machine(machine: Mapping[str, Any]) -> list[str]:
    parts = [str(machine[name]) for name in ("processor", "accelerator") if machine.get(name)]
    parts += [f"{machine['cores']} cores"] if machine.get("cores") else []
    parts += [f"{machine['memory_gb']} GB of memory"] if machine.get("memory_gb") else []
    return parts + ([str(machine["system"])] if machine.get("system") else [])
