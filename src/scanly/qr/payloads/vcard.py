"""A contact; above 300 bytes, a link to a contact file scans better.

Version 3.0 is what every phone reads; 4.0 says the same in the newer grammar. Pictures are left out: a code
cannot hold them.

Source: RFC 2426 (vCard 3.0), 3 and 4; RFC 6350 (vCard 4.0), 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from scanly.core.address import web_address
from scanly.qr.grammar.mailbox import mailboxes
from scanly.qr.grammar.message import message
from scanly.qr.grammar.person import parts, person
from scanly.qr.grammar.phone import e164
from scanly.qr.grammar.rules import line, refuse, settle
from scanly.qr.grammar.vtext import component, escaped, stream

_TELEPHONE_TYPES = {"": "CELL", "mobile": "CELL", "work": "WORK", "home": "HOME", "fax": "FAX"}


class Payload(msgspec.Struct, frozen=True):
    """A contact as address books take it."""

    name: Annotated[str, Meta(description="Full name: Sean Owen, or family name first: Owen, Sean")]
    phone: Annotated[
        str,
        Meta(
            description="Mobile number with its country code; commas between several, "
            "with work, home or fax before those that are not mobile"
        ),
    ] = ""
    email: Annotated[str, Meta(description="E-mail address; commas between several")] = ""
    organisation: Annotated[str, Meta(description="Company or club")] = ""
    title: Annotated[str, Meta(description="Job title")] = ""
    url: Annotated[str, Meta(description="Web address, such as https://example.com")] = ""
    address: Annotated[str, Meta(description="Postal address")] = ""
    note: Annotated[str, Meta(description="A note")] = ""
    version: Annotated[
        Literal["3.0", "4.0"], Meta(description="Version of the vCard grammar; every phone reads 3.0")
    ] = "3.0"

    def __post_init__(self) -> None:
        rules = {
            "name": person,
            "phone": _telephones,
            "email": mailboxes,
            "organisation": line(255),
            "title": line(255),
            "url": web_address,
            "address": message,
            "note": message,
        }
        refuse(settle(self, rules))

    def text(self) -> str:
        return stream(component("VCARD", *self._lines()))

    def _lines(self) -> Iterator[str]:
        name = parts(self.name)
        yield f"VERSION:{self.version}"
        yield f"N:{escaped(name.family)};{escaped(name.given)};;;"
        yield f"FN:{escaped(name.full)}"
        if self.organisation:
            yield f"ORG:{escaped(self.organisation)}"
        if self.title:
            yield f"TITLE:{escaped(self.title)}"
        yield from (self._telephone(number) for number in self.phone.split(",") if number)
        yield from (f"EMAIL:{address}" for address in self.email.split(",") if address)
        if self.url:
            yield f"URL:{self.url}"
        if self.address:
            yield f"ADR:;;{escaped(self.address)};;;;"
        if self.note:
            yield f"NOTE:{escaped(self.note)}"

    def _telephone(self, typed: str) -> str:
        word, number = _split(typed)
        kind = _TELEPHONE_TYPES[word]
        return (
            f"TEL;TYPE={kind}:{number}"
            if self.version == "3.0"
            else f"TEL;TYPE={kind.lower()};VALUE=uri:tel:{number}"
        )


def _telephones(text: str) -> str:
    """Numbers between commas, each with the word before it that says what it is, if there is one."""
    split = (_split(typed) for typed in text.split(","))
    return ",".join(f"{word} {e164(number)}".strip() for word, number in split)


def _split(typed: str) -> tuple[str, str]:
    """The word in lower case, empty where there is none, and the number."""
    first, _, rest = typed.strip(" ").partition(" ")
    word = first.rstrip(":").lower()
    return (word, rest) if word in _TELEPHONE_TYPES else ("", typed)


EXAMPLES = (
    (
        {"name": "Sean Owen", "phone": "+12125551212", "organisation": "Q; Co, Ltd"},
        (
            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Owen;Sean;;;\r\nFN:Sean Owen\r\nORG:Q\\; Co\\, Ltd\r\n"
            "TEL;TYPE=CELL:+12125551212\r\nEND:VCARD\r\n"
        ),
    ),
    (
        {
            "name": "Frank Dawson",
            "organisation": "Lotus Development Corporation",
            "address": "6544 Battleford Drive\nRaleigh, NC 27613-3502\nU.S.A.",
            "phone": "work +1-919-676-9515, fax +1-919-676-9564",
            "email": "Frank_Dawson@Lotus.com, fdawson@earthlink.net",
            "url": "http://home.earthlink.net/~fdawson",
        },
        (
            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Dawson;Frank;;;\r\nFN:Frank Dawson\r\n"
            "ORG:Lotus Development Corporation\r\nTEL;TYPE=WORK:+19196769515\r\nTEL;TYPE=FAX:+19196769564\r\n"
            "EMAIL:Frank_Dawson@lotus.com\r\nEMAIL:fdawson@earthlink.net\r\nURL:http://home.earthlink.net/~fdawson\r\n"
            "ADR:;;6544 Battleford Drive\\nRaleigh\\, NC 27613-3502\\nU.S.A.;;;;\r\nEND:VCARD\r\n"
        ),
    ),
    (
        {"name": "Perreault, Simon", "phone": "+1-418-262-6501", "title": "Editor", "version": "4.0"},
        (
            "BEGIN:VCARD\r\nVERSION:4.0\r\nN:Perreault;Simon;;;\r\nFN:Simon Perreault\r\nTITLE:Editor\r\n"
            "TEL;TYPE=cell;VALUE=uri:tel:+14182626501\r\nEND:VCARD\r\n"
        ),
    ),
)
