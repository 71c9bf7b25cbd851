"""Makes, lists, proves and prunes backups: one file each, consistent while the server goes on.

Order is what makes it so: events first (with how far the journal was counted), then the journal (so every
scan after that is in it), then what people made (so every scan's link is there), then pictures. While it
copies, a shared lock keeps the ingester from deleting counted parts of the journal. Salts are never copied.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import scanly
from scanly.core.clock import at
from scanly.core.errors import Invalid, Unavailable
from scanly.core.lock import FileLock
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.core.text import count as counted
from scanly.db.engine import Part
from scanly.ops import bundle, copy, schema
from scanly.ops.bundle import FORMAT, Manifest
from scanly.scans.journal import segment_path, segments_of
from scanly.scans.segments import hold, nodes_of, read

NIGHTLY = "nightly"
FILES: dict[Part, str] = {"main": "scanly.db", "events": "events.db"}
_FILE = re.compile(
    r"(?P<made>\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)-(?P<reason>[a-z]+(?:-[a-z]+)*)(?:-\d+)?\.tar\.gz"
)
_TIME = "%Y-%m-%dT%H-%M-%SZ"
_WAIT_S = 30.0
_READ_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class BackupInfo:
    """A backup as it is listed; ``manifest`` is None when ``problem`` says why it cannot be used."""

    path: Path
    made_ms: int
    reason: str
    size_bytes: int
    manifest: Manifest | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a backup can be restored. ``notes`` are faults it faithfully copied, which hinder nothing."""

    manifest: Manifest | None
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems

    def __str__(self) -> str:
        if self.manifest is None or self.problems:
            return " ".join(("It cannot be restored.", *self.problems))
        held = ", ".join(
            (
                counted(self.manifest.links, "link"),
                counted(self.manifest.scans, "scan"),
                f"{self.manifest.journal_bytes:,} bytes of journal",
            )
        )
        return " ".join((f"It is whole: {held}.", *self.notes))


async def create(
    folder: DataFolder, settings: Settings, now_ms: int, *, reason: str = "manual"
) -> BackupInfo:
    """One new file in ``backups``. Waits half a minute for another backup to end. Raises Unavailable."""
    async with _alone(folder) as beside:
        journal = hold(folder.journal)
        await asyncio.to_thread(_acquire, journal, "The journal is being tidied up.")
        with journal:
            files = await _copy_part(folder, settings, "events", beside)
            files |= await asyncio.to_thread(_copy_journal, folder, beside)
        files |= await _copy_part(folder, settings, "main", beside)
        files |= _other_files(folder)
        engine = "postgresql" if settings.database_url else "sqlite"
        manifest = await asyncio.to_thread(_describe, files, engine, now_ms, reason)
        target = _free_name(folder.backups, now_ms, reason)
        manifest = await asyncio.to_thread(bundle.write, target, manifest, files)
    return BackupInfo(target, now_ms, reason, target.stat().st_size, manifest)


@asynccontextmanager
async def _alone(folder: DataFolder) -> AsyncGenerator[Path]:
    """A folder for the copies, made anew under the lock that one backup at a time holds, gone afterwards."""
    lock = FileLock(folder.backups / ".lock")
    await asyncio.to_thread(_acquire, lock, "Another backup is being made.")
    beside = folder.backups / ".making"
    with lock:
        try:
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir(mode=0o700)
            yield beside
        except OSError as error:
            raise Unavailable(
                f"A backup cannot be made in {folder.backups}: {error.strerror or error}.",
                hint="Check permissions and free space.",
            ) from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def _acquire(lock: FileLock, why_not: str) -> None:
    try:
        got = lock.acquire(_WAIT_S)
    except OSError as error:
        raise Unavailable(f"{lock.path} cannot be locked: {error.strerror}.") from error
    if not got:
        raise Unavailable(why_not, hint="Try again in a minute.")


async def _copy_part(folder: DataFolder, settings: Settings, part: Part, beside: Path) -> dict[str, Path]:
    """One database as a proved SQLite file, unless there is none yet."""
    source = folder.main_db if part == "main" else folder.events_db
    target = beside / source.name
    if settings.database_url:
        if await copy.to_sqlite(settings.database_url, part, target) is None:
            return {}
    elif not source.exists():
        return {}
    else:
        await asyncio.to_thread(copy.copy_sqlite, source, target)
    if found := await asyncio.to_thread(copy.faults, target):
        raise Unavailable(
            f"The database cannot be backed up: {found[0]}",
            hint="Older backups may be whole: scanly backup list.",
        )
    return {source.name: target}


def _copy_journal(folder: DataFolder, beside: Path) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for node in nodes_of(folder.journal):
        for segment in segments_of(folder.journal, node):
            path = segment_path(folder.journal, node, segment)
            for each in (path, path.with_name(f"{path.name}.damaged")):
                if each.exists():
                    name = each.relative_to(folder.root).as_posix()
                    files[name] = beside / name
                    files[name].parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(each, files[name])
    return files


