"""wrk asks from core 1, with a phone's headers; the server or nginx answers on core 0."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from .program import PHONE, Server, cpu_s, end

CONNECTIONS = 64
SERVER_CORE, CLIENT_CORE = 0, 1
HEADERS = {
    "User-Agent": PHONE,
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "hi-IN,hi;q=0.9,en-IN;q=0.8,en;q=0.7",
    "Accept-Encoding": "gzip, deflate, br",
}


TOLD_BY_WRK = """
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\n[%d, %d, %d, %d, %d]\\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


class Round(NamedTuple):
    """What wrk saw, and the CPU that the answering process used for each answer."""

    answered: int
    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    failed: int


def wrk(
    address: str, answering: psutil.Process, script: Path, seconds: int, headers: Mapping[str, str] = HEADERS
) -> Round:
    """One round; ``address`` is the port with a path, and ``answering`` the process whose CPU is counted."""
    given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["taskset", "-c", str(CLIENT_CORE), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    before = cpu_s(answering)
    url = f"http://127.0.0.1:{address}"
    done = subprocess.run(
        [*command, "-s", str(script), *given, url], capture_output=True, text=True, check=True
    )
    used_s = cpu_s(answering) - before
    answered, duration_us, p50_us, p99_us, failed = json.loads(done.stdout.splitlines()[-1])
    per_s = answered / duration_us * 1e6
    return Round(answered, per_s, p50_us / 1e3, p99_us / 1e3, used_s / max(answered, 1) * 1e6, failed)


def wait_until_counted(server: Server) -> None:
    """Until the ingester rests, so that what is left of a round does not slow down the next."""
    ingester = server.parts()["ingester"]
    deadline = time.monotonic() + 30
    before, now = -1.0, cpu_s(ingester)
    while now - before > 0.02 and time.monotonic() < deadline:
        time.sleep(0.4)
        before, now = now, cpu_s(ingester)


@contextmanager
def nginx(text: str, **values: object) -> Generator[psutil.Process]:
    """The worker of an nginx of its own, on the server's core; ``text`` is its configuration, with ``{folder}``."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with tempfile.TemporaryDirectory(prefix="scanly-bench-nginx-") as folder:
        config = Path(folder) / "nginx.conf"
        config.write_text(text.format(folder=folder, **values), encoding="utf-8")
        command = ["taskset", "-c", str(SERVER_CORE), program, "-p", folder, "-c", str(config)]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, text=True)
        try:
            yield _worker_of(process)
        finally:
            end(process)


def _worker_of(process: subprocess.Popen[str]) -> psutil.Process:
    for _ in range(100):
        time.sleep(0.05)
        if process.poll() is not None:
            break
        for child in psutil.Process(process.pid).children():
            return child
    raise SystemExit("nginx did not start.")
