"""Pictures of every kind, and which inks come out of them."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms
from tests.press.pictures.profiles import black_press, profile, table

from scanly.core.errors import Invalid
from scanly.press.pictures.picture import Pixels, Vectors
from scanly.press.pictures.profile import Profile, read_profile
from scanly.press.pictures.reading import MAX_PIXELS, read_picture
from scanly.qr.ink import WHITE, Ink, parse_ink

PLATES = {"cmyk": 4, "grey": 1, "rgb": 3}
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
ORANGE_CMYK = (0, 128, 255, 10)
BRAND = parse_ink("cmyk(100 60 0 20)")


def saved(folder: Path, image: Image.Image, name: str = "picture.png", **options) -> Path:
    path = folder / name
    image.save(path, **options)
    return path


def inks_at(pixels: Pixels, x: int, y: int) -> tuple[int, ...]:
    data, plates = zlib.decompress(pixels.data), PLATES[pixels.inks]
    assert len(data) == pixels.width_px * pixels.height_px * plates
    start = (y * pixels.width_px + x) * plates
    return tuple(data[start : start + plates])


def near(*inks: int, off: int = 2):
    return pytest.approx(inks, abs=off)


def of_rgb(*colour: int) -> tuple[int, ...]:
    return tuple(round(share * 255) for share in Ink.of_rgb(colour).cmyk)


@pytest.fixture
def press(tmp_path) -> Profile:
    (tmp_path / "press.icc").write_bytes(profile())
    return read_profile(tmp_path / "press.icc")


@given(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=2, max_size=40))
@settings(max_examples=40, deadline=None)
def test_every_pixel_of_rgb_has_the_inks_that_codes_of_its_colour_have(tmp_path_factory, colours):
    colours = [*colours, RED]  # one that is no grey
    image = Image.new("RGB", (len(colours), 1))
    image.putdata(colours)
    pixels = read_picture(saved(tmp_path_factory.getbasetemp(), image))
    assert pixels.inks == "cmyk"
    for x, colour in enumerate(colours):
        assert inks_at(pixels, x, 0) == near(*of_rgb(*colour), off=1)
        if len(set(colour)) == 1:
            assert inks_at(pixels, x, 0) == (0, 0, 0, 255 - colour[0])


def test_a_tall_picture_is_converted_row_by_row_without_a_gap(tmp_path):
    image = Image.new("RGB", (1, 700))
    image.putdata([(255, row % 256, row // 3) for row in range(700)])
    pixels = read_picture(saved(tmp_path, image))
    assert all(inks_at(pixels, 0, y) == near(*of_rgb(255, y % 256, y // 3), off=1) for y in range(0, 700, 7))


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P"])
@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg"])
def test_grey_pictures_stay_on_black_alone_in_whatever_mode_they_come(tmp_path, mode, name, press):
    if (mode, name) in {("1", "a.jpg"), ("P", "a.jpg")}:
        mode = "L"
    image = Image.new("L", (16, 8), 255)
    image.paste(0, (0, 0, 8, 8))
    for options in ({}, {"profile": press}, {"convert": False}, {"inks": "rgb"}):
        pixels = read_picture(saved(tmp_path, image.convert(mode), name), **options)
        assert pixels.inks == "grey"
        assert (inks_at(pixels, 0, 0), inks_at(pixels, 15, 7)) == ((0,), (255,))


def test_sixteen_bits_of_grey_become_eight(tmp_path):
    image = Image.new("I;16", (2, 1))
    image.putpixel((0, 0), 0x8000)
    image.putpixel((1, 0), 0xFFFF)
    pixels = read_picture(saved(tmp_path, image))
    assert (inks_at(pixels, 0, 0), inks_at(pixels, 1, 0)) == ((0x80,), (0xFF,))


@pytest.mark.parametrize("options", [{}, {"compression": "tiff_lzw"}, {"compression": "jpeg", "quality": 98}])
def test_four_inks_of_a_tiff_are_kept(tmp_path, options, press):
    path = saved(tmp_path, Image.new("CMYK", (16, 16), ORANGE_CMYK), "a.tif", **options)
    for given_options in ({}, {"profile": press}, {"convert": False}, {"inks": "rgb"}):
        pixels = read_picture(path, **given_options)
        assert pixels.inks == "cmyk"
        assert inks_at(pixels, 8, 8) == near(*ORANGE_CMYK)


def test_four_inks_of_a_jpeg_are_kept_whether_adobe_turned_them_over_or_not(tmp_path):
    image = Image.new("CMYK", (16, 16), ORANGE_CMYK)
    path = saved(tmp_path, image, "a.jpg", quality=98)
    assert b"Adobe" in path.read_bytes()
    assert inks_at(read_picture(path), 8, 8) == near(*ORANGE_CMYK)
    # Without Adobe's marker, 255 is full ink; Pillow writes 0 for it.
    upright = saved(tmp_path, ImageChops.invert(image), "b.jpg", quality=98)
    data = upright.read_bytes()
    start = data.index(b"\xff\xee")
    end = start + 2 + struct.unpack_from(">H", data, start + 2)[0]
    upright.write_bytes(data[:start] + data[end:])
    assert inks_at(read_picture(upright), 8, 8) == near(*ORANGE_CMYK)


@pytest.mark.parametrize("ground", [WHITE, BRAND, parse_ink("#ffcc00"), parse_ink("spot(Gold; 10 30 80 0)")])
def test_what_shows_through_lies_on_the_inks_of_the_ground(tmp_path, ground):
    image = Image.new("RGBA", (3, 1), (*RED, 255))
    image.putpixel((1, 0), (*BLUE, 0))
    image.putpixel((2, 0), (*RED, 128))
    pixels = read_picture(saved(tmp_path, image), ground=ground)
    behind, above = [round(share * 255) for share in ground.cmyk], of_rgb(*RED)
    assert inks_at(pixels, 0, 0) == near(*above)
    assert inks_at(pixels, 1, 0) == tuple(behind)
    half = [(one + other) / 2 for one, other in zip(above, behind, strict=True)]
    assert inks_at(pixels, 2, 0) == near(*half)


@pytest.mark.parametrize(
    ("ground", "inks", "kind", "clear"),
    [
        (WHITE, "cmyk", "grey", (255,)),
        (parse_ink("#808080"), "cmyk", "grey", (128,)),
        (BRAND, "cmyk", "cmyk", (255, 153, 0, 51)),
        (parse_ink("#ff8000"), "rgb", "rgb", (255, 128, 0)),
    ],
)
def test_a_black_logo_stays_grey_unless_the_ground_has_a_colour(tmp_path, ground, inks, kind, clear):
    # What is not seen at all may have any colour.
    image = Image.new("RGBA", (2, 1), (0, 0, 0, 255))
    image.putpixel((1, 0), (*GREEN, 0))
    pixels = read_picture(saved(tmp_path, image), ground=ground, inks=inks, convert=False)
    assert pixels.inks == kind
    assert inks_at(pixels, 1, 0) == clear
    assert inks_at(pixels, 0, 0) == {"grey": (0,), "cmyk": (0, 0, 0, 255), "rgb": (0, 0, 0)}[kind]


def test_an_alpha_channel_that_hides_nothing_does_not_count(tmp_path):
    pixels = read_picture(saved(tmp_path, Image.new("RGBA", (2, 1), (0, 0, 0, 255))), ground=BRAND)
    assert (pixels.inks, inks_at(pixels, 0, 0)) == ("grey", (0,))


def test_a_palette_with_a_clear_colour_is_laid_on_the_ground(tmp_path):
    image = Image.new("P", (2, 1))
    image.putpalette([*RED, *BLUE])
    image.putpixel((1, 0), 1)
    pixels = read_picture(saved(tmp_path, image, transparency=1), ground=BRAND)
    assert inks_at(pixels, 0, 0) == near(*of_rgb(*RED))
    assert inks_at(pixels, 1, 0) == (255, 153, 0, 51)


@pytest.mark.parametrize(
    # Where the top left corner goes, as the table of Exif says it.
    ("orientation", "corner"),
    [(1, (0, 0)), (2, (3, 0)), (3, (3, 1)), (4, (0, 1)), (5, (0, 0)), (6, (1, 0)), (7, (1, 3)), (8, (0, 3))],
)
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_pictures_stand_upright(tmp_path, orientation, corner, name):
    image = Image.new("RGB", (4, 2), BLUE)
    image.putpixel((0, 0), RED)
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = read_picture(saved(tmp_path, image, name, exif=exif))
    assert (pixels.width_px, pixels.height_px) == ((4, 2) if orientation < 5 else (2, 4))
    assert inks_at(pixels, *corner) == near(*of_rgb(*RED))


@pytest.mark.parametrize(
    ("orientation", "room", "size"),
    [
        (1, None, (1000, 500)),
        (1, (10, 5), (178, 89)),
        (1, (10, 10), (355, 178)),
        (6, (5, 10), (89, 178)),
        (1, (1000, 500), (1000, 500)),
    ],
)
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_no_picture_is_finer_than_450_pixels_an_inch_where_it_stands(tmp_path, orientation, room, size, name):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, Image.new("RGB", (1000, 500), RED), name, exif=exif)
    pixels = read_picture(path, room_mm=room)
    assert (pixels.width_px, pixels.height_px) == pytest.approx(size, abs=1)
    assert inks_at(pixels, 40, 40) == near(*of_rgb(*RED))


def test_colours_go_by_way_of_the_profile(tmp_path, press):
    image = Image.new("RGB", (len(SHADES), 1))
    image.putdata(list(SHADES))
    pixels = read_picture(saved(tmp_path, image), profile=press)
    for x, (colour, lightness) in enumerate(SHADES.items()):
        assert inks_at(pixels, x, 0) == near(0, 0, 0, round(255 * (1 - lightness / 100)), off=4), colour


# Lightness (CIE L*, adapted to D50) of colours of sRGB.
SHADES = {RED: 54.3, GREEN: 87.8, BLUE: 29.6, (255, 255, 0): 97.6, (255, 255, 255): 100.0}


def test_greys_of_flat_artwork_stay_as_they_are_and_those_of_photographs_do_not(tmp_path, press):
    flat = Image.new("RGB", (3, 1), RED)
    flat.putpixel((0, 0), (0, 0, 0))
    flat.putpixel((1, 0), (119, 119, 119))
    pixels = read_picture(saved(tmp_path, flat), profile=press)
    assert inks_at(pixels, 0, 0) == (0, 0, 0, 255)
    assert inks_at(pixels, 1, 0) == (0, 0, 0, 136)
    photograph = Image.new("RGB", (100, 100))
    photograph.putdata([(value % 256, value // 256, 128) for value in range(10_000)])
    photograph.putpixel((0, 0), (119, 119, 119))
    pixels = read_picture(saved(tmp_path, photograph), profile=press)
    assert inks_at(pixels, 0, 0) == near(0, 0, 0, 127, off=3)


def test_dark_colours_are_spread_over_what_the_press_can_print(tmp_path):
    # Its darkest is a lightness of 20, which black stands for; what is nearly black has some white of paper in it.
    pale = table(4, 3, lambda c, m, y, k: (255 - 204 * k, 128, 128))
    (tmp_path / "pale.icc").write_bytes(profile(tags=black_press() | {b"A2B0": pale}))
    path = saved(tmp_path, Image.new("RGB", (1, 1), (30, 0, 0)))
    assert inks_at(read_picture(path, profile=read_profile(tmp_path / "pale.icc")), 0, 0)[3] < 220


def test_a_profile_that_lies_about_its_tables_is_refused_when_colours_need_it(tmp_path):
    (tmp_path / "bad.icc").write_bytes(profile(tags=black_press() | {b"B2A0": b"mft1" + b"\0" * 60}))
    bad = read_profile(tmp_path / "bad.icc")
    path = saved(tmp_path, Image.new("RGB", (2, 2), RED))
    with pytest.raises(Invalid, match='icc: "Black press" is damaged'):
        read_picture(path, profile=bad)


def swapped_srgb() -> bytes:
    """sRGB with red and green the other way round."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    places = {}
    for number in range(struct.unpack_from(">I", data, 128)[0]):
        name, start, size = struct.unpack_from(">4sII", data, 132 + 12 * number)
        places[name] = slice(start, start + size)
    red, green = places[b"rXYZ"], places[b"gXYZ"]
    data[red], data[green] = data[green], data[red]
    return bytes(data)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_the_profile_in_a_picture_says_what_its_colours_are(tmp_path, name, press):
    path = saved(tmp_path, Image.new("RGB", (16, 16), RED), name, icc_profile=swapped_srgb())
    assert inks_at(read_picture(path), 8, 8) == near(*of_rgb(*GREEN), off=4)
    assert inks_at(read_picture(path, inks="rgb"), 8, 8) == near(*GREEN, off=4)
    assert inks_at(read_picture(path, profile=press), 8, 8) == near(0, 0, 0, 31, off=5)


