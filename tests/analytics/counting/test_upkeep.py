"""What the ingester does besides ingesting: recounts, months, the end of raw scans; on both engines."""

from __future__ import annotations

import random
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.analytics.plain import assert_rollups_are_those_of, counted
from tests.analytics.test_ingest import drain

from scanly.analytics.counting import names
from scanly.analytics.counting.packed import COUNTERS, PARTS, merge, month_of, unpack
from scanly.analytics.counting.rows import raw_since_of
from scanly.core.clock import at, day_number
from scanly.core.ids import first_of, time_of
from scanly.scans import bots
from scanly.scans.model import Kind, Outcome

DAY_MS = 86_400_000
TODAY = 20_415
PACKED = ", ".join((*COUNTERS, *PARTS))


def tidied(store: Any, today: int, keep_days: int = 0) -> None:
    while store.tidy(today * DAY_MS, keep_days):
        pass


def recounted(store: Any, zones: dict[int, str]) -> list[Any]:
    store.ask_recount(zones)
    told: list[Any] = []
    while progress := store.recount():
        told.append(progress)
    return told


def workspaces(house: Any) -> list[int]:
    return [number for (number,) in house.ask("SELECT DISTINCT workspace_id FROM subjects")]


def rollups(house: Any) -> list[Any]:
    return house.ask(f"SELECT scope, number, day, {PACKED} FROM rollups ORDER BY 1, 2, 3")


def plain(rows: list[Any]) -> dict[Any, Any]:
    """Counters and decoded counts by what the rows are of."""
    return {
        row[:3]: (*row[3 : 3 + len(COUNTERS)], *(unpack(blob) for blob in row[3 + len(COUNTERS) :]))
        for row in rows
    }


def assert_months_are_their_days(house: Any) -> int:
    """How many months there are."""
    sums: dict[Any, Any] = {}
    for row in rollups(house):
        day = date.fromordinal(row[2] + date(1970, 1, 1).toordinal())
        found = sums.setdefault((row[0], row[1], month_of(day.year, day.month)), [[0] * len(COUNTERS), {}])
        found[0] = [one + other for one, other in zip(found[0], row[3 : 3 + len(COUNTERS)], strict=True)]
        for blob in row[3 + len(COUNTERS) :]:
            merge(found[1], unpack(blob))
    months = house.ask(f"SELECT scope, number, month, {PACKED} FROM rollup_months")
    for row in months:
        counts: dict[int, dict[int, int]] = {}
        for blob in row[3 + len(COUNTERS) :]:
            merge(counts, unpack(blob))
        assert [list(row[3 : 3 + len(COUNTERS)]), counts] == sums[row[:3]]
    newest = dict(house.ask("SELECT name, value FROM states")).get("folded", -1)
    assert {key for key in sums if key[2] <= newest} == {row[:3] for row in months if row[2] <= newest}
    return len(months)


def test_a_recount_changes_nothing_when_nothing_changed(house: Any) -> None:
    journal, store = house.journal(), house.ingester()
    for n in range(500):
        journal.append(house.scan(day=TODAY - n % 4))
    drain(store)
    house.assert_counts_agree()
    before, raw = plain(rollups(house)), house.ask("SELECT * FROM scans ORDER BY id")
    told = recounted(house.store(), dict.fromkeys(workspaces(house), ""))
    assert told[-1].done == told[-1].total and [each.done for each in told] == sorted(
        each.done for each in told
    )
    assert house.ask("SELECT * FROM scans ORDER BY id") == raw
    house.assert_counts_agree()
    # Who of a day came first may be told otherwise where scans came in out of order; here they did not.
    assert plain(rollups(house)) == before


