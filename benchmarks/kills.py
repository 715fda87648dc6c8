"""Kills training, converting and exporting at random moments: `python -m benchmarks.kills [--times 20] [--seed 1]`.

After each SIGKILL every file that stands must be whole and what stood before must still be usable; in the end a last
run must resume, or start clean, and come to what an undisturbed one comes to. Needs the built page and all extras.
Exit code 1 where anything is broken. Prints a JSON object with a value for each of the three.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from server import MODELS, PAGE, ROOT
from tests.python.made_data import make_fer2013

TRAINED, CONVERTED = "face-emotion", "voice-activity"
EPOCHS = 3


class BrokenError(Exception):
    """Something is not as it must be after a kill; the text says what."""


def environment(cache: Path) -> dict[str, str]:
    """Caches of their own, and the backend that a user gets."""
    kept = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    return kept | {"MIEN_CACHE": str(cache), "TF_CPP_MIN_LOG_LEVEL": "3"}


def to_its_end(command: Sequence[str], variables: dict[str, str]) -> tuple[str, float]:
    """What an undisturbed run printed, and how many seconds it took."""
    began = time.monotonic()
    done = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BrokenError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout, time.monotonic() - began


def killed(command: Sequence[str], variables: dict[str, str], seconds: float) -> bool:
    """Run for so long, then SIGKILL; False where it had ended by itself, which must be in success."""
    process = subprocess.Popen(
        command, env=variables, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        _, problem = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    if process.returncode != 0:
        raise BrokenError(f"{' '.join(command)}: exit code {process.returncode}\n{problem[-2000:]}")
    return False


def whole(folder: Path) -> None:
    """Raise BrokenError unless every visible JSON, Keras and HDF5 file below a folder is readable to its end."""
    import h5py

    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue  # a draft, which nobody reads
        try:
            if path.suffix == ".json":
                json.loads(path.read_text(encoding="utf-8"))
            elif path.suffix == ".keras":
                with zipfile.ZipFile(path) as archive:
                    if archive.testzip() is not None:
                        raise BrokenError(f"{path} is damaged")
            elif path.suffix == ".h5":
                with h5py.File(path) as file:
                    file.visititems(lambda _name, item: item[()] if isinstance(item, h5py.Dataset) else None)
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise BrokenError(f"{path} is half-written: {error}") from error


def figures(output: str) -> object:
    """The JSON object at the end of what training printed."""
    return json.loads(output[output.index("\n{\n") :])


def training(times: int, chance: random.Random, folder: Path) -> dict[str, object]:
    """A small training: what it comes to after kills is what it comes to undisturbed."""
    data, weights = make_fer2013(folder / "data", per_class=20), folder / "weights"
    variables = environment(folder / "cache")

    def command(out: str) -> list[str]:
        options = ["--data", str(data), "--out", str(folder / out), "--weights", str(weights), "--epochs", str(EPOCHS)]
        return [sys.executable, "-m", "training.cli.train", TRAINED, *options]

    undisturbed, _ = to_its_end(command("first"), variables)
    stood = {path: path.read_bytes() for path in weights.iterdir()}
    _, seconds = to_its_end(command("second"), variables)  # with warm caches, as those to come
    done = finished = 0
    while done < times:
        more = ["--resume"] if (folder / "run").exists() else []
        if killed([*command("run"), *more], variables, chance.uniform(0, seconds)):
            done += 1
        else:
            finished += 1
            shutil.rmtree(folder / "run")
        whole(folder)
        missing = [path.name for path in stood if not path.is_file()]
        if missing:
            raise BrokenError(f"{', '.join(missing)} stood before and is gone")
        _say("training", done, times)
    more = ["--resume"] if (folder / "run").exists() else []
    after, _ = to_its_end([*command("run"), *more], variables)
    if figures(after) != figures(undisturbed):
        raise BrokenError("the resumed training has other figures than the undisturbed one")
    _no_drafts(folder / "run", weights)
    return {"kills": done, "runs_that_ended_before": finished, "seconds_undisturbed": round(seconds, 1)}


def converting(times: int, chance: random.Random, folder: Path) -> dict[str, object]:
    """Two different networks by turns into one folder: the catalogue always knows the files that stand there."""
    out = Path(shutil.copytree(MODELS, folder / "models_tfjs"))
    variables = environment(folder / "cache")
    sources = [ROOT / "training" / "weights", _changed_weights(folder / "other")]

    def command(turn: int) -> list[str]:
        where = ["--weights", str(sources[turn % 2]), "--out", str(out)]
        return [sys.executable, "-m", "converter.cli", CONVERTED, *where]

    _, seconds = to_its_end(command(0), variables)
    done = turn = 0
    while done < times:
        turn += 1
        done += killed(command(turn), variables, chance.uniform(0, seconds))
        whole(out)
        catalogued(out)
        _say("converting", done, times)
    to_its_end(command(turn + 1), variables)
    catalogued(out)
    _no_drafts(out)
    after = _hashes(out / CONVERTED)
    to_its_end(command(turn + 2), variables)
    if after["group1-shard1of1.bin"] == _hashes(out / CONVERTED)["group1-shard1of1.bin"]:
        raise BrokenError("the two networks are the same: this measures nothing")
    return {"kills": done, "runs_that_ended_before": turn - done, "seconds_undisturbed": round(seconds, 1)}


def exporting(times: int, chance: random.Random, folder: Path) -> dict[str, object]:
    """Two different pages by turns into one folder: it is always one of them, whole."""
    pages = [Path(shutil.copytree(PAGE, folder / name)) for name in ("page-a", "page-b")]
    with (pages[1] / "index.html").open("a") as page:
        page.write("<!-- another -->\n")
    (pages[1] / "another.txt").write_text("another")
    out = folder / "site"

    def command(turn: int) -> list[str]:
        program = "import sys; from pathlib import Path; from hosting.export import export; from server import HEADERS"
        call = "export(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), HEADERS)"
        return [sys.executable, "-c", f"{program}; {call}", str(out), str(pages[turn % 2]), str(MODELS)]

    expected = []
    for turn in (0, 1):
        _, seconds = to_its_end(command(turn), environment(folder))
        expected.append(_hashes(out))
    done = turn = 0
    while done < times:
        turn += 1
        done += killed(command(turn), environment(folder), chance.uniform(0, seconds))
        if out.exists() and _hashes(out) not in expected:
            raise BrokenError(f"{out} is neither of the two pages")
        if not out.exists() and not list(folder.glob(".site.old-*")):
            raise BrokenError(f"{out} is gone")
    to_its_end(command(turn + 1), environment(folder))
    if _hashes(out) not in expected:
        raise BrokenError(f"{out} is neither of the two pages")
    _no_drafts(folder)
    return {"kills": done, "runs_that_ended_before": turn - done, "seconds_undisturbed": round(seconds, 2)}


def catalogued(models: Path) -> None:
    """Raise BrokenError unless every file that the catalogue names stands there with its SHA-256."""
    catalogue = json.loads((models / "catalogue.json").read_text(encoding="utf-8"))["models"]
    for task, entry in catalogue.items():
        for name, file in entry["files"].items():
            if hashlib.sha256((models / task / name).read_bytes()).hexdigest() != file["sha256"]:
                raise BrokenError(f"{task}/{name} is not what the catalogue says: the page would refuse it")


def _changed_weights(folder: Path) -> Path:
    """The same network with its last bias moved, as another training would leave it."""
    import h5py

    folder.mkdir()
    for suffix in (".keras", ".json"):
        shutil.copy2(ROOT / "training" / "weights" / f"{CONVERTED}{suffix}", folder)
    file = folder / f"{CONVERTED}.keras"
    with tempfile.TemporaryDirectory() as inside:
        with zipfile.ZipFile(file) as archive:
            archive.extractall(inside)
            names = archive.namelist()
        with h5py.File(Path(inside) / "model.weights.h5", "r+") as weights:
            found: list[h5py.Dataset] = []
            weights.visititems(lambda _name, item: found.append(item) if isinstance(item, h5py.Dataset) else None)
            floats = [item for item in found if item.dtype.kind == "f" and item.size]
            floats[-1][...] = floats[-1][()] + 0.01
        with zipfile.ZipFile(file, "w") as archive:
            for name in names:
                archive.write(Path(inside) / name, name)
    return folder


def _hashes(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _no_drafts(*folders: Path) -> None:
    left = [
        path.name for folder in folders for path in folder.iterdir() if re.match(r"\..*\.(new|old)-\d+-", path.name)
    ]
    if left:
        raise BrokenError(f"left behind: {', '.join(left)}")


def _say(what: str, done: int, times: int) -> None:
    print(f"\r{what}: {done} of {times} kills", end="", file=sys.stderr, flush=True)


SCENARIOS: dict[str, Callable[[int, random.Random, Path], dict[str, object]]] = {
    "exporting": exporting,
    "converting": converting,
    "training": training,
}


def main() -> int:
    """The command. Returns 0, or 1 after the first thing that is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--times", type=int, default=20, help="kills of each kind")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    parser.add_argument("--only", choices=sorted(SCENARIOS), help="one kind alone")
    options = parser.parse_args()
    results: dict[str, object] = {}
    for name, scenario in SCENARIOS.items():
        if options.only not in (None, name):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                results[name] = scenario(options.times, random.Random(options.seed), Path(folder))
            except BrokenError as error:
                print(f"\n{name}: {error}", file=sys.stderr)
                return 1
    print(f"\n{json.dumps(results, indent=2)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
