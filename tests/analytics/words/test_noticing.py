"""What stands out of numbers of which it is known what happened."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.words.cafe import FESTIVAL_AGO, ROBOTS_AGO, SHUT_AGO, TABLE_4_SILENT, Cafe

from scanly.analytics.words.facts import (
    AgainstUsual,
    BusiestDay,
    Outlook,
    RobotWave,
    Silent,
    SteadyChange,
    Today,
    TooLittle,
    Total,
    UnusualDay,
)
from scanly.analytics.words.noticing import Code, Numbers, notice
from scanly.analytics.words.saying import MOST_SENTENCES, sentences
from scanly.core.clock import day_of

TODAY = 20_780
NEWS = (UnusualDay, Silent, SteadyChange, RobotWave)


def of(facts, kind):
    return [fact for fact in facts if isinstance(fact, kind)]


def ago(days, today=TODAY):
    return day_of(today - days).isoformat()


@pytest.mark.parametrize("today", range(TODAY, TODAY + 7))
def test_what_happened_is_named_and_nothing_else(today):
    facts = notice(Cafe(today).numbers())
    assert [fact.day for fact in of(facts, UnusualDay)] == [ago(FESTIVAL_AGO, today), ago(SHUT_AGO, today)]
    assert [(fact.code, fact.days, fact.since) for fact in of(facts, Silent)] == [
        ("table-4", TABLE_4_SILENT, ago(TABLE_4_SILENT, today))
    ]
    assert [fact.day for fact in of(facts, RobotWave)] == [ago(ROBOTS_AGO, today)]
    (change,) = of(facts, SteadyChange)
    assert 0.01 < change.change_a_week < 0.05
    (busiest,) = of(facts, BusiestDay)
    assert busiest.scans == max(Cafe(today).numbers().of_period())
    assert busiest.hours and 16 <= busiest.hours.first_hour < busiest.hours.end_hour <= 21


def test_in_calm_months_next_to_nothing_stands_out():
    told = [fact for seed in range(12) for fact in notice(Cafe(TODAY, odd=False, seed=seed).numbers())]
    news = [fact for fact in told if isinstance(fact, NEWS)]
    assert len(news) <= 2
    assert len(of(told, Outlook)) == 12


def test_the_forecast_says_how_it_did_beside_the_week_before():
    (outlook,) = of(notice(Cafe(TODAY).numbers()), Outlook)
    assert (outlook.since, outlook.until) == (ago(0), ago(-6))
    assert outlook.method == "rhythm" and outlook.rhythm.mase < outlook.last_week.mase
    assert outlook.rhythm.pinball < outlook.last_week.pinball
    assert len(outlook.days) == 7 and outlook.tried_days == 56


def constant(days, count=20, hours=(), **changes):
    """A code with as many scans each day, up to yesterday."""
    numbers = Numbers(
        TODAY - days, TODAY - 6, TODAY, TODAY, [*([count] * days), 0], [0] * (days + 1), hours=dict(hours)
    )
    return replace(numbers, **changes)


def test_before_the_first_scan_there_is_no_silence_and_nothing_usual():
    young = constant(10)
    facts = notice(replace(young, first=TODAY - 110, scans=[*([0] * 100), *young.scans], robots=[0] * 111))
    assert of(facts, TooLittle) == [TooLittle(10, 200)]
    assert not [fact for fact in facts if isinstance(fact, (*NEWS, AgainstUsual, Outlook))]


def test_a_day_that_is_not_over_is_not_taken_for_an_empty_one():
    facts = notice(constant(60))
    assert of(facts, UnusualDay) == of(facts, Silent) == []
    assert of(facts, Total)[0].so_far


def test_days_of_the_past_have_no_forecast():
    past = constant(60)
    assert of(notice(past), Outlook)
    assert not of(
        notice(replace(past, until=TODAY - 2, scans=past.scans[:-2], robots=past.robots[:-2])), Outlook
    )


@pytest.mark.parametrize(
    ("scans", "stands_out", "above"), [(12, False, False), (40, True, True), (1, True, False)]
)
def test_today_is_held_against_what_comes_by_this_hour(scans, stands_out, above):
    by_hour = [0] * 9 + [2] * 10 + [0] * 5
    hours = dict.fromkeys(range(TODAY - 28, TODAY), by_hour)
    numbers = constant(60, hours=hours, hours_passed=14.5)
    numbers = replace(numbers, scans=[*numbers.scans[:-1], scans])
    (today,) = of(notice(numbers), Today)
    assert today.usual == pytest.approx(11, abs=0.5), "five and a half of ten hours of 20 scans"
    assert (today.stands_out, today.change > 0) == (stands_out, above or scans > today.usual)
    assert of(notice(replace(numbers, hours_passed=8.0)), Today) == [], "nothing has to have come yet"


@pytest.mark.parametrize(("last", "stands_out"), [([20] * 7, False), ([30] * 7, True), ([10] * 7, True)])
def test_a_week_is_held_against_what_such_days_usually_bring(last, stands_out):
    numbers = constant(90)
    numbers = replace(numbers, scans=[*numbers.scans[:-8], *last, 0], since=TODAY - 7)
    (against,) = of(notice(numbers), AgainstUsual)
    assert against.stands_out == stands_out
    assert against.change == pytest.approx(sum(last) / 140 - 1, abs=0.03)
    assert (against.since, against.until) == (ago(7), ago(1))


def test_a_record_names_the_last_day_that_had_as_many():
    numbers = constant(60)
    scans = list(numbers.scans)
    scans[5], scans[-3] = 44, 44
    (busiest,) = of(notice(replace(numbers, scans=scans)), BusiestDay)
    assert (busiest.day, busiest.scans, busiest.as_many) == (ago(2), 44, day_of(TODAY - 55).isoformat())


@st.composite
def anything(draw):
    days = draw(st.integers(1, 70))
    counts = st.lists(st.integers(0, 400), min_size=days, max_size=days)
    since = draw(st.integers(0, days - 1))
    hours = st.lists(st.integers(0, 30), min_size=24, max_size=24)
    return Numbers(
        first=TODAY,
        since=TODAY + since,
        until=TODAY + days - 1,
        today=TODAY + draw(st.integers(0, days + 3)),
        scans=draw(counts),
        robots=draw(counts),
        hours_passed=draw(st.floats(0, 24)),
        before=draw(st.none() | st.integers(0, 1_000)),
        hours={TODAY + day: draw(hours) for day in draw(st.sets(st.integers(0, days - 1), max_size=3))},
        codes=[Code(name, "", draw(counts)) for name in draw(st.sampled_from(["", "a", "ab"]))],
    )


@given(numbers=anything(), language=st.sampled_from(["en", "hi", "pt-BR"]), pages=st.booleans())
@settings(max_examples=120, deadline=None)
def test_whatever_the_numbers_are_there_are_a_few_sentences(numbers, language, pages):
    facts = notice(numbers)
    said = sentences(facts, language, pages=pages)
    assert 1 <= len(said) <= MOST_SENTENCES
    assert all(sentence.endswith("।" if language == "hi" else ".") for sentence in said)
    assert not [sentence for sentence in said if "{" in sentence or "  " in sentence or "nan" in sentence]
