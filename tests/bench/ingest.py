"""What it takes to count a scan with everything on: the journal, agents, visitors, rollups of five scopes, the feed.

The ingester moves a journal of two days into an empty database, in batches of 100, 1,000 and 10,000 scans as they
are found; then plain `sqlite3` inserts the rows that came of it, into the same table with its index, in batches of
the same size, and does nothing else. Links and agents have the skew of real ones, 35 % of visits are regulars'. The
first scans of a run teach it links and agents and are not measured; new ones go on coming in. CPU seconds of the one
thread that does the work; sizes take turns, medians of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from statistics import median

from rig.program import fresh_folder
from rig.telling import machine, proof, table, target
from rig.year import (
    AGENTS,
    CITIES,
    COUNTRIES,
    DAY_MS,
    HOURS,
    LANGUAGES,
    LAST_DAY,
    LINKS,
    NOW_MS,
    REFERRERS,
    REGULARS,
    ROBOT_RATIO,
    ROBOTS,
    SITES_SHARE,
    WORKSPACES,
    ZIPF,
    agents,
)

from scanly.analytics.counting.rows import ROW
from scanly.analytics.events.sqlite import SqliteEvents
from scanly.analytics.ingest import Ingester
from scanly.app import open_app
from scanly.core.ids import first_of
from scanly.core.lock import lease_node
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome, Scan

MOST_RATIO, LEAST_A_SECOND = 0.06, 20_000
SIZES = {100: 10_000, 1_000: 50_000, 10_000: 200_000}
LEARNING = 20_000
DAYS = 2
PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "wal_autocheckpoint = 8000", "cache_size = -65536")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="scans in a batch")
    given = asked.parse_args()
    machine()
    measured: dict[int, list[tuple[float, float]]] = {size: [] for size in given.sizes}
    scans = made(LEARNING + max(SIZES[size] for size in given.sizes))
    for _ in range(given.rounds):
        for size in given.sizes:
            with fresh_folder() as root:
                measured[size].append(measure(DataFolder(root), scans[: LEARNING + SIZES[size]], size))
    rows: list[tuple[str, ...]] = []
    for size, found in measured.items():
        ours, plain = (median(values) for values in zip(*found, strict=True))
        ratio = median(one / other for one, other in found)
        rows.append((f"{size:,}", f"{ours:,.0f}", f"{1e6 / ours:.1f}", f"{plain:,.0f}", f"{ratio:.3f}"))
    table(("batch", "scans per CPU s", "us/scan", "sqlite3 inserts per CPU s", "ratio"), rows)
    ours, plain = (median(values) for values in zip(*measured[max(measured)], strict=True))
    target(f"counts at least {LEAST_A_SECOND:,} scans a second: {ours:,.0f}", met=ours >= LEAST_A_SECOND)
    ratio = median(one / other for one, other in measured[max(measured)])
    target(f"at least {MOST_RATIO:g} of plain inserts: {ratio:.3f}", met=ratio >= MOST_RATIO)


def made(number: int) -> list[Scan]:
    """Scans in the order of time, through two days."""
    dice = random.Random(5)
    texts = agents()
    of_links, of_agents = _skewed(LINKS, ZIPF), _skewed(AGENTS, 1.0)
    hours = list(accumulate(HOURS))
    day = LAST_DAY - DAYS
    moments = sorted(
        (day + dice.randrange(DAYS)) * DAY_MS
        + dice.choices(range(24), cum_weights=hours)[0] * (DAY_MS // 24)
        + dice.randrange(DAY_MS // 24)
        for _ in range(number)
    )
    links = dice.choices(range(LINKS), cum_weights=of_links, k=number)
    agent_of = dice.choices(range(AGENTS), cum_weights=of_agents, k=number)
    return [
        _scan(dice, first_of(at_ms) + n % 4096, at_ms, links[n], texts[agent_of[n]])
        for n, at_ms in enumerate(moments)
    ]


def _skewed(number: int, power: float) -> list[float]:
    return list(accumulate(1 / (n + 1) ** power for n in range(number)))


def _scan(dice: random.Random, scan_id: int, at_ms: int, link: int, agent: str) -> Scan:
    owner, of_site = link % WORKSPACES, dice.random() < SITES_SHARE
    regular = dice.random() < REGULARS
    person = dice.randrange(LINKS // 4) if regular else dice.getrandbits(40)
    visitor = hash((person, owner, at_ms // DAY_MS)) & (2**63 - 1)
    country = person % len(COUNTRIES)
    marked = not of_site and link % 3 == 0
    outcome = dice.choices((4, 5, 6) if of_site else (0, 1, 2), (80, 18, 2) if of_site else (97, 2, 1))[0]
    return Scan(
        id=scan_id,
        link_id=2**60 + owner if of_site else 2**61 + link,
        workspace_id=2**59 + owner,
        day=at_ms // DAY_MS,
        outcome=Outcome(outcome),
        flags=0,
        visitor=visitor,
        country=COUNTRIES[country],
        city=f"City {person % CITIES}",
        agent=dice.choice(ROBOTS) if dice.random() < ROBOT_RATIO else agent,
        language=LANGUAGES[country],
        referrer=dice.choice(REFERRERS) if dice.random() < 0.12 else "",
        source="qr" if marked else "",
        medium="print" if marked else "",
        campaign=f"spring {link % 50}" if marked else "",
        rule=link % 2 + 1 if not of_site and link % 20 == 0 else 0,
        part=f"call/{owner % 4}" if outcome > Outcome.VIEW else "",
        hour=at_ms // (DAY_MS // 24) % 24,
        host=f"go{owner}.example" if not of_site and link % 3 == 0 else "",
        drive=f"campaign {link // WORKSPACES % 5}" if not of_site and link // WORKSPACES % 2 else "",
    )


def measure(folder: DataFolder, scans: Sequence[Scan], size: int) -> tuple[float, float]:
    """Scans per CPU second: the ingester's, and plain inserts."""
    asyncio.run(_make_databases(folder))
    empty = folder.root / "empty.db"
    with sqlite3.connect(folder.events_db) as database, sqlite3.connect(empty) as copied:
        database.backup(copied)
    database.close()
    copied.close()
    ours = _count(folder, scans, size)
    rows = _rows(folder.events_db)
    proof(f"{len(rows):,} of {len(scans):,} scans were counted", holds=len(rows) == len(scans))
    return ours, _insert(empty, rows, size)


