import re

import biip
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.qr.payloads.refusals import accepted, refusals

from scanly.qr.payloads import build

GTIN = {"gtin": "9521234543213"}
SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
VALUES = st.text(SET_82, min_size=1, max_size=20).filter(lambda value: value not in (".", ".."))


def read(text: str) -> dict[str, str]:
    """The element strings as another library finds them, in their order."""
    link = biip.parse(text).gs1_digital_link_uri
    assert link is not None
    return {element.ai.ai: element.value for element in link.element_strings}


@given(VALUES, VALUES, VALUES)
def test_every_character_survives_and_qualifiers_stand_in_order(variant, lot, serial):
    text = build("gs1", GTIN | {"serial": serial, "lot": lot, "variant": variant}).text()
    assert re.fullmatch(r"https://id\.gs1\.org(/[A-Za-z0-9._~%-]+)+", text)
    assert list(read(text).items()) == [
        ("01", "09521234543213"),
        ("22", variant),
        ("10", lot),
        ("21", serial),
    ]


@given(st.text(st.sampled_from("a/?#&=% é\n\\.\u202e"), max_size=24))
def test_no_element_can_be_added(lot):
    text = accepted("gs1", GTIN | {"lot": lot})
    if text is not None:
        assert read(text) == {"01": "09521234543213"} | ({"10": lot.strip(" ")} if lot else {})


def test_the_set_of_characters_has_82():
    assert len(set(SET_82)) == 82
    allowed = [chr(code) for code in range(0x20, 0x250) if accepted("gs1", GTIN | {"lot": f"a{chr(code)}a"})]
    assert sorted(allowed) == sorted(SET_82)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (
            {"gtin": "9506000134376", "lot": "ABC", "serial": "123456", "expiry": "2018-04-26"},
            "https://id.gs1.org/01/09506000134376/10/ABC/21/123456?17=180426",
        ),
        (
            {"gtin": "95012346", "expiry": "2027-09", "best_before": "2027-08-01"},
            "https://id.gs1.org/01/00000095012346?17=270900&15=270801",
        ),
        (
            {"gtin": "9506000134352", "host": "https://Go.Example.com/tea/"},
            "https://go.example.com/tea/01/09506000134352",
        ),
        (
            {"gtin": "9506000134352", "host": "münchen.example:8443"},
            "https://xn--mnchen-3ya.example:8443/01/09506000134352",
        ),
    ],
)
def test_dates_and_hosts_are_written_as_the_standard_wants_them(fields, text):
    assert build("gs1", fields).text() == text


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"gtin": "9521234543214"}, {"gtin": "has a wrong check digit. After 952123454321 comes 3."}),
        ({"gtin": ""}, {"gtin": "is missing"}),
        ({"lot": "x" * 21}, {"lot": "has 21 characters. It may have 1 to 20."}),
        ({"lot": "A B"}, {"lot": 'holds " ". Letters without accents'}),
        ({"serial": "Ü1"}, {"serial": 'holds "Ü"'}),
        ({"lot": "..", "variant": "."}, {"lot": "means a folder", "variant": "means a folder"}),
        ({"expiry": "28.09.2027"}, {"expiry": "Write it like 2027-09-28 or 2027-09"}),
        ({"expiry": "2027-02-30"}, {"expiry": "in the calendar"}),
        ({"expiry": "2076-01-01"}, {"expiry": "from 2000 to 2075"}),
        ({"best_before": "1999-12-31"}, {"best_before": "from 2000 to 2075"}),
        ({"host": "exa mple.com"}, {"host": "cannot be used as a web address"}),
        ({"host": "example.com?x=1"}, {"host": "is not a host"}),
        ({"host": "user@example.com"}, {"host": "user name"}),
        (
            {"gtin": "1", "lot": " ", "expiry": "x", "host": "/"},
            dict.fromkeys(("gtin", "lot", "expiry", "host"), ""),
        ),
    ],
)
def test_what_is_wrong_is_told(fields, problems):
    told = refusals("gs1", GTIN | fields)
    assert told.keys() == problems.keys()
    assert all(sentence in told[field] for field, sentence in problems.items())
