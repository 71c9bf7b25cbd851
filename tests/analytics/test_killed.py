"""Processes are killed at any moment: no answered scan is lost, none is counted twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from scanly.analytics.ingest import caught_up
from scanly.scans.journal import segment_path, segments_of
from scanly.scans.segments import nodes_of, read

ROUNDS = 6
PROCESSES = Path(__file__).with_name("processes.py")


@pytest.fixture
def database_url() -> str:
    return ""


def start(role: str, root: Path, argument: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, PROCESSES, role, root, argument], env=environment)


def journaled(journal_dir: Path) -> list[int]:
    """The id of every whole scan in the journal."""
    paths = [
        segment_path(journal_dir, node, n)
        for node in nodes_of(journal_dir)
        for n in segments_of(journal_dir, node)
    ]
    return [scan.id for path in paths for scan in whole(path)]


def whole(path: Path) -> list[Any]:
    scans: list[Any] = []
    offset = 0
    while True:
        reading = read(path, offset, 100_000, closed=True)
        scans += reading.scans
        offset = reading.offset
        if reading.at_end:
            return scans


def test_no_answered_scan_is_lost_and_none_counted_twice_when_writers_and_ingesters_are_killed(
    house: Any,
) -> None:
    answers = house.folder.root / "answers"
    running = {
        "write": start("write", house.folder.root, str(answers)),
        "ingest": start("ingest", house.folder.root, ""),
    }
    second = start("write", house.folder.root, str(answers))
    dice = random.Random()
    ingested_between = 0
    try:
        for _ in range(ROUNDS):
            for role in ("write", "ingest"):
                time.sleep(dice.uniform(0.15, 0.4))
                assert running[role].poll() is None, f"{role} ended by itself"
                running[role].kill()
                running[role].wait()
                running[role] = start(role, house.folder.root, str(answers) if role == "write" else "")
            ingested_between += bool(house.ask("SELECT 1 FROM scans LIMIT 1"))
    finally:
        for process in (*running.values(), second):
            process.kill()
            process.wait()
    answered = [int(line) for line in answers.read_text().splitlines()]
    ingester = house.ingester()
    while ingester.step():
        pass
    counted = house.counted_ids()
    assert ingested_between, "the ingester never got to work"
    assert len(answered) > 1_000
    assert set(answered) <= set(counted)
    assert counted == sorted(journaled(house.folder.journal))
    assert len(counted) - len(answered) <= ROUNDS + 2  # one in flight at each kill of a writer
    house.assert_counts_agree()
    assert caught_up(house.folder.journal, house.store())
