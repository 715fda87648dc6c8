"""Films and voices for Chromium's fake camera and fake microphone, made alike on every machine.

Films are uncompressed y4m from scikit-image's `astronaut` (a NASA portrait in the public domain); Chromium plays them
in a loop. Voices are RAVDESS clips where the datasets are present, and synthetic vowels otherwise.
"""

from __future__ import annotations

import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import soundfile
from scipy.signal import lfilter, resample_poly
from skimage import data

Picture = npt.NDArray[np.uint8]  # (height, width, 3), RGB
Samples = npt.NDArray[np.float64]  # mono, within -1..1

WIDTH, HEIGHT = 640, 480
FRAMES_PER_SECOND = 20
FRAMES = 20  # one second, then again
SHAKE_PIXELS = 3

CAPTURE_RATE = 48_000  # of the fake microphone's WAV file
SPEECH_RATE = 16_000
SEGMENT_SECONDS = 7.0  # more than two windows of the speech model
SILENCE_SECONDS = 3.0

# One strong and one subdued reading of the same sentence, by a woman.
ANGRY_CLIP = "ravdess/Actor_12/03-01-05-02-01-01-12"
SAD_CLIP = "ravdess/Actor_12/03-01-04-01-01-01-12"


def one_face() -> Picture:
    """The astronaut's upper body, her face about 130 pixels wide and left of the middle."""
    return np.asarray(cv2.resize(data.astronaut()[:384], (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR), np.uint8)


def two_faces() -> Picture:
    """The astronaut's head twice, side by side, the right one mirrored."""
    half = one_face()[:, 120 : 120 + WIDTH // 2]
    return np.ascontiguousarray(np.hstack([half, half[:, ::-1]]))


def no_face() -> Picture:
    """A plain wall with a soft shadow."""
    across, down = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    light = 90 + 80 * across + 40 * down
    return np.repeat(light[:, :, None], 3, axis=2).round().astype(np.uint8)


def write_film(path: Path, picture: Picture) -> Path:
    """Write a y4m film of the picture, swaying by a few pixels, as a held camera does."""
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420\n".encode())
        for index in range(FRAMES):
            turn = 2 * np.pi * index / FRAMES
            shift = np.array([[1, 0, SHAKE_PIXELS * np.cos(turn)], [0, 1, SHAKE_PIXELS * np.sin(turn)]])
            frame = cv2.warpAffine(picture, shift, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
            out.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).tobytes())
    return path


def synthetic_voice(seconds: float, *, pitch: float, lively: bool) -> Samples:
    """Spoken-like vowels at 16 kHz: a glottal pulse train through three formants, in syllables with gaps.

    `pitch` is the mean fundamental frequency in hertz; a lively voice is louder, faster, brighter and moves its pitch.
    """
    count = int(seconds * SPEECH_RATE)
    time = np.arange(count) / SPEECH_RATE
    syllables = 4.5 if lively else 2.5
    swing = 0.25 if lively else 0.04
    fundamental = pitch * (1 + swing * np.sin(2 * np.pi * 0.7 * time) + 0.01 * np.sin(2 * np.pi * 5.5 * time))
    phase = np.cumsum(fundamental) / SPEECH_RATE
    pulses = np.diff(np.floor(phase), prepend=0.0)
    breath = 0.01 * np.random.default_rng(7).standard_normal(count)
    tilt = 0.90 if lively else 0.97
    source = lfilter([1.0], [1.0, -tilt], pulses + breath)
    vowels = [(730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410)]
    which = (time * syllables).astype(int) % len(vowels)
    voice = np.zeros(count)
    for index, formants in enumerate(vowels):
        spoken = source
        for frequency, bandwidth in zip(formants, (80, 100, 140), strict=True):
            radius = np.exp(-np.pi * bandwidth / SPEECH_RATE)
            poles = [1.0, -2 * radius * np.cos(2 * np.pi * frequency / SPEECH_RATE), radius**2]
            spoken = lfilter([sum(poles)], poles, spoken)
        voice += spoken * (which == index)
    envelope = np.clip(np.sin(np.pi * (time * syllables % 1.0)) * 1.6, 0, 1)
    voice = lfilter([1.0, -0.95], [1.0], voice * envelope)  # lips radiate the higher part
    return np.asarray(voice / np.abs(voice).max() * (0.8 if lively else 0.25))


def _clip(folder: Path, name: str) -> Samples:
    """A RAVDESS clip at 16 kHz, without the half second and more of silence at either end."""
    candidates = [folder / f"{name}.{ending}" for ending in ("flac", "wav")]
    file = next((path for path in candidates if path.is_file()), None)
    if file is None:
        raise FileNotFoundError(f"{candidates[0]}: no such clip; MIEN_DATA should hold ravdess/Actor_NN/")
    samples, rate = soundfile.read(file)
    if rate != SPEECH_RATE:
        samples = resample_poly(samples, SPEECH_RATE, rate)
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return np.asarray(samples[loud[0] : loud[-1] + 1])


@dataclass(frozen=True)
class Voices:
    """Two ways to speak, at 16 kHz, and where they come from."""

    lively: Samples
    subdued: Samples
    real: bool


def voices(data_folder: Path | None) -> Voices:
    """An angry and a sad clip of RAVDESS, or a lively and a dull synthetic voice where there is no such data."""
    if data_folder is not None:
        return Voices(_clip(data_folder, ANGRY_CLIP), _clip(data_folder, SAD_CLIP), real=True)
    return Voices(
        synthetic_voice(SEGMENT_SECONDS, pitch=230, lively=True),
        synthetic_voice(SEGMENT_SECONDS, pitch=115, lively=False),
        real=False,
    )


def repeated(samples: Samples, seconds: float = SEGMENT_SECONDS) -> Samples:
    """The samples, again and again until so many seconds are full."""
    return np.resize(samples, int(seconds * SPEECH_RATE))


def silence(seconds: float = SILENCE_SECONDS) -> Samples:
    """Digital silence."""
    return np.zeros(int(seconds * SPEECH_RATE))


def write_voice(path: Path, parts: Iterable[Samples]) -> Path:
    """Write the parts, one after the other, as the 16-bit WAV that Chromium's fake microphone plays in a loop."""
    samples = resample_poly(np.concatenate(list(parts)), CAPTURE_RATE, SPEECH_RATE)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(CAPTURE_RATE)
        out.writeframes((np.clip(samples, -1, 1) * 32767).round().astype("<i2").tobytes())
    return path


@dataclass(frozen=True)
class Media:
    """The files for the fake camera and the fake microphone."""

    one_face: Path
    two_faces: Path
    no_face: Path
    lively: Path  # one voice throughout
    subdued: Path
    changing: Path  # lively, silence, subdued, silence
    silence: Path
    real_voices: bool


def make_media(folder: Path, data_folder: Path | None) -> Media:
    """Write them all below the folder: 28 MB in about a second."""
    spoken = voices(data_folder)
    lively, subdued = repeated(spoken.lively), repeated(spoken.subdued)
    return Media(
        one_face=write_film(folder / "one-face.y4m", one_face()),
        two_faces=write_film(folder / "two-faces.y4m", two_faces()),
        no_face=write_film(folder / "no-face.y4m", no_face()),
        lively=write_voice(folder / "lively.wav", [lively]),
        subdued=write_voice(folder / "subdued.wav", [subdued]),
        changing=write_voice(folder / "changing.wav", [lively, silence(), subdued, silence()]),
        silence=write_voice(folder / "silence.wav", [silence(10.0)]),
        real_voices=spoken.real,
    )
