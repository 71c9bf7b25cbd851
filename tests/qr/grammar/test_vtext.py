import re

from hypothesis import given
from hypothesis import strategies as st

from scanly.qr.grammar.vtext import component, escaped, folded, stream

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


@given(st.text(max_size=300))
def test_a_folded_line_is_the_same_once_its_pieces_are_put_together(line):
    line = re.sub(r"[\r\n]", "", line).encode(errors="replace").decode()
    pieces = folded(line).split("\r\n ")
    assert "".join(pieces) == line
    assert len(pieces[0].encode()) <= 75
    assert all(len(piece.encode()) <= 74 for piece in pieces[1:])


def test_lines_are_folded_only_where_they_must_be():
    assert folded("x" * 75) == "x" * 75
    assert folded("x" * 76) == "x" * 75 + "\r\n x"
    assert folded("ä" * 38) == "ä" * 37 + "\r\n ä"
