import re

import pytest

from scanly.core.errors import Invalid
from scanly.links import codes

# As the public contract lists them.
SHADOWED = [
    "app",
    "api",
    "s",
    "setup",
    "login",
    "logout",
    "healthz",
    "readyz",
    "metrics",
    "static",
    "media",
    "robots.txt",
    "favicon.ico",
    "sitemap.xml",
    ".well-known",
    "q",
    "p",
    "schemas",
]


@pytest.mark.parametrize("code", ["a", "menu-7", "Table_12", "-", "0", "a" * 64, "apps", "ap-i", "qp"])
def test_a_code_of_letters_digits_hyphens_and_underscores_is_accepted(code):
    assert codes.check(code) == code


@pytest.mark.parametrize("code", [*SHADOWED, "APP", "Login", "_", "_hidden"])
def test_what_would_shadow_a_page_of_our_own_is_reserved(code):
    with pytest.raises(Invalid, match="is reserved"):
        codes.check(code)


@pytest.mark.parametrize(
    "code", ["", "a" * 65, "a b", "a/b", "a+", "a.svg", "ü", "٣", "a\n", "menu\0", "a%20", "ａ"]
)
def test_any_other_spelling_is_refused_with_what_is_allowed(code):
    with pytest.raises(Invalid, match="letters A-Z a-z, digits, - and _"):
        codes.check(code)


def test_drawn_codes_use_every_letter_evenly_and_do_not_repeat():
    drawn = [codes.draw() for _ in range(100_000)]
    assert len(codes.ALPHABET) == len(set(codes.ALPHABET)) == 57
    assert not set(codes.ALPHABET) & set("0O1Il")
    assert all(re.fullmatch(r"[A-Za-z0-9]{7}", code) for code in drawn)
    # 57^7 codes: two equal ones among these happen once in 390 times, three practically never.
    assert len(set(drawn)) >= len(drawn) - 2
    for position in range(7):
        counts = [0] * 128
        for code in drawn:
            counts[ord(code[position])] += 1
        expected = len(drawn) / 57
        chi_squared = sum((counts[ord(letter)] - expected) ** 2 / expected for letter in codes.ALPHABET)
        assert chi_squared < 130  # 56 degrees of freedom: exceeded once in ten million


def test_compact_codes_are_of_capitals_and_digits_alone():
    drawn = {codes.draw(compact=True) for _ in range(2000)}
    assert len(drawn) == 2000
    assert set("".join(drawn)) == set(codes.CAPITALS)


@pytest.mark.parametrize(("code", "named"), [("menu", "MENU"), ("TABLE_4", "TABLE-4")])
def test_what_is_not_compact_is_refused_with_what_is(code, named):
    with pytest.raises(Invalid, match=f"Write {named}, or leave out --compact"):
        codes.check_compact(code)
    assert codes.check_compact(named) == named
