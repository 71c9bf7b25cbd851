"""From a spreadsheet to a counted scan: a café in its first week, with the program it would install."""

from __future__ import annotations

import csv
import http.client
import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Self

import pytest
import zxingcpp
from PIL import Image

from tests.journeys.program import PHONE, ROBOT, Program, Running, eventually, processes_on

pytestmark = pytest.mark.journey

BASE = "https://go.example.com"
BROKEN_TABLE = "23"


def bulk(program: Program, source: Path, out: Path, *more: object):
    return program.run("qr", "bulk", source, "--base-url", BASE, "-o", out, *more)


def results(out: Path) -> list[dict[str, str]]:
    with (out / "results.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def scans_by_code(program: Program) -> dict[str, dict[str, int]]:
    answer = program.run("stats", "--flush", "--json")
    assert answer.status == 0, answer.err
    return {row["key"]: row for row in answer.json["rows"]}


def recorded(program: Program, code: str) -> int:
    """Visits of every kind and outcome."""
    answer = program.run("stats", code, "--flush", "--json")
    assert answer.status == 0, answer.err
    return answer.json["recorded"]


def test_a_spreadsheet_becomes_codes_and_every_scan_is_counted(program: Program, menu: Path, tmp_path: Path):
    out = tmp_path / "out"
    made = bulk(program, menu, out, "--format", "svg,png,pdf")

    assert made.status == 3
    assert "row 24" in made.err and "target" in made.err
    rows = results(out)
    assert Counter(row["status"] for row in rows) == {"ok": 39, "failed": 1}
    assert [row["line"] for row in rows if row["status"] == "failed"] == ["24"]
    assert len({row["code"] for row in rows if row["status"] == "ok"}) == 39
    for row in rows:
        files = [out / name for name in row["files"].split("|") if name]
        assert sorted(file.suffix for file in files) == (
            [".pdf", ".png", ".svg"] if row["status"] == "ok" else []
        )
        assert all(file.stat().st_size > 300 for file in files)
    with Image.open(out / rows[6]["files"].split("|")[1]) as picture:
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [f"{BASE}/table-7"]

    again = bulk(program, menu, out, "--format", "svg,png,pdf", "--resume")
    assert again.status == 3
    assert results(out) == rows
    assert len(program.run("link", "list", "--json").json) == 39

    server = program.serve("--base-url", BASE)
    for number in range(1, 40):
        if str(number) == BROKEN_TABLE:
            continue
        for _ in range(number % 3 + 1):
            status, headers, _body = server.get(f"/table-{number}", Host="go.example.com")
            assert status == 302
            assert headers["location"].startswith(
                f"https://chai-corner.example/menu?table={number}&utm_source="
            )
            assert headers["cache-control"] == "no-store"
    server.get("/table-1", Host="go.example.com", User_Agent=ROBOT)
    server.get("/table-1", method="HEAD", Host="go.example.com")

    counted = scans_by_code(program)
    for number in range(1, 40):
        if str(number) != BROKEN_TABLE:
            assert counted[f"table-{number}"]["scans"] == number % 3 + 1
            assert counted[f"table-{number}"]["visitors"] == 1
    whole = program.run("stats", "table-1", "--json").json
    assert (whole["scans"], whole["recorded"], whole["by_kind"]["bot"]) == (2, 3, 1)
    assert [row["scans"] for row in whole["rows"]][-1] == 2 and len(whole["rows"]) == 30


def test_a_printed_code_leads_elsewhere_within_two_seconds(program: Program):
    program.run("link", "add", "https://example.com/old", "--code", "menu", "--base-url", BASE)
    server = program.serve("--base-url", BASE)
    shown = program.run("link", "show", "menu", "--json").json["short_url"]
    assert shown == f"{BASE}/menu", "other commands print the address that the server has"

    def location() -> str:
        return server.get("/menu", Host="go.example.com")[1].get("location", "")

    assert location() == "https://example.com/old"
    edited = program.run("link", "edit", "menu", "--target", "https://example.com/new")
    assert edited.status == 0
    assert eventually(lambda: location() == "https://example.com/new", within_s=2)

    program.run("link", "remove", "menu")
    assert eventually(lambda: server.get("/menu", Host="go.example.com")[0] == 410, within_s=2)
    program.run("link", "restore", "menu")
    assert eventually(lambda: location() == "https://example.com/new", within_s=2)
    assert server.get("/nothing-here", Host="go.example.com")[0] == 404
    preview = server.get("/menu+", Host="go.example.com")[2]
    assert b"<strong>example.com</strong>" in preview and b"/new" in preview
    assert server.get("/menu.svg", Host="go.example.com")[1]["content-type"].startswith("image/svg+xml")


class Load:
    """Clients that scan as fast as they are answered; ``answered`` counts the redirects they saw."""

    def __init__(self, port: int, codes: list[str], clients: int) -> None:
        self.answered: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self._port, self._codes = port, codes
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._scan, args=(number,)) for number in range(clients)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _scan(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        turn = number
        while not self._stop.is_set():
            code = self._codes[turn % len(self._codes)]
            turn += 1
            with self._lock:
                self.asked[code] += 1
            try:
                connection.request("GET", f"/{code}", headers={"User-Agent": f"{PHONE} {number}"})
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException):
                break
            if response.status == 302:
                with self._lock:
                    self.answered[code] += 1
        connection.close()


