"""Serves the built page, the public module and the models, with the headers that they need.

It knows nothing of what the models do: everything is read, seen and heard in the visitor's browser, and nothing comes
back here. `create_app` makes the Flask application; `main` is the command `mien-serve`, which puts waitress in front,
or cheroot with --https: waitress speaks no TLS, and a phone on the same network gets no camera without it.
"""

from __future__ import annotations

import argparse
import errno
import gzip
import hashlib
import ipaddress
import logging
import os
import re
import signal
import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import NoReturn

import brotli
from cheroot import wsgi
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from flask import Flask, Response, jsonify, request
from waitress.server import create_server
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.security import safe_join

from hosting.export import ExportError, export

ROOT = Path(__file__).resolve().parent
PAGE = ROOT / "webapp" / "dist"
MODELS = ROOT / "models_tfjs"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",  # the networks run in WebAssembly
        "worker-src 'self'",
        "manifest-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob: mediastream:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)

# On every response, errors included. COOP and COEP make the page cross-origin isolated, without which there is no
# SharedArrayBuffer and so no threads in WebAssembly.
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
)

# Under HTTPS only, as RFC 6797 wants it. A browser ignores it where the certificate is not trusted.
STRICT_TRANSPORT = "max-age=31536000"

# No request has a body, and no honest one such headers.
MAX_HEADER_BYTES = 16 * 1024
MAX_BODY_BYTES = 1024
# A connection costs waitress a file handle and no thread; who says nothing for so long is let go.
MAX_CONNECTIONS = 1000
IDLE_SECONDS = 60
# cheroot, which serves HTTPS, keeps a thread busy for as long as a client dawdles over its request.
HTTPS_THREADS = 64
HTTPS_DAWDLE_SECONDS = 5

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".bin": "application/octet-stream",
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".ico": "image/x-icon",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".map": "application/json",
        ".md": "text/markdown; charset=utf-8",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".ts": "text/plain; charset=utf-8",  # mien.d.ts; the system's table may take it for a film
        ".txt": "text/plain; charset=utf-8",
        ".wasm": "application/wasm",
        ".webmanifest": "application/manifest+json",
        ".woff2": "font/woff2",
    }
)

# It keeps the page and its networks for use without the server, and answers for the whole origin.
SERVICE_WORKER = "sw.js"

# Vite writes a hash of the content into the names below assets/, so such a file never changes.
HASHED_NAME = re.compile(r"assets/.*-[A-Za-z0-9_-]{8}\.\w+")

BROTLI_QUALITY = 9  # 11 saves 4 % more and takes ten times as long, while the first visitor waits
WORTH_COMPRESSING = 0.95  # of the plain size; above it the browser's work is not worth the bytes


@dataclass(frozen=True)
class StaticFile:
    """One file as it goes over the wire: its bytes by content coding, "identity" always, "br" and "gzip" if smaller."""

    bodies: Mapping[str, bytes]
    digest: str
    media_type: str
    stamp: tuple[int, int]


