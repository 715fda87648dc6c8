"""The Python reference against implementations that are not ours: OpenCV, librosa, SciPy.

OpenCV rounds halves to even and we round them up, so that area means may differ by one level.
"""

from __future__ import annotations

import dataclasses

import cv2
import librosa
import numpy as np
import pytest
import scipy.signal
from skimage import data

from training.preprocessing.detector import FaceDetector
from training.preprocessing.face import FaceInput, area_resize, crop_face, letterbox, standardise, to_gray
from training.preprocessing.speech import (
    Resampler,
    SpeechInput,
    has_speech,
    log_mel,
    mel_filters,
    resample,
    standardise_log_mel,
    windows,
)

GRAY48 = FaceInput(48, 48, "gray", ((0.31, 0.38), (0.69, 0.38)), (0.5,), (0.25,))
ASTRONAUT_EYES = np.array([[203.7, 101.3], [247.0, 103.3]])
"""Her pupils, read off the picture, enlarged tenfold, by a person."""


@pytest.mark.parametrize(("width", "height"), [(128, 128), (90, 64), (511, 33), (48, 48), (512, 512)])
def test_shrinking_is_opencvs_inter_area(width: int, height: int) -> None:
    picture = data.astronaut()
    expected = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    difference = np.abs(area_resize(picture, width, height).astype(int) - expected)
    assert difference.max() <= 1
    assert np.mean(difference > 0) < 0.05  # at a quarter of the size every 16th mean is a half


def test_enlarging_is_bilinear() -> None:
    picture = data.astronaut()[100:140, 180:240]
    expected = cv2.resize(picture, (150, 90), interpolation=cv2.INTER_LINEAR)
    assert np.abs(area_resize(picture, 150, 90).astype(int) - expected).max() <= 1


