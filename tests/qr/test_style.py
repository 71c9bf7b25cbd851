import msgspec
import pytest

from scanly.core.colour import rgb
from scanly.core.errors import Invalid
from scanly.qr.encoding import encode
from scanly.qr.looks.compose import compose
from scanly.qr.style import MIN_MODULE_MM, Style


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"dark": "black"}, 'dark: "black" is not a colour. Write it as #rrggbb, cmyk(0 100 100 0) or spot('),
        ({"light": "#ffff"}, 'light: "#ffff" is not a colour. Write it as #rrggbb'),
        ({"dark": "linear(45, #000000)"}, "has 1 colour; a gradient has 2 to 8. Write it as linear(45,"),
        ({"dark": "cmyk(0 0 0 101)"}, "is not a colour"),
        ({"dark": "spot(All; 0 0 0 100)"}, '"All" cannot be the name of a spot ink.'),
        ({"dark": "linear(45, #000000, #ffcc00)"}, "#ffcc00 on #ffffff has a contrast of 1.5"),
        ({"pupil_colour": "#ffcc00"}, "pupil_colour: #ffcc00 on #ffffff"),
        ({"dark": "#000000", "light": "#d01818"}, "too dark; cameras expose for it"),
        ({"module_shape": "dot"}, 'module_shape: "dot" is not one of them. Did you mean "dots"?'),
        ({"module_scale": 0.6}, "Use 0.8."),
        ({"logo_ratio": 0.5}, "Use 0.3."),
        ({"module_mm": 0.1}, "Use 0.33 or more."),
        ({"dark": "none"}, 'dark: "none" is not a colour.'),
        (
            {"dark": "#ffffff", "light": "#000000"},
            "phones cannot read inverted codes. Swap them: dark #000000, light #ffffff.",
        ),
        ({"quiet_zone_modules": 0}, "Use at least 1; the standard asks for 4."),
        ({"quiet_zone_modules": 51}, "51 is not between 0 and 50. Use 4."),
        ({"size_mm": 2.0}, "2 is not between 5 and 5000. Use 5."),
        ({"size_mm": float("nan")}, "nan is not between"),
        ({"dpi": 9600}, "Use 2400."),
        ({"level": "X"}, "Use L, M, Q or H."),
    ],
)
def test_a_style_that_would_not_scan_is_refused_with_what_works(fields, sentence):
    with pytest.raises(Invalid) as refused:
        Style(**fields)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("dark", "light"), [("#ff8800", "#ffffff"), ("#ffff00", "none"), ("#00ccff", "#ffffff")]
)
def test_the_colour_named_for_a_pale_one_works_and_the_next_paler_one_does_not(dark, light):
    with pytest.raises(Invalid) as refused:
        Style(dark=dark, light=light)
    named = refused.value.problems[0].hint.split()[1]
    assert Style(dark=named, light=light).dark == named
    paler = "#" + "".join(f"{min(255, channel + 8):02x}" for channel in rgb(named))
    with pytest.raises(Invalid):
        Style(dark=paler, light=light)


def test_a_ground_too_dark_for_any_ink_is_named():
    with pytest.raises(Invalid, match="Choose a lighter ground"):
        Style(dark="#000000", light="#333333")


def test_every_problem_is_told_at_once():
    with pytest.raises(Invalid) as refused:
        Style(dark="red", quiet_zone_modules=0, dpi=1)
    assert {problem.field for problem in refused.value.problems} == {"dark", "quiet_zone_modules", "dpi"}


def test_the_same_errors_come_out_of_json():
    with pytest.raises(Invalid, match="Use at least 1"):
        msgspec.json.decode(b'{"quiet_zone_modules": 0}', type=Style)


def test_modules_under_a_quarter_millimetre_are_refused_and_the_named_size_works():
    symbol = encode("https://go.example.com/AbC1234")
    with pytest.raises(Invalid, match=r"QR 3-Q on 9 mm has modules of 0\.24 mm.*at least 9\.25 mm"):
        compose(symbol, Style(size_mm=9))
    assert compose(symbol, Style(size_mm=9.25)).module_mm == MIN_MODULE_MM
    assert compose(symbol, Style(size_mm=9, forced=True)).module_mm < MIN_MODULE_MM


@pytest.mark.parametrize(
    "risk",
    [
        {"dark": "#ffffff", "light": "#000000"},
        {"dark": "#ffff00"},
        {"quiet_zone_modules": 0},
        {"module_scale": 0.5},
        {"logo_ratio": 0.4},
    ],
)
def test_what_phones_may_not_read_is_drawn_only_when_forced(risk):
    with pytest.raises(Invalid):
        Style(**risk)
    assert Style(**risk, forced=True)


def test_force_does_not_help_what_cannot_be_drawn():
    with pytest.raises(Invalid, match="is not a colour"):
        Style(dark="red", forced=True)


@pytest.mark.parametrize(
    "fields",
    [
        {"dark": "spot(Ink A; 100 80 0 20)", "eye_colour": "spot(Ink A; 100 80 0 30)"},
        {"dark": "spot(Ink A; 100 80 0 20)", "frame_colour": "spot(INK A; 100 80 0 20)"},
        {"light": "spot(Ink A; 0 0 10 0)", "pupil_colour": "spot(Ink A; 100 80 0 20)"},
    ],
)
def test_a_spot_ink_is_written_in_one_way_in_the_whole_style(fields):
    with pytest.raises(Invalid, match="is written in two ways"):
        Style(**fields, forced=True)


def test_a_spot_ink_may_be_used_again_and_beside_others():
    assert Style(
        dark="spot(A; 100 80 0 20)", eye_colour="spot(A; 100 80 0 20)", pupil_colour="spot(B; 100 80 0 20)"
    )


def test_the_name_of_a_spot_ink_may_have_brackets():
    ink = Style(dark="spot( HKS 43 (E) ; 100 80 0 20)").dark_paint
    assert (ink.spot, ink.cmyk) == ("HKS 43 (E)", (1, 0.8, 0, 0.2))


def test_a_gradient_of_spot_inks_is_refused():
    with pytest.raises(Invalid, match='"A" is a spot ink; gradients are printed with process inks'):
        Style(dark="linear(0, #000000, spot(A; 100 80 0 20))")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"eye_shape": "leaf"},
            "Eyes with the shape leaf read a little worse at an angle; rounded ones do not.",
        ),
        (
            {"eye_shape": "circle"},
            "Eyes like these are missed by many readers when the code is turned; take rounded ones.",
        ),
        (
            {"pupil_shape": "circle"},
            "Eyes like these are missed by many readers when the code is turned; take rounded ones.",
        ),
        ({"logo": "a.png", "logo_ratio": 0.3}, "A logo of 0.3 reads worse at an angle than one of 0.2."),
        ({"quiet_zone_modules": 3}, "A quiet zone of 3 modules asks for calm print around it."),
        (
            {"frame": "banner", "frame_colour": "linear(0, #000000, #ffee00)"},
            "The frame and its text have a contrast of 1.2; people read 3 or more.",
        ),
    ],
)
def test_what_reads_a_little_worse_is_told(fields, sentence):
    assert Style(**fields).cautions() == (sentence,)


@pytest.mark.parametrize("fields", [{}, {"frame": "banner", "caption": "Menu"}, {"frame_colour": "#ffee00"}])
def test_nothing_is_told_of_what_reads_well(fields):
    assert Style(**fields).cautions() == ()
