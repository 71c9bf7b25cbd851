"""One drawing with every kind of shape and paint, which all writers must show alike."""

from __future__ import annotations

import io
import subprocess

import pytest
from PIL import Image

from scanly.qr.artwork import Artwork, Bars, Bitmap, Fill, Gradient, Runs, Stamps
from scanly.qr.ink import parse_ink
from scanly.qr.outline import box, circle, polygon
from scanly.qr.proof.raster import pictures
from scanly.qr.writers import eps, pdf, png, svg

RED, BLUE, GREEN = parse_ink("#d00000"), parse_ink("#0000d0"), parse_ink("#008000")
PX = 24


def quarters() -> bytes:
    """Red, green, blue and yellow, 2 by 2 pixels each."""
    image = Image.new("RGB", (4, 4))
    for place, colour in {(0, 0): "#d00000", (2, 0): "#008000", (0, 2): "#0000d0", (2, 2): "#d0d000"}.items():
        image.paste(colour, (*place, place[0] + 2, place[1] + 2))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


SHAPES = (
    Bars(Runs((0, 1), (0, 1), (3, 1)), RED),
    Bars(Runs((4,), (0,), (4,)), Gradient("linear", (4, 0), (8, 0), ((0, RED), (0.25, GREEN), (1, BLUE)))),
    Stamps(
        {
            1: circle(0.5, 0.5, 0.45),
            3: polygon(((0, 0), (1, 0), (0, 1))),
            5: box(0, 0.1, 0.3, 0.3) + box(0.6, 0.6, 0.3, 0.3),
        },
        [(0, 3, 1), (1, 3, 3), (2, 3, 1), (3, 3, 5)],
        BLUE,
    ),
    Fill(box(4, 2, 4, 3, (1, 0, 1.5, 0.5)) + box(5, 3, 1, 1), GREEN, even_odd=True),
    Fill(circle(10.5, 2.5, 2), Gradient("radial", (10.5, 2.5), (12.5, 2.5), ((0, BLUE), (1, RED)))),
    Fill(
        box(9, 6, 3, 3) + box(10, 7, 1, 1),
        Gradient("linear", (9, 6), (9, 9), ((0, BLUE), (1, GREEN))),
        even_odd=True,
    ),
    Bitmap(quarters(), 0, 5, 6, 3),
)
ARTWORK = Artwork(
    14,
    11,
    25.4 / 96 * PX,
    parse_ink("#e0e0ff"),
    SHAPES,
    corner_radius=1.5,
    inks="rgb",
    dpi=96,
    left=-1,
    top=-1,
)


GROUND, WHITE = (224, 224, 255), (255, 255, 255)
# Places in modules, and what is seen there.
SEEN = {
    "round corners": {(-0.9, -0.9): WHITE, (12.9, 9.9): WHITE, (-0.9, 9.9): WHITE, (12.9, -0.9): WHITE},
    "ground": {(-0.5, 3): GROUND, (12.5, 5): GROUND, (5, -0.9): GROUND, (5, 9.9): GROUND},
    "bars": {(0.5, 0.5): RED.rgb, (2.5, 0.5): RED.rgb, (1.5, 1.5): RED.rgb, (0.5, 1.5): GROUND},
    "bar in a gradient": {
        (4.05, 0.5): RED.rgb,
        (5, 0.5): GREEN.rgb,
        (7.95, 0.5): BLUE.rgb,
        (6.5, 0.5): (0, 64, 104),
    },
    "dots": {(0.5, 3.5): BLUE.rgb, (2.5, 3.5): BLUE.rgb, (0.08, 3.08): GROUND, (2.9, 3.9): GROUND},
    "triangle": {(1.2, 3.2): BLUE.rgb, (1.8, 3.8): GROUND},
    "stamp of two parts": {
        (3.15, 3.2): BLUE.rgb,
        (3.75, 3.75): BLUE.rgb,
        (3.75, 3.25): GROUND,
        (3.2, 3.8): GROUND,
    },
    "corners of a box": {(4.1, 2.1): GROUND, (7.9, 2.1): GREEN.rgb, (7.8, 4.8): GROUND, (4.05, 4.95): GROUND},
    "hole": {(5.5, 3.5): GROUND, (4.5, 3.5): GREEN.rgb, (6.5, 3.5): GREEN.rgb, (4.3, 4.7): GREEN.rgb},
    "radial": {(10.5, 2.5): BLUE.rgb, (10.5, 0.6): RED.rgb, (11.5, 2.5): (104, 0, 104), (12.4, 0.6): GROUND},
    "hole in a gradient": {(9.5, 6.05): BLUE.rgb, (9.5, 8.95): GREEN.rgb, (10.5, 7.5): GROUND},
    "picture": {(0.5, 5.5): RED.rgb, (5.5, 5.5): GREEN.rgb, (0.5, 7.5): BLUE.rgb, (5.5, 7.5): (208, 208, 0)},
}


