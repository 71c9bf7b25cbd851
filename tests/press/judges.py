"""What three renderers, and plates, show of a file for the press."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image, ImageChops

from scanly.press.render import page_image

Needs = Callable[[str], str]


def ghostscript(data: bytes, *options: str, program: str) -> bytes:
    """What a device of Ghostscript says."""
    command = [program, "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", *options, "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=60).stdout


def inks(data: bytes, needs: Needs) -> list[list[float]]:
    """Shares of each page that C, M, Y and K cover."""
    told = ghostscript(data, "-sDEVICE=inkcov", "-sOutputFile=-", program=needs("gs"))
    return [
        [float(value) for value in line.split()[:4]] for line in told.decode().splitlines() if "OK" in line
    ]


def differences(data: bytes, folder: Path, needs: Needs, *, dpi: int = 300) -> Iterator[tuple[str, float]]:
    """What share of the first page poppler and Ghostscript show otherwise than pdfium does."""
    file, ours = folder / "judged.pdf", page_image(data, 1, dpi)
    file.write_bytes(data)
    subprocess.run(
        [needs("pdftoppm"), "-r", str(dpi), "-png", "-singlefile", file, folder / "poppler"], check=True
    )
    options = ("-sDEVICE=png16m", f"-r{dpi}", "-dTextAlphaBits=4", "-dGraphicsAlphaBits=4", "-dLastPage=1")
    ghostscript(data, *options, f"-sOutputFile={folder}/ghostscript.png", program=needs("gs"))
    for name in ("poppler", "ghostscript"):
        with Image.open(folder / f"{name}.png") as theirs:
            unlike = ImageChops.difference(_coarse(ours), _coarse(theirs.resize(ours.size))).histogram()
        yield name, sum(unlike[50:]) / sum(unlike)


def _coarse(image: Image.Image) -> Image.Image:
    """As it is seen from afar: edges that are half a pixel off do not count."""
    return image.convert("L").resize((image.width // 6, image.height // 6), Image.Resampling.BOX)
