"""What each form asks and how what came is read: decided by the block that was published, never by the request."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from scanly.core.text import has_control
from scanly.sites.answers.model import Choice, Filled, FormField, Wrong
from scanly.sites.model import Block
from scanly.sites.words.language import words

YES = "yes"
CONSENT = words("You may use what I write here to answer me.")
# People plan no further ahead on a small page.
_FURTHEST = timedelta(days=366)
_MOST_COUNT = 99
# Source: ITU-T E.164 (15 digits); short numbers within a town have fewer than 7.
_LEAST_DIGITS, _MOST_DIGITS = 5, 15
_PHONE = re.compile(r"\+?[0-9 ()./-]+")

# In an isolate, as the plus would change sides among words from right to left. Source: UAX #9, 2.4.
_EXAMPLE = "\u2066+91 98765 43210\u2069"

_PARTS = (
    Choice("morning", words("Morning")),
    Choice("afternoon", words("Afternoon")),
    Choice("evening", words("Evening")),
    Choice("any", words("Any time")),
)
SCORES = (
    Choice("5", words("Very good")),
    Choice("4", words("Good")),
    Choice("3", words("All right")),
    Choice("2", words("Not so good")),
    Choice("1", words("Bad")),
)
WAYS = (
    Choice("delivery", words("Please deliver it")),
    Choice("pickup", words("I pick it up")),
)

_NAME = FormField("name", "line", words("Your name"), required=True, autocomplete="name")
_PHONE_FIELD = FormField("phone", "phone", words("Your phone number"), most=20, autocomplete="tel")


def fields_of(block: Block) -> tuple[FormField, ...] | None:
    """What the form of a block asks, in order; None for a block without a form."""
    found = _FORMS.get(block.type)
    return found(block) if found else None


def _question(block: Block) -> tuple[FormField, ...]:
    needs_phone = bool(block.values.get("phone_required"))
    return (
        _NAME,
        FormField("phone", "phone", _PHONE_FIELD.label, required=needs_phone, most=20, autocomplete="tel"),
        FormField("message", "lines", words("Your question"), required=True, most=1_000),
        _consent(block),
    )


def _ask_for_a_time(block: Block) -> tuple[FormField, ...]:
    wish = (
        (FormField("slot", "slot", words("When"), required=True),)
        if block.values.get("slots")
        else (
            FormField("day", "day", words("Day"), required=True),
            FormField("part", "choice", words("Time of day"), choices=_PARTS),
        )
    )
    return (
        _NAME,
        FormField("phone", "phone", _PHONE_FIELD.label, required=True, most=20, autocomplete="tel"),
        *wish,
        FormField("note", "lines", words("What is it about?"), most=500),
        _consent(block),
    )


def _feedback(_: Block) -> tuple[FormField, ...]:
    return (
        FormField("score", "choice", words("How was it?"), required=True, choices=SCORES),
        FormField("comment", "lines", words("What should we know?"), most=1_000),
        FormField("name", "line", _NAME.label, autocomplete="name"),
        FormField("may_show", "yes", words("You may show this on your page.")),
    )


def _order(block: Block) -> tuple[FormField, ...]:
    values = block.values
    items: list[dict[str, Any]] = values.get("items", [])
    counts = tuple(
        FormField(f"n{number}", "count", own=item["name"])
        for number, item in enumerate(items, start=1)
        if not item.get("sold_out")
    )
    way = FormField("way", "choice", words("How do you get it?"), required=True, choices=WAYS)
    place = FormField(
        "place", "line", words("Address for the delivery"), most=200, autocomplete="address-line1"
    )
    return (
        *counts,
        *((way,) if values.get("delivery") and values.get("pickup") else ()),
        FormField("name", "line", _NAME.label, autocomplete="name"),
        *((place,) if values.get("delivery") else ()),
        FormField("note", "lines", words("Anything else?"), most=500),
    )


def _nothing(_: Block) -> tuple[FormField, ...]:
    return ()


_FORMS: Mapping[str, Callable[[Block], tuple[FormField, ...]]] = {
    "question": _question,
    "ask-for-a-time": _ask_for_a_time,
    "feedback": _feedback,
    "order": _order,
    "offer": _nothing,
    "loyalty": _nothing,
}


def _consent(block: Block) -> FormField:
    return FormField("consent", "yes", CONSENT, block.values.get("consent"), required=True)


def read(fields: tuple[FormField, ...], given: Mapping[str, str], today: date) -> Filled:
    """The fields of a form as they came; whatever else came is passed over. ``today`` is the shop's."""
    values: dict[str, str] = {}
    wrong: dict[str, Wrong] = {}
    for field in fields:
        text = _cleaned(given.get(field.name, ""), several_lines=field.kind == "lines")
        if len(text) > field.most:
            wrong[field.name] = Wrong(_TOO_LONG, {"most": field.most})
        elif not text:
            if field.required:
                wrong[field.name] = Wrong(_MISSING.get(field.kind, _FILL_IN))
        elif (problem := _CHECKS[field.kind](field, text, today)) is not None:
            wrong[field.name] = problem
        if text := text[: field.most].rstrip():
            values[field.name] = text
    return Filled(values, wrong)


