"""The server's answers, through Flask's test client: files, codings, caching, headers, refusals."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from server import HEADERS, create_app

PAGE = "<!doctype html><title>Mien</title>" + "<p>Some words that repeat.</p>" * 50
SCRIPT = "export const answer = 42;\n" * 100
NOISE = bytes((i * 7919 + i * i) % 251 for i in range(40)) + os.urandom(4000)


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A page as Vite builds it, in miniature."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "wasm").mkdir()
    (folder / "index.html").write_text(PAGE)
    (folder / "mien.js").write_text(SCRIPT)
    (folder / "sw.js").write_text(SCRIPT)
    (folder / "manifest.webmanifest").write_text('{"name": "Mien"}')
    (folder / "mien.d.ts").write_text("export declare const answer: 42;\n")
    (folder / "assets" / "index-B7x_9aQ2.js").write_text(SCRIPT)
    (folder / "assets" / "logo.svg").write_text("<svg/>")
    (folder / "wasm" / "tfjs.wasm").write_bytes(b"\0asm" + bytes(1000))
    (folder / ".hidden").write_text("no")
    (tmp_path / "secret.txt").write_text("no")
    return folder


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder of models with one file that compresses and one that does not."""
    folder = tmp_path / "models"
    (folder / "face-emotion").mkdir(parents=True)
    (folder / "catalogue.json").write_text('{"format": "mien-catalogue/1", "models": {}}')
    (folder / "face-emotion" / "spec.json").write_text('{"labels": [' + '"happy", ' * 100 + '"sad"]}')
    (folder / "face-emotion" / "group1-shard1of1.bin").write_bytes(NOISE)
    return folder


