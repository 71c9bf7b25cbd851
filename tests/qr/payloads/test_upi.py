from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.qr.payloads.refusals import accepted, refusals

from scanly.qr.payloads import build

ISSUED = (
    "upi://pay?tr=202101345671229366&tid=121313202101345671229366&pa=juspay@axisbank&mc=1234&pn=Merchant%20Inc"
    "&am=1.00&cu=INR&tn=Pay%20for%20merchant"
)


def read(text: str) -> list[tuple[str, str]]:
    """The parameters as an app takes them, which knows no form encoding."""
    parts = urlsplit(text)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("upi", "pay", "", "")
    assert "+" not in text
    assert text.isascii()
    return parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)


@given(st.text("Aé&=?#%+ @/आ\n\u202e", max_size=60), st.text("Aé&=?#%+ @/आ\n", max_size=60))
def test_nothing_typed_can_add_a_parameter(name, note):
    text = accepted("upi", {"upi": "asha@upi", "name": name, "note": note, "amount": "5"})
    if text is not None:
        expected = [("pa", "asha@upi"), ("pn", name.strip(" ")), ("am", "5.00"), ("cu", "INR")]
        assert read(text) == expected + ([("tn", note.strip(" "))] if note else [])


def test_a_personal_id_gets_payee_amount_and_note_alone():
    text = build(
        "upi", {"upi": "asha@upi", "name": "Asha Kirana", "amount": "250.00", "note": "Bill 118"}
    ).text()
    assert text == "upi://pay?pa=asha@upi&pn=Asha%20Kirana&am=250.00&cu=INR&tn=Bill%20118"


@pytest.mark.parametrize(
    "upi", ["asha@upi", "9876543210@ybl", "asha.k-1_2@okhdfcbank", "123456789012@HDFC0000001.ifsc.npci"]
)
def test_ids_are_kept_as_typed(upi):
    assert f"?pa={upi}&" in build("upi", {"upi": f" {upi} ", "name": "Asha"}).text()


@pytest.mark.parametrize(
    "issued",
    [
        ISSUED,
        ISSUED + "&mode=02&orgid=159012&sign=MEUCIQC8bLDdRbDhpsPAt9wR1a0pcEssDaV+Q7lw==",
        "upi://pay?pa=a@b",
        "upi://pay?pa=asha%40upi&pn=Asha+Kirana",
        "upi://pay?mc=1234&pa=shop@bank&pn=Some Shop",
    ],
)
def test_an_issued_string_is_not_changed_by_one_byte(issued):
    assert build("upi", {"signed": issued}).text() == issued


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"upi": "asha@gmail.com", "name": "Asha"}, {"upi": "That is an e-mail address."}),
        (
            {"upi": "asha", "name": "Asha"},
            {"upi": '"asha" is not a UPI id. Write it as the payment app shows it'},
        ),
        ({"upi": "asha@upi&am=1", "name": "Asha"}, {"upi": "is not a UPI id"}),
        ({"upi": "asha@upi"}, {"name": "is missing"}),
        ({"note": "Rice"}, {"upi": "Give the payee's UPI id and name, or signed.", "name": "is missing"}),
        ({"upi": "asha@upi", "name": "A", "amount": "12,50"}, {"amount": "Write 12.50, with a dot."}),
        ({"upi": "asha@upi", "name": "A", "note": "x" * 51}, {"note": "Shorten it to 50."}),
        ({"upi": "asha@upi", "name": "A", "currency": "USD"}, {"currency": '"USD" is not one of INR'}),
        (
            {"upi": "asha@upi", "name": "A", "reference": "118"},
            {"reference": "makes apps refuse a payment to a personal id. Put it into note"},
        ),
        (
            {"upi": "a", "name": "A\nB", "amount": "0", "reference": "1"},
            {"upi": "UPI id", "name": "invisible", "amount": "more than 0", "reference": "note"},
        ),
        (
            {"signed": ISSUED, "upi": "asha@upi", "amount": "5"},
            {"upi": "cannot be added to an issued string", "amount": "ask the payment provider"},
        ),
        ({"signed": "upi://mandate?pa=a@b"}, {"signed": "It begins with upi://pay?"}),
        ({"signed": "https://pay?pa=a@b"}, {"signed": "It begins with upi://pay?"}),
        ({"signed": "upi://pay?pn=Asha"}, {"signed": "names the payee (pa=)"}),
        ({"signed": "upi://pay?pa=a@b\n&am=1"}, {"signed": "in one line"}),
    ],
)
def test_what_is_wrong_is_told(fields, problems):
    told = refusals("upi", fields)
    assert told.keys() == problems.keys()
    assert all(sentence in told[field] for field, sentence in problems.items())
