import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.sg import uen
from tests.qr import emv
from tests.qr.payloads.refusals import accepted, refusals

from scanly.qr.payloads import build

KEY = {"key": "201403121W"}


@pytest.mark.parametrize(
    ("typed", "kind", "key"),
    [
        ("9123 4567", "0", "+6591234567"),
        ("+65 8123-4567", "0", "+6581234567"),
        ("201403121w", "2", "201403121W"),
        ("00192200M", "2", "00192200M"),
        ("197401143C", "2", "197401143C"),
        ("S16FC0121D", "2", "S16FC0121D"),
        ("201403121WA01", "2", "201403121WA01"),
    ],
)
def test_every_kind_of_key_is_recognised(typed, kind, key):
    fields = emv.read(build("paynow", {"key": typed}).text())
    assert (fields["26.01"], fields["26.02"]) == (kind, key)
    assert kind == "0" or uen.is_valid(key[:10] if len(key) > 9 else key)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, {"01": "11", "26.03": "1", "59": "NA"}),
        ({"editable": "no"}, {"01": "11", "26.03": "1", "59": "NA"}),
        ({"amount": "12.50"}, {"01": "12", "26.03": "0", "54": "12.50", "59": "NA"}),
        ({"amount": "12", "editable": "yes"}, {"01": "12", "26.03": "1", "54": "12", "59": "NA"}),
        ({"expiry": "2027-09-28"}, {"01": "11", "26.03": "1", "26.04": "20270928", "59": "NA"}),
        (
            {"expiry": "2027-09-28T18:30:00", "name": "Café", "reference": "A/1-2"},
            {"01": "11", "26.03": "1", "26.04": "20270928183000", "59": "Cafe", "62.01": "A/1-2"},
        ),
    ],
)
def test_the_fields_say_what_was_asked_for(more, expected):
    fields = emv.read(build("paynow", KEY | more).text())
    assert {name: fields.get(name) for name in expected} == expected
    assert ("26.04" in fields, "54" in fields, "62.01" in fields) == (
        "expiry" in more,
        "amount" in more,
        "reference" in more,
    )
    assert (fields["26.00"], fields["52"], fields["53"], fields["58"], fields["60"]) == (
        "SG.PAYNOW",
        "0000",
        "702",
        "SG",
        "Singapore",
    )


@given(
    st.text(st.sampled_from("Aé6304👩\u0301\n "), max_size=30),
    st.text(st.sampled_from("a01é-\n"), max_size=30),
)
def test_no_field_can_be_added(name, reference):
    text = accepted("paynow", KEY | {"name": name, "reference": reference})
    if text is not None:
        assert text.isascii()
        assert emv.read(text).keys() <= {
            "00",
            "01",
            "26",
            "26.00",
            "26.01",
            "26.02",
            "26.03",
            "52",
            "53",
            "58",
        } | {
            "59",
            "60",
            "62",
            "62.01",
            "63",
        }


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"key": ""}, {"key": "is missing"}),
        ({"key": "61234567"}, {"key": "begins with 8 or 9"}),
        ({"key": "+60123456789"}, {"key": "is not a PayNow key"}),
        ({"key": "201403121"}, {"key": "9 or 10 characters"}),
        ({"key": "91234567", "key_type": "uen"}, {"key": "It has 9 or 10 characters"}),
        ({"key": "201403121W", "key_type": "mobile"}, {"key": "It has 8 digits"}),
        ({"amount": "12,50"}, {"amount": "Write 12.50"}),
        ({"expiry": "28/09/2027"}, {"expiry": "Write it like 2027-09-28"}),
        ({"expiry": "2027-09"}, {"expiry": "is not a date"}),
        ({"name": "x" * 26, "reference": "x" * 26}, {"name": "to 25", "reference": "to 25"}),
        ({"editable": "maybe"}, {"editable": "neither yes nor no"}),
    ],
)
def test_what_is_wrong_is_told(fields, problems):
    told = refusals("paynow", KEY | fields)
    assert told.keys() == problems.keys()
    assert all(sentence in told[field] for field, sentence in problems.items())