def shown(format_: str, artwork: Artwork = ARTWORK) -> Image.Image:
    write = {"svg": svg.write, "png": png.write, "pdf": pdf.write, "eps": eps.write}[format_]
    (picture,) = pictures(write(artwork), format_, PX * 14)
    return picture.image


@pytest.mark.parametrize("part", SEEN)
@pytest.mark.parametrize("format_", ["svg", "png", "pdf", "eps"])
def test_every_shape_is_where_it_belongs_and_in_its_paint(format_, part):
    check(shown(format_), part)


def test_ghostscript_sees_the_same_in_the_eps(tmp_path, needs):
    (tmp_path / "code.eps").write_bytes(eps.write(ARTWORK))
    options = ("-dEPSCrop", "-r96", "-sDEVICE=png16m", "-o", "seen.png")
    command = [needs("gs"), "-q", "-dSAFER", *options, "code.eps"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout + done.stderr == ""
    seen = Image.open(tmp_path / "seen.png").convert("RGB")
    for part in SEEN:
        check(seen, part)


def check(image: Image.Image, part: str) -> None:
    """Whether the picture shows that part of the drawing."""
    assert image.size == (14 * PX, 11 * PX)
    for (x, y), wanted in SEEN[part].items():
        colour = image.getpixel((int((x + 1) * PX), int((y + 1) * PX)))
        assert colour == pytest.approx(wanted, abs=16), (part, x, y)


@pytest.mark.parametrize("ground", [None, parse_ink("spot(Kraft; 0 10 30 0)")])
@pytest.mark.parametrize("format_", ["pdf", "eps"])
def test_of_a_picture_on_bare_paper_only_what_is_more_than_half_opaque_is_printed(format_, ground):
    """Rows of four pixels: two that are opaque and two that are not, the same again, all half, all less than half."""
    alphas = bytes([255, 255, 0, 0] * 2 + [128] * 4 + [127] * 4)
    image = Image.new("RGBA", (4, 4), "#0000d0")
    image.putalpha(Image.frombytes("L", (4, 4), alphas))
    out = io.BytesIO()
    image.save(out, "PNG")
    beneath = Fill(box(0, 0, 8, 8), RED)
    artwork = Artwork(8, 8, 10.0, ground, (beneath, Bitmap(out.getvalue(), 2, 2, 4, 4)), inks="rgb")
    (picture,) = pictures((pdf if format_ == "pdf" else eps).write(artwork), format_, 320)
    printed = [
        [picture.image.getpixel((x * 40 + 20, y * 40 + 20)) != RED.rgb for x in range(8)] for y in range(8)
    ]
    rows = [[False] * 8] * 2
    assert printed == [
        *rows,
        *[[False, False, True, True, False, False, False, False]] * 2,
        [False, False, True, True, True, True, False, False],
        [False] * 8,
        *rows,
    ]
