"""What an installation keeps of people who scan or write, for how long, and which copies still hold what was erased."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from scanly.accounts.model import PRIVACY, Workspace
from scanly.analytics.store import raw_since
from scanly.core.clock import day_of
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.core.text import count
from scanly.db.engine import Database
from scanly.ops import backup
from scanly.scans.visitor import Salts
from scanly.sites.answers.store import Wanted, count_leads
from scanly.sites.people.store import list_invited


class KeptThing(NamedTuple):
    """Something that is kept, for how long, and how much of it there is now."""

    what: str
    how_long: str
    now: str


async def what_is_kept(
    main: Database, events: Database, folder: DataFolder, settings: Settings, workspace: Workspace
) -> list[KeptThing]:
    """All that is kept of visitors in a workspace."""
    async with main.read() as connection:
        answers = await count_leads(connection, workspace.id, Wanted())
        invited = len(await list_invited(connection, workspace.id))
    async with events.read() as connection:
        since = await raw_since(connection, workspace.id)
    backups = len(backup.list_backups(folder))
    return [
        KeptThing(
            "addresses (IP)", "never: place and hash are made of them before anything is written", "none"
        ),
        KeptThing(
            f"who is the same visitor (level {workspace.privacy})", PRIVACY[workspace.privacy], _salts(folder)
        ),
        KeptThing(
            "scans one by one, with device, place and page before",
            _days(settings.scans_keep_days),
            f"since {day_of(since).isoformat()}" if since else "all since the beginning",
        ),
        KeptThing("numbers by day", "for ever: they hold nobody", "see: scanly stats"),
        KeptThing("what visitors sent", _days(settings.leads_keep_days), count(answers, "answer")),
        KeptThing("who is invited to pages", "until they are taken off", count(invited, "invitation")),
        KeptThing(
            "backups, with all of this but the keys",
            f"the newest {settings.backup_keep} nightly ones"
            if settings.backup_keep
            else "those made by hand",
            count(backups, "backup"),
        ),
    ]


def copies_since(folder: DataFolder, moment_ms: int) -> list[Path]:
    """The backups made since then, and what restoring one put aside: they may hold what came at that moment."""
    made = [info.path for info in backup.list_backups(folder) if info.made_ms >= moment_ms]
    return [*made, *sorted(folder.root.glob("before-restore-*"))]


def _days(number: int) -> str:
    return f"{count(number, 'day')}" if number else "until they are removed"


def _salts(folder: DataFolder) -> str:
    windows = Salts(folder.salts).living() if folder.salts.is_dir() else []
    if not windows:
        return "no key"
    last = max(day_of(window.end) - timedelta(days=1) for window in windows)
    return f"{count(len(windows), 'key')}, the last until {last.isoformat()}"
