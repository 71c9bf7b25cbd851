import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.payloads import build, phone


@given(st.integers(10**6, 10**14 - 1))
def test_the_number_is_all_that_a_phone_reads(number):
    typed = f"+1 {number}"
    scheme, _, dialled = phone.Payload(number=typed).text().partition(":")
    assert (scheme, dialled) == ("tel", f"+1{number}")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("(020) 7946 0958", 'number: "(020) 7946 0958" has no + and country code'),
        ("+1 212 555 1212;postd=99", 'number: "+1 212 555 1212;postd=99" is not a telephone number.'),
        ("", "number: is missing."),
    ],
)
def test_what_cannot_be_dialled_from_everywhere_is_refused(number, sentence):
    with pytest.raises(Invalid) as refused:
        phone.Payload(number=number)
    assert str(refused.value).startswith(sentence)


def test_two_spellings_of_a_number_are_the_same_payload():
    assert build("phone", {"number": "+1 (212) 555-1212"}) == phone.Payload(number="+12125551212")
