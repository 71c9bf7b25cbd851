"""The blocks of campaigns, services and creators: what they say at each moment, and what they never give away."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.conftest import NOW_MS, imported
from tests.sites import sketches

from scanly.sites.answers.forms import SCORES
from scanly.sites.blocks import block_type
from scanly.sites.fields import About, At, Found, check_record
from scanly.sites.model import State
from scanly.sites.render import Rendered, render

INDIA = ZoneInfo("Asia/Kolkata")

# What the catalogue of blocks promises to owners, by block.
PROMISED = {
    "offer": "headline code terms ends supply",
    "loyalty": "stamps reward how",
    "ask-for-a-time": "note slots call whatsapp consent privacy",
    "question": "note phone_required call whatsapp consent privacy",
    "feedback": "note privacy",
    "kind-words": "quote who when real",
    "faq": "question answer",
    "people": "photo name role languages call",
    "links": "icon words to photo",
    "follow": "accounts",
    "video": "to words photo",
    "event": "name start end place tickets",
    "countdown": "to words after",
    "contact": "name phone email company role address note",
    "wifi": "wifi note",
    "product": "photo name price old_price points buy whatsapp",
}


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=INDIA).timestamp() * 1000)


def drawn(name: str, values: dict[str, Any] | None = None, **setting: Any) -> Rendered:
    site = sketches.site(sketches.block(name, values))
    return render(site, sketches.setting(site, **setting))


def html(name: str, values: dict[str, Any] | None = None, **setting: Any) -> str:
    """The block alone, without what is around it."""
    whole = drawn(name, values, **setting).html.decode()
    return whole[whole.index("<main") : whole.index("</main>")]


def words(name: str, values: dict[str, Any] | None = None, **setting: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html(name, values, **setting)).split())


def refused(name: str, values: dict[str, Any]) -> list[str]:
    """What is said of wrong values, each with the path of the field."""
    found: list[Found] = []
    check_record(block_type(name).fields, values, At((), found, About(sketches.LANGUAGES)))
    return [f"{'.'.join(map(str, each.path))}: {each.message} {each.hint}" for each in found]


@pytest.mark.parametrize("name", PROMISED)
def test_a_block_has_the_fields_of_the_catalogue(name: str) -> None:
    fields = block_type(name).fields
    within = {key for field in fields.values() for key in field.of}
    assert set(PROMISED[name].split()) <= fields.keys() | within


# Offers and cards.


def test_a_code_that_is_counted_is_only_given_out_by_the_form() -> None:
    counted = {"headline": "A free samosa", "code": "SAMOSA", "supply": 10}
    shown = drawn("offer", counted).html.decode()
    assert "SAMOSA" not in shown and 'action="/s/asha/forms/offer"' in shown
    assert "10 left" in words("offer", counted)
    assert "3 left" in words("offer", counted, state=State(claimed={"offer": 7}))
    assert "SAMOSA" not in html("offer", counted, mode="export")
    assert "SAMOSA" in words("offer", {"headline": "A free samosa", "code": "SAMOSA"})


@pytest.mark.parametrize("claimed", [10, 11])
def test_an_offer_of_which_all_are_taken_has_no_form(claimed: int) -> None:
    shown = html(
        "offer", {"headline": "A free samosa", "supply": 10}, state=State(claimed={"offer": claimed})
    )
    assert "<form" not in shown and "All of them are taken." in shown and "left" not in shown


def test_an_offer_ends_with_its_last_day() -> None:
    offer = {"headline": "A free samosa", "code": "SAMOSA", "ends": "2026-12-24"}
    last = drawn("offer", offer, now_ms=ms("2026-12-24 23:59"))
    assert b"SAMOSA" in last.html and last.valid_until_ms == ms("2026-12-25 00:00")
    after = words("offer", offer, now_ms=ms("2026-12-25 00:00"))
    assert "This offer has ended." in after and "SAMOSA" not in after


def test_a_stamp_card_has_as_many_stamps_as_are_needed_and_no_pin() -> None:
    assert html("loyalty", {"stamps": 6, "reward": "Free tea"}).count("<li>") == 6
    assert "pin" not in block_type("loyalty").fields
    assert "<form" not in html("loyalty", mode="export")


# Forms.


def test_forms_label_every_input_and_ask_browsers_to_help() -> None:
    shown = html("question")
    for name in ("name", "phone", "message"):
        assert f'<label for="question_{name}">' in shown and f'id="question_{name}"' in shown
    assert 'autocomplete="name"' in shown and 'autocomplete="tel"' in shown and 'type="tel"' in shown
    assert re.search(r'<input type="checkbox" id="question_consent"[^>]* required', shown)


@pytest.mark.parametrize("name", ["question", "ask-for-a-time", "feedback"])
def test_every_form_says_what_becomes_of_the_data(name: str) -> None:
    assert "Only we read this." in words(name, {"note": "Hello"})
    own = drawn(name, {"privacy": "https://example.com/privacy"})
    assert "How we handle your data" in own.html.decode() and "Only we read this." not in own.html.decode()
    assert "https://example.com/privacy" in own.clicks.values()


def test_a_phone_number_is_optional_unless_the_owner_needs_it() -> None:
    def required(values: dict[str, Any]) -> bool:
        return bool(re.search(r'id="question_phone"[^>]* required', html("question", values)))

    assert not required({"note": "Hello"})
    assert "Your phone number (optional)" in words("question", {"note": "Hello"})
    assert required({"phone_required": True})


@pytest.mark.parametrize("name", ["question", "ask-for-a-time"])
def test_in_a_file_a_form_becomes_the_other_ways_to_reach_somebody(name: str) -> None:
    shown = html(name, {"call": "+91 98765 43210", "whatsapp": "+91 98765 43211"}, mode="export")
    assert "<form" not in shown and "tel:+919876543210" in shown and "https://wa.me/919876543211" in shown
    assert "<section" not in html(name, {"note": "Write to us"}, mode="export")


def test_feedback_is_five_answers_in_words() -> None:
    shown = html("feedback")
    assert re.findall(r'type="radio" name="score" value="(\d)"', shown) == [each.value for each in SCORES]
    for each in SCORES:
        assert each.label in shown


BOOKED = {"slots": {"mon-fri": "10:00-12:00", "every": "1 hour", "ahead": "2 days", "seats": 2}}


def test_free_times_are_offered_until_the_first_of_them_has_come() -> None:
    monday = ms("2026-11-23 09:30")
    page = drawn("ask-for-a-time", BOOKED, now_ms=monday)
    values = re.findall(r'name="slot" value="(\d+)"', page.html.decode())
    days = ("2026-11-23", "2026-11-24", "2026-11-25")
    assert values == [str(ms(f"{day} {hour}")) for day in days for hour in ("10:00", "11:00")]
    assert page.valid_until_ms == ms("2026-11-23 10:00")


def test_a_time_goes_with_its_last_seat() -> None:
    full, half = ms("2026-11-24 10:00"), ms("2026-11-24 11:00")
    state = State(taken={"ask-for-a-time": {full: 2, half: 1}})
    shown = html("ask-for-a-time", BOOKED, now_ms=ms("2026-11-24 09:30"), state=state)
    assert str(full) not in shown and str(half) in shown


def test_a_new_day_brings_new_times() -> None:
    page = drawn("ask-for-a-time", BOOKED, now_ms=ms("2026-11-23 12:30"))
    assert page.valid_until_ms == ms("2026-11-24 00:00")


def test_without_free_times_there_is_no_form_but_a_number_to_call() -> None:
    weekend = {"slots": {"sun": "10:00-11:00", "ahead": 1}, "call": "+91 98765 43210"}
    shown = html("ask-for-a-time", weekend, now_ms=ms("2026-11-23 09:30"))
    assert "<form" not in shown and "There are no free times" in shown and "tel:+919876543210" in shown


def test_without_a_timetable_one_asks_for_a_day_and_a_part_of_it() -> None:
    shown = html("ask-for-a-time", {"note": "We call back"}, now_ms=ms("2026-11-23 09:30"))
    assert re.search(r'<input id="ask-for-a-time_day"[^>]* type="date" min="2026-11-23"', shown)
    assert "Morning" in shown and "Evening" in shown


@pytest.mark.parametrize(
    ("slots", "says"),
    [
        ({"mon-fri": "10:00-13:00", "every": "1 hour", "ahead": "2 weeks", "notice": "1 day"}, None),
        ({"every": 30}, "slots: has no hours."),
        ({"mon": "10:00-13:00", "every": 1}, "slots.every: cannot be used. It is 5 to 480 minutes"),
        ({"mon": "10:00-13:00", "every": "2 weeks"}, "slots.every"),
        ({"mon": "10:00-13:00", "seats": True}, "slots.seats"),
        ({"mon": "10:00-13:00", "seat": 3}, 'slots.seat: is not known here. Did you mean "seats"?'),
        ({"mon": "25:00-13:00"}, "slots.mon"),
        ("10:00-13:00", "slots: must have hours."),
    ],
)
def test_a_timetable_is_read_or_refused_where_it_is_wrong(slots: object, says: str | None) -> None:
    found = refused("ask-for-a-time", {"slots": slots})
    assert found == [] if says is None else len(found) == 1 and found[0].startswith(says)


def test_amounts_of_a_timetable_are_kept_as_numbers() -> None:
    given = {
        "mon": "10:00-13:00",
        "every": "1 hour",
        "ahead": "2 weeks",
        "notice": "1 day",
        "seats": "3 persons",
    }
    kept = sketches.block("ask-for-a-time", {"slots": given}).values["slots"]
    assert kept == {"mon": "10:00-13:00", "every": 60, "ahead": 14, "notice": 24, "seats": 3}


# People and their words.


def test_kind_words_that_are_not_confirmed_are_not_shown() -> None:
    praise = {"quote": "Lovely", "who": "Meera"}
    assert "Lovely" in words("kind-words", {"items": [praise | {"real": True}]})
    assert "<section" not in html("kind-words", {"items": [praise | {"real": False}]})
    assert refused("kind-words", {"items": [praise]})[0].startswith("items.0.real: is missing.")


def test_links_that_all_say_call_are_told_apart_by_those_who_listen() -> None:
    assert 'Call<span class="vh"> Imran Shaikh</span>' in html("people")


# Accounts and films.


def test_handles_become_links_in_the_order_of_the_owner() -> None:
    page = drawn("follow", {"youtube": "@asha", "instagram": "https://instagram.com/asha.k?igsh=1"})
    assert list(page.clicks.values()) == [
        "https://www.youtube.com/@asha",
        "https://www.instagram.com/asha.k/",
    ]
    assert words("follow", {"youtube": "asha"}) == "Follow us ▶ YouTube"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"instagrm": "asha"}, 'instagrm: is not a network that we know. Did you mean "instagram"?'),
        ({"instagram": "https://evil.example/asha"}, "instagram: "),
        ({"x": "a name with spaces"}, "x: "),
        ({}, ": is missing."),
    ],
)
def test_accounts_are_refused_where_they_are_wrong(values: dict[str, str], says: str) -> None:
    (found,) = refused("follow", values)
    assert found.startswith(says)


def test_an_unknown_network_is_pointed_at_by_its_name() -> None:
    found: list[Found] = []
    check_record(block_type("follow").fields, {"instagrm": "asha"}, At((), found))
    assert [each.at_key for each in found] == [True]


def test_a_film_opens_in_its_own_app_and_nothing_is_loaded_from_there() -> None:
    page = drawn("video")
    assert "Watch on YouTube" in page.html.decode()
    assert "<iframe" not in page.html.decode() and "youtube" not in page.csp
    assert refused("video", {"to": "tel:+919876543210", "words": "Song"})


# What depends on the day.


@pytest.mark.parametrize(
    ("now", "says", "until"),
    [
        ("2026-12-09 10:00", "3 days left until the sale", "2026-12-10 00:00"),
        ("2026-12-12 12:10", "5 hours left until the sale", "2026-12-12 13:00:00.001"),
        ("2026-12-12 17:30", "Less than an hour left until the sale", "2026-12-12 18:00"),
        ("2026-12-12 18:00", "The sale is on.", "2027-01-01 00:00"),  # dates are said without their year
    ],
)
def test_a_countdown_says_what_is_left_and_when_that_changes(now: str, says: str, until: str) -> None:
    values = {"to": "2026-12-12 18:00", "words": "until the sale", "after": "The sale is on."}
    page = drawn("countdown", values, now_ms=ms(now))
    assert says in words("countdown", values, now_ms=ms(now))
    assert page.valid_until_ms == ms(until)


def test_a_countdown_that_is_over_goes_away_without_words_for_afterwards() -> None:
    values = {"to": "2026-12-12", "words": "until the sale"}
    assert "Today" in words("countdown", values, now_ms=ms("2026-12-12 23:00"))
    assert 'id="countdown"' not in html("countdown", values, now_ms=ms("2026-12-13 00:00"))


def test_an_event_is_over_at_its_end_or_with_its_day() -> None:
    ghazals = {"name": "Ghazals", "start": "2026-12-12 18:00", "tickets": "https://example.com/t"}
    for end, over in (({"end": "2026-12-12 21:00"}, "2026-12-12 21:00"), ({}, "2026-12-13 00:00")):
        before = drawn("event", ghazals | end, now_ms=ms(over) - 1)
        assert b"Tickets" in before.html and b"event.ics" in before.html
        assert before.valid_until_ms == ms(over)
        after = html("event", ghazals | end, now_ms=ms(over))
        assert "This event is over." in after and "Tickets" not in after and ".ics" not in after


@pytest.mark.parametrize(
    ("end", "says"),
    [
        ("2026-12-12 21:00", "Saturday, 12 December, 6:00 pm – 9:00 pm"),
        ("2026-12-13 02:00", "Saturday, 12 December, 6:00 pm – Sunday, 13 December, 2:00 am"),
    ],
)
def test_an_end_on_the_same_day_is_a_time_alone(end: str, says: str) -> None:
    said = words("event", {"name": "Ghazals", "start": "2026-12-12 18:00", "end": end}, now_ms=NOW_MS)
    assert says in said.replace("\u00a0", " ")


# Contact and network.


def test_a_contact_and_an_event_are_files_below_the_page() -> None:
    assert 'href="/s/asha/contact.vcf"' in html("contact")
    assert 'href="/s/asha/event.ics"' in html("event")
    assert 'href="https://go.example.com/s/asha/contact.vcf"' in html("contact", mode="export")


def test_another_phone_joins_the_network_by_the_code() -> None:
    zxingcpp, resvg = imported("zxingcpp"), imported("resvg_py")
    from io import BytesIO

    from PIL import Image

    shown = html("wifi", {"network": 'Asha; "Guests"', "password": "masala;chai", "hidden": True})
    drawing = re.search(r"<svg[^>]*?(?= role| viewBox| class).*?</svg>", shown, re.DOTALL)
    assert drawing
    svg = (
        drawing[0]
        if "xmlns" in drawing[0]
        else drawing[0].replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    )
    png = bytes(resvg.svg_to_bytes(svg_string=svg, width=400, background="white"))
    read = zxingcpp.read_barcodes(Image.open(BytesIO(png)).convert("L"))[0].text
    assert read == r"WIFI:T:WPA;S:Asha\; \"Guests\";H:true;P:masala\;chai;;"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"network": "Guests", "password": "short"}, "password: is not a WPA password"),
        ({"network": "Guests"}, "password: A WPA network needs its password."),
        ({"network": "Guests", "security": "none"}, None),
        ({"network": "Guests", "password": "masala chai", "security": "WPA9"}, "security: "),
        ({"password": "masala chai"}, "network: is missing."),
        ({"network": "ネ" * 32, "password": "masala chai"}, "network: has 96 bytes."),
    ],
)
def test_a_network_is_refused_where_it_is_wrong(values: dict[str, str], says: str | None) -> None:
    found = refused("wifi", values)
    assert found == [] if says is None else len(found) == 1 and found[0].startswith(says)


def test_owners_are_warned_that_everybody_reads_the_password() -> None:
    assert "Everybody who finds this page can read the password" in block_type("wifi").fields["wifi"].help


def test_a_product_that_is_sold_out_cannot_be_bought() -> None:
    shawl = block_type("product").example
    assert "₹2,400" in words("product", shawl) and "Order by WhatsApp" in words("product", shawl)
    gone = words("product", shawl | {"sold_out": True})
    assert "Sold out" in gone and "₹2,400" not in gone and "Order by WhatsApp" not in gone
