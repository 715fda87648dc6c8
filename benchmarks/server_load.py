"""Many clients at once on the loopback: `python -m benchmarks.server_load [--connections 500] [--slow 200]`.

Every client keeps its connection and asks for the page, a module and a network's weights in turn; the slow ones, with
`--slow`, send a byte of a request that never ends. Exit code 1 where any answer is wrong or missing.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from server import MODELS, ROOT
from tests.command import address_in, said

PAUSE_SECONDS = 0.5
"""Between two requests of a client: 500 of them ask a thousand times a second."""


@dataclass
class Figures:
    """What was measured: seconds for each answer, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    received: int = 0
    errors: list[str] = field(default_factory=list)


def request(path: str) -> bytes:
    """A browser's request."""
    return f"GET {path} HTTP/1.1\r\nHost: mien.test\r\nAccept-Encoding: br\r\n\r\n".encode()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> int:
    """One request and its whole answer; its length. ValueError where it is no success."""
    writer.write(request(path))
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    if not head.startswith("HTTP/1.1 200 "):
        raise ValueError(head.split("\r\n", 1)[0])
    lengths = [line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length:")]
    body = await reader.readexactly(int(lengths[0]))
    return len(body)


async def client(port: int, paths: Sequence[str], start: int, end: float, figures: Figures) -> None:
    """Ask until the time is over."""
    turn = start
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < end:
            began = time.monotonic()
            figures.received += await asyncio.wait_for(ask(reader, writer, paths[turn % len(paths)]), 30)
            figures.seconds.append(time.monotonic() - began)
            turn += 1
            await asyncio.sleep(PAUSE_SECONDS)
        writer.close()
        await writer.wait_closed()
    except (OSError, ValueError, asyncio.IncompleteReadError, TimeoutError) as error:
        figures.errors.append(f"{type(error).__name__}: {error}")


async def slow_client(port: int, end: float) -> None:
    """Send a request that never ends, a byte a second; being thrown out is no error."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nX: ")
        while time.monotonic() < end:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(1)
        writer.close()
    except OSError:
        pass


async def load(port: int, connections: int, slow: int, seconds: float) -> Figures:
    """All clients side by side."""
    weights = next(iter(sorted(MODELS.glob("face-emotion/*.bin")))).name
    paths = ["/", "/mien.js", f"/models/face-emotion/{weights}", "/healthz"]
    figures = Figures()
    end = time.monotonic() + seconds
    clients = [client(port, paths, index, end, figures) for index in range(connections)]
    await asyncio.gather(*clients, *(slow_client(port, end) for _ in range(slow)))
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Start `mien-serve`, put it under load, print what came of it."""
    parser = argparse.ArgumentParser(prog="benchmarks.server_load", description="Put mien-serve under load.")
    parser.add_argument("--connections", type=int, default=500)
    parser.add_argument("--slow", type=int, default=0, help="so many clients beside them that never finish a request")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args(arguments)
    command = [sys.executable, str(ROOT / "server.py"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        port = int(address_in(said(process, "stops it")).rstrip("/").rsplit(":", 1)[1])
        figures = asyncio.run(load(port, options.connections, options.slow, options.seconds))
        process.send_signal(signal.SIGTERM)
        ended = process.wait(timeout=60)
    if not figures.seconds:
        print("no answer at all", *figures.errors[:5], sep="\n", file=sys.stderr)
        return 1
    quantiles = statistics.quantiles(figures.seconds, n=100)
    print(
        f"{options.connections} connections and {options.slow} slow ones for {options.seconds:.0f} s: "
        f"{len(figures.seconds):,} answers ({len(figures.seconds) / options.seconds:.0f} a second, "
        f"{figures.received / 1e6:.0f} MB), median {quantiles[49] * 1000:.0f} ms, 95th percentile "
        f"{quantiles[94] * 1000:.0f} ms, {len(figures.errors)} errors; the server ended with {ended}"
    )
    for error in figures.errors[:10]:
        print(error, file=sys.stderr)
    return 1 if figures.errors or ended else 0


if __name__ == "__main__":
    sys.exit(main())
