"""Run by `test_killed` and `test_nodes`: a writer or an ingester that goes on until it is killed.

processes.py write DATA_FOLDER ANSWERS      (or late: visits of a month that is over)
processes.py ingest DATA_FOLDER DATABASE_URL (empty for SQLite)
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from pathlib import Path

from scanly.core.clock import now_ms
from scanly.core.ids import IdMaker
from scanly.core.lock import lease_node
from scanly.core.paths import DataFolder
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome
from scanly.scans.place import Places
from scanly.scans.recorder import Recorder, Visit
from scanly.scans.visitor import Salts

LAG_MS = 40 * 86_400_000
AGENTS = ("Mozilla/5.0 (Linux; Android 10; K) Chrome/131.0 Mobile", "curl/8.5.0", "WhatsApp/2.23.20.0 A")
ZONES = ("Pacific/Kiritimati", "Etc/GMT+12")


def write(folder: DataFolder, answers: Path, lag_ms: int) -> None:
    """Records visits and, like a server, answers each after it: the answer is a line in a second file."""
    node, lock = lease_node(folder.nodes)
    dice = random.Random()
    ids = IdMaker(node, now_ms)
    made: list[int] = []

    def clock() -> int:
        return now_ms() - lag_ms

    class Remembering(IdMaker):
        def at(self, ms: int) -> int:
            made.append(ids.at(ms))
            return made[-1]

    journal = Journal(folder.journal, node, clock)
    recorder = Recorder(journal, Salts(folder.salts), Places(None), Remembering(node, clock), clock)
    answered = os.open(answers, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while lock.fd:
        workspace_id = dice.randrange(1, 3)
        visit = Visit(
            link_id=workspace_id * 100 + dice.randrange(8),
            workspace_id=workspace_id,
            zone=ZONES[workspace_id - 1],
            outcome=dice.choice((Outcome.REDIRECT, Outcome.FALLBACK, Outcome.CLOSED)),
            address=f"203.0.113.{dice.randrange(200)}",
            agent=dice.choice(AGENTS).encode(),
        )
        if recorder.record(visit):
            os.write(answered, b"%020d\n" % made[-1])
        if not len(made) % 20:
            time.sleep(0.004)


def ingest(folder: DataFolder, database_url: str) -> None:
    """Tidies and recounts after every batch, so that it is often killed in the middle of that."""
    from scanly.analytics import ingest
    from scanly.analytics.flush import open_ingester

    ingest._TIDY_EVERY_S = 0.0
    os.nice = lambda _: 0  # it must have its turn, however busy the machine is
    with open_ingester(folder, database_url, now_ms) as ingester:
        loaded = {name.partition(".")[0] for name in sys.modules}
        unwanted = {"sqlalchemy", "litestar"} | ({"sqlite3"} if database_url else {"asyncpg"})
        if loaded & unwanted:
            sys.exit("the ingester loaded what it must do without")
        ingester.run(threading.Event())


if __name__ == "__main__":
    role, root, argument = sys.argv[1:]
    if role == "ingest":
        ingest(DataFolder(Path(root)), argument)
    else:
        write(DataFolder(Path(root)), Path(argument), LAG_MS if role == "late" else 0)
