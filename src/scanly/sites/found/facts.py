"""What each type of block tells search engines: the facts that a visitor reads there, and no others.

A type's function gives objects. One without ``@type`` says something of whoever the page is about; others stand for
themselves. Kind words are not told: search engines refuse praise that is given on one's own page.
Source: schema.org; Google Search Central, structured data (LocalBusiness, Menu, Event, FAQ, Product).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from scanly.core.clock import at
from scanly.sites.social import networks
from scanly.sites.times.hours_text import read_week
from scanly.sites.words.markup import to_plain

if TYPE_CHECKING:
    from scanly.sites.page import Page

Node = dict[str, Any]

# Beyond so many, items would weigh more than they are worth: search engines show a few, visitors load all.
MOST_ITEMS = 100
_POINT = re.compile(r"(-?[0-9.]+),(-?[0-9.]+)")
_DIETS = {"veg": "https://schema.org/VegetarianDiet", "vegan": "https://schema.org/VeganDiet"}
_SOLD_OUT = "https://schema.org/SoldOut"


@dataclass(frozen=True, slots=True)
class Said:
    """Values of a block or of one of its items, as they are read in the page's language."""

    page: Page
    values: Mapping[str, Any]
    block_id: str = ""

    def text(self, name: str) -> str:
        """A text, a telephone number or an amount as it was written; empty when it was not given."""
        value = self.values.get(name)
        return "" if value is None else self.page.in_language(value)[0]

    def each(self, name: str) -> Iterator[Said]:
        """The groups in a list."""
        for values in cast("list[Mapping[str, Any]]", self.values.get(name) or ()):
            yield Said(self.page, values)

    def yes(self, name: str) -> bool:
        return bool(self.values.get(name))

    def picture(self, name: str) -> str:
        """The whole address of a picture that is there; empty in a file, which brings its own."""
        value = self.values.get(name)
        shown = self.page.picture(value) if value and self.page.mode != "export" else None
        return f"{self.page.setting.base}{shown.address}" if shown else ""


def only(**told: Any) -> Node:
    """The members that say something; a name that ends in an underscore stands for one with an @ before it."""
    named = {f"@{name[:-1]}" if name.endswith("_") else name: value for name, value in told.items()}
    return {name: value for name, value in named.items() if value not in ("", None, [], {})}


def _telephone(text: str) -> str:
    from scanly.qr.grammar.phone import e164

    return e164(text) if text else ""


def _name_board(said: Said) -> Iterator[Node]:
    yield only(
        name=said.text("name"),
        slogan=said.text("line"),
        image=said.picture("cover"),
        logo=said.picture("logo"),
    )


def _quick_buttons(said: Said) -> Iterator[Node]:
    yield only(
        telephone=_telephone(said.text("call")), email=said.text("email"), **_place(said.text("directions"))
    )


def _opening_hours(said: Said) -> Iterator[Node]:
    week = read_week(cast("dict[str, Any]", said.values.get("hours", {})))[0]
    yield {"openingHoursSpecification": week.specification(said.page.today)}


def _find_us(said: Said) -> Iterator[Node]:
    yield only(address=said.text("address"), **_place(said.text("map")))


def _place(place: str) -> Node:
    """A point, or a link to a map; an address in words is told where it is shown."""
    if point := _POINT.fullmatch(place):
        return {"geo": {"@type": "GeoCoordinates", "latitude": float(point[1]), "longitude": float(point[2])}}
    return {"hasMap": place} if place.startswith("https://") else {}


def _price_list(said: Said) -> Iterator[Node]:
    offers = [_offer_of(item) for item in said.each("items")]
    offers += [_offer_of(item) for group in said.each("groups") for item in group.each("items")]
    yield {"makesOffer": offers[:MOST_ITEMS]}


def _offer_of(item: Said) -> Node:
    name = " ".join(filter(None, (item.text("name"), item.text("unit"))))
    return _offer(item, item.text("price"), name=name)


def _offer(item: Said, price: str, **told: Any) -> Node:
    """An offer, with its price where it has one."""
    sold_out = _SOLD_OUT if item.yes("sold_out") else ""
    priced = {"price": price, "priceCurrency": item.page.currency} if price else {}
    return only(type_="Offer", **told, **priced, availability=sold_out)


def _specials(said: Said) -> Iterator[Node]:
    day = said.text("on")
    if said.page.serves(said.page.day(day)):
        yield {"makesOffer": [_offer_of(item) | {"validThrough": day} for item in said.each("items")]}


def _menu(said: Said) -> Iterator[Node]:
    left = MOST_ITEMS
    sections: list[Node] = []
    for section in said.each("sections"):
        dishes = list(section.each("dishes"))[:left]
        left -= len(dishes)
        sections.append(
            only(type_="MenuSection", name=section.text("name"), hasMenuItem=[_dish(dish) for dish in dishes])
        )
    yield {"hasMenu": {"@type": "Menu", "inLanguage": said.page.language, "hasMenuSection": sections}}


