"""Days as a line."""

import gzip
import re
from xml.etree import ElementTree

import msgspec
import pytest
from tests.analytics.samples import report, series

from scanly.analytics.charts.days import days_chart, sparkline
from scanly.analytics.charts.plot import steps
from scanly.analytics.charts.wording import Wording, wording
from scanly.analytics.reports.answer import Row
from scanly.sites.words.language import find_language

ENGLISH, HINDI = wording("en"), wording("hi")
ARABIC = Wording(find_language("ar"), ENGLISH.words)
SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))


def heights(path: str) -> list[int]:
    """The second coordinate of every point of a path of relative lines."""
    first, *steps_down = map(int, re.findall(r"-?\d+", path)[1::2])
    found = [first]
    for step in steps_down:
        found.append(found[-1] + step)
    return found


@pytest.mark.parametrize(("days", "most_bytes"), [(30, 900), (90, 1_800), (365, 5_700)])
def test_a_chart_is_as_small_as_promised(days: int, most_bytes: int):
    chart = days_chart(series(days * 80, days, before=days * 70), ENGLISH)
    assert len(gzip.compress(chart.picture.encode(), 9)) <= most_bytes
    assert len(gzip.compress(chart.table.encode(), 9)) <= days * 8 + 250


@pytest.mark.parametrize("words", [ENGLISH, HINDI, ARABIC], ids=lambda words: words.tag)
@pytest.mark.parametrize("days", [1, 2, 30, 365])
def test_a_picture_has_a_role_a_title_and_a_sentence_and_nothing_that_a_strict_policy_forbids(
    days: int, words: Wording
):
    chart = days_chart(series(days * 50, days, before=days * 40), words)
    picture = parsed(chart.picture)
    title, desc = picture[0], picture[1]
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert (title.text, desc.text) == (chart.title, chart.sentence)
    assert not re.search(r"style=|<script|<style|href|url\(|\bon\w+=", chart.picture + chart.table)


def test_the_line_goes_through_the_numbers_and_the_dashed_one_through_those_before():
    asked = series(2_400, 30, before=1_900)
    top = steps(max(max(row.scans, row.before or 0) for row in asked.rows))[-1]
    paths = {
        path.get("class"): path.get("d", "")
        for path in parsed(days_chart(asked, ENGLISH).picture).iter(f"{SVG}path")
    }
    for kind, numbers in (
        ("l", [row.scans for row in asked.rows]),
        ("p", [row.before or 0 for row in asked.rows]),
    ):
        assert heights(paths[kind]) == [round(200 * (1 - number / top)) for number in numbers]


def test_the_table_has_every_number():
    asked = series(2_400, 30, before=1_900)
    rows = re.findall(
        r'<tr><th scope="row">([^<]*)</th><td>([^<]*)</td><td>([^<]*)</td>', days_chart(asked, ENGLISH).table
    )
    assert [(int(now), int(then)) for _, now, then in rows] == [(row.scans, row.before) for row in asked.rows]
    assert rows[-1][0] == "Tue 24 Nov"


@pytest.mark.parametrize(
    ("scans", "before", "said"),
    [
        (120, 100, "Up 20% on the period before. Best day Sat 21 Nov with 20 scans."),
        (80, 100, "Down 20% on the period before. Best day Sat 21 Nov with 20 scans."),
        (100, 100, "About as many as in the period before. Best day Sat 21 Nov with 20 scans."),
        (1_001, 1_000, "About as many as in the period before. Best day Sat 21 Nov with 20 scans."),
        (9_000, 1_000, "9 times as many as in the period before. Best day Sat 21 Nov with 20 scans."),
        (20, 0, "There were none in the period before. Best day Sat 21 Nov with 20 scans."),
        (1, 10_000, "Down 99% on the period before. Best day Sat 21 Nov with 20 scans."),
        (20, None, "Best day Sat 21 Nov with 20 scans."),
    ],
)
def test_one_sentence_compares_and_names_the_best_day(scans: int, before: int | None, said: str):
    rows = [Row("2026-11-20", 5), Row("2026-11-21", 20), Row("2026-11-22", 0)]
    asked = msgspec.structs.replace(report("day", rows, before=before), scans=scans)
    assert days_chart(asked, ENGLISH).sentence == said


def test_a_time_without_scans_is_said_to_be_one():
    assert days_chart(series(0, 30), ENGLISH).sentence == "Nobody scanned in this time."
    assert days_chart(series(0, 30), HINDI).sentence == "इस समय में किसी ने स्कैन नहीं किया।"


def test_hindi_groups_by_lakh_and_names_its_months():
    chart = days_chart(msgspec.structs.replace(report("day", [Row("2026-11-21", 1_234_567)], 1)), HINDI)
    assert chart.sentence == "सबसे अच्छा दिन: शनि 21 नव॰, 12,34,567 स्कैन।"


def test_long_times_are_drawn_by_month():
    rows = [Row(f"{2024 + month // 12}-{1 + month % 12:02}", 100 + month) for month in range(24)]
    chart = days_chart(report("month", rows), ENGLISH)
    assert chart.title == "Month by month" and chart.sentence == "Best month Dec 2025 with 123 scans."
    assert ">Jan 2024<" in chart.picture


def test_pages_are_viewed_not_scanned():
    asked = msgspec.structs.replace(series(300, 7), measure="views")
    chart = days_chart(asked, ENGLISH)
    assert chart.sentence.endswith("views.") and '<th scope="col">Views</th>' in chart.table


def test_names_of_several_charts_on_a_page_do_not_clash():
    one, two = (days_chart(series(10, 3), ENGLISH, name) for name in ("days", "before"))
    assert not set(re.findall(r'id="([^"]+)"', one.picture)) & set(re.findall(r'id="([^"]+)"', two.picture))


def test_a_small_line_begins_at_zero_and_says_what_it_is():
    drawn = parsed(sparkline([0, 5, 10], 'Scans of "A & B"'))
    assert drawn.get("aria-label") == 'Scans of "A & B"'
    assert heights(drawn[0].get("d", "")) == [24, 12, 0]
