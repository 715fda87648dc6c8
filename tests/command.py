"""`mien-serve` as a process of its own: what it prints, and where it serves."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from collections.abc import Callable

Start = Callable[..., subprocess.Popen[str]]
START_SECONDS = 60


def said(process: subprocess.Popen[str], pattern: str) -> str:
    """Read what the process prints until the pattern is there; return everything up to it."""
    assert process.stdout is not None
    deadline = time.monotonic() + START_SECONDS
    text = ""
    while not re.search(pattern, text):
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
        chunk = os.read(process.stdout.fileno(), 4096).decode() if ready else ""
        assert chunk, f"never said {pattern!r}, but: {text!r}"
        text += chunk
    return text


def address_in(text: str) -> str:
    """The first address in what the command printed."""
    found = re.search(r"https?://[^\s]+", text)
    assert found is not None, text
    return found.group()
