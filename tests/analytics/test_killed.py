"""Processes are killed at any moment: no answered scan is lost, none is counted twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.analytics.counting.test_upkeep import assert_months_are_their_days

from scanly.analytics.flush import flush
from scanly.analytics.ingest import caught_up
from scanly.core.clock import now_ms
from scanly.core.errors import Unavailable
from scanly.scans.journal import segment_path, segments_of
from scanly.scans.segments import nodes_of, read

ROUNDS = int(os.environ.get("ROUNDS", "10"))
PATIENCE_S = 60
ZONES = ("Asia/Kathmandu", "Pacific/Niue", "Pacific/Kiritimati")
PROCESSES = Path(__file__).with_name("processes.py")


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


def wait_for_more(count: Callable[[], int], than: int) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while count() <= than:
        assert time.monotonic() < deadline_s, "a process never got to work"
        time.sleep(0.03)


def ask_recount(house: Any, zone: str) -> None:
    """Asks until the ingesters, which hardly ever let go of the database here, let it through."""
    store = house.open_store()
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            store.ask_recount(dict.fromkeys((1, 2), zone))
            break
        except Unavailable:
            assert time.monotonic() < deadline_s
    store.close()


def test_no_answered_scan_is_lost_and_none_counted_twice_when_writers_and_ingesters_are_killed(
    house: Any, database_url: str
) -> None:
    root, journal, dice = house.folder.root, house.folder.journal, random.Random()
    answers = root / "answers"
    # What each process has done: a writer opened its segment, an ingester stored one more batch.
    done: dict[str, Callable[[], int]] = {
        "write": lambda: sum(len(segments_of(journal, node)) for node in nodes_of(journal)),
        "ingest": lambda: house.ask("SELECT count(*) FROM feed")[0][0],
    }
    steady = start("write", root, str(answers))
    try:
        for role in ("write", "ingest", "late", "ingest") * (ROUNDS // 2):
            work = done["ingest" if role == "ingest" else "write"]
            before = work()
            process = start(role, root, database_url if role == "ingest" else str(answers))
            try:
                wait_for_more(work, before)
                if role == "ingest":
                    ask_recount(house, dice.choice(ZONES))
                time.sleep(dice.uniform(0, 0.3))
                assert process.poll() is None, f"{role} ended by itself"
            finally:
                process.kill()
                process.wait()
    finally:
        steady.kill()
        steady.wait()
    answered = [int(line) for line in answers.read_text().splitlines()]
    flush(house.folder, database_url, now_ms)
    counted: list[int] = house.counted_ids()
    assert len(answered) > 1_000
    assert set(answered) <= set(counted)
    assert counted == sorted(journaled(house.folder.journal))
    assert len(counted) - len(answered) <= ROUNDS + 1  # one in flight at each kill of a writer
    store = house.store()
    while store.recount() or store.tidy(now_ms(), 0):
        pass
    assert house.ask("SELECT * FROM recounts") == []
    house.assert_counts_agree()
    assert assert_months_are_their_days(house) > 0
    assert caught_up(house.folder.journal, house.store())
