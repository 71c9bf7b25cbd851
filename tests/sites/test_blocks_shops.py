"""The blocks of shops: every field is drawn, nothing empty is left, and what depends on the moment changes in time."""

from __future__ import annotations

import copy
import re
import warnings
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import imported

from scanly.media.model import Picture, Variant
from scanly.sites.blocks import block_type
from scanly.sites.fields import About, At, Field, check_record
from scanly.sites.model import Block, Site
from scanly.sites.page import Mode, Setting
from scanly.sites.render import Rendered, render

LANGUAGES = ("en", "hi", "ar")
KOLKATA = ZoneInfo("Asia/Kolkata")
EXAMPLES = (
    *("name-board", "notice", "quick-buttons", "button", "text", "photo", "photo-strip", "opening-hours"),
    *("find-us", "price-list", "specials", "menu", "order", "pay-me", "services", "divider", "download"),
    "two-up",
)
every_block = pytest.mark.parametrize("name", EXAMPLES)
every_language = pytest.mark.parametrize("language", LANGUAGES)
# What stands on a page without words.
WORDLESS = {"br", "hr", "img", "source", "input", "textarea", "main", "style", "svg"}


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=KOLKATA).timestamp() * 1000)


NOW_MS = ms("2026-11-23 10:00")  # a Monday


