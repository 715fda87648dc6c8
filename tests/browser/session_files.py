"""Session files for the tests: made here, not exported, so that the page's reader is held against the format."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

ZERO = "2026-03-01T14:03:22.123+01:00"
FACE_LABELS = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
VOICE_LABELS = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]

Document = dict[str, Any]


def samples(labels: list[str], begin: int, count: int, *, person: bool, turn: float) -> Document:
    """So many samples, 4 a second, in which the labels come up one after the other."""
    shares: dict[str, list[float]] = {label: [] for label in labels}
    shown = []
    for i in range(count):
        weights = [math.exp(2.2 * math.cos(i / turn - 2 * math.pi * k / len(labels))) for k in range(len(labels))]
        exact = [weight / sum(weights) for weight in weights]
        for label, share in zip(labels, exact, strict=True):
            shares[label].append(round(share, 4))
        shown.append(labels[exact.index(max(exact))])
    made: Document = {"ms": [begin + 250 * i for i in range(count)], "label": shown, "probabilities": shares}
    if person:
        made |= {
            "age": [30 + i % 5 for i in range(count)],
            "ageLow": [22.5] * count,
            "ageHigh": [41.5] * count,
            "female": [0.75] * count,
        }
    return made


def subject(name: str, kind: str, number: int, labels: list[str], made: Document) -> Document:
    """A subject of a session's file."""
    return {
        "id": f"{kind}-{number}",
        "kind": kind,
        "name": name,
        "labels": labels,
        "ageInterval": 0.9 if kind == "person" else None,
        "samples": made,
    }


def session() -> Document:
    """Two people one after the other and a voice: four minutes, with notes and a correction."""
    return {
        "format": "mien-session/1",
        "zero": ZERO,
        "sampleMs": 250,
        "subjects": [
            subject("Anna", "person", 1, FACE_LABELS, samples(FACE_LABELS, 0, 480, person=True, turn=30)),
            subject("", "person", 2, FACE_LABELS, samples(FACE_LABELS, 150_000, 360, person=True, turn=45)),
            subject("", "voice", 1, VOICE_LABELS, samples(VOICE_LABELS, 10_000, 700, person=False, turn=60)),
        ],
        "notes": [{"ms": 60_000, "text": 'She laughs, "loudly"; twice'}, {"ms": 151_000, "text": '=HYPERLINK("x")'}],
        "corrections": [
            {
                "ms": 61_000,
                "subject": "person-1",
                "shown": "angry",
                "right": "happy",
                "read": {label: (0.4 if label == "angry" else 0.1) for label in FACE_LABELS},
            }
        ],
    }


def write(path: Path, document: Document) -> Path:
    """Write it as JSON."""
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
