"""Where the place database lies, and how another one takes its place: proved first, renamed then.

In ``geoip`` of the data folder: ``places.mmdb``, beside it where it came from, and the one before it.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from scanly.core.errors import Invalid, LimitReached, Unavailable
from scanly.core.files import write_whole
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.scans.geoip.facts import Facts, licence_in, prove

MAX_BYTES = 2_000_000_000
_AT_ONCE_BYTES = 1 << 20
_GZIP = b"\x1f\x8b"
_TAR_AT, _TAR = 257, b"ustar"


class Origin(msgspec.Struct, frozen=True):
    """How a file was called where it came from, and the address it was loaded from, if it was."""

    name: str
    url: str = ""


def kept_file(folder: DataFolder) -> Path:
    """The file in the data folder, whether it is there or not."""
    return folder.geoip / "places.mmdb"


def former_file(folder: DataFolder) -> Path:
    return folder.geoip / "former.mmdb"


def file_in_use(folder: DataFolder, settings: Settings) -> Path | None:
    """The file of the setting goes before the one in the data folder; None where there is neither."""
    if settings.geoip_file:
        return Path(settings.geoip_file)
    kept = kept_file(folder)
    return kept if kept.exists() else None


def name_in_use(folder: DataFolder, path: Path) -> str:
    """What a file in use was called where it came from."""
    origin = origin_of(folder) if path == kept_file(folder) else None
    return origin.name if origin else path.name


def origin_of(folder: DataFolder) -> Origin | None:
    """Where the kept file came from."""
    try:
        return msgspec.json.decode(_origin_file(folder).read_bytes(), type=Origin)
    except (OSError, msgspec.MsgspecError):
        return None


def attribution(folder: DataFolder, settings: Settings) -> str:
    """What the licence of the file in use asks for wherever places are shown; empty when it asks for nothing."""
    path = file_in_use(folder, settings)
    if path is None:
        return ""
    with suppress(Invalid):
        return licence_in(path, name_in_use(folder, path)).attribution
    return ""


def put(folder: DataFolder, source: Path | bytes, origin: Origin) -> Facts:
    """Proves an MMDB, packed with gzip or not, and puts it in the place of the one before, which is kept beside.

    Raises Invalid when it cannot be used, Unavailable when it cannot be kept; then nothing has changed.
    """
    draft = folder.geoip / f".new-{os.getpid()}.mmdb"
    try:
        folder.geoip.mkdir(mode=0o700, exist_ok=True)
        _unpack(source, draft, origin.name)
        facts = prove(draft, origin.name)
        _keep_former(folder)
        draft.replace(kept_file(folder))
    except OSError as error:
        raise Unavailable(f"The place database cannot be kept: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    write_whole(_origin_file(folder), msgspec.json.encode(origin))
    return facts


def _origin_file(folder: DataFolder) -> Path:
    return folder.geoip / "origin.json"


def _keep_former(folder: DataFolder) -> None:
    """Beside the new one, unless its licence asks that it goes."""
    kept, former = kept_file(folder), former_file(folder)
    former.unlink(missing_ok=True)
    with suppress(FileNotFoundError, Invalid):  # a damaged one is not worth keeping
        if licence_in(kept, name_in_use(folder, kept)).replace_days is None:
            former.hardlink_to(kept)


def _unpack(source: Path | bytes, target: Path, name: str) -> None:
    """Writes what ``source`` holds, and syncs it."""
    written = 0
    with target.open("wb") as file:
        target.chmod(0o600)
        for part in _unpacked(_parts(source), name):
            written += file.write(part)
            if written > MAX_BYTES:
                raise LimitReached(f'"{name}" is larger than {MAX_BYTES // 10**9} GB.')
        file.flush()
        os.fsync(file.fileno())


def _parts(source: Path | bytes) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield from (source[at : at + _AT_ONCE_BYTES] for at in range(0, len(source), _AT_ONCE_BYTES))
        return
    try:
        with source.open("rb") as file:
            while part := file.read(_AT_ONCE_BYTES):
                yield part
    except OSError as error:
        raise Invalid.field("file", f'"{source}" cannot be read: {error.strerror}.') from error


def _unpacked(parts: Iterator[bytes], name: str) -> Iterator[bytes]:
    """The file itself. Raises Invalid for archives and what ends early."""
    first = next(parts, b"")
    _refuse_archive(first, name)
    if not first.startswith(_GZIP):
        yield first
        yield from parts
        return
    gzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
    begun = False
    try:
        for part in (first, *parts):
            rest = part
            while rest:
                plain = gzip.decompress(rest, _AT_ONCE_BYTES)
                rest = gzip.unconsumed_tail
                if plain and not begun:
                    _refuse_archive(plain, name)
                    begun = True
                yield plain
    except zlib.error as error:
        raise _broken(name) from error
    if not gzip.eof:
        raise _broken(name)


def _refuse_archive(start: bytes, name: str) -> None:
    if start[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR or start.startswith(b"PK"):
        raise Invalid.field(
            "file",
            f'"{name}" is an archive of several files.',
            hint="Unpack it, and give the .mmdb file that is in it.",
        )


def _broken(name: str) -> Invalid:
    return Invalid.field("file", f'"{name}" breaks off or is damaged.', hint="Load it again.")


def copy_aside(path: Path, folder: Path) -> Path:
    """A copy that nobody else knows, for its maker to open and unlink. Raises OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    copied = folder / f".open-{os.getpid()}.mmdb"
    shutil.copyfile(path, copied)
    return copied
