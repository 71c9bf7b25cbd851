import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from tests.qr.sketches import Look, as_picture, as_svg

from scanly.core.colour import contrast_ratio, luminance, rgb
from scanly.qr.encoding import encode
from scanly.qr.proof.grade import Demand, Measures, Part, grade, measure, parts
from scanly.qr.proof.raster import pictures
from scanly.qr.proof.sampling import Sighting

SYMBOL = encode("https://go.example.com/AbC1234", level="M", boost=False)


def seen(look: Look | None = None, *, module_px: int = 6) -> Measures:
    """What is measured when every corner is known exactly."""
    look = look or Look()
    width = round(module_px * (SYMBOL.modules + 2 * look.border))
    (page,) = pictures(as_svg(SYMBOL, look), "svg", width)
    left, far = module_px * look.border, module_px * (look.border + SYMBOL.modules)
    corners = ((left, left), (far, left), (far, far), (left, far))
    return measure(Sighting(page.image, corners, SYMBOL.modules, page.px_per_mm).closer(11, 6), 1.0)


def marks(demand: Demand, **changes) -> dict[str, int]:
    """The mark of every part that is not the best, by the first words said about it."""
    plain = {
        "contrast": 1.0, "contrast_ratio": 21.0, "inverted": False, "modulation": 1.0, "finder_error": 0.0,
        "quiet_zone_modules": 4.0, "module_mm": 0.8, "symbol_mm": 25.0, "unused_correction": 1.0,
    }  # fmt: skip
    found = parts(Measures(**plain | changes), demand)
    return {" ".join(part.reason.split()[:3]): part.mark for part in found if part.mark < 4}


def test_the_grade_is_the_lowest_of_its_parts_and_every_part_that_is_not_best_has_its_reason():
    assert grade([]) == ("A", ())
    assert grade([Part(4, "fine"), Part(2, "so so"), Part(3, "good")]) == ("C", ("so so", "good"))
    assert [grade([Part(mark, "")])[0] for mark in range(5)] == list("FDCBA")


def test_a_plain_code_is_the_best_there_is():
    found = seen()
    assert found.contrast == 1 and found.contrast_ratio == 21 and not found.inverted
    assert found.modulation >= 0.9 and found.finder_error <= 0.05
    assert found.quiet_zone_modules == 4
    assert list(filter(lambda part: part.mark < 4, parts(found, Demand()))) == []


@pytest.mark.parametrize(
    ("look", "least", "most"),
    [
        (Look(dot=1.0), 0.8, 1.0),
        (Look(dot=0.8), 0.45, 0.65),
        (Look(dot=0.7), 0.2, 0.38),
        (Look(dot=0.6), 0, 0.15),
        (Look(dot=0.5), 0, 0.01),
        (Look(square=0.8), 0.6, 0.9),
        (Look(square=0.5), 0, 0.05),
        (Look(diamond=1.0), 0.45, 0.9),
        (Look(diamond=0.8), 0, 0.38),
        (Look(dot=0.6, dark="#ffffff", light="#000000"), 0, 0.15),
    ],
)
def test_modulation_falls_as_modules_fill_less_of_their_square(look, least, most):
    assert least <= seen(look, module_px=12).modulation <= most


@pytest.mark.parametrize(
    ("look", "least", "most"),
    [
        (Look(), 0, 0.06),
        (Look(eye_radius=2.2), 0, 0.1),
        (Look(eye_radius=3.5), 0, 0.1),
        (Look(pupil=4), 0.45, 0.55),
        (Look(pupil=2.4), 0.25, 0.35),
        (Look(ring=0.5), 0.45, 0.7),
    ],
)
def test_eyes_are_measured_through_their_middle(look, least, most):
    assert least <= seen(look, module_px=12).finder_error <= most


@pytest.mark.parametrize("module_px", [4, 6, 11])
@pytest.mark.parametrize("quiet", [0, 1, 1.5, 2, 3, 4, 7, 9.5])
def test_the_quiet_zone_ends_where_something_dark_begins(quiet, module_px):
    assert seen(Look(quiet=quiet, around="#202020"), module_px=module_px).quiet_zone_modules == quiet


def test_a_quiet_zone_beyond_ten_modules_is_not_followed():
    assert seen(Look(quiet=14)).quiet_zone_modules == 10


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_contrast_is_that_of_the_very_colours(one, other):
    dark, light = sorted((f"#{one:06x}", f"#{other:06x}"), key=lambda colour: luminance(rgb(colour)))
    low, high = luminance(rgb(dark)), luminance(rgb(light))
    if high - low < 0.1:
        return
    found = seen(Look(dark=dark, light=light))
    assert found.contrast == pytest.approx(high - low, abs=0.001)
    assert found.contrast_ratio == pytest.approx(contrast_ratio(high, low), abs=0.06)


