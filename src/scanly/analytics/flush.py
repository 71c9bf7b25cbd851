"""Opens the ingester, and brings the totals up to the end of the journal on demand."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

from scanly.analytics.batch import EventStore, Note
from scanly.analytics.ingest import Ingester, passed
from scanly.core.clock import Clock
from scanly.core.errors import Unavailable
from scanly.core.lock import FileLock
from scanly.core.paths import DataFolder
from scanly.scans.segments import MEND, refused, tails

_LOOK_EVERY_S = 0.05


@contextmanager
def open_store(folder: DataFolder, database_url: str) -> Generator[EventStore]:
    """The events database, opened for writing."""
    if database_url:
        from scanly.analytics.events_postgres import PostgresEvents

        store: EventStore = PostgresEvents(database_url)
    else:
        from scanly.analytics.events_sqlite import SqliteEvents

        store = SqliteEvents(folder.events_db)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def open_ingester(folder: DataFolder, database_url: str, clock: Clock) -> Generator[Ingester]:
    """An ingester over the whole journal. One at a time: a server's, or a command's under its lock."""
    with open_store(folder, database_url) as store:
        yield Ingester(folder.journal, store, nodes_dir=folder.nodes, clock=clock)


def flush(folder: DataFolder, database_url: str, clock: Clock, patience_s: float = 30.0) -> None:
    """Returns when every scan that is in the journal now has been counted.

    A running server is waited for; without one, or when it ends meanwhile, this counts what is left itself. Raises
    Unavailable, also where damage in the journal stopped the counting.
    """
    lock = FileLock(folder.server_lock)
    deadline = time.monotonic() + patience_s
    asked = tails(folder.journal)
    with ExitStack() as opened:
        store: EventStore | None = None
        while not lock.acquire():
            store = store or opened.enter_context(open_store(folder, database_url))
            if passed(asked, store):
                return
            _raise_if_refused(folder)
            if time.monotonic() > deadline:
                raise Unavailable(
                    "The server did not count the last scans in time.", hint="Run: scanly doctor."
                )
            time.sleep(_LOOK_EVERY_S)
    try:
        with open_ingester(folder, database_url, clock) as ingester:
            while ingester.step():
                pass
    finally:
        lock.release()
    _raise_if_refused(folder)


def _raise_if_refused(folder: DataFolder) -> None:
    for refusal in refused(folder.journal):
        raise Unavailable(str(refusal), hint=MEND)


def repair(folder: DataFolder, database_url: str, clock: Clock) -> list[Note]:
    """Sets aside the damaged parts at which counting stopped, and counts what follows; returns what they were.

    Also beside a running server, whose ingester then goes on. Raises Unavailable.
    """
    with open_ingester(folder, database_url, clock) as ingester:
        return ingester.repair()