@pytest.fixture
def client(dist: Path, models: Path) -> FlaskClient:
    """A client of the whole application."""
    return create_app(dist, models).test_client()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/mien.js", "text/javascript; charset=utf-8"),
        ("/mien.d.ts", "text/plain; charset=utf-8"),
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/assets/index-B7x_9aQ2.js", "text/javascript; charset=utf-8"),
        ("/assets/logo.svg", "image/svg+xml"),
        ("/wasm/tfjs.wasm", "application/wasm"),
        ("/models/catalogue.json", "application/json"),
        ("/models/face-emotion/group1-shard1of1.bin", "application/octet-stream"),
        ("/healthz", "application/json"),
    ],
)
def test_files_are_served_with_their_types(client: FlaskClient, path: str, media_type: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == media_type


def test_isolation_headers_are_those_of_the_contract(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    permissions = headers["Permissions-Policy"]
    assert "camera=(self)" in permissions
    assert "microphone=(self)" in permissions
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["connect-src"] == policy["style-src"] == "'self'"
    assert policy["worker-src"] == policy["manifest-src"] == "'self'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert not [rule for rule in policy.values() if "unsafe-inline" in rule or "http" in rule or "*" in rule]


def test_the_service_worker_may_answer_for_the_whole_origin_and_is_never_stale(client: FlaskClient) -> None:
    headers = client.get("/sw.js").headers
    assert headers["Service-Worker-Allowed"] == "/"
    assert headers["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in client.get("/mien.js").headers


@pytest.mark.parametrize("path", ["/", "/mien.js", "/models/catalogue.json", "/healthz", "/nothing", "/models/nothing"])
def test_every_answer_has_the_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers[name] for name in HEADERS} == dict(HEADERS)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/mien.js", "/models/catalogue.json", "/healthz"])
def test_only_get_and_head_are_allowed(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method)
    assert response.status_code == 405
    assert set(response.headers["Allow"].replace(" ", "").split(",")) == {"GET", "HEAD"}
    assert "Content-Security-Policy" in response.headers


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    got, head = client.get("/mien.js"), client.head("/mien.js")
    assert head.status_code == 200
    assert head.data == b""
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    assert head.headers["ETag"] == got.headers["ETag"]


def test_files_are_compressed_as_the_browser_accepts(client: FlaskClient) -> None:
    plain = client.get("/mien.js")
    assert "Content-Encoding" not in plain.headers
    assert plain.text == SCRIPT
    by_brotli = client.get("/mien.js", headers={"Accept-Encoding": "gzip, deflate, br"})
    assert by_brotli.headers["Content-Encoding"] == "br"
    assert brotli.decompress(by_brotli.data).decode() == SCRIPT
    by_gzip = client.get("/mien.js", headers={"Accept-Encoding": "gzip, br;q=0"})
    assert by_gzip.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(by_gzip.data).decode() == SCRIPT
    answers = (plain, by_brotli, by_gzip)
    assert all(answer.headers["Vary"] == "Accept-Encoding" for answer in answers)
    assert len({answer.headers["ETag"] for answer in answers}) == 3
    assert len(by_brotli.data) < len(plain.data) / 10


def test_what_does_not_compress_is_sent_as_it_is(client: FlaskClient) -> None:
    response = client.get("/models/face-emotion/group1-shard1of1.bin", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in response.headers
    assert response.data == NOISE


def test_unchanged_files_are_not_sent_again(client: FlaskClient, dist: Path) -> None:
    accept = {"Accept-Encoding": "br"}
    first = client.get("/mien.js", headers=accept)
    again = client.get("/mien.js", headers=accept | {"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert again.headers["Vary"] == "Accept-Encoding"
    assert "Content-Security-Policy" in again.headers

    changed = "export const answer = 43;\n"
    (dist / "mien.js").write_text(changed)
    fresh = client.get("/mien.js", headers={"If-None-Match": first.headers["ETag"]})
    assert fresh.status_code == 200
    assert fresh.text == changed


def test_a_file_of_the_same_size_that_changed_is_read_again(client: FlaskClient, dist: Path) -> None:
    old = client.get("/mien.js").text
    new = old.replace("42", "24")
    (dist / "mien.js").write_text(new)
    os.utime(dist / "mien.js", ns=(1, 1))
    assert client.get("/mien.js").text == new


def test_only_names_with_a_hash_are_kept_for_good(client: FlaskClient) -> None:
    assert "immutable" in client.get("/assets/index-B7x_9aQ2.js").headers["Cache-Control"]
    for path in ("/", "/mien.js", "/assets/logo.svg", "/wasm/tfjs.wasm", "/models/catalogue.json"):
        assert client.get(path).headers["Cache-Control"] == "no-cache", path
    for path in ("/nothing", "/healthz"):
        assert client.get(path).headers["Cache-Control"] == "no-store", path


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/models/../secret.txt",
        "/models/%2e%2e/%2e%2e/secret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/models//etc/passwd",
        "/..%5csecret.txt",
        "/.hidden",
        "/assets",
        "/assets/",
        "/mien.js%00.html",
        "/outside.txt",
    ],
)
def test_nothing_outside_the_folders_is_served(client: FlaskClient, dist: Path, path: str) -> None:
    (dist / "outside.txt").symlink_to(dist.parent / "secret.txt")
    response = client.get(path, follow_redirects=True)
    assert response.status_code == 404
    assert response.data != b"no"


def test_a_missing_page_says_what_to_do(models: Path, tmp_path: Path) -> None:
    client = create_app(tmp_path / "nowhere", models).test_client()
    response = client.get("/")
    assert response.status_code == 503
    assert "make build" in response.text
    health = client.get("/healthz")
    assert health.status_code == 503
    assert health.get_json() == {"status": "incomplete", "page": False, "models": True}


def test_a_missing_model_says_what_to_do(dist: Path, tmp_path: Path) -> None:
    client = create_app(dist, tmp_path / "nowhere").test_client()
    response = client.get("/models/catalogue.json")
    assert response.status_code == 404
    assert "mien-convert" in response.text
    assert client.get("/healthz").get_json() == {"status": "incomplete", "page": True, "models": False}


def test_a_page_that_is_built_later_is_found(models: Path, tmp_path: Path) -> None:
    client = create_app(tmp_path / "dist", models).test_client()
    assert client.get("/").status_code == 503
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text(PAGE)
    assert client.get("/").text == PAGE
    assert client.get("/healthz").get_json()["status"] == "ok"