def kill_under_load(program: Program, server: Running, codes: list[str]) -> Load:
    with Load(server.port, codes, clients=8) as load:
        assert eventually(lambda: load.answered.total() > 400, within_s=20)
        server.kill()
    assert eventually(server.refuses, within_s=2), "an orphan goes on answering"
    assert eventually(lambda: not processes_on(program.data), within_s=3), "a child outlived its parent"
    return load


@pytest.mark.parametrize("workers", [1, 2])
def test_no_answered_scan_is_lost_or_counted_twice_when_only_the_parent_is_killed(
    program: Program, workers: int
):
    codes = ["counter", "window", "door"]
    for code in codes:
        program.run("link", "add", "https://example.com/", "--code", code, "--base-url", BASE)
    answered: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for _ in range(2):
        load = kill_under_load(program, program.serve("--workers", workers), codes)
        answered += load.answered
        asked += load.asked
    program.serve("--workers", workers)

    counted = {code: recorded(program, code) for code in codes}
    for code in codes:
        assert answered[code] <= counted[code] <= asked[code]
    program.servers[-1].stop()
    assert {code: recorded(program, code) for code in codes} == counted


def test_a_killed_worker_is_replaced_and_loses_nothing(program: Program):
    program.run("link", "add", "https://example.com/", "--code", "counter", "--base-url", BASE)
    server = program.serve()
    children = processes_on(program.data, named="_work") + processes_on(program.data, named="_ingest")
    assert len(children) == 2
    with Load(server.port, ["counter"], clients=4) as load:
        assert eventually(lambda: load.answered.total() > 200, within_s=20)
        for pid in children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.2)
    assert eventually(lambda: server.get("/counter")[0] == 302, within_s=5)
    counted = recorded(program, "counter")
    assert load.answered["counter"] + 1 <= counted


def test_a_stopped_server_drains_and_leaves_nothing_uncounted(program: Program):
    program.run("link", "add", "https://example.com/", "--code", "counter", "--base-url", BASE)
    server = program.serve()
    with Load(server.port, ["counter"], clients=4) as load:
        assert eventually(lambda: load.answered.total() > 200, within_s=20)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 10
    counted = recorded(program, "counter")
    assert load.answered["counter"] <= counted <= load.asked["counter"]


@pytest.mark.postgres
def test_postgresql_counts_the_same_scans_and_sees_edits(program: Program, postgres_url: str):
    program.env["SCANLY_DATABASE_URL"] = postgres_url
    added = program.run("link", "add", "https://example.com/old", "--code", "menu", "--base-url", BASE)
    assert added.status == 0, added.err
    answered, asked = 0, 0
    for _ in range(2):
        load = kill_under_load(program, program.serve("--workers", "2"), ["menu"])
        answered += load.answered["menu"]
        asked += load.asked["menu"]
    assert answered <= recorded(program, "menu") <= asked
    server = program.serve()
    assert program.run("link", "edit", "menu", "--target", "https://example.com/new").status == 0
    assert eventually(lambda: server.get("/menu")[1]["location"].endswith("/new"), within_s=2)
    assert not (program.data / "scanly.db").exists()


def test_the_demo_shows_a_cafe_that_counts(program: Program):
    server = program.serve("--demo")
    status, headers, page = server.get("/", Host=f"127.0.0.1:{server.port}")
    assert status == 200 and "content-security-policy" in headers
    assert b"Chai Corner" in page and page.count(b"<svg") >= 3
    before = program.run("stats", "--since", "90d", "--flush", "--json").json
    assert 3_000 < before["recorded"] < 30_000 and before["time_zone"] == "Asia/Kolkata"
    assert before["by_kind"]["bot"] > 0
