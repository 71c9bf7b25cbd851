"""Archives: a workspace, or everything, as one SQLite file of plain words; `archive_import` reads it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Row, Select, Table, select

import scanly
from scanly.accounts.tables import people, workspaces
from scanly.analytics.alerts.tables import alert_rules, alerts
from scanly.analytics.goals.tables import goals
from scanly.codes.placements.tables import placements
from scanly.codes.tables import qr_codes
from scanly.core.clock import Clock, iso, now_ms
from scanly.core.errors import NotFound, Unavailable
from scanly.core.ids import WorkspaceId
from scanly.core.log import Log
from scanly.db.engine import Connection, Database
from scanly.links.tables import default_hosts, links
from scanly.media.model import FILE_NAME
from scanly.media.storage import Storage
from scanly.media.tables import pictures
from scanly.ops import archive_file
from scanly.ops.archive_file import Writer
from scanly.ops.archive_happened import write_happened
from scanly.ops.archive_import import Report, import_archive
from scanly.ops.archive_rows import (
    About,
    AlertRow,
    AlertRuleRow,
    GoalRow,
    HostRow,
    LinkRow,
    PersonRow,
    PictureRow,
    PlacementRow,
    PrinterRow,
    QrCodeRow,
    WorkspaceRow,
)
from scanly.ops.archive_site_rows import (
    AnswerRow,
    BookingRow,
    CardRow,
    CouponRow,
    InvitationRow,
    PinRow,
    PublicationRow,
    ReleaseRow,
    SitePlanRow,
    SiteRow,
)
from scanly.press.printers.tables import printers
from scanly.sites.answers.tables import answers, bookings, cards, coupons, pins
from scanly.sites.tables import invitations, plans, publications, releases, sites

__all__ = ["Report", "export", "import_archive"]
log = Log("scanly.archive")
_ROWS_AT_ONCE = 1_000
_EVERYTHING = ""
# What people made in a workspace, by table; columns have the names of the row's fields.
_MADE: tuple[tuple[Table, type[msgspec.Struct]], ...] = (
    (people, PersonRow),
    (links, LinkRow),
    (qr_codes, QrCodeRow),
    (placements, PlacementRow),
    (pictures, PictureRow),
    (sites, SiteRow),
    (releases, ReleaseRow),
    (publications, PublicationRow),
    (plans, SitePlanRow),
    (invitations, InvitationRow),
    (answers, AnswerRow),
    (bookings, BookingRow),
    (coupons, CouponRow),
    (cards, CardRow),
    (pins, PinRow),
    (goals, GoalRow),
    (alert_rules, AlertRuleRow),
    (alerts, AlertRow),
    (printers, PrinterRow),
)


async def export(
    main: Database,
    events: Database,
    media: Storage,
    target: Path,
    *,
    workspace_id: WorkspaceId | None,
    clock: Clock = now_ms,
) -> dict[str, int]:
    """Writes ``target``, whole or not at all; rows by table. Scans that wait in the journal are not in it.

    Raises NotFound (workspace), Unavailable.
    """
    beside = target.with_name(f".{target.name}.part")
    try:
        writer = await asyncio.to_thread(_begin, beside)
        try:
            async with AsyncExitStack() as stack:
                # What happened is seen first, so that every scan's link is there.
                happened = await stack.enter_async_context(events.read())
                made = await stack.enter_async_context(main.read())
                await _write_about(made, writer, workspace_id, clock())
                await _write_made(made, writer, workspace_id)
                files = await _media_files(made, workspace_id)
                await write_happened(happened, writer, workspace_id)
            await asyncio.to_thread(writer.keep_consistent)
            await _write_media(writer, media, files, clock())
        finally:
            writer.close()
        await asyncio.to_thread(beside.replace, target)
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        raise Unavailable(
            f"{target} cannot be written: {reason}.", hint="Check the folder and its room."
        ) from error
    finally:
        with suppress(OSError):
            await asyncio.to_thread(beside.unlink, missing_ok=True)
    return writer.counts


def _begin(path: Path) -> Writer:
    path.unlink(missing_ok=True)
    return Writer(path)


async def _write_about(
    connection: Connection, writer: Writer, workspace_id: WorkspaceId | None, at_ms: int
) -> None:
    name = _EVERYTHING
    if workspace_id is not None:
        query = select(workspaces.c.name).where(workspaces.c.id == workspace_id)
        found = (await connection.execute(query)).first()
        if found is None:
            raise NotFound("There is no such workspace.")
        name = found.name
    writer.add([About(archive_file.FORMAT, scanly.__version__, iso(at_ms), name)])


async def _write_made(connection: Connection, writer: Writer, workspace_id: WorkspaceId | None) -> None:
    whole = select(workspaces).order_by(workspaces.c.id)
    await _pour(connection, _of(whole, workspaces.c.id, workspace_id), writer, _as(WorkspaceRow))
    for table, row in _MADE:
        query = _of(select(table).order_by(*table.primary_key), table.c.workspace_id, workspace_id)
        await _pour(connection, query, writer, _as(row))
    await _pour(connection, select(default_hosts), writer, _as(HostRow))


def _of(
    query: Select[*tuple[Any, ...]], column: Any, workspace_id: WorkspaceId | None
) -> Select[*tuple[Any, ...]]:
    return query if workspace_id is None else query.where(column == workspace_id)


def _as(row: type[msgspec.Struct]) -> Callable[[Row[Any]], msgspec.Struct]:
    """Makes a row of an archive from columns of the same names; what is not plain becomes JSON."""

    def make(found: Row[Any]) -> msgspec.Struct:
        values = (getattr(found, name) for name in row.__struct_fields__)
        return row(*(value if _is_plain(value) else msgspec.json.encode(value).decode() for value in values))

    return make


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, int | str)


async def _pour(
    connection: Connection,
    query: Select[*tuple[Any, ...]],
    writer: Writer,
    make: Callable[[Row[Any]], msgspec.Struct],
) -> None:
    """Writes what a query finds, some rows at a time, while the event loop goes on."""
    found = await connection.stream(query)
    async for some in found.partitions(_ROWS_AT_ONCE):
        rows: Sequence[msgspec.Struct] = [make(row) for row in some]
        await asyncio.to_thread(writer.add, rows)


async def _media_files(connection: Connection, workspace_id: WorkspaceId | None) -> list[str]:
    """The names of all files that logos, pictures and releases of sites show."""
    logos = _of(select(workspaces.c.logo), workspaces.c.id, workspace_id)
    kept = _of(select(pictures.c.variants), pictures.c.workspace_id, workspace_id)
    released = _of(select(releases.c.pictures), releases.c.workspace_id, workspace_id)
    files: set[str] = set()
    for query in (logos, kept, released):
        async for (named,) in await connection.stream(query):
            files.update(found.group() for found in FILE_NAME.finditer(msgspec.json.encode(named).decode()))
    return sorted(files)


async def _write_media(writer: Writer, media: Storage, files: Sequence[str], now_ms: int) -> None:
    for file in files:
        data = await media.get(file)
        if data is None:
            log.warning("A file of a picture is lost, so it is not in the archive", file=file)
        else:
            await asyncio.to_thread(writer.add_file, f"media/{file}", data, now_ms)
