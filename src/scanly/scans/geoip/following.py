"""Places of a running server: from a file that may come, be replaced, be damaged or go while people scan.

A file stays mapped while it is in use. One that others could shorten in place would end the process, so it is the
copy of it that is mapped; the one in the data folder is only ever renamed over.
"""

from __future__ import annotations

from pathlib import Path

from scanly.core.errors import Invalid
from scanly.core.log import Log
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.scans.geoip.facts import is_sound
from scanly.scans.geoip.shelf import copy_aside, file_in_use, kept_file
from scanly.scans.place import DAMAGED_INSIDE, Places, Reader, open_reader, unreadable

_log = Log("scanly.places")
# What tells one state of a file from another: device and inode, time of change, length.
_State = tuple[int, int, int, int]


class FollowedPlaces(Places):
    """The places of whatever file is in use. One that cannot be read changes nothing, and is said once in the log."""

    def __init__(self, folder: DataFolder, settings: Settings) -> None:
        super().__init__(None)
        self._folder, self._settings = folder, settings
        self._seen: tuple[Path | None, _State | None] = (None, None)
        self.look()

    def look(self) -> bool:
        """Takes up another file; whether it did. One comparison when none has changed. Never raises.

        May copy a file: not for the event loop.
        """
        path = file_in_use(self._folder, self._settings)
        seen = (path, _state(path) if path else None)
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            self._path, self._reader = path, self._opened(path) if path else None
        except Invalid as error:
            _log.error("A place database cannot be used; places are told as before.", reason=error.message)
            return False
        _log.info("Places are told by another file.", file=path.name if path else "none")
        return True

    def _opened(self, path: Path) -> Reader:
        """Raises Invalid."""
        if path == kept_file(self._folder):
            return _sound(open_reader(path), path)
        try:
            copied = copy_aside(path, self._folder.geoip)
        except OSError as error:
            raise unreadable(path, error.strerror or "it cannot be copied") from error
        try:
            return _sound(open_reader(copied), path)
        finally:
            copied.unlink()


def _sound(reader: Reader, path: Path) -> Reader:
    if not is_sound(reader):
        raise unreadable(path, DAMAGED_INSIDE)
    return reader


def _state(path: Path) -> _State | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
