"""The page over HTTPS, as a phone on the same network opens it after the warning about the certificate."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPage
from tests.command import Start, address_in, said

pytestmark = pytest.mark.browser


def test_the_page_is_secure_and_isolated_over_https(open_page: OpenPage, start: Start) -> None:
    address = address_in(said(start("--https", "--port", "0"), "fingerprint is"))
    page = open_page("/", origin=address.rstrip("/"), ignore_https_errors=True)
    state = page.evaluate(
        """() => ({
          secure: isSecureContext,
          isolated: crossOriginIsolated,
          camera: typeof navigator.mediaDevices?.getUserMedia,
        })"""
    )
    assert state == {"secure": True, "isolated": True, "camera": "function"}
    page.get_by_test_id("nav-face").click()
    page.get_by_test_id("face-start").wait_for()
    page.wait_for_load_state("networkidle")
    page.goto("about:blank")  # the server ends before the page does
