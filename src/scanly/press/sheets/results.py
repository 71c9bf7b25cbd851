"""``labels.results.csv``: every row of the input, what became of it, and the pages and positions of its labels.

Source: RFC 4180.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Self

import msgspec

from scanly.codes.formulas import defused
from scanly.codes.report import COLUMNS, FILE_SEPARATOR, MOST_TOLD, Status
from scanly.core.files import beside, put
from scanly.press.sheets.spool import Spool

PLACES = ("page", "position", "labels", "serial")


class RowResult(msgspec.Struct, frozen=True):
    """What became of a row: its labels are number ``first`` (from 0) and as many as there are ``serials``."""

    line: int
    status: Status
    values: tuple[str, ...]
    code: str = ""
    short_url: str = ""
    problem: str = ""
    first: int = 0
    serials: tuple[str, ...] = ()


_decoder = msgspec.msgpack.Decoder(RowResult)


class Results:
    """The rows of one job, until all of them have their places."""

    def __init__(self) -> None:
        self.counts: dict[Status, int] = {"ok": 0, "failed": 0, "skipped": 0}
        self.problems: list[str] = []
        self._rows = Spool()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()

    def add(self, result: RowResult) -> None:
        self.counts[result.status] += 1
        if result.problem and len(self.problems) < MOST_TOLD:
            self.problems.append(result.problem)
        self._rows.append(msgspec.msgpack.encode(result))

    def write(
        self, path: Path, document: str, header: tuple[str, ...], place: Callable[[int], tuple[int, int]]
    ) -> None:
        """Writes the table; ``place`` leads from a label to its page and position in ``document``."""
        with beside(path) as part:
            with part.open("w", encoding="utf-8", newline="") as file:
                table = csv.writer(file)
                table.writerow([defused(cell) for cell in (*COLUMNS, *PLACES, *header)])
                for number in range(len(self._rows)):
                    row = _decoder.decode(self._rows[number])
                    table.writerow([defused(cell) for cell in _cells(row, document, place)])
            put(part, path)


def _cells(row: RowResult, document: str, place: Callable[[int], tuple[int, int]]) -> list[str]:
    pages, positions = _places(row, place)
    files = FILE_SEPARATOR.join(f"{document}#page={page}" for page in dict.fromkeys(pages))
    known = [str(row.line), row.status, row.code, row.short_url, files, row.problem]
    many = [FILE_SEPARATOR.join(map(str, each)) for each in (pages, positions)]
    serials = FILE_SEPARATOR.join(serial for serial in dict.fromkeys(row.serials) if serial)
    return [*known, *many, str(len(row.serials)), serials, *row.values]


def _places(row: RowResult, place: Callable[[int], tuple[int, int]]) -> tuple[list[int], list[int]]:
    places = [place(row.first + number) for number in range(len(row.serials))]
    return [page for page, _ in places], [position for _, position in places]
