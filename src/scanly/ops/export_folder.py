"""A folder that is replaced whole: written beside, then exchanged in one step, never mixed with foreign files.

A folder of very many files is brought up to date file by file instead, each whole, those no longer wanted last:
writing and removing a hundred thousand pages takes a disk minutes, and an edit changes one.

Source: Linux manual pages, renameat2(2) (RENAME_EXCHANGE).
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

import msgspec

from scanly import __version__
from scanly.core.errors import Conflict, Invalid, Unavailable
from scanly.core.files import write_whole
from scanly.core.ids import WorkspaceId

_MARKER = ".scanly-export"
_LISTING = ".scanly-files"
# Up to here each file is synced by itself; beyond, syncing everything once is faster by far.
_SYNCED_SINGLY = 200
_OPEN_AT_ONCE = 100
# A folder of more files than this is brought up to date instead of exchanged.
_MANY = 1_000
# A mount point, another file system, a parent that may not be written: such a folder cannot be exchanged.
_STAYS = frozenset({errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS})
# Paths stand in configuration files; none of these ends a word or means something there.
_PLAIN_PATH = re.compile(r"/[\w/ .,@+~:-]*")
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


class Marker(msgspec.Struct, frozen=True):
    """What an export says about itself: its format, whose links, the last change in it, when it is out of date."""

    format: str
    workspace: WorkspaceId | None
    change: int
    turns_ms: int | None
    version: str = __version__

    @property
    def is_of_this_version(self) -> bool:
        return self.version == __version__


def marker_of(folder: Path) -> Marker | None:
    """None for a folder that is no export, or is not there."""
    try:
        return msgspec.json.decode((folder / _MARKER).read_bytes(), type=Marker)
    except (OSError, msgspec.DecodeError):
        return None


def claim(folder: Path) -> Path:
    """The folder's whole path, when an export may be written there.

    Raises Conflict when it holds anything that no export wrote, Invalid for a path that servers could misread.
    """
    try:
        place = folder.expanduser().resolve()
        foreign = _foreign(place)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be read: {error.strerror}.") from error
    if not _PLAIN_PATH.fullmatch(str(place)) or place == Path("/"):
        raise Invalid.field(
            "folder",
            f'"{place}" cannot stand in the files of a server.',
            hint="Use a folder whose path has letters, digits and /_-., only.",
        )
    if foreign:
        raise Conflict(
            f"{place} holds {foreign}, which no export wrote.", hint="Choose a folder that is new or empty."
        )
    return place


def _foreign(place: Path) -> str:
    """The first file in the folder that is not one of ours."""
    if not place.exists():
        return ""
    if not place.is_dir():
        return f"a file, {place.name}"
    ours = _listed(place)
    known = {*ours, *((_MARKER, _LISTING) if ours else ())}
    if len(ours) <= _MANY:
        return next((path for path in _files(place) if path not in known), "")
    # What is deeper in a large folder is not looked at; nothing that is not listed is ever touched there.
    known |= {"/".join(path.split("/")[:depth]) for path in ours for depth in (1, 2)}
    return next((path for path in _upper_levels(place) if path not in known), "")


def _upper_levels(place: Path) -> Iterator[str]:
    """Relative paths of what is in the folder and in its folders."""
    for name in os.listdir(place):  # noqa: PTH208 - fast
        yield name
        inner = place / name
        if inner.is_dir() and not inner.is_symlink():
            yield from (f"{name}/{each}" for each in os.listdir(inner))  # noqa: PTH208 - fast


def _listed(place: Path) -> dict[str, str]:
    """The files that an export wrote there, each with the digest of what is in it, where that was taken."""
    try:
        lines = (place / _LISTING).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {path: digest for digest, _, path in (line.partition(" ") for line in lines)}


def _files(place: Path) -> Iterator[str]:
    """Relative paths of everything but plain folders."""
    for folder, folders, names in os.walk(place):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]  # noqa: PTH114, PTH118 - fast
        for name in [*names, *links]:
            yield os.path.relpath(os.path.join(folder, name), place)  # noqa: PTH118 - fast


class Staging:
    """Files that are written beside ``place`` and then become it; leaving before that leaves nothing behind."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.folder = place
        self._paths: dict[str, str] = {}
        self._before = _listed(place)
        self._exchanges = len(self._before) <= _MANY
        self._staged: dict[str, None] = {}
        self._open: OrderedDict[str, IO[bytes]] = OrderedDict()
        self._made: set[str] = set()
        self._lock = -1

    def __enter__(self) -> Self:
        name = f".{self.place.name}.scanly-{secrets.token_hex(4)}"
        try:
            self.place.parent.mkdir(parents=True, exist_ok=True)
            self._forget_left_behind()
            self.folder = self.place.parent / name
            self.folder.mkdir()
        except OSError as error:
            if error.errno not in _STAYS:
                raise Unavailable(f"{self.place} cannot be written: {error.strerror}.") from error
            self.folder = Path(tempfile.mkdtemp(prefix=name))
        self._lock = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            with suppress(OSError):
                file.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)

    def _forget_left_behind(self) -> None:
        """Removes what exports that were killed had begun; one that still writes holds a lock."""
        for left in self.place.parent.glob(f".{self.place.name}.scanly-*"):
            with suppress(OSError):
                fd = os.open(left, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(left, ignore_errors=True)
                finally:
                    os.close(fd)

    def add(self, path: str, data: bytes) -> None:
        """Adds to the end of a file; a page comes in one piece. Raises Unavailable."""
        digest = _digest(data) if path.endswith(".html") else _NO_DIGEST
        if not self._exchanges and digest != _NO_DIGEST and self._before.get(path) == digest:
            self._paths[path] = digest
            return
        try:
            file = self._open.get(path) or self._begin(path)
            file.write(data)
            self._paths[path] = digest
        except FileExistsError as error:
            raise Unavailable(
                f"The disk of {self.place} does not tell capital from small letters, but codes do ({path}).",
                hint="Choose a folder on another disk.",
            ) from error
        except OSError as error:
            raise Unavailable(f"{self.place} cannot be written: {error.strerror}.") from error

    def _begin(self, path: str) -> IO[bytes]:
        if len(self._open) >= _OPEN_AT_ONCE:
            _, oldest = self._open.popitem(last=False)
            self._end(oldest)
        folder, _, _ = path.rpartition("/")
        if folder not in self._made:
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
            self._made.add(folder)
        mode = "ab" if path in self._staged else "xb"
        self._staged[path] = None
        file = self._open[path] = (self.folder / path).open(mode)
        return file

    def _end(self, file: IO[bytes]) -> None:
        if len(self._staged) <= _SYNCED_SINGLY:
            file.flush()
            os.fsync(file.fileno())
        file.close()

    def put_in_place(self, marker: Mapping[str, object]) -> None:
        """Makes what was written the folder, in one step where that can be. Raises Unavailable."""
        self.add(_LISTING, _listing(self._paths))
        self.add(_MARKER, msgspec.json.encode({**marker, "version": __version__}) + b"\n")
        try:
            for file in self._open.values():
                self._end(file)
            self._open.clear()
            if len(self._staged) > _SYNCED_SINGLY:
                os.sync()
            self._replace()
        except OSError as error:
            raise Unavailable(f"{self.place} cannot be written: {error.strerror}.") from error

    def _replace(self) -> None:
        if not self._exchanges:
            self._bring_up_to_date()
            return
        try:
            if self.place.exists():
                _exchange(self.folder, self.place)
            else:
                self.folder.rename(self.place)
        except OSError as error:
            if error.errno not in _STAYS:
                raise
            self._bring_up_to_date()
        else:
            _sync_folder(self.place.parent)

    def _bring_up_to_date(self) -> None:
        """File by file in a folder that stays; what is no longer wanted goes last, so no code is ever missing."""
        stale = [path for path in self._before if path not in self._paths]
        durable = len(self._staged) <= _SYNCED_SINGLY
        self.place.mkdir(parents=True, exist_ok=True)
        # Whoever is interrupted must find all of them to be ours the next time, and none of them up to date.
        ours = dict.fromkeys(self._staged, _NO_DIGEST)
        write_whole(self.place / _LISTING, _listing(self._before | ours))
        for path in [path for path in self._staged if path not in (_LISTING, _MARKER)]:
            (self.place / path).parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.place / path, (self.folder / path).read_bytes(), durable=durable)
        if not durable:
            os.sync()
        for path in stale:
            (self.place / path).unlink(missing_ok=True)
        _drop_empty(self.place, stale)
        for path in (_LISTING, _MARKER):
            write_whole(self.place / path, (self.folder / path).read_bytes())


_NO_DIGEST = "-"


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def _listing(paths: Mapping[str, str]) -> bytes:
    return "".join(f"{digest} {path}\n" for path, digest in paths.items()).encode()


def _drop_empty(place: Path, gone: Iterable[str]) -> None:
    """Removes the folders of files that are gone, from the inside out."""
    folders = {parent for path in gone for parent in Path(path).parents if parent != Path()}
    for folder in sorted(folders, key=lambda each: len(each.parts), reverse=True):
        with suppress(OSError):  # others are still in it
            (place / folder).rmdir()


def _exchange(one: Path, other: Path) -> None:
    """Gives each folder the other's name, in one step where the system can."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        _swap(one, other)
        return
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL):  # an old kernel, a file system that cannot
        _swap(one, other)
        return
    raise OSError(number, os.strerror(number), str(other))


def _swap(one: Path, other: Path) -> None:
    """The same in three steps."""
    aside = one.with_name(f"{one.name}.old")
    other.rename(aside)
    try:
        one.rename(other)
    except OSError:
        aside.rename(other)
        raise
    aside.rename(one)


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