@pytest.mark.parametrize("embedded", [b"no profile", profile(), swapped_srgb()[:300]])
def test_a_profile_in_a_picture_that_is_of_no_use_is_passed_over(tmp_path, embedded):
    path = saved(tmp_path, Image.new("RGB", (2, 2), RED), icc_profile=embedded)
    assert inks_at(read_picture(path), 0, 0) == near(*of_rgb(*RED))


def test_rgb_stays_rgb_for_office_printers(tmp_path):
    pixels = read_picture(saved(tmp_path, Image.new("RGB", (2, 2), RED)), inks="rgb", convert=False)
    assert (pixels.inks, inks_at(pixels, 1, 1)) == ("rgb", RED)


def drawing(tmp_path: Path, colour: str) -> Path:
    path = tmp_path / "logo.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10">'
        f'<rect width="10" height="10" fill="{colour}"/><rect x="10" width="10" height="10" fill="#000"/></svg>'
    )
    return path


def test_a_drawing_stays_a_drawing_and_its_colours_go_by_way_of_the_profile(tmp_path, press):
    path = drawing(tmp_path, "#f00")
    plain = read_picture(path)
    assert isinstance(plain, Vectors)
    assert (plain.width, plain.height) == (20, 10)
    assert [fill.paint.cmyk for fill in plain.fills] == [(0, 1, 1, 0), (0, 0, 0, 1)]
    pressed = read_picture(path, profile=press)
    assert [fill.paint.rgb for fill in pressed.fills] == [RED, (0, 0, 0)]
    assert pressed.fills[0].paint.cmyk == pytest.approx((0, 0, 0, 1 - 0.543), abs=0.02)
    assert pressed.fills[1].paint.cmyk == (0, 0, 0, 1)
    assert read_picture(path, profile=press, inks="rgb", convert=False) == plain


