import io

import pytest
from tests.sites.test_reading import INDIA, KIRANA

from scanly.accounts.actions import choose_workspace, edit_workspace
from scanly.accounts.model import Workspace
from scanly.core.errors import Invalid, NotFound
from scanly.core.ids import LinkId, WorkspaceId
from scanly.links.actions import add_link
from scanly.links.address import Address
from scanly.links.changes import remove_link
from scanly.links.hosts import parse_base_url
from scanly.links.model import Link, LinkDraft
from scanly.media.actions import keep
from scanly.media.files import keep_files
from scanly.press.designs import make
from scanly.press.designs.reading import Choices, read_subject
from scanly.press.designs.subject import subject_of
from scanly.press.pictures.picture import Pixels, Vectors
from scanly.sites.actions import Order, publish
from scanly.sites.reading import read_site

BASE = parse_base_url("https://go.example.com")
SHOP = Workspace(WorkspaceId(1), "Asha", language="de", accent="#12305c", background="#ffffff")
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path fill="#c8102e" d="M0 0h10v10H0z"/></svg>'


def link(target: str = "https://example.com/menu", title: str = "Our menu") -> Link:
    return Link(LinkId(2), SHOP.id, "", "menu", target, title, (), "", "", 0, 0, None)


def site(text: str = KIRANA):
    return read_site(text, INDIA)


def test_a_link_to_anywhere_is_the_workspaces():
    made = subject_of(SHOP, link(), None, "https://go.example.com/menu")
    assert (made.name, made.line) == ("Asha", "Our menu")
    assert (made.address, made.content) == ("go.example.com/menu", b"https://go.example.com/menu")
    assert made.call == "Scannen und unsere Seite besuchen"
    assert (made.accent.hex, made.ground.hex) == ("#12305c", "#ffffff")


def test_a_link_to_a_page_has_the_pages_words_language_and_colours():
    made = subject_of(SHOP, link("/s/asha-kirana"), site(), "https://go.example.com/menu")
    assert (made.name, made.line, made.language) == ("Asha Kirana Store", "Open since 1987", "en")
    assert made.call == "Scan for our prices"
    assert made.accent.hex != "#12305c"


@pytest.mark.parametrize(
    "target", ["/s/asha-kirana/hi", "/s/asha-kirana/hi#price-list", "/s/asha-kirana/hi?a=b"]
)
def test_a_link_to_a_page_in_a_language_speaks_it(target):
    made = subject_of(SHOP, link(target), site(), "https://go.example.com/menu")
    assert (made.language, made.name) == ("hi", "आशा किराना स्टोर")
    assert made.call == "कीमतों के लिए स्कैन करें"


def test_a_link_to_a_block_calls_for_it_and_ones_own_words_go_before_all():
    target = link("/s/asha-kirana#pay-me")
    assert subject_of(SHOP, target, site(), "https://a.eu/1").call == "Scan to pay"
    assert subject_of(SHOP, target, site(), "https://a.eu/1", call="wifi").call == "Scan for Wi-Fi"
    assert subject_of(SHOP, target, site(), "https://a.eu/1", call="Come in!").call == "Come in!"
    assert subject_of(SHOP, target, site(), "https://a.eu/1", language="fr").call == "Scannez pour payer"


def test_pages_from_the_right_are_known_by_their_language():
    assert subject_of(SHOP, link(), None, "https://a.eu/1", language="ar").rtl
    assert not subject_of(SHOP, link(), None, "https://a.eu/1", language="de").rtl
    assert not subject_of(SHOP, link(), None, "https://a.eu/1", language="nl").rtl


def test_what_would_stand_twice_stands_once_and_what_is_too_long_is_cut_between_words():
    assert subject_of(SHOP, link(title="Asha"), None, "https://a.eu/1").line == ""
    made = subject_of(SHOP, link(title="word " * 60), None, "https://a.eu/1")
    assert made.line.endswith("word…")
    assert len(made.line) <= 121


def test_an_address_in_capitals_is_shown_small_and_its_code_as_it_must_be_typed():
    made = subject_of(SHOP, link(), None, "HTTPS://GO.EXAMPLE.COM/AbC")
    assert made.address == "go.example.com/AbC"
    assert made.content == b"HTTPS://GO.EXAMPLE.COM/AbC"


def test_a_brand_colour_of_the_page_fills_areas_though_it_is_too_pale_for_text():
    made = subject_of(
        SHOP, link("/s/x"), site(KIRANA.replace("theme: kirana", 'brand: "#ffcc00"')), "https://a.eu/1"
    )
    assert made.colours.field.hex == "#ffcc00"
    assert made.accent.hex != "#ffcc00"


def png() -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (80, 40), (200, 16, 46)).save(file, "PNG")
    return file.getvalue()


def test_a_subject_is_read_from_what_is_kept_with_the_logo_of_page_or_workspace(either):
    async def work(app):
        mine = await choose_workspace(app.call(), None)
        await add_link(
            app.call(), mine.id, LinkDraft("https://example.com", code="plain"), printed_host=BASE.host
        )
        await add_link(
            app.call(), mine.id, LinkDraft("site:asha-kirana#price-list", code="menu"), printed_host=BASE.host
        )
        early = await read_subject(app.call(), mine, "menu", BASE, app.media)
        assert (early.name, early.logo) == (mine.name, None)

        kept = await keep_files(app.media, png(), "logo.png")
        mine = await edit_workspace(app.call(), mine.id, {"logo": kept.fallback.file})
        plain = await read_subject(app.call(), mine, "plain", BASE, app.media)
        assert isinstance(plain.logo, Pixels)
        assert (plain.logo.width_px, plain.logo.height_px, plain.logo.inks) == (80, 40, "cmyk")

        own = await keep(app.call(), mine.id, app.media, LOGO, "asha.svg")
        text = KIRANA.replace("line: Open since 1987", "line: Open since 1987, logo: asha.svg")
        await publish(app.call(), mine.id, Order(site(text), text, {"asha.svg": own}))
        choices = Choices(language="hi", line="Fresh every day")
        shop = await read_subject(app.call(), mine, "menu", BASE, app.media, choices)
        assert isinstance(shop.logo, Vectors)
        assert (shop.name, shop.line, shop.language) == ("आशा किराना स्टोर", "Fresh every day", "hi")
        assert shop.call == "कीमतों के लिए स्कैन करें"
        assert make("poster", "", "", shop).pages

        with pytest.raises(NotFound, match='Did you mean "menu"'):
            await read_subject(app.call(), mine, "menus", BASE, app.media)
        with pytest.raises(NotFound, match="link add site:asha-kirana --code asha-kirana"):
            await read_subject(app.call(), mine, "asha-kirana", BASE, app.media)
        await remove_link(app.call(), mine.id, Address.parse("plain"))
        with pytest.raises(Invalid, match="leads nowhere"):
            await read_subject(app.call(), mine, "plain", BASE, app.media)

    either.run(work)
