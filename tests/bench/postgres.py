"""What counting costs in PostgreSQL: to store ready batches of scans, and to count them afterwards.

Storing is `PostgresEvents.apply` on batches that are in memory: numbers for new texts, raw rows by COPY, a row of
what arrived, the commit. Counting is what one node does for all of them. Both take turns with a bare COPY of the very
same rows, ready as tuples, into a table with the same partitions and indexes of another database on the same server.
Without a server's address, one is started without fsync.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
from rig.telling import machine, proof, say, table, target
from tests.analytics.conftest import _in_postgres, _make_in_postgres
from tests.conftest import _debian_postgres, _postgres_database

from scanly.analytics.counting.rows import ROW
from scanly.analytics.events.batch import Batch
from scanly.analytics.events.postgres import PostgresEvents
from scanly.core.ids import first_of
from scanly.scans.model import Outcome, Scan

TARGET_STORED, DAY, DAY_MS = 100_000, 20_415, 86_400_000
BATCH, LINKS, WORKSPACES, AGENTS, VISITORS = 10_000, 20_000, 200, 2_000, 300_000


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--batches", type=int, default=20, help=f"of {BATCH:,} scans each")
    asked.add_argument("--url", default=os.environ.get("SCANLY_TEST_PG_URL", ""), help="of a server")
    options = asked.parse_args()
    machine()
    database = contextmanager(_postgres_database)
    with server(options.url) as url, database(url) as ours, database(url) as bare:
        measure(ours, bare, options.batches)


@contextmanager
def server(url: str) -> Iterator[str]:
    if url:
        yield url
        return
    newest = max(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    with contextmanager(_debian_postgres)(newest.parent, Path("/tmp")) as started:
        yield started


def measure(ours: str, bare: str, batches: int) -> None:
    for url in (ours, bare):
        asyncio.run(_make_in_postgres(url))
    ask, dice = _in_postgres(ours), random.Random(1)
    first = first_of(DAY * DAY_MS)
    month = f"CREATE TABLE scans_month PARTITION OF scans FOR VALUES FROM ({first}) TO ({first_of((DAY + 9) * DAY_MS)})"
    asyncio.run(run(bare, lambda db: db.execute(month)))
    store = PostgresEvents(ours)
    apply, count, copied = [], [], []
    for number in range(batches + 1):
        batch = Batch(DAY * DAY_MS, [scan(dice, number * BATCH + n) for n in range(BATCH)])
        stored = timed(lambda batch=batch: store.apply(batch))
        counted = timed(store.count_stored)
        rows = [tuple(row) for row in ask(
            f"SELECT {', '.join(ROW)} FROM scans WHERE id BETWEEN {batch.scans[0].id} AND {batch.scans[-1].id}"
        )]  # fmt: skip
        copying = asyncio.run(copy(bare, rows))
        if number:  # the first batch brings every text
            apply.append(stored)
            count.append(counted)
            copied.append(copying)
    store.close()
    tell(apply, count, copied)
    ((stored, waiting),) = ask("SELECT (SELECT count(*) FROM scans), (SELECT count(*) FROM arrivals)")
    proof(f"{stored:,} scans are stored and counted", holds=(stored, waiting) == ((batches + 1) * BATCH, 0))


def tell(*measured: list[tuple[float, float]]) -> None:
    """Wall and CPU seconds of this process, of storing, counting and the bare COPY."""
    names = ("apply, in batches", "count, one node for all", "bare COPY of the rows")
    walls = [median(wall for wall, _ in some) for some in measured]
    cpus = [median(cpu for _, cpu in some) for some in measured]
    rows = [
        (name, f"{BATCH / wall:,.0f}", f"{BATCH / cpu:,.0f}", f"{walls[2] / wall:.2f}")
        for name, wall, cpu in zip(names, walls, cpus, strict=True)
    ]
    table(("", "scans/s", "per CPU s here", "of the bare COPY"), rows)
    say()
    stored = BATCH / walls[0]
    target(
        f"{stored:,.0f} scans a second are stored (target: {TARGET_STORED:,})", met=stored >= TARGET_STORED
    )


def scan(dice: random.Random, number: int) -> Scan:
    link = int(LINKS ** dice.random()) - 1  # some links have most of the scans
    return Scan(
        first_of(DAY * DAY_MS) + (number << 12), 1_000 + link, 1 + link % WORKSPACES, DAY, Outcome.REDIRECT,
        0, dice.randrange(VISITORS) * 2_654_435_761 % 2**62, dice.choice(("IN", "DE", "US", "GB", "FR")),
        f"City {dice.randrange(400)}",
        f"Mozilla/5.0 (Linux; Android 10; K) Chrome/131.0.{dice.randrange(AGENTS)} Mobile Safari/537",
        dice.choice(("hi-in", "en-in", "de-de")), dice.choice(("", "", "google.com/", "instagram.com/")),
        "qr", "print", f"spring {link % 50}", hour=dice.randrange(24), drive=("", "diwali")[link % 2],
    )  # fmt: skip


def timed(work: Callable[[], object]) -> tuple[float, float]:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall_s, time.process_time() - cpu_s


async def copy(url: str, rows: list[tuple[Any, ...]]) -> tuple[float, float]:
    db = await asyncpg.connect(url, server_settings={"search_path": "events"})
    await db.copy_records_to_table("scans", records=[], columns=ROW)  # the first call learns the types
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    await db.copy_records_to_table("scans", records=rows, columns=ROW)
    found = time.perf_counter() - wall_s, time.process_time() - cpu_s
    await db.close()
    return found


async def run(url: str, work: Callable[[Any], Any]) -> None:
    db = await asyncpg.connect(url, server_settings={"search_path": "events"})
    await work(db)
    await db.close()


if __name__ == "__main__":
    main()