class Pictures(dict[str, Picture]):
    """Whatever picture is asked for is there."""

    def get(self, name: str, default: Any = None) -> Picture:
        files = [("avif", 240), ("webp", 480), ("jpg", 480)]
        kept = tuple(Variant(width, width * 2 // 3, f"{'0' * 32}.{kind}", 1, kind) for kind, width in files)
        return Picture(name, "0" * 64, 960, 640, kept)


def block(name: str, values: dict[str, Any], **more: Any) -> Block:
    found: list[Any] = []
    checked = check_record(block_type(name).fields, values, At((name,), found, About(LANGUAGES)))
    assert found == []
    return Block(id=name, type=name, values=checked, **more)


def drawn(
    *blocks: Block, language: str = "en", now_ms: int = NOW_MS, mode: Mode = "live", theme: str = "kirana"
) -> Rendered:
    where = Setting(language, now_ms, "https://go.example.com", "/s/asha", Pictures(), mode=mode)
    facts = {"time_zone": "Asia/Kolkata", "currency": "INR", "country": "IN", "theme": theme}
    return render(Site("asha", "Asha", LANGUAGES, blocks=blocks, **facts), where)


def parsed(page: Rendered) -> Any:
    html5lib = imported("html5lib")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        return parser.parse(page.html.decode())


def part(page: Rendered, name: str) -> str:
    """What one block is drawn as, without the page around it."""
    html = page.html.decode()
    found = re.search(
        rf'<(section|header)[^>]* id="{name}".*?</\1>|<div id="{name}" class="part .*?\n</div>\n</main>',
        html,
        re.DOTALL,
    )
    return found[0] if found else ""


def words(page: Rendered, name: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", part(page, name)).split())


@every_block
@every_language
def test_an_example_is_valid_html_in_every_direction(name: str, language: str) -> None:
    tree = parsed(drawn(block(name, block_type(name).example), language=language))
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    assert not [each.tag for each in tree.iter() if each.get("style")]


@every_block
def test_every_field_is_seen_on_the_page(name: str) -> None:
    kind = block_type(name)
    whole = _seen(block(name, kind.example))
    for path in _fields(kind.fields, [((), kind.example)]):
        without = copy.deepcopy(kind.example)
        _remove(without, path)
        assert _seen(Block(id=name, type=name, values=_checked(name, without))) != whole, path


def _seen(*blocks: Block) -> tuple[object, ...]:
    """What a field can change for a reader: the page, how long it is true, and the page as a file."""
    page, file = drawn(*blocks), drawn(*blocks, mode="export")
    said = [re.sub(r"<script.*?</script>", "", each.html.decode(), flags=re.DOTALL) for each in (page, file)]
    return (*said, page.valid_until_ms)


def _checked(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """What is left of values that may lack what is required."""
    return check_record(block_type(name).fields, values, At((name,), [], About(LANGUAGES)))


def _fields(fields: dict[str, Field], rows: list[tuple[tuple[Any, ...], Any]]) -> Iterator[tuple[Any, ...]]:
    """Where each field that may be left out stands in an example; ``rows`` are records and their places."""
    for name, field in fields.items():
        spots = [((*path, name), row[name]) for path, row in rows if name in row]
        assert spots or field.inline, f"the example has no {name}"
        if spots and not field.required and spots[0][1] != field.default:
            yield spots[0][0]
        if field.of:
            yield from _fields(
                field.of, [((*at, n), row) for at, each in spots for n, row in enumerate(each)]
            )


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _remove(value: Any, path: tuple[Any, ...]) -> None:
    del _at(value, path[:-1])[path[-1]]


@every_block
def test_what_is_not_given_leaves_nothing_empty(name: str) -> None:
    kind = block_type(name)
    tree = parsed(drawn(block(name, _required(kind.fields, kind.example))))
    empty = [
        each.tag
        for each in tree.find("body").iter()
        if not "".join(each.itertext()).strip()
        and not WORDLESS & {str(inside.tag).rpartition("}")[2] for inside in each.iter()}
        and not str(each.tag).endswith("path")
    ]
    assert empty == []


def _required(fields: dict[str, Field], example: dict[str, Any]) -> dict[str, Any]:
    """The example with nothing but what must be given."""
    if any(field.inline for field in fields.values()):
        return {key: value for key, value in example.items() if key not in fields and key != "holidays"}
    found: dict[str, Any] = {}
    for name, field in fields.items():
        if field.required or (name == "items" and not any(each.required for each in fields.values())):
            value = example[name]
            found[name] = [_required(field.of, row) for row in value] if field.of else value
    return found


# What depends on the moment.


def test_specials_are_there_on_their_day_and_go_when_the_shop_closes() -> None:
    hours = block("opening-hours", {"daily": "09:00-13:00, 18:00-01:00"})
    specials = block("specials", {"on": "2026-11-23", "items": [{"name": "Thali", "price": 150}]})
    for now, there in [
        ("2026-11-22 23:59", False),
        ("2026-11-23 00:00", True),
        ("2026-11-23 14:00", True),
        ("2026-11-24 00:59", True),
        ("2026-11-24 01:00", False),
    ]:
        page = drawn(hours, specials, now_ms=ms(now))
        assert ("Thali" in part(page, "specials")) == there, now
        assert (b"specials" in page.html) == there
    assert drawn(specials, now_ms=ms("2026-11-22 12:00")).valid_until_ms == ms("2026-11-23 00:00")
    assert drawn(hours, specials, now_ms=ms("2026-11-24 00:45")).valid_until_ms == ms("2026-11-24 01:00")
    assert drawn(specials, now_ms=ms("2026-11-23 22:00")).valid_until_ms == ms("2026-11-24 00:00")


def test_a_notice_is_gone_after_the_day_it_ends_on() -> None:
    notice = block("notice", {"message": "Closed for Diwali", "style": "closed", "ends": "2026-11-23"})
    page = drawn(notice, now_ms=ms("2026-11-23 23:59"))
    assert "Closed · Closed for Diwali" in words(page, "notice")
    assert page.valid_until_ms == ms("2026-11-24 00:00")
    assert b"Diwali" not in drawn(notice, now_ms=ms("2026-11-24 00:00")).html


@pytest.mark.parametrize(
    ("now", "says", "until"),
    [
        ("2026-11-23 08:00", "Closed now · opens at 9:00 am", "2026-11-23 09:00"),
        ("2026-11-23 10:00", "Open now · closes at 9:00 pm", "2026-11-23 20:30"),
        ("2026-11-23 20:30", "Open now · closes soon, at 9:00 pm", "2026-11-23 21:00"),
        ("2026-11-23 21:00", "Closed now · opens tomorrow at 9:00 am", "2026-11-24 00:00"),
        ("2026-11-28 21:00", "Closed now · opens on Monday at 9:00 am", "2026-11-29 00:00"),
        ("2026-11-29 12:00", "Today by appointment", "2026-11-30 00:00"),
        ("2026-12-24 21:00", "Closed now · opens on Monday, 4 January 2027 at 9:00 am", "2026-12-25 00:00"),
    ],
)
def test_open_now_is_said_as_long_as_it_is_true(now: str, says: str, until: str) -> None:
    off = {f"2026-12-{day}": "closed" for day in range(25, 32)} | {
        f"2027-01-0{day}": "closed" for day in (1, 2, 3)
    }
    hours = {"mon-sat": "09:00-21:00", "sun": "by appointment", "holidays": off}
    page = drawn(block("opening-hours", hours), now_ms=ms(now))
    assert says in words(page, "opening-hours")
    assert page.valid_until_ms == ms(until)


def test_the_row_of_today_is_marked_and_a_special_day_takes_the_mark() -> None:
    hours = block("opening-hours", {"mon-sat": "9-21", "sun": "closed", "holidays": {"12-25": "10-12"}})
    row = r'<div class="now" aria-current="date"><dt>([^<]*)</dt>'
    assert re.findall(row, part(drawn(hours), "opening-hours")) == ["Mon – Sat"]
    page = drawn(hours, now_ms=ms("2026-12-25 11:00"))
    assert re.findall(row, part(page, "opening-hours")) == ["25 December"]


# What leads elsewhere, and what is sent.


def test_a_payment_is_one_address_for_the_button_and_the_code() -> None:
    page = drawn(
        block("pay-me", {"upi": "asha@upi", "name": "Asha & Sons", "amount": "120.5", "note": "Rice"})
    )
    address = re.search(r'href="(upi:[^"]+)"', page.html.decode())
    assert address
    asked = parse_qs(urlsplit(address[1].replace("&amp;", "&")).query)
    assert asked == {
        "pa": ["asha@upi"],
        "pn": ["Asha & Sons"],
        "am": ["120.50"],
        "cu": ["INR"],
        "tn": ["Rice"],
    }
    assert page.clicks.keys() and set(page.clicks.values()) == {address[1].replace("&amp;", "&")}
    assert "check that the app shows the name “Asha &amp; Sons”" in words(page, "pay-me")
    assert _scanned(part(page, "pay-me")) == address[1].replace("&amp;", "&")


def _scanned(html: str) -> str:
    """What a decoder reads from the drawing in the page."""
    zxingcpp, resvg = imported("zxingcpp"), imported("resvg_py")
    from io import BytesIO

    from PIL import Image

    svg = re.search(r'<div class="qr">(<svg.*?</svg>)', html, re.DOTALL)
    assert svg
    picture = (
        svg[1] if "xmlns" in svg[1] else svg[1].replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    )
    png = bytes(resvg.svg_to_bytes(svg_string=picture, width=400, background="white"))
    return zxingcpp.read_barcodes(Image.open(BytesIO(png)).convert("L"))[0].text


def test_directions_lead_to_a_map_that_every_phone_opens() -> None:
    for place, query in [
        ("18.5204, 73.8567", "18.5204,73.8567"),
        ("14 Laxmi Road, Pune", "14 Laxmi Road, Pune"),
    ]:
        page = drawn(block("quick-buttons", {"directions": place}))
        (address,) = page.clicks.values()
        assert parse_qs(urlsplit(address).query) == {"api": ["1"], "query": [query]}
    page = drawn(block("quick-buttons", {"directions": "https://maps.app.goo.gl/x"}))
    assert list(page.clicks.values()) == ["https://maps.app.goo.gl/x"]
    page = drawn(block("find-us", {"address": "14 Laxmi Road, Pune"}))
    (address,) = page.clicks.values()
    assert parse_qs(urlsplit(address).query)["query"] == ["14 Laxmi Road, Pune"]


def test_whatsapp_has_the_message_ready_in_the_language_of_the_page() -> None:
    given = {"whatsapp": "+91 98765 43210", "message": {"en": "Hello & bye", "hi": "नमस्ते"}}
    for language, text in (("en", "Hello & bye"), ("hi", "नमस्ते")):
        (address,) = drawn(block("quick-buttons", given), language=language).clicks.values()
        assert address.startswith("https://wa.me/919876543210?")
        assert parse_qs(urlsplit(address).query) == {"text": [text]}


def test_a_place_that_is_not_on_the_globe_is_refused() -> None:
    found: list[Any] = []
    at = At(("quick-buttons",), found, About(LANGUAGES))
    check_record(block_type("quick-buttons").fields, {"directions": "98.5,73.8"}, at)
    assert "not on the globe" in found[0].message


@pytest.mark.parametrize("upi", ["asha", "asha@example.com", "a b@upi", "asha@upi&am=1"])
def test_what_is_no_upi_id_is_refused(upi: str) -> None:
    found: list[Any] = []
    at = At(("pay-me",), found, About(LANGUAGES))
    check_record(block_type("pay-me").fields, {"upi": upi, "name": "Asha"}, at)
    assert [each.path for each in found] == [("pay-me", "upi")]
    assert "like asha@upi" in found[0].hint


@pytest.mark.parametrize("amount", [0, "120.505", 10**11, -5, "1,200"])
def test_what_no_payment_app_takes_as_an_amount_is_refused(amount: object) -> None:
    found: list[Any] = []
    at = At(("pay-me",), found, About(LANGUAGES))
    check_record(block_type("pay-me").fields, {"upi": "asha@upi", "name": "Asha", "amount": amount}, at)
    assert [each.path for each in found] == [("pay-me", "amount")]


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(), st.decimals(0, 2_000_000_000, places=2, allow_nan=False))
def test_a_payment_that_was_taken_can_be_shown(name: str, note: str, amount: Decimal) -> None:
    values = {"upi": "asha@upi", "name": name, "note": note, "amount": str(amount)}
    checked = _checked("pay-me", values)
    if "name" in checked:
        assert "upi://pay?pa=asha@upi" in part(
            drawn(Block(id="pay-me", type="pay-me", values=checked)), "pay-me"
        )


def test_an_order_to_nobody_is_a_list() -> None:
    html = part(drawn(block("order", {"items": [{"name": "Milk"}]})), "order")
    assert "Milk" in html and "<form" not in html and "btns" not in html


def test_an_order_is_a_form_whose_fields_count_what_can_be_had() -> None:
    page = drawn(block("order", block_type("order").example))
    html = part(page, "order")
    assert 'action="/s/asha/forms/order"' in html
    assert re.findall(r'name="(n\d+|way|name|place|note)"', html) == [
        "n1",
        "n2",
        "way",
        "way",
        "name",
        "place",
        "note",
    ]
    labelled = set(re.findall(r'<label for="([^"]+)"', html))
    assert labelled >= {f"order_{name}" for name in ("n1", "n2", "name", "place", "note")}


def test_in_a_file_an_order_begins_as_a_message() -> None:
    html = part(drawn(block("order", block_type("order").example), mode="export"), "order")
    assert "<form" not in html and "<input" not in html
    assert 'href="https://wa.me/919876543210?text=' in html and 'href="sms:+919876543210?body=' in html
    assert "Paneer" not in html


def test_marks_and_heat_are_said_in_words() -> None:
    said = words(drawn(block("menu", block_type("menu").example)), "menu")
    for word in (
        "Veg · Medium hot",
        "Non-veg · Hot",
        "Egg · Mild",
        "Vegan",
        "Contains: milk",
        "Half ₹160",
        "Sold out",
    ):
        assert word in said


def test_heat_and_mark_are_each_said_without_the_other() -> None:
    dishes = [{"name": "Rasam", "spice": "hot"}, {"name": "Dosa", "mark": "veg"}]
    said = words(drawn(block("menu", {"sections": [{"name": "South", "dishes": dishes}]})), "menu")
    assert said.endswith("Rasam Hot Dosa Veg")


def test_two_blocks_stand_side_by_side() -> None:
    said = words(drawn(block("two-up", block_type("two-up").example)), "two-up")
    assert "We deliver Free within 2 km, from ₹300. Order now" in said


def test_a_price_before_is_told_to_those_who_do_not_see_that_it_is_struck_through() -> None:
    assert "before ₹140 ₹120" in words(
        drawn(block("price-list", block_type("price-list").example)), "price-list"
    )


def test_a_long_menu_is_folded_into_its_sections() -> None:
    dishes = [{"name": f"Dish {number}", "price": number} for number in range(1, 77)]
    sections = [{"name": name, "dishes": dishes} for name in ("Starters", "Mains")]
    long = part(drawn(block("menu", {"sections": sections})), "menu")
    assert long.count("<details>") == 2
    short = part(drawn(block("menu", {"sections": sections[:1]})), "menu")
    assert "<details>" not in short


# In a browser.


def _crowded(value: Any, field: Field) -> Any:
    """The value as long as it may become."""
    if field.kind == "text":
        return ("Unübersichtlichkeit" * 20)[: min(field.most or 80, 80)]
    if field.kind == "money":
        return 98765432
    if field.of and isinstance(value, list):
        return [{name: _crowded(row[name], field.of[name]) for name in row} for row in value]
    return value


@pytest.fixture(scope="module")
def crowded() -> tuple[Block, ...]:
    return tuple(
        block(
            name,
            {
                key: _crowded(value, kind.fields[key]) if key in kind.fields else value
                for key, value in kind.example.items()
            },
        )
        for name in EXAMPLES
        for kind in [block_type(name)]
    )


@pytest.mark.browser
@pytest.mark.parametrize(("language", "size"), [("en", "100%"), ("ar", "200%")])
def test_long_words_and_large_figures_stay_on_a_small_phone(
    chromium: Any, crowded: tuple[Block, ...], language: str, size: str
) -> None:
    page = chromium.new_page(viewport={"width": 320, "height": 640})
    page.set_content(drawn(*crowded, language=language).html.decode())
    page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
    wide = page.locator("body *:not(.vh, .hp, .hp *, .skip, svg *)").evaluate_all(
        "all => all.map(one => [one.getBoundingClientRect(), one.outerHTML.slice(0, 90)])"
        ".filter(([box]) => box.width && (box.left < -1 || box.right > 321)).map(([_, html]) => html)"
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "colours"),
    [
        ("en", {"color_scheme": "light"}),
        ("ar", {"color_scheme": "dark"}),
        ("en", {"forced_colors": "active"}),
    ],
)
def test_axe_finds_nothing_to_mend(chromium: Any, language: str, colours: dict[str, str]) -> None:
    axe = imported("axe_playwright_python.sync_playwright").Axe()
    blocks = [block(name, block_type(name).example) for name in EXAMPLES]
    page = chromium.new_page(viewport={"width": 360, "height": 740}, **colours)
    page.set_content(drawn(*blocks, language=language).html.decode())
    found = axe.run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    small = page.locator(
        "main a.btn, main button, main input.short, main label.check, main nav a"
    ).evaluate_all(
        "all => all.map(one => [one.getBoundingClientRect().height, one.outerHTML.slice(0, 80)])"
        ".filter(([height]) => height < 44)"
    )
    assert small == []
    page.close()
