"""What the register knows of a placement beside its link, read from what people type or write into a cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from scanly.core.errors import Invalid, Problem
from scanly.core.money import Money, read_money
from scanly.core.text import has_control, printable

MAX_TEXT = 300
MAX_NOTE = 2_000
MOST_COPIES = 1_000_000
# The columns that make a row of a bulk file a placement, and all fields of one.
COLUMNS = ("batch", "place", "photo", "cost", "printed_on", "replace_by")
FIELDS = (*COLUMNS, "copies", "note")
# What takes a date, a cost or a photo away, where an empty cell leaves things as they are.
NONE = "none"

_COPIES = re.compile(r"0*([1-9][0-9]{0,6})")
_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Details:
    """One placement as it was printed: ``photo`` is the name of a picture of the workspace, ``cost`` that of all
    ``copies`` together."""

    batch: str = ""
    place: str = ""
    photo: str = ""
    cost: Money | None = None
    printed_on: date | None = None
    replace_by: date | None = None
    copies: int = 1
    note: str = ""


def read_details(said: Mapping[str, str], currency: str) -> dict[str, object]:
    """The fields that are said, as values of `Details`; an empty text, or ``none``, takes a value away.

    Costs are in ``currency``. Raises Invalid with a problem for every field that is wrong.
    """
    found: dict[str, object] = {}
    problems: list[Problem] = []
    for name, text in said.items():
        try:
            found[name] = _READ[name](name, text.strip(), currency)
        except Invalid as error:
            problems += error.problems
    if problems:
        raise Invalid(problems=tuple(problems))
    return found


def with_details(before: Details, changes: Mapping[str, object]) -> Details:
    """The details after changes that `read_details` made. Raises Invalid for a replacement before the printing."""
    after = replace(before, **changes)  # pyright: ignore[reportArgumentType] - values by the fields' names
    if after.printed_on and after.replace_by and after.replace_by < after.printed_on:
        message = f"{after.replace_by} is before {after.printed_on}, when it was printed."
        raise Invalid.field("replace_by", message, hint="Correct one of the two dates.")
    return after


def _text(name: str, text: str, _: str) -> str:
    most = MAX_NOTE if name == "note" else MAX_TEXT
    if len(text) > most or has_control(text):
        message = f"is longer than {most:,} characters or holds control characters."
        raise Invalid.field(name, message, hint="Shorten it.")
    return text


def _photo(name: str, text: str, currency: str) -> str:
    return "" if text.casefold() == NONE else _text(name, text, currency)


def _cost(name: str, text: str, currency: str) -> Money | None:
    return read_money(text, currency, field=name) if text and text.casefold() != NONE else None


def _date(name: str, text: str, _: str) -> date | None:
    if not text or text.casefold() == NONE:
        return None
    try:
        day = date.fromisoformat(text.removesuffix("T00:00:00"))  # how workbooks may keep a day
    except ValueError:
        day = date.min
    if day.year < 1970 or day.isoformat() != text.removesuffix("T00:00:00"):
        raise Invalid.field(name, f"{_shown(text)} is not a date.", hint="Write it like 2027-05-31.")
    return day


def _copies(name: str, text: str, _: str) -> int:
    number = _COPIES.fullmatch(text or "1")
    if number is None or int(number[1]) > MOST_COPIES:
        message = f"{_shown(text)} is not a whole number from 1 to {MOST_COPIES:,}."
        raise Invalid.field(name, message, hint="Write it like 50.")
    return int(number[1])


def _shown(text: str) -> str:
    return f'"{printable(text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "…")}"'


_READ: Mapping[str, Callable[[str, str, str], object]] = {
    "batch": _text,
    "place": _text,
    "photo": _photo,
    "cost": _cost,
    "printed_on": _date,
    "replace_by": _date,
    "copies": _copies,
    "note": _text,
}
