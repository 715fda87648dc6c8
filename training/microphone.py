"""A simulated microphone: the same clip as a laptop in an ordinary room would record it.

In this order: the room, the noise, the band, the gain, full scale and 16 bits. Everything that is chosen by chance
depends on the clip's name alone, so that a clip sounds the same in every run.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve, firwin

from training.noises import active_rms, coloured
from training.preprocessing.speech import Samples

COLOURS_DB = (0.0, 3.0, 6.0)
"""The noise is white, pink or brown: its power falls by so many dB an octave."""
FILTER_TAPS = 129


@dataclass(frozen=True)
class Microphone:
    """What lies between the mouth and the samples."""

    snr_db: float
    """Power of speech while somebody speaks over that of the noise."""
    band_hz: float = 7000.0
    rt60_seconds: float = 0.4
    direct_db: float = 2.0
    """Direct over reverberant energy: at about half a metre in a room of 50 cubic metres with this RT60, where the
    critical distance 0.057 sqrt(V / RT60) is 0.64 m (H. Kuttruff, "Room Acoustics")."""
    gain_low_db: float = -20.0
    gain_high_db: float = 6.0

    def record(self, samples: NDArray[Any], rate: int, name: str) -> Samples:
        """The clip as recorded, of the same length.

        Args:
            samples: One channel, -1..1.
            rate: Hz, at least twice ``band_hz``.
            name: Of the clip; decides room, noise and gain.

        Raises:
            ValueError: the rate is too low for the band.
        """
        if rate < 2 * self.band_hz:
            raise ValueError(f"a band of {self.band_hz:.0f} Hz needs a rate of twice that, got {rate} Hz")
        rng = np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little"))
        sound = fftconvolve(samples, room(rate, self.rt60_seconds, self.direct_db, rng))[: len(samples)]
        noise = coloured(len(sound), COLOURS_DB[int(rng.integers(len(COLOURS_DB)))], rng)
        noise *= active_rms(sound, rate) / (np.sqrt(np.mean(noise**2)) + 1e-12) * 10 ** (-self.snr_db / 20)
        low_pass = firwin(FILTER_TAPS, self.band_hz, fs=rate) if rate > 2 * self.band_hz else np.ones(1)
        heard = fftconvolve(sound + noise, low_pass, mode="same")
        heard *= 10 ** (rng.uniform(self.gain_low_db, self.gain_high_db) / 20)
        recorded: Samples = (np.round(np.clip(heard, -1, 32767 / 32768) * 32768) / 32768).astype(np.float32)
        return recorded


def room(rate: int, rt60_seconds: float, direct_db: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """A room impulse response: the direct path, then Gaussian noise that decays exponentially by 60 dB in RT60.

    The statistical model of late reverberation (J. A. Moorer, "About This Reverberation Business", Computer Music
    Journal 3(2), 1979; J.-D. Polack, 1988), with the energy of the direct path set against that of the rest.

    Returns:
        ``RT60 * rate`` samples; the first is 1, which is the direct path.
    """
    time = np.arange(max(2, round(rt60_seconds * rate))) / rate
    response = rng.standard_normal(len(time)) * np.exp(-3 * math.log(10) * time / rt60_seconds)
    response[0] = 0
    response *= 10 ** (-direct_db / 20) / (np.sqrt(np.sum(response**2)) + 1e-12)
    response[0] = 1
    return response
