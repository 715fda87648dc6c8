"""``mien-train TASK --data DIR``: train one model, print its test figures, save its plots and files."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from storage.files import write_json
from training.backend import choose_backend
from training.errors import DataError, DeviceError
from training.memory import keep_freed_memory
from training.pipeline.fingerprints import DATASET_OF, of_dataset
from training.provenance import FILE as PROVENANCE
from training.provenance import provenance

TASKS = {
    "face-emotion": "training.tasks.face_emotion",
    "face-age-gender": "training.tasks.face_age_gender",
    "speech-emotion": "training.tasks.speech_emotion",
    "voice-activity": "training.tasks.voice_activity",
}

BASELINES = {
    "baseline-face-emotion": "training.baselines.face_emotion",
    "baseline-face-age-gender": "training.baselines.face_age_gender",
    "baseline-speech-emotion": "training.baselines.speech_emotion",
}
"""The recipes of the system before Mien, for comparison; what they train does not ship."""


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(
        prog="mien-train",
        description="Train a model on its dataset (FER2013, UTKFace or RAVDESS) or on your own pictures (--own), and "
        "print its test figures.",
        epilog="A run that was interrupted goes on with the same command and --resume. "
        "What a folder of datasets holds, mien-train inspect DIR says; "
        "how two runs differ, mien-train compare RUN RUN; which settings do best, mien-train search TASK.",
    )
    tasks = [*sorted(TASKS), *sorted(BASELINES)]
    made.add_argument("task", choices=tasks, metavar="TASK", help=", ".join(tasks))
    made.add_argument("--data", type=Path, required=True, help="folder that the dataset was unpacked into")
    made.add_argument(
        "--own",
        action="store_true",
        help="face-emotion only: DIR has a folder of pictures for each class of your own; their names are the labels",
    )
    made.add_argument("--out", type=Path, help="run folder for checkpoints, history and plots (default: runs/TASK)")
    made.add_argument(
        "--weights",
        type=Path,
        help="folder for the trained model (default: training/weights; with --own: weights/ in the run folder)",
    )
    made.add_argument(
        "--from", type=Path, dest="start", metavar="WEIGHTS.keras", help="start from a trained network's weights"
    )
    made.add_argument(
        "--shipped-only",
        action="store_true",
        help="speech only, with --from: no folds and no figures, just the network of all actors",
    )
    made.add_argument(
        "--once", action="store_true", help="without the later courses of the networks of faces: sooner, and worse"
    )
    made.add_argument("--resume", action="store_true", help="go on with the run in the run folder")
    made.add_argument("--epochs", type=int, help="instead of the task's own number")
    made.add_argument("--seed", type=int, help="instead of 7")
    made.add_argument("--stop-after", type=int, metavar="EPOCH", help="end there, however many epochs are planned")
    made.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="NAME=VALUE",
        help="instead of the task's own: batch, learning_rate, weight_decay, warm_up_share, average or patience; "
        "may be given several times",
    )
    made.add_argument("--limit", type=int, help="use only so many samples of each split, to try things out")
    made.add_argument(
        "--devices",
        type=int,
        default=1,
        metavar="N",
        help="share each batch out among N devices of this machine: graphics cards, or processes where there are none "
        "(PyTorch and JAX; default: 1)",
    )
    made.add_argument(
        "--precision",
        choices=("auto", "float32", "mixed_bfloat16"),
        default="auto",
        help="in training (default: %(default)s, which is mixed_bfloat16 where the graphics card or the CPU multiplies "
        "in it, and float32 elsewhere and for baselines). Weights and figures are float32",
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Exit code 0: done; 1: a device was lost; 2: something about the data or the arguments; 130: interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] in (["inspect"], ["compare"], ["search"]):
        other = importlib.import_module(f"training.cli.{words[0]}")
        return int(other.main(words[1:]))
    given = parser().parse_args(words)
    for name in ("epochs", "stop_after", "limit", "devices"):
        value = getattr(given, name)
        if value is not None and value < 1:
            parser().error(f"--{name.replace('_', '-')} must be at least 1, got {value}")
    if given.shipped_only and (given.task != "speech-emotion" or given.start is None):
        parser().error("--shipped-only goes with speech-emotion and --from: the other tasks have no folds to leave out")
    if given.start is not None and given.task in BASELINES:
        parser().error("--from does not go with a baseline, which is trained as it was before")
    for name, default in (("devices", 1), ("settings", [])):
        if given.task in BASELINES and getattr(given, name) != default:
            parser().error(
                f"--{name.replace('settings', 'set')} does not go with a baseline, which is trained as it was before"
            )
    if given.own and given.task != "face-emotion":
        parser().error("--own goes with face-emotion: the other tasks learn from their own datasets only")
    if given.once and given.task in BASELINES:
        parser().error("--once does not go with a baseline, which has one course")
    keep_freed_memory()
    backend = choose_backend()
    from training.devices import claim_devices  # after the backend is chosen, for they import Keras
    from training.precision import chosen, use_precision
    from training.tasks.options import Options, setting

    # A baseline is trained as it was before, unless somebody asks for less and lets its row say so.
    unasked = given.task in BASELINES and given.precision == "auto"
    precision = "float32" if unasked else chosen(given.precision)
    print(f"Keras on {backend}, {precision}", flush=True)
    try:
        settings = dict(map(setting, given.settings))
    except ValueError as error:
        parser().error(f"--set {error}")
    out = given.out or Path("runs") / (f"own-{given.task}" if given.own else given.task)
    options = Options(
        data=given.data,
        out=out,
        weights=given.weights or (out / "weights" if given.own else Path("training/weights")),
        resume=given.resume,
        epochs=given.epochs,
        seed=given.seed,
        stop_after=given.stop_after,
        limit=given.limit,
        start=given.start,
        shipped_only=given.shipped_only,
        devices=given.devices,
        precision=precision,
        settings=settings,
        own=given.own,
        once=given.once,
    )
    try:
        dataset = None if given.own else DATASET_OF.get(given.task.removeprefix("baseline-"))
        data = None if dataset is None else of_dataset(dataset, given.data)
        claim_devices(options.devices)
        use_precision(options.precision)
        figures = importlib.import_module((TASKS | BASELINES)[given.task]).train(options)
    except (DataError, FileNotFoundError) as error:
        print(f"mien-train: {error}", file=sys.stderr)
        return 2
    except DeviceError as error:
        print(f"mien-train: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nmien-train: interrupted; go on with the same command and --resume ({out})", file=sys.stderr)
        return 130
    write_json(out / PROVENANCE, provenance(backend, data))
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
