"""When rules fire: at the crossing, once; tables of cases, and a property against a plain reading of the words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.analytics.alerts.judge import Facts, Firing, judge
from scanly.analytics.alerts.model import Rule


def rule(kind, number=10, **more):
    return Rule(1, "Rule", kind, number, more.pop("every", "day"), judged=100, **more)


def facts(scans, *, running_scans=0, born=50, first=101):
    """Scans of the periods from ``first`` on, all over; the next one is running."""
    counted = {first + number: count for number, count in enumerate(scans)}
    running = first + len(scans)
    if running_scans:
        counted[running] = running_scans
    return Facts(counted, range(first, running), running, born)


@pytest.mark.parametrize(
    ("kind", "number", "scans", "fires"),
    [
        ("more", 10, [10, 11, 30, 11], [102]),  # at the crossing, not again while it lasts
        ("more", 10, [11, 10, 11], [101, 103]),  # after it recovered, again
        ("more", 0, [0, 1], [102]),
        ("less", 10, [10, 9, 0, 9], [102]),
        ("less", 10, [9, 10, 9], [101, 103]),
        ("silent", 3, [0, 0, 0, 0], [103]),
        ("silent", 3, [0, 0, 5, 0, 0, 0], [106]),
        ("silent", 1, [0, 1, 0], [101, 103]),
        ("digest", 0, [1, 2, 3], [103]),  # of many that were missed, the last
    ],
)
def test_a_rule_fires_at_the_crossing(kind, number, scans, fires):
    before = {99: 1, 100: 1}
    given_facts = facts(scans)
    given_facts = replace(given_facts, scans={**before, **given_facts.scans})
    after, fired = judge(rule(kind, number), given_facts)
    assert [firing.period for firing in fired] == fires
    assert after.judged == 100 + len(scans)


def test_what_is_more_already_is_told_before_its_period_has_ended_and_only_once():
    after, fired = judge(rule("more"), facts([3], running_scans=11))
    assert fired == [Firing(102, 11)] and after.judged == 101 and after.firing
    again, fired = judge(after, facts([], running_scans=40, first=102))
    assert fired == [] and again == after
    over, fired = judge(after, facts([40], first=102))
    assert fired == [] and over.firing and over.judged == 102
    calm, fired = judge(over, facts([2], first=103))
    assert fired == [] and not calm.firing


@pytest.mark.parametrize("kind", ["less", "silent"])
def test_what_is_running_is_not_quiet_yet(kind):
    assert judge(rule(kind, 1), facts([])) == (rule(kind, 1), [])


@pytest.mark.parametrize("kind", ["less", "silent"])
@pytest.mark.parametrize(("born", "fires"), [(None, []), (101, [102]), (103, [])])
def test_what_was_not_there_yet_is_not_quiet(kind, born, fires):
    _, fired = judge(rule(kind, 1), facts([0, 0, 0], born=born))
    assert [firing.period for firing in fired] == fires


@given(
    st.sampled_from(["more", "less", "silent"]),
    st.integers(1, 4),
    st.lists(st.integers(0, 5), min_size=1, max_size=30),
    st.data(),
)
def test_however_often_one_looks_the_same_fires(kind, number, scans, data):
    """Judged at once, or in any number of looks in between: also after a kill, as long as the rule was kept."""
    history = {100 - back: 1 for back in range(5)} | {101 + n: count for n, count in enumerate(scans)}
    whole = Facts(history, range(101, 101 + len(scans)), 101 + len(scans), 0)
    wanted = judge(rule(kind, number), whole)
    looks = [*sorted(data.draw(st.lists(st.integers(0, len(scans)), max_size=5))), len(scans)]
    state, fired = rule(kind, number), []
    for end in looks:
        over = range(state.judged + 1, 101 + end)
        state, more = judge(state, Facts(history, over, 101 + end, 0))
        fired += [(firing.period) for firing in more]
    plain = [101 + n for n in range(len(scans)) if true(kind, number, history, 101 + n)]
    starts = [period for period in plain if period - 1 not in plain]
    assert sorted(set(fired)) == fired
    assert set(fired) == set(starts) == {firing.period for firing in wanted[1]}
    assert state.firing == (bool(plain) and plain[-1] == 100 + len(scans))


def true(kind, number, history, period):
    if kind == "silent":
        return sum(history.get(period - back, 0) for back in range(number)) == 0
    count = history.get(period, 0)
    return count > number if kind == "more" else count < number
