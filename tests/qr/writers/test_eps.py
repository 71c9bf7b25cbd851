from __future__ import annotations

import math
import re
import subprocess

import pytest
from hypothesis import given, settings
from PIL import Image, ImageChops, ImageDraw, ImageStat
from tests.qr.any_style import any_style

from scanly.qr.drawing import make_symbol
from scanly.qr.encoding import encode
from scanly.qr.looks.compose import compose
from scanly.qr.proof.raster import pictures
from scanly.qr.style import Style
from scanly.qr.writers import eps
from scanly.qr.writers.operators import paint

CONTENT = "https://go.example.com/AbC1234"
SYMBOL = encode(CONTENT)
RICH = Style(
    dark="linear(30, #003366, #102040, #663399)",
    light="spot(Warm Grey; 0 5 20 5)",
    eye_colour="spot(HKS 43 (ß); 90 80 0 30)",
    module_shape="rounded",
    frame="card",
    caption="मेन्यू",
)


@pytest.fixture
def ring(tmp_path):
    """A picture that is transparent round a ring of noise and within it."""
    noise = Image.effect_noise((120, 120), 90).convert("RGB")
    mask = Image.new("L", noise.size)
    ImageDraw.Draw(mask).ellipse((0, 0, 119, 119), fill=255)
    ImageDraw.Draw(mask).ellipse((40, 40, 79, 79), fill=0)
    noise.putalpha(mask)
    noise.save(tmp_path / "ring.png")
    return str(tmp_path / "ring.png")


def with_ring(ring: str, **fields: object) -> bytes:
    style = Style(logo=ring, **fields)
    return eps.write(compose(make_symbol(CONTENT, style), style, title="Ring"))


def ghostscript(needs, folder, file: bytes, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "code.eps").write_bytes(file)
    command = [needs("gs"), "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", *options, "code.eps"]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)


@settings(max_examples=60, deadline=None)
@given(any_style())
def test_its_own_reader_finds_the_very_drawing_again(style):
    artwork = compose(SYMBOL, style, title="Table (4) \\ मेनू")
    painting, found = paint(artwork), eps.painting_of(eps.write(artwork))
    assert found
    assert (found.content, found.shadings) == (painting.content, painting.shadings)
    assert [(name, ink.spot, ink.cmyk) for name, ink in found.spots.items()] == [
        (name, ink.spot, ink.cmyk) for name, ink in painting.spots.items()
    ]
    assert (found.width_pt, found.height_pt) == pytest.approx(
        (painting.width_pt, painting.height_pt), abs=1e-4
    )


@pytest.mark.parametrize("light", ["none", "#ffffff"])
def test_its_own_reader_finds_pictures_again(ring, light):
    style = Style(logo=ring, light=light)
    artwork = compose(make_symbol(CONTENT, style), style)
    found = eps.painting_of(eps.write(artwork))
    assert found and found.pictures == paint(artwork).pictures


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("%%EndComments\n", "%%EndComments\n2 2 scale\n"),
        ("%%Creator: (Scanly)\n", "%%Creator: (Scanly)\f2 2 scale\n"),
        ("%%Title: (Ring)", "%%Title: (Ring) 1"),
        ("%%BoundingBox: 0 0 86", "%%BoundingBox: 0 0 99"),
        ("%%EndProlog\n", "/f {} def\n%%EndProlog\n"),
        ("{dup 0.9 mul", "{dup 0.1 mul"),
        ("/C0 [/Separation (A", "/C0 [/Separation (B) (A"),
        ("/Coords [", "/Coords [1 "),
        ("/Extend [true true] ", "/Extend [true true] 2 2 scale "),
        ("/Extend [true true]", "/Extend [true false]"),
        (" cm\n", " cm 2 2 scale\n"),
        (" cm\n", " cm\x0bq\n"),
        ("/C0 cs 1 scn\n", "/C7 cs 1 scn\n"),
        ("/S0 sh\n", "/S9 sh\n"),
        ("/I0 Do\n", "/I0 Do\n~>\n"),
        ("/I0 Do\n", "/I1 Do\n"),
        ("image pixels flushfile", "pop pixels flushfile"),
        ("W n\n", "W n\n\n"),
        ("\nend\n", "\n2 2 scale\nend\n"),
        ("showpage\n", "showpage showpage\n"),
        ("%%EOF\n", "%%EOF\n2 2 scale\n"),
    ],
)
def test_its_own_reader_refuses_what_it_would_draw_in_another_way(ring, old, new):
    written = with_ring(
        ring, light="spot(A; 90 80 0 0)", dark="linear(0, #000000, #003366)", module_shape="dots", forced=True
    ).decode()
    assert eps.painting_of(written.encode())
    assert old in written
    assert eps.painting_of(written.replace(old, new, 1).encode()) is None