class StaticFiles:
    """The files below one folder, each read and compressed once, and again after it has changed on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._files: dict[Path, StaticFile] = {}
        self._lock = threading.Lock()

    def find(self, name: str) -> StaticFile | None:
        """Return the file of that name relative to the folder; None if there is none or if it lies outside."""
        joined = safe_join(str(self.root), name)
        if joined is None or "\0" in joined or any(part.startswith(".") for part in name.split("/")):
            return None
        try:
            path = Path(joined).resolve()
            if not path.is_relative_to(self.root) or not path.is_file():
                return None
            status = path.stat()
        except (OSError, ValueError):  # a name too long for the file system, or not a name at all
            return None
        stamp = (status.st_mtime_ns, status.st_size)
        with self._lock:
            known = self._files.get(path)
            if known is None or known.stamp != stamp:
                known = self._files[path] = self._read(path, stamp)
            return known

    @staticmethod
    def _read(path: Path, stamp: tuple[int, int]) -> StaticFile:
        plain = path.read_bytes()
        bodies = {"identity": plain}
        coded = {"br": brotli.compress(plain, quality=BROTLI_QUALITY), "gzip": gzip.compress(plain, mtime=0)}
        bodies |= {coding: body for coding, body in coded.items() if len(body) < WORTH_COMPRESSING * len(plain)}
        media_type = MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
        return StaticFile(MappingProxyType(bodies), hashlib.sha256(plain).hexdigest()[:32], media_type, stamp)


def respond(file: StaticFile, *, immutable: bool) -> Response:
    """Answer with a file in the smallest coding that the browser takes, or 304 if it has that already."""
    accepted = [coding for coding in ("br", "gzip") if coding in file.bodies and request.accept_encodings[coding] > 0]
    coding = min(accepted, key=lambda name: len(file.bodies[name]), default="identity")
    response = Response(file.bodies[coding], content_type=file.media_type)
    response.vary.add("Accept-Encoding")
    if coding != "identity":
        response.content_encoding = coding
    response.set_etag(f"{file.digest}-{coding}")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if immutable else "no-cache"
    response.make_conditional(request, accept_ranges=True, complete_length=len(file.bodies[coding]))
    return response


def message(status: int, title: str, text: str) -> Response:
    """A small page of plain words, for whatever cannot be served. `text` is HTML."""
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1><p>{text}</p>'
    response = Response(page, status=status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def create_app(dist: Path | None = None, models: Path | None = None, proxies: int = 0) -> Flask:
    """Make the application.

    Args:
        dist: the built page (default: webapp/dist beside this file), served at /.
        models: the converted models (default: models_tfjs beside this file), served at /models/.
        proxies: how many proxies stand in front whose ``X-Forwarded-Proto`` says whether the visitor came by HTTPS.
            With 0 nobody's word is taken for it.
    """
    page_files = StaticFiles(dist or PAGE)
    model_files = StaticFiles(models or MODELS)
    app = Flask("mien", static_folder=None)
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=0, x_proto=proxies)  # type: ignore[method-assign]
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # GET and HEAD, nothing else

    @app.get("/")
    def index() -> Response:
        file = page_files.find("index.html")
        if file is None:
            text = "There is no index.html in webapp/dist. Run <code>make build</code>, then reload."
            return message(503, "The page has not been built", text)
        return respond(file, immutable=False)

    @app.get("/<path:name>")
    def page(name: str) -> Response:
        file = page_files.find(name)
        if file is None:
            return message(404, "Not found", "The page has no file of that name.")
        response = respond(file, immutable=HASHED_NAME.fullmatch(name) is not None)
        if name == SERVICE_WORKER:
            response.headers["Service-Worker-Allowed"] = "/"
        return response

    @app.get("/models/<path:name>")
    def model(name: str) -> Response:
        file = model_files.find(name)
        if file is None:
            text = "The models have no file of that name. <code>mien-convert</code> writes the models."
            return message(404, "Not found", text)
        return respond(file, immutable=False)

    @app.get("/healthz")
    def healthz() -> Response:
        state = {
            "page": page_files.find("index.html") is not None,
            "models": model_files.find("catalogue.json") is not None,
        }
        response = jsonify(status="ok" if all(state.values()) else "incomplete", **state)
        response.status_code = 200 if all(state.values()) else 503
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response:
        response = message(error.code or 500, error.name, error.description or "")
        for name in ("Allow", "Content-Range"):
            if value := error.get_response().headers.get(name):
                response.headers[name] = value
        return response

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        return response

    return app


# The certificate of --https


def cache_folder() -> Path:
    """The folder for what can be made again, by the custom of each system."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mien"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "mien"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mien"


def lan_addresses() -> list[str]:
    """The IPv4 address under which other machines of the network see this one; empty if there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # of a datagram socket: chooses a route, sends nothing
        except OSError:
            return []
        return [probe.getsockname()[0]]


def certificate_names(host: str) -> list[x509.GeneralName]:
    """What the certificate must be valid for: this machine by all its names and addresses, and `host`."""
    names: dict[x509.GeneralName, None] = {}  # an ordered set
    machine = socket.gethostname()
    for text in ("localhost", machine, f"{machine}.local", "127.0.0.1", "::1", *lan_addresses(), host):
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            if re.fullmatch(r"[A-Za-z0-9_.-]{1,253}", text):
                names[x509.DNSName(text)] = None
        else:
            if not address.is_unspecified:
                names[x509.IPAddress(address)] = None
    return list(names)


def still_good(file: Path, names: Iterable[x509.GeneralName]) -> bool:
    """Whether the certificate in `file` can be read, covers all the names and lives for another week."""
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        covered = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    lives = certificate.not_valid_after_utc > datetime.now(UTC) + timedelta(days=7)
    return lives and set(names) <= set(covered)


def self_signed_certificate(host: str, folder: Path | None = None) -> Path:
    """Return a PEM file with certificate and private key, made if the one kept from before does not serve.

    One file for both, replaced as a whole, so that they always belong together; only its owner may read it.
    """
    folder = folder or cache_folder()
    file = folder / "server.pem"
    names = certificate_names(host)
    if still_good(file, names):
        return file
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Mien, self-signed")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # for a phone whose clock runs behind
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder)  # readable by its owner only
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(certificate.public_bytes(serialization.Encoding.PEM) + private)
        os.replace(draft, file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return file


# The command


def url(scheme: str, host: str, port: int) -> str:
    """An address for a browser; IPv6 addresses go in brackets."""
    return f"{scheme}://[{host}]:{port}/" if ":" in host else f"{scheme}://{host}:{port}/"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def welcome(scheme: str, host: str, port: int, certificate: Path | None) -> str:
    """What the command says when the server is up: where the page is, and who else can open it."""
    everywhere = host in {"0.0.0.0", "::", ""}
    lines = [f"Mien is at {url(scheme, 'localhost' if everywhere else host, port)}  (Ctrl+C stops it)"]
    if everywhere:
        lines += [f"  from your network: {url(scheme, address, port)}" for address in lan_addresses()]
    if not is_loopback(host):
        lines.append(
            "Everyone who can reach this machine can open the page. It only hands out files: "
            "what a visitor's camera and microphone take stays in that visitor's browser."
        )
        if certificate is None:
            lines.append("Browsers give the camera to localhost and to HTTPS only: add --https for other devices.")
    if certificate is not None:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        lines.append(
            "The certificate is self-signed: the browser warns once and lets you go on. Its SHA-256 fingerprint is "
            + found.fingerprint(hashes.SHA256()).hex(":").upper()
        )
    return "\n".join(lines)


def port_number(text: str) -> int:
    """A TCP port; 0 lets the system choose a free one."""
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is no port: 0 to 65535")
    return port


def count(text: str) -> int:
    """A number from 0 on."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{number} is negative")
    return number


