"""File names: safe on every system, unique, and the same after an interruption."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanly.codes.formulas import as_was, defused
from scanly.codes.names import MAX_NAME_BYTES, Names, parse_template, safe_name
from scanly.core.errors import Invalid


def filled(template: str, values: dict[str, str], line: int = 24, code: str = "k7") -> str:
    return parse_template(template, values).fill(values, line=line, code=code)


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{table}-{code}", "7-k7"),
        ("{TABLE:03}_{Utm Source}", "007_poster"),
        ("{utm-source} {line:04d}", "poster 0024"),
        ("{{{table}}}", "{7}"),
        ("{place}", "मेन्यू"),
        ("{empty}", "row-24"),
        ("{price.eur}", "12,50"),
    ],
)
def test_a_template_is_filled_from_the_row(template: str, name: str):
    row = {"Table": "7", "utm_source": "poster", "Place": "मेन्यू", "empty": " ", "price.eur": "12,50"}
    assert filled(template, row) == name


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (
            "{tabel}",
            'names "tabel", which is not a column. Did you mean "table"? There are line, code, Table',
        ),
        ("{0}", "not a column"),
        ("{}", "not a column"),
        ("{table.__class__}", "not a column"),
        ("{table[0]}", "not a column"),
        ("{table!r}", "has a format"),
        ("{table:>9}", "has a format"),
        ("{table:0999}", "has a format"),
        ("{table:{code}}", "has a format"),
        ("{table", "is not a template"),
        ("fixed", "names no column"),
    ],
)
def test_a_template_that_is_not_plain_is_refused(template: str, words: str):
    with pytest.raises(Invalid) as caught:
        parse_template(template, ("Table",))
    assert words in str(caught.value)


def test_zeros_need_a_whole_number():
    with pytest.raises(Invalid, match='row 24, table: "4a" is not a whole number'):
        filled("{table:03}", {"table": "4a"})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a/b\\c:d", "a-b-c-d"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("what?!  really\n", "what-! really"),
        ("CON", "_CON"),
        ("com1.menu", "_com1.menu"),
        ("LPT³", "_LPT³"),
        ("console", "console"),
        ("name. . ", "name"),
        (".hidden", "hidden"),
        ("a\u202egnp.exe", "a-gnp.exe"),
        ("e\u0301", "é"),
        ("क्‍ष मेन्यू", "क्‍ष मेन्यू"),
        ("...", ""),
    ],
)
def test_names_are_safe_on_windows_and_unix(text: str, name: str):
    assert safe_name(text) == name


@given(st.text(max_size=200))
def test_no_text_makes_an_unsafe_name(text: str):
    name = safe_name(text)
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert name == name.strip(" .")
    assert not set(name) & set('<>:"/\\|?*\0\n')
    assert safe_name(name) == name


def test_a_long_name_is_not_cut_between_a_letter_and_its_marks():
    name = safe_name("a" + "की" * 50)
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert name.endswith("की")


def test_the_second_of_a_name_gets_a_two_and_letter_case_does_not_count():
    names = Names()
    wanted = ["menu", "Menu", "menu-2", "menu", "CAFE\u0301", "caf\u00e9"]
    assert [names.take(name) for name in wanted] == [
        "menu",
        "Menu-2",
        "menu-2-2",
        "menu-3",
        "CAFE\u0301",
        "café-2",
    ]


NAMES = st.lists(
    st.sampled_from(["a", "A", "a-2", "a-2-2", "b", "x" * 120, "x" * 119 + "y", "X" * 120]), max_size=40
)


@given(wanted=NAMES, cut=st.integers(0, 40))
def test_a_resumed_run_gives_every_row_the_name_it_would_have_had(wanted: list[str], cut: int):
    whole = Names()
    uninterrupted = [whole.take(name) for name in wanted]
    first, second = Names(), Names()
    files = [first.take(name) for name in wanted[:cut]]
    files += [second.take(name) for name in wanted][cut:]
    assert files == uninterrupted
    assert len({unicodedata.normalize("NFC", name).casefold() for name in files}) == len(wanted)
    assert all(len(name.encode()) <= MAX_NAME_BYTES for name in files)


def test_a_hundred_thousand_equal_names_do_not_take_for_ever():
    names = Names()
    assert [names.take("same") for _ in range(100_000)][-1] == "same-100000"


@given(st.text(st.sampled_from("'=+-@1a ") | st.characters(), max_size=12))
@example("'=a")
@example("'-1")
@example("''+49")
def test_a_name_in_a_table_of_results_is_told_as_it_is(text: str):
    name = safe_name(text)
    assert as_was(defused(f"{name}.svg")) == f"{name}.svg"
    assert safe_name(name) == name


def test_a_name_that_an_earlier_run_gave_is_held():
    names = Names()
    names.hold("Menu")
    assert [names.take("menu"), names.take("Menu")] == ["menu-2", "Menu-3"]
