"""Figures of a running installation: counted by each worker, shown for all of them as Prometheus text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text

from scanly.analytics.store import Counting, read_counting_anywhere, read_positions_anywhere
from scanly.analytics.tables import positions
from scanly.core.clock import Clock
from scanly.core.files import write_whole
from scanly.core.paths import DataFolder
from scanly.db.engine import Database
from scanly.links.tables import links
from scanly.ops import schema
from scanly.ops.backup import list_backups
from scanly.scans.journal import segment_path, segments_of
from scanly.scans.model import Outcome
from scanly.scans.segments import has_writer, nodes_of
from scanly.work.model import JobState
from scanly.work.store import count_jobs_anywhere

_COUNTERS = {
    "requests": "Requests of every kind.",
    "not_found": "Requests for codes that do not exist.",
    "misdirected": "Requests whose Host is not ours, or missing.",
    "scans_recorded": "Scans that are in the journal.",
    "scans_dropped": "Scans that could not be recorded.",
    "scans_doubtful": "Scans whose sync to disk failed; lost only if the machine goes down.",
}


class Installation(Protocol):
    """What an open installation offers here."""

    @property
    def folder(self) -> DataFolder: ...
    @property
    def main(self) -> Database: ...
    @property
    def events(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def node(self) -> int: ...


@dataclass(slots=True)
class Metrics:
    """The counters of one worker since its start; ``answers`` is indexed by outcome."""

    started_ms: int = 0
    requests: int = 0
    not_found: int = 0
    misdirected: int = 0
    scans_recorded: int = 0
    scans_dropped: int = 0
    scans_doubtful: int = 0
    answers: list[int] = field(default_factory=lambda: [0] * len(Outcome))

    def answered(self, outcome: Outcome, *, recorded: bool) -> None:
        """Counts a link's answer. What was not recorded is counted by the journal."""
        self.answers[outcome] += 1
        self.scans_recorded += recorded

    def flush(self, path: Path) -> None:
        """Shows the counters to the other workers. Raises Unavailable."""
        write_whole(path, msgspec.json.encode(self), durable=False)

    async def exposition(self, app: Installation) -> bytes:
        """Prometheus text: this worker's counters as they are now, the others' as last flushed, and gauges."""
        workers = await asyncio.to_thread(lives, app.folder)
        workers[app.node] = self
        gauges = await _gauges(app)
        registry = CollectorRegistry()
        registry.register(_Figures(workers, gauges))
        ProcessCollector(registry=registry)
        return generate_latest(registry)


def lives(folder: DataFolder) -> dict[int, Metrics]:
    """The counters of every living worker, by node, as it last flushed them."""
    found: dict[int, Metrics] = {}
    for path in folder.nodes.glob("*.metrics"):
        if path.stem.isdecimal() and has_writer(folder.nodes, int(path.stem)):
            with suppress(OSError, msgspec.MsgspecError):
                found[int(path.stem)] = msgspec.json.decode(path.read_bytes(), type=Metrics)
    return found


async def waiting_bytes(folder: DataFolder, events: Database | None) -> int:
    """How much of the journal has not been counted."""
    counted: Mapping[str, tuple[int, int]] = {}
    if events is not None and await schema.version(events) is not None:
        async with events.read() as connection:
            counted = await read_positions_anywhere(connection)
    return await asyncio.to_thread(_waiting_bytes, folder, counted)


def _waiting_bytes(folder: DataFolder, counted: Mapping[str, tuple[int, int]]) -> int:
    waiting = 0
    for node in nodes_of(folder.journal):
        segment_read, offset = counted.get(f"{node:03d}", (0, 0))
        for segment in segments_of(folder.journal, node):
            with suppress(FileNotFoundError):
                size = segment_path(folder.journal, node, segment).stat().st_size
                waiting += size - offset if segment == segment_read else size * (segment > segment_read)
    return waiting


@dataclass(frozen=True, slots=True)
class _Gauges:
    links: int
    jobs: Mapping[str, int]
    waiting_bytes: int
    ingest_age_s: float | None
    counting: Counting
    backup_age_s: float | None
    database_bytes: Mapping[str, int]


