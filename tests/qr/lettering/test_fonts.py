import random
from contextlib import suppress
from pathlib import Path

import pytest
import uharfbuzz

from scanly.core.errors import Invalid
from scanly.core.paths import asset
from scanly.qr.lettering import set_line
from scanly.qr.lettering.fonts import Part, fonts, given_font, script_of
from scanly.sites.words.language import LANGUAGES, find_language

SANS = asset("fonts", "NotoSans-Bold.ttf")
REGULAR = asset("fonts", "regular")
# Half of it are the 33,000 shapes of Chinese, Japanese and Korean.
MOST_BYTES = 7_000_000


def test_the_fonts_are_small_and_their_licences_lie_beside_them():
    folders = (asset("fonts"), REGULAR)
    files = [path for folder in folders for path in folder.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert "SIL OPEN FONT LICENSE" in asset("fonts", "OFL.txt").read_text(encoding="utf-8")
    assert "Apache License" in asset("fonts", "Apache-2.0.txt").read_text(encoding="utf-8")
    assert {path.suffix for path in files} == {".ttf", ".txt", ".md"}


def test_every_font_says_that_it_is_under_a_licence_that_lies_there():
    for font in {*fonts(), *fonts(weight="regular")}:
        said = font.shaper.face.get_name(13, "en")
        assert ("SIL Open Font License" in said) != ("Apache License, Version 2.0" in said), font.name
        assert ("Apache" in said) == font.name.startswith("PanCJK")


def test_the_languages_of_sites_are_set_in_regular_too():
    for language in LANGUAGES:
        own = {glyph.font.name for glyph in set_line(find_language(language).name, weight="regular").glyphs}
        assert all(name.endswith("-Regular.ttf") or name.startswith("PanCJK") for name in own), language
    assert {glyph.font.name for glyph in set_line("ગુજરાતી", weight="regular").glyphs} == {
        "NotoSansGujarati-Bold.ttf"
    }


@pytest.mark.parametrize("character", "AñжλअعঅஅఅઅಅഅਅଅඅאกአԱგກកက₹€→★中國あア가")
def test_scripts_have_their_letters(character):
    assert any(font.covers(character) for font in fonts())


def test_a_letter_with_an_accent_is_covered_by_its_parts():
    (sans,) = (font for font in fonts() if font.name == SANS.name)
    assert sans.covers("ệ") and sans.covers("e\u0302\u0323") and not sans.covers("अ")


def test_scripts_are_told_by_their_letters():
    assert [script_of(character) for character in "aअع扫1 !\u0301"] == [
        "Latn",
        "Deva",
        "Arab",
        "Hani",
        "",
        "",
        "",
        "",
    ]


def test_a_given_font_comes_first_and_what_it_lacks_comes_from_others(tmp_path):
    thai = asset("fonts", "NotoSansThai-Bold.ttf")
    assert set_line("กข", font=thai).path == set_line("กข").path
    symbols = tmp_path / "mine.ttf"
    symbols.write_bytes(asset("fonts", "NotoSansSymbols2-Regular.ttf").read_bytes())
    assert fonts(symbols)[0].name == "mine.ttf"
    assert set_line("★ a", font=symbols).path.segments[-5:] == set_line("★ a").path.segments[-5:]


def test_shapes_are_told_with_their_characters_in_the_order_of_reading():
    def told(text):
        return [(glyph.text, glyph.leftwards) for glyph in set_line(text).glyphs]

    assert told("Hi 1") == [("H", False), ("i", False), (" ", False), ("1", False)]
    assert [text for text, _ in told("कि")] == ["कि", ""]
    assert [text for text, leftwards in told("بُن") if leftwards] == ["ن", "\u064f", "ب"]
    assert [text for text, leftwards in told("אב 12")] == ["1", "2", " ", "ב", "א"]


def test_a_subset_keeps_numbers_and_shapes():
    (sans,) = (font for font in fonts() if font.name == SANS.name)
    shapes = [glyph.number for glyph in set_line("Äg").glyphs]
    content = sans.subset(shapes)
    assert 500 < len(content) < 5000
    cut = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(content)))
    for number in shapes:
        assert cut.get_glyph_extents(number) == sans.shaper.get_glyph_extents(number)
        assert cut.get_glyph_h_advance(number) == sans.shaper.get_glyph_h_advance(number)


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [(0, True), (4, True), (8, True), (2, False), (6, True), (0x104, False), (0x200, False)],
)
def test_a_font_is_embedded_only_if_its_licence_bits_allow_it(tmp_path, licence, allowed):
    mine = tmp_path / "mine.ttf"
    mine.write_bytes(with_licence(SANS.read_bytes(), licence))
    assert given_font(mine).embeddable is allowed


def with_licence(content, licence):
    """The font with other bits in fsType of its OS/2 table."""
    for place in range(12, 12 + 16 * int.from_bytes(content[4:6], "big"), 16):
        if content[place : place + 4] == b"OS/2":
            start = int.from_bytes(content[place + 8 : place + 12], "big") + 8
            return content[:start] + licence.to_bytes(2, "big") + content[start + 2 :]
    raise AssertionError


def test_a_font_that_was_changed_is_read_again(tmp_path):
    mine = tmp_path / "mine.ttf"
    mine.write_bytes(SANS.read_bytes())
    assert given_font(mine).covers("a")
    mine.write_bytes(asset("fonts", "NotoSansThai-Bold.ttf").read_bytes())
    assert not given_font(mine).covers("a")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", '"mine.ttf" is not a font'),
        (b"hello world", '"mine.ttf" is not a font'),
        (b"wOFF" + bytes(40), "web font"),
        (b"wOF2" + bytes(40), "web font"),
        (b"OTTO", "damaged"),
        (b"ttcf" + bytes(40), "damaged"),
        (SANS.read_bytes()[:2000], "damaged"),
        (SANS.read_bytes().replace(b"cmap", b"cmaq"), "damaged"),
        (SANS.read_bytes().replace(b"glyf", b"CBDT"), "pictures instead of outlines"),
    ],
)
def test_what_is_no_usable_font_is_refused_in_one_sentence(tmp_path, content, said):
    mine = tmp_path / "mine.ttf"
    mine.write_bytes(content)
    with pytest.raises(Invalid, match=said) as refused:
        set_line("a", font=mine)
    assert refused.value.problems[0].field == "font" and refused.value.problems[0].hint


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "no.ttf", tmp_path, Path("/dev/null")):
        with pytest.raises(Invalid, match="There is no font file"):
            given_font(path)


def test_damaged_fonts_are_refused_or_drawn_but_never_crash(tmp_path):
    chance = random.Random(7)
    whole = SANS.read_bytes()
    for number in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 20, 400))):
            damaged[chance.randrange(2000 if number % 2 else len(damaged))] = chance.randrange(256)
        mine = tmp_path / f"{number}.ttf"
        mine.write_bytes(damaged)
        with suppress(Invalid):
            assert set_line("Scan me", font=mine).path.segments


def test_letters_join_those_before_and_after_that_another_font_sets():
    (arabic,) = (font for font in fonts() if font.name == "NotoSansArabic-Bold.ttf")
    alone, between = (
        [glyph.number for glyph in arabic.shaped(Part(text, start, start + 1, "Arab", leftwards=True))[0]]
        for text, start in (("ن", 0), ("هنا", 1))
    )
    assert alone != between
