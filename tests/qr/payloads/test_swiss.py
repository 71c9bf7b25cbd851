import pytest
from hypothesis import given
from hypothesis import strategies as st
from qrbill import QRBill
from tests.qr.payloads.refusals import accepted, refusals

from scanly.qr.encoding import encode
from scanly.qr.payloads import Demands, build, types

QR_IBAN = "CH4431999123000889012"
IBAN = "CH9300762011623852957"
QR_REFERENCE = "210000000003139471430009017"
CREDITOR = {
    "name": "Max Muster & Söhne",
    "street": "Musterstrasse",
    "number": "123",
    "postcode": "8000",
    "town": "Seldwyla",
}
DEBTOR = {"debtor_name": "Simon Muster", "debtor_postcode": "8000", "debtor_town": "Seldwyla"}
LETTERS = st.text("abcÄéñŁșț€ '&.-", min_size=1, max_size=16).map(str.strip).filter(bool)


def judge(fields: dict[str, str]) -> str:
    """The same bill by another writer, which joins lines by CR LF."""
    names = {"name": "name", "street": "street", "number": "house_num", "postcode": "pcode", "town": "city"}
    creditor = {theirs: fields[ours] for ours, theirs in names.items() if ours in fields}
    debtor = {
        theirs: fields[f"debtor_{ours}"] for ours, theirs in names.items() if f"debtor_{ours}" in fields
    }
    bill = QRBill(
        account=fields["iban"],
        creditor={**creditor, "country": "CH"},
        debtor={**debtor, "country": fields.get("debtor_country", "CH")} if debtor else None,
        amount=fields.get("amount"),
        currency=fields.get("currency", "CHF"),
        reference_number=fields.get("reference"),
        additional_information=fields.get("text", ""),
    )
    return bill.qr_data().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "more",
    [
        {"iban": QR_IBAN, "reference": QR_REFERENCE},
        {"iban": QR_IBAN, "reference": QR_REFERENCE, "amount": "1949.75", "text": "Order"} | DEBTOR,
        {"iban": IBAN},
        {"iban": IBAN, "reference": "RF18539007547034", "currency": "EUR", "amount": "0.01"},
        {"iban": IBAN, "debtor_street": "Weg", "debtor_number": "1a", "debtor_country": "DE"} | DEBTOR,
    ],
)
def test_the_lines_are_those_of_another_writer(more):
    assert build("swiss", CREDITOR | more).text() == judge(CREDITOR | more)


@given(
    st.fixed_dictionaries(
        {"name": LETTERS, "postcode": LETTERS, "town": LETTERS},
        optional={"street": LETTERS, "number": LETTERS},
    )
)
def test_addresses_are_those_of_another_writer(creditor):
    fields = {"iban": IBAN, **creditor}
    assert build("swiss", fields).text() == judge(fields)


TRICKY = st.text(st.sampled_from("a\n\r\x0b\x85\u2028"), max_size=5)


@given(st.fixed_dictionaries(dict.fromkeys(("street", "text", "debtor_street", "amount", "iban"), TRICKY)))
def test_no_line_can_be_added(typed):
    fields = CREDITOR | DEBTOR | typed | {"iban": IBAN + typed["iban"]}
    text = accepted("swiss", fields)
    if text is not None:
        assert len(text.splitlines()) == len(text.split("\n")) == 31
        assert text.endswith("\nEPD")


def test_the_symbol_is_as_the_guidelines_fix_it():
    assert types()["swiss"].demands == Demands(
        level="M", max_version=25, plain=True, symbol_mm=46, clear_mm=5, emblem="swiss-cross"
    )
    widest = dict.fromkeys(("name", "street", "debtor_name", "debtor_street"), "é" * 70)
    fields = CREDITOR | DEBTOR | widest | {"iban": IBAN}
    text = build("swiss", fields | {"text": "é" * 130}).text()
    assert len(text.encode()) <= 997
    assert encode(text, level="M", boost=False).version <= 25
    told = refusals("swiss", fields | {"text": "é" * 140, "town": "é" * 35, "debtor_town": "é" * 35})
    assert "All fields together may have 997" in told["text"]


@pytest.mark.parametrize(
    ("letter", "allowed"), [("ÿ", True), ("ž", True), ("ſ", True), ("ƀ", False), ("Ș", True)]
)
def test_letters_go_as_far_as_latin_extended_a(letter, allowed):
    assert (accepted("swiss", CREDITOR | {"iban": IBAN, "name": f"a{letter}"}) is not None) == allowed


def test_letters_typed_in_two_parts_are_joined():
    text = build("swiss", CREDITOR | {"iban": IBAN, "name": "Zu\u0308rich", "country": "li"}).text()
    assert text.split("\n")[5] == "Zürich"
    assert text.split("\n")[10] == "LI"


@pytest.mark.parametrize(
    ("more", "problems"),
    [
        ({"iban": QR_IBAN}, {"reference": "A QR-IBAN needs a QR reference."}),
        (
            {"iban": QR_IBAN, "reference": "RF18539007547034"},
            {"reference": "A QR-IBAN needs a QR reference."},
        ),
        ({"iban": IBAN, "reference": QR_REFERENCE}, {"reference": "A QR reference needs a QR-IBAN."}),
        ({"iban": QR_IBAN, "reference": QR_REFERENCE[:-1] + "8"}, {"reference": "comes 7"}),
        ({"iban": IBAN, "reference": "RF19539007547034"}, {"reference": "wrong check digits"}),
        (
            {"iban": "DE89370400440532013000"},
            {"iban": "is an account in DE. A QR-bill needs one in CH or LI."},
        ),
        ({"iban": IBAN, "town": ""}, {"town": "is missing"}),
        ({"iban": IBAN, "name": "x" * 71}, {"name": "Shorten it to 70"}),
        ({"iban": IBAN, "number": "x" * 17}, {"number": "Shorten it to 16"}),
        ({"iban": IBAN, "town": "x" * 36}, {"town": "Shorten it to 35"}),
        ({"iban": IBAN, "text": "x" * 141}, {"text": "Shorten it to 140"}),
        ({"iban": IBAN, "name": "Кафе"}, {"name": 'holds "К". Write it in Latin letters; accents are fine.'}),
        ({"iban": IBAN, "text": "Danke 👍"}, {"text": 'holds "👍"'}),
        ({"iban": IBAN, "country": "Switzerland"}, {"country": "Write it like CH or DE"}),
        ({"iban": IBAN, "currency": "USD"}, {"currency": '"USD" is not one of CHF, EUR'}),
        ({"iban": IBAN, "amount": "1'949.75"}, {"amount": "is not an amount"}),
        (
            {"iban": IBAN, "debtor_street": "Weg"},
            dict.fromkeys(("debtor_name", "debtor_postcode", "debtor_town"), "or nothing of the payer"),
        ),
        (
            {"iban": "CH1", "amount": "x", "reference": "1"},
            {"iban": "IBAN", "amount": "", "reference": "27 digits"},
        ),
    ],
)
def test_what_is_wrong_is_told(more, problems):
    told = refusals("swiss", CREDITOR | more)
    assert told.keys() == problems.keys()
    assert all(sentence in told[field] for field, sentence in problems.items())
