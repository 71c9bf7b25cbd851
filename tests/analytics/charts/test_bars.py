"""Lists with bars."""

import re

import pytest
from tests.analytics.samples import report

from scanly.analytics.charts.bars import Bar, bars, bars_chart
from scanly.analytics.charts.wording import wording
from scanly.analytics.reports.answer import Row
from scanly.analytics.reports.breakdowns import OTHER, UNKNOWN

ENGLISH = wording("en")


def rows(*numbers: int) -> list[Row]:
    return [Row(f"code-{n}", scans) for n, scans in enumerate(numbers)]


def test_all_scans_are_in_the_list_and_the_rest_has_no_bar():
    asked = report("code", [*rows(50, 40, 30, 20, 10), Row(OTHER, 7), Row(UNKNOWN, 3)])
    found = bars(asked, ENGLISH, 3)
    assert found == [
        Bar("code-0", 50, 1.0),
        Bar("code-1", 40, 0.8),
        Bar("code-2", 30, 0.6),
        Bar("All others", 37, None),
        Bar("not known", 3, None),
    ]
    assert sum(bar.scans for bar in found) == asked.scans


def test_a_single_one_that_is_left_over_keeps_its_name():
    assert [bar.name for bar in bars(report("code", rows(5, 4, 3)), ENGLISH, 2)] == [
        "code-0",
        "code-1",
        "code-2",
    ]


def test_whoever_came_by_no_campaign_is_not_unknown():
    assert bars(report("campaign", [Row("diwali", 1), Row(UNKNOWN, 9)]), ENGLISH, 5)[-1].name == "none"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([Row("a", 30, title="Table 4"), Row("b", 70 - 1), Row(UNKNOWN, 1)], "b leads with 69% of all."),
        ([Row(UNKNOWN, 5)], "Nothing is known about this."),
        ([Row("a", 0)], "Nothing is known about this."),
        ([], "Nothing is known about this."),
    ],
)
def test_the_sentence_says_who_leads(found: list[Row], said: str):
    assert bars_chart(report("code", found), ENGLISH).sentence == said


def test_names_are_text_not_markup():
    chart = bars_chart(report("code", [Row("<b>x</b>", 1, title='"><script>')]), ENGLISH)
    assert "<script" not in chart.table and "&lt;script&gt;" in chart.table
    assert not re.search(r"style=", chart.table)
