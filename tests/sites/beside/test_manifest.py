"""The web manifest and the icon, read as a browser reads them."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from tests.conftest import NOW_MS

from scanly.media.model import Picture, Variant
from scanly.qr.picture import picture
from scanly.sites.beside.manifest import icon, manifest
from scanly.sites.look.themes import find_theme
from scanly.sites.model import Site
from scanly.sites.page import Page, Setting

PALETTE = find_theme("kirana").light


def page(language: str = "en", path: str = "/s/asha", **facts: object) -> Page:
    site = Site(
        "asha", **{"title": {"en": "Asha Kirana Store", "ar": "متجر آشا"}, "languages": ("en", "ar"), **facts}
    )
    return Page(site, Setting(language, NOW_MS, "https://go.example.com", path))


def test_a_page_says_its_name_colours_and_where_it_begins() -> None:
    found = json.loads(manifest(page(), PALETTE))
    assert found["name"] == "Asha Kirana Store"
    assert found["short_name"] == "Asha Kirana"
    assert found["start_url"] == "/s/asha"
    assert found["theme_color"] == PALETTE.accent
    assert found["background_color"] == PALETTE.bg
    assert found["icons"] == [{"src": "/s/asha/icon.svg", "sizes": "any", "type": "image/svg+xml"}]


def test_the_names_are_in_the_language_of_the_page() -> None:
    found = json.loads(manifest(page("ar"), PALETTE))
    assert (found["name"], found["lang"], found["dir"]) == ("متجر آشا", "ar", "rtl")
    assert (found["start_url"], found["scope"]) == ("/s/asha/ar", "/s/asha")
    assert found["icons"][0]["src"] == "/s/asha/icon.svg?l=ar"


def test_the_front_of_a_host_begins_at_its_root() -> None:
    found = json.loads(manifest(page(path=""), PALETTE))
    assert (found["start_url"], found["scope"], found["icons"][0]["src"]) == ("/", "/", "/icon.svg")


@pytest.mark.parametrize(("width", "icons"), [(480, 3), (600, 1)])
def test_a_square_logo_becomes_an_icon(width: int, icons: int) -> None:
    variants = tuple(
        Variant(size, 480 * size // width, f"{'a' * 32}.{kind}", 9, kind)
        for size, kind in ((240, "webp"), (480, "png"))
    )  # type: ignore[arg-type]
    found = json.loads(manifest(page(), PALETTE, Picture("logo.png", "a" * 64, width, 480, variants)))
    assert len(found["icons"]) == icons


@pytest.mark.parametrize(
    "title", ["Asha", "आशा", "متجر", "鼎泰豊", "", "…", '"><script>alert(1)</script>', "&amp;"]
)
def test_every_title_has_an_icon_that_a_renderer_draws(title: str) -> None:
    from PIL import Image

    drawn = icon(title, "din-tai-fung", PALETTE, 12)
    root = ElementTree.fromstring(drawn)
    assert [child.tag.rpartition("}")[2] for child in root] == ["path", "path"]
    assert len(drawn) < 3_000
    import io

    pixels = Image.open(io.BytesIO(picture(drawn.decode(), 64, 64))).convert("RGB")
    colours = {colour for _, colour in pixels.getcolors(4096) or ()}
    assert (154, 75, 0) in colours
    assert (255, 255, 255) in colours
