"""Finds a Chromium that starts, and fetches one where there is none: `python -m tests.chromium` prints its path.

Looked for in this order: the one that MIEN_CHROMIUM names; one that is installed; Playwright's own, downloaded; the
system's package, installed if we are root. Progress and failures go to stderr.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

from playwright.sync_api import Error, sync_playwright

from converter.chromium import NAMED_BY, NAMES

PACKAGE_MANAGERS: Sequence[Sequence[Sequence[str]]] = (
    (("apt-get", "update"), ("apt-get", "install", "--yes", "chromium")),
    (("dnf", "install", "--assumeyes", "chromium"),),
    (("apk", "add", "chromium"),),
    (("pacman", "--sync", "--noconfirm", "chromium"),),
)


def note(text: str) -> None:
    """Tell the person at the terminal; stdout is for the path."""
    print(text, file=sys.stderr, flush=True)


def installed() -> str | None:
    """The browser to drive: MIEN_CHROMIUM, else one on the PATH; None means the one that Playwright has downloaded."""
    return os.environ.get(NAMED_BY) or next(filter(None, map(shutil.which, NAMES)), None)


def problem_of(executable: str | None) -> str | None:
    """Start the browser (None: Playwright's own) and stop it; return what went wrong, or None if it works."""
    with sync_playwright() as playwright:
        try:
            playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"]).close()
        except Error as error:
            return error.message.strip().splitlines()[0]
    return None


def playwrights_path() -> str:
    """Where Playwright keeps its own Chromium, downloaded or not."""
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def run(command: Sequence[str]) -> bool:
    """Run a command, its output on stderr; whether it succeeded."""
    note("$ " + " ".join(command))
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0


def fetch_playwrights() -> str:
    """Download Playwright's Chromium, with the system libraries that it needs if we may install them."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    run([sys.executable, "-m", "playwright", "install", *(["--with-deps"] if root else []), "chromium"])
    return playwrights_path()


def install_package() -> str | None:
    """Let the system's package manager install Chromium; None if that cannot be."""
    if hasattr(os, "geteuid") and os.geteuid() != 0:
        return None
    for commands in PACKAGE_MANAGERS:
        if shutil.which(commands[0][0]) and all(run(command) for command in commands):
            return installed()
    return None


def candidates() -> Iterator[Callable[[], str | None]]:
    """The ways to a browser, each tried only when those before it failed."""
    yield installed
    if os.environ.get(NAMED_BY):
        return  # what was asked for, or nothing
    yield playwrights_path
    yield fetch_playwrights
    yield install_package


def main() -> None:
    """Print the path of a Chromium that starts; leave with status 1 and a message if there is none."""
    reasons: list[str] = []
    for candidate in candidates():
        executable = candidate()
        if executable is None or not os.path.exists(executable):
            reasons += [f"{executable}: no such file"] if executable else []
            continue
        problem = problem_of(executable)
        if problem is None:
            print(executable)
            return
        reasons.append(f"{executable}: {problem}")
    tried = "".join(f"\n  {reason}" for reason in reasons)
    note(f"No Chromium that starts, and the tests need one.{tried}\nInstall Chromium or Chrome, or set {NAMED_BY}.")
    sys.exit(1)


if __name__ == "__main__":
    main()
