"""The files beside a page: those of what it shows now, and of nothing else."""

from __future__ import annotations

import json

import pytest
from tests.conftest import NOW_MS, imported
from tests.sites import sketches

from scanly.sites.beside.files import file_beside, picture_in
from scanly.sites.model import Show, Site


def file(site: Site, name: str, language: str = "en", photo: bytes | None = None) -> bytes:
    found = file_beside(sketches.page(site, language), name, stamp_ms=NOW_MS, photo=photo)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("name", "kind", "begins"),
    [
        ("card.png", "image/png", b"\x89PNG"),
        ("icon.svg", "image/svg+xml", b"<svg"),
        ("manifest.webmanifest", "application/manifest+json", b"{"),
        ("contact.vcf", "text/vcard; charset=utf-8", b"BEGIN:VCARD\r\n"),
        ("event.ics", "text/calendar; charset=utf-8", b"BEGIN:VCALENDAR\r\n"),
    ],
)
def test_every_file_has_its_type(name: str, kind: str, begins: bytes) -> None:
    site = sketches.site(sketches.block("contact"), sketches.block("event"))
    found = file_beside(sketches.page(site), name, stamp_ms=NOW_MS)
    assert found is not None
    assert found[0] == kind
    assert found[1].startswith(begins)


@pytest.mark.parametrize(
    "name", ["", "contact.vcf", "event.ics", "name-board.ics", ".ics", "card.jpg", "../card.png"]
)
def test_there_is_no_file_of_what_is_not_on_the_page(name: str) -> None:
    hidden = (sketches.block("contact", hidden=True), sketches.block("event", show=Show(end="2020-01-01")))
    site = sketches.site(sketches.block("name-board"), *hidden)
    assert file_beside(sketches.page(site), name, stamp_ms=NOW_MS) is None


def test_an_event_is_the_one_of_the_page_in_its_language() -> None:
    site = sketches.site(sketches.block("event", id="ghazals"))
    (event,) = imported("icalendar").Calendar.from_ical(file(site, "ghazals.ics", "hi")).walk("VEVENT")
    assert event["SUMMARY"] == "ग़ज़लों की शाम"
    assert event["DESCRIPTION"] == "दरवाज़े 17:30 पर खुलेंगे।"
    assert event["UID"] == "ghazals.asha@go.example.com"
    assert event["URL"] == "https://go.example.com/s/asha/hi"
    # 18:00 in Kolkata.
    assert event["DTSTART"].dt.isoformat() == "2099-12-12T12:30:00+00:00"
    assert event["DTEND"].dt.isoformat() == "2099-12-12T15:30:00+00:00"


def test_an_event_of_days_has_no_times() -> None:
    site = sketches.site(
        sketches.block("event", {"name": "Diwali", "start": "2026-11-08", "end": "2026-11-10"})
    )
    (event,) = imported("icalendar").Calendar.from_ical(file(site, "event.ics")).walk("VEVENT")
    assert event["DTSTART"].dt.isoformat() == "2026-11-08"
    assert event["DTEND"].dt.isoformat() == "2026-11-11"


def test_the_contact_is_the_first_on_the_page_wherever_it_stands() -> None:
    inside = {
        "first": {"contact": {"name": "Ravi Rao", "phone": "+91 98765 43211"}},
        "second": {"text": {"text": "Hello."}},
    }
    site = sketches.site(sketches.block("two-up", inside), sketches.block("contact"))
    card = imported("vobject").readOne(file(site, "contact.vcf").decode())
    assert card.fn.value == "Ravi Rao"
    assert card.tel.value == "+919876543211"
    assert card.url.value == "https://go.example.com/s/asha"


def test_a_contact_takes_its_photo_along() -> None:
    site = sketches.site(sketches.block("contact"))
    assert picture_in(sketches.page(site), "contact.vcf") == f"{0:032x}.jpg"
    card = imported("vobject").readOne(file(site, "contact.vcf", photo=b"\xff\xd8jpeg").decode())
    assert card.photo.value == b"\xff\xd8jpeg"
    assert card.title.value == "Owner"


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"picture": {"file": "share.jpg"}, "logo": {"file": "logo.png"}}, "share.jpg"),
        ({"logo": {"file": "own-logo.png"}}, "own-logo.png"),
        ({}, "logo.png"),
    ],
)
def test_the_picture_for_sharing_shows_what_the_owner_chose_for_it(
    facts: dict[str, dict[str, str]], name: str
) -> None:
    site = sketches.site(sketches.block("name-board"), **facts)
    assert picture_in(sketches.page(site), "card.png") == sketches.pictures(site)[name].fallback.file


def test_no_picture_is_fetched_for_other_files() -> None:
    site = sketches.site(sketches.block("name-board"))
    assert picture_in(sketches.page(site), "icon.svg") is None
    assert picture_in(sketches.page(sketches.site()), "card.png") is None


def test_cards_of_other_languages_say_it_in_theirs() -> None:
    site = sketches.site(sketches.block("name-board"))
    assert file(site, "card.png") != file(site, "card.png", "ar")


def test_a_theme_that_is_dark_by_itself_has_dark_files() -> None:
    from scanly.sites.look.themes import find_theme

    site = sketches.site(theme="slate")
    told = json.loads(file(site, "manifest.webmanifest"))
    assert told["background_color"] == find_theme("slate").dark.bg
