"""Brings the databases to the schema this version knows; Alembic is loaded only when that takes a step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import inspect, text
from sqlalchemy.schema import CreateSchema

from scanly.core.errors import Unavailable
from scanly.db.engine import Connection, Database, Part
from scanly.db.sequence import in_commit_order

# The newest step of each part; a test compares them with the folder.
HEADS: dict[Part, str] = {"main": "0008", "events": "0003"}
_STEPS = "migrations"
MIGRATIONS = Path(__file__).parent / "migrations"


async def version(database: Database) -> str | None:
    """The step the database is at; None for an empty one."""
    async with database.read() as connection:
        if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
            return None
        return (
            await connection.execute(text("SELECT version_num FROM alembic_version"))
        ).scalar_one_or_none()


async def upgrade(
    database: Database,
    part: Part,
    before: Callable[[], Awaitable[None]],
    after: Callable[[Connection], Awaitable[None]] | None = None,
) -> bool:
    """Takes the steps that are missing, all or none; whether there were any.

    ``before`` runs first when there is data to lose, and ``after`` then ends the same transaction. Raises Unavailable
    for a database of a newer version.
    """
    if database.engine_name == "postgresql":
        async with database.write() as connection:
            await in_commit_order(connection, _STEPS)
            await connection.execute(CreateSchema(part, if_not_exists=True))
    at = await version(database)
    if at == HEADS[part]:
        return False
    if at is not None:
        _refuse_newer(at, part)
        await before()
    async with database.write() as connection:
        await in_commit_order(connection, _STEPS)  # nodes that start together: the others find it done
        await take_steps(connection, part)
        if at is not None and after is not None:
            await after(connection)
    return True


def _refuse_newer(at: str, part: Part) -> None:
    known = {path.name.partition("_")[0] for path in (MIGRATIONS / part).glob("*.py")}
    if at not in known:
        raise Unavailable(
            f"The data was written by a newer version of Scanly (schema {at}; this one knows {HEADS[part]}).",
            hint="Install that version or a newer one; nothing was changed.",
        )


async def take_steps(connection: Connection, part: Part, to: str = "head") -> None:
    """Takes every missing step up to ``to``, in the connection's transaction."""

    def steps(sync: SyncConnection) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("version_locations", str(MIGRATIONS / part))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = sync
        command.upgrade(config, to)

    await connection.run_sync(steps)
