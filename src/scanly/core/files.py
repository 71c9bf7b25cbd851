"""Files that are whole or not there: written beside, synced, renamed."""

from __future__ import annotations

import os
from pathlib import Path

from scanly.core.errors import Unavailable


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Writes beside and renames: readers see the old file or the whole new one.

    Without ``durable`` a power cut may still lose it. Raises Unavailable.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Unavailable(f"{path} cannot be written: {error.strerror}.") from error
