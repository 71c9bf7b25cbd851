"""Whoever watches sees a scan within two seconds, and a place database is in use within two seconds, too."""

from __future__ import annotations

import http.client
import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest
from netaddr import IPSet

from tests.conftest import imported
from tests.journeys.program import PHONE, ROBOT, Program, Running

pytestmark = pytest.mark.journey
WITHIN_S = 2.0


@pytest.fixture
def served(program: Program) -> Running:
    server = program.serve()
    done = program.run("link", "add", "https://example.com/", "--code", "menu", "--placement", "Table 4")
    assert done.status == 0, done.err
    return server


class Watching:
    """``scanly stats watch --json`` in a process of its own; ``lines`` come with the moment they were read."""

    def __init__(self, program: Program, *arguments: str) -> None:
        self.process = program.start("stats", "watch", "--json", *arguments)
        self.lines: Queue[tuple[float, dict[str, Any]]] = Queue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                self.lines.put((time.monotonic(), json.loads(line)))

    def next(self, kind: str, within_s: float = 20) -> tuple[float, dict[str, Any]]:
        deadline = time.monotonic() + within_s
        while True:
            at, line = self.lines.get(timeout=max(0.01, deadline - time.monotonic()))
            if line["type"] == kind:
                return at, line


@pytest.fixture
def watching(program: Program, served: Running) -> Iterator[Watching]:
    started = Watching(program)
    started.next("numbers")
    yield started
    started.process.kill()
    started.process.wait()
    assert started.process.stdout is not None
    started.process.stdout.close()


def test_a_scan_is_seen_within_two_seconds(served: Running, watching: Watching) -> None:
    for number in range(1, 4):
        scanned_s = time.monotonic()
        assert served.get("/menu", Referer="https://l.instagram.com/x")[0] == 302
        seen_s, scan = watching.next("scan")
        assert seen_s - scanned_s <= WITHIN_S
        assert (scan["code"], scan["placement"], scan["kind"]) == ("menu", "Table 4", "person")
        assert (scan["device"], scan["model"], scan["referrer"]) == ("phone", "Samsung SM-A135F", "Instagram")
        numbers_s, numbers = watching.next("numbers")
        assert numbers_s - scanned_s <= WITHIN_S
        assert (numbers["last_5_minutes"], numbers["today"], numbers["visitors"]) == (1, number, 1)
    served.get("/menu", User_Agent=ROBOT)
    assert watching.next("scan")[1]["kind"] == "bot"
    with pytest.raises(Empty):
        watching.next("scan", within_s=1)


def test_ctrl_c_ends_it_as_every_command(watching: Watching) -> None:
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(5) == 130


def test_a_file_put_to_use_is_taken_up_by_the_running_server(
    program: Program, served: Running, watching: Watching, tmp_path: Path
) -> None:
    """Also by the connection whose answer is remembered, and for a visitor who was here before."""
    visitor = http.client.HTTPConnection("127.0.0.1", served.port)

    def city() -> str:
        visitor.request("GET", "/menu", headers={"User-Agent": PHONE})
        response = visitor.getresponse()
        response.read()
        return watching.next("scan")[1]["city"]

    assert [city(), city()] == ["", ""]
    for name in ("Pune", "Nashik"):
        path = local_file(tmp_path / f"{name}.mmdb", name)
        assert program.run("geoip", "use", path).status == 0
        time.sleep(WITHIN_S)
        assert city() == name
    bad = tmp_path / "bad.mmdb"
    bad.write_bytes(path.read_bytes()[:-300])
    assert program.run("geoip", "use", bad).status == 1
    assert city() == "Nashik"
    visitor.close()


def local_file(path: Path, city: str) -> Path:
    """A file that knows where this machine is."""
    writer = imported("mmdb_writer").MMDBWriter(
        ip_version=6, ipv4_compatible=True, database_type="DBIP-City-Lite"
    )
    writer.insert_network(
        IPSet(["127.0.0.0/8"]), {"country": {"iso_code": "IN"}, "city": {"names": {"en": city}}}
    )
    writer.to_db_file(str(path))
    return path


def test_a_server_with_a_damaged_file_leads_on_and_says_so(program: Program, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mmdb"
    bad.write_bytes(b"rubbish")
    program.env["SCANLY_GEOIP_FILE"] = str(bad)
    server = program.serve()
    program.run("link", "add", "https://example.com/", "--code", "menu")
    time.sleep(1)
    assert server.get("/menu")[0] == 302
    assert "Places stay unknown" in program.run("doctor").out
    assert server.stop() == 0
    assert server.process.stdout is not None
    said = server.output + server.process.stdout.read()
    assert said.count("A place database cannot be used") == 1
