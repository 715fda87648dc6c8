"""What a user may say about teachers, beside what goes with any run."""

from __future__ import annotations

from dataclasses import dataclass

from training.tasks.options import Options


@dataclass(frozen=True)
class TeacherOptions(Options):
    """``fold``: the one to train, as several cards or machines may share the folds; None trains all."""

    fold: int | None = None
