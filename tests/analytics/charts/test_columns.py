"""Hours and weekdays as columns."""

import re

import pytest
from tests.analytics.samples import report

from scanly.analytics.charts.columns import columns_chart
from scanly.analytics.charts.wording import wording
from scanly.analytics.reports.answer import Row
from scanly.analytics.reports.breakdowns import HOURS, UNKNOWN, WEEKDAYS

ENGLISH = wording("en")


@pytest.mark.parametrize(("by", "keys"), [("hour", HOURS), ("weekday", WEEKDAYS)])
def test_columns_are_as_high_as_their_share_of_the_highest(by: str, keys: tuple[str, ...]):
    chart = columns_chart(report(by, [Row(key, n * 10) for n, key in enumerate(keys)]), ENGLISH, "by")
    found = [float(high) for high in re.findall(r'class="c"[^>]* height="([\d.]+)%"', chart.picture)]
    assert len(found) == len(keys) and max(found) == found[-1] == 86
    assert all(high == pytest.approx(86 * n / (len(keys) - 1), abs=0.01) for n, high in enumerate(found))
    numbers = re.findall(r"<td>([^<]*)</td>", chart.table)
    assert numbers == [str(n * 10) for n in range(len(keys))]


def test_the_busiest_is_named():
    by_hour = report("hour", [Row("08", 3), Row("18", 64), Row(UNKNOWN, 100)])
    assert columns_chart(by_hour, ENGLISH, "h").sentence == "Busiest at 18:00 with 64 scans."
    by_weekday = report("weekday", [Row("sat", 64), Row("sun", 1)])
    assert columns_chart(by_weekday, ENGLISH, "w").sentence == "Busiest on Saturday with 64 scans."


def test_nothing_is_no_column_and_no_division():
    chart = columns_chart(report("hour", []), ENGLISH, "h")
    assert chart.sentence == "Nobody scanned in this time." and 'height="0%"' in chart.picture
