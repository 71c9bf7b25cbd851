"""What clients that mean no good cost everybody else: dripping and deaf ones, idle crowds, a million junk codes.

The whole `scanly serve` runs on core 0, wrk and all clients on core 1. Dripping: 100 clients send their headers byte
by byte, 100 a body, and 50 take none of their answers; wrk asks for a link meanwhile. Idle: 10,000 connections say
nothing. Memory: every request has a code that does not exist and an agent that nobody had, but each tenth is a scan.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil
from rig.program import Program, Server, cpu_s, fresh_folder
from rig.telling import machine, proof, require, say, table, target

SERVER_CORE, CLIENT_CORE = 0, 1
DRIPPING, DEAF, IDLE = 200, 50, 10_000
CLOSED_WITHIN_S = 75.0
# Until then the system holds the answers that nobody takes, and there is work for the server.
FILLED_AFTER_S = 12.0
WORST_P99_RATIO, WORST_P99_MS = 5.0, 100.0
MOST_KB_EACH, MOST_CORES = 64.0, 0.25
FEW, MANY = 100_000, 1_000_000
MOST_GROWTH_RATIO, MOST_GROWTH_MB = 0.05, 10.0
LOCATION = "https://chai-corner.example/menu?table=7&utm_source=qr"
HEAD = b"GET /menu HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " + b"a" * 1_000
BODY = b"POST /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n"
PAGES = b"GET /static/htmx.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 10
TOLD_BY_WRK = """
local number = %d
function request()
  number = number + 1
  local path = number %% 10 == 0 and "/menu" or "/junk-" .. number
  return wrk.format("GET", path, {["Host"] = "127.0.0.1", ["User-Agent"] = "Phone/" .. number})
end
"""
RESULT = """
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\n[%d, %d, %d, %d]\\n', summary.requests, summary.duration,
    latency:percentile(99), errors.connect + errors.read + errors.write + errors.timeout))