def write_export(folder: Path, models: Path) -> None:
    """`mien-serve --export`: write, and say what is where."""
    try:
        files = export(folder, PAGE, models, {**HEADERS, "Strict-Transport-Security": STRICT_TRANSPORT})
    except (ExportError, OSError) as error:
        sys.exit(f"mien-serve: {error}")
    print(
        f"{files} files are in {folder}. Put them on any static host. `_headers` is read by Netlify and Cloudflare "
        "Pages; have another host send the same, or the page runs on one thread and unprotected."
    )


def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Leave the serving loop, which then closes its sockets and waits for its threads."""
    raise SystemExit(0)


def serve_http(app: Flask, host: str, port: int) -> None:
    """Serve until stopped."""
    # A request that waits for a thread is no news: hundreds may, and each would be a line.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(
        app,
        host=host,
        port=port,
        threads=8,
        ident="mien",
        backlog=MAX_CONNECTIONS,
        connection_limit=MAX_CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=IDLE_SECONDS // 4,
        max_request_header_size=MAX_HEADER_BYTES,
        max_request_body_size=MAX_BODY_BYTES,
        asyncore_use_poll=True,  # select() knows no more than 1024 files
    )
    # A name that means several addresses gives a server that listens on all of them.
    listening = getattr(server, "effective_listen", None)
    port = listening[0][1] if listening else int(server.effective_port)
    print(welcome("http", host, port, None), flush=True)
    server.run()


def serve_https(app: Flask, host: str, port: int) -> None:
    """Serve over TLS, with a self-signed certificate, until stopped."""
    try:
        certificate = self_signed_certificate(host)
    except OSError as error:
        sys.exit(f"mien-serve: cannot keep a certificate in {cache_folder()}: {error.strerror or error}")
    server = wsgi.Server((host, port), app, numthreads=HTTPS_THREADS, server_name="mien", timeout=HTTPS_DAWDLE_SECONDS)
    server.max_request_header_size = MAX_HEADER_BYTES
    server.max_request_body_size = MAX_BODY_BYTES
    server.ssl_adapter = BuiltinSSLAdapter(str(certificate), str(certificate))
    server.prepare()
    print(welcome("https", host, server.bind_addr[1], certificate), flush=True)
    try:
        server.serve()
    finally:
        server.stop()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `mien-serve`."""
    parser = argparse.ArgumentParser(prog="mien-serve", description="Serve the Mien page, its module and its models.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine)")
    parser.add_argument("--port", default=8000, type=port_number, help="TCP port (default: %(default)s; 0: any free)")
    parser.add_argument("--https", action="store_true", help="serve over TLS with a self-signed certificate")
    parser.add_argument(
        "--proxies", default=0, type=count, metavar="N", help="so many proxies stand in front and say X-Forwarded-Proto"
    )
    parser.add_argument("--export", type=Path, metavar="DIR", help="serve nothing: write the files for a static host")
    parser.add_argument(
        "--models", type=Path, default=MODELS, metavar="DIR", help="folder of the models (default: those that ship)"
    )
    options = parser.parse_args(arguments)
    if options.export is not None:
        write_export(options.export, options.models)
        return

    app = create_app(models=options.models, proxies=options.proxies)
    health = app.test_client().get("/healthz").get_json()
    if not health["page"]:
        print("The page has not been built: run `make build`.", file=sys.stderr)
    if not health["models"]:
        print(f"There are no models in {options.models}: `mien-convert` writes them.", file=sys.stderr)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        (serve_https if options.https else serve_http)(app, options.host, options.port)
    except ssl.SSLError as error:
        sys.exit(f"mien-serve: the certificate in {cache_folder()} cannot be used ({error}); delete it and try again.")
    except OSError as error:
        where = f"{options.host}, port {options.port}"
        # cheroot raises an error of its own, with the system's one in its text.
        if error.errno == errno.EADDRINUSE or f"[Errno {errno.EADDRINUSE}]" in str(error):
            sys.exit(f"mien-serve: {where} is in use already. Stop what runs there, or choose another: --port 8001")
        sys.exit(f"mien-serve: cannot serve on {where}: {error.strerror or error}")


if __name__ == "__main__":
    main()
