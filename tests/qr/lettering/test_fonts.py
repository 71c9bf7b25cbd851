import random
from contextlib import suppress
from pathlib import Path

import pytest

from scanly.core.errors import Invalid
from scanly.core.paths import asset
from scanly.qr.lettering import set_line
from scanly.qr.lettering.fonts import fonts, given_font, script_of

SANS = asset("fonts", "NotoSans-Bold.ttf")
MOST_BYTES = 2_500_000


def test_the_fonts_are_small_and_their_licence_lies_beside_them():
    assert sum(path.stat().st_size for path in asset("fonts").iterdir()) < MOST_BYTES
    licence = asset("fonts", "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in licence and "PERMISSION & CONDITIONS" in licence
    assert {path.suffix for path in asset("fonts").iterdir()} == {".ttf", ".txt", ".md"}


@pytest.mark.parametrize("character", "AñжλअعঅஅఅઅಅഅਅଅඅאกአԱგກកက₹€→★")
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
    assert set_line("กข", font=thai) == set_line("กข")
    symbols = tmp_path / "mine.ttf"
    symbols.write_bytes(asset("fonts", "NotoSansSymbols2-Regular.ttf").read_bytes())
    assert next(fonts(symbols)).name == "mine.ttf"
    assert set_line("★ a", font=symbols).path.segments[-5:] == set_line("★ a").path.segments[-5:]


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
        [glyph.outline for glyph in arabic.shaped(text, start, start + 1, "Arab", 1)]
        for text, start in (("ن", 0), ("هنا", 1))
    )
    assert alone != between
