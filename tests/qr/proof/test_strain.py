import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageStat
from tests.qr.sketches import as_picture

from scanly.qr.encoding import encode
from scanly.qr.proof import strain
from scanly.qr.proof.decoders import installed_decoders
from scanly.qr.proof.strain import CONDITIONS, strained

CONTENT = "https://go.example.com/AbC1234"
CODE = as_picture(encode(CONTENT).rows, px=6)


def under(condition: str, picture: Image.Image, module_px: float = 6, turn: int = 0) -> Image.Image:
    return [strained_ for name, strained_ in strained(picture, module_px, turn + 1) if name == condition][
        turn
    ]


def test_there_are_six_conditions_in_each_round():
    assert [name for name, _ in strained(CODE, 6, 2)] == [*CONDITIONS, *CONDITIONS]
    assert not list(strained(CODE, 6, 0))


def test_the_same_picture_is_strained_alike_every_time():
    assert [picture.tobytes() for _, picture in strained(CODE, 6, 4)] == [
        picture.tobytes() for _, picture in strained(CODE, 6, 4)
    ]


def test_no_two_rounds_are_alike():
    for condition in ("noise", "perspective", "low light", "low resolution", "blur"):
        assert len({under(condition, CODE, turn=turn).tobytes() for turn in range(4)}) == 4


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("turn", range(4))
def test_plain_codes_are_read_by_every_decoder_under_every_condition(condition, turn):
    for name, decoder in installed_decoders().items():
        assert decoder(under(condition, CODE, turn=turn)) == [CONTENT.encode()], name


@settings(deadline=None, max_examples=30)
@given(st.floats(2, 60), st.integers(0, 3))
def test_pixels_become_fewer_and_never_more(module_px, turn):
    picture = Image.new("L", (round(29 * module_px),) * 2, 255)
    for condition, most_px in (("clean", strain.CLOSE_PX), ("low resolution", strain.FAR_PX)):
        width = under(condition, picture, module_px, turn).width
        assert width == pytest.approx(29 * min(module_px, most_px), abs=2)


@settings(deadline=None, max_examples=30)
@given(st.integers(60, 190), st.integers(0, 3))
def test_noise_is_spread_as_it_says_about_the_true_grey(grey, turn):
    found = ImageStat.Stat(under("noise", Image.new("L", (300, 300), grey), turn=turn))
    assert found.mean[0] == pytest.approx(grey, abs=1)
    assert found.stddev[0] == pytest.approx(strain.NOISE_SIGMA, rel=0.05)


def test_noise_has_no_pattern_that_repeats_in_the_next_row():
    noise = under("noise", Image.new("L", (300, 300), 128)).tobytes()
    rows = [noise[start : start + 200] for start in range(0, 200 * 200, 200)]
    assert len(set(rows)) == 200


def test_blur_spreads_an_edge_over_a_good_module():
    edge = Image.new("L", (120, 60), 255)
    edge.paste(0, (0, 0, 60, 60))
    row = under("blur", edge).crop((0, 20, 80, 21)).tobytes()
    # Between a sixth and five sixths of the way lie two sigma of a Gaussian edge.
    spread = sum(0.16 * 255 < value < 0.84 * 255 for value in row)
    assert spread == pytest.approx(2 * strain.BLUR_MODULES * strain.CLOSE_PX, abs=1)


def test_a_slanted_view_shortens_one_edge_after_the_other():
    paper = Image.new("L", (600, 600), 255)
    for turn, line in enumerate(((0, 4, 400, 5), (395, 0, 396, 400), (0, 395, 400, 396), (4, 0, 5, 400))):
        picture = under("perspective", paper, turn=turn)
        size = picture.width
        line = tuple(min(side, size) for side in line)
        seen = sum(value > 128 for value in picture.crop(line).tobytes())
        assert seen == pytest.approx(size * (1 - strain.SLANT), abs=6), turn


@pytest.mark.parametrize(("turn", "near", "far"), [(0, "top", "bottom"), (1, "left", "right"),
                                                   (2, "bottom", "top"), (3, "right", "left")])  # fmt: skip
def test_low_light_fades_from_one_side_to_the_other(turn, near, far):
    dim = under("low light", Image.new("L", (600, 600), 255), turn=turn)
    width, height = dim.size
    edges = {
        "top": (0, 0, width, 10), "bottom": (0, height - 10, width, height),
        "left": (0, 0, 10, height), "right": (width - 10, 0, width, height),
    }  # fmt: skip
    bright, dark = (ImageStat.Stat(dim.crop(edges[side])).mean[0] for side in (near, far))
    assert (bright, dark) == pytest.approx((255 * strain.NEAR_LIGHT, 255 * strain.FAR_LIGHT), abs=4)


def test_black_is_grey_in_low_light():
    ink = ImageStat.Stat(under("low light", Image.new("L", (600, 600)))).mean[0]
    assert ink == pytest.approx(strain.BLACK_LIGHT * (strain.NEAR_LIGHT + strain.FAR_LIGHT) / 2, abs=2)


def test_each_round_has_noise_of_its_own():
    paper = Image.new("L", (200, 200), 128)
    size = (190, 190)
    rounds = {under("noise", paper, 4, turn).crop((0, 0, *size)).tobytes() for turn in range(4)}
    assert len(rounds) == 4
