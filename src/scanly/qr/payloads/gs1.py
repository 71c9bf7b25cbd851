"""A product by its number (GS1 Digital Link), for the till and for people.

Source: GS1 Digital Link Standard, URI Syntax 1.6.0 (2025) (keys and qualifiers in order, percent-encoding,
14-digit GTIN); GS1 General Specifications, 3.4 and 3.5 (AI 10, 15, 17, 21, 22), 7.11 (character set 82), 7.12
(century of dates).
"""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

import msgspec
from msgspec import Meta

from scanly.core.address import web_address
from scanly.core.text import count
from scanly.qr.grammar.dates import DAY, MONTH, date_like
from scanly.qr.grammar.gtin import gtin
from scanly.qr.grammar.rules import refuse, settle, shown, wrong

_SET_82 = re.compile(r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]""")
# Dates have two digits for the year; those over 50 years ahead are read as of the century before.
_LAST_YEAR = 2075


class Payload(msgspec.Struct, frozen=True):
    """A trade item, down to its batch and piece."""

    gtin: Annotated[str, Meta(description="Number under the barcode: 8, 12, 13 or 14 digits")]
    variant: Annotated[str, Meta(description="Consumer product variant (AI 22), up to 20 characters")] = ""
    lot: Annotated[str, Meta(description="Batch or lot (AI 10), up to 20 characters")] = ""
    serial: Annotated[str, Meta(description="Serial number (AI 21), up to 20 characters")] = ""
    expiry: Annotated[
        str, Meta(description="Last day of use (AI 17), such as 2027-09-28, or 2027-09 for its month")
    ] = ""
    best_before: Annotated[
        str, Meta(description="Best-before date (AI 15), such as 2027-09-28 or 2027-09")
    ] = ""
    host: Annotated[
        str, Meta(description="Host of your resolver, with a path if it has one; else that of GS1")
    ] = "id.gs1.org"

    def __post_init__(self) -> None:
        qualifiers = {"variant": _qualifier, "lot": _qualifier, "serial": _qualifier}
        dates = {"expiry": _date, "best_before": _date}
        refuse(settle(self, {"gtin": gtin, **qualifiers, **dates, "host": _host}))

    def text(self) -> str:
        steps = (("01", self.gtin), ("22", self.variant), ("10", self.lot), ("21", self.serial))
        path = "".join(f"/{ai}/{quote(value, safe='')}" for ai, value in steps if value)
        attributes = (("17", self.expiry), ("15", self.best_before))
        query = "&".join(f"{ai}={_six_digits(date)}" for ai, date in attributes if date)
        return f"https://{self.host}{path}{'?' if query else ''}{query}"


def _qualifier(text: str) -> str:
    value = text.strip(" ")
    strange = _SET_82.sub("", value)
    if strange:
        message = f"{shown(text)} holds {shown(strange[0])}."
        raise wrong(message, "Letters without accents, digits and most signs are allowed; spaces are not.")
    if not 1 <= len(value) <= 20:
        raise wrong(f"has {count(len(value), 'character')}.", "It may have 1 to 20.")
    if value in (".", ".."):
        raise wrong(f"{shown(text)} would be lost: it means a folder in addresses.", "Give another one.")
    return value


_iso_date = date_like(DAY, MONTH)


def _date(text: str) -> str:
    date = _iso_date(text)
    if not 2000 <= int(date[:4]) <= _LAST_YEAR:
        raise wrong(f"{shown(text)} is out of range.", f"The year goes from 2000 to {_LAST_YEAR}.")
    return date


def _six_digits(date: str) -> str:
    """YYMMDD; day 00 is the whole month."""
    year, month, day = [*date.split("-"), "00"][:3]
    return f"{year[2:]}{month}{day}"


def _host(text: str) -> str:
    address = web_address(f"https://{text.strip(' ').removeprefix('https://')}", field="host")
    if "?" in address or "#" in address:
        raise wrong(f"{shown(text)} is not a host.", "Write it like id.example.com or example.com/products.")
    return address.removeprefix("https://").rstrip("/")


EXAMPLES = (
    (
        {"gtin": "9521234543213", "lot": "ABC123", "serial": "12345"},
        "https://id.gs1.org/01/09521234543213/10/ABC123/21/12345",
    ),
    (
        {"gtin": "9506000134376", "lot": "ABC", "serial": "123456", "expiry": "2018-04-26"},
        "https://id.gs1.org/01/09506000134376/10/ABC/21/123456?17=180426",
    ),
    (
        {"gtin": "9521234543213", "host": "example.com/products"},
        "https://example.com/products/01/09521234543213",
    ),
)
