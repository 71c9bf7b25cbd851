import re

from hypothesis import given
from hypothesis import strategies as st

from scanly.qr.grammar.vtext import component, escaped, stream

TRICKY = st.text(st.sampled_from('\\;,:"nN\n =ä'))


def unescaped(value: str) -> str:
    """RFC 6350, 3.4, read from the left."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


@given(TRICKY)
def test_a_value_comes_back_and_holds_no_bare_separator(value):
    written = escaped(value)
    assert unescaped(written) == value
    assert not set(re.sub(r"\\.", "", written)) & set("\n;,\\")


def test_lines_stand_between_begin_and_end_and_each_ends_in_cr_lf():
    inner = component("VEVENT", "SUMMARY:foo")
    assert stream(component("VCALENDAR", *inner)) == (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:foo\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
