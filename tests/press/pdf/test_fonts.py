"""Text in PDF files: what readers copy out of it, and that it looks as its outlines do, to three other programs."""

from __future__ import annotations

import ctypes
import io
import re
import subprocess
import unicodedata
from pathlib import Path

import pikepdf
import pypdfium2
import pypdfium2.raw as raw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat
from tests.press.pdf.onepage import outlines_pdf, words_pdf
from tests.qr.lettering.test_fonts import with_licence

from scanly.core.paths import asset
from scanly.press.page import Box, Words
from scanly.press.pdf.fonts import FontBook
from scanly.press.type.setting import Face, Manner, set_text

WIDTH_MM, HEIGHT_MM = 90, 14
ROOM = Box(3, 2, 84, 10)
FROM_THE_LEFT = [
    "Scan me! AVATAR To. Ünïcödé",
    "Ελληνικά Кириллица 100 €",
    "क्षत्रिय हिन्दी श्रीमती कर्त्तव्य 12",
    "মেনুর জন্য স্ক্যান করুন",
    "மெனுவிற்கு ஸ்கேன் செய்யவும்",
    "మెను కోసం స్కాన్ చేయండి",
    "สแกนที่นี่เพื่อดูเมนู",
    "ქართული Հայերեն አማርኛ",
    "扫码查看菜单，价格 1200 元",
    "メニューを「スキャン」してください。",
    "메뉴를 스캔하세요 2024",
    "Café – मेन्यू – 菜单",
    "e\u0323\u0302 x\u0323 q\u0323",
]
FROM_THE_RIGHT = ["امسح هنا", "السلام عليكم الاثنين", "سرکو اسکین کریں", "סרקו אותי", "שלום לכולם"]
MIXED = ["مرحبا Menu (3)!", "Menu مرحبا (12) שלום!", "سوق 25%"]
EVERY = [*FROM_THE_LEFT, *FROM_THE_RIGHT, *MIXED]
DIRECTIONS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u200e\u200f"))


def words_of(text: str, face: Face | None = None, *, size_pt: float = 15) -> tuple[Words, ...]:
    return set_text(text, ROOM, Manner(size_pt, 4), face or Face())


def file_of(folder: Path, text: str, face: Face | None = None) -> Path:
    return words_pdf(folder / "text.pdf", words_of(text, face), WIDTH_MM, HEIGHT_MM)


def read_by_poppler(needs, file: Path) -> str:
    found = subprocess.run([needs("pdftotext"), "-enc", "UTF-8", file, "-"], check=True, capture_output=True)
    return found.stdout.decode().translate(DIRECTIONS).strip("\n\f")


def read_by_pdfium(file: Path) -> str:
    pdf = pypdfium2.PdfDocument(file)
    try:
        return pdf[0].get_textpage().get_text_range()
    finally:
        pdf.close()


@pytest.mark.parametrize("text", FROM_THE_LEFT)
def test_poppler_reads_the_very_text(needs, tmp_path, text):
    assert read_by_poppler(needs, file_of(tmp_path, text)) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("text", FROM_THE_RIGHT)
def test_text_from_the_right_is_read_in_logical_order(needs, tmp_path, text):
    file = file_of(tmp_path, text)
    # Ligatures of Arabic come as one character, which every search takes for its letters.
    assert unicodedata.normalize("NFKC", read_by_poppler(needs, file)) == text
    assert read_by_pdfium(file) == text


@pytest.mark.parametrize("text", ["סרקו אותי 12:30 (חדש)", "مینو کے لیے اسکین کریں 3 (نیا)"])
def test_digits_and_brackets_in_text_from_the_right_are_where_they_were(tmp_path, text):
    assert read_by_pdfium(file_of(tmp_path, text)) == text


@pytest.mark.parametrize("text", MIXED)
def test_every_word_of_a_mixed_text_is_found(needs, tmp_path, text):
    read = read_by_poppler(needs, file_of(tmp_path, text))
    assert all(word in read for word in re.findall(r"\w+", text))


def test_a_line_that_no_font_may_be_embedded_for_is_drawn_and_still_read(needs, tmp_path):
    restricted = tmp_path / "mine.ttf"
    restricted.write_bytes(with_licence(asset("fonts", "NotoSans-Bold.ttf").read_bytes(), 2))
    text = "Table 12 Café"
    file = file_of(tmp_path, text, Face("bold", str(restricted)))
    assert read_by_poppler(needs, file) == text
    listed = fonts_of(needs, file)
    assert [name.split("+")[1] for name, *_ in listed] == ["NotoSans-Bold"]
    with pikepdf.open(file) as pdf:
        drawn = bytes(pdf.pages[0].Contents.read_bytes())
    # Of the embedded font no more is used than what stands unseen behind the outlines.
    assert b" 3 Tr " in drawn and len(re.findall(rb"<[0-9a-f]{4}>", drawn)) == 1
    assert alike(by_pdfium(file), by_pdfium(file_of(tmp_path, text, Face("bold")))) > 0.97


