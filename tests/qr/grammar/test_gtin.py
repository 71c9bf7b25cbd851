import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from scanly.core.errors import Invalid
from scanly.qr.grammar.gtin import gtin


@pytest.mark.parametrize(
    ("typed", "fourteen"),
    [
        ("95012346", "00000095012346"),
        ("614141123452", "00614141123452"),
        ("9521234543213", "09521234543213"),
        ("4 006381 333931", "04006381333931"),
        ("10614141543219", "10614141543219"),
    ],
)
def test_every_length_is_padded_to_14_digits(typed, fourteen):
    assert gtin(typed) == fourteen
    assert gtin(fourteen) == fourteen


@given(
    st.sampled_from([7, 11, 12, 13]).flatmap(lambda size: st.text("0123456789", min_size=size, max_size=size))
)
def test_check_digits_are_those_of_another_library(digits):
    right = ean.calc_check_digit(digits)
    assert gtin(digits + right) == (digits + right).zfill(14)
    for wrong in set("0123456789") - {right}:
        with pytest.raises(Invalid, match=f"comes {right}"):
            gtin(digits + wrong)


@pytest.mark.parametrize(
    "typed", ["", "1234567", "123456789", "952123454321X", "٩٥٢١٢٣٤٥٤٣٢١٣", "123456789012345"]
)
def test_other_lengths_and_characters_are_refused(typed):
    with pytest.raises(Invalid, match="8, 12, 13 or 14 digits"):
        gtin(typed)
