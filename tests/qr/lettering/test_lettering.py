import html
import io
import unicodedata

import pytest
import resvg_py
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from scanly.core.errors import Invalid
from scanly.core.paths import asset
from scanly.qr.artwork import Path as Outline
from scanly.qr.extent import extent
from scanly.qr.lettering import MAX_CHARACTERS, fit, set_line

FONT_FILES = [str(path) for path in sorted(asset("fonts").glob("*.ttf"))]
# Where the tables of a café stand, each with its number.
PLACES = ("खिड़की 1", "दरवाज़ा 2", "कोना 3", "बगीचा 40", "छत 11", "काउंटर 36")
# The text, and the family that the judge begins with.
TEXTS = [
    ("Scan me! Ünïcödé Ελληνικά Кириллица", "Noto Sans"),
    ("क्षत्रिय हिन्दी श्रीमती कर्त्तव्य", "Noto Sans Devanagari"),
    *((f"{place} – मेन्यू के लिए स्कैन करें", "Noto Sans Devanagari") for place in PLACES),
    ("امسح هنا 25%", "Noto Sans Arabic"),
    ("مینو کے لیے اسکین کریں 3 (نیا)", "Noto Sans Arabic"),
    ("مرحبا Menu (3)!", "Noto Sans Arabic"),
    ("סרקו אותי 12:30 (חדש)", "Noto Sans"),
    ("Menu مرحبا (12) שלום!", "Noto Sans"),
    ("মেনুর জন্য স্ক্যান করুন", "Noto Sans Bengali"),
    ("மெனுவிற்கு ஸ்கேன் செய்யவும்", "Noto Sans Tamil"),
    ("మెను కోసం స్కాన్ చేయండి", "Noto Sans Telugu"),
    ("ಮೆನುಗಾಗಿ ಸ್ಕ್ಯಾನ್ ಮಾಡಿ", "Noto Sans Kannada"),
    ("മെനുവിനായി സ്കാൻ ചെയ്യുക", "Noto Sans Malayalam"),
    ("મેનુ માટે સ્કેન કરો", "Noto Sans Gujarati"),
    ("ਮੀਨੂ ਲਈ ਸਕੈਨ ਕਰੋ", "Noto Sans Gurmukhi"),
    ("ମେନୁ ପାଇଁ ସ୍କାନ କରନ୍ତୁ", "Noto Sans Oriya"),
    ("මෙනුව සඳහා ස්කෑන් කරන්න", "Noto Sans Sinhala"),
    ("สแกนที่นี่เพื่อดูเมนู", "Noto Sans Thai"),
    ("ምናሌውን ለማየት ይቃኙ", "Noto Sans Ethiopic"),
    ("ສະແກນທີ່ນີ້", "Noto Sans Lao"),
    ("ស្កេននៅទីនេះ", "Noto Sans Khmer"),
    ("မီနူးအတွက် စကင်ဖတ်ပါ", "Noto Sans Myanmar"),
    ("სკანირება მენიუსთვის", "Noto Sans Georgian"),
    ("Սկանավորեք մենյուի համար", "Noto Sans Armenian"),
    ("Scan ↓ ★", "Noto Sans"),
    ("扫码查看菜单，价格 12 元", "Droid Sans Fallback"),
    ("メニューを「スキャン」してください。", "Droid Sans Fallback"),
    ("메뉴를 스캔하세요", "Droid Sans Fallback"),
]
WORDS = st.lists(
    st.sampled_from(["Scan", "me", "for", "the", "menu", "मेन्यू", "के", "लिए", "امسح", "هنا", "25%", "one"]),
    min_size=1,
    max_size=9,
)


def data(path: Outline) -> str:
    return "".join(
        f"{letter}{' '.join(f'{place:.5f}' for place in places)}" for letter, *places in path.segments
    )


