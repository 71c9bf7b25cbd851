import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from tests.qr.any_style import any_style

from scanly.qr.artwork import Artwork, Bitmap
from scanly.qr.encoding import encode
from scanly.qr.looks.compose import compose
from scanly.qr.style import Style
from scanly.qr.writers import svg

SYMBOL = encode("https://go.example.com/AbC1234")
SVG = "{http://www.w3.org/2000/svg}"


def modules_of(path: str, outer: int) -> set[tuple[int, int]]:
    """The unit squares that a path of "Mx yhNv1h-Nz" rectangles covers; fails on overlaps."""
    covered: set[tuple[int, int]] = set()
    for part in path.removesuffix("z").split("zM" if "zM" in path else "z"):
        start, _, rest = part.removeprefix("M").partition("h")
        x, y = map(int, start.split())
        width = int(rest.split("v")[0])
        assert rest == f"{width}v1h-{width}"
        squares = {(x + step, y) for step in range(width)}
        assert not squares & covered
        assert x + width <= outer
        covered |= squares
    return covered


def test_the_path_covers_exactly_the_dark_modules():
    root = ET.fromstring(svg.write(compose(SYMBOL, Style())))
    ground, dark = root.findall(f"{SVG}path")
    expected = {(x + 4, y + 4) for y, row in enumerate(SYMBOL.rows) for x, value in enumerate(row) if value}
    assert modules_of(dark.attrib["d"], 37) == expected
    assert (ground.attrib["d"], ground.attrib["fill"]) == ("M0 0h37v37h-37z", "#ffffff")


def test_size_is_in_millimetres_and_the_grid_in_modules():
    root = ET.fromstring(svg.write(compose(SYMBOL, Style(size_mm=25.4, quiet_zone_modules=2))))
    assert (root.attrib["width"], root.attrib["height"]) == ("25.4mm", "25.4mm")
    assert root.attrib["viewBox"] == "0 0 33 33"
    assert root.attrib["shape-rendering"] == "crispEdges"


def test_no_ground_is_drawn_when_light_is_none():
    root = ET.fromstring(svg.write(compose(SYMBOL, Style(dark="#1b4d3e", light="none"))))
    assert [path.attrib["fill"] for path in root.findall(f"{SVG}path")] == ["#1b4d3e"]


@pytest.mark.parametrize("title", ["</title><script>&amp;", "a\x00b\x1b\ud800\ufffe", "क्‍ष"])
def test_any_title_leaves_the_file_well_formed(title):
    root = ET.fromstring(svg.write(compose(SYMBOL, Style(), title=title)))
    shown = "".join(char for char in title if char not in "\x00\x1b\ud800\ufffe")
    assert root.findtext(f"{SVG}title") == shown
    assert root.find(f".//{SVG}script") is None


def test_parts_of_one_gradient_share_one_definition():
    style = Style(dark="linear(30, #003366, #102040, #663399)", module_shape="dots", eye_shape="rounded")
    root = ET.fromstring(svg.write(compose(SYMBOL, style)))
    (gradient,) = root.findall(f"{SVG}defs/{SVG}linearGradient")
    assert [stop.attrib["stop-color"] for stop in gradient] == ["#003366", "#102040", "#663399"]
    assert [stop.attrib["offset"] for stop in gradient] == ["0", "0.5", "1"]
    fills = [path.attrib["fill"] for path in root.findall(f"{SVG}path")]
    assert fills == ["#ffffff", *[f"url(#{gradient.attrib['id']})"] * 3]


def test_a_look_with_curves_is_not_forced_onto_pixels():
    assert b"crispEdges" not in svg.write(compose(SYMBOL, Style(module_shape="rounded")))


def test_numbers_are_short():
    drawn = svg.write(compose(SYMBOL, Style(module_shape="dots", eye_shape="circle"))).decode()
    assert not re.search(r"[0-9]\.[0-9]{4}", drawn.split("viewBox")[1])
    assert len(drawn) < 100 * sum(map(sum, SYMBOL.rows))


def test_drawings_in_one_page_do_not_take_each_others_gradients():
    def names(dark: str) -> set[str]:
        root = ET.fromstring(
            svg.write(compose(SYMBOL, Style(dark=dark, eye_colour="radial(#000000, #003366)")))
        )
        found = {each.attrib["id"] for each in root.iter() if "id" in each.attrib}
        assert {each.attrib["fill"] for each in root.iter(f"{SVG}path")} == {
            "#ffffff",
            *(f"url(#{one})" for one in found),
        }
        return found

    one, same, other = (names(f"linear(0, #000000, {last})") for last in ("#003366", "#003366", "#330066"))
    assert one == same
    assert len(one | other) == 3  # the eyes' is the same


@settings(max_examples=40, deadline=None)
@given(any_style())
def test_no_look_refers_to_anything_outside_the_file(style):
    drawn = svg.write(compose(SYMBOL, style, title="A & B")).decode()
    root = ET.fromstring(drawn)
    assert re.findall(r"[a-z]+://[^\" ]+", drawn) == ["http://www.w3.org/2000/svg"]
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
        *("svg", "title", "defs", "linearGradient", "radialGradient", "stop", "path", "rect")
    }
    referred = set(re.findall(r"url\(#([^)]+)\)", drawn))
    assert referred == {each.attrib["id"] for each in root.iter() if "id" in each.attrib}


def test_round_corners_are_smooth_though_the_modules_are_square():
    assert b"crispEdges" not in svg.write(compose(SYMBOL, Style(corner_radius_modules=3)))


def test_a_picture_is_within_the_file_in_the_way_that_old_programs_know():
    """SVG 1.1 has `xlink:href`; a mere `href` is of SVG 2, and design programs leave its picture out."""
    picture = Bitmap(b"\x89PNG", 1, 2, 3, 4.5)
    root = ET.fromstring(svg.write(Artwork(9, 9, 1.0, None, (picture,))))
    (image,) = root
    assert image.attrib["{http://www.w3.org/1999/xlink}href"] == "data:image/png;base64,iVBORw=="
    assert [image.attrib[name] for name in ("x", "y", "width", "height")] == ["1", "2", "3", "4.5"]
