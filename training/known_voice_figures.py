"""Figures of the held-out speech predictions once the voice is known: see ``known_voice``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.datasets.ravdess import LABELS
from training.evaluation import bootstrap_interval, ece, softmax, uar
from training.known_voice import Voices, centred_logs, learn_voices, offset

HEARD = (0, 1, 2, 5, 10, 20)
"""Clips of the speaker before the one that is read; RAVDESS has sixty of each."""
MOST = 10
"""Of these, for the figures that are given once."""
DRAWS = 5
"""Random choices of the clips before, for each clip; the figures are means over them."""
CALM = (0, 1)
"""RAVDESS's neutral and calm, twelve clips of a speaker."""
OTHERS = 3
"""Clips of other emotions in a one-sided session."""


def known_voice_figures(
    labels: NDArray[np.integer],
    probabilities: NDArray[np.floating],
    speakers: NDArray[np.integer],
    folds: NDArray[np.integer],
    women: NDArray[np.bool_],
    seed: int,
) -> dict[str, Any]:
    """UAR of clips whose speaker was heard before, with what speakers of the other folds show of how voices differ.

    There are no figures where they do not show it: see ``learn_voices``.

    Args:
        labels: N true classes.
        probabilities: N x C, calibrated, held out.
        speakers: N.
        folds: N; in which fold each speaker was held out.
        women: N.
        seed: Of the draws.
    """
    rng = np.random.default_rng(seed)
    logs = centred_logs(probabilities)
    voices: dict[int, Voices] = {}
    for fold in np.unique(folds):
        others = folds != fold
        learnt = learn_voices(probabilities[others], labels[others], speakers[others])
        if learnt is None:
            return {}
        voices[int(fold)] = learnt

    def read(clip: int, before: NDArray[np.intp]) -> NDArray[np.float64]:
        rest = logs[clip] - offset(voices[int(folds[clip])], logs[before], np.ones(len(before)))
        taken: NDArray[np.float64] = softmax(rest[None])[0]
        return taken

    def before(clip: int, heard: int) -> NDArray[np.intp]:
        others = np.flatnonzero(speakers == speakers[clip])
        return rng.permutation(others[others != clip])[:heard]

    def after(heard: int) -> NDArray[np.float64]:
        """Draws x N x C."""
        clips = range(len(labels))
        return np.stack([[read(clip, before(clip, heard)) for clip in clips] for _ in range(DRAWS)])

    def mean_uar(readings: NDArray[np.float64], i: NDArray[np.intp] | slice = slice(None)) -> float:
        return float(np.mean([uar(labels[i], one[i].argmax(axis=1)) for one in readings]))

    def of_speaker(speaker: int) -> Voices:
        return voices[int(folds[speakers == speaker][0])]

    by_heard = {heard: after(heard) for heard in HEARD}
    known = by_heard[MOST]
    return {
        "known_voice_uar": mean_uar(known),
        "known_voice_uar_interval": bootstrap_interval(lambda i: mean_uar(known, i), len(labels), resamples=500),
        "known_voice_clips": MOST,
        "known_voice_uar_by_clips": {str(heard): mean_uar(readings) for heard, readings in by_heard.items()},
        "known_voice_uar_by_sex": {
            name: mean_uar(known, np.flatnonzero(chosen)) for name, chosen in (("female", women), ("male", ~women))
        },
        "known_voice_ece": float(np.mean([ece(labels, one) for one in known])),
        "known_voice_accuracy_mostly_calm": _mostly_calm(labels, logs, speakers, of_speaker, rng),
        "known_voice_recall_one_emotion": _one_emotion(labels, logs, speakers, of_speaker),
    }


def _mostly_calm(
    labels: NDArray[np.integer],
    logs: NDArray[np.float64],
    speakers: NDArray[np.integer],
    voices: Callable[[int], Voices],
    rng: np.random.Generator,
) -> dict[str, float]:
    """Sessions of a speaker's neutral and calm clips with ``OTHERS`` others among them: the share that is read rightly.

    Most of what people say is said calmly: a voice must not be taken to be what it is most of the time. Each clip is
    read with those before it.
    """
    right: dict[str, list[bool]] = {"first_heard": [], "known": []}
    for speaker in np.unique(speakers):
        own = np.flatnonzero(speakers == speaker)
        calm = np.isin(labels[own], CALM)
        for _ in range(DRAWS):
            session = rng.permutation(np.concatenate([own[calm], rng.permutation(own[~calm])[:OTHERS]]))
            for i, clip in enumerate(session):
                found = offset(voices(int(speaker)), logs[session[:i]], np.ones(i))
                right["first_heard"].append(bool(logs[clip].argmax() == labels[clip]))
                right["known"].append(bool((logs[clip] - found).argmax() == labels[clip]))
    return {name: float(np.mean(hits)) for name, hits in right.items()}


def _one_emotion(
    labels: NDArray[np.integer],
    logs: NDArray[np.float64],
    speakers: NDArray[np.integer],
    voices: Callable[[int], Voices],
) -> dict[str, dict[str, float]]:
    """Recall by emotion where a speaker was heard with this emotion alone, all clips of it: what that may cost."""
    recalls = {}
    for label, name in enumerate(LABELS):
        first: list[bool] = []
        known: list[bool] = []
        for speaker in np.unique(speakers):
            clips = (speakers == speaker) & (labels == label)
            found = offset(voices(int(speaker)), logs[clips], np.ones(int(clips.sum())))
            first += (logs[clips].argmax(axis=1) == label).tolist()
            known += ((logs[clips] - found).argmax(axis=1) == label).tolist()
        recalls[name] = {"recall_first_heard": float(np.mean(first)), "recall_known": float(np.mean(known))}
    return recalls