async def _gauges(app: Installation) -> _Gauges:
    now_ms = app.clock()
    async with app.main.read() as connection:
        alive = select(func.count()).select_from(links).where(links.c.removed_ms.is_(None))
        number = (await connection.execute(alive)).scalar_one()
        jobs = await count_jobs_anywhere(connection)
    async with app.events.read() as connection:
        moved_ms = (await connection.execute(select(func.max(positions.c.at_ms)))).scalar()
        counting = await read_counting_anywhere(connection)
    backups = await asyncio.to_thread(list_backups, app.folder)
    made_ms = next((info.made_ms for info in backups if not info.problem), None)
    return _Gauges(
        links=number,
        jobs={state.value: jobs.get(state, 0) for state in JobState},
        waiting_bytes=await waiting_bytes(app.folder, app.events),
        ingest_age_s=None if moved_ms is None else (now_ms - moved_ms) / 1000,
        counting=counting,
        backup_age_s=None if made_ms is None else (now_ms - made_ms) / 1000,
        database_bytes={"main": await _size_bytes(app.main), "events": await _size_bytes(app.events)},
    )


async def _size_bytes(database: Database) -> int:
    if database.engine_name == "postgresql":
        size = (
            "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = current_schema() AND relkind = 'r'"
        )
    else:
        size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    async with database.read() as connection:
        return int((await connection.execute(text(size))).scalar_one())


class _Figures(Collector):
    """Turns the figures into metric families. Source: https://prometheus.io/docs/practices/naming/."""

    def __init__(self, workers: Mapping[int, Metrics], gauges: _Gauges) -> None:
        self._workers, self._gauges = workers, gauges

    def collect(self) -> Iterator[Metric]:
        answers = CounterMetricFamily(
            "scanly_redirects", "Answers of links, by outcome.", labels=["node", "outcome"]
        )
        started = GaugeMetricFamily("scanly_start_time_seconds", "Start of a worker.", labels=["node"])
        for node, worker in self._workers.items():
            for outcome in Outcome:
                answers.add_metric([f"{node:03d}", outcome.word], worker.answers[outcome])
            started.add_metric([f"{node:03d}"], worker.started_ms / 1000)
        yield answers
        yield started
        for name, description in _COUNTERS.items():
            family = CounterMetricFamily(f"scanly_{name}", description, labels=["node"])
            for node, worker in self._workers.items():
                family.add_metric([f"{node:03d}"], getattr(worker, name))
            yield family
        yield from self._state()

    def _state(self) -> Iterator[Metric]:
        now = self._gauges
        yield GaugeMetricFamily("scanly_links", "Links that are not removed.", now.links)
        yield GaugeMetricFamily("scanly_journal_waiting_bytes", "Journal not counted yet.", now.waiting_bytes)
        yield from _of_counting(now.counting)
        for name, description, value in (
            ("scanly_ingest_age_seconds", "Time since scans were last counted.", now.ingest_age_s),
            ("scanly_backup_age_seconds", "Age of the newest whole backup.", now.backup_age_s),
        ):
            if value is not None:
                yield GaugeMetricFamily(name, description, value)
        jobs = GaugeMetricFamily("scanly_jobs", "Background jobs, by state.", labels=["state"])
        for state, number in now.jobs.items():
            jobs.add_metric([state], number)
        yield jobs
        sizes = GaugeMetricFamily("scanly_database_bytes", "Size of a database.", labels=["part"])
        for part, size in now.database_bytes.items():
            sizes.add_metric([part], size)
        yield sizes


def _of_counting(now: Counting) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "scanly_scans_uncounted", "Scans that are stored and not counted yet.", now.waiting
    )
    yield GaugeMetricFamily("scanly_recounts", "Workspaces that are being counted again.", now.recounts)
    if now.raw_since:
        since = "First day (UTC) of which all single scans are kept."
        yield GaugeMetricFamily("scanly_scans_kept_since_seconds", since, now.raw_since * 86_400)
