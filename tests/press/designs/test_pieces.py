"""Every design of posters and flyers in every format, as geometry, as ink, and as a phone sees it."""

import zlib
from dataclasses import replace
from itertools import combinations, product

import numpy
import pytest
import zxingcpp
from tests.press.designs.samples import (
    COLOURS,
    codes_of,
    emblem,
    laid_over,
    pdf_of,
    standing,
    subject,
    texts_of,
    what_must_be_seen,
)

from scanly.core.colour import contrast_ratio, luminance
from scanly.core.errors import Invalid, NotFound
from scanly.press.designs import designs, formats, kinds, make
from scanly.press.designs.layout import LEAST_MODULE_MM
from scanly.press.designs.piece import BLEED_MM, SAFE_MM
from scanly.press.designs.words import calls
from scanly.press.page import Group, Page, Placed, Words
from scanly.press.pictures.picture import Pixels
from scanly.press.preflight import Expectation, check_pdf
from scanly.press.render import opened
from scanly.qr.ink import BLACK, WHITE
from scanly.qr.style import Style

KINDS = ("poster", "flyer")
DESIGNS = [(kind, name) for kind in KINDS for name in designs(kind)]
ALL = [(kind, name, form) for kind, name in DESIGNS for form in formats(kind)]
FORTY = {
    "one word": "Donaudampfschifffahrtsgesellschaftskapit",
    "words": "The Old Corner Bakery and Coffee Roasters",
    "hi": "श्री लक्ष्मी नारायण किराना और जनरल स्टोर",
    "ar": "مخبز ومقهى الزاوية القديمة لصاحبه أبو محمد",
    "ja": "喫茶あさひ珈琲店本店とパン工房と雑貨と花とお菓子と本の店あさひ通り",
}
SMALLEST = {"poster": "A6", "flyer": "4x6in"}


def variants():
    """Languages of both directions, with and without logo, line and room."""
    yield subject()
    yield subject("hi", logo=emblem())
    yield subject("ar")
    yield subject("ar", logo=emblem(20, 60))
    yield subject("ja")
    yield subject("de", logo=emblem())
    yield subject(logo=emblem(300, 40), line="")
    yield subject(name="Q", line="", call="scan", address="a.eu/1")
    yield subject("ta", name="ஆஷா மளிகைக் கடை", call="follow", logo=emblem())


@pytest.mark.parametrize("kind", kinds())
def test_colour_that_reaches_the_cut_goes_3_mm_beyond_it(kind, tmp_path):
    file, expect = tmp_path / "piece.pdf", Expectation(codes=False, coverage_pages=0)
    for design, form in product(designs(kind), formats(kind)):
        file.write_bytes(pdf_of(make(kind, design, form, subject("hi", logo=emblem()))))
        found = {finding.code for finding in check_pdf(file, expect=expect).findings}
        assert not found & {"bleed-short", "near-trim"}, (design, form)


@pytest.mark.parametrize(("kind", "design", "form"), ALL)
def test_everything_is_within_the_bleed_and_what_is_read_is_clear_of_the_edge_and_of_all_else(
    kind, design, form
):
    for about in variants():
        for page in make(kind, design, form, about).pages:
            assert all(page.trim.inset(-BLEED_MM).holds(box) for _, box in standing(page.items))
            seen = what_must_be_seen(page)
            assert all(page.trim.inset(SAFE_MM).holds(box) for _, box in seen)
            for (one, box), (other, beside) in combinations(seen, 2):
                assert not box.meets(beside), (about.language, one, other)


@pytest.mark.parametrize(("kind", "design", "form"), ALL)
def test_a_code_is_large_enough_for_its_distance_and_lies_bare_on_white_with_its_quiet_zone(
    kind, design, form
):
    least_mm = formats(kind)[form].least_code_mm
    pages = make(kind, design, form, subject(colours=COLOURS[6])).pages
    codes = [(page, code, box) for page in pages for code, box in codes_of(page)]
    assert len(codes) == 1
    for page, code, box in codes:
        assert box.width >= least_mm - 1e-6
        assert code.artwork.module_mm >= LEAST_MODULE_MM
        assert not laid_over(page, code)
        items = list(standing(page.items))
        below = [one for one in items[: [item for item, _ in items].index(code)] if one[1].meets(box)]
        assert below[-1][0].fill == WHITE
        assert below[-1][1].holds(box, slack_mm=0.001)
        quiet_mm = (code.artwork.width - _symbol_modules(code)) / 2 * code.artwork.module_mm
        assert quiet_mm >= 4 * code.artwork.module_mm - 1e-6


def _symbol_modules(code) -> int:
    """From the first dark module of the first row to the last: the finder patterns stand there."""
    runs = [run for shape in code.artwork.shapes for run in shape.runs]
    return max(x + length for x, _, length in runs) - min(x for x, _, _ in runs)


