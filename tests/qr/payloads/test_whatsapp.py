from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.payloads import build

MESSAGES = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1),
    st.text(st.sampled_from("?&=#%+/\n ab"), min_size=1),
).filter(lambda text: text.strip())


@given(MESSAGES)
def test_the_chat_gets_the_very_message_and_the_digits(message):
    link = urlsplit(build("whatsapp", {"number": "+91 98765-43210", "text": message}).text())
    assert (link.scheme, link.netloc, link.path, link.fragment) == ("https", "wa.me", "/919876543210", "")
    assert parse_qs(link.query, strict_parsing=True) == {"text": [message]}


def test_without_a_number_people_choose_the_chat():
    assert build("whatsapp", {"text": "Hi\r\nyou"}).text() == "https://wa.me/?text=Hi%0Ayou"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "number: is missing, and so is text. Give the number to write to"),
        ({"number": "0091 98765 43210"}, "begins with 00"),
        ({"number": "98765 43210"}, "has no + and country code"),
        ({"number": "+44 020 7946 0958"}, "Write +44 and go on without the 0."),
        ({"number": "+919876543210?text=x"}, "is not a telephone number"),
        ({"text": "\x1b"}, "text: holds the control character U+001B"),
    ],
)
def test_what_opens_no_chat_is_refused_with_what_to_do(fields, sentence):
    with pytest.raises(Invalid) as refused:
        build("whatsapp", fields)
    assert sentence in str(refused.value)
