"""Figures of age and gender for groups of people, and the groups that fare worst."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.datasets.utkface import ETHNICITIES, GENDERS, MAX_AGE, UtkSample

Figure = Callable[[NDArray[np.intp]], float]

OLDEST_DECADE = 70
"""The last decade by itself; who is older forms one more group."""
DECADES = (*((first, first + 9) for first in range(0, OLDEST_DECADE + 1, 10)), (OLDEST_DECADE + 10, MAX_AGE))

CHILDHOOD_ENDS = 13
"""The page shows no gender under an age reading of 13, so that the worst group is looked for from 13 on."""

ENOUGH = 30
"""Cases from which a group may be called the worst; fewer are worst by chance."""


def groups_of(samples: Sequence[UtkSample]) -> dict[str, NDArray[np.bool_]]:
    """By name, who belongs: each gender and ethnicity as the dataset labels them, and each decade of age."""
    ages = np.array([sample.age for sample in samples])
    genders = np.array([sample.gender for sample in samples])
    ethnicities = np.array([sample.ethnicity for sample in samples])
    groups = {f"gender {name}": genders == k for k, name in sorted(enumerate(GENDERS), key=lambda one: one[1])}
    groups |= {f"labelled {name}": ethnicities == k for k, name in enumerate(ETHNICITIES)}
    return groups | {f"age {first} to {last}": (first <= ages) & (ages <= last) for first, last in DECADES}


def by_group(samples: Sequence[UtkSample], figures: Mapping[str, Figure]) -> dict[str, dict[str, Any]]:
    """For each group that has members: n and the figures."""
    return {
        name: {"n": int(member.sum())} | {key: figure(np.flatnonzero(member)) for key, figure in figures.items()}
        for name, member in groups_of(samples).items()
        if member.any()
    }


def worst_groups(samples: Sequence[UtkSample], figures: Mapping[str, Figure]) -> dict[str, Any]:
    """Of the groups with ENOUGH members: the decade from 0 to 80 whose age interval covers least, and the group whose
    gender is read worst among people of CHILDHOOD_ENDS years or more. Without a group so large a figure is left out.
    """
    ages = np.array([sample.age for sample in samples])
    groups = groups_of(samples)
    decades = {name: groups[name] for name in (f"age {first} to {last}" for first, last in DECADES[:-1])}
    older = {name: member & (ages >= CHILDHOOD_ENDS) for name, member in groups.items()}
    return {
        key: worst
        for key, name, candidates in (
            ("worst_decade_coverage", "age_interval_coverage", decades),
            ("worst_gender_accuracy_from_13", "gender_accuracy", older),
        )
        if (worst := _worst(candidates, name, figures[name])) is not None
    }


def _worst(groups: Mapping[str, NDArray[np.bool_]], name: str, figure: Figure) -> dict[str, Any] | None:
    found = [
        {"group": group, "n": int(member.sum()), name: figure(np.flatnonzero(member))}
        for group, member in groups.items()
        if member.sum() >= ENOUGH
    ]
    return min(found, key=lambda one: float(str(one[name])), default=None)
