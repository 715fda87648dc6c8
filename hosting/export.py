"""`mien-serve --export DIR`: the page and its models as plain files, for any static host or content delivery network.

The folder is whole or not there at all: it is written beside its place, then renamed into it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from storage.folder import replaced_whole

MARK = "# Mien: the headers of every file, as Netlify and Cloudflare Pages read them; tell other hosts the same.\n"
"""The first line of an export's ``_headers``; a folder without it is not ours to replace."""

FOR_GOOD = "public, max-age=31536000, immutable"


class ExportError(Exception):
    """The page cannot be exported; the text says why and what to do."""


def export(folder: Path, dist: Path, models: Path, headers: Mapping[str, str]) -> int:
    """Write page, models and headers into ``folder``; an earlier export there is replaced as a whole.

    Args:
        folder: Where to; made where it is missing. It must be empty or hold an earlier export.
        dist: The built page.
        models: The converted models.
        headers: What every answer must carry.

    Returns:
        The number of files.

    Raises:
        ExportError: nothing is built, or ``folder`` holds something else.
        OSError: it cannot be written.
    """
    for needed, hint in ((dist / "index.html", "make build"), (models / "catalogue.json", "mien-convert")):
        if not needed.is_file():
            raise ExportError(f"there is no {needed}: run `{hint}` first")
    folder = folder.resolve()
    for source in (dist.resolve(), models.resolve()):
        if folder.is_relative_to(source) or source.is_relative_to(folder):
            raise ExportError(f"{folder} and {source} lie within each other: name another folder")
    if folder.exists() and not _is_replaceable(folder):
        raise ExportError(f"{folder} is not empty and holds no earlier export: name another folder, or empty it")
    visible = shutil.ignore_patterns(".*")
    with replaced_whole(folder) as draft:
        shutil.copytree(dist, draft, dirs_exist_ok=True, ignore=visible)
        shutil.copytree(models, draft / "models", ignore=visible)
        (draft / "_headers").write_text(headers_file(headers), encoding="utf-8")
        count = sum(path.is_file() for path in draft.rglob("*"))
    return count


def headers_file(headers: Mapping[str, str]) -> str:
    """The text of ``_headers``: a pattern of paths, then its headers, indented.

    The format is Netlify's (https://docs.netlify.com/routing/headers/), which Cloudflare Pages shares.
    """
    # Both hosts have every other file asked for anew each time, with its ETag, which is what the rest needs.
    rules = {
        "/*": [f"  {name}: {value}" for name, value in headers.items()],
        "/assets/*": [f"  Cache-Control: {FOR_GOOD}"],
        "/sw.js": ["  Service-Worker-Allowed: /"],
    }
    return MARK + "".join(f"{path}\n" + "\n".join(lines) + "\n" for path, lines in rules.items())


def _is_replaceable(folder: Path) -> bool:
    """Whether it is an empty folder or an earlier export."""
    if not folder.is_dir():
        return False
    if not any(folder.iterdir()):
        return True
    try:
        return (folder / "_headers").read_text(encoding="utf-8").startswith(MARK)
    except (OSError, UnicodeDecodeError):
        return False