async def _make_databases(folder: DataFolder) -> None:
    async with open_app(folder, Settings()):
        pass


def _count(folder: DataFolder, scans: Sequence[Scan], size: int) -> float:
    store = SqliteEvents(folder.events_db)
    ingester = Ingester(folder.journal, store, nodes_dir=folder.nodes, clock=lambda: NOW_MS)
    node, lease = lease_node(folder.nodes)
    used_s = 0.0
    with lease:
        journal = Journal(folder.journal, node, lambda: NOW_MS)
        gc.disable()  # as in the ingester's process
        for start, end in [(0, LEARNING), *((n, n + size) for n in range(LEARNING, len(scans), size))]:
            for scan in scans[start:end]:
                journal.append(scan)
            spent_s = _cpu_of(lambda: _step(ingester))
            used_s += spent_s if start >= LEARNING else 0
        gc.enable()
        journal.close()
    store.close()
    return (len(scans) - LEARNING) / used_s


def _step(ingester: Ingester) -> None:
    while ingester.step():
        pass


def _rows(path: Path) -> list[tuple[int, ...]]:
    database = sqlite3.connect(path)
    rows = database.execute(f"SELECT {', '.join(ROW)} FROM scans ORDER BY id").fetchall()
    database.close()
    return rows


def _insert(path: Path, rows: Sequence[tuple[int, ...]], size: int) -> float:
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        database.execute(f"PRAGMA {pragma}")
    statement = f"INSERT INTO scans ({', '.join(ROW)}) VALUES ({', '.join('?' * len(ROW))})"

    def work() -> None:
        for start in range(0, len(rows), size):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(statement, rows[start : start + size])
            database.execute("COMMIT")

    used_s = _cpu_of(work)
    database.close()
    return len(rows) / used_s


def _cpu_of(work: Callable[[], object]) -> float:
    before = time.thread_time()
    work()
    return time.thread_time() - before


if __name__ == "__main__":
    main()
