import json
import string
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.core import document
from scanly.core.errors import Invalid


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no\nb: off\nc: y\nd: On\ne: NO", {"a": "no", "b": "off", "c": "y", "d": "On", "e": "NO"}),
        ("[12:30, 09:00-17:30, 1:1:1]", ["12:30", "09:00-17:30", "1:1:1"]),
        ("[2026-12-24, 12-24, 2026-12-24 18:00, 2026-12-24T18:00:00Z]",
         ["2026-12-24", "12-24", "2026-12-24 18:00", "2026-12-24T18:00:00Z"]),
        ("[0, -0, 7, +7, -7, 9223372036854775807]", [0, 0, 7, 7, -7, 2**63 - 1]),
        ("[9223372036854775808, -99999999999999999999, 007, 00, 1_000, 0x1F, 0o14]",
         ["9223372036854775808", "-99999999999999999999", "007", "00", "1_000", "0x1F", "0o14"]),
        ("[1.5, -.5, 1., 1e3, 1.5E-2]", [1.5, -0.5, 1.0, 1000.0, 0.015]),
        ("[.inf, .nan, 1e999, 00.5, 1.2.3, e5]", [".inf", ".nan", "1e999", "00.5", "1.2.3", "e5"]),
        ("[true, True, TRUE, false, tRUE]", [True, True, True, False, "tRUE"]),
        ("[null, ~, Null, NULL, nULL]", [None, None, None, None, "nULL"]),
        ("a:\nb: ''", {"a": None, "b": ""}),
        ("'no': '5'\n\"yes\": \"true\"", {"no": "5", "yes": "true"}),
        ("1: a\n2026-12-24: b\ntrue: c\nnull: d", {"1": "a", "2026-12-24": "b", "true": "c", "null": "d"}),
        ("<<: {a: 1}\nb: =", {"<<": {"a": 1}, "b": "="}),
        ("\ufeffa: 1\r\nb:\r\n  - x\r\n", {"a": 1, "b": ["x"]}),
        ("%YAML 1.1\n---\na: yes", {"a": "yes"}),
        ("--- |\n a\n  b\n...\n", "a\n b\n"),
        ("a: >-\n  b\n  c", {"a": "b c"}),
        ("# nothing\n", None),
        ("", None),
        ('"\\ud83d\\ude00 \\u00e9"', "😀 é"),
        ('{"a": [1, {"b": "c"}], "d": null}', {"a": [1, {"b": "c"}], "d": None}),
    ],
)  # fmt: skip
def test_plain_values_are_read_as_they_look(text, value):
    read = document.read(text).value
    assert read == value
    assert repr(read) == repr(value)  # 1, 1.0 and True are equal


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("a: &x 5", "line 1, column 4", "anchors"),
        ("a: 1\n&x b: 5", "line 2, column 1", "anchors"),
        ("a: &x [1]\nb: *x", "line 1, column 4", "anchors"),
        ("- *x", "line 1, column 3", "anchors"),
        ("&x [*x]", "line 1, column 1", "anchors"),
        ("a: !!str 5", "line 1, column 4", "tags"),
        ("!!int 5: a", "line 1, column 1", "tags"),
        ("a:\n  - !python/object x", "line 2, column 5", "tags"),
        ("--- !!set {a}", "line 1, column 5", "tags"),
        ("a: ! 5", "line 1, column 4", "tags"),
        ("a:\n  b: x\n  'b': y", "line 3, column 3", "a.b: stands twice"),
        ("{1: a, '1': b}", "line 1, column 8", "stands twice"),
        ("a: 1\n---\nb: 2", "line 2, column 1", "second document"),
        ("a:\n\t- b", "line 2, column 1", "'\\t'"),
        ("a: b\n c: d", "line 2, column 3", "cannot be read"),
        ("a: [1, 2\nb: 3", "line 2, column 2", "cannot be read"),
        ("a: 'b", "line 1, column 6", "cannot be read"),
        ("a: @b", "line 1, column 4", "cannot be read"),
        ("? [a]\n: b", "line 1, column 3", "a key must be a word"),
        ("a:\n  ? {b: c}\n  : d", "line 2, column 5", "a key must be a word"),
        ("- " + "[" * 40 + "]" * 40, "line 1, column 35", "nested too deeply"),
        ("[" * 100_000, "line 1, column 34", "nested too deeply"),
        ("a: 1\nb: x\0y", "line 2, column 5", "no text"),
        ("a: 1\r\nb: \x07", "line 2, column 4", "no text"),
        ("a: \udcff", "line 1, column 4", "no text"),
        ('a: 1\nb: "\\0"', "line 2, column 4", "no character"),
        ('- "\\ud800"', "line 1, column 3", "no character"),
        ('"\\ud800": 1', "line 1, column 1", "no character"),
        ('a: 1\nb: "x\\U00110000"', "line 2, column 6", "no text"),
        ("%YAML 1.3\n--- a", "line 1, column 1", "another YAML"),
    ],
    ids=lambda each: repr(each)[:30],
)  # fmt: skip
def test_what_is_no_plain_document_is_refused_at_its_place(text, where, said):
    with pytest.raises(Invalid) as refused:
        document.read(text)
    (problem,) = refused.value.problems
    assert problem.where == where
    assert said in str(problem)
    assert str(problem).count("\n") == 0


