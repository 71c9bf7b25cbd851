"""Files that are whole or not there: written beside, synced, renamed."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
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
        raise Unavailable(f"{path} cannot be written: {error.strerror}.") from error


def _replace(path: Path, data: bytes, *, durable: bool) -> None:
    # Whoever writes the same file at the same moment, in any process, has another one beside it.
    beside = path.with_name(f".{path.name}.{threading.get_native_id()}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:  # also an interruption from the keyboard
        with suppress(OSError):
            beside.unlink()
        raise