def _cleaned(text: str, *, several_lines: bool) -> str:
    """Without what nobody sees; in one line, or with no more than one empty line between others."""
    lines = (
        "".join(char for char in line if char == "\t" or not has_control(char)) for line in text.splitlines()
    )
    tidy = "\n".join(" ".join(line.split()) for line in lines)
    tidy = unicodedata.normalize("NFC", tidy).strip()
    return re.sub(r"\n{3,}", "\n\n", tidy) if several_lines else " ".join(tidy.split())


_TOO_LONG = words("This is too long: {most} characters are the limit.")
_FILL_IN = words("Please fill this in.")
_CHOOSE = words("Please choose one.")
_MISSING = {
    "choice": _CHOOSE,
    "slot": words("Please choose a time."),
    "day": words("Please choose a day."),
    "yes": words("Please tick this box, so that we may answer you."),
}


def western_digits(text: str) -> str:
    """``text`` with the digits of every script as 0 to 9."""
    return "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)


def _anything(_field: FormField, _text: str, _today: date) -> None:
    return None


def _phone(_field: FormField, text: str, _today: date) -> Wrong | None:
    western = western_digits(text)
    digits = sum(char.isdigit() for char in western)
    if _PHONE.fullmatch(western) and _LEAST_DIGITS <= digits <= _MOST_DIGITS:
        return None
    return Wrong(words("Please check this number. Write it like {example}."), {"example": _EXAMPLE})


def _choice(field: FormField, text: str, _today: date) -> Wrong | None:
    return None if any(text == choice.value for choice in field.choices) else Wrong(_CHOOSE)


def _yes(_field: FormField, text: str, _today: date) -> Wrong | None:
    return None if text == YES else Wrong(_MISSING["yes"])


def _day(_field: FormField, text: str, today: date) -> Wrong | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return Wrong(_MISSING["day"])
    return None if today <= day <= today + _FURTHEST else Wrong(words("Please choose a day from today on."))


def _slot(_field: FormField, text: str, _today: date) -> Wrong | None:
    return None if re.fullmatch(r"[0-9]{1,15}", text) else Wrong(_MISSING["slot"])


def _count(_field: FormField, text: str, _today: date) -> Wrong | None:
    if re.fullmatch(r"[0-9]{1,2}", western_digits(text)):
        return None
    return Wrong(words("Please write a whole number up to {most}."), {"most": _MOST_COUNT})


_CHECKS: Mapping[str, Callable[[FormField, str, date], Wrong | None]] = {
    "line": _anything,
    "lines": _anything,
    "phone": _phone,
    "choice": _choice,
    "yes": _yes,
    "day": _day,
    "slot": _slot,
    "count": _count,
}
