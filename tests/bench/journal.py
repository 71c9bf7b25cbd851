"""What a scan costs: to record it before the answer, and to count it afterwards.

Recording is measured against a bare `os.write` of the same number of bytes, counting against plain `sqlite3` that
inserts the very same rows in batches of the same size and does nothing else. CPU seconds of the one thread that does
the work, taking turns.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from rig.program import PHONE, fresh_folder
from rig.telling import machine, say, table, target

from scanly.analytics.counting.rows import ROW
from scanly.analytics.events.sqlite import SqliteEvents
from scanly.analytics.ingest import MAX_SCANS, Ingester
from scanly.app import open_app
from scanly.core.clock import now_ms
from scanly.core.ids import IdMaker
from scanly.core.lock import lease_node
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.scans.journal import Journal, segment_path, segments_of
from scanly.scans.model import Outcome
from scanly.scans.place import Places
from scanly.scans.recorder import Recorder, Visit
from scanly.scans.visitor import Salts

TARGET_RECORD_US = 10.0
LINKS, VISITORS = 2_000, 5_000
LANGUAGES = ("hi-IN,hi;q=0.9", "en-IN,en;q=0.8", "mr-IN,mr;q=0.9,en;q=0.5", "")
PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "wal_autocheckpoint = 8000", "cache_size = -65536")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scans", type=int, default=50_000, help="in each round")
    asked.add_argument("--rounds", type=int, default=5)
    options = asked.parse_args()
    machine()
    visits = make_visits(options.scans)
    measured: list[tuple[float, float, float, float]] = []
    with fresh_folder() as root:
        for number in range(options.rounds):
            measured.append(measure(DataFolder(root / str(number)), visits))
    record_us, write_us, ours, plain = (median(values) for values in zip(*measured, strict=True))
    again = median(one / other for _, _, one, other in measured)
    rows = [
        ("Recorder.record", f"{record_us:.1f}", f"{1e6 / record_us:,.0f}"),
        ("bare os.write", f"{write_us:.1f}", f"{1e6 / write_us:,.0f}"),
        ("Ingester.step", f"{1e6 / ours:.1f}", f"{ours:,.0f}"),
        ("bare sqlite3 inserts", f"{1e6 / plain:.1f}", f"{plain:,.0f}"),
    ]
    table(("median of rounds", "us/scan", "scans per CPU s"), rows)
    say(
        f"  Counting is {again:.2f} times as fast as inserting the rows and nothing else. Every scan was counted."
    )
    target(
        f"recorded in {record_us:.1f} us (at most {TARGET_RECORD_US:g})", met=record_us <= TARGET_RECORD_US
    )


def make_visits(number: int) -> list[Visit]:
    """A day of a town: a few links have most of the scans, many visitors come again."""
    dice = random.Random(7)
    return [
        Visit(
            link_id=2**60 + int(LINKS * dice.random() ** 3),
            workspace_id=2**59,
            zone="Asia/Kolkata",
            outcome=Outcome.REDIRECT,
            address=f"203.0.{person % 256}.{person // 256}",
            agent=f"{PHONE} {person % 200}".encode(),
            language=LANGUAGES[person % len(LANGUAGES)].encode(),
            query=b"utm_source=qr&utm_medium=print" if person % 3 else b"",
        )
        for person in (dice.randrange(VISITORS) for _ in range(number))
    ]


def measure(folder: DataFolder, visits: list[Visit]) -> tuple[float, float, float, float]:
    """Microseconds to record and to write a scan, then scans per CPU second: the ingester's and sqlite3's."""
    asyncio.run(_make_databases(folder))
    empty = _copy(folder.events_db, folder.root / "empty.db")
    node, lease = lease_node(folder.nodes)
    with lease:
        journal = Journal(folder.journal, node, now_ms)
        recorder = Recorder(journal, Salts(folder.salts), Places(None), IdMaker(node, now_ms), now_ms)
        recording_s = _cpu_of(lambda: all(map(recorder.record, visits)))
        journal.close()
    recorded_bytes = sum(
        segment_path(folder.journal, node, segment).stat().st_size
        for segment in segments_of(folder.journal, node)
    )
    writing_s = _cpu_of(lambda: _write(folder.root / "plain", recorded_bytes // len(visits), len(visits)))
    counting_s = _count(folder)
    rows = _rows(folder.events_db)
    if len(rows) != len(visits):
        raise SystemExit(f"{len(rows):,} of {len(visits):,} recorded scans were counted.")
    inserting_s = _insert(empty, rows)
    number = len(visits)
    return recording_s / number * 1e6, writing_s / number * 1e6, number / counting_s, number / inserting_s


async def _make_databases(folder: DataFolder) -> None:
    async with open_app(folder, Settings()):
        pass


def _copy(source: Path, target_path: Path) -> Path:
    with sqlite3.connect(source) as database, sqlite3.connect(target_path) as copied:
        database.backup(copied)
    database.close()
    copied.close()
    return target_path


def _write(path: Path, size_bytes: int, times: int) -> None:
    line = bytes(size_bytes)
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for _ in range(times):
        os.write(fd, line)
    os.close(fd)


def _count(folder: DataFolder) -> float:
    store = SqliteEvents(folder.events_db)
    ingester = Ingester(folder.journal, store, nodes_dir=folder.nodes, clock=now_ms)

    def work() -> None:
        while ingester.step():
            pass

    used_s = _cpu_of(work)
    store.close()
    return used_s


def _rows(path: Path) -> list[tuple[int, ...]]:
    database = sqlite3.connect(path)
    rows = database.execute(f"SELECT {', '.join(ROW)} FROM scans ORDER BY id").fetchall()
    database.close()
    return rows


def _insert(path: Path, rows: list[tuple[int, ...]]) -> float:
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        database.execute(f"PRAGMA {pragma}")
    statement = f"INSERT INTO scans ({', '.join(ROW)}) VALUES ({', '.join('?' * len(ROW))})"

    def work() -> None:
        for start in range(0, len(rows), MAX_SCANS):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(statement, rows[start : start + MAX_SCANS])
            database.execute("COMMIT")

    used_s = _cpu_of(work)
    database.close()
    return used_s


def _cpu_of(work: Callable[[], object]) -> float:
    before = time.thread_time()
    work()
    return time.thread_time() - before


if __name__ == "__main__":
    main()
