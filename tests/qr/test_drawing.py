import random
import string

import pytest

from scanly.core.errors import Invalid
from scanly.qr.drawing import FORMATS, draw
from scanly.qr.encoding import encode
from scanly.qr.proof import confirm
from scanly.qr.style import Style
from scanly.qr.symbol import LEVELS

CHARACTERS = string.ascii_letters + string.digits + string.punctuation + " "


def contents(count: int) -> list[str]:
    chance = random.Random(18004)
    return ["".join(chance.choices(CHARACTERS, k=chance.choice([1, 7, 30, 90, 250]))) for _ in range(count)]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("format_", FORMATS)
def test_two_decoders_read_exactly_what_was_written(format_, level, zbar):
    style = Style(size_mm=60)
    for content in contents(12):
        file = draw(encode(content, level=level), style, format_)
        confirm(file, format_, content)
        assert zbar(file, format_) == [content]


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    "style", [Style(dark="#1b4d3e", light="#fff4e0"), Style(light="none", quiet_zone_modules=2)]
)
def test_coloured_and_transparent_codes_read_too(format_, style, zbar):
    file = draw(encode("https://go.example.com/AbC1234"), style, format_)
    confirm(file, format_, "https://go.example.com/AbC1234")
    assert zbar(file, format_) == ["https://go.example.com/AbC1234"]


def test_an_unknown_format_is_refused_with_the_nearest():
    with pytest.raises(Invalid, match='Did you mean "svg"'):
        draw(encode("a"), Style(), "svgz")


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_refuses_modules_that_do_not_print(format_):
    with pytest.raises(Invalid, match="do not print reliably"):
        draw(encode("a" * 300), Style(size_mm=12), format_)
