"""Weekdays by hours."""

import re

from hypothesis import given
from hypothesis import strategies as st
from tests.analytics.samples import heatmap, report

from scanly.analytics.charts.heat import grid, heat_chart, shade
from scanly.analytics.charts.wording import wording
from scanly.analytics.reports.answer import Row
from scanly.analytics.reports.breakdowns import HOURS, UNKNOWN, WEEKDAYS

ENGLISH = wording("en")


def test_every_cell_has_its_number_and_days_are_rows():
    asked = report(
        "heatmap",
        [Row(f"{day} {hour}", n * 24 + int(hour)) for n, day in enumerate(WEEKDAYS) for hour in HOURS],
    )
    chart = heat_chart(asked, ENGLISH)
    lines = re.findall(r'<tr><th scope="row">(\w+)</th>(.*?)</tr>', chart.table)
    assert [day for day, _ in lines] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    cells = [re.findall(r"<td[^>]*>([^<]*)</td>", cells) for _, cells in lines]
    assert [[int(cell or 0) for cell in line] for line in cells] == grid(asked)
    assert chart.picture == "" and chart.sentence == "Busiest: Sunday at 23:00, with 167 scans."


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_scans_are_never_paler_and_only_none_is_empty(one: int, two: int, extra: int):
    most = max(one, two) + extra
    assert shade(min(one, two), most) <= shade(max(one, two), most) <= 5
    assert (shade(one, most) == 0) == (one == 0)
    assert most == 0 or shade(most, most) == 5


def test_large_numbers_are_cut_short_and_exact_when_pointed_at():
    table = heat_chart(report("heatmap", [Row("sat 18", 123_456), Row("sun 01", 9_999)]), ENGLISH).table
    assert '<td class="q5" title="123,456">123k</td>' in table and ">9999</td>" in table


def test_scans_whose_hour_is_not_known_are_in_no_cell():
    asked = heatmap(100)
    with_unknown = report("heatmap", [*asked.rows, Row(UNKNOWN, 900)])
    assert grid(with_unknown) == grid(asked)