def test_a_document_is_read_up_to_a_million_characters():
    fits = "#" + "x" * (document.MAX_CHARACTERS - 3) + "\na"
    assert document.read(fits).value == "a"
    with pytest.raises(Invalid, match="too long"):
        document.read(fits + "b")


PLACED = """\
zone: Asia/Kolkata
rules:
  - name: Hindi
    when: {language: hi, city: [Pune,
      Mumbai]}
    target:
      x: y
"""


@pytest.mark.parametrize(
    ("path", "at_key", "where"),
    [
        ((), False, (1, 1)),
        (("zone",), False, (1, 7)),
        (("zone",), True, (1, 1)),
        (("rules", 0), False, (3, 5)),
        (("rules", 0, "when", "city", 1), False, (5, 7)),
        (("rules", 0, "when", "city"), True, (4, 26)),
        (("rules", 0, "target"), False, (7, 7)),
        (("rules", 0, "target"), True, (6, 5)),
        (("rules", 0, "closed"), False, (3, 5)),  # what is not there: the nearest part that is
        (("rules", 9, "name"), False, (3, 3)),
    ],
)
def test_a_problem_names_the_line_and_column_of_its_value_or_of_its_name(path, at_key, where):
    read = document.read(PLACED)
    problem = read.problem(path, "is wrong.", "Change it.", at_key=at_key)
    assert problem.where == f"line {where[0]}, column {where[1]}"


def test_a_path_is_shown_as_people_count():
    assert document.shown(("rules", 1, "when", "any", 0, "city")) == "rules[2].when.any[1].city"
    assert document.shown((0, "a")) == "[1].a"
    assert document.shown(()) == ""


LOOKALIKES = st.sampled_from(
    ["no", "off", "true", "null", "~", "", " ", "12:30", "1e3", "1.", ".5", "0x1F", "007", "-0", "+5", "0o7", "=",
     "<<", "2026-12-24", "- a", "a: b", "#", "a #b", "&x", "*x", "!x", "? a", "|", ">-", "%YAML", "@", "`", "'", '"',
     "[", "{", "---", "...", " a", "a ", "a\n", "\na", "a\n\nb ", "\n", "\t", "a\tb", ": ", "1_000", "🙂", "\x7f",
     "\x85", "\u2028", "\ufeff", "\x1b", "\\", "a\\nb", "0b1", "1:2", "y", ".inf", ".NaN", "9" * 25, "\r", "a\r\nb"]
)  # fmt: skip
TEXT = LOOKALIKES | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def same(one: object, other: object) -> bool:
    """Equal, in the same order, and of the same types."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


@settings(deadline=timedelta(seconds=5), max_examples=150)
@given(PLAIN)
def test_what_is_written_is_read_back_with_the_same_types(value):
    assert same(document.read(document.write(value)).value, value)


def test_long_lines_are_not_folded_into_other_texts():
    for value in ("x " * 5_000, "x" * 20_000, " \n" * 2_000 + "x", {"x " * 400: "é " * 3_000}):
        assert document.read(document.write([value])).value == [value]


@settings(deadline=timedelta(seconds=5), max_examples=60)
@given(PLAIN)
def test_json_is_yaml(value):
    assert same(document.read(json.dumps(value).replace("\x7f", "\\u007f")).value, value)


PIECES = ["a", "b: ", "- ", "\n", "\n  ", "? ", "[", "]", "{", "}", ", ", "&x ", "*x", "!t ", "'", '"', "\\x", "\\u",
          "\\U0011ffff", "#", "|", ">", "---\n", "...\n", "%YAML 1.1", "%TAG ! x\n", "\t", "\r", "\ufeff", "\0",
          "1", "<<"]  # fmt: skip


@settings(deadline=timedelta(seconds=5), max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(string.printable, max_size=30))
def test_no_text_does_more_than_be_refused_with_a_place(text):
    read, problems = None, ()
    try:
        read = document.read(text)
    except Invalid as refused:
        problems = refused.problems
    assert (read is None) == bool(problems)
    assert all(problem.where.startswith("line ") for problem in problems)
    if read:
        assert json.dumps(read.value)
        assert set(read.keys) <= set(read.places)
