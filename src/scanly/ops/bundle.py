"""The file of a backup: a tar.gz whose first member lists all others with size and hash.

Whatever is read from it is believed only as far as that list allows: no other names, no links, no more bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, Protocol, cast

import msgspec
from msgspec import Meta

from scanly.core.errors import Invalid, Unavailable

FORMAT = 1
MANIFEST = "manifest.json"
MAX_MEMBERS = 100_000
_MAX_MANIFEST_BYTES = 32 * 1024 * 1024
# Zero pages of a database shrink well; only what grows beyond this is held to the ratio.
_MAX_RATIO = 100
_ANY_RATIO_BYTES = 64 * 1024 * 1024
_HEADERS_BYTES = 256 * 1024
_CHUNK_BYTES = 1024 * 1024
_FILES = frozenset({"scanly.db", "events.db", "scanly.toml", "secret.key"})
_JOURNAL = re.compile(r"journal/\d{3}/[0-9a-f]{16}\.journal(\.damaged)?")

_Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Member(msgspec.Struct, frozen=True):
    """One file of a backup; ``name`` is its path in the data folder."""

    name: str
    size_bytes: _Count
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds. ``schema`` has the step of each database that is in it."""

    format: int
    program: str
    engine: str
    reason: str
    made_ms: _Count
    schema: dict[str, str]
    links: _Count
    scans: _Count
    journal_bytes: _Count
    members: tuple[Member, ...] = ()


