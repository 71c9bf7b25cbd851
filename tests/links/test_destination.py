import re
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.links.destination import location, with_query
from scanly.links.loops import leads_to, refuse_own
from scanly.links.model import check_target
from scanly.links.terms import UTM, Rule, Terms

# What may stand in a header: no control characters, no blanks, nothing beyond ASCII.
HEADER = re.compile(rb"[!-~]+")
UTM_BOTH = {"source": "poster", "medium": "print"}


@pytest.mark.parametrize(
    ("target", "utm", "expected"),
    [
        ("https://a.example", {}, "https://a.example"),
        ("https://a.example", UTM_BOTH, "https://a.example?utm_source=poster&utm_medium=print"),
        ("https://a.example/", {"source": ""}, "https://a.example/"),
        ("https://a.example/?a=1#top", UTM_BOTH, "https://a.example/?a=1&utm_source=poster&utm_medium=print#top"),
        ("https://a.example/?utm_source=own", UTM_BOTH, "https://a.example/?utm_source=own&utm_medium=print"),
        ("https://a.example/?utm_source=", UTM_BOTH, "https://a.example/?utm_source=&utm_medium=print"),
        ("https://a.example/?utm%5Fsource=own", UTM_BOTH, "https://a.example/?utm%5Fsource=own&utm_medium=print"),
        ("https://a.example/?", {"term": "x"}, "https://a.example/?utm_term=x"),
        ("https://a.example/?#a?b", {"term": "x"}, "https://a.example/?utm_term=x#a?b"),
        ("https://a.example/#/route?x=1", {"term": "x"}, "https://a.example/?utm_term=x#/route?x=1"),
        ("https://a.example/", {"term": "é & ☕=1#"}, "https://a.example/?utm_term=%C3%A9+%26+%E2%98%95%3D1%23"),
        ("https://a.example/a%20b?c=%2F+d", {"term": "x"}, "https://a.example/a%20b?c=%2F+d&utm_term=x"),
        ("/_demo/cafe?table=7", {"term": "x"}, "/_demo/cafe?table=7&utm_term=x"),
    ],
)  # fmt: skip
def test_campaign_words_are_added_to_what_the_target_says(target, utm, expected):
    assert location(target, utm) == expected.encode()


@pytest.mark.parametrize(
    ("address", "query", "expected"),
    [
        ("https://a.example/", "table=7", "https://a.example/?table=7"),
        ("https://a.example/?table=1", "table=7&ref=x", "https://a.example/?table=1&ref=x"),
        ("https://a.example/?table=1", "table=7", "https://a.example/?table=1"),
        ("https://a.example/?utm_source=poster", "utm_source=evil&utm_term=y",
         "https://a.example/?utm_source=poster&utm_term=y"),
        ("https://a.example/#top", "a=1", "https://a.example/?a=1#top"),
        ("https://a.example/", "a=1&a=2", "https://a.example/?a=1&a=2"),
        ("https://a.example/", "a=&b", "https://a.example/?a=&b="),
        ("https://a.example/", "", "https://a.example/"),
        ("https://a.example/?", "", "https://a.example/?"),
        ("https://a.example/", "&&=&", "https://a.example/?="),
        ("https://a.example/", "a=%C3%A9&b=%E9&c=x+y%20z", "https://a.example/?a=%C3%A9&b=%EF%BF%BD&c=x+y+z"),
        ("https://a.example/", "a=%0d%0aSet-Cookie:%20x", "https://a.example/?a=%0D%0ASet-Cookie%3A+x"),
        ("https://a.example/", "%0d%0a=x", "https://a.example/?%0D%0A=x"),
        ("https://a.example/?a=1", "%61=2", "https://a.example/?a=1"),
        ("https://a.example/", "a=1#b?c", "https://a.example/?a=1%23b%3Fc"),
        ("https://a.example/", "a;b=1", "https://a.example/?a%3Bb=1"),
        ("https://a.example/", "//evil.example", "https://a.example/?%2F%2Fevil.example="),
        ("https://a.example/", "@evil.example", "https://a.example/?%40evil.example="),
    ],
)  # fmt: skip
def test_a_visitor_s_query_adds_what_the_owner_did_not_say(address, query, expected):
    assert with_query(address.encode(), query.encode()) == expected.encode()


def test_at_most_two_kilobytes_of_a_query_are_passed_on():
    query = b"a=" + b"x" * 10_000
    assert with_query(b"https://a.example/", query) == b"https://a.example/?a=" + b"x" * 2_046
    assert len(with_query(b"https://a.example/", b"a=" + b"\xff" * 10_000)) < 20_000


