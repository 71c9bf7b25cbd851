import struct
import subprocess

import pytest
from tests.qr.sketches import as_svg

from scanly.core.errors import Invalid, Unavailable
from scanly.qr.encoding import encode
from scanly.qr.proof import ghostscript
from scanly.qr.proof.decoders import find
from scanly.qr.proof.raster import MAX_SIDE_PX, pages, pictures, recognise

CONTENT = "https://go.example.com/AbC1234"
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 50\n%%EndComments\n"


@pytest.mark.parametrize(
    ("width", "px_per_mm"),
    [("30mm", 10), ("3cm", 10), ("300", 300 / 79.375), ("72pt", 300 / 25.4), ("100%", None)],
)
def test_the_size_of_an_svg_is_read_in_its_unit(width, px_per_mm):
    file = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{width}" viewBox="0 0 9 9"/>'
    (page,) = pictures(file.encode(), "svg", 300)
    assert page.image.width == 300
    assert page.px_per_mm == (pytest.approx(px_per_mm) if px_per_mm else None)


@pytest.mark.parametrize("view_box", ["0 0 1 20000000", "0 0 20000000 1", "0 0 1 100"])
def test_a_picture_of_extreme_shape_stays_within_limits(view_box):
    file = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}"><path d="M0 0h1v1z"/></svg>'
    try:
        (page,) = pictures(file.encode(), "svg", 1000)
    except Invalid:
        return
    assert max(page.image.size) <= MAX_SIDE_PX


def test_a_page_is_drawn_as_wide_as_it_is_asked_for():
    (page,) = pages(as_svg(encode(CONTENT)), "svg")
    assert [page.render(width).image.size for width in (100, 333)] == [(100, 100), (333, 333)]


@pytest.fixture
def foreign_eps(tmp_path, needs):
    needs("gs")
    file = tmp_path / "code.eps"
    subprocess.run([needs("zint"), "-b", "58", "--quietzones", "-o", str(file), "-d", CONTENT], check=True)
    return file.read_bytes()


def wrapped_for_dos(postscript: bytes) -> bytes:
    """With a preview picture (here of three bytes) behind it."""
    header = struct.pack(
        "<4sIIIIIIH", bytes.fromhex("c5d0d3c6"), 30, len(postscript), 0, 0, 30 + len(postscript), 3, 0xFFFF
    )
    return header + postscript + b"tif"


@pytest.mark.parametrize("wrap", [bytes, wrapped_for_dos])
def test_eps_of_another_maker_is_drawn_by_ghostscript(foreign_eps, wrap):
    file = wrap(foreign_eps)
    assert recognise(file) == "eps"
    (page,) = pictures(file, "eps", 300)
    assert [code.bytes for code in find(page.image.convert("L"))] == [CONTENT.encode()]
    box = next(line for line in foreign_eps.splitlines() if line.startswith(b"%%BoundingBox"))
    width_pt = int(box.split()[3])
    assert page.image.width / page.px_per_mm == pytest.approx(width_pt * 25.4 / 72, abs=0.4)


def test_the_bounding_box_of_an_eps_is_its_page(needs):
    needs("gs")
    (page,) = pictures(EPS + b"0 0 50 50 rectfill showpage showpage\n", "eps", 200)
    assert page.image.size == (200, 100)
    assert [page.image.getpixel((x, 50)) for x in (50, 150)] == [(0, 0, 0), (255, 255, 255)]


@pytest.mark.parametrize(
    "program",
    [
        b"(/etc/hostname) (r) file 100 string readstring pop show",
        b"(%pipe%id) (r) file 100 string readstring pop show",
        b"(stolen.txt) (w) file (x) writestring",
        b"[ { 500000 string } loop",
        b"no such operator",
    ],
)
def test_an_eps_that_reads_writes_runs_or_swells_is_refused(program, needs):
    needs("gs")
    with pytest.raises(Invalid, match="Ghostscript cannot draw the EPS file"):
        list(pictures(EPS + program + b" showpage\n", "eps", 200))


def test_an_eps_that_never_ends_is_given_up(monkeypatch, needs):
    needs("gs")
    monkeypatch.setattr(ghostscript, "MAX_SECONDS", 0.5)
    with pytest.raises(Invalid, match="not drawn within"):
        list(pictures(EPS + b"{ } loop\n", "eps", 200))


def test_a_dos_header_that_leads_nowhere_is_damage(needs):
    needs("gs")
    with pytest.raises(Invalid, match="The EPS file is damaged"):
        list(pictures(bytes.fromhex("c5d0d3c6") + b"abc", "eps", 200))


def test_without_ghostscript_it_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(Unavailable, match="Install ghostscript"):
        list(pictures(EPS, "eps", 200))


def test_an_unknown_format_is_named():
    with pytest.raises(Invalid, match='"gif" cannot be read back'):
        list(pictures(b"GIF89a", "gif", 200))
