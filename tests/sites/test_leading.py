import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.sites.leading import check_address, key_of, target
from scanly.sites.words import markup

SCRIPTS = (
    "javascript",
    "JavaScript",
    "vbscript",
    "data",
    "livescript",
    "blob",
    "file",
    "view-source",
    "jar",
    "about",
)
DRESSED = (
    "{}:alert(1)",
    "{}:%61lert(1)",
    " {}:alert(1)",
    "\t{}:alert(1)",
    "{}\t:alert(1)",
    "{}\n:alert(1)",
    "\x01{}:alert(1)",
    "{}&#58;alert(1)",
    "{}&colon;alert(1)",
    "{}:text/html,<script>1</script>",
)
TRICKS = (
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\x00script:alert(1)",
    "&#106;avascript:alert(1)",
    "\u200bjavascript:alert(1)",
    "\ufeffjavascript:alert(1)",
    "jav\u00adascript:alert(1)",
    "%6aavascript:alert(1)",
    "ｊavascript:alert(1)",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "https://user@evil.example",
    "http://evil.example\\@good.example",
    "ftp://evil.example",
    'https://a.example/"onmouseover="x',
    'mailto:a@b.example"onclick=x',
    'tel:+1"onclick="x',
    "upi://evil.example/pay",
    'upi://pay?pa=a@b"><script>',
    "geo:0,0'onclick='x",
    "sms:123?body=<script>",
    "#<script>",
    '#a"b',
    '/s/x"y',
    "/../x",
    "mailto:a@b.example,c@d.example\nbcc:e@f.example",
    "https://xn--/",
    "https://\u202egood.example",
)
NEVER = [*(dress.format(word) for word, dress in itertools.product(SCRIPTS, DRESSED)), *TRICKS]


@pytest.mark.parametrize("address", NEVER)
def test_a_page_never_leads_to_what_could_run_or_deceive(address):
    try:
        checked = check_address(address.strip())
    except Invalid:
        checked = ""
    # What is taken in spite of its looks is harmless in the one spelling that it is written in.
    if checked:
        assert checked.startswith(("https://", "mailto:", "tel:", "sms:", "geo:", "upi://pay?"))
        assert not set(checked) & set("\"'<>`\\ \t\n")
        assert "@" not in checked.partition("//")[2].partition("/")[0] or checked.startswith("upi:")
    html = markup.to_html(f"[words]({address})", lambda found: target(check_address(found)).attrs)
    assert "javascript:" not in str(html).lower().partition("href")[2]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/a?b=c#d",
        "http://example.com:8080/",
        "mailto:asha@example.com",
        "mailto:a@b.example?subject=Hi%20there",
        "tel:+919876543210",
        "sms:+919876543210?body=Namaste%20ji",
        "geo:18.52,73.85?q=Asha",
        "upi://pay?pa=a@upi&pn=A%20B",
        "#order",
        "/s/other/hi",
        "/menu-7",
    ],
)
def test_what_a_shop_needs_is_taken_as_it_is(address):
    assert check_address(address) == address


@given(st.text(max_size=60))
def test_an_address_is_one_attribute_whatever_was_typed(text):
    try:
        checked = check_address(text)
    except Invalid:
        return
    attrs = str(target(checked, "/s/a/go/b/c").attrs)
    assert attrs.count('"') in (2, 4, 6)
    assert "<" not in attrs
    assert check_address(checked) == checked


def test_web_addresses_are_counted_and_what_opens_a_program_goes_straight():
    assert (
        str(target("https://example.com/", "/s/a/go/b/c").attrs)
        == 'href="/s/a/go/b/c" rel="nofollow" data-to="example.com"'
    )
    called = str(target("tel:+911", "/s/a/go/b/c", "https://go.example").attrs)
    assert called == 'href="tel:+911" ping="https://go.example/s/a/go/b/c"'
    assert str(target("#menu", "/s/a/go/b/c").attrs) == 'href="#menu"'
    assert str(target("https://example.com/").attrs) == 'href="https://example.com/"'


def test_a_link_s_key_depends_on_its_address_alone():
    assert (
        key_of("https://example.com/a") == key_of("https://example.com/a") != key_of("https://example.com/b")
    )
