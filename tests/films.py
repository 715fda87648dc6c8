"""Films with several people for Chromium's fake camera, made alike on every machine.

The people are portraits of scikit-image's `lfw_subset` (25 x 25 grey levels, from Labeled Faces in the Wild),
enlarged: a detector that looks at a whole frame in 128 x 128 pixels sees them as it sees others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from skimage import data

from tests.media import HEIGHT, WIDTH, Picture, no_face

Centre = tuple[float, float]  # x and y in pixels
FRAMES_PER_SECOND = 10  # so that a film of many seconds stays small

# Softness of a portrait's edge, as a share of its side.
EDGE = 0.06


def portrait(index: int, side: int) -> Picture:
    """The `index`-th face of `lfw_subset`, `side` pixels wide and high, RGB."""
    grey = np.clip(data.lfw_subset()[index] * 255, 0, 255).astype(np.uint8)
    large = cv2.resize(grey, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.repeat(large[:, :, None], 3, axis=2)


def paste(frame: npt.NDArray[np.float64], face: Picture, centre: Centre) -> None:
    """Lay an oval portrait with a soft edge over the frame, to a fraction of a pixel; what is inside is cut off."""
    side = face.shape[0]
    down, across = np.mgrid[0:side, 0:side] / (side - 1) * 2 - 1
    cover = np.clip((1 - np.hypot(across / 0.98, down)) / EDGE, 0, 1)
    # Only the part of the frame that the portrait touches; a pixel more on each side for the fraction.
    left, top = (int(np.floor(middle - side / 2)) - 1 for middle in centre)
    right, bottom = min(left + side + 3, WIDTH), min(top + side + 3, HEIGHT)
    if min(right - max(0, left), bottom - max(0, top)) <= 0:
        return
    shift = np.array([[1, 0, centre[0] - side / 2 - left], [0, 1, centre[1] - side / 2 - top]], np.float64)
    inside = (slice(max(0, -top), bottom - top), slice(max(0, -left), right - left))
    cover = cv2.warpAffine(cover, shift, (side + 3, side + 3))[inside][:, :, None]
    moved = cv2.warpAffine(face, shift, (side + 3, side + 3), borderMode=cv2.BORDER_REPLICATE)[inside]
    part = frame[max(0, top) : bottom, max(0, left) : right]
    part += cover * (moved - part)


def write_frames(path: Path, frames: Iterable[Picture]) -> Path:
    """Write RGB frames as the y4m that Chromium's fake camera plays in a loop."""
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420\n".encode())
        for frame in frames:
            out.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).tobytes())
    return path


def people(
    seconds: float,
    faces: Iterable[tuple[Picture, Callable[[float], Centre]]],
    noise: float = 0.0,
    light: Callable[[float], npt.NDArray[np.float64]] | None = None,
) -> Iterable[Picture]:
    """Frames in which portraits move as their functions of the time say; the last is in front of the others.

    `noise` is the standard deviation of a camera's noise in grey levels, anew in every frame; `light` gives what the
    brightness is multiplied with at a time, across the picture (shape `(WIDTH, 1)`).
    """
    wall = no_face().astype(np.float64)
    chance = np.random.default_rng(11)
    portraits = list(faces)
    for index in range(round(seconds * FRAMES_PER_SECOND)):
        frame = wall.copy()
        for face, place in portraits:
            paste(frame, face, place(index / FRAMES_PER_SECOND))
        if light is not None:
            frame *= light(index / FRAMES_PER_SECOND)
        if noise > 0:
            frame += noise * chance.standard_normal(frame.shape, dtype=np.float32)
        yield np.clip(frame.round(), 0, 255).astype(np.uint8)


# Of `lfw_subset`, as the shipped network reads them: clearly happy, clearly neutral, and between neutral and sad.
HAPPY, NEUTRAL, BETWEEN = 18, 17, 39

SIDE = 190  # of a portrait in pixels; its face is about 150 wide
SHAKY_SECONDS = 12.0  # so that all its periods fit
LIGHT_SWAY = 0.15
CAMERA_NOISE = 12.0  # standard deviation in grey levels
CROSSING_SECONDS = 16.0  # of the film, which begins again where it ends


def crossing(path: Path) -> Path:
    """Two people who cross, meet and turn back, cross again, meet and turn back again, within 16 seconds."""

    def place(side: int) -> Callable[[float], Centre]:
        def at(time: float) -> Centre:
            # Four parts of 4 seconds: in the first and third they pass each other, in the others they meet and return.
            part, within = divmod(time, 4.0)
            away = np.cos(np.pi * within / 4.0)  # 1 to -1
            if part % 2 == 0:
                offset = 170 * away * (1 if part == 0 else -1)
            else:
                offset = (40 + 130 * abs(away)) * (-1 if part == 1 else 1)
            return WIDTH / 2 + side * offset, HEIGHT / 2 + side * 12

        return at

    return write_frames(
        path, people(CROSSING_SECONDS, [(portrait(NEUTRAL, SIDE), place(-1)), (portrait(HAPPY, SIDE), place(1))])
    )


def shaky(path: Path) -> Path:
    """One steady face that the network cannot decide about, in changing light, before a shaking and noisy camera."""

    def place(time: float) -> Centre:
        turn = 2 * np.pi * time
        return WIDTH / 2 + 3 * np.cos(turn) + 2 * np.sin(3 * turn), HEIGHT / 2 + 3 * np.sin(2 * turn)

    def light(time: float) -> npt.NDArray[np.float64]:
        # Clouds, and a lamp at one side; both begin again with the film.
        across = np.linspace(-1, 1, WIDTH)[:, None]
        sway = np.sin(2 * np.pi * time / 4) + across * np.sin(2 * np.pi * time / 3)
        return np.asarray(1 + LIGHT_SWAY * sway)

    film = people(SHAKY_SECONDS, [(portrait(BETWEEN, SIDE), place)], noise=CAMERA_NOISE, light=light)
    return write_frames(path, film)


def cup(path: Path) -> Path:
    """A cup of coffee from above (scikit-image's), which a single look takes for a face; it sways a little."""
    view = cv2.resize(data.coffee()[1:392, 55:577], (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    chance = np.random.default_rng(5)

    def frame(index: int) -> Picture:
        turn = 2 * np.pi * index / 20
        sway = np.array([[1, 0, 2 * np.cos(turn)], [0, 1, 2 * np.sin(turn)]])
        moved = cv2.warpAffine(view, sway, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        noisy: Picture = np.clip(moved + chance.normal(0, 2, moved.shape), 0, 255).astype(np.uint8)
        return noisy

    return write_frames(path, (frame(index) for index in range(20)))
