"""How much of each process ink a page takes, as Ghostscript sees it, where it is installed.

Source: Ghostscript documentation, Devices, "ink_cov" (mean of C, M, Y and K over the page, in per cent).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from scanly.press.preflight.content.spaces import PROCESS_INKS

_PROGRAMS = ("gs", "gswin64c")
_MAX_SECONDS = 60
_MAX_MEMORY_KB = 800_000
_LINE = re.compile(r"^\s*([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+CMYK OK", re.MULTILINE)
# Pixels that are inked in part count as inked, so coarser ones tell more ink than there is.
_DPI = 150


def coverage_of(path: Path, pages: int) -> list[Mapping[str, float]]:
    """Per cent of each page by the names of inks, for the first ``pages`` pages; nothing without Ghostscript."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None or pages < 1:
        return []
    options = ("-dSAFER", "-dBATCH", "-dNOPAUSE", "-dQUIET", f"-K{_MAX_MEMORY_KB}", f"-r{_DPI}")
    command = [
        program,
        *options,
        f"-dLastPage={pages}",
        "-sDEVICE=ink_cov",
        "-sOutputFile=-",
        str(path.resolve()),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_MAX_SECONDS, check=False)  # noqa: S603 - the arguments are ours
    except (OSError, subprocess.TimeoutExpired):
        return []
    lines = _LINE.findall(done.stdout.decode("ascii", "replace"))
    return [
        {ink: round(float(share), 3) for ink, share in zip(PROCESS_INKS, line, strict=True)} for line in lines
    ]
