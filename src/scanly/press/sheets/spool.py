"""Records on disk that are asked for in any order, so that a long job needs no more memory than a short one."""

from __future__ import annotations

import tempfile
from array import array


class Spool:
    """Numbered records in a temporary file, which goes when it is closed."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._ends = array("Q", [0])
        self._at_end = True

    def __len__(self) -> int:
        return len(self._ends) - 1

    def append(self, record: bytes) -> None:
        """Becomes the last record."""
        if not self._at_end:
            self._file.seek(self._ends[-1])
            self._at_end = True
        self._file.write(record)
        self._ends.append(self._ends[-1] + len(record))

    def __getitem__(self, number: int) -> bytes:
        start, end = self._ends[number], self._ends[number + 1]
        self._file.seek(start)
        self._at_end = False
        return self._file.read(end - start)

    def close(self) -> None:
        self._file.close()
