"""Themes: everything on them can be read, an owner's colour as well, and an own theme's faults are named."""

import itertools
import math

import msgspec
import pytest

from scanly.core.colour import contrast, hex_of, rgb
from scanly.core.errors import Invalid, NotFound
from scanly.core.oklch import to_oklch
from scanly.core.paths import asset
from scanly.sites.look.themes import (
    BACKGROUNDS,
    BUTTONS,
    Look,
    find_theme,
    list_themes,
    look_of,
    read_theme,
    style,
)
from scanly.sites.model import Site

THEMES = tuple(list_themes())
OWN = asset("themes", "kirana.toml").read_text(encoding="utf-8")
# 216 colours all over the sRGB cube, its corners included.
CUBE = [hex_of((red, green, blue)) for red, green, blue in itertools.product(range(0, 256, 51), repeat=3)]


def assert_readable(palette):
    """All that a style sheet puts on each other, as WCAG computes it."""
    for ground in (palette.bg, palette.surface, palette.tint, palette.mark):
        for ink in (palette.text, palette.muted, palette.link):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    for ground in (palette.bg, palette.surface):
        assert contrast(palette.accent, ground) >= 4.5
        assert contrast(palette.line, ground) >= 3
    assert contrast(palette.on_accent, palette.accent) >= 4.5


def test_there_are_ten_themes_and_each_says_what_it_is_for():
    assert len(THEMES) == 10
    assert all(theme.title and theme.about for theme in list_themes().values())


def test_no_two_themes_are_made_the_same_way():
    ways = {
        (t.radius_px, t.weight, t.scale, t.typeface, t.headings, t.cards, t.buttons, t.background)
        for t in list_themes().values()
    }
    assert len(ways) == len(THEMES)


@pytest.mark.parametrize("name", THEMES)
def test_everything_on_a_theme_can_be_read_in_light_and_in_dark(name):
    theme = find_theme(name)
    for palette in (theme.light, theme.dark):
        assert_readable(palette)
    assert theme.light.is_light and not theme.dark.is_light


def test_newsprint_is_for_sunlight_and_cheap_screens():
    for palette in (find_theme("akhbaar").light, find_theme("akhbaar").dark):
        for ink, ground in itertools.product((palette.text, palette.muted, palette.link), palette.grounds):
            assert contrast(ink, ground) >= 7


@pytest.mark.parametrize("name", THEMES)
def test_any_colour_of_an_owner_is_made_readable_on_any_theme(name):
    theme = find_theme(name)
    for brand in CUBE:
        styled = style.__wrapped__(Look(theme, brand=brand))
        for palette in (styled.light, styled.dark):
            assert_readable(palette)
            assert palette.surface not in (palette.tint, palette.mark)
            assert brand == palette.accent or any(palette.accent in note for note in styled.notes)


@pytest.mark.parametrize(
    ("bg", "surface", "text"),
    [("#000000", "#ffffff", "#767676"), ("#767676", "#757575", "#ffffff"), ("#757575", "#767676", "#000000")],
)
def test_an_own_theme_without_room_for_a_colour_takes_that_of_its_text(bg, surface, text):
    said = {"bg": bg, "surface": surface, "on_accent": surface, "line": text}
    said |= dict.fromkeys(("text", "muted", "accent", "link"), text)
    own = "\n".join(
        f"[{s}]\n" + "\n".join(f'{k} = "{v}"' for k, v in said.items()) for s in ("light", "dark")
    )
    theme = read_theme(own, "own.toml")
    for brand in CUBE[::5]:
        assert_readable(style(Look(theme, brand=brand)).light)


def test_words_on_a_button_change_when_they_could_not_be_read_on_the_owners_colour():
    own = (
        OWN.replace('"#fff9ee"', '"#ffffff"')
        .replace('"#9a4b00"', '"#767676"')
        .replace('on_accent = "#ffffff"', 'on_accent = "#000000"')
    )
    assert style(Look(read_theme(own, "own.toml"))).light.on_accent == "#000000"
    assert style(Look(read_theme(own, "own.toml"), brand="#000080")).light.on_accent != "#000000"


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("brand", ["#ff6600", "#9acd32", "#00bcd4", "#e91e63", "#673ab7"])
def test_an_owners_colour_keeps_its_hue(name, brand):
    theme = find_theme(name)
    styled = style(Look(theme, brand=brand))
    wanted = to_oklch(rgb(brand)).hue
    for palette in (styled.light, styled.dark):
        turned = (to_oklch(rgb(palette.accent)).hue - wanted + math.pi) % math.tau - math.pi
        assert abs(math.degrees(turned)) < 4


def test_the_owner_is_told_what_was_done_to_the_colour_and_only_then():
    kirana = find_theme("kirana")
    assert style(Look(kirana, brand="#ffcc00")).notes == (
        "#ffcc00 was made a little darker (#8d6f00) so everyone can read it.",
    )
    (note,) = style(Look(kirana, brand="#7a3300")).notes
    assert "lighter on dark screens" in note
    assert style(Look(kirana)).notes == ()


