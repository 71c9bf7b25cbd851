"""Opening an installation: new, of this version, of an older one, of a newer one."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from scanly.accounts.actions import add_workspace, list_workspaces
from scanly.app import open_app
from scanly.core.errors import Unavailable
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.db.engine import open_sqlite
from scanly.links.actions import list_links
from scanly.links.address import Address
from scanly.links.changes import edit_link
from scanly.links.model import Link
from scanly.links.store import Filter
from scanly.links.terms import Terms
from scanly.ops import backup, schema

STEP = """
from alembic import op
revision = "{next}"
down_revision = "{newest}"
def upgrade() -> None:
    op.execute("CREATE TABLE added (number INTEGER)")
    {then}
"""


OLD_WORKSPACE = """
INSERT INTO workspaces (id, name, time_zone, language, currency, logo, accent, background, privacy, created_ms)
VALUES (1, 'Chai Corner', 'Asia/Kolkata', 'hi', 'INR', '', '#9a4b00', '#fff9ee', 'daily', 5)
"""
OLD_LINK = """
INSERT INTO links (id, workspace_id, host, code, target, title, tags, campaign, placement, created_ms, changed_ms)
VALUES (2, 1, '', 'menu', 'https://example.com/', '', '', '', '', 5, 5)
"""


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Makes this program one schema step newer; the step ends with the statement that is given."""

    def make(then: str = "pass") -> None:
        steps = tmp_path / "migrations"
        shutil.copytree(schema.MIGRATIONS, steps, dirs_exist_ok=True)
        newest = schema.HEADS["main"]
        after = f"{int(newest) + 1:04d}"
        step = STEP.format(then=then, newest=newest, next=after)
        (steps / "main" / f"{after}_added.py").write_text(step)
        monkeypatch.setattr(schema, "MIGRATIONS", steps)
        monkeypatch.setitem(schema.HEADS, "main", after)

    return make


def open_once(folder: DataFolder, *, name: str = "") -> list[str]:
    """Opens and closes the installation; the names of its workspaces."""

    async def main() -> list[str]:
        async with open_app(folder, Settings()) as app:
            if name:
                await add_workspace(app.call(), name, {})
            return [workspace.name for workspace in await list_workspaces(app.call())]

    return asyncio.run(main())


def tables(folder: DataFolder) -> set[str]:
    with sqlite3.connect(folder.main_db) as connection:
        found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return found


def test_an_older_database_is_brought_up_to_date_after_a_backup(folder: DataFolder, newer):
    open_once(folder, name="Chai Corner")
    newer()

    assert open_once(folder) == ["Chai Corner"]
    assert "added" in tables(folder)
    (made,) = backup.list_backups(folder)
    assert made.reason == "before-upgrade"
    assert backup.verify(made.path).ok


def test_links_of_before_there_were_terms_are_plain_ones_and_can_be_given_terms(folder: DataFolder):
    async def make() -> None:
        database = open_sqlite(folder.main_db, "main")
        async with database.write() as connection:
            await schema.take_steps(connection, "main", to="0001")
            await connection.execute(text(OLD_WORKSPACE))
            await connection.execute(text(OLD_LINK))
        await database.close()
        events = open_sqlite(folder.events_db, "events")
        async with events.write() as connection:
            await schema.take_steps(connection, "events", to="0001")
        await events.close()

    async def use() -> tuple[Link, Link]:
        async with open_app(folder, Settings()) as app:
            (workspace,) = await list_workspaces(app.call())
            (link,) = await list_links(app.call(), workspace.id, Filter())
            address = Address.parse("menu")
            return link, await edit_link(app.call(), workspace.id, address, {"max_scans": 7})

    asyncio.run(make())
    before, after = asyncio.run(use())
    assert (before.code, before.target, before.terms) == ("menu", "https://example.com/", Terms())
    assert after.terms == Terms(max_scans=7)
    assert [made.reason for made in backup.list_backups(folder)] == ["before-upgrade"]


def test_a_step_that_fails_changes_nothing(folder: DataFolder, newer):
    open_once(folder, name="Chai Corner")
    newer(then='op.execute("no such statement")')

    with pytest.raises(Exception, match=r"no such statement|syntax"):
        open_once(folder)
    assert "added" not in tables(folder)
    assert len(backup.list_backups(folder)) == 1


def test_a_database_of_a_newer_version_is_refused_and_left_alone(folder: DataFolder, newer, monkeypatch):
    newer()
    open_once(folder, name="Chai Corner")
    before = folder.main_db.read_bytes()
    monkeypatch.undo()

    with pytest.raises(Unavailable, match=r"newer version of Scanly.*nothing was changed"):
        open_once(folder)
    assert folder.main_db.read_bytes() == before
    assert backup.list_backups(folder) == []


def test_every_process_has_a_node_of_its_own_and_gives_it_back(folder: DataFolder):
    async def nodes() -> list[int]:
        async with open_app(folder, Settings()) as one, open_app(folder, Settings()) as other:
            return [one.node, other.node]

    assert asyncio.run(nodes()) == [0, 1]
    assert asyncio.run(nodes()) == [0, 1]


def test_a_missing_database_is_never_replaced_by_an_empty_one(folder: DataFolder):
    open_once(folder, name="Chai Corner")
    folder.main_db.rename(folder.root / "elsewhere.db")

    with pytest.raises(Unavailable, match=r"scanly\.db is missing.*Nothing was changed"):
        open_once(folder)
    assert not folder.main_db.exists()
    (folder.root / "elsewhere.db").rename(folder.main_db)
    assert open_once(folder) == ["Chai Corner"]


def test_nobody_else_can_read_what_an_installation_keeps(tmp_path: Path):
    there = tmp_path / "data"
    there.mkdir(mode=0o755)  # a folder that somebody made, open to all
    open_once(DataFolder(there), name="Chai Corner")

    kept = [path for path in there.rglob("*") if path.is_file()]
    assert {"scanly.db", "events.db"} <= {path.name for path in kept}
    assert [path.name for path in kept if path.stat().st_mode & 0o077] == []
