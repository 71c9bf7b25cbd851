import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.th import pin
from tests.qr import emv
from tests.qr.payloads.refusals import accepted, refusals

from scanly.qr.payloads import build


@pytest.mark.parametrize(
    ("typed", "key_type", "field", "value"),
    [
        ("089-999-9999", "phone", "29.01", "0066899999999"),
        ("+66 89 999 9999", "phone", "29.01", "0066899999999"),
        ("1-1014-00123-45-1", "tax-id", "29.02", "1101400123451"),
        ("004999000288505", "e-wallet", "29.03", "004999000288505"),
    ],
)
def test_every_kind_of_key_is_recognised(typed, key_type, field, value):
    texts = {build("promptpay", {"key": typed, "key_type": kind}).text() for kind in (key_type, "auto", "")}
    assert len(texts) == 1
    fields = emv.read(texts.pop())
    assert fields[field] == value
    assert fields["29.00"] == "A000000677010111"
    assert [name for name in fields if name.startswith("29.")] == ["29.00", field]
    assert (fields["01"], fields["53"], fields["58"]) == ("11", "764", "TH")


@given(st.text("0123456789", min_size=13, max_size=13))
def test_a_tax_id_is_judged_as_another_library_judges_it(digits):
    # The other library knows citizens' ids, which begin with 1 to 8; those of companies begin with 0.
    sound = digits[:12] + pin.calc_check_digit(digits[:12])
    assert accepted("promptpay", {"key": sound})
    assert (accepted("promptpay", {"key": digits}) is not None) == (digits == sound)


def test_an_amount_makes_it_serve_one_payment():
    fields = emv.read(build("promptpay", {"key": "0899999999", "amount": "120"}).text())
    assert (fields["01"], fields["54"]) == ("12", "120")


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({}, {"key": "is missing"}),
        ({"key": "021234567"}, {"key": "is not a PromptPay key. A mobile number is like 089 999 9999"}),
        ({"key": "+65 91234567"}, {"key": "is not a PromptPay key"}),
        ({"key": "1101400123452"}, {"key": "its check digit is wrong"}),
        ({"key": "0899999999", "key_type": "tax-id"}, {"key": "has 13 digits"}),
        ({"key": "0899999999", "amount": "4,22"}, {"amount": "Write 4.22, with a dot."}),
        ({"key": "٠٨٩٩٩٩٩٩٩٩", "amount": "0"}, {"key": "PromptPay key", "amount": "more than 0"}),
    ],
)
def test_what_is_wrong_is_told(fields, problems):
    told = refusals("promptpay", fields)
    assert told.keys() == problems.keys()
    assert all(sentence in told[field] for field, sentence in problems.items())
