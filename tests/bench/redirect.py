"""How fast a recorded redirect is answered, against ``return 302`` of nginx without a log, and with its own.

Server and nginx (one worker each) take turns on core 0 and wrk asks from core 1, 64 connections, with a phone's
headers. The server is the whole `scanly serve`: parent, worker, and the ingester that counts meanwhile, all on
core 0. Ratios are medians of paired rounds. Afterwards every answered request must have been counted.

Five ways: as it comes; with another link and another phone in each request; under ``durability = strict``; a link with
five routing rules among a thousand such; and the ASGI front alone.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
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
TARGET_P99_MS = 5.0
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
# A request for one of many links by one of many phones; making it costs wrk as much as it costs the others.
MIXED = """
local at, requests = 0, {}
request = function()
  at = at % 640 + 1
  local made = requests[at]
  if not made then
    wrk.headers["User-Agent"] = wrk.headers["User-Agent"]:gsub(" Phone/%d+", "") .. " Phone/" .. at % 10
    made = wrk.format("GET", "/ruled-" .. at % 64)
    requests[at] = made
  end
  return made
end
"""
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr error; worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  keepalive_requests 1000000000; server_tokens off;
  log_format scan '$msec $remote_addr "$request" $status "$http_referer" "$http_user_agent" "$http_accept_language"';
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port} backlog=2048; access_log off;
            location / {{ add_header cache-control no-store; return 302 "{location}"; }} }}
  server {{ listen 127.0.0.1:{logging_port} backlog=2048; access_log {folder}/access.log scan;
            location / {{ add_header cache-control no-store; return 302 "{location}"; }} }}
}}
"""
RULES = """
rules:
  - {{name: late, when: {{hours: "23:58-23:59", days: sun}}, target: https://example.com/late}}
  - {{name: France, when: {{country: FR, language: fr}}, target: https://example.com/fr}}
  - {{name: old, when: {{os: android<5}}, target: https://example.com/old}}
  - {{name: advert, when: {{query: {{ref: advert}}}}, target: https://example.com/advert}}
  - {{name: phones, when: {{any: [{{device: phone}}, {{device: tablet}}]}}, target: "{location}"}}
"""
ALIKE = 1_000


class Way(NamedTuple):
    """A way of serving: its settings, and the least part of nginx without and with its log."""

    name: str
    settings: str
    least: float
    least_of_logging: float | None = None
    ruled: bool = False
    mixed: bool = False


WAYS = {
    "plain": Way("scanly serve, recorded", "", 0.50, 0.62),
    "mixed": Way("the same, links and phones mixed", "", 0.0, mixed=True),
    "strict": Way("the same, strict", 'durability = "strict"\n', 0.15),
    "rules": Way("the same, five rules", "", 0.20, ruled=True),
    "front": Way("the ASGI front alone", 'fast_path = "off"\n', 0.0),
}


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
    asked.add_argument("--way", choices=WAYS, action="append", help="only this way")
    options = asked.parse_args()
    require("wrk", "nginx-light", "util-linux")
    if (psutil.cpu_count() or 1) < 2:
        raise SystemExit("This measurement needs two cores: one for the server, one for who asks.")
    machine()
    for name in options.way or WAYS:
        measure(WAYS[name], options.rounds, options.seconds)


