"""The large numbers at the head of a report."""

import msgspec
from tests.analytics.samples import series

from scanly.analytics.charts.wording import wording
from scanly.analytics.paper.figures import apart, big_numbers

ENGLISH = wording("en")


def said(**changes: object) -> list[tuple[str, str, str]]:
    days = msgspec.structs.replace(series(5_210, 30, before=4_630), **changes)
    return [figure[:3] for figure in big_numbers(days, ENGLISH)]


def test_they_are_scans_visitors_the_best_day_and_links():
    assert said() == [
        ("Scans", "5,210", "+13% on the period before"),
        ("Visitors", "4,168", "+13% on the period before"),
        ("Best day", "315", "Sat 14 Nov"),
        ("Links", "7", "1 without a scan"),
    ]


def test_of_one_link_or_page_there_is_no_number_of_links():
    assert [title for title, _, _ in said(links=1, measure="views")] == ["Views", "Visitors", "Best day"]


def test_people_who_are_not_told_apart_are_a_dash_not_a_zero():
    assert said(visitors=0)[1] == ("Visitors", "–", "not told apart")


def test_without_a_period_before_it_is_said_how_visitors_are_counted():
    assert said(before=None)[1] == ("Visitors", "4,168", "each counted once a day")


def test_small_lines_are_drawn_only_for_as_many_days_as_can_be_seen():
    assert [len(figure.series) for figure in big_numbers(series(900, 90), ENGLISH)][:2] == [90, 90]
    assert not any(figure.series for figure in big_numbers(series(900, 365), ENGLISH))


def test_only_kinds_that_came_are_counted_apart():
    assert apart(series(1_000, 30), ENGLISH) == [("Robots", "100"), ("Previews", "20")]
