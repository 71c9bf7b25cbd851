"""The picture for sharing, as whoever shows it decodes it: its size, colours, letters and weight."""

from __future__ import annotations

import io
from time import process_time
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from scanly.sites.beside.card import HEIGHT_PX, MOST_BYTES, WIDTH_PX, Card, draw_card, drawing
from scanly.sites.look.palette import Palette
from scanly.sites.look.themes import list_themes

THEMES = list_themes()
SAYINGS = {
    "en": ("Asha Kirana Store", "Open since 1987"),
    "hi": ("आशा किराना स्टोर", "1987 से आपके नुक्कड़ पर"),
    "bn": ("আশা মিষ্টান্ন ভাণ্ডার", "কলকাতার সেরা রসগোল্লা"),
    "ta": ("ஆஷா மளிகை கடை", "புதிய காய்கறிகள்"),
    "te": ("ఆశా కిరాణా దుకాణం", "తాజా కూరగాయలు"),
    "ar": ("متجر آشا", "بقالتكم منذ 1987"),
    "zh": ("鼎泰豊", "小籠包"),
}


def card(title: str = "Asha Kirana Store", line: str = "", **facts: object) -> Card:
    told = {"address": "go.example.com/s/asha", "slug": "asha-kirana", "palette": THEMES["kirana"].light}
    return Card(title, line, **{**told, **facts})  # type: ignore[arg-type]


def pixels(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=("PNG",)) as opened:
        return opened.convert("RGB")


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 4


@pytest.mark.parametrize(
    ("theme", "language"),
    [*((theme, "en") for theme in THEMES), *(("mogra", language) for language in SAYINGS)],
)
def test_every_card_has_the_size_the_colours_and_a_small_file(theme: str, language: str) -> None:
    palette: Palette = THEMES[theme].light
    data = draw_card(card(*SAYINGS[language], palette=palette, rtl=language == "ar"))
    drawn = pixels(data)
    assert drawn.size == (WIDTH_PX, HEIGHT_PX) == (1200, 630)
    assert len(data) <= 30_000
    panel, ground = ((WIDTH_PX - 6, 5), (5, 5)) if language == "ar" else ((5, 5), (WIDTH_PX - 6, 5))
    assert near(drawn.getpixel(panel), rgb(palette.accent))
    assert near(drawn.getpixel(ground), rgb(palette.bg))


@pytest.mark.parametrize("language", SAYINGS)
def test_words_are_written_in_the_colour_of_text_and_inside_the_margins(language: str) -> None:
    palette = THEMES["akhbaar"].light
    drawn = pixels(draw_card(card(*SAYINGS[language], palette=palette, rtl=language == "ar")))
    words = drawn.convert("L").point(lambda shade: 255 * (shade < 128)).crop((0, 0, WIDTH_PX, HEIGHT_PX))
    side = (0, 0, 700, HEIGHT_PX) if language == "ar" else (500, 0, WIDTH_PX, HEIGHT_PX)
    left, top, right, bottom = words.crop(side).getbbox() or (0, 0, 0, 0)
    assert right - left > 200
    assert top >= 40
    assert bottom <= HEIGHT_PX - 40
    assert (left >= 60) if language == "ar" else (right + 500 <= WIDTH_PX - 60)


def test_a_name_that_no_font_has_is_replaced_by_the_name_in_the_address() -> None:
    assert draw_card(card("བོད")) == draw_card(card("Asha Kirana"))


def test_the_same_card_is_the_same_bytes_and_another_site_has_another_pattern() -> None:
    assert draw_card(card()) == draw_card(card())
    assert drawing(card()) != drawing(card(slug="other"))


@given(
    st.text(st.characters(codec="utf-8"), max_size=60), st.text(st.characters(codec="utf-8"), max_size=200)
)
def test_what_people_type_never_becomes_a_part_of_the_drawing(title: str, line: str) -> None:
    root = ElementTree.fromstring(drawing(card(title, line)))
    assert {each.tag.rpartition("}")[2] for each in root.iter()} == {"svg", "path"}
    assert all(set(each.keys()) == {"fill", "d"} for each in root)


def photo(kind: str, size: tuple[int, int] = (480, 360)) -> bytes:
    """Noise, which packs worse than any photo."""
    noise = Image.effect_noise(size, 200)
    source = Image.merge(
        "RGB", (noise, noise.transpose(Image.Transpose.ROTATE_180), Image.effect_noise(size, 200))
    )
    file = io.BytesIO()
    source.save(file, kind, quality=100)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(480, 360), (40, 400), (1, 1)])
def test_a_photo_stands_in_place_of_the_letter(kind: str, size: tuple[int, int]) -> None:
    long = (
        "Mogra Wedding Photography of Extraordinary Days, Nights and Mornings",
        "Weddings and portraits " * 5,
    )
    data = draw_card(card(*long, photo=photo(kind, size)))
    assert len(data) <= MOST_BYTES
    assert data != draw_card(card(*long))


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg/>", b"GIF89a", photo("PNG")[:200], photo("JPEG")[:300], b"\x89PNG\r\n\x1a\n" + b"\0" * 64],
)
def test_a_photo_that_cannot_be_opened_leaves_the_letter(data: bytes) -> None:
    assert draw_card(card(photo=data)) == draw_card(card())


def test_a_transparent_logo_stands_on_the_ground_of_the_page() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(file, "PNG")
    drawn = pixels(draw_card(card(photo=file.getvalue())))
    assert near(drawn.getpixel((184, HEIGHT_PX // 2)), rgb(THEMES["kirana"].light.bg))


def test_a_card_is_drawn_in_a_moment() -> None:
    draw_card(card())
    start = process_time()
    draw_card(card("Rangoli Beauty & Hair Salon for the whole family", "Cuts, colour, bridal mehndi"))
    assert process_time() - start < 0.3