def fonts_of(needs, file: Path) -> list[tuple[str, str, str]]:
    """Name, and whether it is embedded, a subset and has characters."""
    said = subprocess.run([needs("pdffonts"), file], check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in said.splitlines()[2:]]
    return [(row[0], " ".join(row[1:4]), " ".join(row[-5:-2])) for row in rows]


def test_every_font_is_embedded_cut_and_has_its_characters(needs, tmp_path):
    words = [
        word for text in EVERY for weight in ("regular", "bold") for word in words_of(text, Face(weight))
    ]
    listed = fonts_of(needs, words_pdf(tmp_path / "all.pdf", words, WIDTH_MM, HEIGHT_MM))
    assert len(listed) > 12
    assert {kind for _, kind, _ in listed} == {"CID TrueType Identity-H"}
    assert {state for *_, state in listed} == {"yes yes yes"}
    assert all(re.fullmatch("[A-Z]{6}[+][A-Za-z0-9-]+", name) for name, *_ in listed)


def test_the_file_is_sound_and_has_nothing_newer_than_pdf_1_4(needs, tmp_path):
    words = [word for text in EVERY for word in words_of(text)]
    file = words_pdf(tmp_path / "all.pdf", words, WIDTH_MM, HEIGHT_MM)
    with pikepdf.open(file) as pdf:
        assert not pdf.check_pdf_syntax()
        for name, font in pdf.pages[0].Resources.Font.items():
            shapes = font.DescendantFonts[0]
            assert font.BaseFont == shapes.BaseFont == shapes.FontDescriptor.FontName, name
            program = bytes(shapes.FontDescriptor.FontFile2.read_bytes())
            assert int(shapes.FontDescriptor.FontFile2.Length1) == len(program)
            assert 500 < shapes.FontDescriptor.Ascent < 1500 and -800 < shapes.FontDescriptor.Descent < 0
            assert 0 < shapes.FontDescriptor.StemV < 250
            left, bottom, right, top = (float(edge) for edge in shapes.FontDescriptor.FontBBox)
            assert left < right and bottom < 0 < top
    ghostscript = [needs("gs"), "-q", "-dNOPAUSE", "-dBATCH", "-dPDFSTOPONWARNING", "-sDEVICE=nullpage", file]
    said = subprocess.run(ghostscript, capture_output=True, text=True, check=False)
    assert said.returncode == 0 and not said.stdout and not said.stderr


def test_the_same_words_give_the_same_bytes_and_other_words_another_name(tmp_path):
    one, same, other = (
        words_pdf(tmp_path / f"{number}.pdf", words_of(text), WIDTH_MM, HEIGHT_MM).read_bytes()
        for number, text in enumerate(("Table 1", "Table 1", "Table 2"))
    )
    assert one == same
    names = [re.search(rb"/([A-Z]{6})[+]", content)[1] for content in (one, other)]
    assert names[0] != names[1]


def test_of_a_hundred_thousand_words_no_more_is_kept_than_their_shapes(tmp_path):
    book = FontBook()
    (words,) = words_of("Table 0123456789")
    for _ in range(1000):
        book.show(words)
    (used,) = book._fonts.values()
    assert len(used.characters) == len(set("Table 0123456789"))
    assert book.names == ("F1",)