def test_blends_of_a_drawing_go_by_way_of_the_profile_too(tmp_path, press):
    path = tmp_path / "blend.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><linearGradient id="g">'
        '<stop offset="0" stop-color="#f00"/><stop offset="1" stop-color="#000"/></linearGradient>'
        '<rect width="10" height="10" fill="url(#g)"/></svg>'
    )
    (fill,) = read_picture(path, profile=press).fills
    (_, first), (_, last) = fill.paint.stops
    assert first.cmyk == pytest.approx((0, 0, 0, 1 - 0.543), abs=0.02)
    assert last.cmyk == (0, 0, 0, 1)


def test_rgb_with_colours_is_refused_by_name_where_it_must_not_be_converted(tmp_path):
    for path in (saved(tmp_path, Image.new("RGB", (2, 2), RED), "menu.png"), drawing(tmp_path, "#f00")):
        with pytest.raises(Invalid, match=f'logo: "{path.name}" .*RGB.*--convert-rgb') as refused:
            read_picture(path, convert=False, field="logo")
        assert refused.value.problems[0].field == "logo"
    assert read_picture(drawing(tmp_path, "#777"), convert=False)


def header_of_a_bomb(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and has no pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = b""
    for name, data in ((b"IHDR", head), (b"IDAT", b"")):
        chunks += struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (header_of_a_bomb(8001, 8000), r"8,001 x 8,000 pixels.*64 million"),
        (header_of_a_bomb(10_000, 10_000), r"10,000 x 10,000 pixels"),
        (header_of_a_bomb(50_000, 50_000), "too many pixels"),
        (b"GIF89a" + b"\0" * 40, "no picture that can be printed.*PNG, JPEG, TIFF or SVG"),
        (b"%PDF-1.7", "no picture that can be printed"),
        (b"", "no picture that can be printed"),
        (b"<svg", '"x.png", line 1'),
        (b"\xef\xbb\xbf<html/>", '"x.png", image: It is not an SVG file'),
    ],
)
def test_what_is_no_picture_or_far_too_large_is_refused_before_it_is_decoded(tmp_path, data, told):
    assert MAX_PIXELS == 64_000_000
    path = tmp_path / "x.png"
    path.write_bytes(data)
    with pytest.raises(Invalid, match=told):
        read_picture(path)