def test_the_palest_tenth_of_the_ink_decides_but_a_few_pale_modules_do_not():
    """As in a gradient: the palest modules that are many enough are what phones have to read."""
    white = as_picture(SYMBOL.rows, px=6).convert("RGB")
    left, far = 24, 6 * (4 + SYMBOL.modules)
    corners = ((left, left), (far, left), (far, far), (left, far))
    for pale_share, contrast in ((0.05, 1.0), (0.4, 1 - luminance((120, 120, 120)))):
        picture = white.copy()
        pale = Image.new("RGB", (round(29 * pale_share) * 6, far), (120, 120, 120))
        picture.paste(
            ImageChops.lighter(picture.crop((far - pale.width, 0, far, far)), pale), (far - pale.width, 0)
        )
        found = measure(Sighting(picture, corners, SYMBOL.modules), 1.0)
        assert found.contrast == pytest.approx(contrast, abs=0.002)


@pytest.mark.parametrize("unused", [0.5, 1.0])
def test_a_logo_is_not_taken_for_pale_ink(unused):
    picture = as_picture(SYMBOL.rows, px=6).convert("RGB")
    left, far = 24, 6 * (4 + SYMBOL.modules)
    logo = round(6 * SYMBOL.modules * 0.3)
    picture.paste((255, 140, 0), ((picture.width - logo) // 2,) * 2 + ((picture.width + logo) // 2,) * 2)
    corners = ((left, left), (far, left), (far, far), (left, far))
    found = measure(Sighting(picture, corners, SYMBOL.modules), unused)
    assert (found.contrast == 1) == (unused < 1)


def test_light_on_dark_is_noticed_and_measured_like_the_opposite():
    found, plain = seen(Look(dark="#ffffff", light="#000000")), seen()
    assert found.inverted
    assert (found.quiet_zone_modules, found.modulation) == (4, pytest.approx(plain.modulation, abs=0.05))
    assert marks(Demand(), inverted=True) == {"It is light": 0}


@pytest.mark.parametrize(("part", "values"), [
    ("contrast", (0.70, 0.55, 0.40, 0.20)), ("modulation", (0.45, 0.38, 0.30, 0.20)),
    ("quiet_zone_modules", (3.5, 2.5, 1.5, 0.5)), ("unused_correction", (0.62, 0.50, 0.37, 0.25)),
])  # fmt: skip
def test_each_part_has_its_limits(part, values):
    for mark, value in zip((4, 3, 2, 1), values, strict=True):
        assert list(marks(Demand(), **{part: value}).values()) == ([mark] if mark < 4 else [])
        assert list(marks(Demand(), **{part: value * 0.98}).values()) == [mark - 1]


@pytest.mark.parametrize(("ratio", "mark"), [(7.0, 4), (6.9, 3), (4.4, 2), (3.0, 2), (2.9, 0)])
def test_a_ratio_below_three_fails(ratio, mark):
    assert marks(Demand(), contrast_ratio=ratio).get("The contrast is", 4) == mark


def test_a_micro_qr_code_needs_half_the_quiet_zone():
    assert marks(Demand(quiet_zone_modules=2), quiet_zone_modules=2.0) == {}
    assert marks(Demand(quiet_zone_modules=2), quiet_zone_modules=0.5) == {"The quiet zone": 2}


def test_the_only_eye_of_a_micro_qr_code_is_measured():
    symbol = encode("12345", micro=True)
    picture = as_picture(symbol.rows, px=6, quiet=2).convert("RGB")
    far = 6 * (2 + symbol.modules)
    found = measure(
        Sighting(picture, ((12, 12), (far, 12), (far, far), (12, far)), symbol.modules, micro=True), 1
    )
    assert found.finder_error < 0.05 and found.quiet_zone_modules == 2


def test_size_counts_where_it_is_known():
    assert marks(Demand(), module_mm=0.24) == {"The modules are": 0}
    assert marks(Demand(), module_mm=0.31) == {"The modules are": 3}
    assert marks(Demand(), module_mm=None, symbol_mm=None) == {}
    assert marks(Demand(fixed_module_px=2.0)) == {"There are only": 2}
    assert seen().module_mm == pytest.approx(60 / 37, rel=0.01)
    assert seen().symbol_mm == pytest.approx(60 / 37 * 29, rel=0.01)


@pytest.mark.parametrize(("distance_mm", "mark"), [(250, 4), (300, 3), (370, 2), (480, 1), (600, 0)])
def test_a_symbol_is_read_from_ten_times_its_width(distance_mm, mark):
    assert marks(Demand(distance_mm=distance_mm)).get("The symbol is", 4) == mark


def test_a_blank_square_is_measured_without_an_error():
    found = measure(
        Sighting(Image.new("RGB", (200, 200), "white"), ((20, 20), (180, 20), (180, 180), (20, 180)), 21), 1
    )
    assert found.finder_error == 1 and found.contrast == 0
