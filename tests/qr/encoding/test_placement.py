import random

import pytest
from segno import consts

from scanly.qr.encoding import MAX_VERSION, capacity, encode
from scanly.qr.encoding import placement as place
from scanly.qr.symbol import LEVELS

VERSIONS = range(1, MAX_VERSION + 1)


def test_the_tables_agree_with_those_of_segno():
    for version in VERSIONS:
        lines = {place.TIMING, *(row for row, _ in place.alignment_centres(version))}
        assert version == 1 or lines == set(consts.ALIGNMENT_POS[version - 2])
        for level in LEVELS:
            groups = consts.ECC[version][getattr(consts, f"ERROR_LEVEL_{level}")]
            blocks = [
                (one.num_data, one.num_total - one.num_data) for one in groups for _ in range(one.num_blocks)
            ]
            assert place.blocks(version, level) == tuple(blocks)


@pytest.mark.parametrize("version", [1, 2, 6, 7, 14, 21, 32, 36, 40])
def test_every_module_carries_either_a_pattern_or_a_codeword(version):
    patterns, data = place.function_modules(version), place.data_positions(version)
    assert len(data) == len(set(data))
    assert patterns.all.isdisjoint(data)
    assert patterns.all | set(data) == set(range(place.modules(version) ** 2))
    remainder_bits = len(data) - 8 * sum(map(sum, place.blocks(version, "L")))
    assert remainder_bits == {1: 0, 2: 7, 6: 7, 7: 0, 14: 3, 21: 4, 32: 3, 36: 0, 40: 0}[version]  # table 1


@pytest.mark.parametrize("version", [1, 2, 7, 40])
def test_the_kinds_of_patterns_overlap_only_where_alignment_stands_on_timing(version):
    patterns = place.function_modules(version)
    kinds = [patterns.finder, patterns.separator, patterns.timing, patterns.format, patterns.version]
    assert sum(map(len, kinds)) == len(frozenset().union(*kinds))
    assert patterns.alignment.isdisjoint(patterns.all - patterns.timing - patterns.alignment)
    assert len(patterns.alignment) == 25 * len(place.alignment_centres(version))
    assert (len(patterns.finder), len(patterns.separator), len(patterns.format)) == (147, 45, 31)
    assert len(patterns.version) == (36 if version >= 7 else 0)


def test_the_patterns_are_what_stays_the_same_in_every_symbol():
    dice = random.Random(7)
    for version in (3, 7):
        length = capacity("byte", "Q", version)
        symbols = [
            b"".join(encode(dice.randbytes(length), version=version, level="Q", mask=mask % 8).rows)
            for mask in range(48)
        ]
        steady = {at for at, cells in enumerate(zip(*symbols, strict=True)) if len(set(cells)) == 1}
        patterns = place.function_modules(version)
        assert steady - patterns.format == patterns.all - patterns.format


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", [1, 3, 5, 10, 40])
def test_each_codeword_belongs_to_the_block_that_its_computation_says(version, level):
    sizes = place.blocks(version, level)
    owners, order = place.codeword_owner(version, level), place.interleaving(version, level)
    assert sorted(order) == list(range(sum(map(sum, sizes))))
    computed = [block for block, (data, _) in enumerate(sizes) for _ in range(data)]
    computed += [block for block, (_, correction) in enumerate(sizes) for _ in range(correction)]
    assert owners == tuple(computed[codeword] for codeword in order)


def test_the_example_of_the_standard_is_interleaved_as_in_its_table():
    """Version 5-H, 7.6: blocks of 11, 11, 12 and 12 data codewords."""
    order = place.interleaving(5, "H")
    assert order[:5] == (0, 11, 22, 34, 1)
    assert order[40:50] == (10, 21, 32, 44, 33, 45, 46, 68, 90, 112)
    assert place.codeword_owner(5, "H")[40:50] == (0, 1, 2, 3, 2, 3, 0, 1, 2, 3)
