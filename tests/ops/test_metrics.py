"""Figures: a worker's counters, all living workers', and what the databases and the folder hold."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scanly.app import App
from scanly.core.lock import FileLock
from scanly.core.settings import Settings
from scanly.ops import backup
from scanly.ops.metrics import Metrics, lives
from scanly.scans.model import Outcome

House = Any
NOW_MS = 1_795_400_000_000
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(house: House, metrics: Metrics) -> Samples:
    async def work(app: App) -> bytes:
        return await metrics.exposition(app)

    text = house.run(work).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


def test_every_figure_is_shown_under_its_name(house: House) -> None:
    house.furnish()
    asyncio.run(backup.create(house.folder, house.settings, NOW_MS - 60_000))
    metrics = Metrics(started_ms=NOW_MS)
    for outcome in (Outcome.REDIRECT, Outcome.REDIRECT, Outcome.CLOSED):
        metrics.answered(outcome, recorded=outcome is Outcome.REDIRECT)
    metrics.requests = 5
    samples = scrape(house, metrics)
    assert value(samples, "scanly_redirects_total", node="000", outcome="redirect") == 2
    assert value(samples, "scanly_redirects_total", node="000", outcome="closed") == 1
    assert value(samples, "scanly_redirects_total", node="000", outcome="fallback") == 0
    assert value(samples, "scanly_scans_recorded_total", node="000") == 2
    assert value(samples, "scanly_requests_total", node="000") == 5
    assert value(samples, "scanly_start_time_seconds", node="000") == NOW_MS / 1000
    assert value(samples, "scanly_links") == 2
    assert value(samples, "scanly_jobs", state="dead") == 0
    assert value(samples, "scanly_backup_age_seconds") == pytest.approx(60, abs=1)
    assert value(samples, "scanly_ingest_age_seconds") == pytest.approx(0, abs=1)
    assert value(samples, "scanly_database_bytes", part="main") >= house.folder.main_db.stat().st_size
    assert value(samples, "scanly_scans_uncounted") == value(samples, "scanly_recounts") == 0
    assert ("scanly_scans_kept_since_seconds", frozenset[Any]()) not in samples
    assert value(samples, "process_resident_memory_bytes") > 1_000_000
    waiting = value(samples, "scanly_journal_waiting_bytes")
    newest = max(house.folder.journal.glob("*/*.journal"))
    assert waiting == newest.stat().st_size > 0
    house.ingest()
    assert value(scrape(house, metrics), "scanly_journal_waiting_bytes") == 0


def test_how_the_counting_stands_is_shown(house: House) -> None:
    house.furnish()
    house.ingest()
    with closing(sqlite3.connect(house.folder.events_db)) as events, events:
        events.execute("INSERT INTO states VALUES ('raw_since', 20000)")
        events.execute("INSERT INTO recounts VALUES (1, 'UTC', 0, 20000)")
        events.execute("INSERT INTO arrivals VALUES (1, 5, 12, x'')")
    samples = scrape(house, Metrics())
    assert value(samples, "scanly_scans_kept_since_seconds") == 20_000 * 86_400
    assert value(samples, "scanly_recounts") == 1
    assert value(samples, "scanly_scans_uncounted") == 12


def test_the_counters_of_living_workers_are_shown_and_those_of_dead_ones_are_not(house: House) -> None:
    house.rows("main", "SELECT 1")
    held = FileLock(house.folder.nodes / "007.lock")
    assert held.acquire()
    for node in (0, 7, 8):
        Metrics(requests=node + 1).flush(house.folder.nodes / f"{node:03d}.metrics")
    (house.folder.nodes / "008.lock").touch()
    assert {node: each.requests for node, each in lives(house.folder).items()} == {7: 8}
    samples = scrape(house, Metrics(requests=50))
    requests = {labels: each for (name, labels), each in samples.items() if name == "scanly_requests_total"}
    shown = {dict(labels)["node"]: number for labels, number in requests.items()}
    assert shown == {"000": 50, "007": 8}, "this worker's own are as they are now, not as they were flushed"
    (house.folder.nodes / "007.metrics").write_bytes(b"half")
    assert lives(house.folder) == {}


def test_figures_of_an_installation_in_postgresql(empty_house: House, postgres_url: str) -> None:
    empty_house.settings = Settings(database_url=postgres_url)
    samples = scrape(empty_house, Metrics())
    assert value(samples, "scanly_links") == 0
    assert value(samples, "scanly_database_bytes", part="main") > 0
    assert ("scanly_backup_age_seconds", frozenset[Any]()) not in samples
