import random
import string

import pytest
from tests.conftest import NOW_MS
from tests.sites.test_reading import INDIA, KIRANA

from scanly.core.document import shown
from scanly.media.model import Picture, Variant
from scanly.sites.advice import advise, weights
from scanly.sites.reading import read_site

ENGLISH = KIRANA.replace("[en, hi]", "[en]").replace("{en: Asha Kirana Store, hi: आशा किराना स्टोर}", "Asha")
PHOTO = "  - photo: {photo: shop.jpg}\n"


def picture(bytes_: int) -> Picture:
    return Picture(
        "shop.jpg",
        "0" * 32,
        960,
        640,
        (
            Variant(480, 320, f"{'1' * 32}.avif", bytes_ // 2, "avif"),
            Variant(960, 640, f"{'2' * 32}.webp", bytes_, "webp"),
            Variant(480, 320, f"{'3' * 32}.jpg", bytes_, "jpg"),
        ),
    )


def told(text: str, pictures=None) -> list[tuple[str, str]]:
    return [
        (shown(each.path), each.message) for each in advise(read_site(text, INDIA), pictures or {}, NOW_MS)
    ]


def test_a_good_page_gets_no_advice():
    assert told(ENGLISH) == []


def test_texts_that_are_not_translated_are_named_one_by_one():
    assert told(KIRANA) == [
        ("title", "is not written in हिन्दी."),
        ("blocks[1].name-board.line", "is not written in हिन्दी."),
        ("blocks[4].price-list.items[1].name", "is not written in हिन्दी."),
        ("blocks[4].price-list.items[1].unit", "is not written in हिन्दी."),
    ]


def test_a_picture_says_what_it_shows_or_that_it_is_decoration():
    assert told(ENGLISH + PHOTO, {"shop.jpg": picture(5_000)}) == [
        ("blocks[6].photo.photo", "does not say what the picture shows.")
    ]
    for good in ('{file: shop.jpg, shows: "The shop"}', "{file: shop.jpg, decorative: yes}"):
        assert told(ENGLISH + PHOTO.replace("shop.jpg", good)) == []


@pytest.mark.parametrize(
    ("more", "path", "words"),
    [
        ('brand: "#ffdd00"\n', "brand", "darker"),
        ("expires: 2020-01-01\n", "expires", "in the past"),
        ("  - text: {text: Hello, show: {to: 2020-01-01}}\n", "blocks[6].text.show.to", "in the past"),
        ("  - wifi: {network: Guests, password: masala chai}\n", "blocks[6].wifi.password", "everybody"),
    ],
)
def test_what_an_owner_would_want_to_know_is_said(more, path, words):
    text = ENGLISH + more if more.startswith("  ") else more + ENGLISH
    ((where, message),) = told(text)
    assert where == path
    assert words in message


def test_pictures_that_weigh_too_much_are_said_with_their_bytes():
    decorated = ENGLISH + PHOTO.replace("shop.jpg", "{file: shop.jpg, decorative: yes}")
    assert told(decorated, {"shop.jpg": picture(5_000)}) == []
    ((_, message),) = told(decorated, {"shop.jpg": picture(99_000)})
    assert message.startswith("With its pictures the page has 10")


def test_a_page_that_weighs_too_much_is_said_with_its_bytes():
    chance = random.Random(7)
    words = [[chance.choice(string.ascii_letters) for _ in range(60)] for _ in range(290)]
    items = "".join(f"        - {{name: {''.join(word)}, price: 5}}\n" for word in words)
    long = ENGLISH.replace("        - {name: Basmati rice, unit: 1 kg, price: 120}\n", items)
    (weight,) = weights(read_site(long, INDIA), {}, NOW_MS)
    assert weight.html_bytes > 14_336
    assert told(long)[0][1] == f"The page has {weight.html_bytes:,} bytes in English."
