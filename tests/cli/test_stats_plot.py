"""Plots in characters: what is drawn is to scale, fits, and is read without colour."""

from hypothesis import given
from hypothesis import strategies as st

from scanly.cli.stats_plot import bar, heat, nice, series

LEVELS = " ▁▂▃▄▅▆▇█"
COUNTS = st.integers(0, 10**9)


@given(COUNTS, COUNTS)
def test_a_bar_is_to_scale_and_whatever_is_not_nothing_is_seen(number, most):
    number, most = sorted((number, most))
    drawn = bar(number, most)
    assert (drawn == "") == (number == 0)
    assert abs(len(drawn) - number / (most or 1) * 30) <= 1
    assert bar(most, most) == "█" * (30 if most else 0)


@given(st.integers(0, 10**12))
def test_an_axis_ends_at_a_round_number_not_far_above(most):
    top = nice(most)
    assert max(most, 1) <= top <= max(2 * most, 1)
    assert len(str(top).rstrip("0")) <= 2


@given(st.lists(COUNTS, min_size=1, max_size=400), st.integers(50, 120))
def test_a_plot_fits_and_has_the_greatest_number_where_it_was(numbers, chars):
    points = [(f"day-{number}", count) for number, count in enumerate(numbers)]
    lines = series(points, chars)
    assert all(len(line) <= chars for line in lines)
    plotted, axis = lines[:8], lines[8]
    start = axis.index("┼") + 1
    heights = [
        sum(LEVELS.index(line[place]) if place < len(line) else 0 for line in plotted)
        for place in range(start, len(axis))
    ]
    assert max(heights) == round(max(numbers) / nice(max(numbers)) * 64)
    drawn = [height for height in heights if height]
    assert bool(drawn) == any(round(number / nice(max(numbers)) * 64) for number in numbers)
    wide = len(heights) / len(numbers)
    if wide >= 1:
        assert heights[int(numbers.index(max(numbers)) * wide)] == max(heights)
    assert points[0][0] in lines[9]


def test_no_points_make_no_plot():
    assert series([], 80) == []


@given(st.lists(st.lists(st.integers(0, 500), min_size=24, max_size=24), min_size=7, max_size=7))
def test_the_busiest_hour_of_the_week_is_the_darkest(numbers):
    lines = heat(numbers, ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    most = max(max(row) for row in numbers)
    shades = " ░▒▓█"
    for row, line in zip(numbers, lines[1:8], strict=True):
        cells = line[5 : 5 + 48]
        assert [cells[2 * hour] == cells[2 * hour + 1] for hour in range(24)] == [True] * 24
        levels = [shades.index(cells[2 * hour]) for hour in range(24)]
        assert all((level == 0) == (number == 0) for level, number in zip(levels, row, strict=True))
        assert all((level == 4) >= (number == most > 0) for level, number in zip(levels, row, strict=True))
        assert [level for _, level in sorted(zip(row, levels, strict=True))] == sorted(levels)
        assert line.rstrip().endswith(f"{sum(row):,}")
    assert lines[0].split() == ["00", "03", "06", "09", "12", "15", "18", "21"]
