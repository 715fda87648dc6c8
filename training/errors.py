"""What goes wrong with what a user gave us, and with the machine."""

from __future__ import annotations


class DataError(Exception):
    """The data at hand cannot serve. The message says what, where and what to do; the command exits with 2."""


class DeviceError(Exception):
    """A device was lost while it trained. The message says which, why and what to do; the command exits with 1."""
