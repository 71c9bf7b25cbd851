"""What a page paints: places, inks and sizes through matrices, forms, patterns, clips, layers and text."""

from __future__ import annotations

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.press.preflight.files import FONT, page_of

from scanly.press.preflight.content.interpreter import Interpreter, Library
from scanly.press.preflight.content.marks import Content, Mark
from scanly.press.preflight.content.objects import Identity

PAGE = (0.0, 0.0, 500.0, 500.0)
FORM = "<< /Type /XObject /Subtype /Form /BBox [0 0 100 100] /Matrix [1 0 0 1 10 20] %s >>"


def run(
    content: str | bytes,
    resources: str = "<< >>",
    streams: tuple[tuple[str, bytes], ...] = (),
    hidden: tuple[Identity, ...] = (),
) -> Content:
    pdf = page_of(content, resources, streams=streams)
    page = pdf.pages[0].obj
    return Interpreter(Library(hidden), PAGE).run(page, page.Resources)


def only(content: Content) -> Mark:
    (mark,) = content.marks
    return mark


@pytest.mark.parametrize(
    ("operators", "bounds"),
    [
        ("10 20 30 40 re f", (10, 20, 40, 60)),
        ("40 60 -30 -40 re f", (10, 20, 40, 60)),
        ("2 0 0 3 5 7 cm 10 20 30 40 re f", (25, 67, 85, 187)),
        ("0 1 -1 0 100 0 cm 10 20 30 40 re f", (40, 10, 80, 40)),
        ("q 2 0 0 2 0 0 cm Q 10 20 30 40 re f", (10, 20, 40, 60)),
        ("10 20 m 40 20 l 40 60 l h f", (10, 20, 40, 60)),
        ("4 w 10 20 m 40 20 l S", (8, 18, 42, 22)),
        ("0 0 20 500 re W n 10 20 30 40 re f", (10, 20, 20, 60)),
        ("-50 20 100 40 re f", (0, 20, 50, 60)),
    ],
)
def test_a_shape_is_where_its_matrix_and_clip_leave_it(operators: str, bounds: tuple[float, ...]) -> None:
    assert only(run(operators)).bounds == pytest.approx(bounds)


@given(st.lists(st.sampled_from(["q", "Q", "2 0 0 2 0 0 cm", "1 0 0 rg", "0 0 9 9 re f", "n"]), max_size=40))
@settings(max_examples=60, deadline=None)
def test_what_is_saved_comes_back_however_states_are_nested(operators: list[str]) -> None:
    matrix, states, expected = 1.0, [], []
    for operator in operators:
        if operator == "q":
            states.append(matrix)
        elif operator == "Q":
            matrix = states.pop() if states else matrix
        elif operator.endswith("cm"):
            matrix *= 2
        elif operator.endswith("f"):
            expected.append(min(9 * matrix, 500))
    found = [mark.bounds[2] for mark in run("\n".join(operators)).marks]
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("operators", "inks"),
    [
        ("0.2 g", {"Black": 0.8}),
        ("0 0.5 1 0 k", {"Magenta": 0.5, "Yellow": 1}),
        ("/S cs 0.3 scn", {"Gold": 0.3}),
        ("/N cs 0.3 0 scn", {"Gold": 0.3}),
        ("/I cs 1 scn", {"Magenta": 1}),
        ("/None cs 1 scn", {}),
        ("1 0 0 rg", None),
    ],
)
def test_a_colour_is_told_in_inks(operators: str, inks: dict[str, float] | None) -> None:
    function = "<< /FunctionType 2 /Domain [0 1] /N 1 /C0 [0 0 0 0] /C1 [0 .2 1 0] >>"
    spaces = (
        f"<< /ColorSpace << /S [/Separation /Gold /DeviceCMYK {function}] "
        f"/None [/Separation /None /DeviceCMYK {function}] "
        f"/N [/DeviceN [/Gold /Silver] /DeviceCMYK {function}] "
        "/I [/Indexed /DeviceCMYK 1 <0000000000FF0000>] >> >>"
    )
    found = only(run(f"{operators} 0 0 9 9 re f", spaces)).paint.inks()
    assert found == (pytest.approx(inks) if inks is not None else None)


def test_a_default_space_takes_the_place_of_the_device() -> None:
    resources = "<< /ColorSpace << /DefaultRGB [/ICCBased %0] >> >>"
    mark = only(run("1 0 0 rg 0 0 9 9 re f", resources, (("<< /N 3 >>", b""),)))
    assert mark.paint.space.family == "ICCBased"


