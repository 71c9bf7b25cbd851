"""How fast a recorded redirect is answered, against ``return 302`` of nginx that records nothing.

Server and nginx (one worker each) take turns on core 0 and wrk asks from core 1, 64 connections, with a phone's
headers. The server is the whole `scanly serve`: parent, worker, and the ingester that counts meanwhile, all on
core 0. Ratios are medians of paired rounds. Afterwards every answered request must have been counted.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil
from rig.program import PHONE, Program, Server, cpu_s, end, free_port, fresh_folder
from rig.telling import machine, proof, require, say, table, target

CONNECTIONS = 64
SERVER_CORE, CLIENT_CORE = 0, 1
TARGET_RATIO, TARGET_P99_MS = 0.24, 10.0
LOCATION = "https://chai-corner.example/menu?table=7&utm_source=qr&utm_medium=print&utm_campaign=menu"
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
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr error; worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000000; server_tokens off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port} backlog=2048;
            location / {{ add_header cache-control no-store; return 302 "{location}"; }} }}
}}
"""


class Round(NamedTuple):
    """What wrk saw, and the CPU that the answering process used for each answer."""

    answered: int
    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    failed: int


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=6)
    asked.add_argument("--seconds", type=int, default=3)
    asked.add_argument("--front", action="store_true", help="the ASGI front alone, without the fast path")
    options = asked.parse_args()
    require("wrk", "nginx-light", "util-linux")
    if (psutil.cpu_count() or 1) < 2:
        raise SystemExit("This measurement needs two cores: one for the server, one for who asks.")
    machine()
    with fresh_folder() as folder:
        program = Program(folder / "data")
        program.run("link", "add", LOCATION, "--code", "menu")
        if options.front:
            (program.data / "scanly.toml").write_text('fast_path = "off"\n', encoding="utf-8")
        with nginx() as (nginx_port, nginx_worker), program.serve(core=SERVER_CORE) as server:
            parts = server.parts()
            script = folder / "told.lua"
            script.write_text(TOLD_BY_WRK, encoding="utf-8")
            warm = wrk(server.port, parts["worker"], script, 1)
            ingest_before = cpu_s(parts["ingester"])
            theirs: list[Round] = []
            ours: list[Round] = []
            for _ in range(options.rounds):
                wait_until_counted(server)
                theirs.append(wrk(nginx_port, nginx_worker, script, options.seconds))
                ours.append(wrk(server.port, parts["worker"], script, options.seconds))
            answered = warm.answered + sum(each.answered for each in ours)
            wait_until_counted(server)
            counting_us = (cpu_s(parts["ingester"]) - ingest_before) / (answered - warm.answered) * 1e6
            recorded = json.loads(program.run("stats", "menu", "--flush", "--json"))["recorded"]
    tell(theirs, ours, counting_us)
    in_flight = (len(ours) + 1) * CONNECTIONS
    proof(
        f"counted {recorded:,} of {answered:,} answered (up to {in_flight} more were on their way at a round's end)",
        holds=answered <= recorded <= answered + in_flight,
    )


def tell(theirs: list[Round], ours: list[Round], counting_us: float) -> None:
    ratios = [our.per_s / their.per_s for our, their in zip(ours, theirs, strict=True)]
    ratio, p99_ms = median(ratios), median(each.p99_ms for each in ours)
    rows = [_row("nginx return 302", theirs, 1.0), _row("scanly serve, recorded", ours, ratio)]
    table(("median of rounds", "req/s", "best", "p50 ms", "p99 ms", "CPU us/answer", "x nginx"), rows)
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    say(f"  Rounds: {spread} of nginx. Counting a scan took the ingester {counting_us:.1f} us of CPU more.")
    target(f"{ratio:.2f} of nginx (at least {TARGET_RATIO})", met=ratio >= TARGET_RATIO)
    target(f"p99 {p99_ms:.1f} ms (below {TARGET_P99_MS:g})", met=p99_ms < TARGET_P99_MS)
    proof("every request was answered with a redirect", holds=not any(each.failed for each in ours))


def _row(name: str, rounds: list[Round], ratio: float) -> tuple[str, ...]:
    middle = {field: median(getattr(each, field) for each in rounds) for field in Round._fields}
    return (
        name,
        f"{middle['per_s']:,.0f}",
        f"{max(each.per_s for each in rounds):,.0f}",
        f"{middle['p50_ms']:.1f}",
        f"{middle['p99_ms']:.1f}",
        f"{middle['cpu_us']:.1f}",
        f"{ratio:.2f}",
    )


def wrk(port: int, answering: psutil.Process, script: Path, seconds: int) -> Round:
    headers = [part for name, value in HEADERS.items() for part in ("-H", f"{name}: {value}")]
    command = ["taskset", "-c", str(CLIENT_CORE), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    before = cpu_s(answering)
    url = f"http://127.0.0.1:{port}/menu"
    done = subprocess.run(
        [*command, "-s", str(script), *headers, url], capture_output=True, text=True, check=True
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
def nginx() -> Generator[tuple[int, psutil.Process]]:
    """Port and worker process of an nginx of its own, on the server's core."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with tempfile.TemporaryDirectory(prefix="scanly-bench-nginx-") as folder:
        port = free_port()
        config = Path(folder) / "nginx.conf"
        config.write_text(NGINX.format(folder=folder, port=port, location=LOCATION), encoding="utf-8")
        command = ["taskset", "-c", str(SERVER_CORE), program, "-p", folder, "-c", str(config)]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, text=True)
        try:
            yield port, _worker_of(process)
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


if __name__ == "__main__":
    main()