TARGETS = st.builds(
    lambda host, path, query, fragment: f"https://{host}{path}{query}{fragment}",
    st.sampled_from(["a.example", "xn--mnchen-3ya.example:8080", "[2001:db8::1]", "192.0.2.1"]),
    st.sampled_from(["", "/", "/a%20b/c;d=1", "/é☕", "//x", "/a:b@c"]),
    st.sampled_from(["", "?", "?a=1&b=2", "?a=1&a=2&utm_source=own", "?=", "?a", "?%61=%2F+%0d%0a", "?a=é"]),
    st.sampled_from(["", "#", "#top", "#/r?a=1", "#é"]),
)
QUERIES = st.binary(max_size=60) | st.lists(
    st.sampled_from([b"a", b"b", b"=", b"&", b"1", b"%0d%0a", b"\r\n", b"#", b"?", b"utm_source=", b"%",
     b"%e9", b"\xe9",
                     b"//", b"\0", b" ", b"+", b";", b"\xf0\x9f\x98\x80", b"%00", b"@", b":", b"\\"]),
    max_size=12,
).map(b"".join)  # fmt: skip


@given(TARGETS, st.dictionaries(st.sampled_from(UTM), st.text(max_size=8), max_size=3), QUERIES)
@example("https://a.example/", {}, b"\r\nSet-Cookie: x=y")
def test_nothing_a_visitor_sends_changes_host_path_or_parameters_of_the_owner(target, utm, query):
    target = check_target(target)
    utm = {name: value.encode("utf-8", "replace").decode() for name, value in utm.items()}
    address = location(target, utm)
    found = with_query(address, query)
    assert HEADER.fullmatch(address)
    assert HEADER.fullmatch(found)
    before, after = urlsplit(target), urlsplit(found.decode())
    assert after[:2] == before[:2]
    assert after.path == before.path
    assert after.fragment == before.fragment
    own = parse_qsl(before.query, keep_blank_values=True)
    words = [
        (f"utm_{name}", value) for name, value in utm.items() if value and f"utm_{name}" not in dict(own)
    ]
    theirs = parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
    theirs = [(name, value) for name, value in theirs if name not in dict(own) | dict(words)]
    assert parse_qsl(after.query, keep_blank_values=True) == own + words + theirs
    assert after.query.startswith(before.query)


@given(TARGETS, QUERIES)
def test_a_query_that_was_passed_on_once_is_not_added_again(target, query):
    once = with_query(location(check_target(target), {}), query)
    assert with_query(once, query) == once


OURS = frozenset({"go.example.com", "xn--mnchen-3ya.example", "2001:db8::1"})


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://go.example.com/menu", True), ("http://GO.example.com:8443/x?y#z", True),
        ("https://go.example.com./menu", True), ("https://münchen.example/", True), ("http://[2001:db8:0::1]/x", True),
        ("https://example.com/go.example.com", False), ("https://x.go.example.com/", False),
        ("https://go.example.com.evil.net/", False), ("/_demo/cafe", False), ("", False),
    ],
)  # fmt: skip
def test_an_address_on_one_of_our_hosts_is_known_in_every_spelling(address, expected):
    assert leads_to(address, OURS) is expected


@pytest.mark.parametrize(
    ("target", "terms", "field"),
    [
        ("https://go.example.com/a", Terms(), "target"),
        ("https://a.example", Terms(fallback="https://go.example.com/a"), "fallback"),
        ("https://a.example", Terms(rules=(Rule(1, "x", {}, "https://a.example"),
                                           Rule(2, "Hindi", {}, "https://go.example.com/a"))), 'rule "Hindi"'),
    ],
)  # fmt: skip
def test_a_link_that_leads_back_here_is_refused_by_the_name_of_the_part(target, terms, field):
    with pytest.raises(
        Invalid, match=re.escape(f"{field}: https://go.example.com/a leads to a short address")
    ):
        refuse_own(target, terms, OURS)
    refuse_own(target, terms, frozenset({"other.example", ""}))


def test_what_is_quoted_once_is_not_quoted_twice():
    for target in ("https://a.example/%E2%98%95?q=%2F#%20", "https://a.example/!$&'()*+,;=:@~-._"):
        assert location(target, {}) == target.encode()
    assert location("https://a.example/☕", {}) == f"https://a.example/{quote('☕')}".encode()
