"""Run by the tests of backups: processes that go on until they are killed.

processes.py write DATA_FOLDER WRITTEN      appends scans, about 500 a second, and notes each id afterwards
processes.py ingest DATA_FOLDER             counts them
processes.py restore DATA_FOLDER BACKUP     restores, and stops at a step given by STOP_AT
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from pathlib import Path

from scanly.core.clock import now_ms
from scanly.core.ids import IdMaker
from scanly.core.lock import lease_node
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings


def write(folder: DataFolder, written: Path) -> None:
    from scanly.scans.journal import Journal
    from scanly.scans.model import Outcome, Scan

    node, lock = lease_node(folder.nodes)
    make_id = IdMaker(node, now_ms)
    journal = Journal(folder.journal, node, now_ms)
    notes = os.open(written, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while lock.fd:
        for _ in range(10):
            scan = Scan(make_id(), 1, 1, 20_000, Outcome.REDIRECT, 0, make_id(), agent="phone " * 30)
            assert journal.append(scan)
            os.write(notes, b"%020d\n" % scan.id)
        time.sleep(0.02)


def ingest(folder: DataFolder) -> None:
    from scanly.analytics import ingest
    from scanly.analytics.events_sqlite import SqliteEvents

    ingest._TRIM_EVERY_S = 0.1
    store = SqliteEvents(folder.events_db)
    ingest.Ingester(folder.journal, store, nodes_dir=folder.nodes, clock=now_ms).run(threading.Event())


def restore(folder: DataFolder, backup: Path, stop_at: int) -> None:
    """Kills itself before the ``stop_at``-th call that changes which file has which name."""
    from scanly.ops.restore import restore

    calls = 0

    def watch(event: str, _: object) -> None:
        nonlocal calls
        if event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"):
            calls += 1
            if calls == stop_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    asyncio.run(restore(backup, folder, Settings(), force=True))


if __name__ == "__main__":
    role, root, *rest = sys.argv[1:]
    data = DataFolder(Path(root))
    if role == "write":
        write(data, Path(rest[0]))
    elif role == "ingest":
        ingest(data)
    else:
        restore(data, Path(rest[0]), int(rest[1]))
