"""Backups: consistent under load, proved before use, hostile ones refused."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scanly.core.errors import Invalid, Unavailable
from scanly.core.lock import FileLock
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.ops import backup, bundle
from scanly.ops.restore import restore
from scanly.scans.segments import hold

House = Any
PROCESSES = Path(__file__).with_name("processes.py")
NOW_MS = 1_795_400_000_000


def make(house: House, now_ms: int = NOW_MS, reason: str = "manual") -> backup.BackupInfo:
    return asyncio.run(backup.create(house.folder, house.settings, now_ms, reason=reason))


@contextmanager
def running(*arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, PROCESSES, *arguments], env=environment) as process:
        yield process
        assert process.poll() is None, "it ended before it was killed"
        process.kill()


def test_backups_made_while_scans_are_written_and_counted_hold_a_prefix_of_them(
    house: House, tmp_path: Path
) -> None:
    house.furnish(scans=0)
    written = tmp_path / "written"
    made: list[tuple[int, Path, int]] = []

    def count() -> int:
        return written.stat().st_size // 21 if written.exists() else 0

    with running("write", house.folder.root, written), running("ingest", house.folder.root):
        deadline = time.monotonic() + 20
        while count() < 300 and time.monotonic() < deadline:
            time.sleep(0.02)
        for number in range(5):
            before = count()
            path = make(house, NOW_MS + number * 1000).path
            made.append((before, path, count()))
            time.sleep(0.15)
    ids = [int(line) for line in written.read_text().split()]
    for number, (before, path, after) in enumerate(made):
        there = house_at(tmp_path / f"restored-{number}", house)
        asyncio.run(restore(path, there.folder, there.settings))
        there.ingest()
        scans = [row[0] for row in there.rows("events", "SELECT id FROM scans ORDER BY id")]
        assert scans == ids[: len(scans)], "each id once, and a prefix of what was written"
        assert before <= len(scans) <= after + 10
        assert there.rows("events", "SELECT sum(person) FROM rollups WHERE scope = 1") == [(len(scans),)]


def house_at(root: Path, like: House) -> House:
    folder = DataFolder(root)
    folder.create()
    return type(like)(folder, Settings(), like.template)


def test_a_backup_of_either_engine_can_be_restored_into_either(
    house: House, empty_house: House, postgres_url: str
) -> None:
    house.furnish()
    first = make(house)
    empty_house.settings = Settings(database_url=postgres_url)
    asyncio.run(restore(first.path, empty_house.folder, empty_house.settings))
    empty_house.ingest()
    house.ingest()
    whole = house.contents()
    assert len(whole["scans"]) == 30
    assert empty_house.contents() == whole
    columns = "workspace_id, event, key, payload, at_ms"
    added = f"INSERT INTO outbox ({columns}) VALUES (1, 'e', 'k', '{{\"a\": [1]}}', 5)"
    with closing(sqlite3.connect(house.folder.main_db)) as main, main:
        main.execute(added)
        (last,) = main.execute("SELECT max(seq) FROM outbox").fetchone()
        main.execute("DELETE FROM outbox")

    second = make(house, NOW_MS + 1000)
    asyncio.run(restore(second.path, empty_house.folder, empty_house.settings, force=True))
    third = make(empty_house)
    assert third.manifest
    assert third.manifest.engine == "postgresql"
    asyncio.run(restore(third.path, house.folder, house.settings, force=True))
    assert house.contents() == whole
    with closing(sqlite3.connect(house.folder.main_db)) as main, main:
        main.execute(added)
        assert main.execute("SELECT seq, payload FROM outbox").fetchall() == [(last + 1, '{"a": [1]}')]


def test_a_backup_is_one_file_for_its_owner_without_salts_manifest_first(house: House) -> None:
    house.furnish()
    (house.folder.salts / "2026-11-23").write_bytes(b"salt" * 8)
    (house.folder.root / "secret.key").write_bytes(b"key")
    (house.folder.media / ".half.part").write_bytes(b"half")
    first, second = make(house), make(house)
    assert first.path.name == "2026-11-23T02-13-20Z-manual.tar.gz"
    assert second.path.name == "2026-11-23T02-13-20Z-manual-2.tar.gz"
    assert first.path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(first.path) as archive:
        names = archive.getnames()
    assert names[0] == "manifest.json"
    assert {name.split("/")[0] for name in names[1:]} == {"events.db", "journal", "scanly.db", "secret.key"}
    assert first.manifest
    assert (first.manifest.links, first.manifest.scans) == (2, 16)
    left = sorted(path.name for path in house.folder.backups.iterdir() if path.is_file())
    assert left == [".lock", second.path.name, first.path.name]
    assert backup.verify(first.path).ok


def test_an_event_loop_goes_on_while_a_backup_is_made(house: House) -> None:
    house.furnish()
    with closing(sqlite3.connect(house.folder.main_db)) as main, main:
        main.execute("CREATE TABLE ballast (x BLOB)")
        main.executemany("INSERT INTO ballast VALUES (?)", [(os.urandom(1_000_000),) for _ in range(15)])

    async def work() -> int:
        turns, making = 0, asyncio.create_task(backup.create(house.folder, house.settings, NOW_MS))
        while not making.done():
            await asyncio.sleep(0.005)
            turns += 1
        await making
        return turns

    assert asyncio.run(work()) >= 10


def test_the_journal_is_held_while_it_is_copied(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.furnish()
    trimmer = FileLock(hold(house.folder.journal).path)
    seen: list[bool] = []
    original = backup.copy.copy_sqlite

    def look(source: Path, target: Path) -> None:
        seen.append(trimmer.acquire())
        trimmer.release()
        original(source, target)

    monkeypatch.setattr(backup.copy, "copy_sqlite", look)
    make(house)
    assert seen == [False, True], "held from the events to the journal, free again for what people made"


def test_a_database_that_is_damaged_is_not_backed_up(house: House) -> None:
    house.furnish()
    with closing(sqlite3.connect(house.folder.main_db)) as main:
        main.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        main.execute("PRAGMA journal_mode = DELETE")
    with house.folder.main_db.open("r+b") as file:
        file.seek(5 * 4096)
        file.write(os.urandom(30 * 4096))
    with pytest.raises(Unavailable, match="damaged"):
        make(house)
    assert not list(house.folder.backups.glob("*.tar.gz"))


def test_a_full_disk_leaves_no_half_backup(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.furnish()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "addfile", full)
    with pytest.raises(Unavailable, match="No space left on device"):
        make(house)
    assert [path.name for path in house.folder.backups.iterdir()] == [".lock"]


def test_backups_are_listed_newest_first_and_cut_off_ones_are_marked(house: House) -> None:
    house.furnish(scans=4)
    old, cut, garbage, new = (make(house, NOW_MS + day * 86_400_000) for day in range(4))
    cut.path.write_bytes(cut.path.read_bytes()[:-9])
    garbage.path.write_bytes(b"garbage")
    (house.folder.backups / "notes.tar.gz").write_bytes(b"somebody's")
    listed = backup.list_backups(house.folder)
    assert [info.path for info in listed] == [new.path, garbage.path, cut.path, old.path]
    assert [bool(info.problem) for info in listed] == [False, True, True, False]
    assert not backup.verify(cut.path).ok


def test_pruning_keeps_the_newest_sound_nightly_ones_and_all_others(house: House) -> None:
    house.furnish(scans=0)
    nightly = [make(house, NOW_MS + day * 86_400_000, "nightly").path for day in range(4)]
    manual = make(house).path
    nightly[3].write_bytes(b"damaged")
    assert set(backup.prune(house.folder, 2)) == {nightly[0]}
    assert {info.path for info in backup.list_backups(house.folder)} == {manual, *nightly[1:]}


def repacked(source: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy with other contents, whose manifest agrees with them unless ``change`` sees to it."""
    with tarfile.open(source) as archive:
        files = {each.name: archive.extractfile(each).read() for each in archive}  # pyright: ignore
    manifest = msgspec.json.decode(files.pop("manifest.json"), type=bundle.Manifest)
    change(files)
    folder = source.parent / "unpacked"
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    target = source.with_name("hostile.tar.gz")
    bundle.write(target, manifest, {name: folder / name for name in files})
    return target


