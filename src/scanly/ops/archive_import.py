"""Reads an archive into this installation: all of it or nothing, although two databases are written.

What happened is stored first, under links that do not exist yet and so is shown nowhere; then one transaction
makes the links. What a killed import has left is removed by the next import of the same links.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Table, insert, select, union

from scanly.accounts.model import Workspace
from scanly.accounts.store import add_workspace_anywhere, list_workspaces_anywhere
from scanly.accounts.tables import people, workspaces
from scanly.analytics.alerts.tables import alert_rules, alerts
from scanly.analytics.goals.tables import goals
from scanly.codes.placements.tables import placements
from scanly.codes.tables import qr_codes
from scanly.core.errors import Conflict
from scanly.core.ids import IdMaker, LinkId, WorkspaceId, time_of
from scanly.core.text import count
from scanly.db.engine import Connection, Database
from scanly.db.types import Json
from scanly.links import store
from scanly.links.model import Link
from scanly.links.tables import links
from scanly.media.storage import Storage
from scanly.media.tables import pictures
from scanly.ops import archive_rules, archive_sites
from scanly.ops.archive_events import Moving, OpenEvents, clear, take
from scanly.ops.archive_events import store as store_events
from scanly.ops.archive_file import Reader, picture, reading
from scanly.ops.archive_rows import (
    AlertRow,
    AlertRuleRow,
    GoalRow,
    HostRow,
    LinkRow,
    MediaRow,
    PersonRow,
    PictureRow,
    PlacementRow,
    PrinterRow,
    QrCodeRow,
    ScanRow,
    WorkspaceRow,
)
from scanly.ops.archive_site_rows import AnswerRow, SiteRow
from scanly.press.printers.tables import printers
from scanly.sites.answers.tables import answers
from scanly.sites.live import store as live
from scanly.sites.tables import invitations, releases, sites

# Tables whose rows are written as they are, but for ids.
_PLAIN: tuple[tuple[Table, type[msgspec.Struct]], ...] = (
    (people, PersonRow),
    (qr_codes, QrCodeRow),
    (placements, PlacementRow),
    (pictures, PictureRow),
    (goals, GoalRow),
    (alert_rules, AlertRuleRow),
    (alerts, AlertRow),
    (printers, PrinterRow),
)
# Columns that name a row of another table.
_NAMED = {
    "workspace_id": workspaces,
    "link_id": links,
    "site_id": sites,
    "release_id": releases,
    "answer_id": answers,
    "rule_id": alert_rules,
}
# Columns that name a link or a site, or with 0 neither.
_SUBJECTS = frozenset({"subject_id", "about_id"})


@dataclass(frozen=True, slots=True)
class Report:
    """What was imported, or with ``dry_run`` would be."""

    workspaces: tuple[str, ...]
    links: int
    qr_codes: int
    sites: int
    answers: int
    scans: int
    pictures: int
    dry_run: bool

    def __str__(self) -> str:
        done = "Would import" if self.dry_run else "Imported"
        what = ", ".join(
            (
                count(self.links, "link"),
                count(self.qr_codes, "QR code"),
                count(self.sites, "site"),
                count(self.answers, "answer"),
                count(self.scans, "scan"),
                count(self.pictures, "file of pictures", "files of pictures"),
            )
        )
        return f"{done} {', '.join(self.workspaces) or 'no workspace'}: {what}."


@dataclass(frozen=True, slots=True)
class NewIds:
    """Ids that are taken here, by table, with those that stand for them; all others are kept."""

    instead: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def workspace(self, given: int) -> WorkspaceId:
        return WorkspaceId(self.instead[workspaces.name].get(given, given))

    def link(self, given: int) -> LinkId:
        return LinkId(self.instead[links.name].get(given, given))

    def subject(self, given: int) -> int:
        """Of a link or a site, which never share an id."""
        return self.instead[sites.name].get(given, self.link(given))

    def of(self, table: Table, given: int) -> int:
        return self.instead[table.name].get(given, given)


async def import_archive(
    main: Database, open_events: OpenEvents, media: Storage, source: Path, *, dry_run: bool, make_id: IdMaker
) -> Report:
    """Imports everything in ``source``, also beside a running server. Ids are kept where they are free.

    Raises Invalid (no archive, or one that breaks a rule), Conflict (a workspace of that name, or codes that
    are taken, all of them listed), Unavailable; nothing was imported then.
    """
    with ExitStack() as stack:
        archive = await asyncio.to_thread(stack.enter_context, reading(source))
        await asyncio.to_thread(archive_rules.check, archive)
        async with main.read() as connection:
            await _refuse_taken(connection, archive)
        if not dry_run:
            await _keep_files(archive, media)
            await _import(main, open_events, archive, make_id)
        return Report(
            tuple(row.name for row in archive.rows(WorkspaceRow)),
            archive.count(LinkRow),
            archive.count(QrCodeRow),
            archive.count(SiteRow),
            archive.count(AnswerRow),
            archive.count(ScanRow),
            archive.count(MediaRow),
            dry_run,
        )


async def _refuse_taken(connection: Connection, archive: Reader) -> None:
    known = {workspace.name.lower() for workspace in await list_workspaces_anywhere(connection)}
    for row in archive.rows(WorkspaceRow):
        if row.name.lower() in known:
            raise Conflict(
                f'There is a workspace named "{row.name}" already.',
                hint="Rename it first: scanly workspace edit NAME --rename OTHER. Nothing was imported.",
            )
    taken: list[str] = []
    for batch in archive.batches(LinkRow):
        wanted = [(row.host, row.code) for row in batch]
        found = await store.taken_anywhere(connection, wanted)
        taken += [f"{host}/{code}" for host, code in wanted if (host, code) in found]
    archive_sites.refuse(taken, "code")
    await archive_sites.refuse_taken(connection, archive)


async def _keep_files(archive: Reader, media: Storage) -> None:
    """Names say the content, so one that is there already is the same."""
    for row in archive.rows(MediaRow):
        name, data = picture(row)
        if await media.get(name) is None:
            await media.put(name, data)


async def _import(main: Database, open_events: OpenEvents, archive: Reader, make_id: IdMaker) -> None:
    async with main.read() as connection:
        ids = await _new_ids(connection, archive, make_id)
    moving = Moving(archive, ids.subject, ids.workspace, partial(ids.of, invitations), time_of(make_id()))
    await take(clear(open_events, moving))
    try:
        await take(store_events(open_events, moving))
        async with main.write() as connection:
            await store.lock_changes_anywhere(connection)
            await _refuse_taken(connection, archive)
            await _make(connection, archive, ids)
    except BaseException:
        await take(clear(open_events, moving))
        raise


async def _new_ids(connection: Connection, archive: Reader, make_id: IdMaker) -> NewIds:
    ids = NewIds()
    tables: tuple[tuple[Table, type[Any]], ...] = (
        (workspaces, WorkspaceRow),
        (people, PersonRow),
        (links, LinkRow),
        (qr_codes, QrCodeRow),
        (goals, GoalRow),
        (alert_rules, AlertRuleRow),
        *archive_sites.WITH_IDS,
    )
    for table, kind in tables:
        for batch in archive.batches(kind):
            for taken in await _present(connection, table, [row.id for row in batch]):
                free = make_id()
                while archive.has(kind, free) or await _present(connection, table, [free]):
                    free = make_id()
                ids.instead[table.name][taken] = free
    await _new_ids_of_alerts(connection, archive, make_id, ids.instead[alert_rules.name])
    return ids


async def _new_ids_of_alerts(
    connection: Connection, archive: Reader, make_id: IdMaker, instead: dict[int, int]
) -> None:
    """What fired outlives its rule, so rules that are gone from both sides may have the same id, too."""
    for batch in archive.batches(AlertRow):
        gone = {row.rule_id for row in batch} - instead.keys()
        fired = select(alerts.c.rule_id).where(alerts.c.rule_id.in_(gone))
        known = select(alert_rules.c.id).where(alert_rules.c.id.in_(gone))
        for (taken,) in (await connection.execute(union(fired, known))).all():
            instead[taken] = make_id()


async def _present(connection: Connection, table: Table, ids: list[int]) -> list[int]:
    """Which of these ids are taken; links and sites share theirs, under which scans and views are kept."""
    among = (links, sites) if table in (links, sites) else (table,)
    queries = [select(each.c.id).where(each.c.id.in_(ids)) for each in among]
    return [row.id for query in queries for row in await connection.execute(query)]


async def _make(connection: Connection, archive: Reader, ids: NewIds) -> None:
    """Writes what people made; a running server is told of every link."""
    for row in archive.rows(WorkspaceRow):
        values: dict[str, Any] = msgspec.structs.asdict(row) | {"id": ids.workspace(row.id)}
        await add_workspace_anywhere(connection, Workspace(**values))
    bound = await store.bound_hosts_anywhere(connection) | await live.bound_hosts_anywhere(connection)
    for row in archive.rows(HostRow):
        if row.host not in bound:
            await store.keep_default_host_anywhere(connection, row.host, row.since_ms)
    for batch in archive.batches(LinkRow):
        by_workspace: dict[WorkspaceId, list[tuple[Link, str | None]]] = defaultdict(list)
        for row in batch:
            by_workspace[ids.workspace(row.workspace_id)].append((_link(row, ids), row.origin))
        for workspace_id, some in by_workspace.items():
            await store.add_links(connection, workspace_id, some)
    for table, kind in (*_PLAIN, *archive_sites.TABLES):
        for batch in archive.batches(kind):
            await connection.execute(insert(table), [_moved(row, table, ids) for row in batch])


def _moved(row: msgspec.Struct, table: Table, ids: NewIds) -> dict[str, Any]:
    """The columns of a row, with the ids that it and what it names have here."""
    values: dict[str, Any] = msgspec.structs.asdict(row)
    for name, given in values.items():
        named = table if name == "id" else _NAMED.get(name)
        if name in _SUBJECTS:
            values[name] = ids.subject(given)
        elif named is not None and given is not None:
            values[name] = ids.of(named, given)
        elif isinstance(table.c[name].type, Json):
            values[name] = msgspec.json.decode(str(given))
    return values


def _link(row: LinkRow, ids: NewIds) -> Link:
    draft = archive_rules.draft(row)
    return Link(
        id=ids.link(row.id),
        workspace_id=ids.workspace(row.workspace_id),
        host=draft.host,
        code=draft.code,
        target=draft.target,
        title=draft.title,
        tags=draft.tags,
        campaign=draft.campaign,
        placement=draft.placement,
        created_ms=row.created_ms,
        changed_ms=row.changed_ms,
        removed_ms=row.removed_ms,
        terms=draft.terms,
    )
