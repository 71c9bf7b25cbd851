"""Contact files, read back by a parser that is not ours, whatever people typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import imported

from scanly.core.errors import Invalid
from scanly.sites.beside.contact import MOST_PHOTO_BYTES, Contact, contact_file

HOSTILE = (
    "x\r\nTEL:+919999999999",
    "x\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Eve",
    "x\rNOTE:other",
    "x\u2028URL:https://evil.example",
    'Q; Co, Ltd\\n:"x"',
    "\u202eevil\u200b",
    "आशा किराना स्टोर " * 12,
    "one, two, three, four",
)
texts = st.text(st.characters(codec="utf-8"), max_size=80) | st.sampled_from(HOSTILE)


def card(contact: Contact) -> object:
    """The one card in the file."""
    (found,) = imported("vobject").readComponents(contact_file(contact).decode())
    return found


def test_a_contact_is_what_it_was_for_another_parser() -> None:
    contact = Contact(
        "Asha Patil",
        "+91 98765 43210",
        "asha@Example.com",
        "Asha Kirana; Store",
        "Owner",
        "12 MG Road\nPune, 411001",
        "Open daily, 9 to 9",
        "https://go.example.com/s/asha",
        b"\xff\xd8jpeg",
    )
    found = card(contact)
    assert found.fn.value == "Asha Patil"
    assert (found.n.value.family, found.n.value.given) == ("Patil", "Asha")
    assert found.tel.value == "+919876543210"
    assert found.email.value == "asha@example.com"
    assert found.org.value == ["Asha Kirana; Store"]
    assert found.title.value == "Owner"
    assert found.adr.value.street == "12 MG Road\nPune, 411001"
    assert found.note.value == "Open daily, 9 to 9"
    assert found.url.value == "https://go.example.com/s/asha"
    assert found.photo.value == b"\xff\xd8jpeg"


@pytest.mark.parametrize(
    ("name", "family", "given", "full"),
    [
        ("Owen, Sean", "Owen", "Sean", "Sean Owen"),
        ("Asha", "", "Asha", "Asha"),
        ("山田 太郎", "山田", "太郎", "山田 太郎"),
        ("Smith, Wesson, and Sons", "", "Smith, Wesson, and Sons", "Smith, Wesson, and Sons"),
        ("", "", "Asha Kirana", "Asha Kirana"),
    ],
)
def test_names_are_filed_as_address_books_sort_them(name: str, family: str, given: str, full: str) -> None:
    found = card(Contact(name, company="Asha Kirana"))
    assert (found.n.value.family, found.n.value.given, found.fn.value) == (family, given, full)


@given(name=texts, company=texts, title=texts, address=texts, note=texts, url=texts)
def test_what_people_type_never_becomes_a_line_of_its_own(
    name: str, company: str, title: str, address: str, note: str, url: str
) -> None:
    found = card(Contact(f"A{name}", "", "", company, title, address, note, url))
    assert set(found.contents) <= {"version", "n", "fn", "org", "title", "adr", "note", "url"}
    assert all(len(values) == 1 for values in found.contents.values())


@pytest.mark.parametrize(
    "contact",
    [Contact("A", phone="98765"), Contact("A", email="a@b\r\nTEL:1"), Contact("A", phone="+91\r\nX:1")],
)
def test_a_number_or_address_that_is_none_is_refused(contact: Contact) -> None:
    with pytest.raises(Invalid):
        contact_file(contact)


def test_a_photo_that_phones_would_refuse_is_left_out() -> None:
    data = contact_file(Contact("Asha", photo=b"x" * (MOST_PHOTO_BYTES + 1)))
    assert b"PHOTO" not in data


@given(texts)
def test_no_line_is_longer_than_75_bytes(note: str) -> None:
    data = contact_file(Contact("Asha", note=note, photo=b"\xff" * 500))
    assert max(map(len, data.split(b"\r\n"))) <= 75
