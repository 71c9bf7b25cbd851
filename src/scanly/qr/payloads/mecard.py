"""A contact in the short form that phones have read longest; it has no job title.

Source: NTT DOCOMO, "Contact information registration function (MECARD)"; ``ORG`` as ZXing reads it. A value is
escaped by backslash before ``\\ ; :``, so that no reader finds a field name in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.core.address import web_address
from scanly.qr.grammar.mailbox import mailboxes
from scanly.qr.grammar.person import person
from scanly.qr.grammar.phone import several
from scanly.qr.grammar.rules import line, refuse, settle


class Payload(msgspec.Struct, frozen=True):
    """A contact whose values are one line each."""

    name: Annotated[str, Meta(description="Full name: Sean Owen, or family name first: Owen, Sean")]
    phone: Annotated[str, Meta(description="Number with its country code; commas between several")] = ""
    email: Annotated[str, Meta(description="E-mail address; commas between several")] = ""
    organisation: Annotated[str, Meta(description="Company or club")] = ""
    url: Annotated[str, Meta(description="Web address, such as https://example.com")] = ""
    address: Annotated[str, Meta(description="Postal address in one line")] = ""
    note: Annotated[str, Meta(description="A note, in one line")] = ""

    def __post_init__(self) -> None:
        rules = {
            "name": person,
            "phone": several,
            "email": mailboxes,
            "organisation": line(255),
            "url": web_address,
            "address": line(255),
            "note": line(1000),
        }
        refuse(settle(self, rules))

    def text(self) -> str:
        return f"MECARD:{''.join(f'{key}:{_escaped(value)};' for key, value in self._fields())};"

    def _fields(self) -> Iterator[tuple[str, str]]:
        yield "N", self.name.replace(", ", ",")
        yield from (("TEL", number) for number in self.phone.split(",") if number)
        yield from (("EMAIL", address) for address in self.email.split(",") if address)
        single = {"ORG": self.organisation, "URL": self.url, "ADR": self.address, "NOTE": self.note}
        yield from ((key, value) for key, value in single.items() if value)


def _escaped(value: str) -> str:
    return re.sub(r"([\\;:])", r"\\\1", value)


EXAMPLES = (
    ({"name": "Sean Owen"}, "MECARD:N:Sean Owen;;"),
    (
        {"name": "Owen, Sean", "phone": "+1 212 555 1212", "url": "https://google.com"},
        r"MECARD:N:Owen,Sean;TEL:+12125551212;URL:https\://google.com;;",
    ),
    (
        {"name": "Foo Bar", "organisation": "Company", "email": "foo.bar@xyz.com", "address": "City, 10001"},
        "MECARD:N:Foo Bar;EMAIL:foo.bar@xyz.com;ORG:Company;ADR:City, 10001;;",
    ),
)
