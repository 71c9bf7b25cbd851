"""Sizes, measured on what is drawn, against the tables of the standards."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.press.barcodes.judges import elements

from scanly.core.errors import Invalid
from scanly.press.barcodes import BARCODES, BarStyle, draw
from scanly.press.page import MM_PER_PT, Barcode, Box, Words

ROOM = Box(5, 7, 170, 60)
SAMPLES = {name: kind.EXAMPLES[0][0] for name, kind in BARCODES.items()}


def rectangles(barcode: Barcode) -> list[Box]:
    """Each of the bars' outlines, which must be upright boxes."""
    found = []
    for start in range(0, len(barcode.bars.segments), 5):
        corners = barcode.bars.segments[start : start + 5]
        assert "".join(corner[0] for corner in corners) == "MLLLZ"
        xs, ys = ({corner[place] for corner in corners[:4]} for place in (1, 2))
        assert len(xs) == len(ys) == 2
        found.append(Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)))
    return found


def ink(words: Words) -> Box:
    em, line = words.size_pt * MM_PER_PT, words.line
    return Box(
        words.x + line.left * em,
        words.y + line.top * em,
        (line.right - line.left) * em,
        (line.bottom - line.top) * em,
    )


def near(*numbers: float):
    return pytest.approx(numbers if len(numbers) > 1 else numbers[0], abs=0.005)


@pytest.mark.parametrize(
    # GS1 General Specifications, table of dimensions of the nominal symbols, in millimetres.
    ("name", "text", "width", "height", "bars"),
    [
        ("ean13", "4006381333931", 37.29, 25.93, 22.85),
        ("upca", "036000291452", 37.29, 25.93, 22.85),
        ("ean8", "96385074", 26.73, 21.31, 18.23),
        ("itf14", "15400141288763", 152.40, 41.40, 31.75),
    ],
)
def test_symbols_have_the_nominal_sizes_of_their_standard(name, text, width, height, bars):
    barcode, *_ = draw(name, text, ROOM, BarStyle(digits=name != "itf14"))
    assert barcode.box.width == pytest.approx(width, abs=0.02)
    assert barcode.box.height == pytest.approx(height, abs=0.02)
    assert bars == near(min(box.height for box in rectangles(barcode) if box.height > 10))


def test_guards_of_an_ean_reach_between_its_digits():
    barcode, first, left, right = draw("ean13", SAMPLES["ean13"], ROOM)
    boxes = rectangles(barcode)
    long = [place for place, box in enumerate(boxes) if box.height > 23]
    assert long == [0, 1, 14, 15, 28, 29]
    assert boxes[0].height == near(22.85 + 1.65)
    # The quiet zone on the left holds the first digit.
    assert boxes[0].x - barcode.box.x == near(11 * 0.33)
    assert barcode.box.right - boxes[-1].right == near(7 * 0.33)
    assert barcode.box.x <= ink(first).x and ink(first).right < boxes[0].x - 0.33
    assert boxes[1].right < ink(left).x and ink(left).right < boxes[14].x
    assert boxes[15].right < ink(right).x and ink(right).right < boxes[28].x
    for words in (first, left, right):
        assert ink(words).y >= boxes[2].bottom + 0.1
        assert ink(words).height == pytest.approx(2.75, abs=0.1)


def test_the_first_and_last_bars_of_a_upc_are_as_long_as_its_guards_and_its_outer_digits_small():
    barcode, first, left, _, last = draw("upca", SAMPLES["upca"], ROOM)
    boxes = rectangles(barcode)
    long = [place for place, box in enumerate(boxes) if box.height > 23]
    assert long == [0, 1, 2, 3, 14, 15, 26, 27, 28, 29]
    assert ink(first).width <= 4 * 0.33
    assert ink(last).x >= boxes[-1].right + 5 * 0.33 - 0.01
    assert ink(first).bottom == pytest.approx(ink(left).bottom, abs=0.06)
    assert ink(last).right <= barcode.box.right


def test_add_ons_stand_apart_and_end_with_the_guards():
    barcode, *words = draw("ean13", "9783161484100+51299", ROOM)
    boxes = rectangles(barcode)
    main, addon = boxes[:30], boxes[30:]
    assert 7 * 0.33 <= addon[0].x - main[-1].right <= 12 * 0.33
    assert barcode.box.right - addon[-1].right == near(5 * 0.33)
    assert {round(box.bottom, 6) for box in addon} == {round(main[0].bottom, 6)}
    assert {round(box.height, 2) for box in addon} == {21.90}
    # Digits are of one height, those of the add-on as high as the bars and half a module above its own.
    of_main, of_addon = ink(words[1]), ink(words[-1])
    assert of_addon.height == pytest.approx(of_main.height, abs=0.05)
    assert of_addon.y == pytest.approx(main[0].y, abs=0.05)
    assert addon[0].y - of_addon.bottom == pytest.approx(0.165, abs=0.05)


