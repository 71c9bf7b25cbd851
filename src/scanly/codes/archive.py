"""The files of a run as one ZIP file, in the order of the spreadsheet, and such a file as a folder again.

Source: PKWARE APPNOTE.TXT 6.3.10, 4.4.5 (stored, deflated); what is packed already is stored.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from scanly.codes.formulas import as_was
from scanly.codes.ledger import read_lines
from scanly.codes.manifest import COLUMNS, FILE, MANIFEST
from scanly.codes.report import INPUT_HASH, RESULTS
from scanly.core.errors import Conflict

_PACKED = (".png", ".pdf")


def pack(folder: Path, archive: Path) -> Iterator[int]:
    """Writes what the manifest of a folder names, and its tables; yields how many files are in."""
    with zipfile.ZipFile(archive, "w") as packed:
        for number, name in enumerate(_members(folder), 1):
            method = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
            packed.write(folder / name, name, method)
            yield number


def unpack(archive: Path, folder: Path) -> None:
    """A folder with all that `pack` put in. Raises Conflict for any other archive."""
    beside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as packed:
            names = packed.namelist()
            if RESULTS not in names or any("/" in name or "\\" in name for name in names):
                raise zipfile.BadZipFile("no run")
            packed.extractall(beside)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        shutil.rmtree(beside, ignore_errors=True)
        hint = "Choose another name with -o."
        raise Conflict(f"{archive} is not what an earlier run packed.", hint=hint) from error
    beside.replace(folder)


def _members(folder: Path) -> Iterator[str]:
    yield from (RESULTS, MANIFEST, INPUT_HASH)
    for cells in read_lines(folder / MANIFEST, COLUMNS):
        yield as_was(cells[FILE])
