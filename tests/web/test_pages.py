from __future__ import annotations

import gzip
import hashlib
import html
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
from scanly.qr.style import Style
from scanly.web.public import pages, static, words
from scanly.web.public.image import code_image
from scanly.web.public.pages import REASONS, DemoCode, DemoRow, DemoView, Reason

BUDGET_BYTES = 14_336
BUDGET_OF_A_SENTENCE_BYTES = 4_096
LANGUAGES = ("en", "hi", "bn", "mr", "ta", "te", "ur", "ar", "es", "fr", "de", "pt", "id", "ja", "zh")
MAY_3_MS = 1_777_779_000_000  # 09:00 in India
MAY_4_MS = MAY_3_MS + 86_400_000
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
    drawing = Markup(code_image("https://go.example.com/counter", "svg", Style()).data.decode())
    return DemoView(
        name="Chai Corner",
        rows=(DemoRow("counter", place, 1204, 3, 2), DemoRow("table-7", "Table 7")),
        visitors=3,
        codes=(DemoCode(place, "counter", "https://go.example.com/counter", drawing),),
        commands=pages.demo_commands("/home/asha/my data"),
        only_here=True,
        menu="/s/chai-corner",
        file="/home/asha/my data/chai-corner.yaml",
    )


def paragraphs(page: bytes) -> list[str]:
    return [html.unescape(text) for text in re.findall(r"<p[^>]*>([^<]+)</p>", page.decode())]


PAGES = {
    "closed": pages.closed(ASHA, "en"),
    "closed in Hindi": pages.closed(ASHA, "hi-IN,hi;q=0.9,en;q=0.8"),
    "paused in Arabic": pages.closed(ASHA, "ar", reason="paused"),
    "out of order": pages.closed(ASHA, "de", reason="broken"),
    "password": pages.password(ASHA, "", action="/menu"),
    "wrong password in Urdu": pages.password(ASHA, "ur", action="/menu", problem="wrong"),
    "confirmation": pages.confirm(ASHA, "ja", action="/menu"),
    "unrecorded": pages.closed(None, "zh", reason="unrecorded"),
    "not found": pages.not_found(""),
    "not found in Hindi": pages.not_found("hi"),
    "preview": pages.preview("https://example.com/a?b=1&c=2", ASHA, "https://go.example.com/menu", ""),
    "welcome": pages.welcome("https://go.example.com"),
    "demo": pages.demo(view()),
}
every_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
every_language = pytest.mark.parametrize("language", LANGUAGES)
every_reason = pytest.mark.parametrize("reason", REASONS)


@every_page
def test_a_page_is_well_formed_and_has_language_title_and_one_heading(page: bytes) -> None:
    read = Strict(page)
    assert read.faults == []
    assert page.startswith(b"<!doctype html>")
    [root] = read.all("html")
    assert root["lang"] in LANGUAGES
    assert root.get("dir") == ("rtl" if root["lang"] in {"ar", "ur"} else None)
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
    assert indexed == {"welcome"}


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
        pages.closed(workspace, title, reason="broken"),
        pages.password(workspace, title, action=title, problem="wrong"),
        pages.confirm(workspace, title, action=title),
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


@every_language
@every_reason
def test_a_closed_code_says_in_every_language_what_it_is_and_that_the_phone_is_fine(
    language: str, reason: Reason
) -> None:
    page = pages.closed(ASHA, language, reason=reason, at_ms=MAY_3_MS, now_ms=MAY_4_MS)
    read, said = Strict(page), words.wish(language).words
    assert read.faults == []
    assert read.all("html")[0]["lang"] == language
    assert read.text["h1"] == read.text["title"] == said[f"{reason}_title"]
    assert all(paragraphs(page).count(said[name]) == 1 for name in ("phone_fine", f"{reason}_hint"))
    assert "{" not in page.decode()
    assert len(gzip.compress(page, 9)) < BUDGET_OF_A_SENTENCE_BYTES


@every_language
def test_every_reason_has_a_title_of_its_own(language: str) -> None:
    assert len({Strict(pages.closed(ASHA, language, reason=one)).text["h1"] for one in REASONS}) == len(
        REASONS
    )


