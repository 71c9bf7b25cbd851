import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.payloads import build, sms


def read_like_zxing(text: str) -> tuple[str, str | None]:
    """Number and body as ZXing's SMSTOMMSTOResultParser takes them: the body is all after the first colon."""
    assert text.startswith(("smsto:", "SMSTO:", "mmsto:", "MMSTO:"))
    number, colon, body = text[6:].partition(":")
    return number, body if colon else None


MESSAGES = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1),
    st.text(st.sampled_from(":;?&%\\+\n ab"), min_size=1),
).filter(lambda text: text.strip())


@given(MESSAGES)
def test_a_phone_gets_the_very_message(message):
    text = build("sms", {"number": "+15551212", "text": message}).text()
    assert read_like_zxing(text) == ("+15551212", message)


# From ZXing's ParsedReaderResultTestCase.
@pytest.mark.parametrize(
    "message",
    [
        "subject",
        "My message",
        "What's up?",
        "Directions: Do this",
        "Here's a longer message. Should be fine.",
    ],
)
def test_the_published_messages_give_the_published_codes(message):
    assert build("sms", {"number": "+1-555-1212", "text": message}).text() == f"SMSTO:+15551212:{message}"


def test_without_a_message_there_is_only_the_number():
    assert read_like_zxing(sms.Payload(number="+15551212").text()) == ("+15551212", None)


def test_everything_wrong_is_told_at_once():
    with pytest.raises(Invalid) as refused:
        build("sms", {"number": "+15551212:Hi", "text": "ring\a"})
    assert [problem.field for problem in refused.value.problems] == ["number", "text"]
    assert "text: holds the control character U+0007 (character 5)." in str(refused.value)
