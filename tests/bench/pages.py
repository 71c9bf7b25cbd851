"""How fast a page of a site is answered from memory, its view recorded, against nginx with the same bytes from disk.

Server and nginx (one worker each) take turns on core 0 and wrk asks from core 1, 64 connections, with a phone's
headers: with Brotli, as browsers come, with gzip, and without any encoding. nginx sends ready-made files, found by
the same name. Ratios are medians of paired rounds; every answered view must have been counted. Then: how long a new
release takes until it is seen, and what a thousand sites take in memory once each has been asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import sqlite3
import time
import urllib.request
from pathlib import Path
from statistics import median
from typing import Any

import brotli
import psutil
from rig.program import Program, Server, cpu_s, free_port, fresh_folder
from rig.telling import machine, proof, require, say, table, target
from rig.wrk import CONNECTIONS, HEADERS, SERVER_CORE, TOLD_BY_WRK, Round, nginx, wait_until_counted, wrk

from scanly.app import App, open_app
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.sites.actions import Order, publish
from scanly.sites.model import Site
from scanly.sites.reading import Defaults, read_site
from scanly.web.server import choose_first

LEAST = 0.25
MOST_MEMORY_MB = 250
MOST_VISIBLE_S = 1.0
SITES = 1_000
ENCODINGS = {"br": "gzip, deflate, br", "gzip": "gzip", "none": "identity"}
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr error; worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  keepalive_requests 1000000000; server_tokens off; sendfile on; tcp_nopush on; open_file_cache max=100;
  types {{ text/html html; }} default_type text/html;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port} backlog=2048; access_log off; root {files};
            location /br/ {{ add_header content-encoding br; add_header cache-control "public, max-age=60"; }}
            location /gzip/ {{ add_header content-encoding gzip; add_header cache-control "public, max-age=60"; }}
            location /none/ {{ add_header cache-control "public, max-age=60"; }} }}
}}
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--seconds", type=int, default=3)
    asked.add_argument("--part", choices=("speed", "memory"), help="only this part")
    options = asked.parse_args()
    require("wrk", "nginx-light", "util-linux")
    if (psutil.cpu_count() or 1) < 2:
        raise SystemExit("This measurement needs two cores: one for the server, one for who asks.")
    machine()
    with fresh_folder() as folder:
        program = Program(folder / "data")
        if options.part != "memory":
            publish_sites(program.data, [site("asha")])
            with program.serve(core=SERVER_CORE) as server:
                speed(server, program, folder, options)
                seen_after(server, program)
        if options.part != "speed":
            publish_sites(program.data, [site(f"shop-{number}") for number in range(SITES)])
            with program.serve() as server:
                memory(server)


def site(slug: str, name: str = "Asha Kirana Store") -> Site:
    """A page with a menu of 40 dishes, hours, buttons and a text."""
    dishes = [
        {"name": f"Dish {number} with rice of {slug}", "price": 80 + number, "note": "Fresh every day"}
        for number in range(40)
    ]
    text = "We cook everything at home, from what the market has in the morning. " * 8
    blocks = [
        {"name-board": {"name": name, "line": "Open since 1987"}},
        {"quick-buttons": {"call": "+919876543210", "whatsapp": "+919876543210"}},
        {"opening-hours": {"mon-sat": "09:00-21:00", "sun": "closed"}},
        {"menu": {"sections": [{"name": "All day", "dishes": dishes}]}},
        {"text": {"text": text}},
    ]
    file = {"site": slug, "title": name, "languages": ["en"], "time_zone": "Asia/Kolkata", "blocks": blocks}
    return read_site(json.dumps(file | {"currency": "INR", "country": "IN"}), Defaults())


def publish_sites(data: Path, sites: list[Site]) -> None:
    async def work(app: App) -> None:
        workspace = await choose_first(app)
        for each in sites:
            await publish(app.call(), workspace.id, Order(each, ""))

    async def inside() -> None:
        async with open_app(DataFolder(data), Settings()) as app:
            await work(app)

    asyncio.run(inside())


def speed(server: Server, program: Program, folder: Path, options: argparse.Namespace) -> None:
    page = fetch(server, "/s/asha")
    files = folder / "files"
    packed = {"br": brotli.compress(page), "gzip": gzip.compress(page, 9), "none": page}
    for encoding, data in packed.items():
        (files / encoding / "s").mkdir(parents=True)
        (files / encoding / "s" / "asha").write_bytes(data)
    script = folder / "told.lua"
    script.write_text(TOLD_BY_WRK, encoding="utf-8")
    port, worker = free_port(), server.parts()["worker"]
    answered, rounds = 1, 0
    with nginx(NGINX, port=port, files=files) as nginx_worker:
        for encoding, accepted in ENCODINGS.items():
            headers = HEADERS | {"Accept-Encoding": accepted}
            wrk(f"{port}/{encoding}/s/asha", nginx_worker, script, 1, headers)
            theirs: list[Round] = []
            ours: list[Round] = []
            for _ in range(options.rounds):
                wait_until_counted(server)
                theirs.append(
                    wrk(f"{port}/{encoding}/s/asha", nginx_worker, script, options.seconds, headers)
                )
                ours.append(wrk(f"{server.port}/s/asha", worker, script, options.seconds, headers))
            tell(f"{encoding}, {len(packed[encoding]):,} bytes", theirs, ours)
            answered, rounds = answered + sum(each.answered for each in ours), rounds + len(ours)
    wait_until_counted(server)
    program.run("stats", "--flush", "--json")
    recorded = counted_views(program.data)
    most = answered + rounds * CONNECTIONS
    proof(f"counted {recorded:,} views of {answered:,} answered", holds=answered <= recorded <= most)


def tell(name: str, theirs: list[Round], ours: list[Round]) -> None:
    ratio = median(our.per_s / their.per_s for our, their in zip(ours, theirs, strict=True))
    rows = [_row("nginx, from disk", theirs), _row(f"scanly, {name}", ours)]
    table(("median of rounds", "req/s", "p50 ms", "p99 ms", "CPU us/answer"), rows)
    target(f"{ratio:.2f} of nginx (at least {LEAST:.2f})", met=ratio >= LEAST)
    proof("every request was answered", holds=not any(each.failed for each in ours))


def _row(name: str, rounds: list[Round]) -> tuple[str, ...]:
    middle = {field: median(getattr(each, field) for each in rounds) for field in Round._fields}
    return (
        name,
        f"{middle['per_s']:,.0f}",
        f"{middle['p50_ms']:.1f}",
        f"{middle['p99_ms']:.1f}",
        f"{middle['cpu_us']:.1f}",
    )


def counted_views(data: Path) -> int:
    with sqlite3.connect(data / "events.db") as events:
        (number,) = events.execute("SELECT count(*) FROM scans WHERE outcome = 4").fetchone()
    events.close()
    return int(number)


def seen_after(server: Server, program: Program) -> None:
    """From the moment a release is committed, by another process, until a visitor has it."""
    waits: list[float] = []
    for number in range(10):
        name = f"Asha {number}"
        publish_sites(program.data, [site("asha", name)])
        began_s = time.monotonic()
        while f"<title>{name}<".encode() not in fetch(server, "/s/asha"):
            if time.monotonic() - began_s > 10:
                raise SystemExit("The new release was never seen.")
        waits.append(time.monotonic() - began_s)
    say(
        f"  A new release was seen {median(waits) * 1e3:.0f} ms after its commit, {max(waits) * 1e3:.0f} ms at most."
    )
    target(
        f"{max(waits):.2f} s until it is seen (at most {MOST_VISIBLE_S:g})", met=max(waits) <= MOST_VISIBLE_S
    )


def memory(server: Server) -> None:
    """What the processes of a server take once every site was asked for, in all three encodings."""
    began_s, before_s = time.monotonic(), cpu_s(server.parts()["worker"])
    for number in range(SITES):
        fetch(server, f"/s/shop-{number}")
    used_s = cpu_s(server.parts()["worker"]) - before_s
    say(f"  First answers of {SITES:,} sites took {time.monotonic() - began_s:.1f} s, {used_s:.1f} s of CPU.")
    taken: dict[str, Any] = {name: each.memory_info().rss / 1e6 for name, each in server.parts().items()}
    say(f"  Memory by process, MB: {json.dumps({name: round(size) for name, size in taken.items()})}")
    target(
        f"{taken['worker']:.0f} MB in the worker with {SITES:,} sites (at most {MOST_MEMORY_MB})",
        met=taken["worker"] <= MOST_MEMORY_MB,
    )


def fetch(server: Server, path: str) -> bytes:
    asked = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers={"User-Agent": "bench"})
    with urllib.request.urlopen(asked) as answer:
        return answer.read()


if __name__ == "__main__":
    main()