def _other_files(folder: DataFolder) -> dict[str, Path]:
    """Pictures, which never change, and what is read at every start. Names with a dot are being written."""
    found = [path for path in folder.media.rglob("*") if path.is_file() and not path.name.startswith(".")]
    found += [path for path in (folder.settings_file, folder.root / "secret.key") if path.is_file()]
    files = {path.relative_to(folder.root).as_posix(): path for path in found}
    for name in files:
        if not bundle.allowed(name):
            raise Invalid(
                f"{folder.root / name} has a name that no backup can hold.", hint="Rename or remove it."
            )
    return files


def _describe(files: dict[str, Path], engine: str, now_ms: int, reason: str) -> Manifest:
    """The manifest, still without its members."""
    facts = _facts(files)
    return Manifest(FORMAT, scanly.__version__, engine, reason, now_ms, *facts)


def _facts(files: dict[str, Path]) -> tuple[dict[str, str], int, int, int]:
    """Schema steps, links, scans and bytes of journal, as the copies have them. Raises Invalid."""
    steps: dict[str, str] = {}
    counts = {"links": 0, "scans": 0}
    for name, table in ((FILES["main"], "links"), (FILES["events"], "scans")):
        if name in files:
            with copy.open_copy(files[name]) as database:
                (steps[name],) = database.execute("SELECT version_num FROM alembic_version").fetchone()
                (counts[table],) = database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - a name of ours
    journal_bytes = sum(path.stat().st_size for name, path in files.items() if name.endswith(".journal"))
    return steps, counts["links"], counts["scans"], journal_bytes


def _free_name(backups: Path, now_ms: int, reason: str) -> Path:
    stem = f"{at(now_ms).strftime(_TIME)}-{reason}"
    tries = (backups / f"{stem}{f'-{number}' if number > 1 else ''}.tar.gz" for number in count(1))
    return next(path for path in tries if not path.exists())


def list_backups(folder: DataFolder) -> list[BackupInfo]:
    """Newest first; damaged ones, too, as far as their list and length tell."""
    found = [
        _listed(path, match)
        for path in folder.backups.glob("*.tar.gz")
        if (match := _FILE.fullmatch(path.name))
    ]
    return sorted(found, key=lambda info: (info.made_ms, info.path.name), reverse=True)


def _listed(path: Path, match: re.Match[str]) -> BackupInfo:
    made = datetime.strptime(match["made"], _TIME).replace(tzinfo=UTC)
    made_ms, size_bytes = int(made.timestamp() * 1000), path.stat().st_size
    try:
        manifest = bundle.read_manifest(path)
    except Invalid as error:
        return BackupInfo(path, made_ms, match["reason"], size_bytes, None, error.message)
    return BackupInfo(path, manifest.made_ms, match["reason"], size_bytes, manifest)


def prune(folder: DataFolder, keep: int) -> list[Path]:
    """Deletes nightly backups that are older than the ``keep`` newest sound ones; which."""
    sound = 0
    old: list[Path] = []
    for info in list_backups(folder):
        if info.reason == NIGHTLY:
            if sound >= keep:
                old.append(info.path)
            sound += not info.problem
    for path in old:
        path.unlink(missing_ok=True)
    return old


def verify(path: Path) -> Verdict:
    """Unpacks a backup beside itself and proves every part of it: bytes, databases, journal, counts."""
    try:
        with tempfile.TemporaryDirectory(prefix=".verify-", dir=path.parent) as into:
            return unpack(path, Path(into))
    except OSError as error:
        raise Unavailable(f"{path} cannot be unpacked for proof: {error.strerror or error}.") from error


def unpack(path: Path, into: Path) -> Verdict:
    """Leaves the files of a backup below the empty folder ``into`` and says whether they may be used."""
    try:
        manifest = bundle.unpack(path, into)
    except Invalid as error:
        return Verdict(None, (str(error),))
    files = {member.name: into / member.name for member in manifest.members}
    problems = [fault for name in FILES.values() if name in files for fault in copy.faults(files[name])]
    return Verdict(manifest, tuple(problems or _contradictions(manifest, files)), tuple(_notes(files)))


def _contradictions(manifest: Manifest, files: dict[str, Path]) -> list[str]:
    """Where what is in a backup is not what it says of itself, or not for this version."""
    try:
        found = _facts(files)
    except (Invalid, TypeError) as error:
        return [f"A database in it is not one of Scanly: {error}"]
    problems: list[str] = []
    if found != (manifest.schema, manifest.links, manifest.scans, manifest.journal_bytes):
        problems.append("What it holds differs from what its manifest counts.")
    for part, name in FILES.items():
        if name in found[0] and found[0][name] not in known_steps(part):
            problems.append(f"It was made by a newer version of Scanly ({name} is at {found[0][name]}).")
    return problems


def _notes(files: dict[str, Path]) -> list[str]:
    notes: list[str] = []
    for name in sorted(name for name in files if name.endswith(".journal")):
        offset, finished = 0, False
        while not finished:
            reading = read(files[name], offset, _READ_AT_ONCE, closed=True)
            notes += [f"{name}: {damage}" for damage in reading.damage]
            finished = reading.at_end or reading.offset == offset
            offset = reading.offset
    return notes


def known_steps(part: Part) -> set[str]:
    """The schema steps that this version can start from."""
    return {path.name.partition("_")[0] for path in (schema.MIGRATIONS / part).glob("[0-9]*.py")}
