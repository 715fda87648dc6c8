"""Faces seen where there are none: `python -m benchmarks.false_faces --data DIR [--films 20]`, after `make build`.

Films of a second, read by the page's own code in Chromium: parts of scikit-image's and scikit-learn's sample pictures
that show nobody, and faces of FER2013's PublicTest and of UTKFace's validation split on frames, large and small. Each
film drifts by a few pixels and has the noise of a camera. For each group: the share of films whose first picture shows
a face when read by itself; the share of those that show one while they play, and after how many pictures (median).
Writes `benchmarks/false_faces.json`.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import skimage
import sklearn
from flask import Flask, Response, abort
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from server import create_app
from storage.files import write_json
from tests.browser.conftest import QUIET, served
from tests.chromium import installed
from training.datasets import fer2013, utkface
from training.errors import DataError
from training.frames import HEIGHT, WIDTH, Condition, Picture, make_frame
from training.pictures import PictureError, read_picture

HERE = Path(__file__).parent
REPORT = HERE / "false_faces.json"
SCRIPT = HERE / "false_faces.js"

PICTURES = 12
"""Of a film, ten a second."""
DRIFT_PIXELS = 2.0
NOISE_LEVELS = 3.0
"""Standard deviation in grey levels: a webcam's by lamplight."""
FACES = 150
"""Pictures of each dataset and size."""
SEED = 20

SKIMAGE = tuple(
    f"{name}.png"
    for name in (
        *("brick", "cell", "clock_motion", "coffee", "grass", "gravel", "horse", "ihc", "logo", "moon"),
        *("motorcycle_left", "page", "phantom", "text"),
    )
) + ("hubble_deep_field.jpg", "retina.jpg", "rocket.jpg")
"""Those of scikit-image's sample pictures with neither people nor animals' faces nor coins."""
SKLEARN = ("china.jpg", "flower.jpg")


@dataclass(frozen=True)
class Film:
    """A group's name, and what draws the picture without drift and noise."""

    group: str
    draw: Callable[[], Picture]

    def picture(self, index: int) -> Picture:
        """HEIGHT x WIDTH x 3, RGB; the same at every call."""
        random = np.random.default_rng([SEED, index])
        shift = np.array([[1.0, 0, DRIFT_PIXELS * index], [0, 1, DRIFT_PIXELS * index / 2]])
        moved = cv2.warpAffine(self.draw(), shift, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        noisy = moved + random.normal(0, NOISE_LEVELS, moved.shape)
        levels: Picture = np.clip(np.round(noisy), 0, 255).astype(np.uint8)
        return levels


def films_of_nobody(count: int) -> list[Film]:
    """So many parts of each sample picture, from two fifths of its size up."""
    paths = [Path(skimage.__file__).parent / "data" / name for name in SKIMAGE]
    paths += [Path(sklearn.__file__).parent / "datasets" / "images" / name for name in SKLEARN]
    random = np.random.default_rng(SEED)
    return [Film("nobody", _part(path, *random.uniform(size=3))) for path in paths for _ in range(count)]


def _part(path: Path, size: float, x: float, y: float) -> Callable[[], Picture]:
    def draw() -> Picture:
        whole = np.asarray(Image.open(path).convert("RGB"))
        rows, columns = whole.shape[:2]
        width = (0.4 + 0.6 * size) * min(columns, rows * WIDTH / HEIGHT)
        height = width * HEIGHT / WIDTH
        left, top = int(x * (columns - width)), int(y * (rows - height))
        part = whole[top : top + max(1, int(height)), left : left + max(1, int(width))]
        how = cv2.INTER_AREA if width > WIDTH else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(part, (WIDTH, HEIGHT), interpolation=how), np.uint8)

    return draw


def films_of_faces(data: Path, count: int) -> list[Film]:
    """So many pictures of each validation split, evenly spread, each as a large face and as a small one.

    Raises:
        DataError: a dataset is not there.
    """
    films = []
    for name, samples in (("FER2013", fer2013.load(data).samples), ("UTKFace", utkface.load(data).samples)):
        paths = [sample.path for sample in samples if sample.split == "validation"]
        for place in np.linspace(0, len(paths) - 1, min(count, len(paths))).astype(int):
            for face in (240, 80):
                films.append(Film(f"{name}, face of {face} px", _face(paths[place], float(face))))
    return films


def _face(path: Path, face: float) -> Callable[[], Picture]:
    return lambda: make_frame(read_picture(path), Condition("", face=face))


def site(films: Sequence[Film]) -> Flask:
    """The product, and the films' pictures by number."""
    app = create_app()

    @app.get("/films/")
    def films_page() -> Response:
        return Response('<!doctype html><script type="module" src="/films/page.js"></script>', content_type="text/html")

    @app.get("/films/page.js")
    def films_script() -> Response:
        return Response(SCRIPT.read_bytes(), content_type="text/javascript; charset=utf-8")

    @app.get("/films/<int:film>/<int:index>")
    def films_picture(film: int, index: int) -> Response:
        if film >= len(films):
            abort(404)
        file = io.BytesIO()
        Image.fromarray(films[film].picture(index)).save(file, "BMP")
        return Response(file.getvalue(), content_type="image/bmp")

    return app


def play(page: Page, films: Sequence[Film]) -> list[dict[str, Any]]:
    """Of each film: faces of its first picture by itself, and of each of its pictures as it plays."""
    seen = []
    for number in range(len(films)):
        seen.append(page.evaluate("([film, count]) => globalThis.play(film, count)", [number, PICTURES]))
        print(f"\r{number + 1} of {len(films)} films", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return seen


def figures(films: Sequence[Film], seen: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By group."""
    table: dict[str, dict[str, Any]] = {}
    for group in dict.fromkeys(film.group for film in films):
        rows = [row for film, row in zip(films, seen, strict=True) if film.group == group]
        firsts = [next((at for at, faces in enumerate(row["film"]) if faces), None) for row in rows]
        shown = [first for first in firsts if first is not None]
        table[group] = {
            "films": len(rows),
            "first_picture_alone": round(statistics.fmean(row["still"] > 0 for row in rows), 3),
            "while_it_plays": round(len(shown) / len(rows), 3),
            "pictures_before": statistics.median(shown) if shown else None,
        }
    return table


def main() -> int:
    """The command. Returns 0, or 2 where the data are not there."""
    description = (__doc__ or "").split("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.false_faces", description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder with FER2013 and UTKFace")
    parser.add_argument("--films", type=int, default=20, help="of each picture of nobody (%(default)s)")
    parser.add_argument("--faces", type=int, default=FACES, help="of each dataset, in two sizes (%(default)s)")
    parser.add_argument("--out", type=Path, default=REPORT, help="where the report is written")
    options = parser.parse_args()
    try:
        films = films_of_nobody(options.films) + films_of_faces(options.data, options.faces)
    except (DataError, PictureError, OSError) as error:
        print(f"false_faces: {error}", file=sys.stderr)
        return 2
    with served(site(films)) as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(args=QUIET, executable_path=installed())
        page = browser.new_page()
        page.set_default_timeout(600_000)
        page.goto(f"{origin}/films/")
        page.evaluate("() => globalThis.start()")
        table = figures(films, play(page, films))
        browser.close()
    machine = {"cores": os.cpu_count(), "platform": platform.platform()}
    report = {"machine": machine, "pictures_of_a_film": PICTURES, "groups": table}
    write_json(options.out, report)
    print(json.dumps(table, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
