"""Words in pictures: as large as fits, never an empty box, never wider than their room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.sites.beside.lettering import Words, drawable, fitted, initial, shortened

SAYINGS = (
    "Asha Kirana Store",
    "आशा किराना स्टोर",
    "متجر آشا للبقالة",
    "আশা মুদি দোকান",
    "ஆஷா மளிகை கடை",
    "ఆశా కిరాణా దుకాణం",
)
letters = st.text(st.characters(codec="utf-8"), max_size=80) | st.sampled_from(SAYINGS)


def widest_px(words: Words) -> float:
    return max(line.right - line.left for line in words.lines) * words.size_px


@pytest.mark.parametrize("text", SAYINGS)
def test_names_in_the_languages_of_pages_are_drawn_as_they_are(text: str) -> None:
    assert drawable(text) == text


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Asha\n\t Kirana", "Asha Kirana"),
        ("Asha 🏻🤌 Kirana", "Asha Kirana"),
        ("Café ☕ Réunion", "Café ☕ Réunion"),
        ("\u202eevil\u200b", "evil"),
        ("鼎泰豊", "鼎泰豊"),
        ("བོད", ""),
        ("Lhasa བོད", ""),
        ("", ""),
        ("\u200d", ""),
    ],
)
def test_what_no_font_has_is_left_out_or_nothing_is_drawn(text: str, drawn: str) -> None:
    assert drawable(text) == drawn


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("asha", "A"),
        ("«Éclair»", "É"),
        ("आशा", "आ"),
        ("متجر", "م"),
        ("24 hours", "2"),
        ("ßeta", "S"),
        ("鼎", "鼎"),
        ("བོད", ""),
        ("…", ""),
    ],
)
def test_a_page_stands_behind_its_first_letter(text: str, letter: str) -> None:
    assert initial(text) == letter


@given(letters, st.integers(1, 3))
def test_words_are_never_wider_than_their_room(text: str, lines: int) -> None:
    words = fitted(text, 400, largest_px=60, smallest_px=20, lines=lines)
    if words:
        assert widest_px(words) <= 400 * 1.02
        assert 1 <= len(words.lines) <= lines
        assert 20 <= words.size_px <= 60


@given(letters.map(lambda text: f"{text} {text} {text}"), st.integers(1, 3))
def test_words_that_are_too_many_end_in_an_ellipsis(text: str, lines: int) -> None:
    words = shortened(text, 300, size_px=40, lines=lines)
    assert (words is None) == (drawable(text) == "")
    if words:
        assert widest_px(words) <= 300 * 1.02
        assert 1 <= len(words.lines) <= lines


def test_a_name_that_fits_is_not_shortened() -> None:
    assert shortened("Asha", 300, size_px=40, lines=1) == fitted(
        "Asha", 300, largest_px=40, smallest_px=40, lines=1
    )


def test_two_lines_are_of_like_width() -> None:
    words = fitted("Rangoli Beauty and Hair Salon", 400, largest_px=40, smallest_px=20, lines=2)
    assert words is not None
    first, second = (line.right - line.left for line in words.lines)
    assert 0.7 < first / second < 1.4


def test_lines_begin_where_they_are_put() -> None:
    from scanly.qr.extent import extent

    words = fitted("Asha Kirana Store", 200, largest_px=40, smallest_px=20, lines=2)
    assert words is not None
    ends = [extent(line.path) for line in words.lines]
    assert all(ends)
    for anchor in ("left", "right", "middle"):
        xs = [float(number) for number in numbers(words.outlines(500, 100, anchor))]
        left, right = min(xs), max(xs)
        at = {"left": left, "right": right, "middle": (left + right) / 2}[anchor]
        assert at == pytest.approx(500, abs=0.5)


def numbers(path: str) -> list[str]:
    """The x coordinates in path data."""
    import re

    found: list[str] = []
    for segment in re.findall(r"[MLC][^MLCZ]*", path):
        found += segment[1:].split()[::2]
    return found