def test_who_was_met_before_is_told_by_link_host_campaign_and_workspace(house: Any) -> None:
    journal, ingester = house.journal(), house.ingester()
    for n in range(200):
        # Two links of one workspace on one host.
        journal.append(house.scan(link_id=2**60 + (2, 6)[n % 2], outcome=Outcome.REDIRECT, agent="Firefox"))
        if n % 30 == 0:
            drain(ingester)
    drain(ingester)
    assert_rollups_are_those_of(house.ask, house.counted_ids())
    recounted(house.store(), dict.fromkeys(workspaces(house), ""))
    assert_rollups_are_those_of(house.ask, house.counted_ids())


def test_a_day_that_is_recounted_in_pieces_knows_who_came_in_an_earlier_one(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanly.analytics.counting.recounting._AT_ONCE", 2)
    journal = house.journal()
    for _ in range(80):
        journal.append(house.scan())
    drain(house.ingester())
    before = plain(rollups(house))
    recounted(house.store(), dict.fromkeys(workspaces(house), ""))
    assert plain(rollups(house)) == before
    house.assert_counts_agree()


def test_new_rules_for_robots_are_applied_to_raw_scans_with_reason_and_version(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = house.journal()
    for n in range(300):
        journal.append(house.scan(day=TODAY - n % 3, period=TODAY - 5))
    drain(house.ingester())
    people = house.ask("SELECT count(*) FROM scans WHERE kind = 0")
    strict = lambda agent, flags=0: (  # noqa: E731
        (Kind.BOT, "agent: Android") if "Android" in agent else bots.ruled(agent, flags)
    )
    for module in ("names", "recounting"):
        monkeypatch.setattr(f"scanly.analytics.counting.{module}.ruled", strict)
    monkeypatch.setattr("scanly.analytics.counting.names.RULES_VERSION", 77)
    store = house.store()
    one, *others = workspaces(house)
    recounted(store, {one: ""})
    mine = f"FROM scans JOIN subjects ON subjects.number = subject WHERE workspace_id = {one}"
    assert house.ask(f"SELECT DISTINCT version {mine.replace('WHERE', 'JOIN rulings ON rulings.number = ruling WHERE')}"
    ) == [(names.rules_version(),)]  # fmt: skip
    assert house.ask(f"SELECT count(*) {mine} AND kind = 0") == [(0,)]
    assert house.ask("SELECT count(*) FROM scans WHERE kind = 0") < people
    house.assert_counts_agree()
    recounted(store, dict.fromkeys(others, ""))
    assert house.ask("SELECT count(*) FROM scans WHERE kind = 0") == [(0,)]
    assert ("agent: Android",) in house.ask("SELECT text FROM words WHERE kind = 'reason'")
    house.assert_counts_agree()


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Niue"])
def test_a_recount_in_another_zone_gives_every_scan_its_local_day_and_hour(house: Any, zone: str) -> None:
    journal, dice = house.journal(), random.Random(zone)
    for n in range(200):
        day = TODAY - n % 5
        journal.append(house.scan(day=day, id=first_of(day * DAY_MS + dice.randrange(DAY_MS)) + n))
    drain(house.ingester())
    recounted(house.store(), dict.fromkeys(workspaces(house), zone))
    for identifier, day, hour in house.ask("SELECT id, day, hour FROM scans"):
        local = at(time_of(identifier), ZoneInfo(zone))
        assert (day, hour) == (day_number(local.date()), local.hour)
    house.assert_counts_agree()


def test_a_recount_that_is_cut_off_at_any_day_goes_on_with_the_next_ingester(house: Any) -> None:
    journal = house.journal()
    for n in range(200):
        journal.append(house.scan(day=TODAY - n % 4))
    drain(house.ingester())
    house.store().ask_recount(dict.fromkeys(workspaces(house), "Asia/Kolkata"))
    steps = 0
    while house.store().recount():  # every step is another process's
        steps += 1
        journal.append(house.scan(day=TODAY - steps % 4))  # and scans go on coming
        drain(house.ingester())
    assert steps > 8 and house.ask("SELECT * FROM recounts") == []
    house.assert_counts_agree()


def test_months_are_folded_when_they_are_over_and_late_scans_reach_both(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, store = house.journal(), house.store()
    first = day_number(date(2025, 9, 3))
    for n in range(200):
        journal.append(house.scan(day=first + n * 7 % 80))
    drain(house.ingester())
    tidied(store, day_number(date(2025, 10, 3)))
    assert house.ask("SELECT count(*) FROM rollup_months") == [(0,)]  # September may still get late scans
    tidied(store, day_number(date(2025, 10, 4)))
    assert {month for (month,) in house.ask("SELECT month FROM rollup_months")} == {month_of(2025, 9)}
    monkeypatch.setattr("scanly.analytics.counting.rollups._FOLDED_AT_ONCE", 2)
    for step in range(12):  # scans of every day come in while October is being folded
        store.tidy(day_number(date(2025, 11, 20)) * DAY_MS, 0)
        for day in (first, first + 30, first + 70 + step % 2):
            journal.append(house.scan(day=day))
        drain(house.ingester())
    tidied(store, day_number(date(2025, 11, 20)))
    journal.append(house.scan(day=first - 100))
    drain(house.ingester())
    assert {month for (month,) in house.ask("SELECT month FROM rollup_months")} >= {
        month_of(2025, 9),
        month_of(2025, 10),
    }
    assert assert_months_are_their_days(house) > 10
    recounted(store, dict.fromkeys(workspaces(house), "Asia/Kolkata"))
    assert_months_are_their_days(house)
    house.assert_counts_agree()


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_months_that_are_folded_in_pieces_are_whole(
    house: Any, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("scanly.analytics.counting.rollups._FOLDED_AT_ONCE", at_once)
    journal = house.journal()
    for n in range(120):
        journal.append(house.scan(day=day_number(date(2025, 8, 20)) + n % 30))
    drain(house.ingester())
    tidied(house.store(), day_number(date(2025, 10, 20)))
    assert assert_months_are_their_days(house) > 20


def test_a_recount_while_a_month_is_being_folded_reaches_what_is_folded_of_it(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanly.analytics.counting.rollups._FOLDED_AT_ONCE", 2)
    journal, store = house.journal(), house.store()
    last = day_number(date(2025, 9, 30))
    for n in range(60):
        journal.append(house.scan(day=last, id=first_of(last * DAY_MS + n % 24 * DAY_MS // 24) + n))
    drain(house.ingester())
    today = day_number(date(2025, 11, 20))
    for zone in ("Pacific/Kiritimati", "Pacific/Niue", "UTC"):
        for _ in range(2):
            store.tidy(today * DAY_MS, 0)
        recounted(store, dict.fromkeys(workspaces(house), zone))
        assert_months_are_their_days(house)
    tidied(store, today)
    assert assert_months_are_their_days(house) > 10


def test_a_recount_long_after_the_last_scan_makes_its_month_again(house: Any) -> None:
    journal = house.journal()
    first = day_number(date(2025, 9, 3))
    for n in range(60):
        day = first + n % 8
        journal.append(house.scan(day=day, id=first_of(day * DAY_MS + n % 24 * DAY_MS // 24) + n))
    drain(house.ingester())
    tidied(house.store(), day_number(date(2025, 11, 3)))
    recounted(house.store(), dict.fromkeys(workspaces(house), "Pacific/Kiritimati"))
    assert assert_months_are_their_days(house) > 0
    house.assert_counts_agree()


def test_raw_scans_end_after_their_time_and_their_rollups_stay(house: Any) -> None:
    journal, store = house.journal(), house.store()
    for n in range(300):
        agent = f"Firefox of day {n % 30}"
        journal.append(house.scan(day=TODAY - n % 30, agent=agent, flags=0))
    drain(house.ingester())
    before = rollups(house)
    tidied(store, TODAY, keep_days=10)
    ((oldest,),) = house.ask("SELECT min(id) FROM scans")
    assert time_of(oldest) // DAY_MS == TODAY - 10
    assert rollups(house) == before
    assert house.ask("SELECT value FROM states WHERE name = 'raw_since'") == [(TODAY - 9,)]
    texts = {text for (text,) in house.ask("SELECT text FROM agents")}
    assert "Firefox of day 5" in texts and "Firefox of day 20" not in texts
    # A recount leaves the days alone whose raw scans are gone.
    recounted(store, dict.fromkeys(workspaces(house), ""))
    assert [row for row in rollups(house) if row[2] < TODAY - 9] == [
        row for row in before if row[2] < TODAY - 9
    ]
    assert counted(house.ask).keys() <= {row[:3] for row in rollups(house)}


def test_days_that_a_workspace_was_imported_without_keep_their_rollups(house: Any) -> None:
    journal = house.journal()
    for n in range(200):
        journal.append(house.scan(day=TODAY - n % 4))
    drain(house.ingester())
    for each in workspaces(house):
        house.ask(f"INSERT INTO states (name, value) VALUES ('{raw_since_of(each)}', {TODAY - 1})")
    house.ask("UPDATE rollups SET scans = 1000")
    recounted(house.store(), dict.fromkeys(workspaces(house), ""))
    found = house.ask("SELECT day, min(scans), max(scans) FROM rollups GROUP BY day ORDER BY day")
    assert [(day, least == 1000, most == 1000) for day, least, most in found] == [
        (TODAY - 3, True, True),
        (TODAY - 2, True, True),
        (TODAY - 1, False, False),
        (TODAY, False, False),
    ]


def test_what_anybody_can_make_up_has_a_limit_and_is_counted_as_other(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanly.analytics.counting.numbering.FRESH_TEXTS", 20)
    journal, ingester = house.journal(), house.ingester()
    flood = {"link_id": 2**60, "outcome": Outcome.REDIRECT, "flags": 0}
    for n in range(300):
        agent = f"Mozilla/5.0 Firefox/{n}" if n % 2 else f"curl/{n}"
        made_up = {"campaign": f"c{n}", "referrer": f"{n}.example/{n}", "agent": agent}
        journal.append(house.scan(**flood, **made_up))
        if n % 50 == 0:
            drain(ingester)
    journal.append(house.scan(link_id=2**60 + 1, outcome=Outcome.REDIRECT, campaign="c299", flags=0))
    drain(ingester)
    counts = dict(house.ask("SELECT kind, count(*) FROM words GROUP BY kind"))
    assert counts["campaign"] <= 20 + 3 and counts["referrer"] <= 2 * 20 + 5  # pages and their hosts
    assert house.ask("SELECT count(*) FROM agents")[0][0] <= 20 + 5
    house.assert_counts_agree()
    kinds = house.ask("SELECT id, kind, reason FROM scans ORDER BY id")
    assert sum(kind == Kind.BOT for _, kind, _ in kinds) == 150
    recounted(house.store(), dict.fromkeys(workspaces(house), ""))
    # Of an agent that is not kept, nothing can be judged again.
    assert house.ask("SELECT id, kind, reason FROM scans ORDER BY id") == kinds
    house.assert_counts_agree()


def test_the_feed_tells_scans_in_order_of_ingest_and_forgets_them_after_a_week(house: Any) -> None:
    import msgspec

    journal, store = house.journal(), house.store()
    wanted: list[int] = []
    for day in (TODAY, TODAY - 3, TODAY):
        scans = [house.scan(day=day) for _ in range(3)]
        for scan in scans:
            journal.append(scan)
        wanted += [scan.id for scan in scans]
        drain(house.ingester())
    told = house.ask("SELECT ids FROM feed ORDER BY seq")
    assert [each for (ids,) in told for each in msgspec.msgpack.decode(ids)] == wanted
    tidied(store, TODAY + 7)
    assert len(house.ask("SELECT seq FROM feed")) == 3
    tidied(store, TODAY + 8)
    assert house.ask("SELECT seq FROM feed") == []
