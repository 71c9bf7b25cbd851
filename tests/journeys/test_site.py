"""The story of a small page: published from a file, found by its code, read, changed, taken off and counted."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scanly.analytics.flush import flush
from scanly.core.clock import now_ms
from scanly.core.paths import DataFolder
from tests.bench.rig.load import Load
from tests.journeys.program import ROBOT, Program, eventually

pytestmark = pytest.mark.journey

BASE = "https://go.example.com"
FILE = """
site: asha
title: {{en: Asha Kirana, hi: आशा किराना}}
languages: [en, hi]
time_zone: Asia/Kolkata
blocks:
  - name-board: {{name: {{en: "{name}", hi: आशा किराना}}, line: Open since 1987}}
  - links: {{items: [{{words: Recipes, to: "https://example.com/recipes"}}]}}
"""


def write(folder: Path, name: str) -> None:
    (folder / "asha.yaml").write_text(FILE.format(name=name), encoding="utf-8")


def publish(program: Program, *options: object) -> None:
    done = program.run("site", "publish", program.home / "asha.yaml", "--base-url", BASE, *options)
    assert done.status == 0, done.err


def test_a_page_is_published_found_read_clicked_changed_and_counted(program: Program, tmp_path: Path):
    write(tmp_path, "Asha One")
    publish(program)
    program.run("link", "add", "site:asha", "--code", "shop", "--base-url", BASE)
    server = program.serve("--base-url", BASE)
    _, found, _ = server.get("/shop")
    assert found["location"] == "/s/asha"
    status, headers, page = server.get("/s/asha")
    assert status == 200 and b"Asha One" in page
    assert server.get("/s/asha", if_none_match=headers["etag"])[0] == 304
    status, _, hindi = server.get("/s/asha/hi")
    assert status == 200 and "आशा किराना".encode() in hindi
    server.get("/s/asha", user_agent=ROBOT)
    (click,) = set(re.findall(rb'href="(/s/asha/go/links/\w+)"', page))
    assert server.get(click.decode())[1]["location"] == "https://example.com/recipes"

    write(tmp_path, "Asha Two")
    publish(program)
    assert eventually(lambda: b"Asha Two" in server.get("/s/asha", method="GET")[2], within_s=1)
    assert program.run("site", "rollback", "asha").status == 0
    assert eventually(lambda: b"Asha One" in server.get("/s/asha")[2], within_s=1)

    assert program.run("site", "unpublish", "asha").status == 0
    assert eventually(lambda: server.get("/s/asha")[0] == 410, within_s=1)

    told = json.loads(program.run("stats", "site:asha", "--flush", "--json").out)
    assert [part["number"] for part in told["parts"]] == [told["clicks"]] == [1]
    assert told["by_kind"]["bot"] == 1 and told["visitors"] == 1 and told["views"] >= 5
    assert json.loads(program.run("stats", "shop", "--json").out)["recorded"] == 1


def test_a_whole_host_shows_a_page_that_is_nowhere_else(program: Program, tmp_path: Path):
    write(tmp_path, "Asha One")
    publish(program, "--host", "asha.example", "--front")
    server = program.serve("--base-url", BASE)
    assert b"Asha One" in server.get("/", host="asha.example")[2]
    assert "आशा".encode() in server.get("/hi", host="asha.example")[2]
    assert server.get("/s/asha")[0] == 404
    assert server.get("/", host="other.example")[0] == 421


def views(data: Path) -> tuple[int, int]:
    """Views that were counted, as rows and in the rollups of sites."""
    with closing(sqlite3.connect(data / "events.db")) as events:
        (rows,) = events.execute("SELECT count(*) FROM scans WHERE outcome = 4").fetchone()
        (rolled,) = events.execute("SELECT sum(person + bot) FROM rollups WHERE scope = 2").fetchone()
    return rows, rolled


def test_no_view_that_was_answered_is_lost_when_the_server_is_killed(program: Program, tmp_path: Path):
    write(tmp_path, "Asha One")
    publish(program)
    asked = answered = 0
    for _ in range(3):
        server = program.serve("--base-url", BASE)
        program.servers[:-1] = []  # those before were killed
        with Load(server.port, ["s/asha"], clients=8) as load:
            assert eventually(lambda load=load: load.answered.total() >= 200, within_s=20), load.statuses
            server.kill()
        assert server.process.stdout is not None
        server.process.stdout.close()
        asked, answered = asked + load.asked.total(), answered + load.answered.total()
        assert set(load.statuses) == {200}
    flush(DataFolder(program.data), "", now_ms)
    rows, rolled = views(program.data)
    assert answered <= rows <= asked and rows == rolled
