"""RAVDESS speech: 1,440 clips, 24 actors, eight emotions (S. Livingstone, F. Russo, PLoS ONE 13(5), 2018).

``Actor_NN/03-01-EE-II-SS-RR-AA.{wav,flac}``: EE emotion, II intensity, SS sentence, RR repetition, AA actor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from training.datasets.common import Dataset, find_folder, nothing_found

LABELS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")
ACTORS = 24
FOLDS = 6
ACTORS_PER_FOLD = ACTORS // FOLDS

_NAME = re.compile(r"^03-(0[12])-0([1-8])-(0[12])-(0[12])-(0[12])-(\d{2})\.(?:wav|flac)$", re.IGNORECASE)


@dataclass(frozen=True)
class RavdessSample:
    """One clip. ``label`` indexes LABELS, ``actor`` counts from 1, ``fold`` from 0."""

    path: Path
    label: int
    intensity: int
    sentence: int
    actor: int

    @property
    def fold(self) -> int:
        """Fold k holds the actors 4k+1 to 4k+4: two men and two women."""
        return (self.actor - 1) // ACTORS_PER_FOLD

    @property
    def sex(self) -> str:
        """The actor's, as the dataset gives it: odd numbers are men."""
        return "male" if self.actor % 2 else "female"


def root_of(data: Path) -> Path:
    """The folder of the dataset, as ``find_folder`` says."""
    return find_folder(data, ("ravdess", "RAVDESS"), "RAVDESS", r"ravdess|audio_speech_actors")


def load(data: Path) -> Dataset[RavdessSample]:
    """Read the listing of RAVDESS speech; a clip that lies in two folders counts once, song is left out.

    Raises:
        DataError: there is no such folder or no clip in it.
    """
    root = root_of(data)
    samples: dict[str, RavdessSample] = {}
    skipped: list[tuple[Path, str]] = []
    for path in sorted([*root.rglob("*.wav"), *root.rglob("*.flac")]):
        name = _NAME.match(path.name)
        if not name:
            skipped.append((path, "the name is not 03-01-EE-II-SS-RR-AA.wav or .flac"))
        elif name[1] == "02":
            skipped.append((path, "a song, not speech"))
        elif not 1 <= int(name[6]) <= ACTORS:
            skipped.append((path, f"there is no actor {name[6]}"))
        elif path.stem in samples:
            skipped.append((path, f"the same clip as {samples[path.stem].path}"))
        else:
            emotion, intensity, sentence, actor = int(name[2]) - 1, int(name[3]), int(name[4]), int(name[6])
            samples[path.stem] = RavdessSample(path, emotion, intensity, sentence, actor)
    if not samples:
        raise nothing_found(root, "Actor_NN/03-01-EE-II-SS-RR-AA.wav")
    return Dataset("RAVDESS", root, sorted(samples.values(), key=lambda s: (s.actor, s.path.name)), skipped)
