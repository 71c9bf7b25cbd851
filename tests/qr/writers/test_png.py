import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image
from tests.qr.any_style import any_style

from scanly.core.errors import Invalid
from scanly.qr.artwork import Artwork
from scanly.qr.encoding import encode
from scanly.qr.looks.compose import compose
from scanly.qr.style import MIN_MODULE_MM, Style
from scanly.qr.writers import png

SYMBOL = encode("https://go.example.com/AbC1234")


def art(style: Style) -> Artwork:
    return compose(SYMBOL, style)


def opened(style: Style) -> Image.Image:
    image = Image.open(io.BytesIO(png.write(art(style))))
    image.load()
    return image


@settings(max_examples=40, deadline=None)
@given(size_mm=st.floats(10, 120), dpi=st.integers(72, 600), quiet=st.integers(1, 9))
def test_modules_are_whole_pixels_and_the_size_is_the_nearest_possible(size_mm, dpi, quiet):
    style = Style(size_mm=max(size_mm, (29 + 2 * quiet) * MIN_MODULE_MM), dpi=dpi, quiet_zone_modules=quiet)
    image, grid = opened(style), png.grid(art(style))
    outer = 29 + 2 * quiet
    assert image.size == (grid.width_px, grid.height_px)
    assert grid.width_px == grid.height_px == outer * grid.module_px
    assert image.info["dpi"][0] == pytest.approx(dpi, abs=0.02)
    assert image.width / image.info["dpi"][0] * 25.4 == pytest.approx(grid.width_mm, rel=1e-3)
    module_mm, pixel_mm = grid.width_mm / outer, 25.4 / dpi
    assert module_mm >= MIN_MODULE_MM - 1e-9
    assert (
        abs(module_mm - style.size_mm / outer) <= pixel_mm * 0.5 + 1e-9
        or module_mm - pixel_mm < MIN_MODULE_MM
    )


@pytest.mark.parametrize("quiet", [1, 2, 3, 4])
def test_every_pixel_is_its_module(quiet):
    style = Style(dark="#102030", light="#f0e0d0", quiet_zone_modules=quiet, size_mm=20)
    image, module_px = opened(style).convert("RGB"), png.grid(art(style)).module_px
    for y in range(image.height):
        for x in range(image.width):
            column, row = x // module_px - quiet, y // module_px - quiet
            inside = 0 <= column < 29 and 0 <= row < 29
            dark = inside and SYMBOL.rows[row][column]
            assert image.getpixel((x, y)) == ((16, 32, 48) if dark else (240, 224, 208))


def test_it_has_one_bit_a_pixel():
    header = png.write(art(Style()))[16:29]
    assert header[8:10] == b"\x01\x03"


def test_without_a_ground_the_light_pixels_are_transparent():
    image = opened(Style(light="none")).convert("RGBA")
    assert image.getpixel((0, 0))[3] == 0
    assert image.getpixel((40, 40)) == (0, 0, 0, 255)


def test_a_size_between_two_grids_is_told():
    assert png.grid(art(Style(size_mm=30))) == png.Grid(10, 370, 370, 0, 0, pytest.approx(31.327, abs=0.001))


def test_whole_pixels_never_make_modules_smaller_than_they_print():
    style = Style(size_mm=37 * MIN_MODULE_MM, dpi=240)  # 2.36 pixels a module, 2 would be 0.21 mm
    assert png.grid(art(style)).module_px == 3


def test_too_large_a_picture_is_refused_with_a_size_that_works():
    with pytest.raises(Invalid, match=r"9,000 are allowed\. Use (\d+) mm") as refused:
        png.write(art(Style(size_mm=2000)))
    fitting = float(refused.value.problems[0].hint.split()[1])
    assert png.grid(art(Style(size_mm=fitting))).width_px <= 9000


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_curves_are_drawn_on_the_same_grid_at_the_same_resolution(dpi):
    style = Style(module_shape="rounded", dark="#12264d", dpi=dpi)
    image, grid = opened(style), png.grid(art(style))
    assert image.size == (grid.width_px, grid.height_px) == (37 * grid.module_px,) * 2
    assert image.info["dpi"][0] == pytest.approx(dpi, abs=0.02)
    half, px = grid.module_px // 2, grid.module_px
    for y, row in enumerate(SYMBOL.rows):
        for x, dark in enumerate(row):
            colour = image.convert("RGB").getpixel(((x + 4) * px + half, (y + 4) * px + half))
            assert colour == ((18, 38, 77) if dark else (255, 255, 255))


