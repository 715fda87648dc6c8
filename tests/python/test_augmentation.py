"""Augmentation keeps shapes, ranges and seeds, and moves what it should."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.signal import fftconvolve

from training.augmentation import FaceAugmentation, SpeechAugmentation, mixup, vary_face, vary_log_mels
from training.crops import inner, mean_and_std, widened
from training.preprocessing.face import FaceInput
from training.preprocessing.speech import SpeechInput, log_mel

STILL = FaceAugmentation(0, 0, 0, 0, 0, 0, 0, 0, 0)


def test_without_ranges_only_the_mirror_is_left() -> None:
    wide = np.random.default_rng(0).integers(0, 256, (64, 64, 1), dtype=np.uint8)
    middle = inner(wide[None], 8)[0].astype(np.float32)
    seen = set()
    for seed in range(8):
        varied = vary_face(wide, 48, 48, STILL, np.random.default_rng(seed))
        kinds = [np.array_equal(varied, middle), np.array_equal(varied, middle[:, ::-1])]
        assert sum(kinds) == 1
        seen.add(kinds.index(True))
    assert seen == {0, 1}


@pytest.mark.parametrize("channels", [1, 3])
def test_faces_stay_grey_levels_and_follow_the_seed(channels: int) -> None:
    wide = np.random.default_rng(0).integers(0, 256, (84, 84, channels), dtype=np.uint8)
    first, again, other = (vary_face(wide, 64, 64, FaceAugmentation(), np.random.default_rng(s)) for s in (5, 5, 6))
    assert first.shape == (64, 64, channels)
    assert first.min() >= 0
    assert first.max() <= 255
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_tint_scales_each_colour_by_its_own_share_and_grey_has_none() -> None:
    tinted = dataclasses.replace(STILL, tint=0.2, grey_share=0.25)
    wide = np.full((84, 84, 3), (40, 100, 200), np.uint8)
    ratios, greys = [], 0
    for seed in range(400):
        varied = vary_face(wide, 64, 64, tinted, np.random.default_rng(seed))
        assert np.ptp(varied, axis=(0, 1)).max() < 1e-4, "the same everywhere"
        red, green, blue = varied[0, 0]
        if np.ptp(varied[0, 0]) < 1e-4:
            greys += 1
        else:
            ratios.append((red / 40, green / 100, blue / 200))
    spread = np.array(ratios)
    assert 0.79 < spread.min() < 0.82 and 1.18 < spread.max() < 1.21
    assert np.abs(np.corrcoef(spread.T) - np.eye(3)).max() < 0.2, "each by itself"
    assert 70 < greys < 130
    grey = wide[..., :1]
    plain, told = (vary_face(grey, 64, 64, s, np.random.default_rng(3)) for s in (STILL, tinted))
    assert plain.tobytes() == told.tobytes(), "a grey crop is varied as before"


def test_widened_crop_has_the_same_eyes_in_pixels() -> None:
    target = FaceInput(48, 40, "gray", ((0.3, 0.4), (0.7, 0.4)), (0.5,), (0.2,))
    wide = widened(target, 6)
    assert (wide.width, wide.height) == (60, 52)
    assert wide.eyes[0][0] * 60 - 6 == pytest.approx(0.3 * 48)
    assert wide.eyes[0][1] * 52 - 6 == pytest.approx(0.4 * 40)


def test_mean_and_std_are_numpys() -> None:
    crops = np.random.default_rng(0).integers(0, 256, (5, 6, 7, 3), dtype=np.uint8)
    mean, std = mean_and_std(crops)
    np.testing.assert_allclose(mean, crops.mean((0, 1, 2)) / 255, atol=1e-4)
    np.testing.assert_allclose(std, crops.std((0, 1, 2)) / 255, atol=1e-4)


def test_log_mel_window_is_a_stretch_of_the_clip() -> None:
    still = dataclasses.replace(
        SpeechAugmentation(), warp=0, gain_low_db=0, gain_high_db=0, room_share=0, noise_share=0, time_masks=0
    )
    still = dataclasses.replace(still, band_masks=0)
    whole = np.random.default_rng(0).normal(-40, 10, (200, 64)).astype(np.float16)
    window = vary_log_mels([whole], 151, still, np.random.default_rng(1))[0]
    starts = [s for s in range(50) if np.array_equal(window, whole[s : s + 151].astype(np.float32))]
    assert len(starts) == 1
    repeated = vary_log_mels([whole[:100]], 151, still, np.random.default_rng(1))[0]
    np.testing.assert_array_equal(repeated[100:], repeated[:51])


def test_noise_fills_the_pauses_and_leaves_the_voice() -> None:
    noisy = dataclasses.replace(
        SpeechAugmentation(), warp=0, gain_low_db=0, gain_high_db=0, room_share=0, noise_share=1, snr_low_db=20
    )
    noisy = dataclasses.replace(noisy, snr_high_db=20, time_masks=0, band_masks=0)
    whole = np.full((151, 64), -75.0, np.float32)
    whole[50:100] = -20
    window = vary_log_mels([whole], 151, noisy, np.random.default_rng(1))[0]
    assert np.median(window[:50]) > -65
    assert np.abs(np.median(window[50:100]) + 20) < 1
    assert np.isfinite(window).all()


def test_a_room_sounds_as_if_the_samples_had_been_reverberated() -> None:
    """Held against the log-mel of bursts of noise, convolved with an impulse response that decays as exponentially."""
    target, rt60, direct_db = SpeechInput(), 0.4, 3.0
    rng = np.random.default_rng(3)
    dry = rng.standard_normal(target.window_samples) * 1e-4
    for start in (0.5, 1.4):
        burst = slice(round(start * target.sample_rate), round((start + 0.4) * target.sample_rate))
        dry[burst] += rng.standard_normal(burst.stop - burst.start) * 0.05
    time = np.arange(round(rt60 * target.sample_rate)) / target.sample_rate
    response = rng.standard_normal(len(time)) * 10 ** (-3 * time / rt60)
    response *= 10 ** (-direct_db / 20) / np.sqrt(np.sum(response**2))
    response[0] += 1
    wet = fftconvolve(dry, response)[: len(dry)]

    room = dataclasses.replace(SpeechAugmentation(), warp=0, gain_low_db=0, gain_high_db=0, room_share=1, noise_share=0)
    room = dataclasses.replace(room, rt60_low_seconds=rt60, rt60_high_seconds=rt60, time_masks=0, band_masks=0)
    room = dataclasses.replace(room, direct_low_db=direct_db, direct_high_db=direct_db)
    plain = log_mel(dry.astype(np.float32), target)
    made = vary_log_mels([plain], target.frames, room, np.random.default_rng(1))[0]
    expected = log_mel(wet.astype(np.float32), target)
    # Over the bands, for each of them scatters; in the tails the difference to the dry sound is 30 dB and more.
    apart = (made - expected).mean(axis=1)[5:-5]
    assert np.abs(expected - plain).mean(axis=1).max() > 30
    assert np.median(np.abs(apart)) < 0.7
    assert np.abs(apart).max() < 4


def test_what_is_done_to_a_clip_does_not_depend_on_the_clips_beside_it() -> None:
    rng = np.random.default_rng(0)
    wholes = [rng.normal(-40, 15, (length, 64)).astype(np.float16) for length in (100, 151, 300, 190, 240, 160)]
    chance = np.random.default_rng(1)
    alone = [vary_log_mels([whole], 151, SpeechAugmentation(), chance)[0] for whole in wholes]
    together = vary_log_mels(wholes, 151, SpeechAugmentation(), np.random.default_rng(1))
    np.testing.assert_array_equal(together, np.stack(alone))


def test_mixup_blends_inputs_and_targets_by_the_same_share() -> None:
    inputs = np.eye(6, dtype=np.float32)
    mixed, targets = mixup(inputs, {"emotion": np.eye(6, dtype=np.float32)}, 0.3, np.random.default_rng(1))
    np.testing.assert_allclose(mixed, targets["emotion"])
    np.testing.assert_allclose(mixed.sum(axis=1), 1, atol=1e-6)
