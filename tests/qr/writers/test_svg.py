import re
from xml.etree import ElementTree as ET

import pytest

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
