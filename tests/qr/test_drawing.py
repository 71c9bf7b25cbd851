import os
import random
import string
import subprocess
import sys

import pytest

from scanly.core.errors import Invalid
from scanly.qr.drawing import FORMATS, draw, make_symbol
from scanly.qr.encoding import encode
from scanly.qr.payloads import Demands
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


def test_another_process_writes_the_same_bytes():
    """Whatever order sets and dictionaries have there."""
    program = (
        "import hashlib; from scanly.qr import Style, draw, encode; from scanly.qr.drawing import FORMATS;"
        "style = Style(dark='linear(9, #003366, #102040)', eye_colour='spot(A; 90 80 0 30)', module_shape='dots',"
        "light='spot(B; 0 0 9 0)', frame='card', caption='Menu');"
        "print([hashlib.sha256(draw(encode('a'), style, each)).hexdigest() for each in FORMATS])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert len(said[0]) > 64 * len(FORMATS)


def test_the_symbol_is_of_the_level_and_kind_that_style_and_standard_ask_for():
    """A single digit leaves so much space that any level could be raised to the highest."""
    assert make_symbol("1", Style(level="L")).name == "QR 1-H"
    assert make_symbol("1", Style(level="L", boost=False)).name == "QR 1-L"
    assert make_symbol("1", Style(level="H"), Demands(level="M")).name == "QR 1-M"
    assert make_symbol("1", Style(level="L", micro=True)).micro