def rebuild(source: Path, headers: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    """A copy with more members behind those that the manifest lists."""
    target = source.with_name("hostile.tar.gz")
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for each in old:
            new.addfile(each, old.extractfile(each))
        for header, data in headers:
            header.size = len(data)
            new.addfile(header, io.BytesIO(data))
    return target


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, link
    return header


UNLISTED = {
    "a path out of the folder": member("../evil"),
    "an absolute path": member("/tmp/scanly-evil"),
    "a symbolic link": member("media/x", tarfile.SYMTYPE, "/etc"),
    "a hard link": member("media/x", tarfile.LNKTYPE, "scanly.db"),
    "a device": member("media/x", tarfile.CHRTYPE),
    "the same name again": member("scanly.db"),
    "a name that is not listed": member("media/extra.png"),
}


@pytest.mark.parametrize("attack", UNLISTED)
def test_a_backup_with_a_member_that_it_does_not_list_is_refused(
    house: House, empty_house: House, attack: str, tmp_path: Path
) -> None:
    house.furnish(scans=0)
    hostile = rebuild(make(house).path, [(UNLISTED[attack], b"")])
    before = set(tmp_path.rglob("*"))
    verdict = backup.verify(hostile)
    assert not verdict.ok
    assert "belong" in verdict.problems[0]
    with pytest.raises(Invalid, match="Nothing was changed"):
        asyncio.run(restore(hostile, empty_house.folder, empty_house.settings))
    assert set(tmp_path.rglob("*")) - before <= {
        empty_house.folder.server_lock,
        empty_house.folder.root / "restore.lock",
    }
    assert not Path("/tmp/scanly-evil").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/x",
        "media/../x",
        "media//x",
        "media",
        "media/.",
        "salts/2026",
        "journal/x",
        "a\\b",
        "media/\n",
    ],
)
def test_names_that_do_not_belong_into_a_backup(name: str) -> None:
    assert not bundle.allowed(name)


