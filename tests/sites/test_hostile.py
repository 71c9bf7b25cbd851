"""Whatever an owner or a visitor writes stays what it is: text on a page, and in the files beside it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import NOW_MS, imported
from tests.sites import hostile, judges, sketches
from tests.sites.answers.shop import BLOCKS, SITE
from tests.sites.hostile import FAULTS, TRAP, VALUES, Tally, planted
from tests.sites.judges import Judged

from scanly.core.errors import Invalid
from scanly.core.ids import WorkspaceId
from scanly.core.text import has_control
from scanly.sites.answers import replies
from scanly.sites.answers.forms import read
from scanly.sites.answers.receiving import find_form
from scanly.sites.beside.files import file_beside
from scanly.sites.blocks import block_types
from scanly.sites.fields import At, Field, Found, check_field
from scanly.sites.leading import check_address
from scanly.sites.model import Published, Site
from scanly.sites.page import Page
from scanly.sites.render import render
from scanly.sites.words.markup import to_plain

# Some of every sort; each of them in every field, where `tests/bench/hostile.py` has all of them.
SOME = VALUES[::5]
READABLE = [value for value in VALUES if not has_control(value)]
# What the tiny markup of rich texts may add to a page.
SAFE = ("/", "#", "https://", "tel:", "sms:", "mailto:", "upi:", "geo:")
MARKS = {"a", "strong", "em", "ul", "ol", "li", "br", "p"}


def test_there_are_more_than_two_hundred_of_them() -> None:
    assert len(set(VALUES)) == len(VALUES) > 200
    assert len(hostile.ADDRESSES) > 60


@pytest.mark.browser
def test_a_browser_runs_none_of_them_even_without_our_policy(chromium: Any) -> None:
    tally, kinds = Tally(), block_types()
    blocks = [
        block
        for number, name in enumerate(kinds)
        for block in planted(name, VALUES[number :: len(kinds)], tally)
    ]
    assert tally.taken > 500 < tally.refused
    page = _rendered(sketches.site(*blocks))
    assert _faults(chromium, page) == []


@pytest.mark.browser
@pytest.mark.parametrize(
    "body",
    [
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        '<a href="java\tscript:alert(1)">x</a>',
        '<a href="data:text/html,x">x</a>',
        "<iframe></iframe>",
        '<script type="application/ld+json">{"a": }</script>',
        "<p style='color:red'>x</p>",
    ],
)
def test_the_browser_sees_what_is_wrong(chromium: Any, body: str) -> None:
    assert _faults(chromium, Judged("/wrong", f"<!doctype html><body>{body}".encode(), ""))


@pytest.mark.parametrize("name", block_types())
def test_a_block_is_made_of_the_same_elements_whatever_is_written_in_it(name: str) -> None:
    made = sketches.site(*planted(name, SOME, Tally()))
    tree = _parsed(render(made, sketches.setting(made)).html)
    plain = sketches.site(sketches.block(name), sketches.block(name, title="Title", id="titled"))
    allowed = {each.tag for each in _parsed(render(plain, sketches.setting(plain)).html).iter()} | MARKS
    assert {each.tag for each in tree.iter()} <= allowed
    assert _dangers(tree) == []


@pytest.mark.parametrize("value", READABLE[::4])
def test_a_title_a_description_and_a_guest_stay_text(value: str) -> None:
    made = Site("asha", value[:80], ("en",), description=value[:200], blocks=(sketches.block("question"),))
    tree = _parsed(render(made, sketches.setting(made, guest=value[:80])).html)
    assert _dangers(tree) == []
    assert tree.find(".//title").text.strip() == value[:80].strip()
    (note,) = [each for each in tree.iter("p") if each.get("class") == "note"]
    assert "".join(note.itertext()).removeprefix("Prepared for ").strip() == value[:80].strip()


@pytest.mark.parametrize("value", READABLE[::4])
def test_what_search_engines_are_told_is_what_was_written(value: str) -> None:
    text = value[:60]
    board = sketches.block("name-board", {"name": text})
    answer = sketches.block("faq", {"items": [{"question": text, "answer": "Yes"}]})
    tree = _parsed(render(made := sketches.site(board, answer, title=text), sketches.setting(made)).html)
    (script,) = tree.iter("script")
    told = json.dumps(json.loads(script.text), ensure_ascii=False)
    assert told.count(json.dumps(" ".join(text.split()), ensure_ascii=False)) >= 2


@pytest.mark.parametrize("value", READABLE[::8])
def test_files_beside_a_page_hold_what_was_written(value: str) -> None:
    text = value[:60].strip() or "x"
    contact = sketches.block("contact", {"name": text, "phone": "+91 98765 43210", "company": text})
    event = sketches.block("event", {"name": text, "start": "2026-12-24 19:00", "note": text})
    page = sketches.page(sketches.site(contact, event, title=text))
    beside = {
        name: file_beside(page, name, stamp_ms=NOW_MS)
        for name in ("contact.vcf", "event.ics", "card.png", "icon.svg", "manifest.webmanifest")
    }
    data = {name: found[1] for name, found in beside.items() if found}
    assert data.keys() == beside.keys()
    (card,) = imported("vobject").readComponents(data["contact.vcf"].decode())
    assert card.org.value == [text] and [line.name for line in card.getChildren()].count("TEL") == 1
    (entry,) = imported("icalendar").Calendar.from_ical(data["event.ics"]).walk("VEVENT")
    assert str(entry["summary"]) == text
    assert str(entry["description"]).strip() == to_plain(text).strip()
    assert imported("PIL.Image").open(io.BytesIO(data["card.png"])).size == (1200, 630)
    assert json.loads(data["manifest.webmanifest"])["name"] == text
    drawing = imported("xml.etree.ElementTree").fromstring(data["icon.svg"])
    assert {each.tag.rpartition("}")[2] for each in drawing.iter()} <= {
        "svg",
        "title",
        "rect",
        "path",
        "g",
        "text",
    }


@pytest.mark.parametrize("value", SOME)
def test_what_a_visitor_typed_comes_back_as_text(value: str) -> None:
    page = Page(SITE, sketches.setting(SITE))
    published = Published(1, WorkspaceId(1), "", "asha", False, 1, "", 0, "", SITE, {})
    for kind in BLOCKS:
        form = find_form(published, page, kind)
        if form is None or not form.fields:
            continue
        filled = read(form.fields, {field.name: value for field in form.fields}, page.today)
        tree = _parsed(replies.again(form, filled, value).html)
        assert _dangers(tree) == []
        assert {each.tag for each in tree.iter("script")} == set()


@pytest.mark.parametrize("kind", ["text", "rich"])
def test_no_text_that_is_taken_moves_a_cursor_or_turns_a_line_around(kind: str) -> None:
    taken = list[str]()
    for value in VALUES:
        found: list[Found] = []
        checked = check_field(Field(kind), value, At((), found))
        taken += [] if found or checked is None else [checked]
    assert len(taken) > 150
    assert not [text for text in taken if has_control(text.replace("\n", ""))]


@pytest.mark.parametrize("address", hostile.ADDRESSES)
def test_a_link_leads_to_the_web_or_nowhere(address: str) -> None:
    try:
        checked = check_address(address)
    except Invalid:
        return
    assert checked.startswith(("https://friend.example/", "mailto:", "sms:", "tel:"))
    assert not set(checked) & set("<>\"' \t\r\n") - {"'"}


def _rendered(made: Site, **facts: Any) -> Judged:
    drawn = render(made, sketches.setting(made, **facts))
    return Judged("/s/asha", drawn.html, drawn.csp)


def _faults(chromium: Any, page: Judged) -> list[str]:
    """What a browser without our policy makes of a page; what it cannot load is no fault here."""
    with judges.visited(chromium, [page], TRAP, bypass_csp=True) as opened:
        opened.goto(sketches.BASE + page.path)
        opened.wait_for_timeout(300)
        found: list[str] = opened.evaluate(FAULTS)
        abroad = [url for url in opened.asked if not url.startswith((f"{sketches.BASE}/", "data:"))]
    return [*found, *abroad]


def _parsed(html: bytes) -> Any:
    """As browsers parse, without namespaces and comments."""
    return imported("html5lib").parse(html, namespaceHTMLElements=False)


def _dangers(tree: Any) -> list[str]:
    return list(_dangers_in(tree))


def _dangers_in(tree: Any) -> Iterator[str]:
    for each in tree.iter():
        if not isinstance(each.tag, str):
            yield "a comment"
        elif each.tag in ("iframe", "object", "embed", "base", "template"):
            yield each.tag
        elif each.tag == "script" and each.get("type") != "application/ld+json":
            yield "script"
        for name, value in each.attrib.items():
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                yield f"{each.tag} {name}"
            if name in ("href", "src", "action") and not value.startswith(SAFE):
                yield f"{name} {value}"