def test_forms_are_run_where_they_stand_and_leave_no_trace() -> None:
    inner = (FORM % "", b"1 0 0 rg 0 0 5 5 re f 85 60 50 50 re f")
    outer = (FORM % "/Resources << /XObject << /I %0 >> >>", b"/I Do 0 0 1 1 re f")
    found = run("2 0 0 2 0 0 cm /O Do 0 0 1 1 re f", "<< /XObject << /O %1 >> >>", (inner, outer)).marks
    # The second is cut off by the box of the form that it is in, and that by the box of the outer one.
    assert [mark.bounds for mark in found] == [
        (40, 80, 50, 90),
        (210, 200, 220, 240),
        (20, 40, 22, 42),
        (0, 0, 2, 2),
    ]
    assert [mark.paint.space.kind for mark in found] == ["rgb", "rgb", "grey", "grey"]


def test_forms_that_hold_themselves_end() -> None:
    pdf = page_of("/F Do", "<< /XObject << /F %0 >> >>", streams=((FORM % "", b"/F Do"),))
    page = pdf.pages[0].obj
    page.Resources.XObject.F.Resources = page.Resources
    content = Interpreter(Library(), PAGE).run(page, page.Resources)
    assert [use.code for use in content.uses.values()] == ["forms-too-deep"]


def test_what_is_in_a_pattern_counts_where_it_is_painted() -> None:
    tile = (
        "<< /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources << >> >>",
        b"1 0 0 rg 0 0 5 5 re f",
    )
    found = run("/Pattern cs /P scn 100 100 50 50 re f", "<< /Pattern << /P %0 >> >>", (tile,)).marks
    assert found[0].paint.space.kind == "rgb"
    assert found[0].bounds == (100, 100, 150, 150)


def test_a_blend_tells_the_colours_between_which_it_runs() -> None:
    shading = (
        "<< /Shading << /S << /ShadingType 2 /ColorSpace /DeviceCMYK /Coords [0 0 1 1] "
        "/Function << /FunctionType 2 /Domain [0 1] /N 1 /C0 [1 0 0 0] /C1 [0 0 0 .5] >> >> >> >>"
    )
    mark = only(run("10 10 20 20 re W n /S sh", shading))
    assert mark.bounds == (10, 10, 30, 30)
    assert mark.paint.inks() == {"Cyan": 1, "Black": 0.5}
    assert sum(mark.paint.heaviest().values()) == 1


def test_what_shapes_a_soft_mask_is_not_printed() -> None:
    states = "<< /ExtGState << /M << /SMask << /S /Luminosity /G %0 >> >> >> >>"
    group = (FORM % "/Group << /S /Transparency /CS /DeviceRGB >>", b"1 0 0 rg 0 0 9 9 re f")
    masked, seen = run("/M gs 0 0 9 9 re f", states, (group,)).marks
    assert masked.masking
    assert not seen.masking
    assert seen.through == "soft mask"


def test_a_layer_that_is_off_is_not_printed() -> None:
    resources = "<< /Properties << /L %0 >> >>"
    marked = "/OC /L BDC 1 0 0 rg 0 0 9 9 re f EMC 10 10 9 9 re f"
    pdf = page_of(marked, resources, streams=(("<< >>", b""),))
    page = pdf.pages[0].obj
    layer = page.Resources.Properties.L.objgen
    assert len(Interpreter(Library(), PAGE).run(page, page.Resources).marks) == 2
    assert len(Interpreter(Library([layer]), PAGE).run(page, page.Resources).marks) == 1


def test_a_form_on_a_layer_that_is_off_is_not_printed() -> None:
    form = (FORM % "/OC << /Type /OCMD /OCGs [%0] >>", b"0 0 9 9 re f")
    pdf = page_of("/F Do", "<< /XObject << /F %1 >> >>", streams=(("<< >>", b""), form))
    page = pdf.pages[0].obj
    layer = page.Resources.XObject.F.OC.OCGs[0].objgen
    assert len(Interpreter(Library(), PAGE).run(page, page.Resources).marks) == 1
    assert Interpreter(Library([layer]), PAGE).run(page, page.Resources).marks == []


