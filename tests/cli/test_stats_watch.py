import json

import pytest
from tests.analytics.traces.test_traces import recorded
from tests.analytics.world import PHONE, ROBOT, SCAN, furnished
from tests.cli.conftest import Scanly
from tests.conftest import Installation

from scanly.core.clock import now_ms


@pytest.fixture
def scanned(installation: Installation) -> None:
    """A person's scan and a robot's, a moment ago, by the clock that commands read."""

    async def work(app) -> None:
        await recorded(await furnished(app), ("203.0.113.7", PHONE, SCAN), ("203.0.113.7", ROBOT, SCAN))

    Installation(installation.folder, installation.settings, now_ms()).run(work)


def test_without_a_server_what_there_is_is_counted_and_shown(scanly: Scanly, scanned: None) -> None:
    shown = scanly("stats", "watch")
    assert (shown.status, shown.err) == (0, "No server is running: this is all there is.\n")
    scan, numbers = shown.out.splitlines()
    assert scan.split("  ")[1:] == ["menu", "person", "redirect", "phone Android", "l.example.com"]
    assert numbers.startswith("-- 1 person in 5 minutes, 1 in 30 minutes; today")


def test_robots_are_shown_when_they_are_asked_for(scanly: Scanly, scanned: None) -> None:
    assert [line.split("  ")[2] for line in scanly("stats", "watch", "--all").out.splitlines()[:-1]] == [
        "person",
        "bot",
    ]
    lines = [json.loads(line) for line in scanly("stats", "watch", "--json").out.splitlines()]
    assert [line["type"] for line in lines] == ["scan", "scan", "numbers"]
    assert [line["kind"] for line in lines[:2]] == ["person", "bot"]
    assert scanly("stats", "watch", "--last", 0).out.splitlines()[0].startswith("--")


def test_a_code_that_is_not_there_is_said_to_be_so(scanly: Scanly, scanned: None) -> None:
    wrong = scanly("stats", "watch", "menue")
    assert wrong.status == 1 and 'Did you mean "menu"?' in wrong.err
    assert scanly("stats", "watch", "menu").status == 0
    assert "-- 0 people" in scanly("stats", "watch", "site:asha").out
