"""Whatever an owner may write becomes a sound page in every language, and the same one until it says it is over."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import imported
from tests.sites.sketches import BASE, PATH, block, page, pictures, setting, site
from tests.sites.written import sites

from scanly.core.clock import at
from scanly.sites.beside.files import file_beside
from scanly.sites.blocks import block_type, block_types
from scanly.sites.fields import Field
from scanly.sites.model import Site, State
from scanly.sites.page import Setting
from scanly.sites.reading import Defaults, read_site, write_site
from scanly.sites.render import Rendered, render
from scanly.sites.words.language import LANGUAGES

_SLOW = {"deadline": None, "suppress_health_check": list(HealthCheck)}
_DAY_MS = 86_400_000
# What looks at the clock, or says a day.
_TIMELY = (
    "ask-for-a-time",
    "countdown",
    "event",
    "kind-words",
    "notice",
    "offer",
    "opening-hours",
    "specials",
    "two-up",
)
# Before a day of each kind: an ordinary one, one on which clocks change, the last of a year.
_MOMENTS_MS = tuple(
    round(datetime.fromisoformat(f"{moment}+00:00").timestamp() * 1000)
    for moment in (
        "2026-11-22T10:00",
        "2026-10-24T23:30",
        "2026-10-03T12:00",
        "2027-03-13T20:00",
        "2026-12-31T02:00",
    )
)


def drawn(found: Site, language: str, now_ms: int, **facts: Any) -> Rendered:
    kept = {name: picture for name, picture in pictures(found).items() if not name.startswith("missing")}
    return render(found, Setting(language, now_ms, BASE, PATH, kept, **facts))


@settings(max_examples=25, **_SLOW)
@given(
    found=sites(),
    language=st.sampled_from(LANGUAGES),
    mode=st.sampled_from(("live", "preview", "export")),
    guest=st.sampled_from(("", 'Meera "<b>')),
    state=st.sampled_from((State(), State({"offer": 1}), State({"offer": 10**9}))),
)
def test_whatever_is_written_becomes_one_sound_document(
    found: Site, language: str, mode: str, guest: str, state: State
) -> None:
    html = drawn(found, language, _MOMENTS_MS[0], mode=mode, guest=guest, state=state).html.decode()
    imported("html5lib").HTMLParser(strict=True).parse(html)
    ids = Counter(re.findall(r' id="([^"]*)"', html))
    assert [name for name, times in ids.items() if times > 1] == []
    led = re.findall(r' (?:for|aria-labelledby|aria-describedby)="([^"]*)"', html)
    assert {name for name in led if name not in ids} == set()
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert json.loads(data)["@graph"]


@pytest.mark.parametrize("name", _TIMELY)
@settings(max_examples=8, **_SLOW)
@given(
    data=st.data(),
    language=st.sampled_from(("en", "hi", "de")),
    start_ms=st.sampled_from(_MOMENTS_MS),
    later_ms=st.integers(0, _DAY_MS),
    part=st.floats(0, 1),
)
def test_a_page_is_the_same_at_every_moment_before_it_is_over(
    name: str, data: st.DataObject, language: str, start_ms: int, later_ms: int, part: float
) -> None:
    found, now_ms = data.draw(sites((name,))), start_ms + later_ms
    first = drawn(found, language, now_ms)
    until_ms = first.valid_until_ms or now_ms + 500 * _DAY_MS
    assert until_ms > now_ms
    for moment_ms in (now_ms + int((until_ms - 1 - now_ms) * part), until_ms - 1):
        assert drawn(found, language, moment_ms).html == first.html, at(moment_ms)


@settings(max_examples=8, **_SLOW)
@given(found=sites())
def test_whatever_is_written_reads_back_the_same(found: Site) -> None:
    if found.blocks:
        assert read_site(write_site(found), Defaults()) == found


@pytest.mark.parametrize("name", block_types())
def test_texts_may_be_as_long_as_their_fields_let_them(name: str) -> None:
    values = longest(block_type(name).fields, block(name).values)
    made = msgspec.structs.replace(block(name), values=values, title="🙂" * 120)
    found = site(made, title="🙂" * 120, description="🙂" * 300)
    for mode in ("live", "export"):
        render(found, setting(found, mode=mode))
    for file in ("icon.svg", "manifest.webmanifest", "contact.vcf", f"{name}.ics"):
        file_beside(page(found), file, stamp_ms=0)


def longest(fields: dict[str, Field], values: dict[str, Any]) -> dict[str, Any]:
    """The values with every text as long as it may be, of letters that are twelve characters of an address each."""

    def one(field: Field, value: Any) -> Any:
        match field.kind:
            case "text" | "rich":
                return "🙂" * (field.most or 300)
            case "group":
                return longest(field.of, value)
            case "list" if field.each is None:
                return [longest(field.of, item) for item in value]
            case "block":
                return {name: longest(block_type(name).fields, inside) for name, inside in value.items()}
            case _:
                return value

    said = {name for name, field in fields.items() if field.kind in ("text", "rich")} | values.keys()
    return {name: one(field, values.get(name)) for name, field in fields.items() if name in said}


def test_names_of_blocks_never_meet_those_that_a_page_gives() -> None:
    asked = block("question")
    others = [
        block("text", id=name)
        for name in ("question-h", "question-name", "question-homepage", "menu-1", "order-n1")
    ]
    found = site(asked, block("menu"), block("order"), *others)
    ids = re.findall(r' id="([^"]*)"', drawn(found, "en", _MOMENTS_MS[0]).html.decode())
    assert len(ids) == len(set(ids)) > 10
