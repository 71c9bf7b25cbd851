"""What a page is about, for search engines: JSON-LD of the facts that visitors read on it at this moment.

Source: JSON-LD 1.1, 7 (script elements); schema.org.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from scanly.sites.found.facts import Node, Said, facts_of, only
from scanly.sites.found.kinds import KINDS
from scanly.sites.model import Site
from scanly.sites.page import Page
from scanly.sites.render import on_page

# What would end the script element, or a line for those who take JSON for JavaScript.
_ESCAPES = str.maketrans({one: f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"})
_FOOD = frozenset({"Bakery", "BarOrPub", "CafeOrCoffeeShop", "Restaurant"})
_SEVERAL = frozenset({"employee", "mainEntity", "makesOffer", "sameAs"})
# What schema.org does not have for them.
_NOT_OF_BUSINESSES = frozenset({"jobTitle"})
_NOT_OF_ORGANISATIONS = _NOT_OF_BUSINESSES | {"geo", "hasMap", "openingHoursSpecification", "paymentAccepted"}
_NOT_OF_PEOPLE = (_NOT_OF_ORGANISATIONS | {"logo", "slogan", "employee"}) - {"jobTitle"}
_NOT_OF = {"Organization": _NOT_OF_ORGANISATIONS, "Person": _NOT_OF_PEOPLE}
# Whose own type has no ways to pay, or no hours: they are businesses as well.
_ALSO_BUSINESSES = frozenset({"EducationalOrganization", "School", "VeterinaryCare"})


def graph(site: Site, page: Page) -> str:
    """JSON that may stand in a script element as it is."""
    told = {"@context": "https://schema.org", "@graph": list(_nodes(site, page))}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _nodes(site: Site, page: Page) -> Iterator[Node]:
    """The page, whom it is about, and what stands for itself."""
    subject, others = _told(site, page)
    questions = subject.pop("mainEntity", None)
    menu = subject.pop("hasMenu", None) if subject["@type"] not in _FOOD else None
    if subject["@type"] == "Event":
        yield _web_page(site, page)
        yield from (_at_place(node, subject) if node["@type"] == "Event" else node for node in others)
    else:
        yield _web_page(site, page) | {"about": {"@id": subject["@id"]}}
        yield _fitting(subject)
        yield from others
    if menu:
        yield menu
    if questions:
        yield {"@type": "FAQPage", "mainEntity": questions}


def _told(site: Site, page: Page) -> tuple[Node, list[Node]]:
    """Whom the page is about, with all that its blocks tell of that, and what else they tell."""
    told: Node = {}
    others: list[Node] = []
    for block in on_page(page):
        for node in facts_of(block.type, Said(page, block.values, block.id)):
            if "@type" in node:
                others.append(node)
            else:
                _take(told, node)
    about = f"{page.setting.base}{page.setting.path or '/'}#it"
    named = {
        "@type": KINDS[site.kind],
        "@id": about,
        "name": page.in_language(site.title)[0],
        "url": page.address,
    }
    return named | told, others


def _take(told: Node, more: Node) -> None:
    """Adds facts: some have several values, of others the first one counts."""
    for name, value in more.items():
        known = told.setdefault(name, value)
        if name in _SEVERAL and known is not value:
            told[name] = [*known, *(one for one in value if one not in known)]


def _web_page(site: Site, page: Page) -> Node:
    return only(
        type_="WebPage",
        url=page.address,
        name=page.in_language(site.title)[0],
        description=str(page.description),
        inLanguage=page.language,
    )


def _fitting(subject: Node) -> Node:
    """Without what its type does not have."""
    kind = subject["@type"]
    unknown = _NOT_OF.get(kind, _NOT_OF_BUSINESSES)
    known = {name: value for name, value in subject.items() if name not in unknown}
    return known | ({"@type": ["LocalBusiness", kind]} if kind in _ALSO_BUSINESSES else {})


def _at_place(event: Node, subject: Node) -> Node:
    """The event at the place that the page names, where the event names none itself."""
    place = only(type_="Place", **{name: subject.get(name) for name in ("name", "address", "geo", "hasMap")})
    return event if "location" in event or "address" not in place else event | {"location": place}
