"""How measures and choices are typed, and how several commands share their options."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, TypeVar

from scanly.core.errors import Invalid
from scanly.core.text import fold, nearest

_NUMBER = r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)"
_LENGTH = re.compile(rf"\s*({_NUMBER})\s*(mm|cm|in)?\s*", re.IGNORECASE)
_PAIR = re.compile(
    r"\s*([+-]?[0-9]*\.?[0-9]+)\s*[,;]\s*([+-]?[0-9]*\.?[0-9]+)\s*"  # 0.3,-0.2
    rf"|\s*({_NUMBER})\s*(?:;|\s)\s*({_NUMBER})\s*"  # 0,3; -0,2
)
_UNIT_MM = {"": 1.0, "mm": 1.0, "cm": 10.0, "in": 25.4}

Built = Callable[[Mapping[str, Any]], object]
Word = TypeVar("Word", bound=str)


def length_mm(text: str, field: str) -> float:
    """``3mm``, ``3``, ``0.3 cm`` or ``0.125in`` in millimetres. Raises Invalid."""
    found = _LENGTH.fullmatch(text)
    if not found:
        raise Invalid.field(field, f'"{text}" is not a length.', hint="Write it like 3mm or 0.125in.")
    return _number(found[1]) * _UNIT_MM[(found[2] or "").lower()]


def pair(text: str, field: str, example: str) -> tuple[float, float]:
    """Two numbers: ``0.3,-0.2``; with decimal commas ``0,3; -0,2``. Raises Invalid."""
    found = _PAIR.fullmatch(text)
    if not found:
        raise Invalid.field(field, f'"{text}" is not two numbers.', hint=f"Write them like {example}.")
    first, second = (_number(group) for group in found.groups() if group is not None)
    return first, second


def one_or_two(text: str, field: str, example: str) -> tuple[float, float]:
    """The same, or one number that stands for both. Raises Invalid."""
    if re.fullmatch(rf"\s*{_NUMBER}\s*", text) and text.count(",") + text.count(".") < 2:
        number = _number(text)
        # "1,002" is one number with a decimal comma, "1,1" is that, too: nobody scales by whole numbers.
        return number, number
    return pair(text, field, example)


def per_cent(text: str, field: str, most: float) -> float:
    """``5`` or ``5%`` as 5. Raises Invalid below 0 and above ``most``."""
    found = re.fullmatch(rf"\s*({_NUMBER})\s*%?\s*", text)
    if not found or not 0 <= _number(found[1]) <= most:
        raise Invalid.field(field, f'"{text}" cannot be used.', hint=f"Write 0 to {most:g} per cent.")
    return _number(found[1])


def one_of(text: str, field: str, known: tuple[Word, ...]) -> Word:
    """The ``known`` word that is meant; capitals, hyphens and spaces do not count. Raises Invalid."""
    for word in known:
        if fold(word) == fold(text):
            return word
    hint = nearest(text, known) or f"Use {', '.join(known[:-1])} or {known[-1]}."
    raise Invalid.field(field, f'"{text}" is not known here.', hint=hint)


def require_different(inks: Mapping[str, str]) -> None:
    """Raises Invalid for two options that give their inks one name: they would print on one plate."""
    known: dict[str, str] = {}
    for option, name in inks.items():
        other = known.setdefault(fold(name), option) if name else option
        if other != option:
            hint = "Give them two names: each is a plate of its own."
            raise Invalid.field(option, f'"{name}" is the name that --{other} gives, too.', hint=hint)


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def with_options(
    slot: str, options: Mapping[str, tuple[object, object]], build: Built
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Puts ``options`` (annotation and default by name) in the place of a command's argument ``slot``, which gets
    what ``build`` makes of them."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**given: Any) -> None:
            values = {name: given.pop(name) for name in options}
            command(**given, **{slot: build(values)})

        # Types that type checkers alone know are replaced by options, too.
        known = signature(command, eval_str=True, locals={"Style": object}).parameters.values()
        own = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in known]
        place = [each.name for each in own].index(slot)
        new = [
            Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for name, (annotation, default) in options.items()
        ]
        vars(run)["__signature__"] = Signature([*own[:place], *new, *own[place + 1 :]])
        del run.__annotations__[slot]
        return run

    return decorate