def grey(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("L").point(lambda shade: 255 * (shade < 128))


def by_poppler(needs, file: Path) -> Image.Image:
    asked = [needs("pdftoppm"), "-r", "600", "-gray", file]
    return grey(subprocess.run(asked, check=True, capture_output=True).stdout)


def by_ghostscript(needs, file: Path) -> Image.Image:
    options = [
        "-q",
        "-dNOPAUSE",
        "-dBATCH",
        "-sDEVICE=pgmraw",
        "-r600",
        "-dTextAlphaBits=4",
        "-dGraphicsAlphaBits=4",
    ]
    asked = [needs("gs"), *options, "-sOutputFile=%stdout", file]
    return grey(subprocess.run(asked, check=True, capture_output=True).stdout)


def by_pdfium(file: Path) -> Image.Image:
    pdf = pypdfium2.PdfDocument(file)
    try:
        picture = pdf[0].render(scale=600 / 72).to_pil().convert("L")
    finally:
        pdf.close()
    return picture.point(lambda shade: 255 * (shade < 128))


def alike(one: Image.Image, other: Image.Image) -> float:
    """Shared ink as a share of all ink."""
    both, either = ImageChops.darker(one, other), ImageChops.lighter(one, other)
    return ImageStat.Stat(both).sum[0] / ImageStat.Stat(either).sum[0]


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> tuple[Path, Path]:
    """All texts under each other, as text and as outlines."""
    folder = tmp_path_factory.mktemp("pair")
    words: list[Words] = []
    for row, text in enumerate(EVERY):
        room = Box(3 + 86 * (row % 2), 2 + 9 * (row // 2), 84, 8)
        words += set_text(text, room, Manner(15, 4), Face(("regular", "bold")[row % 3 == 0]))
    return (
        words_pdf(folder / "text.pdf", words, 176, 100),
        outlines_pdf(folder / "outlines.pdf", words, 176, 100),
    )


@pytest.mark.parametrize("draw", [by_poppler, by_ghostscript, by_pdfium])
def test_text_looks_as_its_outlines_do(needs, pair, draw):
    text, outlines = (draw(file) if draw is by_pdfium else draw(needs, file) for file in pair)
    # Half a pixel is 0.02 mm: a move by a whole one makes them less alike. The other two round to pixels.
    far, least = (1, 0.93) if draw is by_pdfium else (3, 0.8)
    for row in range(len(EVERY)):
        left, top = 86 * (row % 2), 2 + 9 * (row // 2)
        area = [round(mm * 600 / 25.4) for mm in (left, top - 0.5, left + 89, top + 8.5)]
        one, other = text.crop(area), outlines.crop(area)
        assert alike(one, other) > least, EVERY[row]
        ends = [abs(a - b) for a, b in zip(one.getbbox(), other.getbbox(), strict=True)]
        assert max(ends) <= far, (EVERY[row], ends)
        for move in ((far, 0), (-far, 0), (0, far), (0, -far)):
            assert alike(one, ImageChops.offset(other, *move)) < alike(one, other), (EVERY[row], move)


@pytest.mark.parametrize(
    "text", ["Scan me! AVATAR To. Ünïcödé", "Ελληνικά", "メニューを、扫码。", "שלום לכולם"]
)
def test_pdfium_finds_every_letter_where_it_was_set(tmp_path, text):
    words = words_of(text)
    pdf = pypdfium2.PdfDocument(words_pdf(tmp_path / "text.pdf", words, WIDTH_MM, HEIGHT_MM))
    page = pdf[0].get_textpage()
    x, y = ctypes.c_double(), ctypes.c_double()
    found: list[float] = []
    for place in range(page.count_chars()):
        raw.FPDFText_GetCharOrigin(page.raw, place, x, y)
        found.append(x.value * 25.4 / 72)
        assert HEIGHT_MM - y.value * 25.4 / 72 == pytest.approx(words[0].y, abs=0.01)
    pdf.close()
    em = words[0].size_pt * 25.4 / 72
    meant = [words[0].x + glyph.x * em for glyph in words[0].line.glyphs]
    assert sorted(found) == pytest.approx(sorted(meant), abs=0.01)


def shown_places(operators: str, widths: dict[str, dict[int, float]]) -> list[tuple[int, float, float]]:
    """Glyphs with their origins in millimetres, as a reader of the operators finds them."""
    matrix = [float(part) for part in re.search(r"BT (.*?) Tm", operators)[1].split()]
    places: list[tuple[int, float, float]] = []
    font, pen, rise = "", 0.0, 0.0
    steps = r"/(F\d+) 1 Tf|(\S+) Ts|\[([^\]]*)\] TJ|(<[0-9a-f]+>) Tj"
    for name, height, array, single in re.findall(steps, re.sub(r"<</ActualText <.*?>>>", "", operators)):
        font = name or font
        rise = float(height) if height else rise
        for codes, step in re.findall(r"<([0-9a-f]+)>|(-?[0-9.]+)", array or single):
            pen -= float(step or 0) / 1000
            for glyph in (int(codes[place : place + 4], 16) for place in range(0, len(codes), 4)):
                places.append((glyph, matrix[4] + pen * matrix[0], matrix[5] + rise * matrix[3]))
                pen += widths[font][glyph] / 1000
    return places


@given(st.sampled_from(EVERY), st.sampled_from(["regular", "bold"]), st.floats(4, 15))
@settings(deadline=None, max_examples=60)
def test_every_shape_stands_where_it_was_set_within_a_hundredth_of_a_millimetre(text, weight, size_pt):
    book = FontBook()
    for words in words_of(text, Face(weight), size_pt=size_pt):
        operators = book.show(words)
        widths = {
            f"F{number}": {glyph: font.width(glyph) * 1000 for glyph in used.characters}
            for number, (font, used) in enumerate(book._fonts.items(), start=1)
        }
        em = words.size_pt * 25.4 / 72
        found = shown_places(operators, widths)
        meant = [(one.number, words.x + one.x * em, words.y + one.y * em) for one in words.line.glyphs]
        assert [glyph for glyph, *_ in found] == [glyph for glyph, *_ in meant]
        for (_, *here), (_, *there) in zip(found, meant, strict=True):
            assert here == pytest.approx(there, abs=0.01)
