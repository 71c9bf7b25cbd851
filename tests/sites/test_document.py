import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Conflict, NotFound
from scanly.sites.document import Edit, Insert, Move, Operation, Remove, apply, apply_all
from scanly.sites.model import Block

BLOCKS = tuple(Block(name, "text", {"text": name}) for name in "abcde")
names = st.sampled_from("abcdefgh")
places = st.integers(-2, 12)
operations = st.one_of(
    st.builds(Insert, names.map(lambda name: Block(name, "text", {"text": "new"})), places),
    st.builds(Move, names, places),
    st.builds(Edit, names.map(lambda name: Block(name, "text", {"text": "edited"}))),
    st.builds(Remove, names),
)


def order(blocks) -> str:
    return "".join(block.id for block in blocks)


@pytest.mark.parametrize(
    ("operation", "after"),
    [
        (Insert(Block("x", "text"), 0), "xabcde"),
        (Insert(Block("x", "text"), 2), "abxcde"),
        (Insert(Block("x", "text"), 99), "abcdex"),
        (Move("a", 1), "bacde"),
        (Move("e", 0), "eabcd"),
        (Move("c", 2), "abcde"),
        (Move("a", -5), "abcde"),
        (Remove("c"), "abde"),
        (Edit(Block("c", "text", {"text": "new"})), "abcde"),
    ],
)
def test_an_edit_changes_the_order_as_it_says(operation, after):
    assert order(apply(BLOCKS, operation)[0]) == after


@given(st.lists(operations, max_size=60))
def test_undoing_every_edit_gives_what_there_was_and_redoing_gives_what_there_is(wanted):
    now, done, undo = BLOCKS, list[Operation](), list[Operation]()
    for operation in wanted:
        try:
            now, back = apply(now, operation)
        except (NotFound, Conflict):
            continue
        done.append(operation)
        undo.append(back)
    before, redo = apply_all(now, undo[::-1])
    assert before == BLOCKS
    assert apply_all(before, redo)[0] == now
    assert len({block.id for block in now}) == len(now)


def test_what_cannot_be_done_is_said():
    with pytest.raises(NotFound, match='no block "x"'):
        apply(BLOCKS, Remove("x"))
    with pytest.raises(Conflict, match='"a" already'):
        apply(BLOCKS, Insert(Block("a", "text"), 0))
