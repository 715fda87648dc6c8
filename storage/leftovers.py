"""What a killed process left behind beside a file or folder that it was writing.

Drafts carry the number of the process that writes them, so that another one, running at the same time, is left alone.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path


def draft_prefix(name: str, kind: str) -> str:
    """How a draft is named: ``.NAME.KIND-PID-``, to be followed by something random.

    Args:
        name: of the file or folder that it is for.
        kind: "new" for what is being written, "old" for what is set aside.
    """
    return f".{name}.{kind}-{os.getpid()}-"


def suffix_of(path: Path) -> str:
    """All suffixes, which a file's draft keeps, for libraries choose a format by them: ``.weights.h5``."""
    return "".join(path.suffixes)


def tidy(place: Path) -> None:
    """Remove drafts for ``place`` whose process is gone; where only the old folder is left, put it back."""
    pattern = re.compile(rf"\.{re.escape(place.name)}\.(new|old)-(\d+)-\w+{re.escape(''.join(place.suffixes))}")
    for draft in sorted(place.parent.glob(f".{place.name}.*")):
        match = pattern.fullmatch(draft.name)
        if match is None or _alive(int(match[2])):
            continue
        if match[1] == "old" and not place.exists():
            draft.rename(place)
        elif draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    if os.name == "nt":  # there, asking means ending it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