def test_a_frame_keeps_modules_on_whole_pixels():
    style = Style(frame="card", caption="Menu", size_mm=50)
    image, grid = opened(style).convert("RGB"), png.grid(art(style))
    left, top = -grid.left_px, -grid.top_px
    for x in range(29 * grid.module_px):
        dark = SYMBOL.rows[0][x // grid.module_px]
        place = (left + 4 * grid.module_px + x, top + 4 * grid.module_px + 1)
        assert image.getpixel(place) == ((0, 0, 0) if dark else (255, 255, 255))


@pytest.mark.parametrize("side", [100, 131, 147])
def test_a_margin_that_is_no_whole_module_is_drawn_in_full(tmp_path, side):
    edge = (side - 100) / 2
    (tmp_path / "margin.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<rect id="symbol" x="{edge}" y="{edge}" width="100" height="100"/></svg>'
    )
    style = Style(frame=str(tmp_path / "margin.svg"))
    image, grid = opened(style).convert("L"), png.grid(art(style))
    assert image.size == (grid.width_px, grid.height_px)
    for y, row in enumerate(SYMBOL.rows):
        for x, dark in enumerate(row):
            place = ((x + 4.5) * grid.module_px - grid.left_px, (y + 4.5) * grid.module_px - grid.top_px)
            assert image.getpixel((int(place[0]), int(place[1]))) == (0 if dark else 255)
    header, data = chunks(png.write(art(style)))[b"IHDR"], chunks(png.write(art(style)))[b"IDAT"]
    bits = {3: 1, 6: 32, 2: 24}[header[9]]
    assert len(zlib.decompress(data)) == grid.height_px * (1 + (grid.width_px * bits + 7) // 8)


@settings(max_examples=30, deadline=None)
@given(any_style(size_mm=200.0, dpi=2400))
def test_a_look_that_gets_too_large_is_refused_with_a_size_that_works(style):
    with pytest.raises(Invalid, match=r"pixels (wide|high); 9,000 are allowed\. Use (\d+) mm") as refused:
        png.grid(art(style))
    fitting = float(refused.value.problems[0].hint.split()[1])
    found = png.grid(art(replace(style, size_mm=fitting)))
    assert max(found.width_px, found.height_px) <= 9000


@pytest.mark.parametrize("dpi", [72, 96, 203, 300, 600, 1200, 2400])
@pytest.mark.parametrize("shape", ["square", "dots"])
def test_the_resolution_is_told_once_and_exactly(shape, dpi):
    found = png.write(art(Style(dpi=dpi, size_mm=10, module_shape=shape, forced=True)))
    assert found.count(b"pHYs") == 1
    per_metre = round(dpi / 0.0254)
    assert chunks(found)[b"pHYs"] == struct.pack(">IIB", per_metre, per_metre, 1)


def test_on_a_fine_grid_every_edge_lies_between_pixels():
    """A hundred pixels a module: whatever is placed a little beside would show as grey."""
    style = Style(frame="phone", caption="Menu", size_mm=75, module_shape="gapped", module_scale=1, dpi=1200)
    image, grid = opened(style).convert("L"), png.grid(art(style))
    left, top = 11 * grid.module_px - grid.left_px, 11 * grid.module_px - grid.top_px
    middle = image.crop((left, top, left + 15 * grid.module_px, top + 15 * grid.module_px))
    assert {value for _, value in middle.getcolors()} == {0, 255}


def chunks(file: bytes) -> dict[bytes, bytes]:
    """The data of each chunk, by its kind; fails on a wrong check sum."""
    found: dict[bytes, bytes] = {}
    place = 8
    while place < len(file):
        (length,), kind = struct.unpack_from(">I", file, place), file[place + 4 : place + 8]
        data = file[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", file, place + 8 + length)[0] == zlib.crc32(kind + data)
        found[kind] = found.get(kind, b"") + data
        place += 12 + length
    return found
