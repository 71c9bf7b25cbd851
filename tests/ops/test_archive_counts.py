"""What was counted travels: every scope, day and breakdown, also of days whose single scans are gone."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from json import dumps, loads
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.analytics.plain import assert_rollups_are_those_of
from tests.ops.conftest import DAY, DAY_MS, NOW_MS, PHONE
from tests.ops.test_archive import read, write

from scanly.accounts.actions import add_workspace
from scanly.analytics.events.batch import Batch
from scanly.analytics.flush import open_store, recount
from scanly.analytics.ingest import Ingester
from scanly.app import App
from scanly.core.ids import first_of
from scanly.core.settings import Settings
from scanly.links.actions import add_links
from scanly.links.model import Link, LinkDraft
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome, Scan

House = Any
DAYS = 75
AGENTS = (PHONE, PHONE, PHONE.replace("Android 10; K", "Android 13; SM-A546E"), "curl/8.5.0", "")


def open_shop(house: House, name: str, codes: tuple[str, ...]) -> tuple[int, list[Link]]:
    async def work(app: App) -> tuple[int, list[Link]]:
        workspace = await add_workspace(app.call(), name, {"time_zone": "Asia/Kolkata"})
        drafts = [
            LinkDraft("https://example.com/", code, host="go.shop.example" if number % 2 else "")
            for number, code in enumerate(codes)
        ]
        return workspace.id, await add_links(app.call(), workspace.id, drafts, printed_host="go.example.com")

    return house.run(work)


def scans_of(workspace: int, links: list[Link], number: int, seed: int = 1) -> list[Scan]:
    """Believable scans of the last days, in order of time."""
    dice, found = random.Random(seed), list[Scan]()
    for each in range(number):
        day = DAY - DAYS + each * DAYS // number
        link = dice.choice(links)
        found.append(
            Scan(
                id=first_of(day * DAY_MS + 9 * 3_600_000) + seed * 4_096 + each,
                link_id=link.id,
                workspace_id=workspace,
                day=day,
                outcome=dice.choice([Outcome.REDIRECT, Outcome.REDIRECT, Outcome.FALLBACK, Outcome.CLOSED]),
                flags=dice.choice([0, 0, 0, 1, 2]),
                visitor=dice.choice([0, *range(1, 9)]) * (day * 10_000 + 7),
                agent=dice.choice(AGENTS),
                hour=dice.choice([9, 10, 23, 24]),
                host=link.host,
                drive=dice.choice(["", "monsoon"]),
                rule=dice.choice([0, 41]),
                **{
                    name: dice.choice(["", value])
                    for name, value in {
                        "country": "IN", "city": "Pune", "language": "hi", "referrer": "google.com/",
                        "source": "x", "medium": "y", "campaign": "z", "term": "t", "content": "c",
                    }.items()
                },
            )
        )  # fmt: skip
    return found


def count(house: House, scans: list[Scan], keep_days: int = 0) -> None:
    """Counts them, folds months that are over, and ends what is older than ``keep_days``."""
    with open_store(house.folder, house.settings.database_url) as store:
        for start in range(0, len(scans), 200):
            store.apply(Batch(NOW_MS, scans[start : start + 200]))
            while store.count_stored():
                pass
        while store.tidy(NOW_MS, keep_days):
            pass


def ask(house: House) -> Callable[[str], list[tuple[Any, ...]]]:
    return lambda query: house.rows("events", query)


def renamed(rows: list[tuple[Any, ...]], ids: dict[int, int]) -> list[tuple[Any, ...]]:
    """Rollups with other ids, also of the links that a group counts; without those of workspaces that have none."""
    found: list[tuple[Any, ...]] = []
    for scope, workspace, link, *rest, counts in rows:
        for old, new in ids.items():
            counts = counts.replace(f'"{old}"', f'"{new}"')
        if workspace in ids:
            found.append(
                (scope, ids[workspace], ids.get(link, 0), *rest, dumps(loads(counts), sort_keys=True))
            )
    return sorted(found)


def ids_of(house: House) -> dict[tuple[str, str], int]:
    """By the names of workspaces, and of codes with their host."""
    return {(name, ""): number for number, name in house.rows("main", "SELECT id, name FROM workspaces")} | {
        (code, host): number for number, code, host in house.rows("main", "SELECT id, code, host FROM links")
    }


@pytest.mark.parametrize("taken", [False, True], ids=["nobody here", "ids taken and months folded here"])
def test_every_rollup_is_the_same_elsewhere(
    house: House, empty_house: House, tmp_path: Path, database_url: str, taken: bool
) -> None:
    count(house, scans_of(*open_shop(house, "Shop", ("a", "b", "c")), 600))
    assert_rollups_are_those_of(ask(house))
    write(house, tmp_path / "archive")
    empty_house.settings = Settings(database_url=database_url)
    if taken:
        count(empty_house, scans_of(*open_shop(empty_house, "Other", ("other",)), 40, seed=2))
    read(empty_house, tmp_path / "archive")
    count(empty_house, [])
    assert_rollups_are_those_of(ask(empty_house))
    there, here = house.contents(), empty_house.contents()
    assert {row[0] for row in there["rollups"]} == {1, 3, 4, 5}
    assert len(there["months"]) > 5
    ids, known = ids_of(house), ids_of(empty_house)
    assert (known["Shop", ""] != ids["Shop", ""]) is taken
    back = {known[name]: number for name, number in ids.items()}
    for name in ("rollups", "months"):
        assert renamed(here[name], back) == there[name]


def test_days_whose_scans_are_gone_keep_their_numbers_also_through_a_recount(
    house: House, empty_house: House, tmp_path: Path, database_url: str
) -> None:
    """The first days of the archive are rollups alone; elsewhere, others have single scans from before that."""
    shop = open_shop(house, "Shop", ("a", "b"))
    count(house, scans_of(*shop, 600), keep_days=20)
    counts = write(house, tmp_path / "archive")
    assert counts["scans"] < 200 < 600
    assert counts["scans_kept"] == 1
    empty_house.settings = Settings(database_url=database_url)
    empty_house.opened = 1_000  # ids of another time
    other = open_shop(empty_house, "Other", ("other",))
    count(empty_house, scans_of(*other, 40, seed=2))
    read(empty_house, tmp_path / "archive")
    before = empty_house.contents()
    assert [row for row in before["rollups"] if row[1] == shop[0]] == house.contents()["rollups"]
    zones = {shop[0]: "", other[0]: ""}
    recount(empty_house.folder, empty_house.settings.database_url, zones, lambda *_: None)
    assert empty_house.contents()["rollups"] == before["rollups"]
    write(empty_house, tmp_path / "again", shop[0])
    with (
        closing(sqlite3.connect(tmp_path / "again")) as again,
        closing(sqlite3.connect(tmp_path / "archive")) as a,
    ):
        assert (
            again.execute("SELECT * FROM scans_kept").fetchall()
            == a.execute("SELECT * FROM scans_kept").fetchall()
        )


def test_an_import_beside_a_running_server_disturbs_nobody(
    house: House, empty_house: House, tmp_path: Path, database_url: str
) -> None:
    """While scans of another workspace come in and are counted, of the same texts and of new ones."""
    count(house, scans_of(*open_shop(house, "Shop", ("a", "b", "c")), 1_500))
    write(house, tmp_path / "archive")
    empty_house.settings = Settings(database_url=database_url)
    other = open_shop(empty_house, "Other", ("other",))
    folder, stop = empty_house.folder, threading.Event()
    journal = Journal(folder.journal, 9, lambda: NOW_MS)
    scans = [
        msgspec.structs.replace(scan, city=f"city {number}", drive=f"drive {number % 40}")
        for number, scan in enumerate(scans_of(*other, 1_500, seed=3))
    ]
    written: list[Scan] = []

    def come() -> None:
        for scan in scans:
            if stop.wait(0.001):
                break
            assert journal.append(scan)
            written.append(scan)

    def serve() -> None:
        with open_store(folder, database_url) as store:
            ingester = Ingester(folder.journal, store, nodes_dir=folder.nodes, clock=lambda: NOW_MS)
            while not stop.is_set():
                ingester.step()

    threads = [threading.Thread(target=work) for work in (come, serve)]
    for thread in threads:
        thread.start()
    try:
        assert read(empty_house, tmp_path / "archive").scans == 1_500
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        journal.close()
    during = len(empty_house.contents()["scans"]) - 1_500
    assert during > 0, "or this test proves nothing"
    empty_house.ingest()
    assert len(empty_house.contents()["scans"]) == 1_500 + len(written)
    assert_rollups_are_those_of(ask(empty_house))


@pytest.mark.postgres
def test_scans_that_are_not_counted_yet_are_left_out(
    house: House, empty_house: House, postgres_url: str, tmp_path: Path
) -> None:
    house.settings = Settings(database_url=postgres_url)
    shop = open_shop(house, "Shop", ("a",))
    scans = scans_of(*shop, 60)
    count(house, scans[:40])
    with open_store(house.folder, postgres_url) as store:
        store.apply(Batch(NOW_MS, scans[40:]))
    assert write(house, tmp_path / "archive")["scans"] == 40
    read(empty_house, tmp_path / "archive")
    assert_rollups_are_those_of(ask(empty_house))


def test_people_can_read_the_counts(house: House, tmp_path: Path) -> None:
    shop = open_shop(house, "Shop", ("a",))
    (scan, *_) = scans_of(*shop, 1)
    scan = msgspec.structs.replace(
        scan, outcome=Outcome.REDIRECT, flags=0, agent=PHONE, visitor=5, hour=9, drive="monsoon", country="IN",
        city="", language="", referrer="", source="", medium="", campaign="", term="", content="", rule=0,
    )  # fmt: skip
    again = msgspec.structs.replace(scan, id=scan.id + 1)
    count(house, [scan, again])
    write(house, tmp_path / "archive")
    with closing(sqlite3.connect(tmp_path / "archive")) as archive:
        query = "SELECT scope, name, scans, visitors, person, counted FROM rollups ORDER BY scope"
        rows = archive.execute(query).fetchall()
        ((people,),) = archive.execute(
            "SELECT sum(counted ->> '$.country.IN[1]') FROM rollups WHERE scope = 'link'"
        )
    assert [row[:5] for row in rows] == [
        ("campaign", "monsoon", 2, 1, 2),
        ("link", "", 2, 1, 2),
        ("workspace", "", 2, 1, 2),
    ]
    assert msgspec.json.decode(rows[1][5]) == {
        "moment": {"wed 09": [2, 1]},
        "outcome": {"person redirect": 2},
        "agent": {'["phone","","Android","Chrome",""]': [2, 1]},
        "country": {"IN": [2, 1]},
        "campaign": {"monsoon": [2, 1]},
    }
    assert people == 1