def test_a_brand_that_is_no_colour_is_refused():
    for brand in ("red", "#12345", "#12345g", "#123456;}body{"):
        with pytest.raises(Invalid, match="not a colour"):
            style(Look(find_theme("kirana"), brand=brand))


def test_a_dark_theme_is_dark_for_everybody_who_does_not_ask_for_more_contrast():
    styled = style(Look(find_theme("slate")))
    first, _, other = styled.css.partition("@media")
    assert styled.dark.bg in first and styled.light == styled.dark
    assert other.startswith("(prefers-color-scheme:light) and (prefers-contrast:more)")


def test_what_the_owner_chooses_goes_over_the_theme():
    kirana = find_theme("kirana")
    assert "--r:12px" in style(Look(kirana)).css
    assert "--r:0px" in style(Look(kirana, corners_px=0)).css
    assert "html{font-size:127.5%}" in style(Look(kirana, text="big")).css
    for buttons, background in itertools.product(BUTTONS, BACKGROUNDS):
        traits = style(Look(kirana, buttons=buttons, background=background)).traits
        assert {f"buttons-{buttons}", f"background-{background}"} <= traits


def test_sites_say_their_look():
    site = Site(slug="a", title="A", theme="neel", brand="#ff0000", corners=3, text="big", buttons="pill")
    look = Look(find_theme("neel"), "#ff0000", 3, "big", "pill")
    assert look_of(site) == look
    assert look_of(Site(slug="a", title="A", own_theme=OWN)).theme.dark == find_theme("kirana").dark
    with pytest.raises(Invalid):
        look_of(Site(slug="a", title="A", buttons="round"))


def test_an_unknown_theme_is_refused_with_the_nearest():
    with pytest.raises(NotFound, match='Did you mean "monsoon"'):
        find_theme("monsun")
    with pytest.raises(NotFound, match="There are akhbaar, banyan"):
        find_theme("zzz")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("radius_px = 12", "radius_px = 30"), ["own.toml, radius_px: 30", "whole number from 0 to 24"]),
        (("radius_px = 12", "radius_px = 1.5"), ["radius_px: 1.5", "whole number"]),
        (("radius_px = 12", "radius_px = true"), ["radius_px: True"]),
        (("scale = 1.2", "scale = 9"), ["scale: 9", "from 1.1 to 1.4"]),
        (('cards = "outlined"', 'cards = "boxed"'), ['cards: "boxed"', "outlined, raised or bare"]),
        (
            ('cards = "outlined"', 'crads = "bare"'),
            ["crads: A theme has no such key", 'Did you mean "cards"?'],
        ),
        (('title = "Kirana"', "title = 7"), ["title: This must be text"]),
        (("[dark]", "[night]"), ["night: A theme has no such key", "dark: These colours are missing"]),
        (('bg = "#fff9ee"\n', ""), ["light.bg: This colour is missing", "below [light]"]),
        (('bg = "#fff9ee"', 'bg = "white"'), ['light.bg: "white" is not a colour']),
        (('bg = "#fff9ee"', "bg = 5"), ['light.bg: "5" is not a colour']),
        (('bg = "#fff9ee"', 'bg = "#fff9ee"\nink = "#000000"'), ["light.ink: A theme has no such colour"]),
        (
            ('muted = "#6b5a48"', 'muted = "#b0a090"'),
            ['light.muted: "#b0a090" on bg "#fff9ee"', "contrast of 2.4"],
        ),
        (('title = "Kirana"', 'title = "Kirana'), ["own.toml is not TOML", "line 1"]),
    ],
)
def test_each_fault_of_an_own_theme_is_named_with_its_file_and_key(wrong, said):
    assert OWN.count(wrong[0]) == 1
    with pytest.raises(Invalid) as caught:
        read_theme(OWN.replace(*wrong), "own.toml")
    for words in said:
        assert words in str(caught.value)


def test_all_faults_are_named_at_once():
    text = (
        OWN.replace("scale = 1.2", "scale = 7")
        .replace("weight = 700", "weight = 1")
        .replace('"#1c1610"', '"x"')
    )
    with pytest.raises(Invalid) as caught:
        read_theme(text, "own.toml")
    assert [problem.field for problem in caught.value.problems] == ["scale", "weight", "dark.bg"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("field", ["text", "muted", "accent", "link", "line", "on_accent"])
def test_a_colour_that_cannot_be_read_is_answered_with_one_that_can(scheme, field):
    said = {s: msgspec.to_builtins(getattr(find_theme("kirana"), s)) for s in ("light", "dark")}
    said[scheme][field] = said[scheme]["accent" if field == "on_accent" else "surface"]

    def written():
        return "\n".join(f"[{s}]\n" + "\n".join(f'{k} = "{v}"' for k, v in said[s].items()) for s in said)

    with pytest.raises(Invalid) as caught:
        read_theme(written(), "own.toml")
    problem = next(each for each in caught.value.problems if each.field == f"{scheme}.{field}")
    said[scheme][field] = problem.hint.split('"')[1]
    read_theme(written(), "own.toml")


def test_an_own_theme_needs_nothing_but_its_colours():
    theme = read_theme(OWN[OWN.index("[light]") :], "mine.toml")
    assert (theme.name, theme.title, theme.radius_px) == ("mine", "mine", 12)
