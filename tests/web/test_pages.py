from __future__ import annotations

import gzip
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from scanly.accounts.model import Workspace
from scanly.core.errors import Invalid
from scanly.core.ids import WorkspaceId
from scanly.core.paths import asset
from scanly.web.public import pages, static
from scanly.web.public.image import code_image
from scanly.web.public.pages import DemoCode, DemoRow, DemoView

BUDGET_BYTES = 14_336
VOID = {"base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
ASHA = Workspace(WorkspaceId(1), "Asha Kirana Store")
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{7*7}}"


class Strict(HTMLParser):
    """Notes every element, and every fault that a browser would silently mend."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: dict[str, str] = {}
        self.feed(page.decode())
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> names an attribute twice")
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing that is open")

    def handle_data(self, data: str) -> None:
        for tag in self.open[-1:]:
            self.text[tag] = self.text.get(tag, "") + data
        if "<" in data or "&" in data:
            self.faults.append(f"bare characters in {data!r}")

    def handle_entityref(self, name: str) -> None:
        if name not in {"amp", "lt", "gt", "quot"}:
            self.faults.append(f"&{name};")

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def view(place: str = "Counter") -> DemoView:
    drawing = Markup(code_image("https://go.example.com/counter", "svg").data.decode())
    return DemoView(
        name="Chai Corner",
        rows=(DemoRow("counter", place, 1204, 3, 2), DemoRow("table-7", "Table 7")),
        visitors=3,
        codes=(DemoCode(place, "counter", "https://go.example.com/counter", drawing),),
        commands=pages.demo_commands("/home/asha/my data"),
        only_here=True,
    )


PAGES = {
    "closed": pages.closed(ASHA, "en"),
    "closed in Hindi": pages.closed(ASHA, "hi-IN,hi;q=0.9,en;q=0.8"),
    "not found": pages.not_found(""),
    "not found in Hindi": pages.not_found("hi"),
    "preview": pages.preview("https://example.com/a?b=1&c=2", ASHA, "https://go.example.com/menu", ""),
    "welcome": pages.welcome("https://go.example.com"),
    "demo": pages.demo(view()),
    "menu": pages.demo_menu(7),
}
every_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())


@every_page
def test_a_page_is_well_formed_and_has_language_title_and_one_heading(page: bytes) -> None:
    read = Strict(page)
    assert read.faults == []
    assert page.startswith(b"<!doctype html>")
    assert read.all("html")[0]["lang"] in {"en", "hi"}
    assert read.text["title"].strip()
    assert len(read.all("h1")) == 1
    assert {"width=device-width, initial-scale=1"} <= {meta.get("content", "") for meta in read.all("meta")}


@every_page
def test_a_page_needs_nothing_that_the_policy_forbids(page: bytes) -> None:
    read = Strict(page)
    attributes = [(tag, name, value) for tag, found in read.elements for name, value in found.items()]
    assert [one for one in attributes if one[1] == "style" or one[1].startswith("on")] == []
    assert read.all("style") == []
    assert all(script.get("src", "").startswith("/static/") for script in read.all("script"))
    assert not read.text.get("script", "").strip()
    loaded = [value for tag, name, value in attributes if name == "src" or (tag == "link" and name == "href")]
    assert [one for one in loaded if urlsplit(one).netloc] == []


def test_only_pages_that_people_should_find_may_be_indexed() -> None:
    indexed = {name for name, page in PAGES.items() if b'name="robots" content="noindex"' not in page}
    assert indexed == {"welcome", "menu"}


def test_the_strict_reader_finds_what_is_wrong() -> None:
    for broken in (b"<p><b></p></b>", b"<p>", b"</p>", b'<p id="a" id="b"></p>', b"<p>a & b</p>"):
        assert Strict(broken).faults, broken


def test_no_template_uses_spellings_that_strict_pages_or_htmx_4_refuse() -> None:
    templates = list(asset().rglob("*.html"))
    assert len(templates) >= 8
    for path in templates:
        text = path.read_text(encoding="utf-8")
        found = re.findall(
            r"(?<!data-)hx-(?!sse\.js)|sse-connect|hx-ext|hx-vars|hx-on|js:|\|\s*safe|style=|autoescape", text
        )
        assert found == [], path


@pytest.mark.parametrize("title", [HOSTILE, "</title><script>", "&lt;b&gt;", "{{ words }}", "a\u0000b"])
def test_names_given_by_people_stay_text(title: str) -> None:
    workspace = Workspace(WorkspaceId(1), title)
    for page in (
        pages.closed(workspace, title),
        pages.preview("https://example.com", workspace, "https://go.example.com/x", title),
        pages.demo(view(place=title)),
        pages.live(view(place=title)),
    ):
        read = Strict(page)
        assert read.faults == []
        assert read.all("b") == []
        assert all(script.get("src") for script in read.all("script"))
        assert all("onerror" not in attributes for _, attributes in read.elements)
        assert ("{{7*7}}" in title) == (b"{{7*7}}" in page)


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<b>",
        "vbscript:x",
        "mailto:a@example.com",
    ],
)
def test_a_preview_never_offers_an_address_that_is_no_web_page(target: str) -> None:
    with pytest.raises(Invalid):
        pages.preview(target, ASHA, "https://go.example.com/x", "")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
def test_whatever_the_path_the_preview_goes_through_the_short_address(tail: str) -> None:
    page = pages.preview(f"https://example.com/{tail}", ASHA, "https://go.example.com/x", "")
    read = Strict(page)
    assert read.faults == []
    assert [link["href"] for link in read.all("a")] == ["https://go.example.com/x"]
    assert read.text["strong"] == "example.com"


def test_a_preview_shows_a_page_of_our_own_with_its_host() -> None:
    page = pages.preview("/_demo/menu?table=7", ASHA, "https://go.example.com:8443/x", "").decode()
    assert "https://<strong>go.example.com:8443</strong>/_demo/menu?table=7" in page


def test_a_preview_is_not_fooled_by_a_host_that_is_also_the_scheme_or_path() -> None:
    page = pages.preview("https://https/https", ASHA, "https://go.example.com/x", "").decode()
    assert "https://<strong>https</strong>/https" in page


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("hi", "hi"),
        ("HI-in", "hi"),
        ("mr-IN, hi;q=0.9, en;q=0.8", "hi"),
        ("en;q=0.5,hi;q=0.7", "hi"),
        ("en,hi", "en"),
        ("hi;q=0", "en"),
        ("fr, de", "en"),
        ("hi;q=nonsense", "en"),
        (",;=q," * 500, "en"),
    ],
)
def test_the_language_follows_the_visitors_wish(header: str, expected: str) -> None:
    assert pages.language(header) == expected


def test_every_sentence_exists_in_every_language_and_is_used() -> None:
    words: dict[str, dict[str, str]] = json.loads(asset("public", "words.json").read_text(encoding="utf-8"))
    templates = "".join(path.read_text(encoding="utf-8") for path in asset("public").glob("*.html"))
    used = set(re.findall(r"words\.(\w+)", templates))
    for language, sentences in words.items():
        assert set(sentences) == used, language
        assert all(sentence.strip() for sentence in sentences.values())
    assert all(re.search("[\u0900-\u097f]", sentence) for sentence in words["hi"].values())


def test_a_logo_stands_in_place_of_the_letter() -> None:
    with_logo = Workspace(WorkspaceId(1), "Asha", logo="0123456789abcdef0123456789abcdef.png")
    page = pages.closed(with_logo, "")
    assert b'src="/media/0123456789abcdef0123456789abcdef.png"' in page
    assert b"<text" not in page
    assert f'fill="{ASHA.accent}"'.encode() in pages.closed(ASHA, "")


def test_the_fragment_is_the_part_of_the_page_that_moves() -> None:
    fragment = pages.live(view())
    assert Strict(fragment).faults == []
    assert fragment in pages.demo(view())
    assert b'<dd id="total">1,204</dd>' in fragment


def test_commands_quote_the_data_folder() -> None:
    assert pages.demo_commands("/home/asha/my data")[0].command == "export SCANLY_DATA='/home/asha/my data'"


def test_what_a_phone_loads_stays_small() -> None:
    css = len(static.files()["site.css"].packed)
    sizes = {name: len(gzip.compress(page, 9)) + css for name, page in PAGES.items()}
    assert {name: size for name, size in sizes.items() if size > BUDGET_BYTES} == {}
    scripts = sum(len(static.files()[name].packed) for name in ("htmx.js", "hx-sse.js"))
    assert scripts < 17_000
    assert b"<script" not in PAGES["menu"] + PAGES["closed"] + PAGES["preview"]


def test_what_others_wrote_is_what_they_published() -> None:
    listed = json.loads(asset("static", "vendor.json").read_text(encoding="utf-8"))
    scripts = {path.name for path in asset("static").glob("*.js")}
    assert {one["file"] for one in listed} == scripts
    for one in listed:
        assert hashlib.sha256(asset("static", one["file"]).read_bytes()).hexdigest() == one["sha256"], one[
            "file"
        ]
        assert one["version"]
        assert one["licence"]


def test_the_address_of_a_static_file_changes_with_its_content() -> None:
    body = asset("static", "site.css").read_bytes()
    assert static.address("site.css") == f"/static/site.css?v={hashlib.sha256(body).hexdigest()[:12]}"
    assert gzip.decompress(static.files()["site.css"].packed) == body
    assert not any(Path(name).suffix == ".json" for name in static.files())
