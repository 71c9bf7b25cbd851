"""Our own drawings as pixels."""

import io

import pytest

from scanly.core.errors import Invalid
from scanly.qr.picture import MAX_SIDE_PX, picture

TRIANGLE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#f00" d="M0 0h20v20z"/></svg>'
)


def test_a_drawing_becomes_a_png_as_large_as_fits():
    from PIL import Image

    with Image.open(io.BytesIO(picture(TRIANGLE, 80, 80))) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (80, 40))
        assert drawn.convert("RGBA").getpixel((30, 10)) == (255, 0, 0, 255)
        assert drawn.convert("RGBA").getpixel((70, 10))[3] == 0


def test_no_font_of_the_machine_is_asked():
    text = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><text y="15">MMM</text></svg>'
    empty = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"></svg>'
    assert picture(text, 80, 40) == picture(empty, 80, 40)


@pytest.mark.parametrize(
    "svg", ["", "<svg", "<html/>", "no drawing", '<svg xmlns="http://www.w3.org/2000/svg"><']
)
def test_what_is_no_drawing_is_refused(svg):
    with pytest.raises(Invalid, match="cannot be read"):
        picture(svg, 10, 10)


@pytest.mark.parametrize("size", [(0, 10), (10, -1), (MAX_SIDE_PX + 1, 10), (10, 10**9)])
def test_a_size_that_is_none_is_refused(size):
    with pytest.raises(Invalid, match="pixels"):
        picture(TRIANGLE, *size)