@pytest.mark.parametrize(("kind", "design"), DESIGNS)
@pytest.mark.parametrize("colours", COLOURS)
def test_every_text_has_contrast_with_all_that_lies_under_it(kind, design, colours):
    for about in (subject(colours=colours, logo=emblem()), subject("ar", colours=colours)):
        piece = make(kind, design, SMALLEST[kind], about)
        bare = tuple(replace(page, items=_without_words(page.items)) for page in piece.pages)
        with opened(pdf_of(replace(piece, pages=bare), inks="rgb")) as pages:
            for number, page in enumerate(piece.pages, start=1):
                picture = numpy.asarray(pages.image(number, 60))
                for words, box in texts_of(page):
                    assert _least_contrast(words, box, picture, page) >= 4.4, (
                        words.line.text,
                        about.language,
                    )


def _without_words(items):
    kept = (item for item in items if not isinstance(item, Words))
    return tuple(
        replace(item, items=_without_words(item.items)) if isinstance(item, Group) else item for item in kept
    )


def _least_contrast(words: Words, box, picture, page: Page) -> float:
    scale = picture.shape[1] / (page.width_mm + 2 * BLEED_MM)
    left, top, right, bottom = (
        round((edge + BLEED_MM) * scale) for edge in (box.x, box.y, box.right, box.bottom)
    )
    under = picture[top : bottom + 1, left : right + 1].reshape(-1, 3)
    colours = {tuple(int(channel) for channel in colour) for colour in numpy.unique(under, axis=0)}
    return min(contrast_ratio(luminance(colour), words.ink.luminance) for colour in colours)


@pytest.mark.parametrize(("kind", "design"), DESIGNS)
def test_a_phone_reads_every_format_from_the_finished_page(kind, design):
    for form in formats(kind):
        language = "ar" if form in ("A5", "DL", "letter") else "en"
        about = subject(language, colours=COLOURS[len(form) % len(COLOURS)])
        piece = make(kind, design, form, about)
        with opened(pdf_of(piece)) as pages:
            read = [
                found.text
                for number, page in enumerate(piece.pages, start=1)
                for found in zxingcpp.read_barcodes(
                    pages.image(number, 25.4 * 480 / page.width_mm, grey=True)
                )
            ]
        assert read == [about.content.decode()]


@pytest.mark.parametrize(("kind", "design"), DESIGNS)
def test_all_languages_say_every_call_in_the_smallest_format(kind, design):
    for language, said in calls().items():
        for call in (max(said, key=lambda name: len(said[name])), "scan"):
            pages = make(kind, design, SMALLEST[kind], subject(language, call=call)).pages
            assert all(words.size_pt >= 5.5 for page in pages for words, _ in texts_of(page))


@pytest.mark.parametrize(("kind", "design"), DESIGNS)
@pytest.mark.parametrize("name", FORTY)
def test_a_name_of_forty_characters_stands_whole_on_every_page_that_has_it(kind, design, name):
    language = name if len(name) == 2 else "en"
    about = subject(language, name=FORTY[name], logo=emblem())
    said = [words.line.text for page in make(kind, design, "", about).pages for words, _ in texts_of(page)]
    assert FORTY[name].replace(" ", "") in "".join(said).replace(" ", "")


@pytest.mark.parametrize(("kind", "design"), DESIGNS)
def test_the_longest_name_line_and_address_that_there_can_be_still_fit(kind, design):
    name, line = "Anna and " * 8 + "Mohammed", "A line that goes on and on " * 4
    about = subject(name=name, line=line.strip(), address="go.example.com/" + "a" * 40, logo=emblem())
    for form in formats(kind):
        assert make(kind, design, form, about).pages


@pytest.mark.parametrize(("kind", "design"), DESIGNS)
def test_a_page_that_is_read_from_the_right_is_mirrored_and_its_code_and_logo_are_not(kind, design):
    left = make(kind, design, "", subject(logo=emblem(), call="Go", name="Asha", line="Open"))
    right_about = subject("ar", logo=emblem(), call="Go", name="Asha", line="Open")
    right = make(kind, design, "", right_about)
    for one, other in zip(left.pages, right.pages, strict=True):
        for (code, box), (mirrored, there) in zip(codes_of(one), codes_of(other), strict=True):
            assert there.x == pytest.approx(one.width_mm - box.right)
            assert mirrored.artwork == code.artwork


@pytest.mark.parametrize(("kind", "design"), DESIGNS)
def test_pages_grow_with_the_format_and_so_does_all_type(kind, design):
    small, large = ("A6", "A2") if kind == "poster" else ("A6", "A5")
    sizes = []
    for form in (small, large):
        piece, size = make(kind, design, form, subject()), formats(kind)[form]
        assert all((page.width_mm, page.height_mm) == (size.width_mm, size.height_mm) for page in piece.pages)
        sizes.append([words.size_pt for page in piece.pages for words, _ in texts_of(page)])
    growth = formats(kind)[large].width_mm / formats(kind)[small].width_mm
    assert sizes[1] == pytest.approx([size * growth for size in sizes[0]], rel=0.12)


def test_a_code_that_would_get_too_fine_is_refused_with_what_to_do():
    about = replace(subject(), content=b"https://go.example.com/" + b"menu/" * 300)
    with pytest.raises(Invalid, match=r"modules of 0\.\d\d mm; phones need 0\.33"):
        make("poster", "classic", "A6", about)


