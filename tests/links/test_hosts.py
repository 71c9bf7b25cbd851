import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.address import web_address
from scanly.core.errors import Invalid
from scanly.links.hosts import canonical, parse_base_url


@pytest.mark.parametrize(
    ("host", "spelling"),
    [
        ("go.example.com", "go.example.com"),
        (" GO.Example.COM ", "go.example.com"),
        ("go.example.com.", "go.example.com"),
        ("go.example.com:8443", "go.example.com"),
        ("go.example.com.:80", "go.example.com"),
        ("localhost:8000", "localhost"),
        ("my_shop.example.com", "my_shop.example.com"),
        ("192.168.1.10:80", "192.168.1.10"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("[2001:DB8:0:0::1]:8080", "2001:db8::1"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("MÜNCHEN.example:443", "xn--mnchen-3ya.example"),
        ("XN--MNCHEN-3YA.example", "xn--mnchen-3ya.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("दुकान.भारत", "xn--11b7ah1gn.xn--h2brj9c"),
    ],
)
def test_a_host_has_one_spelling(host, spelling):
    assert canonical(host) == spelling
    assert canonical(spelling) == spelling


@pytest.mark.parametrize(
    "host",
    ["", " ", ".", "a b", "a..b", "-a.com", "a-.com", "a/b", "a?b", "a#b", "user@a.com", "a.com:port", "a.com:1:2",
     "[::1", "[::1]x", "[::1]:x", "::g", "[a.com]", "a" * 64 + ".com", "a." * 127 + "a", "ex\u202eample.com",
     "exa\u00admple.com", "a\n", "a\0", "a%2eb", "<a>", "2130706433", "0x7f.1", "127.1", "xn--abc.example",
     "https://go.example.com"],
    ids=ascii,
)  # fmt: skip
def test_what_is_not_a_host_is_refused(host):
    with pytest.raises(Invalid, match="is not a host name"):
        canonical(host)


@given(st.text())
def test_a_host_is_refused_or_gets_a_spelling_that_stays(text):
    try:
        host = canonical(text)
    except Invalid:
        return
    assert host.isascii()
    assert canonical(host) == host
    assert web_address(f"http://[{host}]" if ":" in host else f"http://{host}")


@pytest.mark.parametrize(
    ("text", "shown", "host"),
    [
        ("https://go.example.com", "https://go.example.com", "go.example.com"),
        (" https://GO.example.com/ ", "https://go.example.com", "go.example.com"),
        ("https://go.example.com:443", "https://go.example.com", "go.example.com"),
        ("http://go.example.com:443", "http://go.example.com:443", "go.example.com"),
        ("http://go.example.com:80", "http://go.example.com", "go.example.com"),
        ("http://192.168.1.10:8000", "http://192.168.1.10:8000", "192.168.1.10"),
        ("http://[2001:db8::1]:8000", "http://[2001:db8::1]:8000", "2001:db8::1"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
    ],
)
def test_a_base_url_is_scheme_and_host(text, shown, host):
    base = parse_base_url(text)
    assert (str(base), base.host) == (shown, host)
    assert base.short_url("", "menu-7") == f"{shown}/menu-7"
    assert base.short_url("qr.example.org", "menu-7") == f"{base.scheme}://qr.example.org/menu-7"
    assert parse_base_url(str(base)) == base


@pytest.mark.parametrize(
    "text",
    ["", "go.example.com", "ftp://a.com", "https://", "https://a.com/x", "https://a.com?x", "https://a.com#x",
     "https://user@a.com", "https://user:pass@a.com", "https://a.com:99999", "https://a.com:x", "javascript:alert(1)",
     "https://a b.com", "https://[::1", "//a.com", "https:a.com"],
)  # fmt: skip
def test_any_other_base_url_is_refused(text):
    with pytest.raises(Invalid):
        parse_base_url(text)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("http://localhost:8000", True),
        ("http://menu.localhost", True),
        ("http://127.0.0.1", True),
        ("http://127.9.9.9:80", True),
        ("http://[::1]:8000", True),
        ("http://0.0.0.0:8000", True),
        ("http://[::]", True),
        ("http://192.168.1.10", False),
        ("http://localhost.example.com", False),
        ("http://notlocalhost", False),
    ],
)
def test_an_address_that_only_this_machine_reaches_is_local(text, local):
    assert parse_base_url(text).local == local
