"""The choice of the mask against the four rules written out module by module."""

from __future__ import annotations

import random
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.qr.encoding import encode
from scanly.qr.encoding.lines import joined
from scanly.qr.encoding.penalty import best_masked, masking
from scanly.qr.encoding.penalty import frame as frame_of
from scanly.qr.encoding.placement import modules
from scanly.qr.symbol import LEVELS

FINDER = (1, 0, 1, 1, 1, 0, 1)


def penalty(rows) -> int:
    side = len(rows)
    lines = [*map(tuple, rows), *zip(*rows, strict=True)]
    score = sum(runs(line) + finders(line) for line in lines)
    for y in range(side - 1):
        for x in range(side - 1):
            score += 3 * (rows[y][x] == rows[y][x + 1] == rows[y + 1][x] == rows[y + 1][x + 1])
    dark = sum(map(sum, rows))
    steps_of_5_percent = 0
    while 20 * abs(2 * dark - side * side) >= 2 * (steps_of_5_percent + 1) * side * side:
        steps_of_5_percent += 1
    return score + 10 * steps_of_5_percent


def runs(line) -> int:
    lengths = [len(list(run)) for _, run in groupby(line)]
    return sum(3 + length - 5 for length in lengths if length >= 5)


def finders(line) -> int:
    quiet = (0, 0, 0, 0)
    wide = (*quiet, *line, *quiet)
    score = 0
    for at in range(4, 4 + len(line) - 6):
        if wide[at : at + 7] == FINDER and quiet in (wide[at - 4 : at], wide[at + 7 : at + 11]):
            score += 40
    return score


def test_the_rules_written_out_here_count_as_the_standard_says():
    assert runs((1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)) == 3 + 5
    assert finders((*FINDER, 0, 0, 0, 0)) == 40  # once, although it is light on both sides
    assert finders((1, *FINDER, 0, 0, 0, 1, 1)) == finders((1, 0, *FINDER, 0, 1, 1, 1)) == 0
    assert penalty(((1, 0), (0, 1))) == 0
    assert penalty(((1, 1), (1, 1))) == 3 + 100


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0), version=st.integers(1, 3))
def test_any_grid_gets_the_penalty_that_the_rules_written_out_give_it(seed, version):
    """Grids much darker, lighter and more striped than symbols are."""
    side, frame, dice = modules(version), frame_of(version), random.Random(seed)
    grids = []
    for share in dice.choices(range(30, 71), k=8):
        columns = dice.choices((0, 0, 0, 1), k=side)
        weights = (100 - share, share)
        grids.append([[one ^ dice.choices((0, 1), weights)[0] for one in columns] for _ in range(side)])
    codewords = grids.pop()
    maskings = [masking(mask, integer(grid) ^ integer(codewords), frame) for mask, grid in enumerate(grids)]
    scores = [penalty(grid) for grid in grids]
    best = scores.index(min(scores))
    assert best_masked(integer(codewords), maskings, frame) == (best, integer(grids[best]))


def integer(grid) -> int:
    return joined(["".join(map(str, row)) for row in grid])


@settings(max_examples=40, deadline=None)
@given(content=st.binary(min_size=1, max_size=70), level=st.sampled_from(LEVELS))
def test_the_chosen_mask_has_the_lowest_penalty(content, level):
    assert_best(content, level)


@pytest.mark.parametrize("length", [200, 700, 1200])
def test_the_chosen_mask_has_the_lowest_penalty_in_large_symbols(length):
    assert_best(b"\0" * length, "M")


def assert_best(content: bytes, level) -> None:
    masked = [encode(content, level=level, mask=mask) for mask in range(8)]
    scores = [penalty(symbol.rows) for symbol in masked]
    chosen = encode(content, level=level)
    assert chosen == masked[scores.index(min(scores))], scores
