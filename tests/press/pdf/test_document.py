"""What printers, other programs and people find in a file of the press."""

import io
import zlib
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image, ImageChops
from tests.press.judges import differences, ghostscript, inks
from tests.press.pages import CONTENT, METADATA, PLAIN, code, written

from scanly.core.errors import Invalid
from scanly.press.page import Box, Group, Page, Placed, Shape, Stroke, Words, moved
from scanly.press.pdf.document import Finish
from scanly.press.pdf.marks import LEAST_OFFSET_MM
from scanly.press.pdf.plates import Plates
from scanly.press.pictures.picture import Pixels, Vectors
from scanly.press.render import page_image
from scanly.qr.artwork import Fill
from scanly.qr.ink import BLACK, parse_ink
from scanly.qr.lettering import set_line
from scanly.qr.outline import box, circle
from scanly.qr.proof import verify

MM = 25.4 / 72
SPOT = parse_ink("spot(PANTONE 286 C; 100 66 0 2)")
PAGE = Page(90, 60, (code(10, 10), Words(set_line("Table 4"), 45, 30, 9)))


def opened(data):
    return pikepdf.open(io.BytesIO(data))


def boxes_mm(page):
    names = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox")
    return {name[1:]: [round(float(value) * MM, 3) for value in page.obj[name]] for name in names}


@pytest.mark.parametrize(
    ("bleed", "marks", "margin"), [(0, False, 0), (3, False, 3), (0, True, 9.5), (5, True, 11.5)]
)
def test_every_page_has_its_boxes_one_within_the_other(bleed, marks, margin):
    with opened(written([PAGE, PAGE], replace(PLAIN, bleed_mm=bleed, marks=marks))) as document:
        assert document.check_pdf_syntax() == []
        for page in document.pages:
            found = boxes_mm(page)
            assert found["MediaBox"] == found["CropBox"] == [0, 0, 90 + 2 * margin, 60 + 2 * margin]
            assert found["TrimBox"] == [margin, margin, 90 + margin, 60 + margin]
            assert found["BleedBox"] == [
                margin - bleed,
                margin - bleed,
                90 + margin + bleed,
                60 + margin + bleed,
            ]


def test_black_is_on_one_plate_only(needs):
    assert [page[:3] for page in inks(written([PAGE]), needs)] == [[0, 0, 0]]
    assert inks(written([PAGE]), needs)[0][3] > 0.05


def test_marks_are_on_every_plate_and_outside_of_the_bleed(needs):
    (cyan, magenta, yellow, _) = inks(written([PAGE], replace(PLAIN, marks=True)), needs)[0]
    assert cyan == magenta == yellow > 0
    plain = page_image(written([PAGE]), 1, 300)
    marked = page_image(written([PAGE], replace(PLAIN, marks=True, bleed_mm=3)), 1, 300)
    edge = round(9.5 / 25.4 * 300)
    inner = marked.crop((edge, edge, edge + plain.width, edge + plain.height))
    assert (
        max(high for _, high in ImageChops.difference(plain, inner).getextrema()) < 200
    )  # a shift of half a pixel
    beyond = round((9.5 - LEAST_OFFSET_MM) / 25.4 * 300)
    assert marked.crop((beyond, 0, edge - 1, marked.height)).getextrema() == ((255, 255),) * 3


def test_what_bleeds_reaches_the_bleed_and_not_the_marks():
    page = Page(50, 50, (Shape(box(-20, -20, 90, 90), parse_ink("cmyk(0 100 0 0)")),))
    image = page_image(written([page], replace(PLAIN, bleed_mm=3, marks=True)), 1, 254).convert("RGB")
    white = (255, 255, 255)
    across = [image.getpixel((x, 200)) == white for x in range(image.width)]
    assert across.index(False) == pytest.approx(65, abs=1)  # 9.5 mm - 3 mm at 10 pixels a millimetre
    assert image.width - across[::-1].index(False) == pytest.approx(65 + 560, abs=1)


