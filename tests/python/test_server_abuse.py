"""The server under hostile requests: generated ones, oversized ones, slow ones, many at once, and behind gunicorn."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from server import HEADERS, MAX_BODY_BYTES, MAX_HEADER_BYTES, ROOT, create_app
from tests.command import Start, address_in, said

SECRET = b"a secret outside of the web root"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW")
NAMES = (
    "index.html",
    "mien.js",
    "models",
    "catalogue.json",
    "secret.txt",
    "assets",
    "healthz",
    ".hidden",
    "etc",
    "passwd",
)
TURNS = (
    "..",
    ".",
    "",
    "%2e%2e",
    "%2E.",
    "..%2f",
    "%2f",
    "%5c",
    "\\",
    "%00",
    "%ff",
    "%c0%ae",
    "~",
    ";",
    "?",
    "#",
    "*",
    "a" * 300,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of an application with a small page, and with a secret beside its folders."""
    root = tmp_path_factory.mktemp("abuse")
    for folder in ("dist/assets", "models"):
        (root / folder).mkdir(parents=True)
    (root / "dist" / "index.html").write_text("<!doctype html>")
    (root / "dist" / "mien.js").write_text("export {};" * 100)
    (root / "dist" / ".hidden").write_bytes(SECRET)
    (root / "models" / "catalogue.json").write_text("{}")
    (root / "secret.txt").write_bytes(SECRET)
    return create_app(root / "dist", root / "models").test_client()


parts = some.one_of(some.sampled_from(NAMES), some.sampled_from(TURNS), some.text(max_size=12))
paths = some.lists(parts, max_size=7).map(lambda found: "/" + "/".join(found))
values = some.text(some.characters(min_codepoint=32, max_codepoint=255), max_size=40)
headers = some.dictionaries(
    some.sampled_from(
        (
            "Range",
            "If-Range",
            "If-None-Match",
            "If-Modified-Since",
            "Accept-Encoding",
            "Accept",
            "Host",
            "Cookie",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "Content-Type",
            "Content-Length",
            "Transfer-Encoding",
            "Origin",
        )
    ),  # fmt: skip
    some.one_of(
        values,
        some.sampled_from(
            (
                "bytes=0-",
                "bytes=5-2",
                "bytes=-1",
                "bytes=0-0,5-9",
                "bytes=999999999999-",
                'W/"x"',
                "*",
                "br;q=x",
                "gzip",
            )
        ),
    ),
    max_size=4,
)


@settings(
    max_examples=10_000,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(method=some.sampled_from(METHODS), path=paths, given_headers=headers)
@example(method="GET", path="/", given_headers={})
@example(method="GET", path="/mien.js", given_headers={"Range": "bytes=0-3"})
def test_generated_requests_never_fail_and_never_get_out(
    client: FlaskClient, method: str, path: str, given_headers: dict[str, str]
) -> None:
    """10,000 requests: no 5xx, nothing from outside of the web root, the headers on every answer."""
    try:
        response = client.open(path, method=method, headers=given_headers)
    except (ValueError, UnicodeError):
        return  # Werkzeug's client refuses to send what is no request at all; the raw ones below are sent
    assert response.status_code < 500, response.status
    assert SECRET not in response.data
    assert {name: response.headers[name] for name in HEADERS} == dict(HEADERS)
    if method not in ("GET", "HEAD"):
        assert response.status_code in (400, 404, 405, 413), response.status


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-3", 206, b"expo"),
        ("bytes=-3", 206, b"{};"),
        ("bytes=995-", 206, b"t {};"),
        ("bytes=1000-", 416, None),
        ("bytes=5-2", 200, b"export {};" * 100),
        ("lines=1-2", 200, b"export {};" * 100),
    ],
)
def test_parts_of_a_file_can_be_asked_for(client: FlaskClient, asked: str, status: int, body: bytes | None) -> None:
    response = client.get("/mien.js", headers={"Range": asked})
    assert response.status_code in ({status, 416} if body == b"export {};" * 100 else {status})
    if response.status_code == 206:
        assert response.data == body
        assert re.fullmatch(r"bytes \d+-\d+/1000", response.headers["Content-Range"])
    if response.status_code == 416:
        assert response.headers["Content-Range"] == "bytes */1000"
    if response.status_code == 200:
        assert response.data == body


