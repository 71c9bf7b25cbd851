"""Who was met before is known, whatever was forgotten, moved to another day, or done by another process."""

from __future__ import annotations

from typing import Any

import pytest
from tests.analytics.counting.test_upkeep import recounted, tidied, workspaces
from tests.analytics.test_ingest import drain

from scanly.analytics.counting.recounting import Recounting
from scanly.core.ids import first_of
from scanly.scans.model import Outcome

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
TODAY = 20_415


PERSON = {"link_id": 2**60, "outcome": Outcome.REDIRECT, "flags": 0, "agent": "Firefox"}


def visit(house: Any, day: int, who: int = 7, **more: object) -> Any:
    """A person's; as salts are of a day, nobody is the same number on two."""
    return house.scan(day, **PERSON, visitor=who << 32 | day, **more)


def keys_by_day(house: Any) -> dict[int, int]:
    return dict(house.ask("SELECT day, count(*) FROM seen GROUP BY day"))


@pytest.mark.parametrize("at_once", [1, 9])
def test_who_is_known_for_a_week_is_a_visitor_of_each_of_its_days(house: Any, at_once: int) -> None:
    journal, ingester = house.journal(), house.ingester()
    for turn in range(9):
        journal.append(house.scan(TODAY + turn % 3, **PERSON, visitor=5, period=TODAY))
        if at_once == 1:
            drain(ingester)
    drain(ingester)
    found = house.ask("SELECT day, scans, visitors FROM rollups WHERE scope = 1 ORDER BY day")
    assert found == [(TODAY + n, 3, 1) for n in range(3)]
    house.assert_counts_agree()


@pytest.mark.parametrize("is_same_process", [True, False])
def test_a_visitor_whose_scan_moved_to_another_day_is_new_on_the_day_that_it_left(
    house: Any, is_same_process: bool
) -> None:
    """At noon in UTC it is tomorrow already where the owner said that the café is; then the zone is put right."""
    journal, ingester = house.journal(), house.ingester()
    journal.append(visit(house, TODAY + 1, id=first_of(TODAY * DAY_MS + 12 * HOUR_MS)))
    drain(ingester)
    recounted(house.store(), dict.fromkeys(workspaces(house), "UTC"))
    journal.append(visit(house, TODAY + 1, id=first_of((TODAY + 1) * DAY_MS + HOUR_MS)))
    drain(ingester if is_same_process else house.ingester())
    assert house.ask("SELECT day, visitors FROM rollups WHERE scope = 1 ORDER BY day") == [
        (TODAY, 1),
        (TODAY + 1, 1),
    ]
    house.assert_counts_agree()


def test_late_scans_are_known_again_after_another_process_forgot_their_visitors(house: Any) -> None:
    journal, other = house.journal(), house.store()
    journal.append(visit(house, TODAY))
    ingester = house.ingester()
    for _ in range(4):
        journal.append(visit(house, TODAY - 9))
        drain(ingester)
        tidied(other, TODAY)
        assert keys_by_day(house).keys() == {TODAY}
    house.assert_counts_agree()


@pytest.fixture
def revived(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The days whose keys were brought back from raw scans."""
    days: list[int] = []
    revive = Recounting.revive

    def noted(self: Recounting, day: int, *more: Any) -> None:
        days.append(day)
        revive(self, day, *more)

    monkeypatch.setattr(Recounting, "revive", noted)
    return days


def test_a_late_day_is_read_back_once_and_not_for_every_batch(house: Any, revived: list[int]) -> None:
    journal, ingester = house.journal(), house.ingester()
    for day in (TODAY - 9, TODAY):
        journal.append(visit(house, day))
    drain(ingester)
    tidied(house.store(), TODAY)
    for _ in range(5):
        journal.append(visit(house, TODAY - 9))
        drain(ingester)
    assert revived == [TODAY - 9]
    house.assert_counts_agree()


def test_after_one_scan_of_a_clock_far_ahead_the_present_day_is_still_remembered(
    house: Any, revived: list[int]
) -> None:
    journal, ingester, store = house.journal(), house.ingester(), house.store()
    for day in (TODAY - 5, TODAY, TODAY + 400):
        journal.append(visit(house, day))
    drain(ingester)
    for _ in range(5):
        tidied(store, TODAY)
        tidied(store, TODAY)
        journal.append(visit(house, TODAY))
        drain(ingester)
    assert revived == []
    assert keys_by_day(house).keys() == {TODAY, TODAY + 400}
    house.assert_counts_agree()


def test_a_clock_that_was_ahead_while_keys_were_forgotten_changes_no_number(house: Any) -> None:
    journal, ingester, store = house.journal(), house.ingester(), house.store()
    for day in (TODAY, TODAY + 400, TODAY, TODAY + 1, TODAY):
        journal.append(visit(house, day))
        drain(ingester)
        tidied(store, max(day, TODAY + 1))
        tidied(house.store(), day)
        house.assert_counts_agree()


def test_a_recount_remembers_the_last_days_and_lets_go_of_earlier_ones(house: Any) -> None:
    journal, ingester = house.journal(), house.ingester()
    for day in range(TODAY - 9, TODAY + 1):
        for who in (5, 6):
            journal.append(visit(house, day, who))
    drain(ingester)
    assert len(keys_by_day(house)) == 10
    recounted(house.store(), dict.fromkeys(workspaces(house), ""))
    assert keys_by_day(house).keys() == set(range(TODAY - 2, TODAY + 1))
    for day in range(TODAY - 9, TODAY + 1):
        journal.append(visit(house, day, 6))
    drain(ingester)
    house.assert_counts_agree()
