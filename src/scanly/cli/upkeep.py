"""``scanly backup``, ``export``, ``import``, ``doctor`` and ``config``: keeping an installation well."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import PARTLY_DONE, Session, group
from scanly.core import clock, text

if TYPE_CHECKING:
    from scanly.app import App
    from scanly.ops.backup import BackupInfo

backup_app = group()
import_app = group()

BackupFile = Annotated[Path, Argument(help='A file that "scanly backup list" names.', metavar="FILE")]


@backup_app.command("create")
def create_backup(context: typer.Context) -> None:
    """Make a backup, also while the server runs."""
    from scanly.ops import backup

    session = Session.of(context)

    async def work(app: App) -> BackupInfo:
        return await backup.create(app.folder, app.settings, app.clock())

    _show_backups([session.run(work)], session)


@backup_app.command("list")
def list_backups(context: typer.Context) -> None:
    """List backups, newest first."""
    from scanly.ops import backup

    session = Session.of(context)
    _show_backups(backup.list_backups(session.folder), session)


@backup_app.command("verify")
def verify_backup(context: typer.Context, file: BackupFile) -> None:
    """Check that a backup is whole and can be restored."""
    from scanly.ops import backup

    session = Session.of(context)
    verdict = backup.verify(_found(session, file))
    held = verdict.manifest
    if session.json:
        output.as_json({"file": str(file), "ok": verdict.ok, "problems": verdict.problems, "manifest": held})
    for problem in (*verdict.problems, *verdict.notes):
        output.tell(problem)
    if verdict.ok and held and not session.json:
        what = f"{text.count(held.links, 'link')} and {text.count(held.scans, 'scan')}"
        output.say(f"{file.name} is whole: {what}, made {clock.iso(held.made_ms)} by Scanly {held.program}.")
    if not verdict.ok:
        raise typer.Exit(PARTLY_DONE)


@backup_app.command("restore")
def restore_backup(
    context: typer.Context,
    file: BackupFile,
    force: Annotated[
        bool, Option("--force", help="Replace the data that is there; it is kept aside.")
    ] = False,
) -> None:
    """Put a backup in place of the data. The server must be stopped."""
    import asyncio

    from scanly.ops import restore

    session = Session.of(context)
    asyncio.run(restore.restore(_found(session, file), session.folder, session.settings(), force=force))
    output.tell(f"Restored into {session.folder.root}. Start the server to count what its journal holds.")


def _found(session: Session, file: Path) -> Path:
    """A file by its path, or by its name among the backups."""
    among = session.folder.backups / file.name
    return file if file.exists() or not among.exists() else among


def _show_backups(found: list[BackupInfo], session: Session) -> None:
    if session.json:
        output.as_json([_backup_object(each) for each in found])
        return
    rows = [
        (
            each.path.name,
            clock.iso(each.made_ms),
            each.reason,
            f"{each.size_bytes / 1e6:.1f} MB",
            each.problem,
        )
        for each in found
    ]
    output.table(("file", "made", "reason", "size", "problem"), rows, numbers=("size",))


def _backup_object(info: BackupInfo) -> dict[str, object]:
    return {
        "file": str(info.path),
        "made_at": clock.iso(info.made_ms),
        "reason": info.reason,
        "size_bytes": info.size_bytes,
        "links": info.manifest.links if info.manifest else None,
        "scans": info.manifest.scans if info.manifest else None,
        "problem": info.problem,
    }


def export(
    context: typer.Context,
    archive: Annotated[Path, Argument(help="The SQLite file to write.", metavar="ARCHIVE")],
) -> None:
    """Write a workspace, or everything, as one SQLite file."""
    from scanly.ops.archive import export as write

    session = Session.of(context)

    async def work(app: App) -> None:
        import asyncio

        from scanly.accounts.actions import choose_workspace
        from scanly.analytics.flush import flush

        await asyncio.to_thread(flush, app.folder, app.settings.database_url, app.clock)
        chosen = await choose_workspace(app.call(), session.workspace) if session.workspace else None
        counts = await write(
            app.main, app.events, app.media, archive, workspace_id=chosen.id if chosen else None
        )
        if session.json:
            output.as_json({"file": str(archive), "rows": counts})
        else:
            output.say(
                f"{archive}: " + ", ".join(f"{number:,} {name}" for name, number in counts.items()) + "."
            )

    session.run(work)


@import_app.command("archive")
def import_archive(
    context: typer.Context,
    archive: Annotated[Path, Argument(help='A file that "scanly export" wrote.', metavar="ARCHIVE")],
    dry_run: Annotated[bool, Option("--dry-run", help="Say what would happen, and change nothing.")] = False,
) -> None:
    """Read what "scanly export" wrote."""
    from scanly.ops.archive import import_archive as read

    session = Session.of(context)

    async def work(app: App) -> None:
        from scanly.analytics.flush import open_store

        events = partial(open_store, app.folder, app.settings.database_url)
        report = await read(app.main, events, app.media, archive, dry_run=dry_run, make_id=app.make_id)
        if session.json:
            output.as_json(report)
        else:
            output.say(str(report))

    session.run(work)


def doctor(
    context: typer.Context,
    repair: Annotated[
        bool, Option("--repair", help="Set damaged parts of the journal aside, and count what follows.")
    ] = False,
) -> None:
    """Say what is wrong with the installation and how to mend it."""
    from scanly.ops.doctor import examine

    session = Session.of(context)
    if repair:
        session.run(_repair)
    findings = examine(session.folder, session.settings())
    if session.json:
        output.as_json(findings)
    else:
        output.table(
            ("", "check", "finding"),
            [(each.level, each.check, f"{each.sentence} {each.hint}".strip()) for each in findings],
        )
    if any(each.level == "error" for each in findings):
        raise typer.Exit(1)


async def _repair(app: App) -> None:
    import asyncio

    from scanly.analytics.flush import repair

    aside = await asyncio.to_thread(repair, app.folder, app.settings.database_url, app.clock)
    for note in aside:
        output.tell(f"Node {note.node:03d}, segment {note.segment:016x}: {note.message}")
    if not aside:
        output.tell("Nothing in the journal stops the counting.")


def config(context: typer.Context) -> None:
    """Every setting, its value and where it came from."""
    from scanly.core.settings import environment, load

    session = Session.of(context)
    _, origins = load(session.folder.settings_file, environment(), {}, session.folder.served_file)
    if session.json:
        output.as_json(origins)
        return
    rows = [(each.name, _value(each.value), each.where, each.description) for each in origins]
    output.table(("setting", "value", "from", "what it is"), rows)
    output.tell(
        f"Settings file: {session.folder.settings_file}. In the environment: SCANLY_BASE_URL and so on."
    )


def _value(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else text.printable(str(value))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - settings are words