def test_cases_have_a_bearer_bar_all_round_that_touches_the_bars():
    barcode, words = draw("itf14", SAMPLES["itf14"], ROOM)
    *bars, upper, lower, left, right = rectangles(barcode)
    assert (upper.height, lower.height, left.width, right.width) == near(4.83, 4.83, 4.83, 4.83)
    assert upper.bottom == near(bars[0].y) and lower.y == near(bars[0].bottom)
    assert bars[0].x - left.right == near(10.16) and right.x - bars[-1].right == near(10.16)
    assert ink(words).y >= lower.bottom + 1.02
    small, below = draw("itf14", SAMPLES["itf14"], ROOM, BarStyle(module_mm=0.495))
    assert ink(below).y >= rectangles(small)[-3].bottom + 1.02
    assert barcode.box.width == near(upper.width)


@pytest.mark.parametrize("name", BARCODES)
@given(width=st.floats(20, 200), height=st.floats(6, 80), digits=st.booleans(), reduction=st.floats(0, 0.2))
@settings(max_examples=40, deadline=None)
def test_whatever_the_room_all_ink_and_quiet_zones_lie_within_or_the_room_that_works_is_named(
    name, width, height, digits, reduction
):
    room = Box(3, 4, width, height)
    style = BarStyle(digits=digits, bar_reduction=reduction)
    try:
        barcode, *words = draw(name, SAMPLES[name], room, style)
    except Invalid as refused:
        needed = float(str(refused).partition("needs ")[2].partition(" mm")[0])
        side = "width" if "of width" in str(refused) else "height"
        assert needed > getattr(room, side) - 0.05
        larger = Box(0, 0, needed, 90) if side == "width" else Box(0, 0, width, needed)
        draw(name, SAMPLES[name], larger, style)
        return
    assert room.holds(barcode.box)
    boxes = rectangles(barcode)
    assert all(barcode.box.holds(box) for box in boxes)
    assert all(barcode.box.holds(ink(each)) for each in words)
    assert bool(words) == digits
    kind = BARCODES[name]
    bars = kind.modules(kind.check(SAMPLES[name]))
    module = barcode.box.width / bars.modules_across
    assert kind.SIZE.least_mm - 1e-6 <= module <= kind.SIZE.module_mm + 1e-6
    # A reduced bar stands where it stood, and each gap has gained what the bars beside it lost.
    ours = [(box.x, box.right) for box in boxes[: len(bars.bars)]]
    expected = elements(bars)
    for place, (left, right) in enumerate(ours):
        assert right - left == pytest.approx((expected[2 * place] - 2 * reduction) * module, abs=1e-6)
        if place:
            gap = left - ours[place - 1][1]
            assert gap == pytest.approx((expected[2 * place - 1] + 2 * reduction) * module, abs=1e-6)


def test_bars_become_lower_before_they_become_narrower():
    wide, _ = draw("code128", "SN-00042", Box(0, 0, 60, 40))[:2]
    low, _ = draw("code128", "SN-00042", Box(0, 0, 60, 12))[:2]
    assert low.box.width == wide.box.width
    assert low.box.height == near(12)
    lower, _ = draw("code128", "SN-00042", Box(0, 0, 60, 8.5))[:2]
    assert lower.box.width < wide.box.width


@pytest.mark.parametrize(
    ("style", "width"),
    [
        (BarStyle(module_mm=0.264), 113 * 0.264),
        (BarStyle(module_mm=0.66), 113 * 0.66),
        # 203 dpi: three whole dots are the least that is not under 80 %; 300 dpi: three dots are 77 %, so four.
        (BarStyle(dots_per_mm=8), 113 * 3 / 8),
        (BarStyle(dots_per_mm=12), 113 * 4 / 12),
        (BarStyle(dots_per_mm=24), 113 * 7 / 24),
    ],
)
def test_modules_are_as_wide_as_asked_for_or_whole_dots(style, width):
    barcode, *_ = draw("ean13", SAMPLES["ean13"], Box(0, 0, 100, 60), style)
    assert barcode.box.width == pytest.approx(width)


def test_a_wanted_height_is_that_of_plain_bars():
    barcode, *_ = draw("ean13", SAMPLES["ean13"], ROOM, BarStyle(height_mm=12))
    assert rectangles(barcode)[2].height == near(12)


@pytest.mark.parametrize(
    ("style", "room", "told"),
    [
        (BarStyle(module_mm=0.25), ROOM, "0.25 mm are out of range. They are 0.264 to 0.66 mm wide"),
        (BarStyle(module_mm=0.7), ROOM, "0.7 mm are out of range"),
        (BarStyle(), Box(0, 0, 29.8, 30), "needs 29.9 mm of width"),
        (BarStyle(dots_per_mm=8), Box(0, 0, 40, 30), "needs 42.4 mm of width"),
        (BarStyle(module_mm=0.5), Box(0, 0, 50, 30), "needs 56.5 mm of width"),
        (BarStyle(), Box(0, 0, 60, 7), "needs 7.5 mm of height.*leave the digits out"),
        (BarStyle(height_mm=30), Box(0, 0, 60, 30), "needs 32.5 mm of height"),
        (BarStyle(bar_reduction=0.3), ROOM, "30% of a module cannot be taken off.*Take at most 25%"),
        (BarStyle(bar_reduction=-0.1), ROOM, "-10% of a module cannot be taken off"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_number_that_works(style, room, told):
    with pytest.raises(Invalid, match=told):
        draw("ean13", SAMPLES["ean13"], room, style)