def test_black_text_is_black_ink_alone_and_ink_never_exceeds_what_paper_holds():
    for kind, design in DESIGNS:
        for colours in COLOURS:
            for page in make(kind, design, "", subject(colours=colours)).pages:
                inks = [words.ink for words, _ in texts_of(page)]
                assert all(ink.cmyk == (0, 0, 0, 1) for ink in inks if ink.luminance == 0)
                fills = [item.fill for item, _ in standing(page.items) if getattr(item, "fill", None)]
                assert all(sum(ink.cmyk) <= 3.0 for ink in [*inks, *fills])


def test_a_style_of_the_owner_shapes_the_code_and_its_caption_and_frame_stay_away():
    own = replace(
        subject(),
        style=Style(dark="#12305c", module_shape="dots", caption="Hi", frame="border", quiet_zone_modules=1),
    )
    plain, styled = (make("poster", "classic", "A4", one) for one in (subject(), own))
    (before, _), (after, _) = codes_of(plain.pages[0])[0], codes_of(styled.pages[0])[0]
    assert after.artwork.width == before.artwork.width
    assert {shape.paint.hex for shape in after.artwork.shapes} == {"#12305c"}
    assert {shape.paint for shape in before.artwork.shapes} == {BLACK}


def test_what_there_is_not_is_refused_with_the_nearest_that_there_is():
    with pytest.raises(NotFound, match='Did you mean "poster"'):
        make("postre", "", "", subject())
    with pytest.raises(NotFound, match='Did you mean "classic"'):
        make("poster", "clasic", "", subject())
    with pytest.raises(NotFound, match="There are A4, A6"):
        make("poster", "", "B5", subject())
    with pytest.raises(Invalid, match="has no such option"):
        make("poster", "", "", subject(), whitee=True)
    assert make("poster", "", "", subject(), white=None).pages[0].width_mm == 210


def test_every_kind_says_what_it_is_and_has_three_designs_of_which_one_is_usual():
    assert set(KINDS) <= set(kinds())
    for name, kind in kinds().items():
        assert kind.USUAL in designs(name)
        assert len(designs(name)) >= 3
        assert kind.TITLE
        assert kind.ABOUT
        assert len({form.name for form in kind.FORMATS}) == len(kind.FORMATS)
        titles = [design.TITLE for design in designs(name).values()]
        assert len(set(titles)) == len(titles)
        assert all(design.ABOUT for design in designs(name).values())


def test_formats_have_the_sizes_that_print_shops_call_by_these_names():
    inch = 25.4
    known = {
        "A6": (105, 148),
        "A5": (148, 210),
        "A4": (210, 297),
        "A3": (297, 420),
        "A2": (420, 594),
        "DL": (99, 210),
        "letter": (8.5 * inch, 11 * inch),
        "half-letter": (5.5 * inch, 8.5 * inch),
        "tabloid": (11 * inch, 17 * inch),
        "12x18in": (12 * inch, 18 * inch),
        "18x24in": (18 * inch, 24 * inch),
        "4x6in": (4 * inch, 6 * inch),
        "rack-card": (4 * inch, 9 * inch),
    }
    for kind in KINDS:
        for name, form in formats(kind).items():
            assert (form.width_mm, form.height_mm) == pytest.approx(known.get(name, (148, 148)))


@pytest.mark.parametrize(
    ("design", "form", "language", "line"),
    [
        ("classic", "A6", "en", "Jeden Morgen frisch aus dem Holzofen, seit 1911"),
        ("minimal", "A4", "ja", "一九八七年から、角の小さなお店です"),
    ],
)
def test_no_line_of_a_text_is_a_scrap(design, form, language, line):
    (page,) = make("poster", design, form, subject(language, line=line, logo=emblem())).pages
    lines = [box.width for words, box in texts_of(page) if words.line.text in line]
    assert min(lines) > 0.4 * max(lines)


def test_a_logo_has_white_paper_under_it_where_it_would_be_a_white_box_or_be_lost():
    pixels = Pixels(zlib.compress(bytes(16)), 4, 4, "grey")
    light, white, night = COLOURS[0], COLOURS[5], COLOURS[6]
    for picture, colours, papered in [
        (emblem(), light, False),
        (emblem(), night, True),
        (pixels, light, True),
        (pixels, white, False),
    ]:
        (page,) = make("poster", "classic", "", subject(colours=colours, logo=picture)).pages
        items = list(standing(page.items))
        place, logo = next(
            (number, box) for number, (item, box) in enumerate(items) if isinstance(item, Placed)
        )
        paper = items[place - 1]
        assert (paper[0].fill == WHITE and paper[1].inset(0.5).holds(logo)) is papered


def test_the_block_in_the_middle_of_a_flyer_is_in_the_middle():
    about = subject(line="")
    for page in make("flyer", "classic", "DL", about).pages:
        boxes = [box for item, box in standing(page.items) if box.height < page.height_mm * 0.8]
        top, bottom = min(box.y for box in boxes), max(box.bottom for box in boxes)
        assert (top + bottom) / 2 == pytest.approx(page.height_mm / 2, abs=2)