def test_every_measure_is_kept_within_a_twentieth_of_a_millimetre():
    page = Page(
        100, 80, (Shape(box(12.34, 7.89, 23.45, 34.56), BLACK), moved((code(0, 0, size_mm=30),), 55.5, 40.25))
    )
    image = page_image(written([page]), 1, 600).convert("L").point(lambda value: 255 * (value < 128))
    px = 600 / 25.4
    left, top, right, bottom = (
        edge / px for edge in image.crop((0, 0, round(45 * px), image.height)).getbbox()
    )
    assert (left, top, right, bottom) == pytest.approx((12.34, 7.89, 35.79, 42.45), abs=0.05)
    start = round(45 * px)
    found = image.crop((start, 0, image.width, image.height)).getbbox()
    quiet = 4 * 30 / 37
    assert found[0] / px + start / px == pytest.approx(55.5 + quiet, abs=0.05)
    assert found[3] / px == pytest.approx(40.25 + 30 - quiet, abs=0.05)


def test_a_spot_ink_has_its_own_plate_and_process_plates_stay_empty(tmp_path, needs):
    data = written([Page(60, 60, (code(10, 10, dark="spot(PANTONE 286 C; 100 66 0 2)", light="none"),))])
    assert plates(data, tmp_path, needs) == {"PANTONE 286 C"}


@pytest.mark.parametrize(
    "ink", ["#000000", "#003366", "spot(PANTONE 286 C; 100 66 0 2)", "linear(20, #003366, #663399)"]
)
def test_white_lies_under_everything_without_holes_and_nothing_is_hidden(tmp_path, needs, ink):
    items = (code(10, 10, dark=ink, light="none"), Words(set_line("White"), 12, 50, 9))
    page = Page(60, 60, items, white=box(5, 5, 50, 50))
    data = written([page], replace(PLAIN, plates=Plates("RDG_WHITE")))
    assert verify(data, "pdf", CONTENT).ok
    assert "RDG_WHITE" in plates(data, tmp_path, needs)
    assert levels(tmp_path, "RDG_WHITE", (7, 7, 53, 53)) == (0, 0)


def test_varnish_spares_codes_and_covers_words(tmp_path, needs):
    words = Words(set_line("■"), 45, 50, 20)
    bare = box(5, 5, 50, 50) + box(10, 10, 30, 30)
    page = Page(60, 60, (code(10, 10), words), white=box(5, 5, 50, 50), varnish=bare)
    data = written([page], replace(PLAIN, plates=Plates("White", "Varnish")))
    assert plates(data, tmp_path, needs) == {"Black", "White", "Varnish"}
    assert levels(tmp_path, "Varnish", (11, 11, 39, 39)) == (255, 255)
    assert levels(tmp_path, "Varnish", (42, 42, 54, 54)) == (0, 0)
    assert levels(tmp_path, "White", (6, 6, 54, 54)) == (0, 0)


def test_pictures_print_on_white_as_well(tmp_path, needs):
    red = Pixels(zlib.compress(bytes([0, 255, 255, 0]) * 4), 2, 2, "cmyk")
    grey = Pixels(zlib.compress(bytes([0, 128, 255, 64])), 2, 2, "grey")
    items = (Placed(red, Box(5, 5, 20, 20)), Placed(grey, Box(30, 5, 20, 20)))
    data = written([Page(60, 60, items)], replace(PLAIN, plates=Plates("White")))
    assert plates(data, tmp_path, needs) == {"Magenta", "Yellow", "Black", "White"}
    assert levels(tmp_path, "White", (6, 6, 24, 24)) == levels(tmp_path, "White", (31, 6, 49, 24)) == (0, 0)
    plain = page_image(written([Page(60, 60, items)]), 1, 100)
    assert (
        ImageChops.difference(plain, page_image(data, 1, 100)).convert("L").getextrema()[1] < 40
    )  # grey by way of black


def test_white_and_rgb_do_not_go_together():
    with pytest.raises(Invalid, match="printed by presses"):
        written([PAGE], Finish(METADATA, "rgb", plates=Plates("White")))


