"""Another process keeps both databases locked under a real server: visitors do not notice, and no scan is lost."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import ExitStack, closing

import pytest

from tests.bench.rig.load import Load, counted_by_code, doubled
from tests.journeys.program import Program

pytestmark = pytest.mark.journey

# Longer than anybody waits for a lock.
LOCKED_S = float(os.environ.get("LOCKED_S", "8"))


def test_while_the_databases_are_locked_visitors_are_sent_on_and_every_scan_is_counted_later(
    program: Program,
) -> None:
    program.run("link", "add", "https://example.com/", "--code", "menu")
    server = program.serve()
    with Load(server.port, ["menu"], clients=4, pause_s=0.01) as before:
        time.sleep(0.5)
    assert program.run("stats", "menu", "--flush", "--json").json["recorded"] == before.answered["menu"]
    with ExitStack() as locked:
        for name in ("scanly.db", "events.db"):
            other = locked.enter_context(closing(sqlite3.connect(program.data / name, isolation_level=None)))
            other.execute("BEGIN EXCLUSIVE")
        began_s = time.monotonic()
        with Load(server.port, ["menu"], clients=4, pause_s=0.01) as during:
            refused = program.run("link", "add", "https://example.com/", "--code", "other")
            assert program.run("stats", "menu", "--json").json["recorded"] == before.answered["menu"]
            time.sleep(max(0.0, LOCKED_S - (time.monotonic() - began_s)))
        assert refused.status != 0 and "Traceback" not in refused.err
        assert counted_by_code(program.data)["menu"] == before.answered["menu"]
    assert before.statuses.keys() | during.statuses.keys() == {302}
    assert during.longest_s < 1
    said = program.run("stats", "menu", "--flush", "--json").json
    assert said["recorded"] == before.answered["menu"] + during.answered["menu"]
    assert doubled(program.data) == 0
    assert server.stop() == 0
