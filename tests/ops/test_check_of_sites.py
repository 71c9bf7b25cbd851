"""The doctor names each page that visitors cannot see as it was published."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from tests.ops.conftest import NOW_MS
from tests.ops.salon import furnish, workspace_of

from scanly.app import App
from scanly.ops.checks import Finding
from scanly.ops.doctor import examine

House = Any
FAULTS = {
    "lost": (
        "error: The page /s/salon shows pictures that are lost: front.png.",
        "Publish it again from its file, or restore a backup.",
    ),
    "UPDATE site_releases SET content = replace(content, 'name-board', 'old-board')": (
        'error: The page /s/salon cannot be drawn any more: blocks: "old-board" is not a block. ',
        "Publish it again, or go back: scanly site rollback salon",
    ),
    "UPDATE site_releases SET content = replace(content, '\"headline\"', '\"claim\"')": (
        "error: The page /s/salon cannot be drawn any more: ",
        "Publish it again, or go back: scanly site rollback salon",
    ),
    'UPDATE site_releases SET content = replace(content, \'{"slug"\', \'{"expires":"2026-11-01","slug"\')': (
        "warning: The page /s/salon expired on 2026-11-01T18:30:00",
        'Publish it with a later "expires", or take it off: scanly site unpublish salon',
    ),
    "INSERT INTO default_hosts VALUES ('rani.example', 1); UPDATE sites SET host = 'rani.example', front = 1": (
        "error: Nobody finds the page salon of rani.example: that host stands for the base address.",
        "Publish it without --host, or with a host of its own.",
    ),
}


@pytest.fixture
def salon(house: House) -> House:
    house.run(furnish)
    return house


def found(house: House, now_ms: int = NOW_MS + 1_000) -> list[Finding]:
    return [each for each in examine(house.folder, house.settings, lambda: now_ms) if each.check == "sites"]


def alter(house: House, script: str) -> None:
    with closing(sqlite3.connect(house.folder.main_db)) as database:
        database.executescript(script)


def test_a_page_that_visitors_see_is_well(salon: House) -> None:
    said = [(each.level, each.sentence) for each in found(salon)]
    assert said == [("ok", "1 published page: found, drawn and with all pictures.")]
    alter(salon, "UPDATE sites SET host = 'rani.example', front = 1")
    assert [each.level for each in found(salon)] == ["ok"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_page_that_visitors_do_not_see_is_named_with_what_to_do(salon: House, fault: str) -> None:
    sentence, hint = FAULTS[fault]
    if fault == "lost":
        max(salon.folder.media.iterdir()).unlink()
    else:
        alter(salon, fault)
    (told,) = found(salon)
    assert f"{told.level}: {told.sentence}".startswith(sentence), told
    assert told.hint == hint


def test_a_page_that_is_taken_off_is_no_fault_and_one_that_is_due_is_looked_at(salon: House) -> None:
    alter(salon, "UPDATE sites SET release_id = NULL")
    assert [each.sentence for each in found(salon)] == ["No page is published."]
    max(salon.folder.media.iterdir()).unlink()
    assert [each.level for each in found(salon, NOW_MS + 9_000_000)] == ["error"]


def test_pages_of_all_workspaces_are_looked_at(house: House) -> None:
    async def two(app: App) -> None:
        await furnish(app)
        await workspace_of(app, "Other")

    house.run(two)
    alter(
        house,
        "UPDATE sites SET workspace_id = (SELECT id FROM workspaces WHERE name = 'Other');"
        "UPDATE site_releases SET workspace_id = (SELECT id FROM workspaces WHERE name = 'Other')",
    )
    assert [each.sentence for each in found(house)] == [
        "1 published page: found, drawn and with all pictures."
    ]