@pytest.mark.parametrize(
    ("operators", "size_pt", "left"),
    [
        ("BT /F 12 Tf 100 50 Td (A) Tj ET", 12, 100),
        ("BT /F 1 Tf 12 0 0 12 100 50 Tm (A) Tj ET", 12, 100),
        ("0.5 0 0 0.5 0 0 cm BT /F 12 Tf 100 50 Td (A) Tj ET", 6, 50),
        ("BT /F 12 Tf 14 TL 100 50 Td T* (A) Tj ET", 12, 100),
        ("BT /F 12 Tf 100 50 Td [-1000 (A)] TJ ET", 12, 112),
    ],
)
def test_text_has_its_real_size_and_place(operators: str, size_pt: float, left: float) -> None:
    mark = only(run(operators, f"<< /Font << /F {FONT} >> >>"))
    assert mark.size_pt == pytest.approx(size_pt)
    assert mark.bounds[0] == pytest.approx(left)


def test_text_runs_as_far_as_reportlab_says() -> None:
    from reportlab.pdfbase.pdfmetrics import getFont

    widths = " ".join(str(getFont("Helvetica").widths[code]) for code in range(32, 127))
    font = FONT.replace("/Encoding", f"/FirstChar 32 /LastChar 126 /Widths [{widths}] /Encoding")
    text = "Table 4, two seats"
    mark = only(run(f"BT /F 11 Tf 0 0 Td ({text}) Tj ET", f"<< /Font << /F {font} >> >>"))
    assert mark.bounds[2] == pytest.approx(getFont("Helvetica").stringWidth(text, 11), abs=0.01)


def test_pictures_in_the_content_are_measured() -> None:
    data = b"q 72 0 0 36 10 10 cm BI /W 4 /H 2 /BPC 8 /CS /RGB ID " + bytes(24) + b" EI Q"
    image = only(run(data)).image
    assert image
    assert (image.width_px, image.height_px, image.across_pt, image.down_pt) == (4, 2, 72, 36)
    assert image.space and image.space.kind == "rgb"


def test_text_that_is_only_to_be_found_is_not_printed() -> None:
    assert only(run("BT /F 12 Tf 3 Tr 9 9 Td (A) Tj ET", f"<< /Font << /F {FONT} >> >>")).unseen


def test_overprint_of_strokes_holds_for_fills_unless_they_have_their_own() -> None:
    states = "<< /ExtGState << /A << /OP true >> /B << /OP true /op false >> >> >>"
    both = run("/A gs 0 0 9 9 re B", states).marks
    assert [mark.overprint for mark in both] == [True, True]
    assert [mark.overprint for mark in run("/B gs 0 0 9 9 re B", states).marks] == [False, True]


def test_a_shape_that_only_encloses_is_no_box() -> None:
    assert only(run("0 0 9 9 re f")).is_box
    assert only(run("0 0 m 9 0 l 9 9 l 0 9 l h f")).is_box
    assert not only(run("0 0 m 9 0 l 0 9 l h f")).is_box
    assert not only(run("0 0 9 9 re 20 20 9 9 re f")).is_box
    assert not only(run("0.7 0.7 -0.7 0.7 50 50 cm 0 0 9 9 re f")).is_box


def test_pieces_of_a_path_are_known_one_by_one() -> None:
    mark = only(run("0 0 9 9 re 100 100 9 9 re f"))
    assert mark.parts == ((0, 0, 9, 9), (100, 100, 109, 109))


def test_a_stream_that_cannot_be_unpacked_is_a_use_not_an_exception() -> None:
    pdf = page_of("0 0 9 9 re f")
    page = pdf.pages[0].obj
    page.Contents = pikepdf.Stream(pdf, b"no deflated data", Filter=pikepdf.Name.FlateDecode)
    content = Interpreter(Library(), PAGE).run(page, page.Resources)
    assert content.marks == []


def test_colours_in_glyphs_of_a_type_3_font_count_where_its_text_is() -> None:
    font = (
        "<< /Font << /F << /Type /Font /Subtype /Type3 /FontMatrix [0.01 0 0 0.01 0 0] /FontBBox [0 0 99 99] "
        "/FirstChar 65 /LastChar 65 /Widths [50] /Encoding << /Differences [65 /a] >> /CharProcs << /a %0 >> >> >> >>"
    )
    glyph = ("<< >>", b"50 0 d0 1 0 0 rg 0 0 40 40 re f")
    text, *drawn = run("BT /F 10 Tf 100 100 Td (A) Tj (A) Tj ET", font, (glyph,)).marks
    assert text.bounds[0::2] == pytest.approx((100, 105))
    assert [(mark.kind, mark.paint.space.kind) for mark in drawn] == [("fill", "rgb"), ("text", "grey")]
    assert drawn[0].bounds == text.bounds
