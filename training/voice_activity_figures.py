"""How often voice activity misses speech, how often it hears some where there is none, and how soon it hears it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation import bootstrap_interval
from training.noises import UNHEARD
from training.preprocessing.voice_activity import DECISION_FRAMES, decision_ends, decision_truth
from training.scenes import Scene

FRAME_MS = 20.0
LOOK_AHEAD_MS = 32.0
"""Half a Fourier window: what a frame needs of the signal beyond its centre."""
ONSET_BAR_MS = 300.0
DIGITS = 4


def measure(
    scenes: Sequence[Scene],
    states: Sequence[NDArray[np.bool_]],
    read: Sequence[bool],
    hangover: int,
    intervals: bool = True,
) -> dict[str, Any]:
    """The figures of a detector.

    ``miss_rate``: of the decisions whose newest 0.16 s hold speech, the share at which the gate is closed.
    ``false_alarm_rate``: of the decisions with no speech in them nor within the hangover before, the share at which it
    is open. ``onset``: from the first frame of an utterance to the moment when the gate can be open for it.
    ``emotion_on_noise``: of the scenes without speech, the share that would be given an emotion. Noises that training
    never made (``unheard``) are counted apart and not in the rates.

    Args:
        scenes: N of them.
        states: For each whether the gate was open after each decision.
        read: For each whether an emotion was read anywhere in it.
        hangover: Decisions for which the gate stays open by design.
        intervals: Whether to compute intervals, drawn over scenes.
    """
    counts = np.array([_counts(scene, state, hangover) for scene, state in zip(scenes, states, strict=True)])
    heard = np.array([scene.kind not in UNHEARD for scene in scenes])
    onsets = [_onset_ms(scene, state) for scene, state in zip(scenes, states, strict=True) if scene.kind not in UNHEARD]
    delays = np.array([delay for delay in onsets if delay is not None])
    spoken = np.array([scene.speech.any() for scene in scenes])
    given = np.asarray(read, np.bool_)
    main, unheard = counts[heard], counts[~heard]
    figures: dict[str, Any] = {"n": int(heard.sum()), "decisions": int(main[:, 1].sum() + main[:, 3].sum())}
    for name, column in (("miss_rate", 0), ("false_alarm_rate", 2)):
        figures[name] = _rate(main, column)
        if intervals:
            spread = bootstrap_interval(lambda i, c=column: _rate(main[i], c), len(main), resamples=500)  # type: ignore[misc]
            figures[f"{name}_interval"] = [round(bound, DIGITS) for bound in spread]
    figures["onset_n"] = len(delays)
    figures["onset_within_300_ms"] = round(float(np.mean(delays <= ONSET_BAR_MS)), DIGITS) if len(delays) else 0.0
    figures["onset_median_ms"] = float(np.median(delays)) if len(delays) else 0.0
    figures["emotion_on_noise"] = _share(given[heard & ~spoken])
    if len(unheard):
        figures["unheard_noises"] = {
            "n": len(unheard),
            "miss_rate": _rate(unheard, 0),
            "false_alarm_rate": _rate(unheard, 2),
            "emotion_on_noise": _share(given[~heard & ~spoken]),
        }
    figures["by_noise"] = {
        kind: {
            "n": int(chosen.sum()),
            "miss_rate": _rate(counts[chosen], 0),
            "false_alarm_rate": _rate(counts[chosen], 2),
            "emotion_on_noise": _share(given[chosen & ~spoken]),
        }
        for kind in dict.fromkeys(scene.kind for scene in scenes)
        if (chosen := np.array([scene.kind == kind for scene in scenes])).any()
    }
    figures["by_snr"] = {
        "no noise" if snr is None else f"{snr:.0f} dB": {"n": int(chosen.sum()), "miss_rate": _rate(counts[chosen], 0)}
        for snr in dict.fromkeys(scene.snr_db for scene in scenes)
        if (chosen := heard & spoken & np.array([scene.snr_db == snr for scene in scenes])).any()
    }
    return figures


def _counts(scene: Scene, state: NDArray[np.bool_], hangover: int) -> tuple[int, int, int, int]:
    """Missed, speech, false, quiet: numbers of decisions."""
    ends = decision_ends(len(scene.speech))[: len(state)]
    truth = decision_truth(scene.speech, ends)
    after = np.concatenate([[0], np.cumsum(scene.speech)])
    reach = ends + 1 - (hangover + 2) * DECISION_FRAMES
    quiet = (truth == 0) & (after[ends + 1] - after[np.maximum(0, reach)] == 0)
    said = truth == 1
    return int((said & ~state).sum()), int(said.sum()), int((quiet & state).sum()), int(quiet.sum())


def _onset_ms(scene: Scene, state: NDArray[np.bool_]) -> float | None:
    """From the first frame of speech to the decision that hears it; infinite where none does; None without speech."""
    if not scene.speech.any():
        return None
    first = int(np.argmax(scene.speech))
    ends = decision_ends(len(scene.speech))[: len(state)]
    heard = ends[(ends >= first) & state]
    return float((heard[0] - first) * FRAME_MS + LOOK_AHEAD_MS) if len(heard) else float("inf")


def _rate(counts: NDArray[np.int64], column: int) -> float:
    return round(float(counts[:, column].sum() / max(1, counts[:, column + 1].sum())), DIGITS)


def _share(values: NDArray[np.bool_]) -> float:
    return round(float(values.mean()), DIGITS) if len(values) else 0.0
