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
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil
from rig.program import Program, cpu_s, free_port, fresh_folder
from rig.telling import machine, proof, require, say, table, target
from rig.wrk import CONNECTIONS, SERVER_CORE, TOLD_BY_WRK, Round, nginx, wait_until_counted, wrk

TARGET_P99_MS = 5.0
LOCATION = "https://chai-corner.example/menu?table=7&utm_source=qr&utm_medium=print&utm_campaign=menu"
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
        with both_nginx() as (quiet, logging, nginx_worker), program.serve(core=SERVER_CORE) as server:
            parts = server.parts()
            script = folder / "told.lua"
            script.write_text(TOLD_BY_WRK + MIXED * way.mixed, encoding="utf-8")
            warm = wrk(f"{server.port}/menu", parts["worker"], script, 1)
            ingest_before = cpu_s(parts["ingester"])
            theirs: list[Round] = []
            logged: list[Round] = []
            ours: list[Round] = []
            for _ in range(rounds):
                wait_until_counted(server)
                theirs.append(wrk(f"{quiet}/menu", nginx_worker, script, seconds))
                logged.append(wrk(f"{logging}/menu", nginx_worker, script, seconds))
                ours.append(wrk(f"{server.port}/menu", parts["worker"], script, seconds))
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


@contextmanager
def both_nginx() -> Generator[tuple[int, int, psutil.Process]]:
    """Two ports, without and with an access log, and the worker behind them."""
    quiet, logging = free_port(), free_port()
    values = {"port": quiet, "logging_port": logging, "location": LOCATION}
    with nginx(NGINX, **values) as worker:
        yield quiet, logging, worker


if __name__ == "__main__":
    main()
