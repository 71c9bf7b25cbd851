from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.grammar.mailbox import mailbox, mailboxes


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" asha@example.org ", "asha@example.org"),
        ("Frank_Dawson@Lotus.com", "Frank_Dawson@lotus.com"),
        ("gorby%kremvax@example.com", "gorby%kremvax@example.com"),
        ("unlikely?address@example.com", "unlikely?address@example.com"),
        ("Mike&family@example.org", "Mike&family@example.org"),
        ("asha+menu@example.co.uk", "asha+menu@example.co.uk"),
        ("user@納豆.example.org", "user@xn--99zt52a.example.org"),
        ("info@münchen.example", "info@xn--mnchen-3ya.example"),
        ("a@x.xn--p1ai", "a@x.xn--p1ai"),
    ],
)
def test_an_address_is_taken_and_its_domain_normalised(typed, address):
    assert mailbox(typed) == address
    assert mailbox(address) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "asha",
        "asha@",
        "@example.org",
        "asha@example",
        "asha@@example.org",
        "Asha <asha@example.org>",
        "mailto:asha@example.org",
        "asha@example.org;bcc@example.org",
        "asha@example.org?bcc=spam@example.org",
        "asha@example.org/x",
        "asha@example.org:25",
        "asha@127.0.0.1",
        "asha@[127.0.0.1]",
        "a..b@example.org",
        ".a@example.org",
        "a b@example.org",
        "a\n@example.org",
        "a@exam\nple.org",
        "ä@example.org",
        "a@-.org",
        '"not@me"@example.org',
    ],
)
def test_what_is_no_plain_address_is_refused(typed):
    with pytest.raises(Invalid, match=r"is not an e-mail address\. Write only the address"):
        mailbox(typed)


@pytest.mark.parametrize("typed", ["x" * 65 + "@example.org", "x" * 64 + "@" + "example." * 25 + "org"])
def test_an_address_longer_than_mail_allows_is_refused(typed):
    with pytest.raises(Invalid, match="is too long for an e-mail address"):
        mailbox(typed)


@given(st.emails(domains=st.sampled_from(["example.org", "mail.example.co.uk"])))
def test_an_address_that_is_taken_is_one_to_a_mail_library(address):
    try:
        taken = mailbox(address)
    except Invalid:
        return
    assert str(Address(addr_spec=taken)) == taken == address


def test_several_addresses_stand_between_commas():
    assert mailboxes("a@example.org, b@example.org") == "a@example.org,b@example.org"
