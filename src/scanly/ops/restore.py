"""Puts a backup in the place of what is there: old or new, never between, whenever it is killed.

1. The backup is unpacked and proved in ``restore-staging``; with PostgreSQL it also fills schemas beside
   the living ones. Nothing of the old is touched; killed here, the old stays.
2. ``restore.json`` is written and synced: from now on it is the new.
3. Everything old is renamed into ``before-restore-<time>``, everything new into its place, then the file is
   deleted. Each step can be repeated; killed here, `finish_interrupted_restore` does what is left.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tomllib
from pathlib import Path

import msgspec
from sqlalchemy import text
from sqlalchemy.schema import DropSchema

from scanly.core.clock import Clock, at, now_ms
from scanly.core.errors import Conflict, Invalid, Unavailable
from scanly.core.files import write_whole
from scanly.core.lock import FileLock
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.db.engine import Connection, Part, open_postgres
from scanly.ops import backup, copy, schema
from scanly.ops.bundle import Manifest

PARTS: tuple[Part, ...] = ("main", "events")
_BESIDES = ("-wal", "-shm")
_SETTINGS = "scanly.toml"
_KEPT_SETTINGS = "scanly.toml.from-backup"


class Swap(msgspec.Struct, frozen=True):
    """What is left to do after a kill: the names to be replaced, and where the old ones go."""

    names: tuple[str, ...]
    leaving: tuple[str, ...]
    kept_in: str
    postgres: bool


async def restore(
    path: Path, folder: DataFolder, settings: Settings, *, force: bool = False, clock: Clock = now_ms
) -> Manifest:
    """Replaces all data by the backup's. What was there stays in ``before-restore-<time>`` until the next.

    Call it while nothing has this data folder open. Raises Conflict (a server runs, there is data and no
    ``force``), Invalid (a backup that cannot be used), Unavailable.
    """
    folder.create()
    await finish_interrupted_restore(folder, settings)
    server, lock = FileLock(folder.server_lock), FileLock(_lock_of(folder))
    if not server.acquire():
        raise Conflict(f"A Scanly server is running on {folder.root}.", hint="Stop it, then restore.")
    with server, lock:
        if not force and await _has_data(folder, settings):
            raise Conflict(
                f"There is data in {folder.root}.",
                hint="With --force it is replaced, and kept beside until the next.",
            )
        staging = _staging_of(folder)
        _empty(staging)
        try:
            manifest = await _stage(path, staging, settings)
            swap = await asyncio.to_thread(_plan, folder, staging, settings, clock())
            _commit(folder, swap)
            await _carry_out(folder, settings, swap)
        finally:
            if not _journal_of(folder).exists():
                shutil.rmtree(staging, ignore_errors=True)
    return manifest


async def finish_interrupted_restore(folder: DataFolder, settings: Settings) -> bool:
    """Completes a restore that was killed after it had begun to replace; whether there was one.

    Call it before the databases are opened and after the process has leased its node. Raises Unavailable
    while the restore is still running.
    """
    if not _journal_of(folder).exists():
        return False
    lock = FileLock(_lock_of(folder))
    if not lock.acquire():
        raise Unavailable("A backup is being restored.", hint="Try again when that has ended.")
    with lock:
        try:
            swap = msgspec.json.decode(_journal_of(folder).read_bytes(), type=Swap)
        except FileNotFoundError:
            return False
        await _carry_out(folder, settings, swap)
    return True


def _journal_of(folder: DataFolder) -> Path:
    return folder.root / "restore.json"


def _lock_of(folder: DataFolder) -> Path:
    return folder.root / "restore.lock"


def _staging_of(folder: DataFolder) -> Path:
    return folder.root / "restore-staging"


async def _has_data(folder: DataFolder, settings: Settings) -> bool:
    if settings.database_url:
        database = open_postgres(settings.database_url, "main")
        try:
            if await schema.version(database) is not None:
                return True
        finally:
            await database.close()
    elif folder.main_db.exists() or folder.events_db.exists():
        return True
    return any(folder.journal.glob("*/*.journal")) or any(folder.media.iterdir())


async def _stage(path: Path, staging: Path, settings: Settings) -> Manifest:
    """Unpacks and proves; with PostgreSQL, loads the databases beside the living ones."""
    verdict = await asyncio.to_thread(backup.unpack, path, staging)
    if verdict.manifest is None or not verdict.ok:
        raise Invalid(f"{path} cannot be restored. {verdict.problems[0]}", hint="Nothing was changed.")
    missing = [name for name in backup.FILES.values() if not (staging / name).exists()]
    if missing:
        raise Invalid(f"{path} cannot be restored: it holds no {missing[0]}.", hint="Nothing was changed.")
    if settings.database_url:
        for part in PARTS:
            source = staging / backup.FILES[part]
            await copy.to_postgres(source, settings.database_url, part, f"restoring_{part}")
            source.unlink()
    return verdict.manifest


def _empty(staging: Path) -> None:
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)


def _plan(folder: DataFolder, staging: Path, settings: Settings, now: int) -> Swap:
    """Which names are replaced. Journal and pictures always are, also by nothing."""
    for name in ("journal", "media"):
        (staging / name).mkdir(exist_ok=True, mode=0o700)
    if not _same_database(staging / _SETTINGS, settings):
        (staging / _SETTINGS).rename(staging / _KEPT_SETTINGS)
    _sync_tree(staging)
    names = tuple(sorted(path.name for path in staging.iterdir()))
    databases = () if settings.database_url else tuple(backup.FILES.values())
    leaving = tuple(f"{name}{ending}" for name in databases for ending in _BESIDES)
    kept_in = f"before-restore-{at(now).strftime('%Y-%m-%dT%H-%M-%SZ')}"
    while (folder.root / kept_in).exists():
        kept_in += "-2"
    return Swap(names, leaving, kept_in, postgres=bool(settings.database_url))


def _same_database(settings_file: Path, settings: Settings) -> bool:
    """Settings of a backup that name another database would lead away from what was just restored."""
    if not settings_file.exists():
        return True
    try:
        named = tomllib.loads(settings_file.read_text(encoding="utf-8")).get("database_url", "")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return False
    return named == settings.database_url


def _commit(folder: DataFolder, swap: Swap) -> None:
    """The point of no return, unless another process has the databases open.

    Who opens them first leases its node and then looks for the file: one of the two always sees the other.
    """
    write_whole(_journal_of(folder), msgspec.json.encode(swap))
    _sync(folder.root)
    for path in folder.nodes.glob("*.lock"):
        lock = FileLock(path)
        if not lock.acquire():
            _journal_of(folder).unlink()
            raise Conflict("A Scanly command is using this data folder.", hint="Wait until it has ended.")
        lock.release()


async def _carry_out(folder: DataFolder, settings: Settings, swap: Swap) -> None:
    """Does what has not been done yet. Raises Unavailable; it can then be repeated."""
    try:
        await asyncio.to_thread(_swap_files, folder, swap)
        if swap.postgres:
            await _swap_schemas(settings.database_url)
        await asyncio.to_thread(_clear_away, folder, swap)
    except OSError as error:
        raise Unavailable(
            f"The restore could not be finished: {error}.",
            hint="Mend that and start Scanly; it then goes on.",
        ) from error


def _swap_files(folder: DataFolder, swap: Swap) -> None:
    root, staging, kept = folder.root, _staging_of(folder), folder.root / swap.kept_in
    kept.mkdir(exist_ok=True, mode=0o700)
    for name in swap.leaving:
        if (root / name).exists():
            (root / name).rename(kept / name)
    for name in swap.names:
        if (staging / name).exists():
            if (root / name).exists():
                (root / name).rename(kept / name)
            (staging / name).rename(root / name)
    for each in (kept, root):
        _sync(each)


async def _swap_schemas(url: str) -> None:
    """Both schemas in one transaction; the old ones stay as ``before_restore_…``."""
    database = open_postgres(url, "main")
    try:
        async with database.write() as connection:
            for part in PARTS:
                if await _exists(connection, f"restoring_{part}"):
                    await connection.execute(
                        DropSchema(f"before_restore_{part}", cascade=True, if_exists=True)
                    )
                    if await _exists(connection, part):
                        await connection.execute(text(f"ALTER SCHEMA {part} RENAME TO before_restore_{part}"))
                    await connection.execute(text(f"ALTER SCHEMA restoring_{part} RENAME TO {part}"))
    finally:
        await database.close()


async def _exists(connection: Connection, name: str) -> bool:
    query = text("SELECT count(*) FROM pg_namespace WHERE nspname = :name")
    return bool((await connection.execute(query, {"name": name})).scalar())


def _clear_away(folder: DataFolder, swap: Swap) -> None:
    """Ends the swap, then deletes what the restore before this one had kept."""
    shutil.rmtree(_staging_of(folder), ignore_errors=True)
    _journal_of(folder).unlink()
    _sync(folder.root)
    for path in folder.root.glob("before-restore-*"):
        if path.name != swap.kept_in:
            shutil.rmtree(path, ignore_errors=True)


def _sync_tree(folder: Path) -> None:
    """Puts every folder's names on disk; the files were synced when they were written."""
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        _sync(path)


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
