import random
import string

import pytest
import segno
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.qr.encoding.judges import (
    ALPHANUMERIC,
    BYTES,
    DIGITS,
    by_libqrencode,
    by_segno,
    by_zint,
    by_zxing,
    mask_in,
    version_of,
)

from scanly.qr.encoding import MAX_VERSION, capacity, encode
from scanly.qr.symbol import LEVELS

CHARACTERS = {"byte": BYTES, "alphanumeric": ALPHANUMERIC, "numeric": DIGITS}
VERSIONS = range(1, MAX_VERSION + 1)


def contents(version, level, seed=""):
    """A full symbol, one that lacks a character, and any other; each in another mode, in turn."""
    dice = random.Random(f"{version}{level}{seed}")
    modes = dice.sample(list(CHARACTERS), 3)
    for mode, spare in zip(modes, (0, 1, None), strict=True):
        most = capacity(mode, level, version)
        length = dice.randint(1, most) if spare is None else most - spare
        yield mode, "".join(dice.choices(CHARACTERS[mode], k=length)), dice.randrange(8)


@pytest.mark.parametrize("level", LEVELS)
def test_at_equal_version_and_mask_every_module_equals_the_one_of_zint(level):
    for version in VERSIONS:
        for _, text, mask in contents(version, level):
            ours = encode(text, level=level, boost=False, version=version, mask=mask)
            assert ours.rows == by_zint(text, level, version, mask), (ours.name, mask, text)
            assert (ours.version, ours.level, ours.mask) == (version, level, mask)


@pytest.mark.parametrize("level", LEVELS)
def test_at_equal_version_and_mask_every_module_equals_the_one_of_libqrencode(level):
    for version in VERSIONS:
        for mode, text, _ in contents(version, level):
            theirs = by_libqrencode(text.encode(), level, version, mode=mode)
            ours = encode(text, level=level, boost=False, version=version, mask=mask_in(theirs))
            assert ours.rows == theirs, (ours.name, text)


@settings(max_examples=60, deadline=None)
@given(
    data=st.binary(min_size=1, max_size=400).filter(
        lambda data: data.translate(None, string.printable.encode())
    ),
    level=st.sampled_from(LEVELS),
)
@example(data=b"\0", level="L")
@example(data=b"\xff" * 17, level="L")
def test_bytes_of_every_kind_become_the_modules_that_libqrencode_makes(data, level):
    theirs = by_libqrencode(data, level, 0)
    version = version_of(theirs)
    assert encode(data, level=level, boost=False, version=version, mask=mask_in(theirs)).rows == theirs


@settings(max_examples=60, deadline=None)
@given(
    text=st.one_of(
        st.text(BYTES, min_size=1, max_size=330),
        st.text(ALPHANUMERIC, min_size=1, max_size=80),
        st.text(DIGITS, min_size=1, max_size=120),
    ),
    level=st.sampled_from(LEVELS),
)
def test_zxing_makes_the_same_symbol_and_likes_the_same_mask(text, level):
    assert encode(text, level=level, boost=False).rows == by_zxing(text, level)


@pytest.mark.parametrize("level", LEVELS)
def test_segno_makes_the_same_symbol_once_its_padding_is_corrected(level):
    dice = random.Random(level)
    for version in (*range(1, 11), 22, 32):
        data = dice.randbytes(dice.randint(2, capacity("byte", level, version) - 1)) + b"\xff"
        ours = encode(data, level=level, boost=False, version=version, mask=version % 8)
        assert ours.rows == by_segno(data, level, version, version % 8)


def test_segno_alone_still_pads_wrongly():
    ours = encode("https://example.com", boost=False, version=3, mask=0)
    alone = segno.make_qr("https://example.com", error="m", boost_error=False, version=3, mask=0)
    assert tuple(bytes(row) for row in alone.matrix) != ours.rows
