import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import NotFound
from scanly.core.ids import NODES, IdMaker, first_of, read, show, time_of

IDS = st.integers(min_value=0, max_value=2**63 - 1)
MOMENTS = st.integers(min_value=1, max_value=2**43 - 2**20)


@given(st.lists(MOMENTS, min_size=1, max_size=50))
def test_ids_only_grow_also_when_the_clock_goes_back(moments):
    make = IdMaker(7, iter(moments).__next__)
    made = [make() for _ in moments]
    assert made == sorted(set(made))
    assert time_of(made[0]) == moments[0]
    assert all(0 < identifier < 2**63 for identifier in made)


def test_more_than_4096_ids_in_a_millisecond_borrow_from_the_next():
    make = IdMaker(0, lambda: 1_000)
    made = [make() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert [time_of(made[at]) for at in (0, 4095, 4096, 8191, 8192)] == [1_000, 1_000, 1_001, 1_001, 1_002]


def test_threads_never_get_the_same_id():
    make = IdMaker(3, lambda: 1_000)
    made: list[list[int]] = [[] for _ in range(8)]
    start = threading.Barrier(len(made))

    def work(mine: list[int]) -> None:
        start.wait()
        mine.extend(make() for _ in range(3_000))

    threads = [threading.Thread(target=work, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({identifier for mine in made for identifier in mine}) == 8 * 3_000
    assert all(mine == sorted(mine) for mine in made)


@given(st.integers(0, NODES - 1), st.integers(0, NODES - 1), MOMENTS)
def test_two_nodes_never_make_the_same_id(one, other, moment):
    first, second = (IdMaker(node, lambda: moment) for node in (one, other))
    same = {first() for _ in range(20)} & {second() for _ in range(20)}
    assert bool(same) == (one == other)


@pytest.mark.parametrize("node", [-1, NODES])
def test_a_node_that_does_not_fit_is_refused(node):
    with pytest.raises(ValueError, match="a node is 0 to 255"):
        IdMaker(node, lambda: 1)


@given(IDS, IDS)
def test_an_id_is_read_as_it_was_shown_and_sorts_like_the_number(one, other):
    assert read(show(one)) == one
    assert (show(one) < show(other)) == (one < other)


@given(MOMENTS, st.integers(0, NODES - 1))
def test_a_range_of_ids_is_a_range_of_time(moment, node):
    assert first_of(moment) <= IdMaker(node, lambda: moment)() < first_of(moment + 1)


@pytest.mark.parametrize("text", ["", "0", "0" * 12, "0" * 14, "0" * 12 + "u", "0" * 12 + "A", "०" * 13])
def test_what_is_not_an_id_is_not_found(text):
    with pytest.raises(NotFound, match="is not an id"):
        read(text)
