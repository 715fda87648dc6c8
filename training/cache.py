"""Where what is made once and used again lies."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """``MIEN_CACHE``, else ``~/.cache/mien``."""
    return Path(os.environ.get("MIEN_CACHE") or Path.home() / ".cache" / "mien")
