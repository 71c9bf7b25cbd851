"""Contact files: what the page's "Save my contact" puts into the visitor's address book.

Version 3.0 is the one that every phone reads.
Source: RFC 2426, 3 and 4 (vCard 3.0); RFC 6350, 6.2.1 (N).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from scanly.core.errors import Invalid
from scanly.qr.grammar.mailbox import mailbox
from scanly.qr.grammar.person import Name, parts, person
from scanly.qr.grammar.phone import e164
from scanly.qr.grammar.vtext import component
from scanly.sites.beside.contentlines import address, file, value

MIME = "text/vcard; charset=utf-8"
# Phones refuse larger pictures, and each makes the file slower to open.
MOST_PHOTO_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or a business; without ``name`` it is filed under ``company``. ``photo`` is a JPEG file."""

    name: str
    phone: str = ""
    email: str = ""
    company: str = ""
    title: str = ""
    address: str = ""
    note: str = ""
    url: str = ""
    photo: bytes | None = None


def contact_file(contact: Contact) -> bytes:
    """The file. Raises Invalid for a telephone number or an e-mail address that is none."""
    return file(*component("VCARD", "VERSION:3.0", *_lines(contact)))


def _lines(contact: Contact) -> Iterator[str]:
    name = _name(contact)
    yield f"N:{value(name.family)};{value(name.given)};;;"
    yield f"FN:{value(name.full)}"
    if contact.company:
        yield f"ORG:{value(contact.company)}"
    if contact.title:
        yield f"TITLE:{value(contact.title)}"
    if contact.phone:
        yield f"TEL;TYPE=CELL:{e164(contact.phone)}"
    if contact.email:
        yield f"EMAIL;TYPE=INTERNET:{mailbox(contact.email)}"
    if address(contact.url):
        yield f"URL:{contact.url}"
    if contact.address:
        yield f"ADR:;;{value(contact.address)};;;;"
    if contact.note:
        yield f"NOTE:{value(contact.note)}"
    if contact.photo and len(contact.photo) <= MOST_PHOTO_BYTES:
        yield f"PHOTO;ENCODING=b;TYPE=JPEG:{b64encode(contact.photo).decode()}"


def _name(contact: Contact) -> Name:
    """A person's name in its parts; one that has none, such as a company's, stays whole."""
    if not contact.name:
        return Name("", contact.company, contact.company)
    try:
        return parts(person(contact.name))
    except Invalid:
        return Name("", contact.name, contact.name)
