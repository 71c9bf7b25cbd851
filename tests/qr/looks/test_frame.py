from __future__ import annotations

import math
import re

import pytest
from msgspec.structs import replace

from scanly.core.errors import Invalid, NotFound
from scanly.qr.artwork import Fill
from scanly.qr.drawing import FORMATS, draw
from scanly.qr.encoding import encode
from scanly.qr.extent import extent
from scanly.qr.looks.compose import compose
from scanly.qr.looks.frame import frames
from scanly.qr.proof import confirm, read
from scanly.qr.proof.raster import pictures
from scanly.qr.style import Style

CONTENT = "https://go.example.com/AbC1234"
SYMBOL = encode(CONTENT)
CAPTIONS = ["Scan me", "मेन्यू के लिए स्कैन करें", "امسح هنا", "Σκανάρισέ με"]


def captioned(name: str) -> bool:
    return name != "border"


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", frames())
def test_every_frame_reads_in_every_format_and_keeps_the_quiet_zone(name, format_, zbar):
    style = Style(frame=name, size_mm=50, caption=CAPTIONS[1] if captioned(name) else "")
    file = draw(SYMBOL, style, format_)
    confirm(file, format_, CONTENT)
    assert zbar(file, format_) == [CONTENT]
    (reading,) = read(file, format_)
    assert reading.quiet_zone_modules >= 4


@pytest.mark.parametrize("name", frames())
def test_the_whole_drawing_has_the_width_that_was_asked_for(name):
    artwork = compose(SYMBOL, Style(frame=name, size_mm=50))
    assert artwork.width * artwork.module_mm == pytest.approx(50)
    assert artwork.left <= 0 and artwork.top <= 0
    assert artwork.left + artwork.width >= 37
    assert artwork.top + artwork.height >= 37


@pytest.mark.parametrize("caption", CAPTIONS)
def test_a_caption_alone_stands_below_the_code_and_is_made_of_outlines(caption):
    file = draw(SYMBOL, Style(caption=caption, size_mm=50), "svg").decode()
    assert "<text" not in file
    assert re.search(r'viewBox="0 0 37 4\d(\.\d+)?"', file)
    (picture,) = pictures(file.encode(), "svg", 740)
    below = picture.image.convert("L").crop((0, 37 * 20, 740, picture.image.height))
    assert below.getextrema() == (0, 255)


def test_a_frame_without_a_caption_says_scan_me():
    assert draw(SYMBOL, Style(frame="banner"), "svg") == draw(
        SYMBOL, Style(frame="banner", caption="Scan me"), "svg"
    )


def test_the_frame_takes_its_own_paint_and_the_ground_shows_in_it():
    artwork = compose(SYMBOL, Style(frame="phone", frame_colour="#8c1c13", light="#fff4e0"))
    paints = {shape.paint.hex for shape in artwork.shapes}
    assert paints == {"#000000", "#8c1c13", "#fff4e0"}


def test_a_gradient_runs_once_over_the_whole_frame():
    artwork = compose(SYMBOL, Style(frame="card", frame_colour="linear(90, #003366, #663399)"))
    gradient = artwork.shapes[0].paint
    assert gradient.start[1] == pytest.approx(artwork.top)
    assert gradient.end[1] == pytest.approx(artwork.top + artwork.height)


def test_a_text_too_long_to_be_read_on_paper_is_refused():
    with pytest.raises(Invalid, match="caption"):
        compose(SYMBOL, Style(frame="banner", caption="word " * 40, size_mm=20))


def test_a_frame_without_room_for_text_says_which_have_it():
    with pytest.raises(Invalid, match="Choose one that does, such as plain or banner"):
        compose(SYMBOL, Style(frame="border", caption="Menu"))


def test_an_unknown_frame_is_refused_with_the_nearest():
    with pytest.raises(NotFound, match=r'There is no frame "baner". Did you mean "banner"'):
        compose(SYMBOL, Style(frame="baner"))


def test_a_frame_of_ones_own_is_an_svg_file(tmp_path):
    own = tmp_path / "own.svg"
    own.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 260">'
        '<circle cx="100" cy="100" r="100" fill="#e0e8ff"/><rect id="symbol" x="50" y="50" width="100" height="100"/>'
        '<rect id="caption" x="20" y="210" width="160" height="40"/></svg>'
    )
    style = Style(frame=str(own), caption="Menu", size_mm=60)
    artwork = compose(SYMBOL, style)
    assert artwork.width == pytest.approx(74)
    confirm(draw(SYMBOL, style, "svg"), "svg", CONTENT)


@pytest.mark.parametrize(
    ("drawing", "sentence"),
    [
        ('<rect width="9" height="9"/>', 'has no square with the id "symbol"'),
        ('<rect id="symbol" width="9" height="5"/>', 'has no square with the id "symbol"'),
        ('<script>x</script><rect id="symbol" width="9" height="9"/>', "script"),
    ],
)
def test_a_frame_that_cannot_be_used_is_refused(tmp_path, drawing, sentence):
    (tmp_path / "own.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{drawing}</svg>'
    )
    with pytest.raises(Invalid) as refused:
        compose(SYMBOL, Style(frame=str(tmp_path / "own.svg")))
    assert sentence in str(refused.value)


def test_a_gradient_of_the_frames_own_file_keeps_its_place(tmp_path):
    (tmp_path / "own.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 300"><defs><radialGradient id="g">'
        '<stop offset="0" stop-color="#00f"/><stop offset="1" stop-color="#f00"/></radialGradient></defs>'
        '<rect width="200" height="200" fill="url(#g)"/>'
        '<rect id="symbol" x="50" y="200" width="100" height="100"/></svg>'
    )
    gradient = compose(SYMBOL, Style(frame=str(tmp_path / "own.svg"))).shapes[0].paint
    assert gradient.start == pytest.approx((37 / 2, -37))
    assert math.dist(gradient.start, gradient.end) == pytest.approx(37)


@pytest.mark.parametrize("name", [*filter(captioned, frames())])
def test_the_caption_stands_beside_the_symbol_within_the_drawing(name):
    artwork = compose(SYMBOL, Style(frame=name, caption="Menu", size_mm=50))
    fills = [shape for shape in artwork.shapes if isinstance(shape, Fill)]
    left, top, right, bottom = extent(fills[-1].path)
    assert bottom < 0 or top > 33  # where modules end
    assert artwork.left < left < right < artwork.left + artwork.width
    assert artwork.top < top < bottom < artwork.top + artwork.height
    assert (left + right) / 2 == pytest.approx(37 / 2, abs=0.1)


def test_how_small_a_text_may_be_goes_by_its_size_on_paper():
    style = Style(frame="banner", caption="word " * 20, size_mm=20)
    with pytest.raises(Invalid, match="caption"):
        compose(SYMBOL, style)
    assert compose(SYMBOL, replace(style, size_mm=200))
    assert compose(SYMBOL, replace(style, module_mm=200 / 37))
    assert compose(SYMBOL, replace(style, forced=True))


def test_the_caption_is_set_in_the_font_that_was_given():
    with pytest.raises((Invalid, NotFound), match=r"nowhere\.ttf"):
        compose(SYMBOL, Style(caption="Menu", font="nowhere.ttf"))
