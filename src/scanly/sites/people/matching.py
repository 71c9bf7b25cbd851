"""Whether a text holds somebody's mail address, telephone number or words, however they were typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

from scanly.core.errors import Invalid
from scanly.sites.answers.forms import western_digits

By = Literal["email", "phone", "text"]
# Whether a text is about the person who is sought.
Holds = Callable[[str], bool]

_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
# A number within a text, with whatever people write between its digits.
_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]{0,3}\d){5,19}")
_FEWEST_DIGITS, _FEWEST_LETTERS = 7, 3
_NOT_DIGITS = re.compile(r"\D+")


def holder(by: By, value: str) -> Holds:
    """What finds ``value``. Raises Invalid where it is too short to mean one person."""
    return {"email": _mail, "phone": _phone, "text": _words}[by](value.strip())


def _mail(value: str) -> Holds:
    """The whole address: ``a@b.example`` is not in ``ana@b.example``."""
    if not _MAIL.fullmatch(value):
        raise Invalid.field(
            "email", f'"{value[:60]}" is not a mail address.', hint="Such as asha@example.com."
        )
    whole = re.compile(rf"(?<![\w.+-]){re.escape(_plain(value))}(?![\w-]|\.\w)")
    return lambda text: whole.search(_plain(text)) is not None


def _phone(value: str) -> Holds:
    """The digits, whether or not the country's and the leading zero stand before them."""
    wanted = _digits(value)
    if len(wanted) < _FEWEST_DIGITS:
        hint = f"Give all of it: at least {_FEWEST_DIGITS} digits."
        raise Invalid.field("phone", f'"{value[:60]}" is too short for a telephone number.', hint=hint)

    def holds(text: str) -> bool:
        numbers = (_digits(found) for found in _NUMBER.findall(western_digits(text)))
        return any(
            len(number) >= _FEWEST_DIGITS and (number.endswith(wanted) or wanted.endswith(number))
            for number in numbers
        )

    return holds


def _words(value: str) -> Holds:
    wanted = _plain(value)
    if len(wanted) < _FEWEST_LETTERS:
        hint = f"Give at least {_FEWEST_LETTERS} characters."
        raise Invalid.field("text", f'"{value}" would be found nearly everywhere.', hint=hint)
    return lambda text: wanted in _plain(text)


def _digits(text: str) -> str:
    """Of 0091 98…, +91 98… and 098…, what they have in common stands at the end."""
    return _NOT_DIGITS.sub("", western_digits(text)).lstrip("0")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
