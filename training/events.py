"""The figures of a run as an event file that TensorBoard shows: ``tensorboard --logdir runs``.

Written without TensorBoard or TensorFlow. An event file is a sequence of TFRecords, each a serialised ``Event``; see
tensorflow/core/lib/io/record_writer.h and tensorflow/core/util/event.proto.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from storage.files import replacing

_PATTERN = "events.out.tfevents.*"


class EventFile:
    """The event file of a run folder. Each new one holds the run from its first epoch on and replaces those before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._written = 0

    def follow(self, history: Sequence[Mapping[str, float]]) -> None:
        """Write what is new in the history: one record an epoch, its ``epoch`` being TensorBoard's step."""
        events = b"".join(map(_event, history[self._written :]))
        if self._path is None:
            earlier = list(self._folder.glob(_PATTERN))
            # TensorBoard wants a name that it has not seen, for it goes on reading where it stopped.
            path = self._folder / f"events.out.tfevents.{time.time_ns() // 1000}.mien.{os.getpid()}"
            with replacing(path) as temporary:
                temporary.write_bytes(_record(_double(1, time.time()) + _bytes(3, b"brain.Event:2")) + events)
            for old in earlier:
                old.unlink()
            self._path = path
        else:
            # Added to, not replaced: TensorBoard keeps the file open. It passes over a record that broke off.
            with self._path.open("ab") as file:
                file.write(events)
        self._written = len(history)


def _event(record: Mapping[str, float]) -> bytes:
    values = b"".join(
        _bytes(1, _bytes(1, name.encode()) + _float(2, value)) for name, value in record.items() if name != "epoch"
    )
    return _record(_double(1, time.time()) + _integer(2, int(record["epoch"])) + _bytes(5, values))


def _record(data: bytes) -> bytes:
    """Length, its checksum, data, their checksum."""
    length = struct.pack("<Q", len(data))
    return length + _checksum(length) + data + _checksum(data)


def _checksum(data: bytes) -> bytes:
    """CRC-32C (RFC 3720, appendix B.4), turned and shifted so that checksums of checksums do no harm."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ _table()[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


@cache
def _table() -> tuple[int, ...]:
    def entries() -> Iterator[int]:
        for value in range(256):
            for _ in range(8):
                value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
            yield value

    return tuple(entries())


# The fields of a protocol buffer: a key (number and kind of the field), then the value.


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _integer(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _double(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _float(field: int, value: float) -> bytes:
    return _varint(field << 3 | 5) + struct.pack("<f", value)
