"""The register of printed things travels in archives, and nothing that nobody could have typed comes in."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import text
from tests.conftest import Installation

from scanly.accounts.actions import add_workspace
from scanly.analytics.flush import open_store
from scanly.codes.placements.actions import Wish, add_placement, list_placements, remove_placement
from scanly.codes.placements.details import read_details
from scanly.codes.placements.model import Filter
from scanly.core.errors import Invalid
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links.actions import add_link
from scanly.links.address import Address
from scanly.links.model import LinkDraft
from scanly.ops.archive import export, import_archive


async def registered(app, **by_code):
    here = await add_workspace(app.call(), "Café", {})
    for code, said in by_code.items():
        draft = LinkDraft("https://example.com", code=code)
        await add_link(app.call(), here.id, draft, printed_host="go.example.com")
        await add_placement(app.call(), here.id, Wish(Address.parse(code), read_details(said, "INR")))
    return here


def wrote(installation, path):
    full = {
        "batch": "May",
        "place": "Window",
        "cost": "1,20,000",
        "printed_on": "2026-05-01",
        "replace_by": "2027-05-01",
        "copies": "3",
        "note": "Left of the door",
    }

    async def work(app):
        here = await registered(app, t7=full, t8={}, t9={"batch": "June"})
        await remove_placement(app.call(), here.id, Address.parse("t9"))
        await export(app.main, app.events, app.media, path, workspace_id=here.id)

    installation.run(work)


def empty(migrated_folder, tmp_path):
    """Another installation, without anything in it."""
    other = DataFolder(tmp_path / "other")
    shutil.copytree(migrated_folder, other.root, dirs_exist_ok=True)
    return Installation(other, Settings())


def read(installation, path):
    async def work(app):
        return await import_archive(
            app.main,
            partial(open_store, app.folder, app.settings.database_url),
            app.media,
            path,
            dry_run=False,
            make_id=app.make_id,
        )

    return installation.run(work)


def lines(installation):
    """The lines of the register, whatever ids they have."""

    async def work(app):
        async with app.main.read() as connection:
            (workspace_id,) = (await connection.execute(text("SELECT id FROM workspaces"))).one()
        found = [
            each
            for removed in (False, True)
            for each in await list_placements(app.call(), workspace_id, Filter(removed=removed))
        ]
        return [replace(each, link_id=0, workspace_id=0) for each in found]

    return installation.run(work)


@pytest.mark.parametrize("taken", [False, True], ids=["ids as they were", "ids that are taken"])
def test_the_register_travels_with_its_links(installation, migrated_folder, tmp_path, taken):
    wrote(installation, tmp_path / "a.db")
    elsewhere = empty(migrated_folder, tmp_path)
    if taken:
        with closing(sqlite3.connect(tmp_path / "a.db")) as archive:
            (first,) = archive.execute("SELECT min(id) FROM links").fetchone()

        async def occupy(app):
            async with app.main.write() as connection:
                await connection.execute(text("PRAGMA defer_foreign_keys = ON"))
                await connection.execute(
                    text(
                        "INSERT INTO sites (id, workspace_id, host, slug, front, state, created_ms, changed_ms)"
                        f" VALUES ({first}, 5, '', 'x', 0, 1, 1, 1)"
                    )
                )

        elsewhere.run(occupy)
    read(elsewhere, tmp_path / "a.db")
    assert lines(elsewhere) == lines(installation)
    assert len(lines(elsewhere)) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE placements SET place = char(8238)", "control characters"),
        ("UPDATE placements SET printed_on = '2026-13-01'", "is not a date"),
        ("UPDATE placements SET printed_on = '2028-01-01', replace_by = '2027-01-01'", "before"),
        ("UPDATE placements SET printed_on = 'today'", "placements"),
        ("UPDATE placements SET copies = 0", "normal spelling"),
        ("UPDATE placements SET photo = 'none'", "normal spelling"),
        ("UPDATE placements SET currency = ''", "does not go with the cost"),
        ("UPDATE placements SET currency = 'rupees'", "does not go with the cost"),
        ("UPDATE placements SET cost_minor = 4611686018427387904", "more than anything costs"),
        ("UPDATE placements SET cost_minor = -1", "placements"),
        ("UPDATE placements SET link_id = 5", "placements without their link"),
        ("UPDATE placements SET workspace_id = 5", "placements without their link"),
    ],
)
def test_an_archive_with_a_line_that_nobody_could_have_typed_is_refused(
    installation, migrated_folder, tmp_path, change, said
):
    wrote(installation, tmp_path / "a.db")
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as archive:
        archive.execute(change + " WHERE batch = 'May'")
    elsewhere = empty(migrated_folder, tmp_path)
    with pytest.raises(Invalid, match=said):
        read(elsewhere, tmp_path / "a.db")


def test_an_archive_of_before_there_was_a_register_is_read(installation, migrated_folder, tmp_path):
    wrote(installation, tmp_path / "a.db")
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as archive:
        archive.execute("DROP TABLE placements")
    elsewhere = empty(migrated_folder, tmp_path)
    assert read(elsewhere, tmp_path / "a.db").links == 3
    assert lines(elsewhere) == []
