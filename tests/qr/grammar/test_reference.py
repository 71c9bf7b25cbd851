import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649
from stdnum.ch import esr

from scanly.core.errors import Invalid
from scanly.qr.grammar.reference import creditor_reference, qr_reference


def taken(rule, text):
    try:
        return rule(text)
    except Invalid:
        return None


@pytest.mark.parametrize("reference", ["RF18 5390 0754 7034", "RF18000000000539007547034", "rf712348231"])
def test_creditor_references_of_the_standard_are_taken(reference):
    assert creditor_reference(reference) == iso11649.validate(reference)


@given(st.from_regex(r"RF[0-9]{2}[A-Z0-9]{1,21}", fullmatch=True))
def test_creditor_references_are_judged_as_another_library_judges_them(reference):
    assert (taken(creditor_reference, reference) is not None) == iso11649.is_valid(reference)
    sound = next(
        f"RF{check:02}{reference[4:]}"
        for check in range(2, 99)
        if iso11649.is_valid(f"RF{check:02}{reference[4:]}")
    )
    assert creditor_reference(sound) == sound


@given(st.text("0123456789", min_size=26, max_size=26), st.sampled_from("0123456789"))
def test_qr_references_are_judged_as_another_library_judges_them(digits, check):
    right = digits + esr.calc_check_digit(digits)
    assert qr_reference(right) == right
    assert (taken(qr_reference, digits + check) is not None) == (digits + check == right)


@pytest.mark.parametrize(
    ("rule", "typed", "sentence"),
    [
        (creditor_reference, "RF19539007547034", "has wrong check digits"),
        (creditor_reference, "Invoice 4711", "Anything else belongs into text"),
        (creditor_reference, "RF18" + "1" * 22, "is not a creditor reference"),
        (qr_reference, "21 00000 00003 13947 14300 09018", "comes 7"),
        (qr_reference, "12345", "It has 27 digits"),
    ],
)
def test_what_is_wrong_is_told(rule, typed, sentence):
    with pytest.raises(Invalid) as refused:
        rule(typed)
    assert sentence in str(refused.value)
