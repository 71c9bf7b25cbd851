import asyncio
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.schema import CreateSchema

import scanly
from scanly.core.errors import Unavailable
from scanly.db.engine import Database, open_postgres, open_sqlite
from scanly.db.types import EVENTS, MAIN
from scanly.ops import schema
from scanly.ops.schema import HEADS, MIGRATIONS, upgrade, version

SOURCE = Path(scanly.__file__).parent
for tables in SOURCE.rglob("tables.py"):
    import_module(".".join(("scanly", *tables.relative_to(SOURCE).with_suffix("").parts)))

OPEN = """
import asyncio, sys
from pathlib import Path
from scanly.app import open_app
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
async def main():
    async with open_app(DataFolder(Path(sys.argv[1])), Settings(database_url=sys.argv[2])):
        pass
asyncio.run(main())
print("alembic" in sys.modules)
"""


async def described(database: Database) -> dict[str, object]:
    """Everything that is kept of the tables, whatever the order it was written in."""

    def read(connection):
        found = inspect(connection)
        names = set(found.get_table_names()) - {"alembic_version"}
        return {
            name: {
                "columns": {
                    column["name"]: (str(column["type"]), column["nullable"], column["default"])
                    for column in found.get_columns(name)
                },
                "key": found.get_pk_constraint(name)["constrained_columns"],
                "unique": sorted(each["column_names"] for each in found.get_unique_constraints(name)),
                "indexes": sorted(
                    (str(each["name"]), each["column_names"], each["unique"])
                    for each in found.get_indexes(name)
                ),
                "foreign": sorted(
                    (each["constrained_columns"], each["referred_table"], each["options"])
                    for each in found.get_foreign_keys(name)
                ),
            }
            for name in names
        }

    async with database.read() as connection:
        tables = await connection.run_sync(read)
        if database.engine_name == "sqlite":
            rows = await connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
            for name, sql in rows:
                if name in tables:
                    tables[name]["strict"] = sql.rstrip().endswith("STRICT")
                    tables[name]["counted"] = "AUTOINCREMENT" in sql
                    tables[name]["rowid"] = "WITHOUT ROWID" not in sql
    return tables


@pytest.mark.parametrize(("part", "metadata"), [("main", MAIN), ("events", EVENTS)])
def test_a_fresh_upgrade_makes_exactly_the_tables_that_the_code_knows(either, tmp_path, part, metadata):
    async def work(app):
        url = app.settings.database_url
        wanted = open_postgres(url, "wanted") if url else open_sqlite(tmp_path / "wanted.db", part)
        async with wanted.write() as connection:
            if url:
                await connection.execute(CreateSchema("wanted"))
            await connection.run_sync(metadata.create_all)
        try:
            return await described(getattr(app, part)), await described(wanted)
        finally:
            await wanted.close()

    there, known = either.run(work)
    assert len(known) >= 5
    assert there == known


@pytest.mark.parametrize("part", ["main", "events"])
def test_the_newest_step_is_the_one_the_code_asks_for(part):
    steps = sorted(path.name.partition("_")[0] for path in (MIGRATIONS / part).glob("*.py"))
    assert steps == [f"{number:04d}" for number in range(1, len(steps) + 1)]
    assert HEADS[part] == steps[-1]


@pytest.mark.parametrize("part", ["main", "events"])
def test_data_of_a_newer_version_is_refused_and_left_alone(either, part):
    async def age(app):
        async with getattr(app, part).write() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    async def nothing(_):
        return None

    either.run(age)
    with pytest.raises(
        Unavailable, match=rf"newer version of Scanly \(schema 9999; this one knows {HEADS[part]}\)"
    ):
        either.run(nothing)
    assert not list(either.folder.backups.iterdir())


def test_nodes_that_start_together_on_nothing_take_the_steps_once(database_url, folder):
    def opened():
        return open_postgres(database_url, "main") if database_url else open_sqlite(folder.main_db, "main")

    async def work():
        nodes = [opened() for _ in range(4)]
        try:
            steps = [upgrade(node, "main", lambda: asyncio.sleep(0)) for node in nodes]
            await asyncio.wait_for(asyncio.gather(*steps), 30)
            return set((await described(nodes[0])).keys()), await version(nodes[0])
        finally:
            for node in nodes:
                await node.close()

    assert asyncio.run(work()) == (set(MAIN.tables), HEADS["main"])


def test_what_is_up_to_date_is_opened_without_alembic(installation):
    command = [sys.executable, "-c", OPEN, installation.folder.root, ""]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_step_that_fails_leaves_nothing_behind(folder, monkeypatch):
    (folder.root / "steps" / "main").mkdir(parents=True)
    steps = folder.root / "steps"
    (steps / "env.py").write_text((MIGRATIONS / "env.py").read_text())
    (steps / "main" / "0001_first.py").write_text(
        'from alembic import op\nimport sqlalchemy as sa\nrevision = "0001"\ndown_revision = None\n'
        'def upgrade():\n    op.create_table("a", sa.Column("b", sa.Integer))\n    raise RuntimeError("on purpose")\n'
    )
    monkeypatch.setattr(schema, "MIGRATIONS", steps)

    async def work():
        database = open_sqlite(folder.main_db, "main")
        try:
            with pytest.raises(RuntimeError, match="on purpose"):
                await upgrade(database, "main", lambda: asyncio.sleep(0))
            return await described(database), await version(database)
        finally:
            await database.close()

    assert asyncio.run(work()) == ({}, None)
