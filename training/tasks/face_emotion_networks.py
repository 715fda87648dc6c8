"""The networks that read emotion from a face: the small one that ships, and the wider ones that it learns from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import keras

from training.datasets import fer2013
from training.layers import conv_bn, residual

SIZE = 56
"""More than FER2013's own 48: a crop is turned and scaled, which at the same size blurs what is finest."""

WIDER = 1.5
"""Of a teacher's layers: a little over twice the weights."""


class Build(Protocol):
    """Makes an untrained network: (N, size, size, 1) to ``{"emotion": (N, classes)}`` logits."""

    def __call__(self, size: int, classes: int) -> keras.Model: ...


def build(size: int = SIZE, classes: int = len(fer2013.LABELS), width: float = 1.0) -> keras.Model:
    """A residual network of 0.6 M parameters: (N, size, size, 1) to ``{"emotion": (N, classes)}`` logits.

    The first layer keeps all pixels; from then on work is done at a half, a quarter and an eighth of it.

    Args:
        size: Side of a crop, pixels.
        classes: Number of labels.
        width: Factor of the number of channels throughout.
    """
    face = keras.Input((size, size, 1), name="face")
    x = conv_bn(face, round(24 * width))
    for filters, stride in ((32, 2), (64, 2), (128, 2), (128, 1)):
        x = residual(x, round(filters * width), stride)
    return _read(face, keras.layers.GlobalAveragePooling2D()(x), classes)


def build_wide(size: int, classes: int) -> keras.Model:
    """The same, ``WIDER``: 1.4 M parameters."""
    return build(size, classes, WIDER)


def build_plain(size: int, classes: int) -> keras.Model:
    """1.3 M parameters in nine plain convolutions, without shortcuts and so with other mistakes than ``build_wide``."""
    face = keras.Input((size, size, 1), name="face")
    x = face
    for filters, stride in ((24, 1), (32, 2), (48, 1), (64, 2), (96, 1), (96, 1), (128, 2), (128, 1), (128, 1)):
        x = conv_bn(x, round(filters * WIDER), stride)
    x = keras.layers.Dropout(0.2)(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return _read(face, keras.layers.Dropout(0.3)(x), classes)


TEACHERS: Mapping[str, Build] = {"wide": build_wide, "plain": build_plain}
"""By name, which is that of their folders, too."""


def _read(face: Any, features: Any, classes: int) -> keras.Model:
    emotion = keras.layers.Dense(classes, dtype="float32", name="emotion")(features)
    return keras.Model(face, {"emotion": emotion}, name="face_emotion")
