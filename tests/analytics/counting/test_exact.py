"""Whatever comes in, whenever, and whatever the ingester is doing: rollups are a plain count of the raw scans.

Visits go through the real recorder into the journal, on a clock that jumps, in zones of every sort; they are counted
in batches of any size, between restarts, recounts, folded months and the end of raw scans.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from tests.analytics.counting.test_upkeep import assert_months_are_their_days
from tests.analytics.plain import assert_rollups_are_those_of

from scanly.analytics import ingest
from scanly.analytics.counting.packed import COUNTERS, PARTS, REPEATS, unpack
from scanly.analytics.events.sqlite import SqliteEvents
from scanly.analytics.ingest import Ingester
from scanly.core.clock import at, day_number
from scanly.core.ids import IdMaker, time_of
from scanly.core.paths import DataFolder
from scanly.scans.journal import HEADER, MAGIC, Journal, segment_path, segments_of
from scanly.scans.model import OF_SITES, Outcome, Scan
from scanly.scans.place import Places
from scanly.scans.recorder import Recorder, Visit, Words
from scanly.scans.segments import nodes_of, read
from scanly.scans.visitor import Salts

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
# Half hours, quarters, days that are 23, 24.5 or 25 hours long, and both ends of the world.
ZONES = (
    "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Europe/Berlin",
    "Pacific/Kiritimati", "Pacific/Niue", "UTC",
)  # fmt: skip
# Shortly before clocks are set, before a month ends, and before a leap day.
STARTS = ("2026-03-28T22:00", "2026-10-24T22:00", "2026-10-31T23:30", "2026-11-01T03:00", "2028-02-28T20:00")
AGENTS = (
    b"Mozilla/5.0 (Linux; Android 13; SM-A546E) Chrome/121.0.0.0 Mobile Safari/537.36",
    b"Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) Version/17.2 Mobile/15E1 Safari/604.1",
    b"Googlebot/2.1 (+http://www.google.com/bot.html)",
    b"curl/8.5.0 \xff\xfe",
    b"",
)
WORKSPACES = (2**59, 2**59 + 1)


def poison(payload: bytes) -> bytes:
    """A whole frame that is no scan."""
    return HEADER.pack(MAGIC, len(payload), crc32(payload, len(payload))) + payload


@st.composite
def visits(draw: st.DrawFn) -> dict[str, Any]:
    """A visit but for its zone; links are 0 to 2 of each workspace, of which the last two are bound to a host."""
    outcome = draw(st.sampled_from([Outcome.REDIRECT, Outcome.REDIRECT, *Outcome]))
    workspace = draw(st.integers(0, 1))
    link = draw(st.integers(0, 2))
    base = 2**61 if outcome in OF_SITES else 2**60
    return {
        "link_id": base + workspace * 3 + link,
        "workspace_id": WORKSPACES[workspace],
        "outcome": outcome,
        "address": f"203.0.113.{draw(st.integers(0, 1))}",
        "agent": draw(st.sampled_from(AGENTS)),
        "language": draw(st.sampled_from([b"", b"hi-IN,en;q=0.5", b"de"])),
        "referrer": draw(
            st.sampled_from([b"", b"https://www.google.com/search?q=a", b"https://a.example/x"])
        ),
        "query": draw(st.sampled_from([b"", b"utm_source=flyer&utm_campaign=diwali", b"utm_medium=print"])),
        "rule": draw(st.sampled_from([0, 0, 2**62])),
        "prefetch": draw(st.integers(0, 9)) == 0,
        "test": draw(st.integers(0, 9)) == 0,
        "privacy": draw(st.sampled_from(["daily", "daily", "weekly", "monthly", "none"])),
        "part": draw(st.sampled_from(["", "call/1", "form"])) if outcome in OF_SITES else "",
        "host": "go.example" if link else "",
        "drive": draw(st.sampled_from(["", "", "spring"])),
        "words": draw(st.sampled_from([Words(), Words(source="poster", campaign="spring")])),
        "country": draw(st.sampled_from(["", "IN", "DE"])),
    }


class Events(RuleBasedStateMachine):
    """One data folder; ``moment_ms`` is what every clock says."""

    make_events_db: Callable[[Path], None]

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="scanly-exact-"))
        self.folder = DataFolder(self.root / "data")
        self.folder.create()
        type(self).make_events_db(self.folder.events_db)
        self.zones = dict(zip(WORKSPACES, ("Asia/Kolkata", "Europe/Berlin"), strict=True))
        self.asked: dict[int, set[str]] = {each: set() for each in WORKSPACES}
        self.is_recounted = self.is_purged = False
        self.recorders: dict[int, tuple[Journal, Recorder]] = {}
        self.moment_ms = 0
        self.store: SqliteEvents | None = None
        self.restart_ingester()

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start: str) -> None:
        self.moment_ms = int(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp() * 1000)

    # What happens in front of the journal.

    @rule(
        node=st.integers(0, 1),
        made=st.lists(visits(), min_size=1, max_size=10),
        gap_ms=st.sampled_from([1, 7, 3 * MINUTE_MS]),
    )
    def visit(self, node: int, made: list[dict[str, Any]], gap_ms: int) -> None:
        for each in made:
            self.moment_ms += gap_ms
            assert self.recorder(node).record(Visit(zone=self.zones[each["workspace_id"]], **each))

    @rule(days=st.sampled_from([1, 2, 4, 31, 45]), made=st.lists(visits(), min_size=1, max_size=4))
    def visit_whose_machine_was_away(self, days: int, made: list[dict[str, Any]]) -> None:
        """Scans of earlier days come in, by the journal of another node."""
        now, self.moment_ms = self.moment_ms, self.moment_ms - days * DAY_MS
        self.end_writer(2)
        self.visit(2, made, 20 * MINUTE_MS)
        self.moment_ms = now

    @rule(step_ms=st.sampled_from([MINUTE_MS * 40, HOUR_MS * 9, DAY_MS, 4 * DAY_MS, 35 * DAY_MS]))
    def wait(self, step_ms: int) -> None:
        self.moment_ms += step_ms

    @rule(jump_ms=st.sampled_from([-DAY_MS, DAY_MS, -HOUR_MS, -12 * 365 * DAY_MS, 400 * DAY_MS]))
    def visit_while_the_clock_is_wrong(self, jump_ms: int) -> None:
        self.moment_ms += jump_ms
        self.recorder(0).record(
            Visit(2**60, WORKSPACES[0], self.zones[WORKSPACES[0]], Outcome.REDIRECT, "203.0.113.1", AGENTS[0])
        )
        self.moment_ms -= jump_ms

    @rule(jump_ms=st.sampled_from([-DAY_MS, DAY_MS]))
    def set_clock(self, jump_ms: int) -> None:
        self.moment_ms += jump_ms

    @rule(workspace=st.sampled_from(WORKSPACES), zone=st.sampled_from(ZONES))
    def move_workspace(self, workspace: int, zone: str) -> None:
        self.zones[workspace] = zone

    @rule(zone=st.sampled_from(ZONES))
    def move_workspace_and_count_again(self, zone: str) -> None:
        """As an owner does who had chosen the wrong zone."""
        self.move_workspace(WORKSPACES[0], zone)
        self.ingest(10_000, 2)
        self.ask_recount({WORKSPACES[0]}, is_moved=True)
        self.recount(2_000)

    @rule(node=st.integers(0, 1))
    def end_writer(self, node: int) -> None:
        if node in self.recorders:
            self.recorders.pop(node)[0].close()

    @rule(
        payload=st.sampled_from(
            [b"\x93\x01\x02\x03", b"\xc0", msgspec.msgpack.encode([1, 2, 3, 2**40, 0, 0, 0])]
        )
    )
    def write_poison(self, payload: bytes) -> None:
        self.recorder(0)
        self.recorders[0][0].append_frames([poison(payload)])

    @rule()
    def bring_a_journal_back_twice(self) -> None:
        """A node's oldest segment stands under another name, too, as after a bad restore."""
        if not segments_of(self.folder.journal, 0):
            return
        oldest = segment_path(self.folder.journal, 0, segments_of(self.folder.journal, 0)[0])
        copies = segments_of(self.folder.journal, 9)
        if len(copies) < 2:
            path = segment_path(self.folder.journal, 9, len(copies) + 1)
            path.parent.mkdir(exist_ok=True)
            shutil.copyfile(oldest, path)

    # What happens behind it.

    @rule(limit=st.sampled_from([1, 3, 10_000]), steps=st.integers(1, 4))
    def ingest(self, limit: int, steps: int) -> None:
        self.ingester._limit = limit
        for _ in range(steps):
            self.ingester.step()

    @rule()
    def restart_ingester(self) -> None:
        if self.store is not None:
            self.store.close()
        self.store = SqliteEvents(self.folder.events_db)
        self.ingester = Ingester(
            self.folder.journal, self.store, nodes_dir=self.folder.nodes, clock=lambda: self.moment_ms
        )

    @rule(pieces=st.integers(1, 12))
    def tidy(self, pieces: int) -> None:
        assert self.store is not None
        for _ in range(pieces):
            self.store.tidy(self.moment_ms, 0)

    @rule()
    def fold(self) -> None:
        assert self.store is not None
        for _ in range(2_000):
            if not self.store.tidy(self.moment_ms, 0):
                break

    @rule(keep_days=st.sampled_from([30, 60]))
    def purge(self, keep_days: int) -> None:
        assert self.store is not None
        self.is_purged |= bool(self.store.tidy(self.moment_ms, keep_days))

    @rule(workspaces=st.sets(st.sampled_from(WORKSPACES)), is_moved=st.booleans())
    def ask_recount(self, workspaces: set[int], is_moved: bool) -> None:
        assert self.store is not None
        zones = {each: self.zones[each] if is_moved else "" for each in workspaces}
        for each, zone in zones.items():
            self.asked[each] |= {zone} if zone else set()
        self.is_recounted |= bool(zones)
        self.store.ask_recount(zones)

    @rule(steps=st.integers(1, 9))
    def recount(self, steps: int) -> None:
        assert self.store is not None
        for _ in range(steps):
            if not self.store.recount():
                break

    # What must hold.

    def teardown(self) -> None:
        try:
            self.check()
        finally:
            for journal, _ in self.recorders.values():
                journal.close()
            if self.store is not None:
                self.store.close()
            shutil.rmtree(self.root)

    def check(self) -> None:
        assert self.store is not None
        while self.ingester.step():
            pass
        while self.store.recount():
            pass
        self.assert_every_scan_is_there_as_it_was()
        if not self.is_purged:
            told = [
                each
                for (ids,) in self.ask("SELECT ids FROM feed ORDER BY seq")
                for each in msgspec.msgpack.decode(ids)
            ]
            is_told = len(told) == len(self.ask("SELECT id FROM scans"))
            assert_rollups_are_those_of(self.ask, told if is_told and not self.is_recounted else ())
        assert_months_are_their_days(self)
        self.assert_a_recount_changes_nothing()

    def assert_every_scan_is_there_as_it_was(self) -> None:
        scans = self.journaled()
        rows = {row[0]: row[1:] for row in self.ask(AS_RECORDED)}
        since = dict(self.ask("SELECT name, value FROM states")).get("raw_since", 0)
        wanted = {scan.id for scan in scans.values() if time_of(scan.id) // DAY_MS >= since}
        assert wanted <= rows.keys() <= scans.keys()
        for identifier, (day, hour, *row) in rows.items():
            scan = scans[identifier]
            assert row == [
                scan.link_id, scan.workspace_id, scan.outcome, scan.flags, scan.visitor, scan.period, scan.agent,
                scan.country, scan.language, scan.referrer, scan.source, scan.medium,
                scan.campaign or scan.drive, str(scan.rule) if scan.rule else "", scan.part, scan.drive, scan.host,
            ]  # fmt: skip
            moments = [at(time_of(identifier), ZoneInfo(zone)) for zone in self.asked[scan.workspace_id]]
            local = {(max(0, day_number(each.date())), each.hour) for each in moments}
            assert (day, hour) in local | {(scan.day, scan.hour)}

    def assert_a_recount_changes_nothing(self) -> None:
        before = self.told()
        assert self.store is not None
        self.store.ask_recount(dict.fromkeys(WORKSPACES, ""))
        while self.store.recount():
            pass
        # Only who came first is told anew, by time: scans may have come in later than others of their day.
        assert self.told() == before
        assert self.ask("SELECT * FROM recounts") == []
        if not self.is_purged:
            assert_rollups_are_those_of(
                self.ask, [each for (each,) in self.ask("SELECT id FROM scans ORDER BY id")]
            )
        assert_months_are_their_days(self)

    def told(self) -> dict[Any, Any]:
        """Rollups but for who had been met before."""

        def counts(blob: bytes | None) -> dict[int, Any]:
            return {each: values for each, values in unpack(blob).items() if each < REPEATS}

        rows = self.ask(f"SELECT scope, number, day, {', '.join((*COUNTERS, *PARTS))} FROM rollups")
        of_parts = 3 + len(COUNTERS)
        return {row[:3]: (row[3:of_parts], *map(counts, row[of_parts:])) for row in rows}

    def journaled(self) -> dict[int, Scan]:
        """Every scan of the journal by its id; of two with one id, that which came first."""
        found: dict[int, Scan] = {}
        journal = self.folder.journal
        for node in nodes_of(journal):
            for segment in segments_of(journal, node):
                for scan in read(segment_path(journal, node, segment), 0, 100_000, closed=True).scans:
                    found.setdefault(scan.id, scan)
        return found

    def recorder(self, node: int) -> Recorder:
        if node not in self.recorders:
            journal = Journal(self.folder.journal, node, self.now_ms)
            maker = IdMaker(node, self.now_ms)
            recorder = Recorder(journal, Salts(self.folder.salts), Places(None), maker, self.now_ms)
            self.recorders[node] = journal, recorder
        return self.recorders[node][1]

    def now_ms(self) -> int:
        return self.moment_ms

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        database = sqlite3.connect(self.folder.events_db)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()


def _word(kind: str) -> str:
    return f"coalesce((SELECT text FROM words WHERE number = scans.{kind} AND kind = '{kind}'), '')"


AS_RECORDED = (
    "SELECT scans.id, day, hour, link_id, workspace_id, outcome, flags, visitor, period, agents.text,"
    f" {', '.join(map(_word, ('country', 'language', 'referrer', 'source', 'medium', 'campaign', 'rule', 'part')))},"
    " coalesce((SELECT name FROM groups WHERE number = scans.drive), ''),"
    " coalesce((SELECT name FROM groups WHERE number = subjects.host), '')"
    " FROM scans JOIN subjects ON subjects.number = subject JOIN agents ON agents.number = agent"
)


def test_rollups_are_a_plain_count_of_raw_scans_whatever_happens(
    make_events_db: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "MAX_SCANS", 40)
    monkeypatch.setattr("scanly.analytics.counting.rollups._FOLDED_AT_ONCE", 1)
    monkeypatch.setattr("scanly.analytics.counting.recounting._AT_ONCE", 3)
    monkeypatch.setattr("scanly.analytics.events.sqlite.PURGE_CHUNK", 5)
    Events.make_events_db = staticmethod(make_events_db)
    run_state_machine_as_test(
        Events,
        settings=settings(
            max_examples=int(os.environ.get("EXAMPLES", "40")),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
