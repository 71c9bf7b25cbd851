"""Own templates: what is read, how it is drawn, and every fault with its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.press.labels.rows import row
from tests.press.pages import METADATA, written

from scanly.core.errors import Invalid, NotFound
from scanly.press.labels.template import Template, find_template, read_template, templates, turned_room
from scanly.press.labels.template_file import read
from scanly.press.page import Barcode, Box, Code, Group, Item, Page, Placed, Shape, Stroke, Words, bounds
from scanly.press.pdf.document import Finish
from scanly.press.pictures.picture import Pixels, Vectors
from scanly.press.preflight import Expectation, check_pdf
from scanly.qr.extent import extent
from scanly.qr.ink import BLACK, WHITE, parse_ink

HEAD = """\
template: shelf
title: Shelf
page: {width: 90, height: 40}
bleed: 3
example: {name: Honey, price: "3.50", gtin: "4006381333931", photo: a.png, manual: "https://a.example"}
elements:
"""
PHOTO = Pixels(b"", 40, 20, "grey")


def made(*elements: str, head: str = HEAD, file: Path = Path("own.yaml")) -> Template:
    return read(head + "".join(f"  - {element}\n" for element in elements), file)


def flat(items) -> list[Item]:
    return [each for item in items for each in (flat(item.items) if isinstance(item, Group) else [item])]


def faults(*elements: str, head: str = HEAD) -> list[str]:
    with pytest.raises(Invalid) as caught:
        made(*elements, head=head)
    return [str(problem) for problem in caught.value.problems]


def test_every_kind_of_element_is_drawn_where_it_is_put():
    template = made(
        "box: {x: -3, y: -3, width: 96, height: 10, fill: '#ffd100'}",
        "code: {x: 60, y: 10, size: 25}",
        "text: {x: 4, y: 10, width: 50, height: 8, text: '{name}', size: 14}",
        "image: {x: 4, y: 20, width: 20, height: 10, file: '{photo}'}",
        "barcode: {x: 25, y: 20, width: 34, height: 15, kind: ean13, text: '{gtin}'}",
        "line: {x1: 4, y1: 38, x2: 58, y2: 38, dash: [1, 1]}",
    )
    items = flat(
        template.draw(
            row("menu", lambda name, room: PHOTO, name="Honey", gtin="4006381333931", photo="a.png")
        )
    )
    kinds = [type(item) for item in items]
    assert [kind for kind in kinds if kind is not Words] == [Shape, Code, Placed, Barcode, Shape]
    code = next(item for item in items if isinstance(item, Code))
    assert (code.box.x, code.box.y, code.box.right, code.content) == (60, 10, pytest.approx(85), b"menu")
    text = bounds((items[2],))
    assert text and Box(4, 10, 50, 8).holds(text)
    barcode = next(item for item in items if isinstance(item, Barcode))
    assert Box(25, 20, 34, 15).holds(barcode.box)
    assert next(item.box for item in items if isinstance(item, Placed)) == Box(4, 20, 20, 10)
    assert template.columns == {"name", "gtin", "photo"}


def test_lines_and_boxes_are_drawn_as_they_are_described():
    template = made(
        "line: {x1: 40, y1: 5, x2: 4, y2: 8, width: 0.5, colour: 'cmyk(0 100 0 0)', dash: [2, 1.5]}",
        "box: {x: 4, y: 10, width: 20, height: 10, radius: 50, fill: '#fff', stroke: '#000', line: 0.4, dash: 1}",
    )
    line, box = flat(template.draw(row()))
    assert isinstance(line, Shape) and isinstance(box, Shape)
    assert line.path.segments == (("M", 40, 5), ("L", 4, 8))
    assert line.stroke == Stroke(parse_ink("cmyk(0 100 0 0)"), 0.5, (2, 1.5))
    assert (box.fill, box.stroke) == (WHITE, Stroke(BLACK, 0.4, (1,)))
    assert extent(box.path) == (4, 10, 24, 20)
    # A radius is at most half of the shorter side.
    assert ("L", 19, 10) in box.path.segments


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_what_is_turned_stays_in_its_box_and_reads_clockwise(turn: int):
    template = made(
        f"text: {{x: 5, y: 5, width: 30, height: 30, text: '{{name}}', size: 9, upright: top, turn: {turn}}}"
    )
    items = template.draw(row(name="Honey"))
    found = bounds(items)
    assert found and Box(5, 5, 30, 30).holds(found, slack_mm=1e-3)
    # Text that starts at the upper left stands, turned clockwise, at the upper right, lower right, lower left.
    corner = {0: (5, 5), 90: (35, 5), 180: (35, 35), 270: (5, 35)}[turn]
    nearest_x = min((found.x, found.right), key=lambda x: abs(x - corner[0]))
    nearest_y = min((found.y, found.bottom), key=lambda y: abs(y - corner[1]))
    assert (nearest_x, nearest_y) == (pytest.approx(corner[0], abs=1), pytest.approx(corner[1], abs=1))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_room_covers_just_its_box(turn):
    box = Box(3, 7, 20, 10)
    room, matrix = turned_room(box, turn)
    found = room.transformed(matrix)
    assert (found.x, found.y, found.width, found.height) == pytest.approx((3, 7, 20, 10))
    a, b, c, d, _, _ = matrix
    assert a * d - b * c == 1


def test_an_element_with_when_is_drawn_only_for_rows_that_have_it():
    template = made("line: {x1: 1, y1: 1, x2: 9, y2: 1, when: '{price}'}")
    assert template.draw(row(price="3")) != ()
    assert template.draw(row(price=" ")) == ()
    assert template.draw(row()) == ()


def test_what_is_the_same_on_every_label_is_one_object_and_keeps_its_place_in_the_painting():
    template = made(
        "box: {x: 0, y: 0, width: 90, height: 40, fill: '#eeeeee'}",
        "text: {x: 4, y: 4, width: 50, height: 8, text: always, size: 14}",
        "text: {x: 4, y: 14, width: 50, height: 8, text: '{name}', size: 14}",
        "line: {x1: 4, y1: 38, x2: 58, y2: 38}",
    )
    first, second = (template.draw(row(name=name)) for name in ("a", "b"))
    assert [type(item) for item in first] == [Group, Words, Group]
    assert first[0] is second[0] and first[2] is second[2]
    assert all(isinstance(item, Group) and item.repeats for item in (first[0], first[2]))
    assert [type(item) for item in flat(first)] == [Shape, Words, Words, Shape]
    assert first[1] != second[1]


def test_a_fixed_picture_is_read_anew_for_another_job(tmp_path: Path):
    (tmp_path / "logo.png").touch()
    template = made("image: {x: 4, y: 4, width: 20, height: 10, file: logo.png}", file=tmp_path / "own.yaml")
    asked: list[str] = []

    def reader(name: str, _room: Box) -> Pixels:
        asked.append(name)
        return PHOTO

    def other(name: str, _room: Box) -> Pixels:
        return Pixels(b"", 10, 10, "cmyk")

    one, same = template.draw(row("x", reader)), template.draw(row("y", reader))
    assert one == same
    assert asked == [str(tmp_path / "logo.png")]
    assert template.draw(row("x", other)) != one


def test_a_picture_fills_its_box_only_when_it_is_asked_to():
    photo = Vectors((), 40, 20)
    for fit in ("contain", "cover"):
        template = made(f"image: {{x: 4, y: 4, width: 20, height: 20, file: '{{photo}}', fit: {fit}}}")
        (placed,) = template.draw(row("x", lambda name, room: photo, photo="a.svg"))
        assert isinstance(placed, Placed) and isinstance(placed.picture, Vectors)
        assert (placed.box.height, placed.picture.width) == ((10, 40) if fit == "contain" else (20, 20))


def test_a_code_may_say_something_else_and_look_its_own_way():
    template = made(
        "code: {x: 5, y: 5, size: 25, content: '{manual}'}",
        "code: {x: 45, y: 5, size: 25, style: forest, light: '#ffffee'}",
    )
    manual, own = (item for item in template.draw(row("menu", manual="tel:1")) if isinstance(item, Code))
    assert manual.content == b"tel:1"
    assert own.content == b"menu"
    assert own.artwork.ground and own.artwork.ground.hex == "#ffffee"
    assert [item.content for item in template.draw(row("menu")) if isinstance(item, Code)] == [b"menu"]


def test_a_row_that_does_not_fit_is_refused_by_the_name_of_the_element():
    template = made(
        "code: {x: 60, y: 5, size: 25}", "text: {x: 4, y: 4, width: 12, height: 8, text: '{name}', size: 14}"
    )
    with pytest.raises(Invalid, match=r"elements\[2\]\.text: .*about \d+ fit"):
        template.draw(row(name="Extraordinary"))


def test_columns_that_a_file_does_not_have_are_named_all_at_once_with_their_lines():
    template = made(
        "text: {x: 4, y: 4, width: 50, height: 8, text: '{name} {price}', size: 14}",
        "box: {x: 4, y: 4, width: 5, height: 8, fill: '#000', when: '{photo}'}",
    )
    template.require(("Name", "PRICE", "photo"))
    with pytest.raises(Invalid) as caught:
        template.require(("name", "prices"))
    first, second = map(str, caught.value.problems)
    assert first.startswith(
        'own.yaml, line 7, column 52, elements[1].text.text: names "price", which is not a column. Did you mean'
    )
    assert second.startswith('own.yaml, line 8, column 64, elements[2].box.when: names "photo"')


CASES = {
    "no template": ("template: a", ["title: is missing", "page: is missing", "elements: is missing"]),
    "a list": ("- a", ["It is no template. Begin with: template: shelf-label"]),
    "other words": (
        HEAD.replace("title", "titel"),
        ['titel: is not known here. Did you mean "title"?', "title: is missing"],
    ),
    "a name with spaces": (HEAD.replace(": shelf", ": My Shelf"), ['"My Shelf" cannot be a name']),
    "a page too small": (HEAD.replace("90", "2"), ["page.width: 2 mm is not between 5 and 2000. Use 5."]),
    "inches": (HEAD.replace("90", "4in"), ['page.width: "4in" is not a number of mm']),
    "an amount": (
        HEAD.replace('"3.50"', "3.50"),
        ['example.price: "3.5" must be a text. Put it between quotes.'],
    ),
    "another shape": (
        HEAD.replace("40}", "40, shape: oval}"),
        ['page.shape: "oval" is not one of them. There are rect, round.'],
    ),
}


@pytest.mark.parametrize(("head", "words"), CASES.values(), ids=CASES.keys())
def test_what_is_wrong_with_the_file_is_said(head: str, words: list[str]):
    found = "\n".join(
        faults("code: {x: 5, y: 5, size: 25}", head=head)
        if head == HEAD or "elements" in head
        else faults(head=head)
    )
    assert all(word in found for word in words), found


ELEMENTS = [
    (
        "cod: {x: 5, y: 5, size: 25}",
        'line 7, column 5, elements[1].cod: is not an element. Did you mean "code"?',
    ),
    ("code", "line 7, column 5, elements[1]: must be one element."),
    ("code: 5", "elements[1].code: must have parts. There are x, y, size"),
    (
        "code: {x: 5, y: 5}",
        "line 7, column 11, elements[1].code.size: is missing. Width from edge to edge, in mm.",
    ),
    (
        "code: {x: 5, y: 5, size: 5}",
        "line 7, column 30, elements[1].code.size: 5 mm is not between 7.25 and 2000. Use 7.25.",
    ),
    (
        "code: {x: 70, y: 5, size: 25}",
        "elements[1].code: reaches to x = 95, and the page is 90 mm wide. End it at 90 or before.",
    ),
    ("code: {x: 5, y: -1, size: 25}", "begins at y = -1, beyond the edge. Begin it at 0 or after."),
    (
        "box: {x: 70, y: 5, width: 25, height: 5, fill: '#000'}",
        "the page is 90 mm wide with a bleed of 3. End it at 93",
    ),
    ("box: {x: 7, y: 5, width: 25, height: 5}", "elements[1].box.fill: is missing, and so is stroke."),
    ("box: {x: 7, y: 5, width: 25, height: 5, fill: redd}", '"redd" is not a colour. Write it as #rrggbb'),
    ("line: {x1: 7, y1: 5, x2: 25, y2: 5, dash: [1, x]}", 'dash[2]: "x" is not a number of mm'),
    ("line: {x1: 7, y1: 5, x2: 25, y2: true}", 'y2: "True" is not a number of mm'),
    ("text: {x: 5, y: 5, width: 9, height: 9, size: 12}", "elements[1].text.text: is missing. What it says"),
    ("text: {x: 5, y: 5, width: 9, height: 9, size: 12, text: '{name'}", "text: is not a template"),
    ("text: {x: 5, y: 5, width: 9, height: 9, size: 12, text: '{nam}'}", "example: has no cell for nam."),
    (
        "text: {x: 5, y: 5, width: 9, height: 9, size: 12, text: a, lines: 0}",
        '"0" is not a whole number from 1 to 50',
    ),
    ("text: {x: 5, y: 5, width: 9, height: 9, size: 12, text: a, wieght: bold}", 'Did you mean "weight"?'),
    ("text: {x: 5, y: 5, width: 9, height: 9, size: 12, text: a, turn: 45}", "There are 0, 90, 180, 270."),
    (
        "text: {x: 5, y: 5, width: 9, height: 9, size: 12, text: a, font: no.ttf}",
        '"no.ttf" is not beside the template',
    ),
    (
        "image: {x: 5, y: 5, width: 9, height: 9, file: no.svg}",
        'line 7, column 52, elements[1].image.file: "no.svg" is not',
    ),
    (
        "barcode: {x: 5, y: 5, width: 9, height: 9, kind: ean31, text: '{gtin}'}",
        'kind: "ean31" is not one of them. Did you mean',
    ),
    (
        "barcode: {x: 5, y: 5, width: 9, height: 9, kind: ean13, text: '{gtin}', digits: no}",
        '"no" is neither true nor false',
    ),
    (
        "code: {x: 5, y: 5, size: 25, style: clasic}",
        'elements[1].code.style: There is no style "clasic". Did you mean "classic"?',
    ),
    (
        "code: {x: 5, y: 5, size: 25, dark: '#ffff00'}",
        "elements[1].code.dark: #ffff00 on #ffffff has a contrast of",
    ),
]


@pytest.mark.parametrize("text", ["a: [", "a: &x 1", "a: 1\na: 2", "a: !tag 1", "\x00"])
def test_what_is_no_plain_yaml_is_refused_with_its_place(text: str):
    with pytest.raises(Invalid, match=r"^own\.yaml, line \d, column \d"):
        read(text, Path("own.yaml"))


@pytest.mark.parametrize(("element", "words"), ELEMENTS)
def test_what_is_wrong_with_an_element_is_said_with_its_place(element: str, words: str):
    (found,) = faults(element)
    assert words in found


def test_all_faults_are_named_at_once_in_the_order_of_the_file():
    found = faults(*(element for element, _ in ELEMENTS))
    lines = [int(fault.split(",")[1].removeprefix(" line ")) for fault in found]
    assert lines == sorted(lines)
    own = [7 + number for number, (_, words) in enumerate(ELEMENTS) if not words.startswith("example")]
    assert {5, *own} <= set(lines)


def test_nothing_that_is_read_reaches_over_a_round_edge():
    head = HEAD.replace("width: 90, height: 40", "width: 60, height: 60, shape: round")
    made(
        "box: {x: -3, y: -3, width: 66, height: 66, fill: '#000'}",
        "code: {x: 15, y: 15, size: 30}",
        head=head,
    )
    (fault,) = faults("code: {x: 2, y: 2, size: 30}", head=head)
    assert fault.endswith(
        "elements[1].code: reaches over the round edge. Make it smaller, or move it to the middle."
    )


CODE = "code: {x: 30, y: 5, size: 20}"
UPON = {
    "text": "text: {x: 5, y: 8, width: 27.5, height: 8, text: a, size: 9}",
    "barcode": "barcode: {x: 5, y: 8, width: 27.5, height: 8, kind: ean8, text: '1234567'}",
    "code": "code: {x: 22.5, y: 8, size: 10}",
    "image": "image: {x: 5, y: 8, width: 27.5, height: 8, file: '{photo}'}",
    "box": "box: {x: 5, y: 8, width: 27.5, height: 8, fill: '#fff'}",
}


@pytest.mark.parametrize("kind", UPON)
def test_nothing_stands_upon_a_code_and_no_text_below_one(kind: str):
    (fault,) = faults(CODE, UPON[kind])
    assert f"elements[2].{kind}: stands upon elements[1].code, so that one of them cannot be read." in fault
    assert fault.endswith("Move them 2.5 mm apart.")
    made(CODE, UPON[kind].replace("x: 5", "x: 2.5").replace("x: 22.5", "x: 20"))
    if kind in ("image", "box"):
        made(UPON[kind], CODE)
    else:
        assert faults(UPON[kind], CODE)


def test_a_frame_round_a_code_and_what_is_only_there_at_times_are_no_fault():
    made(
        CODE,
        "box: {x: 29, y: 4, width: 22, height: 22, stroke: '#000'}",
        "line: {x1: 0, y1: 0, x2: 60, y2: 0}",
    )
    made(CODE, UPON["text"].replace("size: 9", "size: 9, when: '{name}'"))


def test_templates_are_found_by_name_and_one_s_own_come_first(tmp_path: Path):
    assert {"shelf-label", "event-ticket"} <= set(templates())
    own = tmp_path / "shelf-label.yaml"
    own.write_text(HEAD + "  - code: {x: 5, y: 5, size: 25}\n", encoding="utf-8")
    assert templates((tmp_path, tmp_path / "none"))["shelf-label"] == own
    assert find_template("shelf-label", (tmp_path,)).name == "shelf"
    assert find_template(str(own)) == read_template(own)
    with pytest.raises(NotFound, match=r'no template "shelf-lable"\. Did you mean "shelf-label"\?'):
        find_template("shelf-lable")
    with pytest.raises(NotFound, match="cannot be opened"):
        find_template(str(tmp_path / "none.yaml"))
    own.write_bytes(b"\xff\xfe")
    with pytest.raises(Invalid, match="no text in UTF-8"):
        read_template(own)


def test_bars_are_thinner_by_what_the_ink_spreads():
    template = made("barcode: {x: 5, y: 5, width: 40, height: 15, kind: code128, text: '{name}'}")
    merge = row(name="P-1")
    plain, thin = (
        next(
            item
            for item in flat(template.draw(replace(merge, bar_reduction=share)))
            if isinstance(item, Barcode)
        )
        for share in (0, 0.1)
    )
    assert thin.box == plain.box
    assert thin.bars != plain.bars


@pytest.mark.parametrize("name", templates())
def test_a_print_shop_takes_what_comes_along(name: str, tmp_path: Path):
    template, file = find_template(name), tmp_path / "label.pdf"
    items = template.draw(row("menu", lambda name, room: PHOTO, **template.example))
    file.write_bytes(
        written([Page(template.width_mm, template.height_mm, items)], Finish(METADATA, bleed_mm=3))
    )
    report = check_pdf(file, expect=Expectation(coverage_pages=0))
    assert report.ok
    assert {finding.code for finding in report.findings} <= {"near-trim", "code-fine"}
