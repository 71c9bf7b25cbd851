import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.address import MAX_CHARACTERS, web_address
from scanly.core.errors import Invalid

SCHEMES = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript://example.com/%0aalert(1)",
    "javascript&colon;alert(1)",
    "java&#x73;cript:alert(1)", "java%73cript:alert(1)", "\x01javascript:alert(1)", " javascript:alert(1)",
    "java\tscript:alert(1)", "java\nscript:alert(1)", "javascript\r:alert(1)", "\u200bjavascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:msgbox(1)",
    "file:///etc/passwd", "ftp://example.com/", "blob:https://example.com/1", "about:blank",
    "view-source:https://example.com", "intent://example.com#Intent;scheme=https;end", "mailto:a@example.com",
    "tel:+15551212", "market://details?id=a", "ws://example.com/", "feed:https://example.com/",
    "jar:https://example.com!/", "url:https://example.com", "https&#58;//example.com",
]  # fmt: skip
SHAPES = [
    "", " ", "example", "//example.com/", "/menu", "https:example.com", "https:/example.com", "https:///example.com",
    "https:\\\\example.com", "https://\\example.com", "https://example.com\\@evil.example",
    "https://example.com/a\\..\\b", "https://", "https://?a",
    "https://#a", "http//example.com", "https//example.com", "https:// example.com", "hthttps://ps://example.com",
]  # fmt: skip
HOSTS = [
    "https://user@example.com/", "https://user:pass@example.com/", "https://good.example@evil.example/",
    "https://good.example＠evil.example/", "https://%65xample.com/", "https://exam%00ple.com/",
    "https://ex ample.com/",
    "https://example..com/", "https://.example.com/", "https://-example.com/", "https://example-.com/",
    "https://exa\u202emple.com/", "https://exa\u00admple.com/", "https://exa\u200dmple.com/",
    "https://exa\x00mple.com/",
    "https://a℀b.example/", "https://good.example／.evil.example/", "https://good.example？.evil.example/",
    "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://127.1/", "https://256.0.0.1/",
    "https://１２７.1/", "https://[::1/", "https://[::g]/", "https://[fe80::1%25eth0]/", "https://::1/",
    "https://example.com:0/", "https://example.com:65536/", "https://example.com:999999/", "https://example.com:8a/",
    "https://example.com:-1/", "https://xn--abc.example/", "https://xn--.example/", "https://xn--a-ecp.ru\u3002\u3002/",
    "https://" + "a" * 64 + ".example/", "https://" + "a." * 127 + "example/", "https://ex<ample>.com/",
    "https://example.com/\ud800", "https://example.com/a\r\nSet-Cookie: a=b", "https://example.com/\u2028",
    "https://example.com/" + "a" * MAX_CHARACTERS,
]  # fmt: skip


@pytest.mark.parametrize("text", SCHEMES + SHAPES + HOSTS, ids=ascii)
def test_a_hostile_or_broken_spelling_is_refused_in_one_plain_sentence(text):
    with pytest.raises(Invalid) as refused:
        web_address(text)
    (problem,) = refused.value.problems
    assert problem.field == "target"
    assert problem.hint
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.com", "https://example.com"),
        ("https://example.com/", "https://example.com/"),
        (" https://example.com/menu ", "https://example.com/menu"),
        ("HTTPS://Example.COM/Menu", "https://example.com/Menu"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:80", "http://example.com"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("https://example.com:/a", "https://example.com/a"),
        ("http://localhost:8000/x", "http://localhost:8000/x"),
        ("http://192.168.1.10/", "http://192.168.1.10/"),
        ("http://[2001:DB8:0::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ("https://XN--MNCHEN-3YA.example", "https://xn--mnchen-3ya.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("https://दुकान.भारत/मेनू", "https://xn--11b7ah1gn.xn--h2brj9c/%E0%A4%AE%E0%A5%87%E0%A4%A8%E0%A5%82"),
        ("https://例え。テスト", "https://xn--r8jz45g.xn--zckzah"),
        ("https://ｅｘａｍｐｌｅ．com", "https://example.com"),
        ("https://my_shop.example.com", "https://my_shop.example.com"),
        ("https://r3---sn-a.example.com", "https://r3---sn-a.example.com"),
        ("https://example.com/a b/100%/%41%e9", "https://example.com/a%20b/100%25/%41%e9"),
        ("https://example.com?q=a b&x[]=<1>#ö", "https://example.com?q=a%20b&x%5B%5D=%3C1%3E#%C3%B6"),
        (
            "https://example.com/?url=https://a.example/?b=@c",
            "https://example.com/?url=https://a.example/?b=@c",
        ),
        ("https://example.com/@name;v=1,2!$'()*+~", "https://example.com/@name;v=1,2!$'()*+~"),
        ("https://example.com/#/route?x#y", "https://example.com/#/route?x%23y"),
        ("https://example.com/?", "https://example.com/?"),
    ],
)
def test_an_honest_address_gets_its_one_spelling(text, address):
    assert web_address(text) == address
    assert web_address(address) == address


def test_a_forgotten_scheme_is_named():
    with pytest.raises(Invalid, match=r"Did you mean https://example\.com/menu\?"):
        web_address("example.com/menu")


def test_the_problem_is_about_the_field_that_was_asked_for():
    with pytest.raises(Invalid) as refused:
        web_address("javascript:alert(1)", field="fallback")
    assert refused.value.problems[0].field == "fallback"


@given(st.text(), st.text(), st.text())
def test_whatever_is_accepted_is_plain_ascii_and_stays_the_same(host, path, query):
    try:
        address = web_address(f"https://{host}/{path}?{query}")
    except Invalid:
        return
    assert address.isascii()
    assert not set(address) & set(' "<>\\^`{|}')
    assert address.startswith("https://")
    assert web_address(address) == address
