"""Standard labels on every stock, with texts of all lengths: they fit, or what fits is said."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.press.labels.rows import row

from scanly.core.errors import Invalid, NotFound, Problem
from scanly.press.labels.arrangement import LEAST_CODE_MM, Blank
from scanly.press.labels.standard import StandardLabel, Wishes, blank_of, standard_label
from scanly.press.page import Barcode, Box, Code, Item, Placed, Words, bounds
from scanly.press.pictures.picture import Pixels
from scanly.press.stocks import find_stock, stocks
from scanly.qr.ink import parse_ink

TEXT = "Fresh organic mountain honey from the old orchard by the lake"
LENGTHS = (0, 1, 8, 14, 23, 37, 60)
BLANKS = sorted(
    {blank_of(stock) for stock in stocks().values()}, key=lambda blank: (blank.width_mm, blank.height_mm)
)
L7160 = blank_of(find_stock("avery-l7160"))
PHOTO = Pixels(b"", 400, 200, "grey")


def ink(words: Words) -> Box:
    found = bounds((words,))
    assert found
    return found


def texts(items) -> list[str]:
    return [
        "".join(glyph.text for glyph in sorted(item.line.glyphs, key=lambda glyph: glyph.x))
        for item in items
        if isinstance(item, Words)
    ]


def drawn_or_refused(label: StandardLabel, text: str) -> tuple[tuple[Item, ...], Problem | None]:
    try:
        return label.draw(row(name=text)), None
    except Invalid as error:
        return (), error.problems[0]


def check(label: StandardLabel, blank: Blank, text: str, *, always: bool) -> bool:
    """Whether the text fits; everything is where it may be then, and otherwise it is said what would fit."""
    items, problem = drawn_or_refused(label, text)
    if problem:
        assert re.search(r"\d", problem.message)
        assert problem.hint
        return False
    (code,) = (item for item in items if isinstance(item, Code))
    words = [ink(item) for item in items if isinstance(item, Words)]
    assert all(blank.holds(box, slack_mm=1e-3) for box in (code.box, *words))
    # The box of a code has its quiet zone in it.
    assert not any(box.meets(code.box) for box in words)
    assert code.artwork.module_mm >= 0.25 - 1e-9
    assert bool(words) == bool(text or always)
    return True


@pytest.mark.parametrize("template", ["{name}", "{name}\\nTable 4"])
def test_code_and_text_stay_in_the_safe_area_of_every_stock_or_are_refused_with_numbers(template: str):
    drawn = refused = 0
    for blank in BLANKS:
        # On the smallest there is no room for a code and text.
        if (
            min(blank.safe.width, blank.safe.height) * (1 if blank.shape == "rect" else 0.7)
            < LEAST_CODE_MM + 2
        ):
            continue
        label = standard_label(blank, Wishes(text=template))
        for length in LENGTHS:
            fits = check(label, blank, TEXT[:length].strip(), always="Table" in template)
            drawn, refused = drawn + fits, refused + (not fits)
    assert drawn > 7 * refused


def test_what_is_said_to_fit_does_fit():
    label = standard_label(Blank(25, 25, "rect", 1.5), Wishes(text="{name}"))
    with pytest.raises(Invalid) as caught:
        label.draw(row(name=TEXT[:60]))
    found = re.search(r"about (\d+) fit", str(caught.value))
    assert found
    label.draw(row(name=TEXT[: int(found[1])].strip()))


def test_a_label_bears_code_text_barcode_and_picture():
    wishes = Wishes(text="{name}\\n{address}", barcode="ean13:{gtin}", image="{photo}")
    label = standard_label(blank_of(find_stock("avery-l7165")), wishes)
    assert label.columns == {"name", "address", "gtin", "photo"}
    items = label.draw(
        row("menu", lambda name, room: PHOTO, name="Honey", gtin="4006381333931", photo="a.jpg")
    )
    kinds = [type(item) for item in items]
    assert (kinds.count(Code), kinds.count(Barcode), kinds.count(Placed)) == (1, 1, 1)
    assert {"Honey", "go.example.com/k7Xm2Qa"} <= set(texts(items))
    rooms = [box for box in (bounds((item,)) for item in items if not isinstance(item, Words)) if box]
    assert not any(one.meets(other) for one in rooms for other in rooms if one is not other)
    (placed,) = (item for item in items if isinstance(item, Placed))
    assert placed.box.width == pytest.approx(2 * placed.box.height)


def test_what_a_row_does_not_have_is_left_out():
    label = standard_label(L7160, Wishes(text="{name}", barcode="code128:{part}", image="{photo}"))
    assert [type(item) for item in label.draw(row(name=" "))] == [Code]


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (Wishes(text="{nmae}"), 'text: names "nmae", which is not a column. Did you mean "name"?'),
        (Wishes(barcode="code128:{prat}"), 'barcode: names "prat"'),
        (Wishes(image="{foto}"), 'image: names "foto"'),
    ],
)
def test_columns_that_are_missing_are_named(wishes: Wishes, words: str):
    label = standard_label(L7160, wishes)
    with pytest.raises(Invalid) as caught:
        label.require(("name", "part"))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (Wishes(text="{name"), "is not a template"),
        (Wishes(barcode="ean14:{gtin}"), 'There is no barcode "ean14". Did you mean "ean1'),
        (Wishes(barcode="ean13"), "has no number. Name a column, like ean13:{gtin}."),
        (Wishes(size_mm=60), "does not fit with what else"),
        (Wishes(size_pt=6, least_pt=7), "Use 6 or less."),
    ],
)
def test_wishes_that_cannot_be_are_refused_before_the_first_row(wishes: Wishes, words: str):
    with pytest.raises((Invalid, NotFound)) as caught:
        standard_label(L7160, wishes)
    assert words in str(caught.value)


def test_a_code_too_small_to_print_says_what_it_would_have_alone():
    label = standard_label(blank_of(find_stock("avery-l7651")), Wishes(text="{name}", barcode="ean13:{gtin}"))
    with pytest.raises(Invalid, match=r"Make it at least [\d.]+ mm.* Alone it would have 18\.\d mm"):
        label.draw(row("https://example.com/" + 60 * "x", gtin="4006381333931"))


def sizes(label: StandardLabel, text: str) -> set[float]:
    return {item.size_pt for item in label.draw(row(name=text)) if isinstance(item, Words)}


def test_text_is_9_points_and_shrinks_to_5_unless_it_is_said_otherwise():
    long = "Extraordinarily mountainous"
    assert sizes(standard_label(Blank(63.5, 34), Wishes(text="{name}")), "Rosa") == {9}
    assert all(
        5 <= size < 9
        for size in sizes(standard_label(Blank(38.1, 21.2, "rect", 1.5), Wishes(text="{name}")), long)
    )
    assert sizes(standard_label(L7160, Wishes(text="{name}", size_pt=7, least_pt=7)), "Rosa") == {7}
    assert sizes(standard_label(Blank(100, 150), Wishes(text="{name}")), "Rosa") == {24}


def test_the_place_of_everything_is_the_same_on_each_label():
    label = standard_label(L7160, Wishes(text="{name}"))
    codes = [
        item for text in ("a", TEXT[:40]) for item in label.draw(row(name=text)) if isinstance(item, Code)
    ]
    assert codes[0] == codes[1]


def test_text_begins_beside_a_code_and_is_centred_below_one():
    def edges(blank: Blank, wishes: Wishes, text: str) -> tuple[float, float]:
        (box,) = (
            ink(item)
            for item in standard_label(blank, wishes).draw(row(name=text))
            if isinstance(item, Words)
        )
        return box.x, box.right

    wide, tall, wishes = Blank(63.5, 38.1), Blank(38.1, 63.5), Wishes(text="{name}")
    assert edges(wide, wishes, "Rosa")[0] == pytest.approx(edges(wide, wishes, "Rosalinde")[0], abs=0.01)
    assert sum(edges(tall, wishes, "Rosa")) == pytest.approx(38.1, abs=0.01)
    ended = Wishes(text="{name}", align="end")
    assert edges(tall, ended, "Rosa")[1] == pytest.approx(36.1, abs=0.01)


def test_text_and_bars_are_in_the_ink_of_the_job():
    blue = parse_ink("spot(PANTONE 286 C; 100 75 0 0)")
    label = standard_label(L7160, Wishes(text="{name}", barcode="code128:{part}", ink=blue))
    drawn = label.draw(row(name="Rosa", part="P-1"))
    assert {item.ink for item in drawn if isinstance(item, Words | Barcode)} == {blue}


def test_bars_are_thinner_by_what_the_ink_spreads():
    label, merge = standard_label(L7160, Wishes(barcode="code128:{part}")), row(part="P-1")
    plain, thin = (label.draw(replace(merge, bar_reduction=share))[-2] for share in (0, 0.1))
    assert isinstance(plain, Barcode) and isinstance(thin, Barcode)
    assert thin.box == plain.box
    assert thin.bars != plain.bars
