"""The files under ``/static/``: read once, named by their content, so that browsers may keep them for ever.

Only what stands in the table is served; a path never reaches the disk.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache

from scanly.core.paths import asset

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """``packed`` is ``body`` in gzip; ``version`` changes with the content."""

    body: bytes
    packed: bytes
    media_type: str
    version: str


@cache
def files() -> dict[str, StaticFile]:
    """Every file that is served, by name."""
    return {
        path.name: _read(path.read_bytes(), _TYPES[path.suffix])
        for path in asset("static").iterdir()
        if path.suffix in _TYPES
    }


def address(name: str) -> str:
    """Where pages find a file. Raises KeyError for one that is not there."""
    return f"/static/{name}?v={files()[name].version}"


def _read(body: bytes, media_type: str) -> StaticFile:
    version = hashlib.sha256(body).hexdigest()[:12]
    return StaticFile(body, gzip.compress(body, 9, mtime=0), media_type, version)
