import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.grammar.phone import e164, several


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+91 98765-43210", "+919876543210"),
        ("+1 (212) 555-1212", "+12125551212"),
        ("+1.212.555.1212", "+12125551212"),
        (" +49 89/636-48018 ", "+498963648018"),
        ("+49\u00a030\u2011901820", "+4930901820"),
        ("\uff0b81 3 1234 5678", "+81312345678"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        # Italy, San Marino, Ivory Coast: the 0 is part of the number.
        ("+39 06 698 12345", "+390669812345"),
        ("+39 (0)6 698 12345", "+390669812345"),
        ("+378 0549 882914", "+3780549882914"),
        ("+225 01 23 45 67 89", "+2250123456789"),
        ("+683 4001", "+6834001"),
        ("+15551212", "+15551212"),
        ("+999123456789012", "+999123456789012"),
    ],
)
def test_what_people_type_becomes_plus_and_digits(typed, number):
    assert e164(typed) == number
    assert e164(number) == number


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "(020) 7946 0958",
            "has no + and country code, so it works in one country only. Write it with + and",
        ),
        ("98765 43210", "has no + and country code"),
        ("0091 98765 43210", "begins with 00. Write + instead: +91 98765 43210."),
        ("+44 020 7946 0958", "has a 0 that is dialled only inside the country. Write +44 and go on without"),
        ("+7 0495 123 45 67", "Write +7 and go on without the 0."),
        ("+0 20 7946 0958", "begins with no country code"),
        ("+1 800 FLOWERS", "no letters and no extension"),
        ("+1 212 555 1212 x5", "no letters and no extension"),
        ("+12125551212;ext=5", "is not a telephone number"),
        ("++12125551212", "is not a telephone number"),
        ("+1\n2125551212", "is not a telephone number"),
        ("+٩١٩٨٧٦٥٤٣٢١٠", "is not a telephone number"),
        ("+", "is not a telephone number"),
        ("", "is not a telephone number"),
        ("+1234567890123456", "has 16 digits. With the country code it has 7 to 15."),
        ("+49 110", "has 5 digits"),
    ],
)
def test_what_is_no_international_number_is_refused_with_what_to_do(typed, sentence):
    with pytest.raises(Invalid) as refused:
        e164(typed)
    assert sentence in str(refused.value)


@given(
    st.integers(10**7, 10**12),
    st.lists(st.sampled_from([" ", "-", ".", "/", "(", ")", ""]), min_size=13, max_size=13),
)
def test_signs_between_the_digits_do_not_count(national, signs):
    written = "+1" + "".join(sign + digit for sign, digit in zip(signs, str(national), strict=False))
    if "(0)" not in written and str(national)[0] != "0":
        assert e164(written) == f"+1{national}"


def test_several_numbers_stand_between_commas():
    assert several("+1 212 555 1212, +44 20 7946 0958") == "+12125551212,+442079460958"
    with pytest.raises(Invalid, match=r'" 555" has no \+ and country code'):
        several("+1 212 555 1212, 555")
