from hypothesis import given
from hypothesis import strategies as st

from scanly.core.colour import contrast_ratio, hex_of
from scanly.press.designs.colours import TEXT_CONTRAST, colours_of
from scanly.qr.ink import BLACK, WHITE

channel = st.integers(0, 255)
colour = st.tuples(channel, channel, channel).map(hex_of)


def ratio(one, other) -> float:
    return contrast_ratio(one.luminance, other.luminance)


@given(accent=colour, background=colour)
def test_whatever_two_colours_are_given_every_ink_is_read_on_its_ground(accent, background):
    made = colours_of(accent, background)
    assert ratio(made.text, made.ground) >= TEXT_CONTRAST
    assert ratio(made.accent, made.ground) >= TEXT_CONTRAST
    assert ratio(made.on_field, made.field) >= TEXT_CONTRAST
    assert ratio(made.text, made.tint) >= TEXT_CONTRAST
    for share in (0.1, 0.24, 0.36):
        assert ratio(made.on_field, made.shade(share)) >= TEXT_CONTRAST
    assert {made.text, made.on_field} <= {BLACK, WHITE}


def test_an_accent_that_can_be_read_stays_and_a_pale_one_gets_darker_while_areas_keep_it():
    assert colours_of("#9a4b00", "#fff9ee").accent.hex == "#9a4b00"
    yellow = colours_of("#ffcc00", "#ffffff")
    assert yellow.field.hex == "#ffcc00"
    assert yellow.on_field == BLACK
    assert yellow.accent.luminance < yellow.field.luminance
    assert yellow.accent.rgb[0] > yellow.accent.rgb[2]


def test_a_field_that_could_not_be_seen_on_its_ground_takes_the_readable_accent():
    made = colours_of("#ffffff", "#ffffff")
    assert made.field == made.accent


def test_black_is_pure_black_ink():
    assert colours_of("#9a4b00", "#fff9ee").text.cmyk == (0, 0, 0, 1)
