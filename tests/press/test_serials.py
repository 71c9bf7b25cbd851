"""Serial numbers: those that follow, what is missing, what is there twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.press.serials import Serial, gaps, parse_serial, repeated, serials

WORDS = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=6)


@pytest.mark.parametrize(
    ("text", "serial"),
    [
        ("A-00001", Serial("A-", 1, 5)),
        ("A-1", Serial("A-", 1)),
        ("0", Serial("", 0)),
        ("2026/017-B", Serial("2026/", 17, 3, "-B")),
        ("1999", Serial("", 1999)),
        ("12³", Serial("", 12, 0, "³")),
    ],
)
def test_the_last_number_counts_and_zeros_fix_its_width(text, serial):
    assert parse_serial(text) == serial
    assert str(serial) == text


@given(WORDS, st.from_regex(r"[0-9]{1,18}", fullmatch=True), WORDS)
def test_every_serial_is_written_as_it_was_read(before, digits, after):
    text = before + digits + after
    assert str(parse_serial(text)) == text


@pytest.mark.parametrize("text", ["", "A-", "٣", "²"])
def test_a_text_without_a_number_is_no_serial(text):
    with pytest.raises(Invalid, match=r"has no number in it\. Write it like A-00001"):
        parse_serial(text)


def test_more_digits_than_anybody_prints_are_refused():
    with pytest.raises(Invalid, match="19 digits are too many"):
        parse_serial("1" * 19)


def test_serials_follow_one_another_in_their_width():
    assert list(serials("A-098", 4)) == ["A-098", "A-099", "A-100", "A-101"]
    assert list(serials("A-9/x", 3)) == ["A-9/x", "A-10/x", "A-11/x"]
    assert list(serials("A-1", 0)) == []
    assert list(serials("9" * 18, 1)) == ["9" * 18]


def test_more_serials_than_digits_are_refused_before_the_first_with_a_width_that_works():
    with pytest.raises(Invalid, match=r"After A-999 there are no more numbers of 3 digits") as raised:
        serials("A-001", 1000)
    first = raised.value.problems[0].hint.removeprefix("Begin with ").partition(",")[0]
    assert list(serials(first, 1000))[-1] == "A-1000"
    assert list(serials("A-001", 999))[-1] == "A-999"


@given(st.integers(0, 10**6), st.integers(1, 300), st.integers(7, 9) | st.just(0))
def test_a_whole_run_has_no_gaps_and_is_in_order(number, count, digits):
    run = list(serials(f"No. {number:0{digits}d}", count))
    assert gaps(run) == ()
    assert repeated(run) == ()
    numbers = [parse_serial(text).number for text in run]
    assert numbers == list(range(number, number + count))


@given(st.sets(st.integers(0, 200), min_size=1), st.booleans())
def test_what_is_missing_is_what_is_not_there_between_first_and_last(numbers, padded):
    texts = [f"T-{number:05d}" if padded else f"T-{number}" for number in numbers]
    missing = [number for gap in gaps(texts) for number in range(gap.first.number, gap.last.number + 1)]
    assert missing == [number for number in range(min(numbers), max(numbers)) if number not in numbers]
    assert sum(gap.count for gap in gaps(texts)) == len(missing)


def test_gaps_are_said_as_people_would_write_them():
    assert [str(gap) for gap in gaps(["A-1", "A-3"])] == ["A-2"]
    assert [str(gap) for gap in gaps(["A-00009", "A-00001", "A-00004"])] == [
        "A-00002 to A-00003",
        "A-00005 to A-00008",
    ]
    assert [str(gap) for gap in gaps(["A-098", "A-102"])] == ["A-099 to A-101"]


def test_each_series_is_by_itself_and_what_has_no_number_is_left_out():
    assert [str(gap) for gap in gaps(["A-1", "B-7", "A-3", "Menu", "B-9", "1-x", "3-x"])] == [
        "2-x",
        "A-2",
        "B-8",
    ]
    assert gaps([]) == ()


def test_what_is_there_twice_is_named_once():
    assert repeated(["A-2", "A-1", "A-2", "A-1", "A-2", "A-3"]) == ("A-2", "A-1")


def test_a_gap_of_a_billion_takes_no_memory():
    (gap,) = gaps(["0000000001", "1000000000"])
    assert gap.count == 999_999_998
