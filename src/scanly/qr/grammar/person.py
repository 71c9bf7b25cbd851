"""Names of people in parts, as address books sort them.

Source: RFC 6350, 6.2.1 and 6.2.2 (N and FN).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanly.qr.grammar.rules import line, shown, wrong

# Names in Han, Kana and Hangul are written with the family name first.
_FAMILY_FIRST = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_limited = line(255)


@dataclass(frozen=True, slots=True)
class Name:
    """A name; ``family`` is empty for people who have one name, ``full`` is how it is written out."""

    family: str
    given: str
    full: str


def person(text: str) -> str:
    """A name in one line: as it is said, or family name, comma, given names."""
    typed = " ".join(_limited(text).split())
    halves = [half.strip() for half in typed.split(",")]
    if len(halves) > 2 or not all(halves):
        hint = "Write Sean Owen or Owen, Sean; a company's name belongs into organisation."
        raise wrong(f"{shown(text)} is not a name with one comma between its two parts.", hint)
    return ", ".join(halves)


def parts(name: str) -> Name:
    """The parts of what `person` gives; without a comma, the last word is the family name."""
    if ", " in name:
        family, given = name.split(", ")
        first, last = (family, given) if _FAMILY_FIRST.match(name) else (given, family)
        return Name(family, given, f"{first} {last}")
    if _FAMILY_FIRST.match(name):
        family, _, given = name.partition(" ")
    else:
        given, _, family = name.rpartition(" ")
    return Name(family, given, name) if family and given else Name("", name, name)