def test_transport_security_is_said_under_https_alone(tmp_path: Path) -> None:
    direct, proxied = create_app(tmp_path, tmp_path), create_app(tmp_path, tmp_path, proxies=1)
    said_by = {"X-Forwarded-Proto": "https"}
    name = "Strict-Transport-Security"
    assert name not in direct.test_client().get("/").headers
    assert "max-age=" in direct.test_client().get("/", base_url="https://mien.test").headers[name]
    # Nobody's word is taken for it unless a proxy is announced.
    assert name not in direct.test_client().get("/", headers=said_by).headers
    assert "max-age=" in proxied.test_client().get("/", headers=said_by).headers[name]
    assert name not in proxied.test_client().get("/").headers


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of `mien-serve` as a process."""
    command = [sys.executable, str(ROOT / "server.py"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield int(address_in(said(process, "stops it")).rstrip("/").rsplit(":", 1)[1])
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def connected(port: int) -> socket.socket:
    """A connection to the server."""
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def answer(port: int, raw: bytes) -> bytes:
    """What the server says to these bytes, until it closes or stops for a while; empty where it hangs up."""
    with connected(port) as plain:
        got = b""
        try:
            plain.sendall(raw)
            with suppress(OSError):  # it may have answered and hung up already
                plain.shutdown(socket.SHUT_WR)
            while chunk := plain.recv(65536):
                got += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass
        return got


def status(reply: bytes) -> int:
    """The status of a raw reply."""
    return int(reply.split(b" ", 2)[1])


def healthy(port: int) -> bool:
    """Whether the server still answers."""
    return status(answer(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) in (200, 503)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * MAX_HEADER_BYTES + b"\r\n\r\n", {431}),
        (b"GET /" + b"a" * MAX_HEADER_BYTES + b" HTTP/1.1\r\nHost: x\r\n\r\n", {431}),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 12 + b"\r\n\r\n", {413}),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", {400}),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"fff\r\n" + b"a" * 4095 + b"\r\n" * (MAX_BODY_BYTES > 0) + b"0\r\n\r\n",
            {413},
        ),
        (
            b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            {200, 400, 503},
        ),
        (b"GET / HTTP/9.9\r\n\r\n", {200, 400, 503, 505}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200) + b"\r\n\r\n", {400}),
        (b"GET http://elsewhere.test/secret HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
        (b"G\0T / HTTP/1.1\r\nHost: x\r\n\r\n", {400, 405, 501}),
    ],
)  # fmt: skip
def test_malformed_and_oversized_requests_are_refused(port: int, raw: bytes, expected: set[int]) -> None:
    assert status(answer(port, raw)) in expected
    assert healthy(port)


def test_random_bytes_never_bring_a_failure(port: int) -> None:
    """Real requests with bytes exchanged, cut and doubled, sent as they are."""
    import random

    chance = random.Random(7)
    whole = b"GET /models/catalogue.json HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br\r\nRange: bytes=0-9\r\n\r\n"
    for _ in range(500):
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(raw))
            raw[at : at + chance.choice((0, 1, 1, 4))] = chance.randbytes(chance.choice((0, 1, 1, 3)))
        reply = answer(port, bytes(raw))
        for found in re.findall(rb"^HTTP/1\.[01] (\d{3})", reply, re.MULTILINE):
            assert int(found) in (200, 206, 304, 400, 404, 405, 413, 416, 417, 431, 501, 503, 505), (raw, reply[:200])
    assert healthy(port)


def test_slow_clients_do_not_stop_the_others(port: int) -> None:
    """200 clients that never finish their request; meanwhile others are answered."""
    slow = [connected(port) for _ in range(200)]
    try:
        for index, one in enumerate(slow):
            one.sendall(b"GET /mien.js HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * (index % 40))
        for _ in range(5):
            assert healthy(port)
            for one in slow:
                one.sendall(b"a")
    finally:
        for one in slow:
            one.close()
    assert healthy(port)


def test_clients_that_do_not_read_do_not_stop_the_others(port: int) -> None:
    """Fifty clients ask for a big file and take nothing of it."""
    greedy = [connected(port) for _ in range(50)]
    try:
        for one in greedy:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.sendall(b"GET /mien-worker.js HTTP/1.1\r\nHost: x\r\n\r\n" * 4)
        time.sleep(0.5)
        assert healthy(port)
    finally:
        for one in greedy:
            one.close()
    assert healthy(port)


def test_five_hundred_connections_are_all_answered(port: int) -> None:
    many = [connected(port) for _ in range(500)]
    try:
        for one in many:
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert {status(one.recv(65536)) for one in many} <= {200, 503}
    finally:
        for one in many:
            one.close()


@pytest.mark.skipif(shutil.which("gunicorn", path=str(Path(sys.executable).parent)) is None, reason="no gunicorn here")
def test_it_runs_under_gunicorn(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{number}",
        "--workers",
        "2",
        "server:create_app()",
    ]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=os.environ) as process:
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    reply = answer(number, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    break
                except ConnectionRefusedError:
                    assert time.monotonic() < deadline and process.poll() is None
                    time.sleep(0.2)
            assert status(reply) in (200, 503)
            assert b"Content-Security-Policy: default-src 'self'" in reply
        finally:
            process.terminate()
            assert process.wait(timeout=30) == 0


def test_it_stops_in_good_order_with_clients_connected(start: Start) -> None:
    process = start("--port", "0")
    number = int(address_in(said(process, "stops it")).rstrip("/").rsplit(":", 1)[1])
    with connected(number) as idle:
        idle.sendall(b"GET / HTTP/1.1\r\nHost: x")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in errors
