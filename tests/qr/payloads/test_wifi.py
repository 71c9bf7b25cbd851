import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.core.text import has_control
from scanly.qr.payloads import wifi


def read_like_zxing(text: str) -> dict[str, str]:
    """The fields as ZXing's WifiResultParser takes them: it looks for each prefix, up to a bare semicolon."""
    assert text.startswith("WIFI:")
    body = text.removeprefix("WIFI:")
    found: dict[str, str] = {}
    for prefix in ("S:", "P:", "T:", "H:", "R:"):
        at = 0
        while (at := body.find(prefix, at)) >= 0:
            end = unescaped_semicolon(body, at)
            if at == 0 or (body[at - 1] == ";" and not escaped(body, at - 1)):
                found[prefix[0]] = re.sub(r"\\(.)", r"\1", body[at + 2 : end], flags=re.DOTALL)
                break
            at += 1
    return found


def unescaped_semicolon(body: str, start: int) -> int:
    at = start
    while body[at] != ";" or escaped(body, at):
        at += 1
    return at


def escaped(body: str, at: int) -> bool:
    backslashes = len(body[:at]) - len(body[:at].rstrip("\\"))
    return backslashes % 2 == 1


TRICKY = st.text(st.sampled_from('\\;,:"%= ABSPTHR'), min_size=8, max_size=32)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10).filter(
    lambda name: len(name.encode()) <= 32 and not has_control(name)
)


@given(
    ssid=st.one_of(NAMES, TRICKY),
    password=st.one_of(
        TRICKY, st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=8, max_size=63)
    ),
    hidden=st.booleans(),
)
def test_a_phone_gets_back_the_very_name_and_password(ssid, password, hidden):
    text = wifi.Payload(ssid=ssid, password=password, hidden=hidden).text()
    expected = {"S": ssid, "P": password, "T": "WPA"} | ({"H": "true"} if hidden else {})
    assert read_like_zxing(text) == expected
    assert text.endswith(";;")
    assert not escaped(text, len(text) - 1)
    assert not escaped(text, len(text) - 2)


def test_hex_looking_names_and_percent_signs_are_left_alone():
    text = wifi.Payload(ssid="CAFE2024", password="100%25sure").text()
    assert text == "WIFI:T:WPA;S:CAFE2024;P:100%25sure;;"


@pytest.mark.parametrize(
    ("security", "password"),
    [
        ("WPA", "12345678"),
        ("WPA", "~" * 63),
        ("WPA", "0aF" * 21 + "9"),
        ("WPA3", "correct horse"),
        ("none", ""),
    ]
    + [("WEP", key) for key in ("12345", "thirteenchars", "0123456789", "0123456789abcdef0123456789")],
)
def test_passwords_of_the_right_kind_are_taken(security, password):
    assert wifi.Payload(ssid="x" * 32, password=password, security=security).text()


@pytest.mark.parametrize(
    ("security", "password", "sentence"),
    [
        ("WPA", "1234567", "is not a WPA password (7 characters)"),
        ("WPA", "x" * 64, "is not a WPA password (64 characters)"),
        ("WPA", "pässword", "letters without accents"),
        ("WPA", "", "needs its password"),
        ("WEP", "123456", "is not a WEP key"),
        ("none", "12345678", "An open network has no password"),
    ],
)
def test_passwords_of_the_wrong_kind_are_refused(security, password, sentence):
    with pytest.raises(Invalid) as refused:
        wifi.Payload(ssid="Cafe", password=password, security=security)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("ssid", ["", "x" * 33, "é" * 17, "a\nb", "a\u202eb"])
def test_names_that_are_no_network_names_are_refused(ssid):
    with pytest.raises(Invalid, match="ssid"):
        wifi.Payload(ssid=ssid, password="12345678")