def measure(way: Way, rounds: int, seconds: int) -> None:
    with fresh_folder() as folder:
        program = Program(folder / "data")
        program.run("link", "add", LOCATION, "--code", "menu")
        if way.ruled:
            rule(program, folder)
        if way.ruled or way.mixed:
            multiply(program)
        (program.data / "scanly.toml").write_text(way.settings, encoding="utf-8")
        with nginx() as (quiet, logging, nginx_worker), program.serve(core=SERVER_CORE) as server:
            parts = server.parts()
            script = folder / "told.lua"
            script.write_text(TOLD_BY_WRK + MIXED * way.mixed, encoding="utf-8")
            warm = wrk(server.port, parts["worker"], script, 1)
            ingest_before = cpu_s(parts["ingester"])
            theirs: list[Round] = []
            logged: list[Round] = []
            ours: list[Round] = []
            for _ in range(rounds):
                wait_until_counted(server)
                theirs.append(wrk(quiet, nginx_worker, script, seconds))
                logged.append(wrk(logging, nginx_worker, script, seconds))
                ours.append(wrk(server.port, parts["worker"], script, seconds))
            answered = warm.answered + sum(each.answered for each in ours)
            wait_until_counted(server)
            counting_us = (cpu_s(parts["ingester"]) - ingest_before) / (answered - warm.answered) * 1e6
            recorded = json.loads(program.run("stats", "--flush", "--json"))["recorded"]
    tell(way, (theirs, logged, ours), counting_us)
    in_flight = (len(ours) + 1) * CONNECTIONS
    proof(
        f"counted {recorded:,} of {answered:,} answered (up to {in_flight} more were on their way at a round's end)",
        holds=answered <= recorded <= answered + in_flight,
    )


def rule(program: Program, folder: Path) -> None:
    """Five rules for the measured link."""
    document = folder / "rules.yaml"
    document.write_text(RULES.format(location=LOCATION), encoding="utf-8")
    program.run("link", "rules", "menu", document)


def multiply(program: Program) -> None:
    """A thousand links that are like the measured one."""
    with sqlite3.connect(program.data / "scanly.db") as database:
        names = [row[1] for row in database.execute("PRAGMA table_info(links)")]
        columns = ", ".join(name for name in names if name not in ("id", "code"))
        for number in range(ALIKE):
            database.execute(
                f"INSERT INTO links (id, code, {columns}) SELECT id + ?, 'ruled-' || ?, {columns} FROM links "
                "WHERE code = 'menu'",
                (number + 1, number),
            )
    database.close()


def tell(way: Way, measured: tuple[list[Round], list[Round], list[Round]], counting_us: float) -> None:
    theirs, logged, ours = measured
    ratios = [our.per_s / their.per_s for our, their in zip(ours, theirs, strict=True)]
    of_logging = median(our.per_s / log.per_s for our, log in zip(ours, logged, strict=True))
    logging = median(log.per_s / their.per_s for log, their in zip(logged, theirs, strict=True))
    ratio, p99_ms = median(ratios), median(each.p99_ms for each in ours)
    rows = [
        _row("nginx return 302", theirs, 1.0),
        _row("nginx, access log unbuffered", logged, logging),
        _row(way.name, ours, ratio),
    ]
    table(("median of rounds", "req/s", "best", "p50 ms", "p99 ms", "CPU us/answer", "x nginx"), rows)
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    say(f"  Rounds: {spread} of nginx. Counting a scan took the ingester {counting_us:.1f} us of CPU more.")
    if way.least:
        target(f"{ratio:.2f} of nginx (at least {way.least:.2f})", met=ratio >= way.least)
    if way.least_of_logging is not None:
        sentence = f"{of_logging:.2f} of nginx that logs (at least {way.least_of_logging:.2f})"
        target(sentence, met=of_logging >= way.least_of_logging)
        target(f"p99 {p99_ms:.1f} ms (at most {TARGET_P99_MS:g})", met=p99_ms <= TARGET_P99_MS)
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
def nginx() -> Generator[tuple[int, int, psutil.Process]]:
    """Two ports, without and with an access log, and the worker of an nginx of its own, on the server's core."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with tempfile.TemporaryDirectory(prefix="scanly-bench-nginx-") as folder:
        quiet, logging = free_port(), free_port()
        config = Path(folder) / "nginx.conf"
        text = NGINX.format(folder=folder, port=quiet, logging_port=logging, location=LOCATION)
        config.write_text(text, encoding="utf-8")
        command = ["taskset", "-c", str(SERVER_CORE), program, "-p", folder, "-c", str(config)]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, text=True)
        try:
            yield quiet, logging, _worker_of(process)
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