end
"""


class Load(NamedTuple):
    """What wrk saw."""

    answered: int
    per_s: float
    p99_ms: float
    failed: int


@dataclass(frozen=True, slots=True)
class Bench:
    """One server, and where scripts for wrk are kept."""

    server: Server
    folder: Path

    @property
    def worker(self) -> psutil.Process:
        return self.server.parts()["worker"]

    def load(self, seconds: int, script: str = "") -> Load:
        """wrk on 64 connections, asking for one link unless ``script`` asks for something else."""
        path = self.folder / "load.lua"
        path.write_text(script + RESULT, encoding="utf-8")
        command = [
            "taskset",
            "-c",
            str(CLIENT_CORE),
            "wrk",
            "-t1",
            "-c64",
            "--timeout",
            "10s",
            f"-d{seconds}s",
        ]
        url = f"http://127.0.0.1:{self.server.port}/menu"
        done = subprocess.run([*command, "-s", str(path), url], capture_output=True, text=True, check=True)
        answered, duration_us, p99_us, failed = json.loads(done.stdout.splitlines()[-1])
        return Load(answered, answered / duration_us * 1e6, p99_us / 1e3, failed)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    parts: dict[str, Callable[[Bench], None]] = {"drip": dripping, "idle": idle, "memory": memory}
    asked.add_argument("parts", nargs="*", choices=[[], *parts], help="all of them when none is named")
    options = asked.parse_args()
    require("wrk", "util-linux")
    if (psutil.cpu_count() or 1) < 2:
        raise SystemExit("This measurement needs two cores: one for the server, one for who asks.")
    machine()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for name in options.parts or parts:
        with fresh_folder() as folder:
            program = Program(folder / "data")
            program.run("link", "add", LOCATION, "--code", "menu")
            with program.serve(core=SERVER_CORE) as server:
                # Only now: the server must raise its own limit.
                resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
                os.sched_setaffinity(0, {CLIENT_CORE})
                bench = Bench(server, folder)
                bench.load(1)
                parts[name](bench)


def dripping(bench: Bench) -> None:
    before = bench.load(8)
    closed_s, during = asyncio.run(_dripping(bench))
    after = bench.load(8)
    rows = [
        ("alone, before", before),
        ("alone, after", after),
        (f"beside {DRIPPING} dripping, {DEAF} deaf", during),
    ]
    table(
        ("redirects", "req/s", "p99 ms"),
        [(name, f"{one.per_s:,.0f}", f"{one.p99_ms:.1f}") for name, one in rows],
    )
    worst_ms = max(WORST_P99_RATIO * (before.p99_ms + after.p99_ms) / 2, WORST_P99_MS)
    target(f"p99 {during.p99_ms:.1f} ms (at most {worst_ms:.0f})", met=during.p99_ms <= worst_ms)
    ends = {"headers": closed_s[1:DRIPPING:2], "bodies": closed_s[:DRIPPING:2], "deaf": closed_s[DRIPPING:]}
    for name, each_s in ends.items():
        spread = f"{min(each_s):.0f} to {max(each_s):.0f} s"
        target(
            f"{name}: closed after {spread} (at most {CLOSED_WITHIN_S:g})", met=max(each_s) <= CLOSED_WITHIN_S
        )
    proof("no redirect failed", holds=not before.failed + during.failed)


async def _dripping(bench: Bench) -> tuple[list[float], Load]:
    """After how many seconds each was closed, and what wrk saw meanwhile."""
    port = bench.server.port
    deaf = [asyncio.create_task(_until_closed(_take_nothing(port))) for _ in range(DEAF)]
    await asyncio.sleep(FILLED_AFTER_S)
    drips = [
        asyncio.create_task(
            _until_closed(_drip(port, b"", HEAD) if each % 2 else _drip(port, BODY, b"a" * 999))
        )
        for each in range(DRIPPING)
    ]
    await asyncio.sleep(2)
    during = await asyncio.to_thread(bench.load, 8)
    return await asyncio.gather(*drips, *deaf), during


async def _until_closed(client: Awaitable[None]) -> float:
    began_s = time.monotonic()
    with suppress(ConnectionError, TimeoutError):
        await asyncio.wait_for(client, 2 * CLOSED_WITHIN_S)
    return time.monotonic() - began_s


async def _drip(port: int, first: bytes, then: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    ended = asyncio.create_task(_read_all(reader))
    writer.write(first)
    for byte in then:
        await asyncio.wait({ended}, timeout=0.5)
        if ended.done():
            break
        writer.write(bytes((byte,)))
    writer.close()
    await ended


async def _read_all(reader: asyncio.StreamReader) -> None:
    try:
        while await reader.read(65_536):
            pass
    except ConnectionError:
        return


async def _take_nothing(port: int) -> None:
    """Asks for much and reads none of it, until the server resets the connection."""
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.setblocking(False)
        await loop.sock_connect(connection, ("127.0.0.1", port))
        while True:
            await loop.sock_sendall(connection, PAGES)
            await asyncio.sleep(0.5)  # who has a hundred of them waiting is refused


def idle(bench: Bench) -> None:
    before = bench.load(5)
    during, kb_each, cores = asyncio.run(_idle(bench))
    say(
        f"  {IDLE:,} idle connections; redirects alone {before.per_s:,.0f} req/s, beside them {during.per_s:,.0f}"
    )
    target(f"{kb_each:.1f} KB of memory each (at most {MOST_KB_EACH:g})", met=kb_each <= MOST_KB_EACH)
    target(f"{cores:.3f} of a core while nothing happens (below {MOST_CORES})", met=cores < MOST_CORES)
    worst_ms = max(WORST_P99_RATIO * before.p99_ms, WORST_P99_MS)
    target(f"p99 {during.p99_ms:.1f} ms (at most {worst_ms:.0f})", met=during.p99_ms <= worst_ms)
    proof("no redirect failed", holds=not before.failed + during.failed)


async def _idle(bench: Bench) -> tuple[Load, float, float]:
    """What wrk saw beside them, and the memory (KB) and processor (cores) that they took of the worker."""
    worker, loop = bench.worker, asyncio.get_running_loop()
    before_bytes = worker.memory_info().rss
    made = [
        await loop.create_connection(asyncio.Protocol, "127.0.0.1", bench.server.port) for _ in range(IDLE)
    ]
    await asyncio.sleep(2)
    kb_each = (worker.memory_info().rss - before_bytes) / len(made) / 1024
    used_s, began_s = cpu_s(worker), time.monotonic()
    await asyncio.sleep(10)
    cores = (cpu_s(worker) - used_s) / (time.monotonic() - began_s)
    during = await asyncio.to_thread(bench.load, 5)
    alive = sum(not transport.is_closing() for transport, _ in made)
    for transport, _ in made:
        transport.abort()
    proof(f"{alive:,} of them were still connected", holds=alive == IDLE)
    return during, kb_each, cores


def memory(bench: Bench) -> None:
    """Each thread of wrk counts for itself, so there is one, and each run goes on where the last one ended."""
    worker, asked, failed, sizes_mb = bench.worker, 0, 0, list[float]()
    for enough in (FEW, MANY):
        while asked < enough:
            load = bench.load(10, TOLD_BY_WRK % asked)
            asked, failed = asked + load.answered + 64, failed + load.failed
        sizes_mb.append(worker.memory_info().rss / 1e6)
        say(f"  {sizes_mb[-1]:.1f} MB after {asked:,} requests")
    grown_mb = sizes_mb[1] - sizes_mb[0]
    most_mb = max(MOST_GROWTH_RATIO * sizes_mb[0], MOST_GROWTH_MB)
    proof("every request was answered", holds=not failed)
    target(f"{grown_mb:.1f} MB more at the end (at most {most_mb:.1f})", met=grown_mb <= most_mb)


if __name__ == "__main__":
    main()
