import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.core import document
from scanly.core.errors import Invalid
from scanly.sites.blocks import block_type, block_types
from scanly.sites.reading import Defaults, as_file, read_site, recheck, write_site

KIRANA = """\
site: asha-kirana
title: Asha Kirana Store
languages: [en, hi]
theme: kirana
blocks:
  - name-board: {name: {en: Asha Kirana Store, hi: आशा किराना स्टोर}, line: Open since 1987}
  - quick-buttons: {call: "+91 98765 43210", whatsapp: "+91 98765 43210", directions: "18.5204,73.8567"}
  - opening-hours: {mon-sat: "09:00-21:00", sun: closed}
  - price-list:
      items:
        - {name: Basmati rice, unit: 1 kg, price: 120}
  - pay-me: {upi: asha@upi, name: Asha}
"""
INDIA = Defaults("Asia/Kolkata", "INR", "en")

# What is put in place of a line of the file above, and what is said of it.
FAULTS = [
    ("theme: kirana", "theme: kiranaa", 4, 'Did you mean "kirana"?'),
    ("theme: kirana", "thme: kirana", 4, 'Did you mean "theme"?'),
    ("languages: [en, hi]", "languages: [en, hin]", 3, 'Did you mean "hi"?'),
    ("languages: [en, hi]", "languages: [en, en]", 3, "stands twice"),
    ("languages: [en, hi]", "languages: []", 3, "empty list"),
    ("site: asha-kirana", "site: Asha Kirana", 1, "cannot stand in an address"),
    ("site: asha-kirana\n", "", 1, "is missing"),
    ("title: Asha Kirana Store\n", "", 1, "is missing"),
    ("title: Asha Kirana Store", "title: 1.50", 2, "must be a text"),
    ("title: Asha Kirana Store", "title: {en: Asha, fr: Asha}", 2, "is not a language of this site"),
    ("title: Asha Kirana Store", 'title: "Asha\\u202eKirana"', 2, "invisible"),
    ("title: Asha Kirana Store", f"title: {'x' * 121}", 2, "has 121 characters"),
    ("theme: kirana", 'theme: kirana\nbrand: "#9a4"', 5, "is not a colour"),
    ("theme: kirana", "theme: kirana\ncorners: 25", 5, "from 0 to 24"),
    ("theme: kirana", "theme: kirana\nbuttons: soffft", 5, "soft"),
    ("theme: kirana", "theme: kirana\nkind: kirana", 5, "is not one of them"),
    ("theme: kirana", "theme: kirana\ntime_zone: Asia/Poona", 5, "is not a time zone"),
    ("theme: kirana", "theme: kirana\ncurrency: rupees", 5, "3 are the limit"),
    ("theme: kirana", "theme: kirana\nexpires: tomorrow", 5, "is not a day and time"),
    ("theme: kirana", "theme: {file: own.toml}", 4, "none beside this text"),
    ("  - quick-buttons:", "  - quick-butons:", 7, 'Did you mean "quick-buttons"?'),
    ("  - quick-buttons: {call:", "  - quick-buttons: {cal:", 7, 'Did you mean "call"?'),
    ('call: "+91 98765 43210"', 'call: "98765 43210"', 7, "country code"),
    ('call: "+91 98765 43210"', "call: true", 7, "must be a text"),
    ("price: 120", "price: ₹120", 11, "is not a price"),
    ("price: 120", "price: -5", 11, "is not a price"),
    ("{name: Basmati rice, unit: 1 kg, price: 120}", "Basmati rice", 11, "must have parts"),
    ("upi: asha@upi", "upi: asha", 12, "asha"),
    ("  - pay-me: {upi: asha@upi, name: Asha}", "  - pay-me", 12, "is missing"),
    ("  - pay-me: {upi: asha@upi, name: Asha}", "  - name-board: {name: Again}", 6, "2 name boards"),
    ("  - pay-me: {upi: asha@upi,", "  - pay-me: {id: Pay Me, upi: asha@upi,", 12, "cannot stand in an address"),
    ("  - pay-me: {upi: asha@upi,", "  - pay-me: {id: price-list, upi: asha@upi,", 12, "stands twice"),
    ("  - pay-me: {upi: asha@upi,", "  - pay-me: {show: {from: Monday}, upi: asha@upi,", 12, "day and time"),
    ("  - pay-me: {upi: asha@upi,", "  - pay-me: {show: {till: 2026-12-24}, upi: asha@upi,", 12, "is not known here"),
    ("items:\n        - {name: Basmati rice, unit: 1 kg, price: 120}", "title: Prices", 10, "items, groups"),
    ("sun: closed", "sun: clsed", 8, "sun"),
    ("sun: closed", "mon: closed, mon: closed", 8, "twice"),
    ("sun: closed", "&a sun: closed", 8, "anchors"),
    ("sun: closed", "sun: !!python/name:os.system closed", 8, "tags"),
    ("title: Asha", "\ttitle: Asha", 2, "cannot be read"),
    ("title: Asha Kirana Store", 'title: " "', 2, "is missing"),
    ("title: Asha Kirana Store", "title: {en: }", 2, "is missing"),
    ("theme: kirana", "theme: kirana\nexpires: 9999-12-31", 5, "up to 2999"),
    ("upi: asha@upi, name: Asha", 'upi: asha@upi, name: ""', 12, "is missing"),
    ('{call: "+91 98765 43210", whatsapp: "+91 98765 43210", directions: "18.5204,73.8567"}', "{call: }", 7, "nothing"),
    ('directions: "18.5204,73.8567"', f"directions: {'दुकान' * 50}", 7, "limit is"),
    ("  - pay-me: {upi: asha@upi,", "  - pay-me: {id: main, upi: asha@upi,", 12, "page's own"),
    ("  - pay-me: {upi:", "  - pay-me: {show: {from: 2026-12-24, to: 2026-12-23}, upi:", 12, "before it begins"),
]  # fmt: skip


