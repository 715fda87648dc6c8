"""`CARD.md`: what a model is for, what it cannot do and how its figures came about, made from its spec.

After M. Mitchell et al., "Model Cards for Model Reporting", 2019, arXiv:1810.03993.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from converter import card_speech
from converter import card_texts as texts
from converter.mistakes import what_it_gets_wrong
from converter.plots import FOLDER, is_own, plots_of

CARD_FILE = "CARD.md"


def write_card(spec: Mapping[str, Any]) -> str:
    """The text of `CARD.md` for a spec."""
    task = spec["task"]
    limits = texts.OWN_LIMITS if is_own(spec) else texts.LIMITS[task]
    lines = [
        f"# {texts.TITLES[task]} (`{task}` {spec['version']})",
        "",
        "Made from `spec.json` by `mien-convert` and `mien-verify`; edit neither by hand.",
        "",
        "## Intended use",
        "",
        texts.USES[task],
        "",
        "## The model",
        "",
        *_model_lines(spec),
        "",
        "## Limits",
        "",
        *(f"- {limit}" for limit in (*limits, *texts.SHARED_LIMITS)),
        "",
        "## Figures",
        "",
        *_figure_lines(spec),
        *_plot_lines(spec),
        *_mistake_lines(spec),
        "",
        *card_speech.sections(spec),
        "## Data and licences",
        "",
        *_licence_lines(spec),
    ]
    return "\n".join(lines) + "\n"


def _model_lines(spec: Mapping[str, Any]) -> list[str]:
    size = spec["input"]
    lines = [f"- {spec['parameters']:,} parameters, {spec.get('weights', 'float16')}, TensorFlow.js graph model."]
    if size["kind"] == "log-mel":
        lines.append(
            f"- Input: {size['window_seconds']} s of sound at {size['sample_rate']} Hz as a log-mel of "
            f"{size['n_mels']} bands, {size['fmin']} to {size['fmax']} Hz."
        )
    else:
        what = "camera frame, letterboxed" if size["kind"] == "frame" else "face, aligned by its eyes"
        lines.append(f"- Input: {size['width']}×{size['height']} {size['channels']}, a {what}.")
    for name, output in spec["outputs"].items():
        if output["kind"] == "categorical":
            unsure = f"; unsure below {output['unsure_below']:.2f}" if "unsure_below" in output else ""
            lines.append(
                f"- Output `{name}`: {', '.join(output['labels'])}; temperature {output['temperature']:.4g}{unsure}."
            )
        elif output["kind"] == "distribution":
            lines.append(
                f"- Output `{name}`: a distribution over {output['first']} to {output['last']} years; temperature "
                f"{output['temperature']:.4g}, interval {output['interval']:.0%}."
            )
        else:
            lines.append(f"- Output `{name}`.")
    training = spec["training"]
    if "source" in training:
        lines.append(f"- Rebuilt from {training['source']} (SHA-256 `{training['sha256']}`).")
    if "command" in training:
        lines.append(f"- Made by `{training['command']}`.")
    return lines


def _figure_lines(spec: Mapping[str, Any]) -> list[str]:
    metrics = spec.get("metrics") or {}
    if spec["task"] == "face-detector":
        return [texts.DETECTOR_FIGURES]
    lines = [texts.OWN_PROTOCOL if is_own(spec) else texts.PROTOCOLS[spec["task"]], ""]
    later = spec["training"].get("later_courses", [])
    if votes := spec["training"].get("with_ferplus_votes"):
        alone = _last_courses(later, lambda course: course["votes"] == 0)
        until = texts.UNTIL.format(alone=alone) if alone else ""
        lines[0] += " " + texts.VOTES.format(votes=votes, until=until)
    if later:
        lines[0] += " " + texts.COURSES.format(courses=1 + len(later))
        width = spec["input"]["width"]
        smaller = {course["size"] for course in later if course.get("size", width) != width}
        if smaller:
            grown = _last_courses(later, lambda course: course["size"] == width)
            lines[0] += " " + texts.GROWN.format(grown=grown, size=width, before=max(smaller))
    if not metrics:
        return [*lines, f"Not measured yet: run `mien-verify {spec['task']} --data DIR`."]
    lines += [
        texts.MEASURED if spec["task"] != "speech-emotion" else "",
        texts.INTERVALS,
        "",
        "| figure | value |",
        "|---|---|",
    ]
    tables = {name: table for name, value in metrics.items() if (table := _as_table(name, value))}
    lines += [f"| {name} | {_text(value)} |" for name, value in metrics.items() if name not in tables]
    for name, table in tables.items():
        note = texts.TABLES.get(name)
        lines += ["", *([note, ""] if note else []), *_table_lines(name, table)]
    return lines


def _last_courses(later: Sequence[Mapping[str, Any]], holds: Callable[[Mapping[str, Any]], bool]) -> str:
    """Of how many courses at the end it holds, in words; nothing where of none."""
    count = sum(1 for _ in takewhile(holds, reversed(later)))
    if count == 0:
        return ""
    return "the last course" if count == 1 else f"the last {texts.NUMBERS.get(count, count)} courses"


def _plot_lines(spec: Mapping[str, Any]) -> list[str]:
    return [
        line
        for name, (title, _) in plots_of(spec).items()
        for line in ("", f"![{title}](../../{FOLDER.as_posix()}/{name})")
    ]


def _mistake_lines(spec: Mapping[str, Any]) -> list[str]:
    sentences = what_it_gets_wrong(spec.get("metrics") or {})
    if not sentences:
        return []
    unknown = None if is_own(spec) else texts.UNKNOWN_MISTAKES.get(spec["task"])
    return ["", "## What it gets wrong", "", " ".join([*sentences, *([unknown] if unknown else [])])]


def _as_table(name: str, value: Any) -> Mapping[str, Mapping[str, Any]] | None:
    """A figure of many parts as rows of columns, or None for one that fits a line."""
    if name == "confusion":
        return {
            label: {"n": sum(row)} | dict(zip(value["labels"], row, strict=True))
            for label, row in zip(value["labels"], value["counts"], strict=True)
        }
    if name == "reliability":
        return {str(number): one for number, one in enumerate(value, 1)}
    return value if _is_table(value) else None


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(isinstance(row, Mapping) for row in value.values())


def _table_lines(name: str, table: Mapping[str, Mapping[str, Any]]) -> list[str]:
    columns = list(dict.fromkeys(column for row in table.values() for column in row))
    lines = [f"| {name} | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    return lines + [
        f"| {key} | " + " | ".join(_text(row.get(column, "")) for column in columns) + " |"
        for key, row in table.items()
    ]


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return (" to " if len(value) == 2 else ", ").join(_text(item) for item in value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _licence_lines(spec: Mapping[str, Any]) -> list[str]:
    training = spec["training"]
    lines = [f"- {texts.LICENCES.get(name, name)}" for name in training.get("datasets", [])]
    if "source" in training:
        lines.append(f"- Graph and weights: {training['licence']}, from {training['source']}.")
    return lines