@pytest.mark.parametrize("data", [b"", b"%!PS-Adobe-3.0 EPSF-3.0\n", "%!PS-Adobe-3.0 EPSF-3.0\n% ü".encode()])
def test_its_own_reader_leaves_other_files_to_others(data):
    assert eps.painting_of(data) is None


def test_a_file_that_was_cut_short_is_none_of_ours(ring):
    written = with_ring(ring)
    assert not any(eps.painting_of(written[:end]) for end in range(0, len(written), 97))


def test_comments_name_the_size_and_every_plate():
    lines = eps.write(compose(SYMBOL, RICH, title="Ä" * 200)).decode("ascii").splitlines()
    assert lines[0] == "%!PS-Adobe-3.0 EPSF-3.0"
    assert {"%%DocumentCustomColors: (Warm Grey)", "%%+ (HKS 43 \\050\\303\\237\\051)"} <= set(lines)
    assert {"%%CMYKCustomColor: 0 0.05 0.2 0.05 (Warm Grey)", "%%EndComments"} <= set(lines)
    assert "%%+ 0.9 0.8 0 0.3 (HKS 43 \\050\\303\\237\\051)" in lines
    assert max(len(line) for line in lines if line.startswith("%")) <= 255


def test_no_line_of_a_picture_can_be_taken_for_a_comment(ring):
    lines = with_ring(ring, size_mm=60).decode("ascii").splitlines()
    data = lines[lines.index("/I0 Do") + 1 : lines.index("Q", lines.index("/I0 Do"))]
    assert len(data) > 100
    assert any(line.startswith(" %") for line in data)
    assert not any(line.startswith("%") for line in data)


@pytest.mark.parametrize("style", [Style(), Style(size_mm=46, light="none"), RICH])
def test_ghostscript_finds_all_ink_within_the_bounding_box(style, tmp_path, needs):
    file = eps.write(compose(SYMBOL, style))
    told = ghostscript(needs, tmp_path, file, "-sDEVICE=bbox").stderr
    inked, said = (
        [float(value) for value in re.search(r"%%HiResBoundingBox: (.*)", text)[1].split()]
        for text in (told, file.decode())
    )
    width_pt, height_pt = said[2:]
    assert f"%%BoundingBox: 0 0 {math.ceil(width_pt)} {math.ceil(height_pt)}\n" in file.decode()
    assert width_pt == pytest.approx(style.size_mm * 72 / 25.4, abs=1e-4)
    assert min(inked[:2]) >= -0.1
    assert inked[2] <= width_pt + 0.1 and inked[3] <= height_pt + 0.1


def test_ghostscript_draws_what_its_own_reader_sees(ring, tmp_path, needs):
    for file in (eps.write(compose(SYMBOL, RICH)), with_ring(ring, light="none", inks="rgb")):
        (seen,) = pictures(file, "eps", 400)
        dpi = 72 * 400 / float(re.search(rb"%%HiResBoundingBox: 0 0 (\S+)", file)[1])
        options = (
            f"-r{dpi}",
            "-dEPSCrop",
            "-sDEVICE=png16m",
            "-dGraphicsAlphaBits=4",
            "-sOutputFile=drawn.png",
        )
        assert ghostscript(needs, tmp_path, file, *options).stderr == ""
        drawn = Image.open(tmp_path / "drawn.png").convert("RGB").resize(seen.image.size)
        assert max(ImageStat.Stat(ImageChops.difference(drawn, seen.image)).mean) < 8


def test_placed_in_another_document_it_leaves_nothing_behind(ring, tmp_path, needs):
    """As design programs place a file: with a `showpage` of their own, and stacks as they were."""
    host = (
        "/showpage {(asked for a page) =} def /before countdictstack def count (code.eps) (r) file cvx exec "
        "count 1 sub eq countdictstack before eq and = quit"
    )
    (tmp_path / "code.eps").write_bytes(with_ring(ring, light="none", eye_colour="spot(A; 90 80 0 0)"))
    command = [needs("gs"), "-q", "-dSAFER", "-dNODISPLAY", "--permit-file-read=code.eps", "-c", host]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split("\n")[:2] == ["asked for a page", "true"]