def test_gray_is_opencvs() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    np.testing.assert_array_equal(to_gray(picture)[..., 0], cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


def test_crop_is_opencvs_affine_warp_where_nothing_shrinks() -> None:
    picture = data.astronaut()
    target = dataclasses.replace(GRAY48, channels="rgb", width=96, height=96, mean=(0.5,) * 3, std=(0.2,) * 3)
    eyes = np.array([[205.0, 112.0], [235.0, 104.0]])  # 31 pixels apart, shown over 36
    wanted = np.array([[0.31, 0.38], [0.69, 0.38]]) * 96
    matrix = cv2.estimateAffinePartial2D(wanted - 0.5, eyes - 0.5)[0]
    expected = cv2.warpAffine(picture, matrix, (96, 96), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    # OpenCV interpolates at 1/32 of a pixel: an edge of 255 levels may move by eight.
    difference = np.abs(crop_face(picture, eyes, target).astype(int) - expected)
    assert difference.max() <= 8
    assert difference.mean() < 0.7


def test_crop_lays_the_eyes_where_the_spec_says() -> None:
    picture = np.zeros((480, 640, 3), np.uint8)
    for x, y in ((300, 200), (380, 240)):
        cv2.circle(picture, (x, y), 12, (255, 255, 255), -1)
    crop = crop_face(picture, np.array([[300.5, 200.5], [380.5, 240.5]]), GRAY48)[..., 0].astype(float)
    for half, (at_x, at_y) in ((slice(0, 24), (0.31, 0.38)), (slice(24, 48), (0.69, 0.38))):
        weights = np.zeros_like(crop)
        weights[:, half] = crop[:, half]
        rows, columns = np.mgrid[0:48, 0:48] + 0.5
        assert np.sum(columns * weights) / weights.sum() == pytest.approx(at_x * 48, abs=0.1)
        assert np.sum(rows * weights) / weights.sum() == pytest.approx(at_y * 48, abs=0.1)


def test_crop_of_a_large_face_is_the_mean_of_the_area() -> None:
    rng = np.random.default_rng(2)
    picture = rng.integers(0, 256, (1200, 1200, 3), dtype=np.uint8)
    eyes = np.array([[0.31, 0.38], [0.69, 0.38]]) * 960 + 120  # exactly 20 source pixels a crop pixel, unturned
    expected = area_resize(picture[120:1080, 120:1080], 48, 48)
    assert np.abs(crop_face(picture, eyes, GRAY48).astype(int) - to_gray(expected)).max() <= 1


@pytest.mark.parametrize("eyes", [[[5, 5], [5, 5]], [[5, 5], [5.5, 5]], [[np.nan, 5], [9, 5]], [[1, 2]]])
def test_eyes_that_give_no_crop_are_refused(eyes: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="eyes"):
        crop_face(data.astronaut(), np.array(eyes, float), GRAY48)


def test_letterbox_keeps_proportions_and_says_how_to_go_back() -> None:
    picture = np.full((240, 320, 3), 200, np.uint8)
    square, scale, left, top = letterbox(picture)
    assert (scale, left, top) == (2.5, 0, 16)
    assert np.all(square[16:112] == 200)
    assert np.all(square[:16] == 0)
    assert np.all(square[112:] == 0)


def test_standardise() -> None:
    crop = np.array([[[0]], [[255]]], np.uint8)
    np.testing.assert_allclose(standardise(crop, GRAY48).ravel(), [-2.0, 2.0])


def test_detector_finds_the_astronauts_eyes() -> None:
    best = FaceDetector().detect(data.astronaut())[0]
    assert best.score > 0.8
    np.testing.assert_allclose(best.eyes, ASTRONAUT_EYES, atol=6)
    assert FaceDetector().detect(np.zeros((480, 640, 3), np.uint8)) == []


def test_detector_finds_the_face_of_a_tight_picture_in_its_own_pixels() -> None:
    face = FaceDetector().find_in_picture(data.astronaut()[20:180, 145:305])
    assert face is not None
    np.testing.assert_allclose(face.eyes, ASTRONAUT_EYES - [145, 20], atol=6)


@pytest.mark.parametrize("seconds", [0.1, 1.0, 3.0])
def test_log_mel_is_librosas(seconds: float) -> None:
    target = SpeechInput()
    rng = np.random.default_rng(4)
    samples = rng.standard_normal(int(seconds * 16_000)) * 0.1
    power = librosa.feature.melspectrogram(
        y=samples, sr=16_000, n_fft=1024, hop_length=320, n_mels=64, fmin=50, fmax=7000, pad_mode="constant"
    )
    expected = librosa.power_to_db(power, amin=1e-10, top_db=None).T
    np.testing.assert_allclose(log_mel(samples, target), expected, atol=1e-4)


def test_mel_filters_are_librosas() -> None:
    expected = librosa.filters.mel(  # type: ignore[attr-defined]
        sr=22_050, n_fft=2048, n_mels=40, fmin=0, fmax=9000
    )
    np.testing.assert_allclose(mel_filters(22_050, 2048, 40, 0, 9000), expected, atol=1e-8)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_resampling_keeps_a_tone_and_stops_what_would_alias(rate: int) -> None:
    t = np.arange(rate) / rate
    tone = resample(np.sin(2 * np.pi * 1000 * t), rate, 16_000)
    assert len(tone) == 16_000
    expected = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    np.testing.assert_allclose(tone[500:-500], expected[500:-500], atol=1e-5)
    if rate > 20_000:
        alias = resample(np.sin(2 * np.pi * 9_500 * t), rate, 16_000)
        assert np.abs(alias[500:-500]).max() < 1e-5


def test_resampling_is_scipys_with_the_same_taps() -> None:
    samples = np.random.default_rng(6).standard_normal(3_000)
    # The prototype at 3 x 16 kHz for 48 kHz -> 16 kHz: one phase, cut off at 0.94 of 8 kHz.
    t = np.arange(-96, 97)
    taps = np.sinc(0.94 / 3 * t) * np.i0(12 * np.sqrt(1 - (t / 96) ** 2)) / np.i0(12)
    expected = scipy.signal.upfirdn(taps / taps.sum(), samples, up=1, down=3)[32 : 32 + 1_000]
    np.testing.assert_allclose(resample(samples, 48_000, 16_000, Resampler()), expected, atol=1e-6)


def test_windows_cover_every_sample() -> None:
    target = SpeechInput()
    ramp = np.arange(60_000, dtype=np.float32)
    cut, starts = windows(ramp, target)
    assert starts == [0, 8_000, 12_000]
    assert cut[-1][-1] == 59_999
    short, starts = windows(np.array([1, 2, 3], np.float32), target)
    assert starts == [0]
    np.testing.assert_array_equal(short[0][:7], [1, 2, 3, 1, 2, 3, 1])
    with pytest.raises(ValueError, match="no samples"):
        windows(np.array([], np.float32), target)


def test_nobody_speaks_in_silence_noise_or_hum() -> None:
    target = SpeechInput()
    rng = np.random.default_rng(8)
    t = np.arange(48_000) / 16_000
    for name, samples in {
        "silence": np.zeros(48_000),
        "hiss": rng.standard_normal(48_000) * 0.05,
        "hum": 0.1 * np.sin(2 * np.pi * 120 * t),
    }.items():
        assert not has_speech(log_mel(samples, target), target), name


def test_a_spec_reads_back() -> None:
    speech = SpeechInput(mean=(1.5,) * 64, std=(2.0,) * 64)
    assert SpeechInput.from_spec(speech.to_spec()) == speech
    assert FaceInput.from_spec(GRAY48.to_spec()) == GRAY48


def test_half_precision_levels_are_standardised_in_single_precision() -> None:
    target = SpeechInput()
    levels = np.random.default_rng(8).uniform(-90, 0, (5, target.n_mels)).astype(np.float16)
    target = dataclasses.replace(target, mean=(-41.237,) * target.n_mels, std=(7.31,) * target.n_mels)
    exact = (levels.astype(np.float64) + 41.237) / 7.31
    np.testing.assert_allclose(standardise_log_mel(levels, target), exact, atol=1e-5)
    np.testing.assert_allclose(standardise_log_mel(levels.astype(np.float64), target), exact, atol=1e-6)


def test_grey_levels_in_single_precision_are_standardised_alike() -> None:
    target = FaceInput(5, 4, "rgb", ((0.3, 0.4), (0.7, 0.4)), (0.4, 0.5, 0.6), (0.2, 0.25, 0.3))
    levels = np.random.default_rng(9).integers(0, 256, (2, 4, 5, 3), np.uint8)
    np.testing.assert_allclose(standardise(levels.astype(np.float32), target), standardise(levels, target), atol=1e-5)
