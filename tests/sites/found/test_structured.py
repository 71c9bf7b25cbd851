"""What pages tell search engines: what visitors read there, in their language, and nothing that ends the script."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import imported
from tests.sites import sketches

from scanly.sites.blocks import block_types
from scanly.sites.found.facts import MOST_ITEMS
from scanly.sites.found.kinds import KINDS
from scanly.sites.found.structured import graph
from scanly.sites.model import Block, Show, Site, State
from scanly.sites.render import render

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "&lt;b&gt;",
    "\u2028x\u2029",
    '"},{"@type":"Person"',
    "\\u003c",
)
# What is not the owner's words: types, addresses, moments, numbers and words of the vocabulary.
OURS = frozenset(
    {
        "@type",
        "@id",
        "@context",
        "url",
        "image",
        "logo",
        "opens",
        "closes",
        "validFrom",
        "validThrough",
        "dayOfWeek",
    }
    | {
        "startDate",
        "endDate",
        "inLanguage",
        "priceCurrency",
        "availability",
        "suitableForDiet",
        "paymentAccepted",
    }
    | {"latitude", "longitude", "telephone", "price", "minPrice", "sameAs", "hasMap"}
)


def nodes(site: Site, language: str = "en", **facts: Any) -> list[dict[str, Any]]:
    told = json.loads(graph(site, sketches.page(site, language, **facts)))
    assert told["@context"] == "https://schema.org"
    return told["@graph"]


def node(site: Site, kind: str, language: str = "en", **facts: Any) -> dict[str, Any]:
    """The one node of a type."""
    (found,) = [one for one in nodes(site, language, **facts) if one["@type"] == kind]
    return found


def words(value: object, name: str = "") -> Iterator[str]:
    """The owner's words in what is told."""
    if isinstance(value, dict):
        for inner, one in value.items():
            yield from words(one, inner)
    elif isinstance(value, list):
        for one in value:
            yield from words(one, name)
    elif isinstance(value, str) and name not in OURS:
        yield value


def read(html: bytes) -> str:
    """What a visitor reads, and what is written behind links; without the spaces, which elements bring along."""
    document = imported("html5lib").parse(html.decode(), namespaceHTMLElements=False)
    body = document.find("body")
    hrefs = [link.get("href", "") for link in body.iter("a")]
    titles = [document.findtext("head/title"), document.find("head/meta[@name='description']")]
    description = titles[1].get("content") if titles[1] is not None else ""
    return "".join("".join([*body.itertext(), *hrefs, titles[0], description]).split())


@pytest.mark.parametrize("language", sketches.LANGUAGES)
@pytest.mark.parametrize("name", block_types())
def test_nothing_is_told_that_is_not_on_the_page(name: str, language: str) -> None:
    site = sketches.site(sketches.block(name), kind="restaurant")
    told = nodes(site, language)
    seen = read(render(site, sketches.setting(site, language)).html)
    for each in words(told):
        assert "".join(each.split()) in seen


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_of_shop_has_its_type_with_its_facts(name: str) -> None:
    site = sketches.site(
        *(sketches.block(each) for each in ("name-board", "find-us", "opening-hours", "event")), kind=name
    )
    told = nodes(site)
    assert told[0]["@type"] == "WebPage"
    (subject,) = [each for each in told if KINDS[name] in (each["@type"], each["@type"][-1])]
    if name == "event":
        assert subject["location"]["name"] == "Town hall, Shivaji Road"
    else:
        assert told[0]["about"]["@id"] == subject["@id"]
        assert subject["name"] == "Asha Kirana Store"
        assert subject["address"] == "14 Laxmi Road, Sadashiv Peth, Pune 411030"
        assert ("openingHoursSpecification" in subject) == (name not in ("person", "organisation"))


@pytest.mark.parametrize("name", ["school", "tutor", "vet"])
def test_those_whose_type_has_no_hours_are_businesses_as_well(name: str) -> None:
    subject = nodes(sketches.site(sketches.block("opening-hours"), kind=name))[1]
    assert subject["@type"] == ["LocalBusiness", KINDS[name]]
    assert subject["openingHoursSpecification"]


def test_a_person_has_a_calling_and_a_business_has_none() -> None:
    contact = sketches.block("contact")
    assert node(sketches.site(contact, kind="person"), "Person")["jobTitle"] == "Owner"
    assert "jobTitle" not in node(sketches.site(contact), "GroceryStore")


