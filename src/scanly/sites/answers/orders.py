"""An order as a message that the visitor sends from his own phone; nothing of it is kept here."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from scanly.qr.grammar.phone import e164
from scanly.sites.answers.forms import WAYS, western_digits
from scanly.sites.answers.model import Filled, Prepared, Refused, Wrong
from scanly.sites.model import Block, Site, Text
from scanly.sites.words.language import Language, find_language, words

# What messengers take in one address, with room for letters that are written as three escapes of three.
MOST_CHARACTERS = 1_500


def prepare(site: Site, block: Block, filled: Filled, reader: Language) -> Prepared | Refused:
    """The message in the shop's language; ``reader`` is the visitor's, for what is wrong with the order."""
    shop = find_language(site.language, site.country)
    chosen = list(_chosen(block, filled))
    if not chosen:
        return _refused(filled, words("Please choose at least one thing."))
    total = sum((count * Decimal(item["price"]) for item, count in chosen if "price" in item), Decimal(0))
    minimum = Decimal(block.values.get("minimum", 0))
    if total < minimum:
        smallest = reader.money(minimum, site.currency)
        return _refused(filled, words("The smallest order is {amount}."), amount=smallest)
    text = "\n".join(_lines(site, shop, chosen, total, filled))
    if len(text) > MOST_CHARACTERS:
        return _refused(filled, words("This is too much for one message. Please send two."))
    escaped = quote(text, safe="")
    return Prepared(
        text,
        f"https://wa.me/{_digits(block, 'whatsapp')}?text={escaped}" if "whatsapp" in block.values else "",
        f"sms:+{_digits(block, 'sms')}?body={escaped}" if "sms" in block.values else "",
    )


def _refused(filled: Filled, why: str, **values: object) -> Refused:
    return Refused(Filled(filled.values, {"": Wrong(why, values)}))


def _chosen(block: Block, filled: Filled) -> Iterator[tuple[dict[str, Any], int]]:
    for number, item in enumerate(block.values.get("items", []), start=1):
        count = int(western_digits(filled.values.get(f"n{number}", "0")))
        if count:
            yield item, count


def _lines(
    site: Site, shop: Language, chosen: list[tuple[dict[str, Any], int]], total: Decimal, filled: Filled
) -> Iterator[str]:
    yield shop.t("Order for {shop}", shop=_said(site.title, shop))
    for item, count in chosen:
        name = _said(item["name"], shop)
        unit = f" ({_said(item['unit'], shop)})" if "unit" in item else ""
        price = f" – {shop.money(count * Decimal(item['price']), site.currency)}" if "price" in item else ""
        yield f"{shop.number(count)} × {name}{unit}{price}"
    if total:
        yield shop.t("Total: {amount}", amount=shop.money(total, site.currency))
    told = filled.values
    way = next((choice.label for choice in WAYS if choice.value == told.get("way")), "")
    place = "" if told.get("way") == "pickup" else told.get("place", "")
    if way or place:
        yield " – ".join(part for part in (shop.t(way) if way else "", place) if part)
    yield from (told[name] for name in ("name", "note") if name in told)


def _said(text: Text, language: Language) -> str:
    if isinstance(text, str):
        return text
    return text.get(language.tag) or next(iter(text.values()))


def _digits(block: Block, name: str) -> str:
    return e164(block.values[name]).removeprefix("+")
