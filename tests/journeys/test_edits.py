"""An edit is seen by every worker at the next request, and what is planned happens by itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.program import Program, Running

pytestmark = pytest.mark.journey

# Enough connections for each of two workers to be met, whatever the kernel deals out.
CONNECTIONS = 24


def led_to(server: Running, path: str = "/menu") -> set[tuple[int, str | None]]:
    found: set[tuple[int, str | None]] = set()
    for _ in range(CONNECTIONS):
        status, headers, _ = server.get(path)
        found.add((status, headers.get("location")))
    return found


def test_once_a_command_has_ended_every_worker_answers_as_it_said(program: Program):
    program.run("link", "add", "https://example.com/1", "--code", "menu")
    server = program.serve("--workers", "2")
    assert led_to(server) == {(302, "https://example.com/1")}
    changes = [
        (("link", "edit", "menu", "--target", "https://example.com/2"), (302, "https://example.com/2")),
        (("link", "pause", "menu"), (410, None)),
        (("link", "resume", "menu"), (302, "https://example.com/2")),
        (
            ("link", "edit", "menu", "--ios", "", "--android", "https://example.com/app"),
            (302, "https://example.com/app"),
        ),
        (("link", "undo", "menu"), (302, "https://example.com/2")),
        (("link", "remove", "menu"), (410, None)),
        (("link", "undo", "menu"), (302, "https://example.com/2")),
        (
            ("link", "edit", "menu", "--expires", "2020-01-01", "--fallback", "https://example.com/3"),
            (302, "https://example.com/3"),
        ),
    ]
    for command, answer in changes:
        done = program.run(*command)
        assert done.status == 0, done.err
        assert led_to(server) == {answer}, command


def test_a_planned_change_is_made_at_its_very_moment_by_every_worker(program: Program):
    program.run("link", "add", "https://example.com/now", "--code", "menu")
    server = program.serve("--workers", "2")
    when = datetime.now(UTC) + timedelta(seconds=4)
    edit = (
        "link",
        "edit",
        "menu",
        "--target",
        "https://example.com/then",
        "--at",
        when.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    assert program.run(*edit).status == 0
    assert led_to(server) == {(302, "https://example.com/now")}
    time.sleep(max(0.0, when.timestamp() - time.time()) + 0.05)
    assert led_to(server) == {(302, "https://example.com/then")}
