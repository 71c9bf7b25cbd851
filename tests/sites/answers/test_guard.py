from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.core.secrets import Signer
from scanly.sites.answers.guard import (
    A_MINUTE_MS,
    HONEYPOT,
    MOST_REMEMBERED,
    PROOF,
    PROOF_LASTS_MS,
    READING_MS,
    REMEMBERED_MS,
    Guard,
    Keys,
    Limit,
    Seen,
)

NOW_MS = 1_795_400_000_000
PHONE, OTHER = "203.0.113.7", "203.0.113.8"


@pytest.fixture
def guard(tmp_path: Path) -> Guard:
    return Guard(Signer(tmp_path / "secret.key", "forms"))


def test_who_looked_at_the_page_for_two_seconds_is_a_person(guard: Guard) -> None:
    guard.seen.note(PHONE, NOW_MS)
    assert guard.judge({}, PHONE, "1 question", NOW_MS + READING_MS - 1) == "again"
    assert guard.judge({}, PHONE, "1 question", NOW_MS + READING_MS) == "person"
    assert guard.judge({}, OTHER, "1 question", NOW_MS + READING_MS) == "again"
    assert guard.judge({}, PHONE, "1 question", NOW_MS + REMEMBERED_MS + 1) == "again"


def test_looking_again_does_not_begin_the_time_anew(guard: Guard) -> None:
    guard.seen.note(PHONE, NOW_MS)
    guard.seen.note(PHONE, NOW_MS + READING_MS)
    assert guard.judge({}, PHONE, "1 question", NOW_MS + READING_MS) == "person"


def test_a_filled_honeypot_is_a_robot_and_counted(guard: Guard) -> None:
    guard.seen.note(PHONE, NOW_MS - READING_MS)
    assert guard.judge({HONEYPOT: " "}, PHONE, "1 question", NOW_MS) == "person"
    assert guard.judge({HONEYPOT: "https://x.example"}, PHONE, "1 question", NOW_MS) == "robot"
    assert guard.robots == 1


def test_a_proof_holds_for_its_form_from_two_seconds_to_two_hours(guard: Guard) -> None:
    proof = guard.proof("1 question", NOW_MS)
    judged = {
        moment: guard.judge({PROOF: proof}, PHONE, "1 question", NOW_MS + moment)
        for moment in (0, READING_MS - 1, READING_MS, PROOF_LASTS_MS - 1, PROOF_LASTS_MS)
    }
    assert list(judged.values()) == ["again", "again", "person", "person", "again"]
    assert guard.judge({PROOF: proof}, PHONE, "2 question", NOW_MS + READING_MS) == "again"


def test_an_impatient_person_gets_no_younger_proof(guard: Guard) -> None:
    first = guard.proof("1 question", NOW_MS)
    assert guard.proof("1 question", NOW_MS + 500, first) == first
    assert guard.proof("1 feedback", NOW_MS + 500, first) != first


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_made_up_proof_holds(tmp_path_factory: pytest.TempPathFactory, proof: str) -> None:
    guard = Guard(Signer(tmp_path_factory.getbasetemp() / "secret.key", "forms"))
    assert guard.judge({PROOF: proof}, PHONE, "1 question", NOW_MS) == "again"


def test_a_proof_that_was_dated_back_does_not_hold(guard: Guard) -> None:
    moment, _, signed = guard.proof("1 question", NOW_MS).partition(".")
    assert guard.judge({PROOF: f"{int(moment) - 5_000}.{signed}"}, PHONE, "1 question", NOW_MS) == "again"


def test_twenty_posts_a_minute_and_then_one_every_three_seconds(guard: Guard) -> None:
    assert [guard.may_send(PHONE, NOW_MS) for _ in range(22)] == [True] * 20 + [False] * 2
    assert guard.may_send(OTHER, NOW_MS)
    assert not guard.may_send(PHONE, NOW_MS + 2_999)
    assert guard.may_send(PHONE, NOW_MS + 3_000)
    assert not guard.may_send(PHONE, NOW_MS + 3_000)
    assert [guard.may_send(PHONE, NOW_MS + 3 * A_MINUTE_MS) for _ in range(21)] == [True] * 20 + [False]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.7", "203.0.113.8", False),
        ("no address", "no address", True),
    ],
)
def test_a_household_has_one_limit_however_many_addresses_it_has(one: str, other: str, same: bool) -> None:
    keys = Keys()
    assert (keys.of(one) == keys.of(other)) is same


def test_a_form_takes_two_hundred_an_hour_from_everybody_together(guard: Guard) -> None:
    taken = sum(guard.may_fill(1, "question", NOW_MS) for _ in range(300))
    assert taken == 200
    assert guard.may_fill(1, "feedback", NOW_MS)


def test_a_form_comes_back_three_hundred_times_a_minute_to_those_who_never_looked(guard: Guard) -> None:
    assert sum(guard.may_come_back(1, "question", NOW_MS) for _ in range(400)) == 300
    assert guard.may_come_back(1, "feedback", NOW_MS)


@settings(deadline=None)
@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=200), st.integers(1, 10))
def test_no_stretch_of_time_sees_twice_the_limit(pauses: list[int], most: int) -> None:
    limit, now_ms, allowed = Limit(most, A_MINUTE_MS), NOW_MS, list[int]()
    for pause in pauses:
        now_ms += pause
        if limit.allows(1, now_ms):
            allowed.append(now_ms)
    for begin in allowed:
        assert sum(begin <= moment < begin + A_MINUTE_MS for moment in allowed) < 2 * most + 1


def test_however_many_addresses_send_what_is_remembered_is_bounded(guard: Guard) -> None:
    limit = Limit(5, A_MINUTE_MS, keys_most=1_000)
    seen = Seen(Keys(), most=1_000)
    for number in range(5_000):
        address = f"10.0.{number >> 8}.{number & 255}"
        seen.note(address, NOW_MS + number)
        assert limit.allows(number, NOW_MS + number)
    assert (len(seen), len(limit)) == (1_000, 1_000)
    for number in range(MOST_REMEMBERED + 10):
        guard.seen.note(f"10.1.{number >> 8}.{number & 255}", NOW_MS)
    assert len(guard.seen) == MOST_REMEMBERED


def test_the_longest_unseen_are_forgotten_first() -> None:
    seen = Seen(Keys(), most=2)
    for number, address in enumerate([PHONE, OTHER, PHONE, "203.0.113.9"]):
        seen.note(address, NOW_MS + number)
    assert [seen.has_read(address, NOW_MS + 60_000) for address in (PHONE, OTHER, "203.0.113.9")] == [
        True,
        False,
        True,
    ]
