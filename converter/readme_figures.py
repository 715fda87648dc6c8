"""The README's table of figures, made from the specs that ship: `python -m converter.readme_figures` writes it anew."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from storage.files import replacing

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
HEAD = "| model | parameters | model files | measured on | figures (95 % interval) |\n|---|---|---|---|---|"

Metrics = Mapping[str, Any]


def table(models: Path) -> str:
    """Markdown: one row a model, and how browser and Python agree on the voice.

    Args:
        models: Folder of the model folders, each with its ``spec.json``.
    """
    specs = {
        task: json.loads((models / task / "spec.json").read_text(encoding="utf-8"))
        for task in ("face-emotion", "face-age-gender", "speech-emotion", "voice-activity")
    }
    rows = [_row(models, name, specs[task], about(specs[task]["metrics"])) for task, (name, about) in _ROWS.items()]
    agreement = specs["speech-emotion"]["metrics"]["browser_agreement"]
    return "\n".join([HEAD, *rows]) + (
        "\n\nThe speech figures are those of the six networks of the folds, in Python. The shipped one is trained on "
        f"all actors; over the {agreement['n']:,} clips the browser and Python agree: the same label on "
        f"{_percent(agreement['same_label'])}, probabilities within {agreement['max_probability_difference']:.4f}."
    )


def _row(models: Path, name: str, spec: Mapping[str, Any], about: tuple[str, str]) -> str:
    folder = models / spec["task"]
    size = sum(path.stat().st_size for path in (folder / "model.json", *folder.glob("*.bin")))
    where, figures = about
    return f"| {name} | {spec['parameters']:,} | {size / 1e6:.2f} MB | {where} | {figures} |"


def _emotion(m: Metrics) -> tuple[str, str]:
    return f"{m['dataset']} {m['split']}, n = {m['n']:,}", (
        f"accuracy {_with(m, 'accuracy', _percent)}; macro-F1 {_with(m, 'macro_f1')}; UAR {_with(m, 'uar')}; "
        f"ECE {_with(m, 'ece')}"
    )


def _age_gender(m: Metrics) -> tuple[str, str]:
    return f"{m['dataset']} test split, n = {m['n']:,}", (
        f"age MAE {_with(m, 'age_mae', _years)} years; gender {_with(m, 'gender_accuracy', _percent)}; the 90 % age "
        f"interval holds the true age in {_with(m, 'age_interval_coverage', _percent)}"
    )


def _speech(m: Metrics) -> tuple[str, str]:
    return f"{m['dataset']}, six folds by actor, n = {m['n']:,}", (
        f"UAR {_with(m, 'cv_uar')}; accuracy {_with(m, 'cv_accuracy', _percent)}; ECE {_with(m, 'ece')}; under a "
        f"random split, which leaks: accuracy {_percent(m['random_split_accuracy'])} (n = {m['random_split_n']})"
    )


def _activity(m: Metrics) -> tuple[str, str]:
    return f"{m['n']} made scenes of {m['split'].replace('actors', 'RAVDESS actors')} in made noise", (
        f"misses {_with(m, 'miss_rate', _percent)}; false alarms {_with(m, 'false_alarm_rate', _percent)}; onset "
        f"within 300 ms: {_percent(m['onset_within_300_ms'])} of {m['onset_n']}, median {m['onset_median_ms']:.0f} ms; "
        f"kinds of noise it never heard: {_percent(m['unheard_noises']['false_alarm_rate'])} false alarms"
    )


_ROWS: dict[str, tuple[str, Callable[[Metrics], tuple[str, str]]]] = {
    "face-emotion": ("face, emotion (7 classes)", _emotion),
    "face-age-gender": ("face, age and gender", _age_gender),
    "speech-emotion": ("voice, emotion (8 classes)", _speech),
    "voice-activity": ("voice activity", _activity),
}


def _share(value: float) -> str:
    return f"{value:.3f}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _years(value: float) -> str:
    return f"{value:.2f}"


def _with(metrics: Metrics, name: str, form: Callable[[float], str] = _share) -> str:
    low, high = metrics[f"{name}_interval"]
    return f"{form(metrics[name])} ({form(low)}–{form(high)})"


def with_table(readme: str, models: Path) -> str:
    """The README's text with the table in its place."""
    pattern = re.compile(re.escape(BEGIN) + r".*?" + re.escape(END), re.DOTALL)
    if not pattern.search(readme):
        raise ValueError(f"README.md has no place for the figures: {BEGIN} … {END}")
    return pattern.sub(lambda _: f"{BEGIN}\n{table(models)}\n{END}", readme, count=1)


def main() -> int:
    """The command."""
    readme = ROOT / "README.md"
    text = with_table(readme.read_text(encoding="utf-8"), ROOT / "models_tfjs")
    with replacing(readme) as draft:
        draft.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