def test_the_facts_are_told_in_the_language_of_the_page() -> None:
    site = sketches.site(sketches.block("name-board"), sketches.block("find-us"))
    found = node(site, "GroceryStore", "hi")
    assert found["name"] == "आशा किराना स्टोर"
    assert found["address"].startswith("14 लक्ष्मी रोड")
    assert node(site, "WebPage", "hi")["inLanguage"] == "hi"
    assert found["url"] == "https://go.example.com/s/asha/hi"
    assert found["@id"] == node(site, "GroceryStore")["@id"]


@pytest.mark.parametrize(
    "facts",
    [{"hidden": True}, {"show": Show(start="2099-01-01")}, {"show": Show(end="2020-01-01")}],
    ids=["hidden", "not yet", "no more"],
)
def test_blocks_that_are_not_shown_tell_nothing(facts: dict[str, Any]) -> None:
    site = sketches.site(sketches.block("faq", **facts), sketches.block("find-us", **facts))
    assert [each["@type"] for each in nodes(site)] == ["WebPage", "GroceryStore"]
    assert "address" not in nodes(site)[1]


def test_hours_are_told_of_each_shift_and_of_days_that_differ() -> None:
    hours = {
        "mon-fri": "09:00-13:00, 16:00-21:00",
        "sat": "18:00-02:00",
        "sun": "closed",
        "holidays": {"2026-12-24": "closed"},
    }
    told = node(sketches.site(sketches.block("opening-hours", hours)), "GroceryStore")[
        "openingHoursSpecification"
    ]
    assert [(each["opens"], each["closes"]) for each in told] == [
        ("09:00", "13:00"),
        ("16:00", "21:00"),
        ("18:00", "02:00"),
        ("00:00", "00:00"),
    ]
    assert told[0]["dayOfWeek"] == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    assert told[3]["validFrom"] == told[3]["validThrough"] == "2026-12-24"


def test_a_menu_belongs_to_a_restaurant_and_stands_alone_elsewhere() -> None:
    menu = sketches.block("menu")
    inside = node(sketches.site(menu, kind="restaurant"), "Restaurant")["hasMenu"]
    assert inside == node(sketches.site(menu, kind="hotel"), "Menu")
    starters = inside["hasMenuSection"][0]
    assert starters["name"] == "Starters"
    dish = starters["hasMenuItem"][0]
    assert dish["suitableForDiet"] == "https://schema.org/VegetarianDiet"
    assert [(each["name"], each["price"], each["priceCurrency"]) for each in dish["offers"]] == [
        ("Half", "160", "INR"),
        ("Full", "280", "INR"),
    ]


def test_specials_are_told_on_their_day_only() -> None:
    def told(day: str) -> bool:
        values = {"on": day, "items": [{"name": "Thali of the day", "price": 150}]}
        return "makesOffer" in node(sketches.site(sketches.block("specials", values)), "GroceryStore")

    assert told("2026-11-23")
    assert not told("2026-11-22")
    assert not told("2026-11-24")


@pytest.mark.parametrize(
    ("ends", "claimed", "told"),
    [("2099-01-01", 0, True), ("2020-01-01", 0, False), ("2099-01-01", 50, False)],
)
def test_an_offer_is_told_until_it_ends_or_all_are_taken(ends: str, claimed: int, told: bool) -> None:
    site = sketches.site(sketches.block("offer", {"headline": "Free tea", "ends": ends, "supply": 50}))
    found = node(site, "GroceryStore", state=State(claimed={"offer": claimed}))
    assert ("makesOffer" in found) == told


def test_a_code_that_is_given_out_one_by_one_is_not_told() -> None:
    assert "SPICE10" not in json.dumps(nodes(sketches.site(sketches.block("offer"))))


def test_an_event_has_its_moments_with_their_distance_from_utc() -> None:
    found = node(sketches.site(sketches.block("event")), "Event")
    assert found["startDate"] == "2099-12-12T18:00+05:30"
    assert found["offers"] == {
        "@type": "Offer",
        "url": "https://example.com/tickets",
        "price": "250",
        "priceCurrency": "INR",
    }
    days = {"name": "Diwali", "start": "2026-11-08", "end": "2026-11-10"}
    found = node(sketches.site(sketches.block("event", days)), "Event")
    assert (found["startDate"], found["endDate"]) == ("2026-11-08", "2026-11-10")


