"""The README's pictures of the page: `python -m tests.make_screenshots`, after `make build`.

A real Chromium with a made film (scikit-image's astronaut, NASA, public domain) and a synthetic voice: nobody's data.
"""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from server import ROOT, create_app
from tests.browser.conftest import PAINTED_BY_SOFTWARE, media_flags, seen_before, served
from tests.chromium import installed
from tests.media import make_media, one_face, two_faces

OUT = ROOT / "docs"
DESKTOP, PHONE = (1440, 900), (390, 844)
QUALITY = 88
"""Of WebP: no mark of it is seen, at a third of a PNG's bytes."""


def opened(browser: Browser, origin: str, size: tuple[int, int], scheme: str, view: str) -> Page:
    """A page at rest."""
    width, height = size
    context = browser.new_context(
        base_url=origin,
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        storage_state=seen_before(origin),
        service_workers="block",
        locale="en-GB",
    )
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"/#/{view}")
    page.wait_for_timeout(1000)
    return page


def read_both(page: Page, seconds: float) -> None:
    """Face and voice for so long."""
    page.get_by_test_id("both-start").click()
    for name in ("face", "voice"):
        page.locator(f"[data-testid={name}-view][data-state=running]").wait_for()
    page.get_by_test_id("face-card").first.wait_for()
    page.wait_for_timeout(1000 * seconds)


def save(page: Page, name: str, whole: bool = False) -> None:
    """As WebP, which GitHub and every browser show."""
    picture = Image.open(BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    page.context.close()
    out = OUT / f"{name}.webp"
    picture.save(out, quality=QUALITY, method=6)
    print(out, out.stat().st_size, flush=True)


def files(folder: Path) -> list[str]:
    """What a visitor may drop."""
    pictures = {"portrait.png": one_face(), "two.jpg": two_faces()}
    for name, picture in pictures.items():
        if not cv2.imwrite(str(folder / name), np.ascontiguousarray(picture[:, :, ::-1])):
            raise OSError(folder / name)
    return [str(folder / name) for name in pictures]


def main() -> int:
    """The command."""
    with tempfile.TemporaryDirectory() as place, served(create_app()) as origin, sync_playwright() as playwright:
        folder = Path(place)
        media = make_media(folder, None)
        flags = [*PAINTED_BY_SOFTWARE, *media_flags(media.two_faces, media.lively, "granted")]
        browser = playwright.chromium.launch(args=flags, executable_path=installed())

        page = opened(browser, origin, DESKTOP, "light", "both")
        read_both(page, 8)
        save(page, "page")

        page = opened(browser, origin, PHONE, "dark", "both")
        read_both(page, 8)
        save(page, "phone")

        page = opened(browser, origin, DESKTOP, "dark", "both")
        page.get_by_test_id("record").locator("visible=true").first.click()
        read_both(page, 25)
        page.goto("/#/session")
        page.wait_for_timeout(1500)
        save(page, "session")

        page = opened(browser, origin, DESKTOP, "light", "files")
        page.get_by_test_id("files-input").set_input_files([*files(folder), str(media.lively)])
        page.locator(".file-results[data-busy=false]").wait_for()
        save(page, "files")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
