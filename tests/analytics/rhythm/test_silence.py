"""Codes that have gone silent."""

from __future__ import annotations

import pytest
from tests.analytics.rhythm.calm import FAMILIES, Family, series

from scanly.analytics.rhythm.silence import silence, silent_codes


def test_three_days_are_news_of_a_busy_table_and_none_of_a_rare_one():
    busy, rare = series(Family(8, 0.05), 100, 3), series(FAMILIES["a code scanned twice a week"], 100, 3)
    busy[-1] = rare[-1] = 1
    found = silence(0, [*busy, 0, 0, 0])
    assert found and found.days == 3 and found.chance < 1e-4
    assert 10 < found.expected < 45
    gap = silence(0, [*rare, 0, 0, 0])
    assert gap is None or gap.chance > 0.01


@pytest.mark.parametrize(
    "scans",
    [
        [],
        [0] * 50,
        [5] * 40,
        [*([5] * 40), 0],  # one day is an unusual day, no silence
        [*([5] * 10), *([0] * 30)],  # too little is known of the time before
    ],
)
def test_there_is_no_silence(scans):
    assert silence(0, scans) is None


def test_a_weekend_is_no_silence_of_an_office():
    office = [30, 30, 30, 30, 30, 0, 0] * 12
    gap = silence(0, office)
    assert gap is None or gap.chance > 0.01
    monday = silence(0, [*office, 0])
    assert monday and monday.chance < 0.01


def test_of_a_thousand_calm_codes_hardly_one_is_called_silent():
    codes = {
        (name, seed): series(family, 90, seed) for name, family in FAMILIES.items() for seed in range(125)
    }
    assert len(silent_codes(dict.fromkeys(codes, 0), codes)) <= 1


def test_silent_codes_are_told_with_the_most_surprising_first():
    codes = {f"t{n}": series(Family(4 + 4 * n, 0.05), 100, n) for n in range(8)}
    for name in ("t2", "t6"):
        codes[name][-3:] = [0, 0, 0]
    assert list(silent_codes(dict.fromkeys(codes, 0), codes)) == ["t6", "t2"]


def test_a_long_silence_is_judged_by_what_was_usual_before_it():
    before = [8] * 100
    found = silence(0, [*before, *([0] * 28)])
    assert found and found.days == 28
    assert found.expected == pytest.approx(28 * 8, rel=0.1)
