"""A bulk run's output as one file: made in a folder beside it, so that it can go on, then packed or bound.

The file gets its name when it is whole, and the folder goes when the file has its name: first as one, under
another name, so that nobody goes on with half of it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from scanly.codes import archive, binding
from scanly.codes.ledger import sync_folder
from scanly.codes.manifest import MANIFEST
from scanly.codes.report import RESULTS
from scanly.core.errors import Conflict, Invalid, Unavailable

Progress = Callable[[int], None]


def _kind(output: Path) -> str:
    """``zip``, ``pdf``, or nothing for a folder."""
    kind = output.suffix.lower().removeprefix(".")
    return kind if kind in ("zip", "pdf") else ""


def folder_of(output: Path) -> Path:
    """Where the files of a run are made: the output itself, or a folder beside a ZIP or PDF file."""
    return output.with_name(f"{output.name}.parts") if _kind(output) else output


def tables_of(output: Path) -> tuple[Path, Path]:
    """Where the results and the manifest of a PDF are: ``codes.results.csv`` and ``codes.manifest.csv``."""
    return output.with_suffix(f".{RESULTS}"), output.with_suffix(f".{MANIFEST}")


def check_formats(output: Path, formats: tuple[str, ...]) -> None:
    """Raises Invalid when a PDF of all codes is to be made of anything but PDFs."""
    if _kind(output) == "pdf" and formats != ("pdf",):
        raise Invalid.field(
            "format",
            f"{output} is bound from PDF pages.",
            hint="Leave --format out, or name a folder or a .zip.",
        )


def refuse_finished(output: Path, *, resume: bool, where: tuple[str, ...] = ()) -> None:
    """Raises Conflict when the file is there already and nothing of its run is under way.

    With ``resume`` and conditions, a ZIP file is unpacked again, so that rows of it can be made anew.
    """
    folder = folder_of(output)
    if not _kind(output) or not output.exists() or (resume and folder.exists()):
        return
    if resume and where and _kind(output) == "zip":
        try:
            archive.unpack(output, folder)
        except OSError as error:
            raise _unwritable(folder, error) from error
        return
    raise Conflict(f"{output} is finished.", hint="Choose another name with -o, or move it away.")


def finish(folder: Path, output: Path, progress: Progress = lambda _: None, *, verify: bool = True) -> None:
    """Packs or binds the folder when one file was asked for, then removes it. ``progress`` is told how many files.

    With ``verify``, every code is read back from a PDF; when no row became a code, there is none. Raises
    Unavailable, or Invalid for a page that cannot be read.
    """
    kind = _kind(output)
    if not kind:
        return
    try:
        if kind == "zip":
            _zip(folder, output, progress)
        else:
            _bind(folder, output, progress, verify=verify)
        doomed = folder.with_name(f".{folder.name}.done")
        shutil.rmtree(doomed, ignore_errors=True)
        folder.replace(doomed)
        shutil.rmtree(doomed)
    except OSError as error:
        raise _unwritable(output, error) from error


def _zip(folder: Path, output: Path, progress: Progress) -> None:
    packed = folder / ".zip.part"
    _follow(archive.pack(folder, packed), progress)
    _put({packed: output})


def _bind(folder: Path, output: Path, progress: Progress, *, verify: bool) -> None:
    bound = binding.Bound(folder / ".pdf.part", folder / f".{RESULTS}.part", folder / f".{MANIFEST}.part")
    codes = _follow(binding.bind(folder, output.name, bound, verify=verify), progress)
    results, manifest = tables_of(output)
    _put({bound.results: results, bound.manifest: manifest} | ({bound.document: output} if codes else {}))


def _follow(steps: Iterable[int], progress: Progress) -> int:
    """How many steps there were."""
    done = 0
    for done in steps:
        progress(done)
    return done


def _put(names: dict[Path, Path]) -> None:
    """Gives whole files their names, the most important last."""
    for part, name in names.items():
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(name)
        sync_folder(name.parent)


def _unwritable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(f"{path} cannot be written: {error.strerror}.", hint="Go on with --resume.")
