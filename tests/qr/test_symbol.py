from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.qr.symbol import Symbol


@settings(max_examples=40, deadline=None)
@given(side=st.integers(1, 25), dice=st.randoms(use_true_random=False))
def test_runs_are_the_dark_modules_from_the_top_left_and_never_touch(side, dice):
    rows = tuple(bytes(dice.choices((0, 1), k=side)) for _ in range(side))
    runs = Symbol(rows, 1, "L", 0, "").runs()
    assert [(y, x + step) for x, y, length in runs for step in range(length)] == [
        (y, x) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    ]
    for (x, y, length), (next_x, next_y, _) in pairwise(runs):
        assert y < next_y or x + length < next_x
