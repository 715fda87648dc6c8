"""Damaged and hostile pictures and clips: a clear error within seconds, never a crash or a wrong success."""

from __future__ import annotations

import random
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.hostile import mutated, pictures, sounds
from training.errors import DataError
from training.pictures import MAX_PIXELS, PictureError, read_picture
from training.sounds import MAX_SECONDS, read_clip

MUTATIONS = 1000
HANG_SECONDS = 5.0

pytestmark = pytest.mark.filterwarnings("ignore")  # decoders warn of damage, which is what is done here


def attack(
    wholes: dict[str, bytes], folder: Path, read: Callable[[Path], object], expected: type[Exception]
) -> tuple[int, int]:
    """Read MUTATIONS damaged files; how many still decoded, and how many were refused."""
    chance = random.Random(11)
    read_well = refused = 0
    for index in range(MUTATIONS):
        name, whole = chance.choice(sorted(wholes.items()))
        path = folder / f"{index}-{name}"
        path.write_bytes(mutated(whole, chance))
        began = time.monotonic()
        try:
            read(path)
            read_well += 1
        except expected as error:
            refused += 1
            assert path.name in str(error), "the message does not say which file"
        assert time.monotonic() - began < HANG_SECONDS, f"{path.name} took too long"
        path.unlink()
    return read_well, refused


@pytest.mark.slow
def test_a_thousand_damaged_pictures_are_read_or_refused(tmp_path: Path) -> None:
    def read(path: Path) -> None:
        picture = read_picture(path)
        assert picture.dtype == np.uint8
        assert picture.ndim == 3 and picture.shape[2] == 3 and picture.size <= 3 * MAX_PIXELS

    read_well, refused = attack({f"p.{kind}": raw for kind, raw in pictures().items()}, tmp_path, read, PictureError)
    assert refused > MUTATIONS / 5 and read_well > MUTATIONS / 50


@pytest.mark.slow
def test_a_thousand_damaged_clips_are_read_or_refused(tmp_path: Path) -> None:
    def read(path: Path) -> None:
        samples = read_clip(path, 16_000)
        assert samples.ndim == 1 and 0 < len(samples) <= MAX_SECONDS * 16_000
        assert np.isfinite(samples).all()

    read_well, refused = attack(sounds(), tmp_path, read, DataError)
    assert refused > MUTATIONS / 5 and read_well > MUTATIONS / 50


@pytest.mark.parametrize("cut", [0, 1, 20, 0.5, 0.95])
@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_picture_that_is_cut_off_is_refused(tmp_path: Path, kind: str, cut: float) -> None:
    whole = pictures()[kind]
    path = tmp_path / f"cut.{kind}"
    path.write_bytes(whole[: int(cut if cut > 1 else cut * len(whole)) if cut != 1 else 1])
    with pytest.raises(PictureError, match="cut"):
        read_picture(path)


def test_a_decompression_bomb_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    """A PNG of 60,000 x 60,000 pixels in a few kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1 << 20)))
        + chunk(b"IEND", b"")
    )
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb)
    with pytest.raises(PictureError, match="bomb.png"):
        read_picture(path)


def test_a_header_that_promises_days_of_sound_takes_no_memory(tmp_path: Path) -> None:
    whole = bytearray(sounds()["PCM_24.flac"])
    # STREAMINFO: the last 36 bits before the checksum are the number of samples.
    whole[21] |= 0x0F
    whole[22:26] = b"\xff\xff\xff\xff"
    path = tmp_path / "days.flac"
    path.write_bytes(whole)
    try:
        assert len(read_clip(path, 16_000)) <= 16_000
    except DataError as error:
        assert "days.flac" in str(error)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize(("subtype", "channels"), [("PCM_U8", 1), ("PCM_24", 2), ("PCM_32", 1), ("DOUBLE", 6)])
def test_ordinary_rates_depths_and_channels_are_read(tmp_path: Path, rate: int, subtype: str, channels: int) -> None:
    tone = 0.25 * np.sin(2 * np.pi * 440 * np.arange(rate // 2) / rate)
    path = tmp_path / "tone.wav"
    soundfile.write(path, np.repeat(tone[:, None], channels, axis=1), rate, subtype)
    samples = read_clip(path, 16_000)
    assert abs(len(samples) - 8_000) <= 1
    spectrum = np.abs(np.fft.rfft(samples[:8_000]))
    assert spectrum.argmax() * 2 == pytest.approx(440, abs=2)
    assert np.abs(samples[1000:-1000]).max() == pytest.approx(0.25, rel=0.05)


def test_samples_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    for name, value in (("nan", np.nan), ("infinite", np.inf), ("absurd", 1e30)):
        samples = np.zeros(16_000, np.float32)
        samples[500] = value
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, samples, 16_000, "FLOAT")
        with pytest.raises(DataError, match=name):
            read_clip(path, 16_000)


@pytest.mark.parametrize("rate", [1, 100, 7_999, 192_001, 2_000_000])
def test_a_rate_that_nobody_records_at_is_refused(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "rate.wav"
    soundfile.write(path, np.zeros(1000), rate, "PCM_16")
    with pytest.raises(DataError, match=f"{rate} Hz"):
        read_clip(path, 16_000)


def test_a_clip_longer_than_any_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.flac"
    with soundfile.SoundFile(path, "w", 8_000, 1, "PCM_16") as out:
        for _ in range(MAX_SECONDS + 2):
            out.write(np.zeros(8_000))
    assert path.stat().st_size < 1_000_000  # silence packs well
    with pytest.raises(DataError, match="longer than"):
        read_clip(path, 16_000)


def test_no_samples_and_no_sound_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "words.wav").write_text("not a sound at all" * 10)
    soundfile.write(tmp_path / "header.wav", np.zeros(0), 16_000)
    for name in ("empty.wav", "words.wav", "header.wav", "missing.wav"):
        with pytest.raises(DataError, match=name):
            read_clip(tmp_path / name, 16_000)
