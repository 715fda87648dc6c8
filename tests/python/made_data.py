"""Small datasets in the real layouts, made from scikit-image's astronaut and from noise: no one's picture or voice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from PIL import Image
from skimage import data

FER_CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")


def astronaut_face() -> NDArray[np.uint8]:
    """160 x 160 RGB: a tight picture of one face."""
    return np.ascontiguousarray(data.astronaut()[20:180, 145:305])


def make_fer2013(root: Path, per_class: int = 4, test_per_class: int = 2) -> Path:
    """``fer2013/{train,test}/<class>/<Usage>_<number>.jpg``: the face under a light and a noise of its own each."""
    rng = np.random.default_rng(3)
    face = np.asarray(Image.fromarray(astronaut_face()).convert("L").resize((48, 48)), np.float64)
    number = 0
    for level, name in enumerate(FER_CLASSES):
        for usage, folder, count in (
            ("Training", "train", per_class),
            ("PublicTest", "test", test_per_class),
            ("PrivateTest", "test", test_per_class),
        ):
            (root / "fer2013" / folder / name).mkdir(parents=True, exist_ok=True)
            for _ in range(count):
                number += 1
                varied = np.clip(face * (0.5 + 0.1 * level) + rng.normal(0, 4, face.shape), 0, 255)
                path = root / "fer2013" / folder / name / f"{usage}_{number}.jpg"
                Image.fromarray(varied.astype(np.uint8)).save(path, quality=95)
    return root


def make_utkface(root: Path, count: int = 40) -> Path:
    """``UTKFace/<age>_<gender>_<ethnicity>_<date>.jpg.chip.jpg``, each a patch of noise that resembles no other."""
    rng = np.random.default_rng(5)
    folder = root / "UTKFace"
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize((200, 200))
        picture.save(folder / f"{i + 1}_{i % 2}_{i % 5}_2017011615{i:07d}.jpg.chip.jpg")
    return root


def make_ravdess(root: Path, actors: tuple[int, ...] = (1, 2, 5, 6), rate: int = 16_000) -> Path:
    """``ravdess/Actor_NN/03-01-EE-01-01-01-AA.wav``: 3.2 s of noise, its colour told by the emotion."""
    rng = np.random.default_rng(9)
    for actor in actors:
        folder = root / "ravdess" / f"Actor_{actor:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        for emotion in range(1, 9):
            samples = 0.1 * rng.standard_normal(int(3.2 * rate)) * np.sin(np.arange(int(3.2 * rate)) * 0.02 * emotion)
            soundfile.write(folder / f"03-01-{emotion:02d}-01-01-01-{actor:02d}.wav", samples, rate)
    return root
