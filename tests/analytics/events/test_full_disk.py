"""A disk that is full while the ingester tidies up or recounts: nothing is half done, and it goes on by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.analytics.counting.test_upkeep import assert_months_are_their_days, workspaces
from tests.analytics.test_ingest import drain
from tests.journeys.test_disk import fill, small_disk  # noqa: F401 - a fixture

from scanly.core.clock import day_number
from scanly.core.errors import Unavailable
from scanly.core.paths import DataFolder

DAY_MS = 86_400_000
FIRST = day_number(date(2025, 9, 3))


@pytest.fixture
def database_url() -> str:
    return ""


@pytest.fixture
def folder(small_disk: Path) -> DataFolder:  # noqa: F811 - the fixture
    made = DataFolder(small_disk / "data")
    made.create()
    return made


def finished(step: Callable[[], object], ballast: Path) -> int:
    """Steps until nothing is left, with the disk being full at every second one; how many failed."""
    failed, is_left = 0, True
    while is_left:
        fill(ballast)
        try:
            is_left = bool(step())
        except Unavailable:
            failed += 1
        ballast.unlink()
        is_left = is_left and bool(step())
    return failed


def test_recounts_and_months_are_whole_although_the_disk_is_full_again_and_again(
    house: Any, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanly.analytics.counting.rollups._FOLDED_AT_ONCE", 2)
    journal, ballast = house.journal(), folder.root.parent / "ballast"
    for n in range(300):
        journal.append(house.scan(day=FIRST + n % 40))
    drain(house.ingester())
    store = house.store()
    today = day_number(date(2025, 11, 20))
    assert finished(lambda: store.tidy(today * DAY_MS, 0), ballast) > 5
    assert assert_months_are_their_days(house) > 10
    store.ask_recount(dict.fromkeys(workspaces(house), "Asia/Kathmandu"))
    assert finished(store.recount, ballast) > 5
    assert house.ask("SELECT * FROM recounts") == []
    assert assert_months_are_their_days(house) > 10
    house.assert_counts_agree()
    assert house.ask("PRAGMA integrity_check") == [("ok",)]
