import pytest

from scanly.core.errors import Invalid
from scanly.qr.grammar.message import message


def test_every_line_end_becomes_one_and_everything_else_stays():
    assert message(" a\r\nb\rc\u2028d\u2029e\x85f\n\tg ") == " a\nb\nc\nd\ne\nf\n\tg "


def test_marks_of_right_to_left_writing_and_joiners_stay():
    text = "شكرا\u200f! \u2067עברית\u2069 क्\u200dष 👩\u200d🍳"
    assert message(text) == text


@pytest.mark.parametrize("code", [0x00, 0x07, 0x0B, 0x0C, 0x1B, 0x7F, 0x9F, 0x202E, 0xFEFF, 0xD800])
def test_other_control_characters_are_refused_and_named(code):
    with pytest.raises(Invalid, match=rf"holds the control character U\+{code:04X} \(character 3\)"):
        message(f"a\n{chr(code)}")


@pytest.mark.parametrize("blank", [" ", "\r\n", "\t\n "])
def test_a_message_of_nothing_is_refused(blank):
    with pytest.raises(Invalid, match="is blank"):
        message(blank)
