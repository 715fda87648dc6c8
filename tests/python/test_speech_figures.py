"""Figures of the held-out speech predictions, and what the card makes of them, against numbers computed by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from converter.card_speech import sections
from training.datasets.ravdess import LABELS
from training.speech_figures import choose_threshold, microphone_figures, sex_figures, unsure_figures


def probabilities(tops: list[float], classes: list[int]) -> np.ndarray:
    """Rows whose largest value and its place are given; the rest is spread evenly."""
    rows = np.full((len(tops), 8), 0.0)
    for i, (top, place) in enumerate(zip(tops, classes, strict=True)):
        rows[i] = (1 - top) / 7
        rows[i, place] = top
    return rows


def test_threshold_is_the_lowest_at_which_enough_labels_are_right() -> None:
    # Right from 0.605 up; wrong at 0.405; both at 0.505.
    tops = [0.405, 0.405, 0.505, 0.505, 0.605, 0.705]
    labels = np.zeros(6, np.int64)
    predictions = [1, 1, 1, 0, 0, 0]
    assert choose_threshold(labels, probabilities(tops, predictions), 0.75) == 0.41
    assert choose_threshold(labels, probabilities(tops, predictions), 1.0) == 0.51
    assert choose_threshold(labels, probabilities(tops, predictions), 0.5) == 0.0


def test_threshold_where_none_suffices_is_the_best_there_is() -> None:
    tops = [0.305] * 8 + [0.505, 0.505]
    assert choose_threshold(np.zeros(10, np.int64), probabilities(tops, [1] * 8 + [0, 1]), 0.9) == 0.31


def test_each_fold_is_judged_by_the_threshold_of_the_others() -> None:
    # The first fold's labels are right from 0.305, the second's from 0.505.
    tops = [0.305, 0.605, 0.305, 0.605]
    labels = np.zeros(4, np.int64)
    first = np.array([True, True, False, False])
    figures = unsure_figures(labels, probabilities(tops, [0, 0, 1, 0]), [first, ~first])
    # Threshold for the first: 0.31; for the second: 0. So the first clip alone is unsure, and one of the rest is wrong.
    assert figures["sure_coverage"] == 0.75
    assert figures["sure_precision"] == pytest.approx(2 / 3)
    assert figures["unsure_below"] == 0.0


def test_drop_on_the_microphone_is_in_points() -> None:
    labels = np.repeat([0, 1], 10)
    heard = labels.copy()
    heard[:5] = 1
    figures = microphone_figures(15.0, labels, labels, heard)
    assert figures["microphone_15db_uar"] == 0.75 and figures["microphone_15db_drop"] == 25.0
    low, high = figures["microphone_15db_drop_interval"]
    assert low < 25 < high


def card_metrics(male_right: int) -> dict[str, Any]:
    """Metrics of 16 clips a class and sex, of which women are read right and men in so many cases."""
    labels = np.tile(np.repeat(np.arange(8), 16), 2)
    female = np.arange(256) < 128
    predictions = np.where(female | (np.arange(256) % 16 < male_right), labels, (labels + 1) % 8)
    return {
        "n": 256,
        "uar_by_sex": {"female": 1.0, "male": male_right / 16},
        "uar_by_fold": {"fold-0": 0.5, "fold-1": 0.71},
        **sex_figures(labels, predictions, female),
    }


def test_card_says_by_how_much_women_and_men_differ() -> None:
    metrics = card_metrics(8)
    assert metrics["uar_gap_by_sex"] == pytest.approx(50) and metrics["recall_by_sex"]["male"]["sad"] == 0.5
    text = "\n".join(sections({"task": "speech-emotion", "metrics": metrics}))
    assert "women are read better than men by 50.0 points" in text
    assert f"{LABELS[0]} 1.00 against 0.50" in text and "up to 21 points" in text


def test_card_gives_no_reasons_for_a_small_difference() -> None:
    text = "\n".join(sections({"task": "speech-emotion", "metrics": card_metrics(16)}))
    assert "0.0 points" in text and "The difference lies" not in text


def test_card_has_a_section_for_each_figure_that_is_there() -> None:
    metrics = {
        **unsure_figures(np.zeros(4, np.int64), probabilities([0.9] * 4, [0, 0, 0, 1]), [np.ones(4, np.bool_)]),
        **microphone_figures(15.0, np.arange(8), np.arange(8), np.arange(8)),
        "n": 4,
    }
    text = "\n".join(sections({"task": "speech-emotion", "metrics": metrics}))
    assert '## When the page says "unsure"' in text and "75.0%" in text
    assert "- 15 dB SNR: UAR 1.000, 0.0 points" in text and "- 5 dB" not in text and "## Women" not in text
    assert sections({"task": "face-emotion", "metrics": metrics}) == []


def test_card_says_what_a_known_voice_gains_and_costs() -> None:
    recalls = {"calm": {"recall_first_heard": 0.8, "recall_known": 0.9}} | {
        "sad": {"recall_first_heard": 0.5, "recall_known": 0.4}
    }
    metrics = {
        "cv_uar": 0.6,
        "known_voice_uar": 0.65,
        "known_voice_uar_interval": [0.6, 0.7],
        "known_voice_clips": 10,
        "known_voice_uar_by_sex": {"female": 0.7, "male": 0.6},
        "known_voice_ece": 0.03,
        "known_voice_accuracy_mostly_calm": {"first_heard": 0.7, "known": 0.75},
        "known_voice_recall_one_emotion": recalls,
    }
    text = "\n".join(sections({"task": "speech-emotion", "metrics": metrics}))
    assert "UAR rises from 0.600 to 0.650 (0.600 to 0.700) after 10 clips" in text and "70.0% to 75.0%" in text
    assert "65.0% are read rightly at first and 65.0% then; sad loses most (0.50 and 0.40)" in text


def test_card_says_what_live_windows_gain() -> None:
    changes = {"n": 9, "uar": 0.55, "uar_interval": [0.5, 0.6], "uar_whole_windows": 0.45}
    stays = {"n": 9, "uar": 0.65, "uar_interval": [0.6, 0.7], "uar_whole_windows": 0.64}
    word = {"mood changes": {"named": 0.7, "precision": 0.3}, "mood stays": {"named": 0.9, "precision": 0.715}}
    metrics = {"live_uar": {"mood changes": changes, "mood stays": stays}, "live_word": word}
    text = "\n".join(sections({"task": "speech-emotion", "metrics": metrics}))
    assert "UAR is 0.550 (0.500 to 0.600; 0.450 with whole windows) where the mood changes" in text
    assert "0.650 (0.600 to 0.700; 0.640 with whole windows) where it stays" in text
    assert (
        "for 90% of the readings" in text
        and "right in 71.5% of these" in text
        and "named for 70%, and right in 30.0%" in text
    )
