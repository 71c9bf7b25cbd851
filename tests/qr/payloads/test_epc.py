from decimal import Decimal

import pytest
import segno.helpers
from hypothesis import given
from hypothesis import strategies as st
from tests.qr.payloads.refusals import accepted, refusals

from scanly.qr.encoding import encode
from scanly.qr.payloads import Demands, build, types

PAYEE = {"iban": "DE89 3704 0044 0532 0130 00", "name": "Max Mustermann"}
NAMES = ("bic", "name", "iban", "amount", "purpose", "reference", "text", "note")


def read(text: str) -> dict[str, str]:
    """The fields as a bank's app takes them: line by line."""
    head, lines = text.split("\n")[:4], text.split("\n")[4:]
    assert head == ["BCD", "002", "1", "SCT"]
    assert len(lines) <= len(NAMES)
    assert lines[-1]
    assert len(text.encode()) <= 331
    return {name: line for name, line in zip(NAMES, lines, strict=False) if line}


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=70),
    st.decimals("0.01", "999999999.99", places=2),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=50),
)
def test_the_lines_are_those_of_another_writer(name, amount, message):
    fields = {"iban": "DE89370400440532013000", "name": name, "amount": f"{amount:f}", "text": message}
    ours = accepted("epc", fields)
    # The other writer strips trailing zeros of an amount.
    theirs = segno.helpers._make_epc_qr_data(name, fields["iban"], amount, text=message, encoding=1)
    shortened = {**fields, "amount": f"{amount:f}".rstrip("0").rstrip(".")}
    assert (ours is None) == (len(theirs) > 331)
    if ours is not None:
        assert build("epc", shortened).text().encode() == theirs
        assert Decimal(read(ours)["amount"].removeprefix("EUR")) == amount


TRICKY = st.text(st.sampled_from("a é\n\r\x0b\x1c\x85\u2028;|"), max_size=12)


@given(name=TRICKY, message=TRICKY, note=TRICKY, purpose=TRICKY, iban=TRICKY)
def test_no_line_can_be_added(name, message, note, purpose, iban):
    typed = {"name": name, "text": message, "note": note, "purpose": purpose}
    text = accepted("epc", {**typed, "iban": PAYEE["iban"] + iban, "amount": "5"})
    if text is not None:
        assert len(text.splitlines()) == len(text.split("\n"))
        found = read(text)
        assert found["iban"] == "DE89370400440532013000"
        for field in ("name", "text", "note"):
            assert found.get(field, "") == typed[field].strip(" ")


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ({}, ["", "Max Mustermann", "DE89370400440532013000"]),
        ({"amount": "12.30"}, ["", "Max Mustermann", "DE89370400440532013000", "EUR12.30"]),
        ({"note": "Danke"}, ["", "Max Mustermann", "DE89370400440532013000", *[""] * 4, "Danke"]),
        (
            {"bic": "cobadeffxxx", "reference": "rf18 5390 0754 7034", "purpose": "char"},
            ["COBADEFFXXX", "Max Mustermann", "DE89370400440532013000", "", "CHAR", "RF18539007547034"],
        ),
    ],
)
def test_lines_end_with_the_last_that_is_used_and_empty_ones_between_are_kept(more, lines):
    assert build("epc", PAYEE | more).text().split("\n")[4:] == lines


def test_the_symbol_is_level_m_exactly_and_version_13_at_most():
    assert types()["epc"].demands == Demands(level="M", max_version=13)
    longest = build("epc", PAYEE | {"text": "ä" * 105, "note": "x" * 64}).text()
    assert len(longest.encode()) == 331
    assert encode(longest, level="M", boost=False).version == 13
    assert "332 bytes" in refusals("epc", PAYEE | {"text": "ä" * 105, "note": "x" * 65})["text"]


def test_an_account_outside_the_economic_area_needs_its_bic():
    swiss = {"iban": "CH9300762011623852957", "name": "Verein"}
    assert refusals("epc", swiss) == {
        "bic": "bic: is missing: CH is outside the European Economic Area. Give the BIC of the payee's bank."
    }
    assert build("epc", swiss | {"bic": "POFICHBE"}).text().split("\n")[4] == "POFICHBE"


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        (
            {"iban": "DE88370400440532013000", "name": "Wrong IBAN", "amount": "1.00"},
            {"iban": '"DE88370400440532013000" has wrong check digits.'},
        ),
        ({}, {"iban": "is missing", "name": "is missing"}),
        (PAYEE | {"name": "x" * 71}, {"name": "Shorten it to 70"}),
        (PAYEE | {"text": "x" * 141}, {"text": "Shorten it to 140"}),
        (PAYEE | {"note": "x" * 71}, {"note": "Shorten it to 70"}),
        (PAYEE | {"amount": "12,30"}, {"amount": "Write 12.30, with a dot."}),
        (PAYEE | {"amount": "1000000000"}, {"amount": "at most 999999999.99"}),
        (PAYEE | {"currency": "CHF"}, {"currency": '"CHF" is not one of EUR'}),
        (PAYEE | {"bic": "COBADE"}, {"bic": "8 or 11 characters"}),
        (PAYEE | {"purpose": "CHARITY"}, {"purpose": "up to 4 letters"}),
        (PAYEE | {"reference": "4711"}, {"reference": "Anything else belongs into text"}),
        (PAYEE | {"reference": "RF18539007547034", "text": "a"}, {"reference": "Leave one out"}),
        (
            {"iban": "DE1", "name": "a\nb", "amount": "x", "bic": "?"},
            {"iban": "IBAN", "name": "one line", "amount": "amount", "bic": "BIC"},
        ),
    ],
)
def test_what_is_wrong_is_told(fields, problems):
    told = refusals("epc", fields)
    assert told.keys() == problems.keys()
    assert all(sentence in told[field] for field, sentence in problems.items())
