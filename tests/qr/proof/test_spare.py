import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.qr.sketches import as_picture, as_png, damaged

from scanly.qr.encoding import encode
from scanly.qr.encoding.placement import blocks, codeword_owner
from scanly.qr.proof import verify
from scanly.qr.symbol import LEVELS

CONTENT = "https://go.example.com/AbC1234"


def unused(version: int, level: str, lost: int, take=lambda words, lost: words[:lost]) -> tuple[float, float]:
    """What is found and what is right when so many codewords of the first block are wrong."""
    symbol = encode(CONTENT, level=level, version=version, boost=False)
    words = [word for word, owner in enumerate(codeword_owner(version, level)) if owner == 0]
    picture = as_picture(damaged(symbol, take(words, lost)))
    (reading,) = verify(as_png(picture), "png", CONTENT, strength="quick").readings
    return reading.unused_correction, 1 - lost / (blocks(version, level)[0][1] // 2)


@pytest.mark.parametrize(("version", "level"), [(3, "M"), (8, "M"), (5, "L"), (11, "M"), (4, "L"), (4, "Q")])
def test_what_is_to_spare_is_told_to_a_hundredth_for_every_number_of_lost_codewords(version, level):
    """The decoder writes 1 of 13 as 0.7 and 1 of 11 as 0.9, which also is 10 of 11."""
    capacity = blocks(version, level)[0][1] // 2
    for lost in range(capacity + 1):
        found, right = unused(version, level, lost)
        assert found == pytest.approx(right, abs=0.0101), lost


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_wherever_the_damage_is(data):
    version, level = data.draw(st.integers(4, 14)), data.draw(st.sampled_from(LEVELS))
    lost = data.draw(st.integers(0, blocks(version, level)[0][1] // 2))
    found, right = unused(version, level, lost, lambda words, lost: data.draw(st.permutations(words))[:lost])
    assert found == pytest.approx(right, abs=0.0101)
