"""What goes wrong with what a user gave us."""

from __future__ import annotations


class DataError(Exception):
    """The data at hand cannot serve. The message says what, where and what to do; the command exits with 2."""
