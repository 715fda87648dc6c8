"""`mien-serve` as a process: what it says, HTTP and HTTPS for real, its certificate, its ends."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

import server
from tests.command import START_SECONDS, Start, address_in, said


def certificate_file(tmp_path: Path) -> Path:
    """Where the command keeps its certificate."""
    return next(tmp_path.rglob("server.pem"))


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_says_where_and_stops_when_told(start: Start, ending: signal.Signals) -> None:
    process = start("--port", "0")
    address = address_in(said(process, r"stops it"))
    assert address.startswith("http://127.0.0.1:")
    try:
        with urllib.request.urlopen(address + "healthz", timeout=10) as response:
            health = json.load(response)
    except urllib.error.HTTPError as error:  # 503 while nothing is built
        with error:
            health = json.load(error)
    assert health.keys() == {"status", "page", "models"}
    process.send_signal(ending)
    output, errors = process.communicate(timeout=15)
    assert process.returncode == 0
    assert "Traceback" not in output + errors


def test_https_is_really_served(start: Start, tmp_path: Path) -> None:
    process = start("--https", "--port", "0")
    text = said(process, r"fingerprint is ([0-9A-F]{2}:){31}[0-9A-F]{2}")
    address = address_in(text)
    assert address.startswith("https://127.0.0.1:")
    port = int(address.rstrip("/").rsplit(":", 1)[1])
    file = certificate_file(tmp_path)
    trusting = ssl.create_default_context(cafile=str(file))
    for name in ("localhost", "127.0.0.1"):  # the certificate is valid for both
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
            trusting.wrap_socket(plain, server_hostname=name) as secure,
        ):
            assert secure.version() in {"TLSv1.2", "TLSv1.3"}
            secure.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            with secure.makefile("rb") as stream:
                answer = stream.read().decode()
        assert re.match(r"HTTP/1.1 (200|503) ", answer)
        assert "Cross-Origin-Embedder-Policy: require-corp" in answer
        assert '"status"' in answer
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=15)
    assert process.returncode == 0


def test_listening_everywhere_says_what_that_exposes(start: Start) -> None:
    text = said(start("--host", "0.0.0.0", "--port", "0"), r"--https for other devices")
    assert "http://localhost:" in text
    assert "Everyone who can reach this machine can open the page" in text
    for address in server.lan_addresses():
        assert f"http://{address}:" in text


@pytest.mark.parametrize("scheme", [[], ["--https"]])
def test_a_port_in_use_is_named(start: Start, scheme: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start("--port", str(port), *scheme)
        _, errors = process.communicate(timeout=START_SECONDS)
    assert process.returncode == 1
    assert f"port {port} is in use already" in errors
    assert "--port" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("port", ["70000", "-1", "http"])
def test_a_port_that_is_none_is_refused(start: Start, port: str) -> None:
    process = start(f"--port={port}")
    _, errors = process.communicate(timeout=START_SECONDS)
    assert process.returncode == 2
    assert "--port" in errors


def test_an_address_of_another_machine_is_refused(start: Start) -> None:
    process = start("--host", "192.0.2.1", "--port", "0")
    _, errors = process.communicate(timeout=START_SECONDS)
    assert process.returncode == 1
    assert "cannot serve on 192.0.2.1" in errors
    assert "Traceback" not in errors


def test_the_certificate_is_private_kept_and_covers_this_machine(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "mien"
    file = server.self_signed_certificate("0.0.0.0", folder)
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.iterdir()) == [file]  # no drafts
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    addresses = names.get_values_for_type(x509.IPAddress)
    assert {ip_address(text) for text in ("127.0.0.1", "::1", *server.lan_addresses())} <= set(addresses)
    assert ip_address("0.0.0.0") not in addresses
    assert certificate.not_valid_after_utc - datetime.now(UTC) < timedelta(days=398)  # browsers refuse longer ones
    before = file.read_bytes()
    assert server.self_signed_certificate("0.0.0.0", folder).read_bytes() == before


@pytest.mark.parametrize("damage", ["another host", "not a certificate", "nearly over"])
def test_a_certificate_that_no_longer_serves_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    file = server.self_signed_certificate("127.0.0.1", tmp_path)
    before = file.read_bytes()
    host = "127.0.0.1"
    if damage == "another host":
        host = "mien.example"
    elif damage == "not a certificate":
        file.write_text("spoilt")
    else:

        class Later(datetime):
            """A clock 360 days on."""

            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return datetime.now(UTC) + timedelta(days=360)

        monkeypatch.setattr(server, "datetime", Later)
    renewed = server.self_signed_certificate(host, tmp_path)
    assert renewed == file
    assert renewed.read_bytes() not in (before, b"spoilt")
    x509.load_pem_x509_certificate(renewed.read_bytes())


def test_a_cache_that_cannot_be_written_is_named(start: Start, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    (tmp_path / "Library").write_text("the same, for macOS")
    process = start("--https", "--port", "0")
    _, errors = process.communicate(timeout=START_SECONDS)
    assert process.returncode == 1
    assert "cannot keep a certificate in" in errors
    assert "Traceback" not in errors
