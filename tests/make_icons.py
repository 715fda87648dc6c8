"""Draws the icons of the installed page from its logo, in Chromium: `python -m tests.make_icons`.

Run after a change of webapp/public/logo.svg. A maskable icon is cut to a circle or a square with round corners by the
system, so its picture stays within the inner 80 % (https://www.w3.org/TR/appmanifest/#icon-masks), on the page's paper.
"""

from __future__ import annotations

from base64 import b64encode

from playwright.sync_api import sync_playwright

from server import ROOT
from tests.chromium import installed

PUBLIC = ROOT / "webapp" / "public"
PAPER = "#f1f5f4"

# name: (pixels, share of the width that the logo takes, background)
ICONS = {
    "icon-192": (192, 1.0, "transparent"),
    "icon-512": (512, 1.0, "transparent"),
    "maskable-192": (192, 0.62, PAPER),
    "maskable-512": (512, 0.62, PAPER),
    "touch-180": (180, 0.76, PAPER),
}


def main() -> None:
    """Write the icons."""
    logo = b64encode((PUBLIC / "logo.svg").read_bytes()).decode()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=["--no-sandbox"])
        for name, (pixels, share, background) in ICONS.items():
            page = browser.new_page(viewport={"width": pixels, "height": pixels})
            page.set_content(
                f'<body style="margin:0;height:100vh;display:grid;place-items:center;background:{background}">'
                f'<img style="width:{share * 100}%" src="data:image/svg+xml;base64,{logo}">'
            )
            page.screenshot(path=PUBLIC / "icons" / f"{name}.png", omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
