"""A bulk run's output as one ZIP file: made in a folder beside it, so that it can go on, then packed."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from scanly.core.errors import Conflict, Unavailable


def _wanted(output: Path) -> bool:
    return output.suffix.lower() == ".zip"


def folder_of(output: Path) -> Path:
    """Where the files of a run are made: the output itself, or a folder beside a ZIP file."""
    return output.with_name(f"{output.name}.parts") if _wanted(output) else output


def refuse_finished(output: Path, *, resume: bool) -> None:
    """Raises Conflict when a ZIP file is there already; a finished one cannot be gone on with."""
    if _wanted(output) and output.exists() and not (resume and folder_of(output).exists()):
        raise Conflict(f"{output} is finished.", hint="Choose another name with -o, or move it away.")


def finish(folder: Path, output: Path) -> None:
    """Packs the folder when a ZIP file was asked for, then removes it. Raises Unavailable."""
    if not _wanted(output):
        return
    beside = output.with_name(f".{output.name}.part")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)
        beside.replace(output)
        shutil.rmtree(folder)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Unavailable(
            f"{output} cannot be written: {error.strerror}.", hint="Go on with --resume."
        ) from error
