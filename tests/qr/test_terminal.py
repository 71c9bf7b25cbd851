import re

import pytest
import zxingcpp
from PIL import Image

from scanly.qr import terminal
from scanly.qr.encoding import encode

DARK_HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


def seen(text: str, *, ink: int, ground: int) -> Image.Image:
    """What a camera sees of the text on a terminal with these two colours."""
    lines = text.split("\n")
    image = Image.new("L", (len(lines[0]), 2 * len(lines)), ground)
    for row, line in enumerate(lines):
        for column, char in enumerate(line):
            for half, filled in enumerate(DARK_HALVES[char]):
                if filled:
                    image.putpixel((column, 2 * row + half), ink)
    framed = Image.new("L", (image.width + 8, image.height + 8), ground)
    framed.paste(image, (4, 4))
    return framed.resize((framed.width * 5, framed.height * 5), Image.Resampling.NEAREST)


@pytest.mark.parametrize("content", ["https://go.example.com/AbC1234", "1", "a" * 120])
def test_it_reads_on_a_dark_terminal_without_colours(content):
    text = terminal.draw(encode(content))
    assert "\x1b" not in text
    (code,) = zxingcpp.read_barcodes(seen(text, ink=255, ground=0), try_invert=False)
    assert code.text == content


@pytest.mark.parametrize("ground", [0, 255])
def test_it_reads_on_every_terminal_with_colours(ground):
    text = terminal.draw(encode("https://go.example.com/AbC1234"), colour=True)
    lines = text.split("\n")
    assert all(line.startswith("\x1b[38;5;16;48;5;231m") and line.endswith("\x1b[0m") for line in lines)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    code_on_white = seen(plain, ink=0, ground=255)
    edge = 4 * 5
    around = Image.new("L", code_on_white.size, ground)
    around.paste(
        code_on_white.crop((edge, edge, code_on_white.width - edge, code_on_white.height - edge)),
        (edge, edge),
    )
    (code,) = zxingcpp.read_barcodes(around, try_invert=False)
    assert code.text == "https://go.example.com/AbC1234"


def test_every_line_is_equally_wide():
    widths = {len(line) for line in terminal.draw(encode("hello")).split("\n")}
    assert widths == {21 + 4}
