"""Foreign EPS through Ghostscript, kept on a short lead: EPS is a program, and this one runs a stranger's.

Source: Adobe Technical Note 5002 (EPSF 3.0), 2 (header) and 5.1 (the DOS binary file header).
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from scanly.core.errors import Invalid, Unavailable

MAX_SECONDS = 20
MAX_MEMORY_KB = 500_000
MAX_PDF_BYTES = 100_000_000

_DOS_MAGIC = b"\xc5\xd0\xd3\xc6"
_PROGRAMS = ("gs", "gswin64c")
# No files but its own, no console, the bounding box as the page, and only one page.
_OPTIONS = (
    "-dSAFER",
    "-dBATCH",
    "-dNOPAUSE",
    "-dQUIET",
    "-dEPSCrop",
    "-dLastPage=1",
    "-sDEVICE=pdfwrite",
    f"-K{MAX_MEMORY_KB}",
)


def eps_to_pdf(data: bytes) -> bytes:
    """The EPS as a PDF of one page, which is its bounding box.

    Raises Unavailable without Ghostscript, Invalid when it cannot draw the file or takes too long over it.
    """
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise Unavailable(
            "EPS files are drawn by Ghostscript, which is not installed.",
            hint="Install ghostscript, or check the SVG or PDF instead.",
        )
    with tempfile.TemporaryDirectory() as folder:
        source, drawn = Path(folder, "code.eps"), Path(folder, "code.pdf")
        source.write_bytes(_postscript(data))
        command = [program, *_OPTIONS, f"-sOutputFile={drawn}", str(source)]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=MAX_SECONDS, check=False)  # noqa: S603 - the arguments are ours
        except subprocess.TimeoutExpired as error:
            message = f"The EPS file is not drawn within {MAX_SECONDS} seconds."
            raise Invalid(message, hint="Export it as SVG or PDF.") from error
        if done.returncode or not drawn.exists() or drawn.stat().st_size > MAX_PDF_BYTES:
            raise Invalid("Ghostscript cannot draw the EPS file.", hint="Export it again, or as SVG or PDF.")
        return drawn.read_bytes()


def _postscript(data: bytes) -> bytes:
    """The PostScript part of an EPS file, which may be wrapped for DOS with a preview picture."""
    if not data.startswith(_DOS_MAGIC):
        return data
    start, size = struct.unpack_from("<II", data, 4)
    return data[start : start + size]