@pytest.mark.parametrize(("there", "instead", "line", "words"), FAULTS)
def test_a_fault_is_named_with_its_line_and_what_to_do(there, instead, line, words):
    assert there in KIRANA
    with pytest.raises(Invalid) as caught:
        read_site(KIRANA.replace(there, instead, 1), INDIA)
    said = [str(problem) for problem in caught.value.problems]
    assert any(f"line {line}, column " in each and words in each for each in said), said


def test_all_faults_are_named_at_once_in_their_order():
    faulty = (
        KIRANA.replace("kirana\nblocks", "kirena\nblocks").replace("120", "free").replace("asha@upi", "asha")
    )
    with pytest.raises(Invalid) as caught:
        read_site(faulty, INDIA)
    assert [int(re.findall(r"\d+", problem.where)[0]) for problem in caught.value.problems] == [4, 11, 12]


def test_what_is_read_is_what_is_written_and_the_other_way_round():
    site = read_site(KIRANA, INDIA)
    assert (site.slug, site.languages, site.currency, site.time_zone) == (
        "asha-kirana",
        ("en", "hi"),
        "INR",
        "Asia/Kolkata",
    )
    assert [block.id for block in site.blocks] == [
        "name-board",
        "quick-buttons",
        "opening-hours",
        "price-list",
        "pay-me",
    ]
    assert site.blocks[3].values == {"items": [{"name": "Basmati rice", "unit": "1 kg", "price": "120"}]}
    assert read_site(write_site(site), Defaults()) == site


def test_a_file_may_be_json():
    site = read_site(KIRANA, INDIA)
    import json

    assert read_site(json.dumps(as_file(site), ensure_ascii=False), Defaults()) == site


@pytest.mark.parametrize("name", block_types())
def test_every_block_s_example_stands_in_a_file_that_reads_back_the_same(name):
    said = as_file(read_site(KIRANA.replace("[en, hi]", "[en, hi, ar, es]"), INDIA))
    others = [
        {each: block_type(each).example} for each in ("pay-me", "order", "ask-for-a-time") if each != name
    ]
    blocks = [{name: block_type(name).example}, *others]
    text = document.write({**said, "languages": ["en", "hi", "ar", "es"], "blocks": blocks})
    site = read_site(text, INDIA)
    assert site.blocks[0].type == name
    assert read_site(write_site(site), INDIA) == site


def test_blocks_of_one_type_are_numbered():
    site = read_site(
        KIRANA + "  - text: {text: One}\n  - text: {text: Two, id: about}\n  - text: {text: Three}\n", INDIA
    )
    assert [block.id for block in site.blocks[5:]] == ["text", "about", "text-2"]


def test_words_that_begin_like_a_link_are_words():
    assert (
        read_site(KIRANA.replace("Open since 1987", '"#diwali"'), INDIA).blocks[0].values["line"] == "#diwali"
    )


def test_a_link_to_a_part_of_the_page_leads_to_one_that_is_there():
    good = KIRANA + '  - button: {words: Pay, to: "#pay-me"}\n'
    assert read_site(good, INDIA).blocks[5].values["to"] == "#pay-me"
    with pytest.raises(Invalid) as caught:
        read_site(good.replace("#pay-me", "#pay-mee"), INDIA)
    assert "line 13" in str(caught.value)
    assert 'Did you mean "pay-me"?' in str(caught.value)


def test_an_own_theme_is_read_from_the_file_beside():
    from scanly.core.paths import asset

    own = asset("themes", "chai.toml").read_text(encoding="utf-8")
    text = KIRANA.replace("theme: kirana", "theme: {file: own.toml}")
    site = read_site(text, INDIA, {"own.toml": own}.__getitem__)
    assert site.own_theme == own
    with pytest.raises(Invalid, match="line 4"):
        read_site(text, INDIA, {"own.toml": "radius_px = 'round'"}.__getitem__)


def test_too_many_blocks_are_refused():
    with pytest.raises(Invalid, match="100 are the limit"):
        read_site(KIRANA + "  - divider: {}\n" * 100, INDIA)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(sorted({name for each in block_types() for name in block_type(each).fields}))
values = st.dictionaries(fields, plain, max_size=4)
entry = st.dictionaries(st.sampled_from(block_types()), values, min_size=1, max_size=1)
facts = st.sampled_from(["site", "title", "theme", "languages", "brand", "logo", "expires"])


@given(st.dictionaries(facts, plain), st.lists(entry | plain, max_size=3))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_whatever_is_in_a_file_it_is_read_or_refused_in_words(said, blocks):
    try:
        site = read_site(document.write({**said, "blocks": blocks}), INDIA)
    except Invalid as error:
        refusal = str(error)
    else:
        refusal = ""
        assert read_site(write_site(site), INDIA) == site
    assert refusal or site


def test_square_corners_are_written_back() -> None:
    site = read_site(KIRANA.replace("theme: kirana", "theme: kirana\ncorners: 0"), INDIA)
    assert site.corners == 0
    assert read_site(write_site(site), INDIA) == site


def test_a_site_from_elsewhere_is_one_that_could_have_been_read_here() -> None:
    site = read_site(KIRANA, INDIA)
    recheck(site)
    for change in (
        {"slug": "a/b"},
        {"languages": ()},
        {"brand": "red"},
        {"own_theme": "}"},
        {"corners": True},
    ):
        with pytest.raises(Invalid):
            recheck(msgspec.structs.replace(site, **change))