def picture(body: str, advance: float) -> Image.Image:
    """Black and white, 64 pixels to the em."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1.5 {advance + 2} 2.5" height="160">'
        f'<rect x="-1" y="-1.5" width="100%" height="100%" fill="#fff"/>{body}</svg>'
    )
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=FONT_FILES)
    return Image.open(io.BytesIO(bytes(png))).convert("L").point(lambda grey: 255 * (grey < 128)).convert("1")


def likeness(one: Image.Image, other: Image.Image) -> float:
    """Shared ink as a share of all ink."""
    both, either = ImageChops.logical_and(one, other), ImageChops.logical_or(one, other)
    return both.histogram()[-1] / either.histogram()[-1]


def as_judged(text: str, family: str) -> float:
    """How alike our outlines and those of another shaper are, which has an own bidirectional algorithm, too.

    It takes every line to begin at the left, so a line that begins at the right is told to.
    """
    line = set_line(text)
    leftwards = (
        next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L") != "L"
    )
    told = f"\u202b{text}\u202c" if leftwards else text
    judged = f'<text font-size="1" font-weight="bold" font-family="{family}">{html.escape(told)}</text>'
    return likeness(picture(f'<path d="{data(line.path)}"/>', line.advance), picture(judged, line.advance))


@pytest.mark.parametrize(("text", "family"), TEXTS)
def test_letters_are_shaped_and_ordered_as_another_shaper_does(text, family):
    assert as_judged(text, family) > 0.95


def test_the_judge_sees_letters_that_are_not_joined_and_digits_that_are_turned():
    for text, family, wrong in [
        ("हिन्दी", "Noto Sans Devanagari", "हिन\u200cदी"),
        ("هنا", "Noto Sans Arabic", "ه\u200cن\u200cا"),
        ("Menu 12", "Noto Sans", "Menu 21"),
    ]:
        line = set_line(wrong)
        judged = f'<text font-size="1" font-weight="bold" font-family="{family}">{text}</text>'
        pair = picture(f'<path d="{data(line.path)}"/>', line.advance), picture(judged, line.advance)
        assert likeness(*pair) < 0.95, text


def test_digits_and_punctuation_are_set_in_one_font_with_the_words_before():
    assert set_line("मेन्यू 12").path != set_line("मेन्यू").path + set_line(" 12").path
    assert set_line("a" + " " * 3).advance > set_line("a").advance


def test_composed_and_decomposed_letters_are_the_same():
    assert set_line("Café") == set_line("Cafe\u0301")


def test_a_line_says_where_its_ink_is():
    line = set_line("Hg")
    assert (line.left, line.top, line.right, line.bottom) == extent(line.path)
    assert -0.8 < line.top < -0.7 and 0.2 < line.bottom < 0.3
    assert 0 < line.left < line.right < line.advance
    assert line.ascent > -line.top and line.descent > line.bottom


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no text"),
        (" \u200d ", "There is no text"),
        ("a\tb", "not shown"),
        ("a\u202eb", "not shown"),
        ("a" * (MAX_CHARACTERS + 1), "501 characters"),
        ("བོད་", r'"བ" \(U\+0F56, Tibetan script\).* Give a font file .* --font'),
        ("Ꭰ", r"U\+13A0, Cherokee script"),
        ("Hi 😀", r'"😀" \(U\+1F600, grinning face\)'),
        ("x\U000e0fff", r"U\+E0FFF, a symbol"),
    ],
)
def test_what_cannot_be_set_is_refused_in_one_sentence(text, said):
    with pytest.raises(Invalid, match=said) as refused:
        set_line(text, field="caption")
    assert refused.value.problems[0].field == "caption"


@given(WORDS.map(" ".join), st.floats(5, 60), st.floats(2, 20))
@settings(deadline=None, max_examples=60)
def test_a_fitted_text_fills_its_box_and_never_leaves_it(text, width, height):
    left, top, right, bottom = extent(fit(text, width, height, smallest=0.01))
    assert left > -1e-6 and right < width + 1e-6 and top > -1e-6 and bottom < height + 1e-6
    assert left == pytest.approx(width - right, abs=1e-6)
    fills = (right - left) / width, (bottom - top) / height
    assert max(fills) > 0.6


@given(st.floats(10, 60), st.floats(2, 10), st.floats(0.5, 4))
@settings(deadline=None, max_examples=30)
def test_a_box_twice_as_large_holds_letters_twice_as_large(width, height, factor):
    once, scaled = (fit("Scan for the menu", width * one, height * one, smallest=0.01) for one in (1, factor))
    assert [place for _, *places in scaled.segments for place in places] == pytest.approx(
        [place * factor for _, *places in once.segments for place in places], abs=1e-6
    )


def lines_of(path: Outline) -> int:
    """How many bands of ink lie above each other."""
    drawn = picture(f'<path transform="translate(0 -1.4) scale(.2)" d="{data(path)}"/>', 10)
    rows = [drawn.crop((0, y, drawn.width, y + 1)).getbbox() is not None for y in range(drawn.height)]
    return sum(here and not above for above, here in zip([False, *rows], rows, strict=False))


def test_a_long_text_is_broken_in_two_lines_of_like_width_where_that_makes_it_larger():
    assert lines_of(fit("SCAN ME", 29, 4, smallest=0.1)) == 1
    assert lines_of(fit("SCAN FOR THE MENU AND ALL THE PRICES", 29, 8, smallest=0.1)) == 2
    assert lines_of(fit("SCAN\nME", 29, 4, smallest=0.1)) == 2
    assert lines_of(fit("SCAN\n\nME\nNOW\n", 29, 10, smallest=0.1)) == 3


def test_small_letters_alone_are_not_set_larger_than_with_a_capital():
    low, high = (extent(fit(text, 100, 10, smallest=1)) for text in ("one", "One"))
    assert low[3] - low[1] < 0.85 * (high[3] - high[1])


def test_a_text_that_is_too_long_is_told_how_much_would_fit():
    text = "Scan for the menu and the prices of today " * 5
    with pytest.raises(
        Invalid, match=r"210 characters are too many to be read here; about \d+ fit"
    ) as refused:
        fit(text, 29, 6, smallest=1.5)
    about = int(str(refused.value).split("about ")[1].split()[0])
    fit(text[:about], 29, 6, smallest=1.5)
    with pytest.raises(Invalid):
        fit(text[: about + 12], 29, 6, smallest=1.5)
