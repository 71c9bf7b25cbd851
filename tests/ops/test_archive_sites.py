"""Sites travel: pages, what was before them, what is planned, who is invited, and what visitors sent."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.ops.conftest import NOW_MS
from tests.ops.former import make_former
from tests.ops.salon import SLOT_MS, furnish, visit, workspace_of

from scanly.analytics.flush import open_store
from scanly.app import App
from scanly.core.errors import Conflict, Invalid
from scanly.core.ids import AnswerId
from scanly.core.settings import Settings
from scanly.media.model import Picture
from scanly.ops.archive import export, import_archive
from scanly.sites import actions
from scanly.sites.answers import actions as leads
from scanly.sites.answers import store
from scanly.sites.answers.model import Answer
from scanly.sites.live.store import find_live_anywhere, get_published
from scanly.sites.page import Setting
from scanly.sites.render import render

House = Any


async def write(app: App, target: Path) -> dict[str, int]:
    return await export(app.main, app.events, app.media, target, workspace_id=None)


async def read(app: App, source: Path) -> None:
    await import_archive(
        app.main,
        partial(open_store, app.folder, app.settings.database_url),
        app.media,
        source,
        dry_run=False,
        make_id=app.make_id,
    )


async def told(app: App) -> dict[str, Any]:
    """What visitors see of the salon, and what its owner sees."""
    mine = await workspace_of(app)
    where = {"host": "", "slug": "salon"}
    async with app.main.read() as connection:
        live = await find_live_anywhere(connection, "", "salon", NOW_MS)
        assert live is not None
        published = await get_published(connection, mine, live)
        assert published is not None
        state = await store.read_state(connection, mine, live.id)
        form = store.Form(live.id, "loyalty")
        card = await store.get_card(connection, mine, form, "b" * 32)
        pin = await store.get_pin(connection, mine, form)
        coupon = await store.get_coupon(connection, mine, store.Form(live.id, "offer"), "a" * 32)
    pictures = msgspec.convert(published.pictures, dict[str, Picture])
    pages = [
        render(published.site, Setting(tag, NOW_MS, "https://go.example.com", "/s/salon", pictures, state))
        for tag in ("en", "hi")
    ]
    listed = await leads.list_leads(app.call(), mine, store.Wanted())
    return {
        "pages": [page.html for page in pages],
        "release": live.hash,
        "invited": [(each.name, each.token) for each in live.invitations],
        "password": live.password,
        "history": [
            (each.at_ms, each.what, each.hash, each.who)
            for each in await actions.history(app.call(), mine, **where)
        ],
        "plans": [
            (each.at_ms, each.hash) for each in (await actions.show_site(app.call(), mine, **where)).plans
        ],
        "leads": [
            (each.answer.fields, each.answer.slot_ms, each.answer.release, each.slug) for each in listed
        ],
        "state": state,
        "card": card,
        "pin": pin,
        "coupon": coupon,
    }


def met(house: House) -> list[Any]:
    """Views and clicks as they are counted, and what finds a visitor of today again."""
    return [
        house.rows("events", query)
        for query in (
            "SELECT scans.id, day, outcome, visitor, text FROM scans LEFT JOIN words ON number = part ORDER BY 1",
            "SELECT day, count(*) FROM seen GROUP BY day ORDER BY day",
        )
    ] + [house.contents()["rollups"]]


@pytest.fixture
def archive(house: House, tmp_path: Path) -> Path:
    house.run(furnish)
    house.run(visit)
    house.ingest()
    counts = house.run(lambda app: write(app, tmp_path / "rani.scanly"))
    assert (counts["scans"], counts["rollups"]) == (17, 6)
    names = ("sites", "site_releases", "site_history", "site_plans", "site_invitations", "site_answers")
    assert [counts[name] for name in names] == [1, 3, 3, 1, 1, 2]
    names = ("site_bookings", "site_coupons", "site_cards", "site_pins")
    assert [counts[name] for name in names] == [2, 1, 1, 1]
    return tmp_path / "rani.scanly"


def test_a_site_is_the_same_page_with_the_same_past_elsewhere(
    house: House, empty_house: House, archive: Path, database_url: str, tmp_path: Path
) -> None:
    there = house.run(told)
    empty_house.settings = Settings(database_url=database_url)
    empty_house.run(lambda app: read(app, archive))
    here = empty_house.run(told)
    assert here == there
    assert met(empty_house) == met(house) != []
    assert here["state"].taken == {"ask-for-a-time": {SLOT_MS: 2}}
    assert here["state"].claimed == {"offer": 1}

    async def no_seat_then_back(app: App) -> str:
        mine = await workspace_of(app)
        async with app.main.write() as connection:
            (site,) = await actions.store.list_sites(connection, mine)
            late = Answer(AnswerId(app.make_id()), site.id, "", "ask-for-a-time", "", {}, "", "en", NOW_MS)
            assert not await store.take_seat(connection, mine, late, SLOT_MS, 2)
        shown = await actions.roll_back(app.call(), mine, host="", slug="salon")
        assert shown.release is not None
        return shown.release.source

    assert "Rani One" in empty_house.run(no_seat_then_back)
    files = [{path.name for path in each.folder.media.iterdir()} for each in (house, empty_house)]
    assert files[0] == files[1] != set()


def test_an_archive_of_an_archive_is_the_same(
    empty_house: House, archive: Path, database_url: str, tmp_path: Path
) -> None:
    empty_house.settings = Settings(database_url=database_url)
    empty_house.run(lambda app: read(app, archive))
    empty_house.run(lambda app: write(app, tmp_path / "again"))
    assert _plain(tmp_path / "again") == _plain(archive)


def _plain(path: Path) -> dict[str, list[Any]]:
    """Rows of all tables but those that say when they were written; JSON objects whatever the order of their names."""
    with closing(sqlite3.connect(path)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            name: [
                tuple(map(_decoded, row)) for row in database.execute(f"SELECT * FROM {name} ORDER BY 1, 2")
            ]
            for name in names
            if name not in ("about", "sqlar")
        }


def _decoded(value: Any) -> Any:
    is_object = isinstance(value, str) and value.startswith(("{", "["))
    return msgspec.json.decode(value) if is_object else value


def test_ids_that_are_taken_here_are_changed_everywhere(
    house: House, empty_house: House, archive: Path
) -> None:
    """The same salon under other addresses has all the ids already."""
    there = house.run(told)
    other = shutil.copy(archive, archive.with_name("other"))
    with closing(sqlite3.connect(other)) as database, database:
        database.executescript(
            "UPDATE workspaces SET name = 'Other'; UPDATE sites SET slug = 'other';"
            "UPDATE site_invitations SET token = replace(hex(zeroblob(32)), '00', 'ab');"
            "DELETE FROM site_coupons; DELETE FROM site_cards"
        )
    empty_house.run(lambda app: read(app, other))
    empty_house.run(lambda app: read(app, archive))
    assert empty_house.run(told) == there
    counted = (
        "SELECT sum(person + bot + preview + prefetch + test) FROM rollups JOIN subjects USING (number)"
        " WHERE scope = 2 AND link_id = "
    )
    for (site_id,) in empty_house.rows("main", "SELECT id FROM sites"):
        assert empty_house.rows("events", f"{counted}{site_id}") == [(17,)]
    assert empty_house.rows("main", "SELECT count(DISTINCT site_id), count(*) FROM site_answers") == [(2, 4)]


def test_an_archive_of_before_there_were_sites_is_read(empty_house: House, archive: Path) -> None:
    make_former(archive)
    with closing(sqlite3.connect(archive)) as database:
        names = [
            name
            for (name,) in database.execute(
                "SELECT name FROM sqlite_schema WHERE name GLOB 'site*'"
            ).fetchall()
        ]
        database.executescript("".join(f"DROP TABLE {name};" for name in (*names, "parts")))
        database.executescript("DELETE FROM scans; DELETE FROM totals; DELETE FROM visitors")
        database.execute("ALTER TABLE scans DROP COLUMN part")
    assert len(names) == 10
    empty_house.run(lambda app: read(app, archive))
    assert empty_house.rows("main", "SELECT count(*) FROM sites") == [(0,)]
    assert empty_house.rows("main", "SELECT count(*) FROM workspaces WHERE name = 'Rani'") == [(1,)]


TAKEN: dict[str, tuple[str, str]] = {
    "an address": ("DELETE FROM site_invitations", r"1 site of the archive is taken here: /s/salon\."),
    "the front of a host": (
        "UPDATE sites SET slug = 'other', host = 'rani.example', front = 1",
        r"1 front page of a host of the archive is taken here: rani\.example\.",
    ),
    "an invitation": ("UPDATE sites SET slug = 'other'", "1 invitation of the archive is taken here"),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_taken_here_is_named_and_nothing_is_imported(
    empty_house: House, archive: Path, what: str
) -> None:
    script, said = TAKEN[what]
    second = shutil.copy(archive, archive.with_name("second"))
    if what == "the front of a host":
        alter(archive, "UPDATE sites SET host = 'rani.example', front = 1")
    alter(Path(second), f"UPDATE workspaces SET name = 'Other'; {script}")
    empty_house.run(lambda app: read(app, archive))
    with pytest.raises(Conflict, match=said):
        empty_house.run(lambda app: read(app, Path(second)))
    assert empty_house.rows("main", "SELECT count(*) FROM sites") == [(1,)]
    assert empty_house.rows("main", "SELECT count(*) FROM workspaces WHERE name = 'Other'") == [(0,)]


def alter(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.create_function("in_content", 2, _in_content)
        database.executescript(script)


def _in_content(content: str, change: str) -> str:
    """A release's content after a change of its first block's values, or of the site."""
    said = msgspec.json.decode(content)
    CHANGES[change](said)
    return msgspec.json.encode(said).decode()


def _deep(site: Any) -> None:
    value: Any = "x"
    for _ in range(400):
        value = [value]
    site["blocks"][0]["values"]["name"] = value


CHANGES: dict[str, Callable[[Any], object]] = {
    "an unknown block": lambda site: site["blocks"][0].update(type="iframe"),
    "a value of no field": lambda site: site["blocks"][0]["values"].update(html="<script>"),
    "a script as link": lambda site: site["blocks"].append(
        {"id": "b", "type": "button", "values": {"words": "x", "to": "javascript:alert(1)"}}
    ),
    "a text that is none": lambda site: site["blocks"][0]["values"].update(name=7),
    "a value without end": _deep,
    "an id that breaks out": lambda site: site["blocks"][0].update(id='"><script>'),
    "two blocks of one id": lambda site: site["blocks"][0].update(id="offer"),
    "a style of its own": lambda site: site.update(own_theme="</style><script>"),
    "an unknown theme": lambda site: site.update(theme="../../etc"),
    "a language that is none": lambda site: site.update(languages=["xx"]),
    "a slug that is none": lambda site: site.update(slug="../x"),
    "a zone that is none": lambda site: site.update(time_zone="Mars/Base"),
    "a logo that is no picture": lambda site: site.update(logo={"file": "../../x", "decorative": True}),
    "hours that are none": lambda site: site["blocks"][1]["values"].update(slots="always"),
}
HOSTILE = {
    **{
        f"content: {name}": f"UPDATE site_releases SET content = in_content(content, '{name}')"
        for name in CHANGES
    },
    "content that is none": "UPDATE site_releases SET content = '[]'",
    "content without end": "UPDATE site_releases SET content = replace(hex(zeroblob(50000)), '0', '[')",
    "pictures that are none": "UPDATE site_releases SET pictures = '[]'",
    "a picture elsewhere": "UPDATE site_releases SET pictures = replace(pictures, '.png', '.html')",
    "a hash that is none": "UPDATE site_releases SET hash = '../../../' || id",
    "an address that is none": "UPDATE sites SET slug = 'a/b'",
    "a host in capitals": "UPDATE sites SET host = 'Rani.example'",
    "the front of everything": "UPDATE sites SET front = 1",
    "a password in plain words": "UPDATE sites SET password = 'open'",
    "a release of another site": "UPDATE sites SET release_id = 1",
    "a site of nobody": "UPDATE sites SET workspace_id = 1",
    "releases of no site": "UPDATE site_releases SET site_id = 1",
    "history of no release": "UPDATE site_history SET release_id = 1",
    "history in red": "UPDATE site_history SET who = char(27) || '[31m'",
    "plans of no release": "UPDATE site_plans SET release_id = 1",
    "a guest with a short token": "UPDATE site_invitations SET token = 'ab'",
    "a guest in red": "UPDATE site_invitations SET name = char(27) || '[31m'",
    "an unknown status": "UPDATE site_answers SET status = 'lost'",
    "fields that are none": "UPDATE site_answers SET fields = '[1]'",
    "an answer in red": """UPDATE site_answers SET fields = '{"name": "\\u001b[31m"}'""",
    "a coupon of a block that is none": "UPDATE site_coupons SET block = '../x'",
    "answers of another workspace": "UPDATE site_answers SET workspace_id = 1",
    "a booking without an answer": "DELETE FROM site_answers",
    "a seat below zero": "UPDATE site_bookings SET seat = seat - 1",
    "two on a seat": "UPDATE site_bookings SET seat = 0",
    "a coupon with a short token": "UPDATE site_coupons SET token = 'ab'",
    "stamps below zero": "UPDATE site_cards SET stamps = -1",
    "a PIN in plain words": "UPDATE site_pins SET kept = '123456'",
    "views of no site": "UPDATE scans SET link_id = 1",
    "days of no site": "UPDATE rollups SET link_id = link_id + 1 WHERE link_id <> 0",
    "a part of no outcome": "UPDATE scans SET outcome = 'stolen'",
    "a link of a site's id": "INSERT INTO links SELECT id, workspace_id, '', 'a', '/s/salon', '', '[]', '', '', NULL,"
    " 1, 1, NULL, NULL FROM sites",
    "a missing table that is no later one": "DROP TABLE links",
    "a view in the place of a table": "DROP TABLE site_pins; CREATE VIEW site_pins AS SELECT 1",
}


def test_a_site_that_nobody_could_have_published_is_refused_and_nothing_changes(
    archive: Path, empty_house: House, tmp_path: Path
) -> None:
    async def work(app: App) -> list[str]:
        accepted: list[str] = []
        for name, script in HOSTILE.items():
            attack = tmp_path / "attack"
            shutil.copyfile(archive, attack)
            alter(attack, script)
            assert attack.read_bytes() != archive.read_bytes()
            try:
                await read(app, attack)
            except Invalid:
                continue
            accepted.append(name)
        return accepted

    assert empty_house.run(work) == []
    for table in ("workspaces", "sites", "site_releases", "site_answers"):
        assert empty_house.rows("main", f"SELECT count(*) FROM {table}") == [(0,)]
    assert not any(empty_house.folder.media.iterdir())


def test_the_archive_of_one_workspace_holds_no_site_of_another(house: House, tmp_path: Path) -> None:
    async def work(app: App) -> dict[str, int]:
        await furnish(app)
        other = await workspace_of(app, "Other")
        return await export(app.main, app.events, app.media, tmp_path / "other", workspace_id=other)

    counts = house.run(work)
    assert {name: number for name, number in counts.items() if number} == {"about": 1, "workspaces": 1}
    with closing(sqlite3.connect(tmp_path / "other")) as database:
        assert not any("Rani" in line for line in database.iterdump())
