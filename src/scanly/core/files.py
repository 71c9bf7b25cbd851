"""Files that are whole or not there: written beside, synced, renamed."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from scanly.core.errors import Unavailable


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Writes beside and renames: readers see the old file or the whole new one.

    Without ``durable`` a power cut may still lose it. A pipe or a device is written to. Raises Unavailable.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path, data, durable=durable)
    except OSError as error:
        raise unwritable(path, error) from error


def in_folder(path: Path) -> Path:
    """The path itself; its folder is there from now on. Raises Unavailable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    return path


@contextmanager
def beside(path: Path) -> Generator[Path]:
    """Where a large file is made before `put` gives it its name; what is left there at the end is removed."""
    # Whoever writes the same file at the same moment, in any process, has another one beside it.
    part = path.with_name(f".{path.name}.{threading.get_native_id()}.part")
    try:
        yield part
    finally:
        with suppress(OSError):
            part.unlink()


def put(part: Path, path: Path, *, durable: bool = True) -> None:
    """Gives a whole file its name. Raises Unavailable."""
    try:
        if durable:
            with part.open("rb") as file:
                os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> Unavailable:
    """What is told of a file that cannot be written, and what to do about it."""
    hints = {
        errno.EACCES: f"Check the permissions of {path.parent}, or write elsewhere.",
        errno.ENOSPC: "Make room on the disk, or write elsewhere.",
        errno.EROFS: "Write elsewhere.",
    }
    hint = hints.get(error.errno or 0, "")
    return Unavailable(f"{path} cannot be written: {error.strerror or error}.", hint=hint)


def _replace(path: Path, data: bytes, *, durable: bool) -> None:
    with beside(path) as part:
        part.write_bytes(data)
        put(part, path, durable=durable)
