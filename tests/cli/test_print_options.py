"""How measures and choices are typed: every way that people write them, and what is said about others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.cli.print_finish import Finishing, standard_of
from scanly.cli.print_options import length_mm, one_of, one_or_two, pair, per_cent
from scanly.cli.print_order import in_spot, sizes_pt
from scanly.core.errors import Invalid
from scanly.qr.ink import parse_ink
from scanly.qr.style import Style


@pytest.mark.parametrize(
    ("text", "mm"),
    [("3mm", 3), ("3", 3), (" 0,5 cm ", 5), ("0.125in", 3.175), ("1 IN", 25.4), (".5mm", 0.5), ("-2mm", -2)],
)
def test_a_length_is_read_in_any_unit(text, mm):
    assert length_mm(text, "bleed") == pytest.approx(mm)


@pytest.mark.parametrize("text", ["", "mm", "3 m", "3mm3", "three", "1.2.3", "nan", "inf"])
def test_what_is_no_length_is_refused_with_an_example(text):
    with pytest.raises(Invalid, match=r"bleed: .*Write it like 3mm"):
        length_mm(text, "bleed")


@pytest.mark.parametrize(
    ("text", "two"),
    [
        ("0.3,-0.2", (0.3, -0.2)),
        (" -0.3 , 0.2 ", (-0.3, 0.2)),
        ("0,3; -0,2", (0.3, -0.2)),
        ("0.3;0.2", (0.3, 0.2)),
        ("0,3 0,2", (0.3, 0.2)),
        ("20,19", (20, 19)),
        ("+.5,1", (0.5, 1)),
    ],
)
def test_two_numbers_are_read_with_points_and_with_commas(text, two):
    assert pair(text, "nudge", "0.3,-0.2") == two


@pytest.mark.parametrize("text", ["", "0.3", "1,2,3", "a,b", "1.5,", "0,3,0,2", "1;2;3", "inf,1"])
def test_what_is_not_two_numbers_is_refused_with_an_example(text):
    with pytest.raises(Invalid, match=r"nudge: .*like 0.3,-0.2"):
        pair(text, "nudge", "0.3,-0.2")


@given(st.floats(-400, 400), st.floats(-400, 400))
def test_two_numbers_come_back_as_they_were_written(first, second):
    assert pair(f"{first:.4f},{second:.4f}", "first", "1,2") == (
        pytest.approx(first, abs=1e-4),
        pytest.approx(second, abs=1e-4),
    )
    german = f"{first:.4f}; {second:.4f}".replace(".", ",")
    assert pair(german, "first", "1,2") == (pytest.approx(first, abs=1e-4), pytest.approx(second, abs=1e-4))


@pytest.mark.parametrize(
    ("text", "two"),
    [("1.002", (1.002, 1.002)), ("1,002", (1.002, 1.002)), ("1.002,0.999", (1.002, 0.999)), ("1", (1, 1))],
)
def test_one_number_stands_for_both(text, two):
    assert one_or_two(text, "scale", "1.002") == two


@pytest.mark.parametrize(("text", "number"), [("5", 5), ("5%", 5), ("12,5 %", 12.5), ("0", 0)])
def test_a_percentage_is_read_with_and_without_its_sign(text, number):
    assert per_cent(text, "bwr", 15) == number


@pytest.mark.parametrize("text", ["15.1", "-1", "x", ""])
def test_a_percentage_beyond_its_range_is_refused_with_the_range(text):
    with pytest.raises(Invalid, match="0 to 15 per cent"):
        per_cent(text, "bwr", 15)


@pytest.mark.parametrize(
    ("text", "sizes"), [("9", (9, 0)), ("9pt", (9, 0)), ("9-6", (9, 6)), ("6 pt – 9 pt", (9, 6))]
)
def test_a_size_of_text_is_one_number_or_a_range(text, sizes):
    assert sizes_pt(text) == (sizes if sizes[1] else (sizes[0], 0))


@pytest.mark.parametrize("text", ["", "0", "large", "9-", "1.2.3", "-5"])
def test_what_is_no_size_of_text_is_refused_with_an_example(text):
    with pytest.raises(Invalid, match="9-6"):
        sizes_pt(text)


def test_a_word_is_known_however_it_is_spelled_and_the_nearest_is_named():
    known = ("row", "column", "stack")
    assert one_of("Column", "order", known) == "column"
    with pytest.raises(Invalid, match='Did you mean "stack"'):
        one_of("stacks", "order", known)
    with pytest.raises(Invalid, match="Use row, column or stack"):
        one_of("diagonal", "order", known)


@pytest.mark.parametrize(
    ("text", "standard"),
    [
        ("PDF/X-4", "PDF/X-4"),
        ("x4", "PDF/X-4"),
        ("pdfx-1a", "PDF/X-1a"),
        ("X-3:2003", "PDF/X-3"),
        ("X1A", "PDF/X-1a"),
    ],
)
def test_a_standard_is_known_however_it_is_spelled(text, standard):
    assert standard_of(text) == standard


@pytest.mark.parametrize("text", ["", "PDF/A", "x2", "x-4p", "4"])
def test_a_standard_that_there_is_not_is_refused_with_those_there_are(text):
    with pytest.raises(Invalid, match="PDF/X-1a, PDF/X-3, PDF/X-4"):
        standard_of(text)


def test_what_does_not_go_together_is_refused():
    with pytest.raises(Invalid, match="four inks"):
        Finishing(rgb=True, profile="PDF/X-1a").finish("Labels", 0)
    with pytest.raises(Invalid, match="--profile"):
        Finishing(profile="none", condition="FOGRA39").finish("Labels", 0)
    with pytest.raises(Invalid, match="FOGRA39"):
        Finishing(profile="PDF/X-1a", condition="FOGRA93").finish("Labels", 0)


def test_what_is_typed_becomes_what_the_press_takes():
    finish = Finishing(bleed_mm=3, marks=True, profile="x3", condition="fogra 51").finish("Labels", 7)
    assert (finish.inks, finish.bleed_mm, finish.marks) == ("cmyk", 3, True)
    said = finish.metadata
    assert (said.title, said.made_ms, said.standard, said.condition) == ("Labels", 7, "PDF/X-3", "FOGRA51")
    assert Finishing(rgb=True).finish("Labels", 0).inks == "rgb"


def test_a_spot_ink_is_named_alone_or_with_what_stands_for_it():
    assert in_spot(Style(), "") == Style()
    alone = parse_ink(in_spot(Style(), "PANTONE 286 C").dark)
    assert (alone.spot, alone.cmyk) == ("PANTONE 286 C", (0, 0, 0, 1))
    seen = parse_ink(in_spot(Style(), "PANTONE 286 C; 100 75 0 0").dark)
    assert (seen.spot, seen.cmyk) == ("PANTONE 286 C", (1, 0.75, 0, 0))


@pytest.mark.parametrize("spot", ["Black", "X; 1 2 3", "X; 100 100 100 101", ";0 0 0 100"])
def test_what_no_spot_ink_is_called_is_refused(spot):
    with pytest.raises(Invalid, match="spot"):
        in_spot(Style(), spot)


def test_a_code_has_one_ink():
    with pytest.raises(Invalid, match="--dark"):
        in_spot(Style(dark="#003366"), "PANTONE 286 C")


@pytest.mark.parametrize(
    ("asked", "kept"),
    [({}, "PDF/X-1a"), ({"rgb": True}, ""), ({"profile": "none"}, ""), ({"profile": "x3"}, "PDF/X-3")],
)
def test_files_for_a_press_keep_to_a_standard_unless_something_else_is_said(asked, kept):
    assert Finishing(**asked).finish("Labels", 0).metadata.standard == kept
