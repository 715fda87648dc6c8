"""Finds and starts a headless Chromium."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from converter.errors import ConverterError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NAMED_BY = "MIEN_CHROMIUM"


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A running headless Chromium: the one that MIEN_CHROMIUM names, else an installed one, else Playwright's.

    Raises:
        ConverterError: there is none, or it does not start.
    """
    from playwright.sync_api import Error, sync_playwright

    executable = os.environ.get(NAMED_BY) or next(filter(None, map(shutil.which, NAMES)), None)
    # Chromium refuses to start its sandbox for root, which is who runs in most containers.
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=executable, args=["--no-sandbox"] if root else [], headless=True
            )
        except Error as error:
            raise ConverterError(
                f"No Chromium starts: {error.message.strip().splitlines()[0]}",
                where=executable or "Playwright's own Chromium",
                do=f"install Chromium or Google Chrome, set {NAMED_BY} to one, or run `playwright install chromium`",
            ) from error
        try:
            yield browser
        finally:
            browser.close()