def _dish(dish: Said) -> Node:
    prices = [(one.text("label"), one.text("price")) for one in dish.each("prices")]
    offers = [
        _offer(dish, price, name=label) for label, price in prices or [("", dish.text("price"))] if price
    ]
    told = only(type_="MenuItem", name=dish.text("name"), suitableForDiet=_DIETS.get(dish.text("mark")))
    return told | ({"offers": offers if len(offers) > 1 else offers[0]} if offers else {})


def _services(said: Said) -> Iterator[Node]:
    yield only(telephone=_telephone(said.text("phone")))
    yield {"makesOffer": [_service(one) for one in said.each("services")]}


def _service(one: Said) -> Node:
    told = only(type_="Offer", itemOffered={"@type": "Service", "name": one.text("name")})
    if price := one.text("price"):
        return told | {"price": price, "priceCurrency": one.page.currency}
    if least := one.text("price_from"):
        price_from = {"@type": "PriceSpecification", "minPrice": least, "priceCurrency": one.page.currency}
        return told | {"priceSpecification": price_from}
    return told


def _pay_me(said: Said) -> Iterator[Node]:
    yield {"paymentAccepted": "UPI"} if said.text("upi") else {}


def _order(said: Said) -> Iterator[Node]:
    yield {"makesOffer": [_offer_of(item) for item in said.each("items")][:MOST_ITEMS]}


def _offer_block(said: Said) -> Iterator[Node]:
    ends, supply = said.text("ends"), said.values.get("supply")
    ended = ends and not said.page.lasts(said.page.day(ends))
    gone = supply is not None and said.page.claimed(said.block_id) >= supply
    if not ended and not gone:
        told = only(name=said.text("headline"), description=said.text("terms"), validThrough=ends)
        yield {"makesOffer": [{"@type": "Offer"} | told]}


def _product(said: Said) -> Iterator[Node]:
    sold_out = said.yes("sold_out")
    offer = _offer(said, "" if sold_out else said.text("price"), url=said.page.address)
    yield only(
        type_="Product",
        name=said.text("name"),
        description=to_plain(said.text("note")),
        image=said.picture("photo"),
        offers=offer if "price" in offer or sold_out else {},
    )


def _event(said: Said) -> Iterator[Node]:
    place = only(name=said.text("place"), address=said.text("place"), **_place(said.text("map")))
    tickets = said.text("tickets")
    offer = _offer(said, said.text("price"), url=tickets if tickets.startswith("http") else "")
    yield only(
        type_="Event",
        name=said.text("name"),
        startDate=_moment(said, "start"),
        endDate=_moment(said, "end"),
        location={"@type": "Place"} | place if place else {},
        description=to_plain(said.text("note")),
        image=said.picture("photo"),
        offers=offer if len(offer) > 1 else {},
    )


def _moment(said: Said, name: str) -> str:
    """A day, or a moment with its distance from UTC."""
    if not (written := said.text(name)):
        return ""
    found = said.page.moment(written)
    return written if found.whole_day else at(found.ms, said.page.zone).isoformat(timespec="minutes")


def _faq(said: Said) -> Iterator[Node]:
    yield {"mainEntity": [_question(one) for one in said.each("items")]}


def _question(one: Said) -> Node:
    answer = {"@type": "Answer", "text": to_plain(one.text("answer"))}
    return {"@type": "Question", "name": one.text("question"), "acceptedAnswer": answer}


def _people(said: Said) -> Iterator[Node]:
    yield {"employee": [_person(one) for one in said.each("items")]}


def _person(one: Said) -> Node:
    return only(
        type_="Person",
        name=one.text("name"),
        jobTitle=one.text("role"),
        image=one.picture("photo"),
        telephone=_telephone(one.text("call")),
        email=one.text("email"),
    )


def _contact(said: Said) -> Iterator[Node]:
    yield only(
        telephone=_telephone(said.text("phone")),
        email=said.text("email"),
        address=said.text("address"),
        jobTitle=said.text("role"),
        image=said.picture("photo"),
    )


def _follow(said: Said) -> Iterator[Node]:
    accounts = cast("dict[str, str]", said.values.get("accounts", {}))
    yield {"sameAs": [networks()[name].address_of(handle) for name, handle in accounts.items()]}


def _photo(said: Said) -> Iterator[Node]:
    yield only(image=said.picture("photo"))


def _two_up(said: Said) -> Iterator[Node]:
    for side in ("first", "second"):
        for name, values in cast("dict[str, dict[str, Any]]", said.values.get(side, {})).items():
            yield from facts_of(name, Said(said.page, values))


_FACTS: Mapping[str, Callable[[Said], Iterator[Node]]] = {
    "contact": _contact,
    "event": _event,
    "faq": _faq,
    "find-us": _find_us,
    "follow": _follow,
    "menu": _menu,
    "name-board": _name_board,
    "offer": _offer_block,
    "opening-hours": _opening_hours,
    "order": _order,
    "pay-me": _pay_me,
    "people": _people,
    "photo": _photo,
    "price-list": _price_list,
    "product": _product,
    "quick-buttons": _quick_buttons,
    "services": _services,
    "specials": _specials,
    "two-up": _two_up,
}


def facts_of(block_type: str, said: Said) -> Iterator[Node]:
    """What a block tells; nothing for a type that tells nothing."""
    tell = _FACTS.get(block_type)
    return tell(said) if tell else iter(())