def test_an_event_without_a_place_is_where_the_page_says() -> None:
    event = sketches.block("event", {"name": "Open day", "start": "2099-12-12 18:00"})
    found = node(sketches.site(event, sketches.block("find-us"), kind="event"), "Event")
    assert found["location"]["address"].startswith("14 Laxmi Road")
    assert found["location"]["geo"] == {"@type": "GeoCoordinates", "latitude": 18.5204, "longitude": 73.8567}


def test_questions_of_all_blocks_are_in_one_list() -> None:
    site = sketches.site(
        sketches.block("faq"),
        sketches.block("faq", {"items": [{"question": "Parking?", "answer": "**Yes.**"}]}, id="faq-2"),
    )
    asked = node(site, "FAQPage")["mainEntity"]
    assert [each["name"] for each in asked] == ["Do you deliver?", "Can I pay by UPI?", "Parking?"]
    assert asked[2]["acceptedAnswer"]["text"] == "Yes."


def test_a_product_that_is_sold_out_says_so_and_no_price() -> None:
    found = node(
        sketches.site(sketches.block("product", {"name": "Shawl", "price": 2400, "sold_out": True})),
        "Product",
    )
    assert found["offers"]["availability"] == "https://schema.org/SoldOut"
    assert "price" not in found["offers"]


def test_accounts_elsewhere_are_told_by_their_addresses() -> None:
    found = node(sketches.site(sketches.block("follow")), "GroceryStore")["sameAs"]
    assert "https://www.instagram.com/asha.kirana" in {each.rstrip("/") for each in found}


def test_blocks_inside_another_one_tell_their_facts() -> None:
    site = sketches.site(
        sketches.block(
            "two-up",
            {
                "first": {"find-us": {"address": "1 Hill Road"}},
                "second": {"opening-hours": {"daily": "09:00-21:00"}},
            },
        )
    )
    found = node(site, "GroceryStore")
    assert found["address"] == "1 Hill Road"
    assert len(found["openingHoursSpecification"]) == 1


def test_kind_words_are_not_told_as_praise_of_oneself() -> None:
    assert [each["@type"] for each in nodes(sketches.site(sketches.block("kind-words")))] == [
        "WebPage",
        "GroceryStore",
    ]


@given(st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(HOSTILE))
def test_whatever_is_written_the_script_element_ends_where_it_should(text: str) -> None:
    blocks = (
        Block("a", "find-us", {"address": text}),
        Block("b", "faq", {"items": [{"question": text, "answer": text}]}),
        Block("c", "price-list", {"items": [{"name": text, "price": "1"}]}),
        Block("d", "menu", {"sections": [{"name": text, "dishes": [{"name": text}]}]}),
    )
    site = sketches.site(*blocks, title=text)
    told = graph(site, sketches.page(site))
    assert not re.search("[<>&\u2028\u2029]", told)
    assert node(site, "GroceryStore").get("address", "") == text
    document = imported("html5lib").parse(
        f"<script type='application/ld+json'>{told}</script><p>", namespaceHTMLElements=False
    )
    assert document.findtext("head/script") == told
    assert len(list(document.iter("script"))) == 1


def test_a_menu_of_240_dishes_fits_into_the_first_flight() -> None:
    first = ("Paneer", "Aloo", "Gobi", "Dal", "Palak", "Methi", "Rajma", "Mutton", "Egg", "Prawn")
    second = ("tikka", "masala", "korma", "biryani", "kebab", "curry", "fry", "makhani")
    third = ("half", "full", "for two")
    names = [" ".join(parts) for parts in product(first, second, third)]
    dishes = [
        {"name": {"en": name, "hi": f"पनीर {name}"}, "note": "With rice or two rotis", "price": 60 + number}
        for number, name in enumerate(names)
    ]
    sections = [
        {"name": f"Section {place}", "dishes": dishes[place * 20 : place * 20 + 20]} for place in range(12)
    ]
    blocks = [
        sketches.block(name) for name in ("name-board", "quick-buttons", "opening-hours", "find-us", "pay-me")
    ]
    site = sketches.site(*blocks, sketches.block("menu", {"sections": sections}), kind="restaurant")
    for language in ("en", "hi"):
        assert len(gzip.compress(render(site, sketches.setting(site, language)).html, 9)) <= 14_336
    told = node(site, "Restaurant")["hasMenu"]["hasMenuSection"]
    assert len(told) == 12
    assert sum(len(each.get("hasMenuItem", ())) for each in told) == MOST_ITEMS
