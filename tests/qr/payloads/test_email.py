from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.payloads import email

# RFC 6068, 6.1 to 6.3; the domain of the last is written in punycode, which needs no newer mail program.
PUBLISHED = [
    ({"to": "chris@example.com"}, "mailto:chris@example.com"),
    (
        {"to": "infobot@example.com", "subject": "current-issue"},
        "mailto:infobot@example.com?subject=current-issue",
    ),
    (
        {"to": "infobot@example.com", "body": "send current-issue"},
        "mailto:infobot@example.com?body=send%20current-issue",
    ),
    (
        {"to": "infobot@example.com", "body": "send current-issue\nsend index"},
        "mailto:infobot@example.com?body=send%20current-issue%0D%0Asend%20index",
    ),
    (
        {"to": "majordomo@example.com", "body": "subscribe bamboo-l"},
        "mailto:majordomo@example.com?body=subscribe%20bamboo-l",
    ),
    (
        {"to": "joe@example.com", "cc": "bob@example.com", "body": "hello"},
        "mailto:joe@example.com?cc=bob@example.com&body=hello",
    ),
    ({"to": "gorby%kremvax@example.com"}, "mailto:gorby%25kremvax@example.com"),
    ({"to": "unlikely?address@example.com"}, "mailto:unlikely%3Faddress@example.com"),
    ({"to": "Mike&family@example.org"}, "mailto:Mike%26family@example.org"),
    ({"to": "addr1@an.example, addr2@an.example"}, "mailto:addr1@an.example,addr2@an.example"),
    (
        {"to": "user@example.org", "subject": "café", "body": "café"},
        "mailto:user@example.org?subject=caf%C3%A9&body=caf%C3%A9",
    ),
    (
        {"to": "user@納豆.example.org", "subject": "Test", "body": "NATTO"},
        "mailto:user@xn--99zt52a.example.org?subject=Test&body=NATTO",
    ),
]


@pytest.mark.parametrize(("fields", "text"), PUBLISHED)
def test_the_examples_of_the_standard_are_reproduced(fields, text):
    assert email.Payload(**fields).text() == text


TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1),
    st.text(st.sampled_from("?&=#%+@,; ab"), min_size=1),
    st.sampled_from(["a&bcc=spam@example.org", "%0D%0ABcc:spam@example.org", "a#b", "1+1"]),
).filter(lambda text: text.strip())
LOCAL = st.text(st.sampled_from("ab+&?%#=/'*"), min_size=1, max_size=10)


@given(local=LOCAL, subject=TEXT, body=TEXT, second_line=TEXT)
def test_a_mail_program_gets_the_very_fields_and_no_others(local, subject, body, second_line):
    to = f"{local}@example.org"
    text = email.Payload(
        to=f"asha@example.org,{to}", subject=subject, body=f"{body}\n{second_line}", cc=to
    ).text()
    parts = urlsplit(text)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("mailto", "", "")
    assert unquote(parts.path) == f"asha@example.org,{to}"
    # Read as a form, as ZXing does: a plus would become a space.
    assert parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True) == [
        ("cc", to),
        ("subject", subject.strip(" ")),
        ("body", f"{body}\r\n{second_line}"),
    ]


def test_everything_wrong_is_told_at_once():
    with pytest.raises(Invalid) as refused:
        email.Payload(to="asha", subject="two\nlines", body="\0", cc="b@example.org?bcc=c@example.org")
    told = {problem.field: problem.message for problem in refused.value.problems}
    assert told == {
        "to": '"asha" is not an e-mail address.',
        "subject": '"two\\x0alines" holds an invisible character.',
        "body": "holds the control character U+0000 (character 1).",
        "cc": '"b@example.org?bcc=c@example.org" is not an e-mail address.',
    }
