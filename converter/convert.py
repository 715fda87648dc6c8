"""Trained Keras files and the detector's file to the folders that ship."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from converter import eight_bit
from converter.card import CARD_FILE, write_card
from converter.catalogue import write_catalogue
from converter.errors import ConverterError
from converter.json_text import json_text
from converter.plots import write_plots
from storage.folder import replaced_whole

DETECTOR = "face-detector"
TASKS = (DETECTOR, "face-emotion", "face-age-gender", "speech-emotion", "voice-activity")
ROOT = Path(__file__).resolve().parents[1]
SPEC_FILE = "spec.json"

MAX_PROBABILITY_LOSS = 1e-3
"""What folding and rounding to float16 may cost, in probability on golden inputs: the bar of DESIGN section 3 for
WASM. Where float16 costs more, weights stay in float32. The eight bits of kernels are not counted: Keras computes with
them, too."""

Report = Callable[[str], None]


def convert(task: str, *, weights: Path, out: Path, report: Report) -> None:
    """Makes the folder `out/task` anew, whole or not at all, and then the catalogue.

    Args:
        task: one of TASKS.
        weights: folder with `<task>.keras` and `<task>.json` (the detector needs none).
        out: folder of the model folders.
        report: receives one line for each step.

    Raises:
        ConverterError: an input is missing or unfit, or the converted model differs from Keras by too much.
    """
    if task not in TASKS:
        raise ConverterError(f"There is no task {task!r}.", where="command line", do=f"name one of {', '.join(TASKS)}")
    started = time.monotonic()
    report(f"{task}: reading")
    folder = out / task
    with replaced_whole(folder) as fresh:
        spec = _write_detector(fresh, report) if task == DETECTOR else _write_trained(task, weights, fresh, report)
        kept = _kept_metrics(folder, fresh, spec)
        whole = {**spec, "metrics": {**kept, **spec.get("metrics", {})}}
        write_spec(fresh, whole)
    # At once: until the catalogue knows the new files, the page refuses them.
    write_catalogue(out)
    write_plots(out, whole)
    size = sum(path.stat().st_size for path in folder.iterdir())
    report(f"{task}: written to {folder}, {size / 1e6:.2f} MB in {time.monotonic() - started:.0f} s")


def write_spec(folder: Path, spec: Mapping[str, Any]) -> None:
    """Writes `spec.json` and the `CARD.md` made from it into `folder`."""
    (folder / SPEC_FILE).write_text(json_text(spec) + "\n", encoding="utf-8")
    (folder / CARD_FILE).write_text(write_card(spec), encoding="utf-8")


def _write_detector(fresh: Path, report: Report) -> dict[str, Any]:
    from converter.detector import write_detector
    from training.preprocessing.detector import detector_file

    try:
        path = detector_file()
    except FileNotFoundError as error:
        raise ConverterError(
            "The detector's TensorFlow Lite file is missing.",
            where=error,
            do="run `npm ci` in webapp/, or name the file in MIEN_DETECTOR",
        ) from error
    report(f"{DETECTOR}: rebuilding {path.name}")
    return write_detector(path, fresh)


def _write_trained(task: str, weights: Path, fresh: Path, report: Report) -> dict[str, Any]:
    from converter.golden import cases_for, golden_vectors, write_golden
    from converter.graph_model import operators, write_graph_model
    from converter.keras_file import load_trained
    from converter.shipped import load_shipped
    from training.evaluation import softmax

    model = load_trained(weights, task)
    report(f"{task}: converting {model.network.count_params():,} parameters")
    small = task in eight_bit.TASKS
    inputs = np.stack([case.network_input for case in cases_for(model.spec)])
    wanted = model.run(inputs)
    for half in (True, False):
        write_graph_model(model.module(), fresh, eight_bit=small, half=half)
        found = load_shipped(fresh)(inputs)
        loss = 0.0
        for name, output in model.spec["outputs"].items():
            difference = softmax(wanted[name] / output["temperature"]) - softmax(found[name] / output["temperature"])
            loss = max(loss, float(np.abs(difference).max()))
        report(f"{task}: folding and {'float16' if half else 'float32'} change probabilities by at most {loss:.1e}")
        if loss <= MAX_PROBABILITY_LOSS:
            break
        if half:
            report(f"{task}: more than {MAX_PROBABILITY_LOSS:.0e}, so that its weights stay in float32")
    else:
        raise ConverterError(
            f"The converted model is off Keras by {loss:.1e} in probability; {MAX_PROBABILITY_LOSS:.0e} is allowed.",
            where=f"golden inputs of {task}",
            do="look for weights that are huge or not finite, or train with weight decay",
        )
    report(f"{task}: operators {' '.join(operators(fresh))}")
    write_golden(fresh, golden_vectors(model.spec, model.run))
    others = "float16" if half else "float32"
    stored = {"weights": f"kernels in 8 bits, else {others}"} if small else {} if half else {"weights": others}
    return {**_ordered(model.spec), "parameters": int(model.network.count_params()), **stored}


def _ordered(spec: Mapping[str, Any]) -> dict[str, Any]:
    order = ("format", "task", "version", "parameters", "input", "outputs", "metrics", "training")
    return {key: spec.get(key, {}) for key in order} | dict(spec)


def _kept_metrics(old: Path, fresh: Path, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Figures that `mien-verify` measured, if what it measured is byte for byte what is written now."""
    try:
        before = json.loads((old / SPEC_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    written = [path.name for path in fresh.iterdir() if path.name == "model.json" or path.suffix == ".bin"]
    same_files = all(
        (old / name).is_file() and (old / name).read_bytes() == (fresh / name).read_bytes() for name in written
    )
    same_contract = all(before.get(key) == json.loads(json.dumps(spec[key])) for key in ("input", "outputs"))
    return dict(before.get("metrics", {})) if same_files and same_contract else {}
