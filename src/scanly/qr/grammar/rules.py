"""How the fields of a payload are put into their normal form, so that everything wrong is told at once.

A rule takes a text as typed and gives its one spelling, the same again for its own result. It raises Invalid
about no field in particular; `settle` adds the name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache

import msgspec

from scanly.core.errors import Invalid, Problem
from scanly.core.text import count, has_control, printable

Rule = Callable[[str], str]

_SHOWN_CHARACTERS = 60


def settle(payload: msgspec.Struct, rules: Mapping[str, Rule]) -> list[Problem]:
    """Puts every given field into the normal form of its rule, and returns what is missing or refused.

    ``rules`` are by attribute; an attribute without a default must be given.
    """
    problems: list[Problem] = []
    for attribute, (name, required) in _fields(type(payload)).items():
        value = getattr(payload, attribute)
        if required and not value:
            problems.append(Problem(name, "is missing.", "Give it."))
        elif value and attribute in rules:
            try:
                msgspec.structs.force_setattr(payload, attribute, rules[attribute](value))
            except Invalid as refused:
                problems += [replace(problem, field=name) for problem in refused.problems]
    return problems


def refuse(problems: Iterable[Problem]) -> None:
    """Raises Invalid with all of them, if there are any."""
    told = tuple(problems)
    if told:
        raise Invalid(problems=told)


def wrong(message: str, hint: str) -> Invalid:
    """What a rule raises."""
    return Invalid.field("", message, hint=hint)


def shown(text: str) -> str:
    """What was typed, in quotation marks, as a message may show it."""
    return f'"{printable(text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…")}"'


def unspaced(text: str) -> str:
    """The text without any white space: people write long numbers in groups."""
    return "".join(text.split())


def line(most_characters: int) -> Rule:
    """A rule for one line of text, without the spaces around it."""

    def rule(text: str) -> str:
        stripped = text.strip(" ")
        if not stripped:
            raise wrong("is blank.", "Give it, or leave it out.")
        if has_control(stripped):
            raise wrong(f"{shown(text)} holds an invisible character.", "Write it in one line, by hand.")
        if len(stripped) > most_characters:
            raise wrong(f"has {count(len(stripped), 'character')}.", f"Shorten it to {most_characters}.")
        return stripped

    return rule


def ascii_line(most_characters: int) -> Rule:
    """A rule for one line where only plain letters, digits and signs are understood; accents are dropped."""
    limited = line(most_characters)

    def rule(text: str) -> str:
        apart = unicodedata.normalize("NFKD", text)
        plain = "".join(char for char in apart if not unicodedata.combining(char))
        strange = next((char for char in plain if not char.isascii()), None)
        if strange:
            raise wrong(f"{shown(text)} holds {shown(strange)}.", "Write it in plain letters from A to Z.")
        return limited(plain)

    return rule


@cache
def too_long(text: str, most_bytes: int) -> list[Problem]:
    """What is wrong when all fields together make more bytes than a standard allows."""
    size = len(text.encode())
    if size <= most_bytes:
        return []
    hint = f"All fields together may have {most_bytes}; letters with accents count twice or more."
    return [Problem("text", f"makes a code of {count(size, 'byte')}.", hint)]


def _fields(struct: type[msgspec.Struct]) -> dict[str, tuple[str, bool]]:
    """The name that people know and whether it must be given, by attribute."""
    return {info.name: (info.encode_name, info.required) for info in msgspec.structs.fields(struct)}
