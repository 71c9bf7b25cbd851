import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.press.pages import CONTENT, code, written

from scanly.core.errors import Invalid
from scanly.press.page import Code, Page
from scanly.press.reduction import reduced
from scanly.qr.artwork import Bars, Fill
from scanly.qr.extent import extent
from scanly.qr.proof import verify

SHARES = st.sampled_from([0.01, 0.05, 0.1, 0.15])


def boxes_of(fill):
    segments = fill.path.segments
    for start in range(0, len(segments), 5):
        (_, left, top), _, (_, right, bottom), *_ = segments[start : start + 5]
        yield left, top, right, bottom


def dark_modules(artwork):
    (bars,) = (shape for shape in artwork.shapes if isinstance(shape, Bars))
    return {(x + step, y) for x, y, length in bars.runs for step in range(length)}


def covers(boxes, x, y):
    return sum(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)


@given(SHARES, st.text("abcdefgh0123456789", min_size=1, max_size=30))
def test_edges_to_light_move_in_by_the_share_and_dark_stays_joined(share, content):
    artwork = code(content=content).artwork
    dark = dark_modules(artwork)
    (fill,) = (shape for shape in reduced(artwork, share).shapes if isinstance(shape, Fill))
    boxes = list(boxes_of(fill))
    inside, outside = share * 1.01, share * 0.99
    for x, y in sorted(dark)[::7]:
        assert covers(boxes, x + 0.5, y + 0.5) == 1
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            middle_x, middle_y = x + 0.5 + dx * (0.5 - outside), y + 0.5 + dy * (0.5 - outside)
            inner_x, inner_y = x + 0.5 + dx * (0.5 - inside), y + 0.5 + dy * (0.5 - inside)
            assert covers(boxes, inner_x, inner_y) == 1
            assert covers(boxes, middle_x, middle_y) == ((x + dx, y + dy) in dark)


@given(SHARES)
def test_the_area_is_exact_and_nothing_is_drawn_twice(share):
    artwork = code().artwork
    dark = dark_modules(artwork)
    (fill,) = (shape for shape in reduced(artwork, share).shapes if isinstance(shape, Fill))
    drawn = sum((right - left) * (bottom - top) for left, top, right, bottom in boxes_of(fill))
    beside = sum((x + 1, y) in dark for x, y in dark)
    below = sum((x, y + 1) in dark for x, y in dark)
    squares = sum({(x + 1, y), (x, y + 1), (x + 1, y + 1)} <= dark for x, y in dark)
    side, bridge = 1 - 2 * share, 2 * share
    assert drawn == pytest.approx(
        len(dark) * side**2 + (beside + below) * side * bridge + squares * bridge**2
    )


def test_it_still_reads_and_takes_no_more_room():
    artwork = code().artwork
    thin = reduced(artwork, 0.15)
    page = Page(50, 50, (Code(thin, 10, 10, CONTENT.encode()),))
    assert verify(written([page]), "pdf", CONTENT).ok
    (fill,) = (shape for shape in thin.shapes if isinstance(shape, Fill))
    assert extent(fill.path)[:2] == pytest.approx((4.15, 4.15))


def test_none_is_the_same_and_shapes_are_refused():
    artwork = code().artwork
    assert reduced(artwork, 0) is artwork
    with pytest.raises(Invalid, match="plain square modules"):
        reduced(code(module_shape="dots").artwork, 0.1)