@every_reason
def test_a_closed_code_says_when_only_where_that_is_known_and_meant(reason: Reason) -> None:
    dated = pages.closed(ASHA, "en", reason=reason, at_ms=MAY_3_MS, now_ms=MAY_4_MS)
    undated = pages.closed(ASHA, "en", reason=reason, now_ms=MAY_4_MS)
    assert (b"3 May" in dated) == (reason in {"expired", "not_yet"})
    assert dated == undated or b"3 May" in dated
    assert words.wish("en").words[f"{reason}_text"] in paragraphs(undated)


def test_when_it_ended_or_opens_is_told_in_the_time_zone_of_the_workspace() -> None:
    in_india = Workspace(WorkspaceId(1), "Asha", time_zone="Asia/Kolkata")
    in_hawaii = Workspace(WorkspaceId(1), "Asha", time_zone="Pacific/Honolulu")
    opens = [
        pages.closed(one, "en", reason="not_yet", at_ms=MAY_3_MS, now_ms=MAY_3_MS - 1)
        for one in (in_india, in_hawaii)
    ]
    assert b"It opens on 3 May at 09:00." in opens[0]
    assert b"It opens on 2 May at 17:30." in opens[1]


def test_without_a_reason_a_code_was_taken_out_of_use() -> None:
    assert pages.closed(ASHA, "en") == pages.closed(ASHA, "en", reason="removed")


@every_reason
def test_only_what_may_be_over_in_a_moment_can_be_tried_again(reason: Reason) -> None:
    again = [link["href"] for link in Strict(pages.closed(ASHA, "en", reason=reason)).all("a")]
    assert again == ([""] if reason in {"broken", "unrecorded"} else [])


@every_language
@pytest.mark.parametrize("problem", ["", "wrong", "wait"])
def test_a_password_is_asked_for_in_a_form_that_says_what_went_wrong(
    language: str, problem: pages.PasswordProblem
) -> None:
    page = pages.password(ASHA, language, action="/menu", problem=problem)
    read, said = Strict(page), words.wish(language).words
    assert read.faults == []
    [form], [field], [label], [button] = map(read.all, ("form", "input", "label", "button"))
    assert (form["method"], form["action"]) == ("post", "/menu")
    assert (field["name"], field["type"], field["autocomplete"]) == ("password", "password", "off")
    assert "autofocus" in field and "value" not in field
    assert label["for"] == field["id"]
    assert (read.text["label"], read.text["button"]) == (said["password_label"], said["password_go"])
    assert button.get("type", "submit") == "submit"
    alerts = [one for one in read.all("p") if one.get("role") == "alert"]
    assert [one["id"] for one in alerts] == ([field["aria-describedby"]] if problem else [])
    assert ("aria-invalid" in field) == (problem == "wrong")
    told = {one for one in ("wrong", "wait") if said[f"password_{one}"] in paragraphs(page)}
    assert told == ({problem} if problem else set())
    assert len(gzip.compress(page, 9)) < BUDGET_OF_A_SENTENCE_BYTES


@every_language
def test_a_limited_code_opens_by_one_button(language: str) -> None:
    page = pages.confirm(ASHA, language, action="/menu?table=7&at=x")
    read, said = Strict(page), words.wish(language).words
    assert read.faults == []
    [form], [button] = map(read.all, ("form", "button"))
    assert (form["method"], form["action"]) == ("post", "/menu?table=7&at=x")
    assert (button["name"], button["value"]) == ("confirm", "yes")
    assert (read.text["h1"], read.text["button"]) == (said["confirm_title"], said["confirm_go"])
    assert len(gzip.compress(page, 9)) < BUDGET_OF_A_SENTENCE_BYTES


@every_reason
def test_a_closed_code_can_be_nobodys(reason: Reason) -> None:
    page = pages.closed(None, "en", reason=reason, at_ms=MAY_3_MS, now_ms=MAY_4_MS)
    assert Strict(page).faults == []
    assert b'class="who"' not in page and b"3 May" not in page
    assert words.wish("en").words[f"{reason}_text"] in paragraphs(page)


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
    assert b"<script" not in PAGES["closed"] + PAGES["preview"]


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
