"""Which actors, noises and levels make the training, validation and test scenes of voice activity."""

from __future__ import annotations

from training.datasets.ravdess import RavdessSample
from training.errors import DataError
from training.noises import HEARD, UNHEARD
from training.preprocessing.speech import SpeechInput
from training.progress import progress
from training.scenes import NoisePool, Scene, make_scenes
from training.sounds import read_clip

FOLDS = {"train": (0, 1, 2, 3), "validation": (4,), "test": (5,)}
"""RAVDESS's folds by actor: 16, 4 and 4 actors."""

TRAIN_SNRS_DB = (None, 2.0, 6.0, 10.0, 16.0, 24.0)
TEST_SNRS_DB = (None, 20.0, 10.0, 5.0)
"""Of each clip two: the first and third, or the second and fourth."""
PIECES = {"train": 24, "validation": 6, "test": 10}
"""Pieces of noise of each kind, twelve seconds each; every part has its own."""
ALONE = {"train": 60, "validation": 10, "test": 15}
"""Scenes of each kind of noise without speech."""
SEEDS = {"train": 11, "validation": 12, "test": 13}


def part_scenes(part: str, samples: list[RavdessSample], target: SpeechInput, seed: int) -> list[Scene]:
    """The scenes of one part: its actors, its own noises.

    Raises:
        DataError: the data hold no clip of the part's actors.
    """
    paths = [s.path for s in samples if s.fold in FOLDS[part]]
    if not paths:
        raise DataError(f"RAVDESS here has no actor of the folds {FOLDS[part]}, which voice activity needs for {part}")
    clips = [read_clip(path, target.sample_rate) for path in progress(paths, f"{part} clips")]
    makers = HEARD | (UNHEARD if part == "test" else {})
    pool = NoisePool(makers, PIECES[part], target.sample_rate, SEEDS[part] + 100 * seed)
    if part != "train":
        scenes = make_scenes(clips[::2], pool, TEST_SNRS_DB[::2], ALONE[part], target, SEEDS[part] + 100 * seed)
        return scenes + make_scenes(clips[1::2], pool, TEST_SNRS_DB[1::2], 0, target, SEEDS[part] + 100 * seed + 1)
    # Two of the six SNRs for each clip: more would be more of the same voices.
    scenes = []
    for i in range(3):
        scenes += make_scenes(
            clips[i::3], pool, TRAIN_SNRS_DB[i::3], ALONE[part] // 3, target, SEEDS[part] + 100 * seed + i
        )
    return scenes