@pytest.mark.parametrize("mode", ["LAB", "F", "I"])
def test_pixels_that_are_neither_inks_nor_light_are_refused(tmp_path, mode):
    with pytest.raises(Invalid, match=f"pixels of an unusual kind .{mode}"):
        read_picture(saved(tmp_path, Image.new(mode, (4, 4)), "a.tif"))


def test_files_that_cannot_be_read_or_are_too_large_are_refused(tmp_path, monkeypatch):
    with pytest.raises(Invalid, match=r'"none\.png" cannot be read'):
        read_picture(tmp_path / "none.png")
    monkeypatch.setattr("scanly.press.pictures.reading.MAX_BYTES", 50)
    with pytest.raises(Invalid, match="larger than"):
        read_picture(saved(tmp_path, Image.new("RGB", (9, 9), RED)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_damaged_files_are_refused_or_read_and_never_break_anything(tmp_path_factory, kind, data):
    buffer = io.BytesIO()
    Image.radial_gradient("L").resize((40, 40)).convert("RGB").save(buffer, kind)
    whole = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    try:
        pixels = read_picture(path)
    except Invalid:
        return
    assert isinstance(pixels, Pixels)


def test_a_sound_picture_with_broken_notes_of_the_camera_is_read(tmp_path):
    path = saved(tmp_path, Image.new("RGB", (16, 16), RED), "a.jpg", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert inks_at(read_picture(path), 8, 8) == near(*of_rgb(*RED))