def levels(folder, name, box_mm):
    """The least and the most of a plate of 60 mm within a box; 0 is full ink."""
    plate = Image.open(folder / f"plate({name}).tif").convert("L")
    return plate.crop(tuple(round(edge / 60 * plate.width) for edge in box_mm)).getextrema()


def plates(data, folder, needs):
    """Names of the plates that are not empty."""
    ghostscript(data, "-sDEVICE=tiffsep", "-r150", f"-sOutputFile={folder}/plate.tif", program=needs("gs"))
    found = {path.stem[6:-1]: path for path in folder.glob("plate(*).tif")}
    return {name for name, path in found.items() if Image.open(path).convert("L").getextrema()[0] < 255}


def test_small_black_text_overprints_and_nothing_else_does(tmp_path, needs):
    ground = Shape(box(0, 0, 60, 30), parse_ink("cmyk(100 0 0 0)"))
    small, large = Words(set_line("■"), 5, 20, 12), Words(set_line("■"), 35, 20, 13)
    plates(written([Page(60, 30, (ground, small, large))]), tmp_path, needs)
    cyan = Image.open(tmp_path / "plate(Cyan).tif").convert("L")
    left = cyan.crop((0, 0, cyan.width // 2, cyan.height))
    right = cyan.crop((cyan.width // 2, 0, cyan.width, cyan.height))
    assert left.getextrema()[1] < 30
    assert right.getextrema()[1] == 255


def test_no_rgb_is_in_a_file_for_the_press_and_no_ink_in_one_for_the_office():
    colourful = Page(60, 60, (code(10, 10, dark="#003366"), Shape(box(0, 0, 5, 5), parse_ink("#ff8800"))))
    assert operators_of(written([colourful])) & {"rg", "RG", "k", "K"} == {"k"}
    assert operators_of(written([colourful], Finish(replace(METADATA, standard=""), "rgb"))) & {
        "k",
        "K",
        "rg",
    } == {"rg"}


def operators_of(data):
    with opened(data) as document:
        return {str(one.operator) for page in document.pages for one in pikepdf.parse_content_stream(page)}


def test_a_symbol_is_one_path_with_one_fill():
    with opened(written([Page(60, 60, (code(10, 10, light="none"),))])) as document:
        names = [str(one.operator) for one in pikepdf.parse_content_stream(document.pages[0])]
    assert [name for name in names if name != "re"] == ["q", "cm", "q", "q", "cm", "k", "f", "Q", "Q", "Q"]


def test_what_repeats_is_in_the_file_once():
    star = Group(
        (Shape(circle(3, 3, 3), SPOT), Placed(Vectors((Fill(box(0, 0, 1, 1), BLACK),), 1, 1), code().box)),
        repeats=True,
    )
    pages = [Page(60, 60, (moved((star,), x, 5), moved((star,), x, 25))) for x in range(20)]
    with opened(written(pages)) as document:
        forms = {page.Resources.XObject["/X0"].objgen for page in document.pages}
        assert len(forms) == 1
        assert len({page.Resources.objgen for page in document.pages}) == 1
        assert len(document.objects) < 3 * len(pages) + 20


def test_three_renderers_show_the_same_picture(tmp_path, needs):
    gradient = code(10, 10, dark="linear(30, #003366, #663399)", module_shape="dots", eye_shape="rounded")
    words = Words(set_line("Tisch 4 · मेज़ ४ · طاولة"), 8, 50, 14)
    dashes = Shape(circle(70, 30, 12), stroke=Stroke(SPOT, 1.0, (2, 1)))
    page = Page(90, 60, (Shape(box(0, 0, 90, 60), parse_ink("#fff4e0")), gradient, words, dashes))
    data = written([page], replace(PLAIN, bleed_mm=3, marks=True))
    for name, share in differences(data, tmp_path, needs):
        assert share < 0.004, name


def test_the_same_pages_at_the_same_moment_are_the_same_bytes():
    assert written([PAGE]) == written([PAGE])


def test_a_file_reads_as_its_content(tmp_path):
    assert verify(written([PAGE]), "pdf", CONTENT).ok
