"""A manifest becomes its files again: the identical artwork, proved by its hash, or none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from scanly.codes.formulas import as_was
from scanly.codes.ledger import read_lines
from scanly.codes.look import read_style
from scanly.codes.manifest import COLUMNS
from scanly.codes.names import safe_name
from scanly.codes.selection import Selection, parse_selection
from scanly.codes.spreadsheet import Row
from scanly.core.errors import Conflict, Invalid, NotFound, ScanlyError
from scanly.core.files import write_whole
from scanly.qr.drawing import artwork_of, write
from scanly.qr.encoding import encode
from scanly.qr.payloads import FREE, types
from scanly.qr.symbol import Level, Symbol

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Reprint:
    """How a reprint ended: files of the manifest by what became of them, and why those that failed did."""

    total: int
    made: int
    skipped: int
    problems: tuple[str, ...]


def reprint(manifest: Path, folder: Path, where: tuple[str, ...], progress: Progress) -> Reprint:
    """Makes the files that ``where`` chooses (all without it) in ``folder``, under their names.

    A file that would differ from the one in the manifest by a single byte is not written. Raises NotFound,
    Conflict or Invalid for the manifest or the conditions as a whole.
    """
    selection = _selection(where)
    made = skipped = total = 0
    problems: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    for total, line in enumerate(_lines(manifest), start=1):
        if not selection.holds(Row(total, line), ""):
            skipped += 1
            continue
        try:
            write_whole(folder / _name(line), _identical(line), durable=False)
            made += 1
        except ScanlyError as error:
            problems.append(f"{line['file']}: {error}")
        progress(total)
    return Reprint(total, made, skipped, tuple(problems))


def _selection(where: tuple[str, ...]) -> Selection:
    selection = parse_selection(where, COLUMNS)
    if selection.by_status:
        raise Invalid.field("where", "A manifest has no status.", hint="Choose by line, code, file or style.")
    return selection


def _lines(manifest: Path) -> Iterator[dict[str, str]]:
    try:
        for cells in read_lines(manifest, COLUMNS):
            yield {name: as_was(cell) for name, cell in zip(COLUMNS, cells, strict=True)}
    except OSError as error:
        raise NotFound(f"{manifest} cannot be opened: {error.strerror}.", hint="Check the name.") from error


def _name(line: dict[str, str]) -> str:
    """The file's own name; a page of a PDF becomes a file of its own."""
    stem, _, page = line["file"].partition(".pdf#page=")
    plain = f"{stem}-{page}" if page else line["file"].rpartition(".")[0]
    return f"{safe_name(plain)}.{line['format']}"


def _identical(line: dict[str, str]) -> bytes:
    """The bytes that the manifest tells the hash of. Raises Invalid or Conflict."""
    kind = types().get(line["type"])
    artwork = artwork_of(_symbol(line), read_style(line["style"]), demands=kind.demands if kind else FREE)
    data = write(artwork, line["format"])
    if hashlib.sha256(data).hexdigest() != line["sha256"]:
        hint = (
            "A logo, frame or font has changed since, or another version of Scanly made it; bring that back."
        )
        raise Conflict("The artwork would not be the one that was printed.", hint=hint)
    return data


def _symbol(line: dict[str, str]) -> Symbol:
    if line["level"] not in get_args(Level) or not (line["version"] + line["mask"]).isdecimal():
        raise Conflict("The line was changed by another program.", hint="Bring the manifest back as it was.")
    return encode(
        line["content"],
        level=cast(Level, line["level"]),
        boost=False,
        version=int(line["version"]),
        mask=int(line["mask"]),
        micro=line["symbol"].startswith("Micro"),
    )
