"""A small set of somebody's own pictures: the astronaut's face, plain or with a hand's breadth of grey over the mouth.

The face is scikit-image's `astronaut` (a NASA portrait in the public domain), in pictures of many sizes, lights and
formats.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

COVERED, PLAIN = "mouth_covered", "Plain face"
"""Names of folders; the labels made of them are "mouth covered" and "plain face"."""

FACE = (120, 0, 340, 230)
MOUTH = (185, 128, 272, 200)
"""Left, top, right, bottom in the astronaut's picture."""

ENDINGS = (".jpg", ".png", ".webp", ".JPEG")


def write_own_pictures(root: Path, per_class: int) -> Path:
    """``<class>/<number>.<ending>``, and beside them what such folders hold as well: notes and hidden files."""
    rng = np.random.default_rng(11)
    for name in (COVERED, PLAIN):
        folder = root / name
        folder.mkdir(parents=True)
        for number in range(per_class):
            picture = data.astronaut().copy()
            if name == COVERED:
                left, top, right, bottom = MOUTH
                picture[top:bottom, left:right] = rng.integers(60, 140)
            shift = rng.integers(-15, 16, 2)
            left, top, right, bottom = (side + shift[i % 2] for i, side in enumerate(FACE))
            cut = picture[max(0, top) : bottom, left:right] * rng.uniform(0.6, 1.1) + rng.normal(0, 5, 3)
            side = int(rng.integers(120, 400))
            made = Image.fromarray(np.clip(cut, 0, 255).astype(np.uint8)).resize((side, side))
            made.save(folder / f"{number}{ENDINGS[number % len(ENDINGS)]}")
        (folder / ".DS_Store").write_bytes(b"\0")
    (root / PLAIN / "notes.txt").write_text("taken at home")
    return root
