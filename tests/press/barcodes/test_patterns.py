"""Every bar and gap, against another encoder and two decoders."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.press.barcodes.judges import by_zbar, by_zint, by_zxing, elements, rendered

from scanly.press.barcodes import BARCODES, PLAIN, BarStyle, draw
from scanly.press.page import Box

WIDE_ROOM = Box(0, 0, 400, 60)
MARGIN_MM = 1
# Letters, digits in runs, and control characters, so that every code set is the best one somewhere.
PIECES = st.one_of(
    st.text(string.digits, min_size=1, max_size=7),
    st.text(string.ascii_letters + " -./", min_size=1, max_size=4),
    st.text("\x00\x07\x1f`a", min_size=1, max_size=3),
)
MIXED = st.lists(PIECES, min_size=1, max_size=6).map("".join).filter(lambda text: text.strip(" ") == text)


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text(string.digits, min_size=length, max_size=length)


def bars_of(name: str, text: str):
    kind = BARCODES[name]
    return kind.modules(kind.check(text))


def _shown(name: str, text: str, dpi: float, style: BarStyle = PLAIN):
    """Drawn into a room that is just large enough, with little paper beyond its quiet zones."""
    box = draw(name, text, WIDE_ROOM, style)[0].box
    items = draw(name, text, Box(MARGIN_MM, MARGIN_MM, box.width, box.height), style)
    return rendered(items, box.width + 2 * MARGIN_MM, box.height + 2 * MARGIN_MM, dpi)


def without_addon_gap(widths: list[float], main: int) -> list[float]:
    return [width for place, width in enumerate(widths) if place != main]


@pytest.mark.parametrize(
    ("name", "zint", "length"), [("ean13", "EANX_CHK", 11), ("ean8", "EANX_CHK", 7), ("upca", "UPCA", 11)]
)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_bars_of_articles_are_those_of_zint(name, zint, length, data):
    text = data.draw(digits(length))
    if name == "ean13":
        text = data.draw(st.sampled_from("123456789")) + text
        text = BARCODES[name].check(f"{text}{_any_check_digit(text)}")
    full = BARCODES[name].check(text)
    assert elements(bars_of(name, text)) == by_zint(zint, full)


def _any_check_digit(text: str) -> str:
    from stdnum import ean

    return ean.calc_check_digit(text)


@given(digits(7), st.one_of(digits(2), digits(5)))
@settings(max_examples=40, deadline=None)
def test_add_ons_are_those_of_zint(number, addon):
    for name, zint, main in (("ean13", "EANX", f"97811{number}"), ("upca", "UPCA", f"0114{number}")):
        text = f"{BARCODES[name].check(main + _any_check_digit(main))}+{addon}"
        ours, theirs = elements(bars_of(name, text)), by_zint(zint, text)
        assert without_addon_gap(ours, 59) == without_addon_gap(theirs, 59)


@given(digits(13))
@settings(max_examples=40, deadline=None)
def test_cases_have_the_wide_and_narrow_bars_of_zint(text):
    full = BARCODES["itf14"].check(text + _any_check_digit(text))
    ours = elements(bars_of("itf14", full))
    assert set(ours) == {1.0, 2.5}
    assert [width > 1 for width in ours] == [width > 1 for width in by_zint("ITF14", text)]


@given(MIXED)
@settings(max_examples=25, deadline=None)
def test_code_128_is_read_and_never_longer_than_that_of_zint(text):
    bars = bars_of("code128", text)
    assert bars.width <= sum(by_zint("CODE128", text))
    assert by_zxing(_shown("code128", text, 300, BarStyle(digits=False, height_mm=6))) == [text.encode()]


def test_code_128_changes_its_set_where_that_saves_most():
    # Start, data, check character and stop: 11 modules each, the stop has 13.
    characters = {
        "1234": 2 + 2,  # all in set C
        "A12345678": 2 + 1 + 1 + 4,  # set B, then C
        "12a": 2 + 3,  # a pair in set C would cost a change
        "\x01a\x01": 2 + 4,  # a shift for one letter
        "\x01abc": 2 + 5,  # a change for several
        "Ab\x1fcd": 2 + 6,
    }
    for text, count in characters.items():
        assert bars_of("code128", text).width == 11 * count + 13, text


@given(digits(13), st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=12))
@settings(max_examples=12, deadline=None)
def test_gs1_128_is_read_with_its_separators_and_never_longer_than_that_of_zint(number, batch):
    kind = BARCODES["gs1_128"]
    text = kind.check(f"(01){number}{_any_check_digit(number)}(10){batch}(21)7")
    bars = kind.modules(text)
    assert bars.content == f"01{text[4:18]}10{batch}\x1d217"
    assert bars.width <= sum(by_zint("GS1_128", text.replace("(", "[").replace(")", "]")))
    assert by_zxing(_shown("gs1_128", text, 300, BarStyle(height_mm=6))) == [bars.content.encode()]


@pytest.mark.parametrize("dpi", [300, 600])
@pytest.mark.parametrize("name", BARCODES)
def test_two_decoders_read_every_example_with_its_digits_beside_it(name, dpi):
    for typed, _ in BARCODES[name].EXAMPLES:
        image = _shown(name, typed, dpi)
        content = bars_of(name, typed).content.encode()
        assert by_zxing(image) == [content], typed
        assert by_zbar(image) == [content], typed


@pytest.mark.parametrize("name", ["ean13", "upca"])
def test_add_ons_are_read_with_their_main_symbol(name):
    for typed, normal in BARCODES[name].EXAMPLES:
        main, plus, addon = normal.partition("+")
        if plus:
            assert by_zxing(_shown(name, typed, 300), addon=True) == [f"{main.zfill(13)}{addon}".encode()]


@pytest.mark.parametrize("name", BARCODES)
def test_the_narrowest_and_lowest_bars_are_read_with_bars_reduced(name):
    kind = BARCODES[name]
    typed = kind.EXAMPLES[0][0]
    style = BarStyle(module_mm=kind.SIZE.least_mm, bar_reduction=0.1, height_mm=6)
    assert by_zxing(_shown(name, typed, 600, style)) == [bars_of(name, typed).content.encode()]
