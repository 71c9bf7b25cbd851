from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sites.answers.shop import SITE

from scanly.core.text import has_control
from scanly.sites.answers.forms import fields_of, read
from scanly.sites.blocks import block_types
from scanly.sites.model import Block

TODAY = date(2026, 11, 23)
RIGHT = {
    "question": {"name": "Meera", "message": "Do you have rice?", "consent": "yes"},
    "ask-for-a-time": {
        "name": "Meera",
        "phone": "+91 98765 43210",
        "day": "2026-11-24",
        "part": "morning",
        "consent": "yes",
    },
    "feedback": {"score": "5", "may_show": "yes"},
    "order": {"n1": "2", "way": "pickup"},
    "offer": {},
    "loyalty": {},
}


def block(kind: str, **values: object) -> Block:
    known = next((each.values for each in SITE.blocks if each.type == kind), {})
    return Block(kind, kind, known | values)


def wrong(kind: str, given: dict[str, str], **values: object) -> dict[str, str]:
    fields = fields_of(block(kind, **values))
    assert fields is not None
    return {name: fault.words for name, fault in read(fields, given, TODAY).wrong.items()}


@pytest.mark.parametrize("kind", RIGHT)
def test_what_is_filled_in_right_is_taken_as_it_is(kind: str) -> None:
    fields = fields_of(block(kind, slots=None))
    assert fields is not None
    filled = read(fields, RIGHT[kind] | {"unknown": "field", "status": "done"}, TODAY)
    assert (filled.values, filled.wrong) == (RIGHT[kind], {})


@pytest.mark.parametrize("kind", sorted(set(block_types()) - set(RIGHT)))
def test_other_blocks_have_no_form(kind: str) -> None:
    assert fields_of(Block(kind, kind)) is None


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("question", {"name": ""}, "name"),
        ("question", {"name": " \u200b\u202e "}, "name"),
        ("question", {"message": "x" * 1_001}, "message"),
        ("question", {"consent": ""}, "consent"),
        ("question", {"consent": "on"}, "consent"),
        ("question", {"phone": "call me"}, "phone"),
        ("question", {"phone": "+91"}, "phone"),
        ("question", {"phone": "1" * 16}, "phone"),
        ("ask-for-a-time", {"phone": ""}, "phone"),
        ("ask-for-a-time", {"day": "2026-11-22"}, "day"),
        ("ask-for-a-time", {"day": "2028-11-22"}, "day"),
        ("ask-for-a-time", {"day": "tomorrow"}, "day"),
        ("ask-for-a-time", {"part": "night"}, "part"),
        ("feedback", {"score": "6"}, "score"),
        ("feedback", {"score": ""}, "score"),
        ("feedback", {"may_show": "no"}, "may_show"),
        ("order", {"way": ""}, "way"),
        ("order", {"n1": "-1"}, "n1"),
        ("order", {"n1": "1e9"}, "n1"),
        ("order", {"n1": "100"}, "n1"),
    ],
)
def test_a_fault_is_said_beside_its_field(kind: str, changes: dict[str, str], field: str) -> None:
    assert list(wrong(kind, RIGHT[kind] | changes, slots=None)) == [field]


def test_a_slot_is_asked_for_where_there_are_some() -> None:
    values = {"name": "Meera", "phone": "+91 98765 43210", "consent": "yes"}
    assert list(wrong("ask-for-a-time", values)) == ["slot"]
    assert list(wrong("ask-for-a-time", values | {"slot": "soon"})) == ["slot"]
    assert wrong("ask-for-a-time", values | {"slot": "1795400000000"}) == {}


def test_a_block_decides_whether_a_phone_number_is_needed() -> None:
    assert wrong("question", RIGHT["question"]) == {}
    assert list(wrong("question", RIGHT["question"], phone_required=True)) == ["phone"]


@pytest.mark.parametrize("phone", ["98765 43210", "+91 (98765) 43210", "०९८७६५४३२१०", "030/123456"])
def test_numbers_are_taken_as_people_write_them(phone: str) -> None:
    assert wrong("question", RIGHT["question"] | {"phone": phone}) == {}


def test_what_is_sold_out_cannot_be_ordered() -> None:
    fields = fields_of(block("order"))
    assert fields is not None
    assert "n3" not in read(fields, {"n3": "1", "way": "pickup"}, TODAY).values


def test_lines_are_kept_in_long_texts_and_joined_in_short_ones() -> None:
    fields = fields_of(block("question"))
    assert fields is not None
    filled = read(fields, {"name": "Me\r\nBcc: all@example.com", "message": "a\r\n\r\n\r\n\r\n  b  c"}, TODAY)
    assert filled.values["name"] == "Me Bcc: all@example.com"
    assert filled.values["message"] == "a\n\nb c"


def test_typed_text_is_kept_however_wrong_it_is() -> None:
    fields = fields_of(block("question"))
    assert fields is not None
    filled = read(fields, {"message": "x" * 5_000, "phone": "<b>"}, TODAY)
    assert filled.values == {"message": "x" * 1_000, "phone": "<b>"}


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["name", "message", "phone", "consent"]), st.text(max_size=2_000)))
def test_nothing_unseen_and_nothing_too_long_is_kept(given: dict[str, str]) -> None:
    fields = fields_of(block("question"))
    assert fields is not None
    filled = read(fields, given, TODAY)
    most = {field.name: field.most for field in fields}
    for name, text in filled.values.items():
        assert 0 < len(text) <= most[name]
        assert not has_control(text.replace("\n", "") if name == "message" else text)
    # What was kept is taken again as it is, so that a form that came back can be sent.
    assert read(fields, filled.values, TODAY).values == filled.values
