"""Sitemaps and robots.txt, judged by an XML parser and by Python's own reader of robots.txt."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import NOW_MS

from scanly.sites.found.sitemap import MOST_ADDRESSES, Listed, robots, sitemap

BASE = "https://go.example.com"
SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def addresses(data: bytes) -> list[str]:
    root = ElementTree.fromstring(data)
    return [node.text or "" for node in root.findall("s:url/s:loc", SPACES)]


def test_every_language_is_listed_with_the_addresses_of_all() -> None:
    page = Listed({"en": f"{BASE}/s/asha", "hi": f"{BASE}/s/asha/hi"}, NOW_MS)
    root = ElementTree.fromstring(sitemap([page]))
    entries = root.findall("s:url", SPACES)
    assert [entry.findtext("s:loc", None, SPACES) for entry in entries] == list(page.addresses.values())
    for entry in entries:
        links = {link.get("hreflang"): link.get("href") for link in entry.findall("x:link", SPACES)}
        assert links == {**page.addresses, "x-default": f"{BASE}/s/asha"}
        assert entry.findtext("s:lastmod", None, SPACES) == "2026-11-23T02:13:20Z"


def test_a_page_in_one_language_names_no_others() -> None:
    assert b"hreflang" not in sitemap([Listed({"en": f"{BASE}/s/asha"}, NOW_MS)])


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"))
)
def test_what_is_in_an_address_never_becomes_an_element(path: str) -> None:
    given_ = {"en": f"{BASE}/{path}", "hi": f'{BASE}/"><loc>{path}'}
    assert addresses(sitemap([Listed(given_, NOW_MS)])) == list(given_.values())


def test_no_more_addresses_are_listed_than_a_file_may_have() -> None:
    pages = (Listed({"en": f"{BASE}/s/{number}"}, NOW_MS) for number in range(MOST_ADDRESSES + 2))
    assert len(addresses(sitemap(pages))) == MOST_ADDRESSES


def test_robots_may_read_pages_and_may_not_follow_counted_links() -> None:
    text = robots(BASE)
    reader = RobotFileParser()
    reader.parse(text.splitlines())
    assert reader.can_fetch("Googlebot", f"{BASE}/s/asha")
    assert not reader.can_fetch("Googlebot", f"{BASE}/app/sites")
    assert reader.site_maps() == [f"{BASE}/sitemap.xml"]
    assert {"Disallow: /*/go/", "Disallow: /*/forms/"} <= set(text.splitlines())