def test_a_backup_that_was_tampered_with_is_refused(house: House) -> None:
    house.furnish()
    path = make(house).path
    raw = bytearray(gzip.decompress(path.read_bytes()))
    raw[len(raw) // 2] ^= 1
    changed = path.with_name("changed.tar.gz")
    changed.write_bytes(gzip.compress(bytes(raw)))
    assert not backup.verify(changed).ok

    def fewer_links(files: dict[str, bytes]) -> None:
        files["scanly.db"] = altered(files["scanly.db"], "DELETE FROM links WHERE code = 'menu'")

    def trigger(files: dict[str, bytes]) -> None:
        files["scanly.db"] = altered(
            files["scanly.db"], "CREATE TRIGGER t AFTER INSERT ON links BEGIN DELETE FROM links; END"
        )

    def newer(files: dict[str, bytes]) -> None:
        files["events.db"] = altered(files["events.db"], "UPDATE alembic_version SET version_num = '9999'")

    def not_ours(files: dict[str, bytes]) -> None:
        files["scanly.db"] = altered(files["scanly.db"], "DROP TABLE links")

    def orphans(files: dict[str, bytes]) -> None:
        files["scanly.db"] = altered(files["scanly.db"], "UPDATE links SET workspace_id = 5")

    said = []
    for change in (fewer_links, trigger, newer, not_ours, orphans):
        verdict = backup.verify(repacked(path, change))
        assert not verdict.ok, change.__name__
        said.append(" ".join(verdict.problems))
    for problem, expected in zip(
        said, ("differs", "triggers", "newer version", "not one", "parents"), strict=True
    ):
        assert expected in problem


def altered(data: bytes, script: str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(data)
        database.executescript(script)
        return database.serialize()


def test_a_header_cannot_make_the_reader_unpack_without_end(house: House) -> None:
    house.furnish(scans=0)
    path = make(house).path
    bomb = path.with_name("bomb.tar.gz")
    header = member("x", tarfile.XHDTYPE)
    header.size = 300_000_000
    with tarfile.open(path) as old, gzip.open(bomb, "wb", compresslevel=1) as raw:
        manifest = old.next()
        assert manifest
        raw.write(
            manifest.tobuf() + old.extractfile(manifest).read().ljust(-(-manifest.size // 512) * 512, b"\0")
        )  # pyright: ignore
        raw.write(header.tobuf())
        for _ in range(30):
            raw.write(bytes(1_000_000))
    started = time.monotonic()
    assert "more than it lists" in backup.verify(bomb).problems[0]
    assert time.monotonic() - started < 1


def test_damage_in_the_journal_is_noted_and_hinders_nothing(house: House, empty_house: House) -> None:
    house.furnish()
    newest = max(house.folder.journal.glob("*/*.journal"))
    newest.write_bytes(newest.read_bytes()[:-5])
    info = make(house)
    verdict = backup.verify(info.path)
    assert verdict.ok
    assert len(verdict.notes) == 1
    asyncio.run(restore(info.path, empty_house.folder, empty_house.settings))
    empty_house.ingest()
    assert len(empty_house.contents()["scans"]) == 29