def allowed(name: str) -> bool:
    """Whether a backup may hold a file of this name: below the data folder, and a kind that belongs in it."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or not name.isprintable() or "\\" in name:
        return False
    return name in _FILES or bool(_JOURNAL.fullmatch(name)) or (parts[0] == "media" and len(parts) > 1)


def write(target: Path, manifest: Manifest, files: Mapping[str, Path]) -> Manifest:
    """Packs ``files`` by member name into ``target``, which is whole or not there; takes constant memory.

    Raises Unavailable.
    """
    beside = target.with_name(f".{target.name}.part")
    try:
        beside.unlink(missing_ok=True)
        members = tuple(_described(name, path) for name, path in sorted(files.items()))
        manifest = msgspec.structs.replace(manifest, members=members)
        with _new_file(beside) as raw:
            with gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as packed:
                _write_tar(packed, manifest, files)
            raw.flush()
            os.fsync(raw.fileno())
        beside.rename(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise Unavailable(
            f"The backup {target} cannot be written: {error.strerror or error}.",
            hint="Is there enough free space?",
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    return manifest


def _write_tar(packed: gzip.GzipFile, manifest: Manifest, files: Mapping[str, Path]) -> None:
    with tarfile.open(fileobj=packed, mode="w|", format=tarfile.GNU_FORMAT) as archive:
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        archive.addfile(_header(MANIFEST, len(text), manifest.made_ms), BytesIO(text))
        for member in manifest.members:
            with files[member.name].open("rb") as file:
                archive.addfile(_header(member.name, member.size_bytes, manifest.made_ms), file)


def _header(name: str, size_bytes: int, made_ms: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode, header.mtime = size_bytes, 0o600, made_ms // 1000
    return header


def _described(name: str, path: Path) -> Member:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Member(name, file.tell(), digest)


def read_manifest(path: Path) -> Manifest:
    """The list of a backup, without unpacking it. Raises Invalid, also for a file that was cut off."""
    with _opened(path) as (archive, metered):
        manifest, _ = _first(path, archive, metered)
        _check_length(path, manifest)
    return manifest


def unpack(path: Path, into: Path) -> Manifest:
    """Puts every member below the empty folder ``into``, each proved by its hash.

    Raises Invalid, Unavailable.
    """
    with _opened(path) as (archive, metered):
        manifest, header = _first(path, archive, metered)
        _check_room(path, into, manifest)
        missing = {member.name: member for member in manifest.members}
        while metered.allow(_HEADERS_BYTES) and (header := archive.next()):
            member = missing.pop(header.name, None)
            if member is None or header.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or header.issparse():
                raise Invalid(f"{path} holds {header.name[:200]!r}, which does not belong into it.")
            if header.size != member.size_bytes:
                raise Invalid(f"{path} is damaged: {member.name} has {header.size} bytes in it.")
            metered.allow(header.size + _HEADERS_BYTES)
            _put(path, archive, header, member, into)
        metered.drain()
    if missing:
        raise Invalid(f"{path} is not whole: {next(iter(missing))} is missing.")
    return manifest


def _put(path: Path, archive: tarfile.TarFile, header: tarfile.TarInfo, member: Member, into: Path) -> None:
    source = archive.extractfile(header)
    target = into / PurePosixPath(member.name)
    digest = hashlib.sha256()
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _new_file(target) as file:
            while source and (chunk := source.read(_CHUNK_BYTES)):
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except (gzip.BadGzipFile, EOFError):
        raise
    except OSError as error:
        raise Unavailable(f"{target} cannot be written: {error.strerror or error}.") from error
    if digest.hexdigest() != member.sha256:
        raise Invalid(f"{path} is damaged: {member.name} is not what was backed up.")


def _first(path: Path, archive: tarfile.TarFile, metered: _Metered) -> tuple[Manifest, tarfile.TarInfo]:
    header = archive.next()
    if header is None or header.name != MANIFEST or not header.isreg() or header.size > _MAX_MANIFEST_BYTES:
        raise Invalid(
            f"{path} is not a backup of Scanly.", hint="A backup ends in .tar.gz and has a manifest."
        )
    metered.allow(header.size + _HEADERS_BYTES)
    file = archive.extractfile(header)
    manifest = msgspec.json.decode(file.read() if file else b"", type=Manifest)
    if manifest.format != FORMAT:
        raise Invalid(f"{path} has format {manifest.format}.", hint="A newer version of Scanly can read it.")
    names = [member.name for member in manifest.members]
    if len(names) > MAX_MEMBERS or len(set(names)) < len(names):
        raise Invalid(f"{path} lists too many files, or one twice.")
    for name in names:
        if not allowed(name):
            raise Invalid(f"{path} lists {name[:200]!r}, which does not belong into a backup.")
    return manifest, header


def _check_room(path: Path, into: Path, manifest: Manifest) -> None:
    total = sum(member.size_bytes for member in manifest.members)
    if total > _ANY_RATIO_BYTES + _MAX_RATIO * path.stat().st_size:
        raise Invalid(f"{path} would unpack to {total:,} bytes, too many for its size.")
    free = shutil.disk_usage(into).free
    if total > free:
        raise Unavailable(f"Unpacking takes {total:,} bytes, and {free:,} are free on the disk of {into}.")


def _check_length(path: Path, manifest: Manifest) -> None:
    """A gzip file ends with its unpacked length, so one that was cut off is noticed without reading it."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    sizes: Sequence[tuple[str, int]] = [
        (MANIFEST, len(text)),
        *((member.name, member.size_bytes) for member in manifest.members),
    ]
    blocks = sum(
        len(_header(name, size, 0).tobuf(tarfile.GNU_FORMAT)) + -(-size // 512) * 512 for name, size in sizes
    )
    length = -(-(blocks + 1024) // tarfile.RECORDSIZE) * tarfile.RECORDSIZE
    with path.open("rb") as file:
        file.seek(-4, os.SEEK_END)
        if int.from_bytes(file.read(4), "little") != length % 2**32:
            raise Invalid(f"{path} is not whole.", hint="It was cut off or changed after it was made.")


@contextmanager
def _opened(path: Path) -> Generator[tuple[tarfile.TarFile, _Metered]]:
    """The archive as a stream. Raises Invalid for whatever a damaged file may do to its readers."""
    try:
        with path.open("rb") as raw, gzip.GzipFile(fileobj=raw, mode="rb") as packed:
            metered = _Metered(packed)
            archive = tarfile.open(fileobj=cast("IO[bytes]", metered), mode="r|")  # noqa: SIM115 - closed below
            with archive:
                yield archive, metered
    except FileNotFoundError as error:
        raise Invalid(f"There is no file {path}.", hint='See "scanly backup list".') from error
    except (tarfile.TarError, zlib.error, EOFError, ValueError, msgspec.MsgspecError, OSError) as error:
        raise Invalid(f"{path} is damaged or not a backup: {error}.", hint="Use another one.") from error


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Metered:
    """Reads no further than was allowed, so that no header can make its reader unpack without end."""

    def __init__(self, file: _Stream | IO[bytes]) -> None:
        self._file = file
        self._left = _HEADERS_BYTES

    def allow(self, size: int) -> bool:
        self._left = size
        return True

    def read(self, size: int) -> bytes:
        self._left -= size
        if self._left < 0:
            raise tarfile.ReadError("it holds more than it lists")
        return self._file.read(size)

    def drain(self) -> None:
        """Reads to the end, where gzip proves the whole."""
        while self.read(tarfile.RECORDSIZE):
            pass


def _new_file(path: Path) -> IO[bytes]:
    """A file that was not there before, for the owner alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
