"""Designed pieces for one link, found by folder: a folder is a kind (poster, flyer, …), a file in it is a design.

The folder says ``TITLE``, ``ABOUT``, ``USUAL`` (the design that is taken when none is named) and ``FORMATS``, the
usual one first; a design says ``TITLE``, ``ABOUT`` and ``draw(subject, form)``, whose further arguments, all by
name, are its options.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Protocol, cast

from scanly.core.errors import Invalid, NotFound
from scanly.core.extend import discover
from scanly.core.text import fold, nearest
from scanly.press.designs.piece import Format, Piece
from scanly.press.designs.subject import Subject


class Kind(Protocol):
    """A folder of designs."""

    TITLE: str
    ABOUT: str
    USUAL: str
    FORMATS: tuple[Format, ...]


class Design(Protocol):
    """One design; ``draw`` computes only, and everything in it grows with the format."""

    TITLE: str
    ABOUT: str

    def draw(self, subject: Subject, form: Format, /, **options: Any) -> Piece: ...


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of piece by name."""
    here = sys.modules[__name__]
    names = sorted(info.name for info in pkgutil.iter_modules(here.__path__) if info.ispkg)
    return {name: cast(Kind, importlib.import_module(f"{__name__}.{name}")) for name in names}


def find_kind(kind: str) -> Kind:
    """Raises NotFound."""
    found = kinds().get(kind)
    if found is None:
        raise NotFound(f'There is no piece "{kind[:80]}".', hint=_hint(kind, kinds()))
    return found


@cache
def designs(kind: str) -> Mapping[str, Design]:
    """The designs of a kind by name. Raises NotFound."""
    find_kind(kind)
    return cast(Mapping[str, Design], discover(sys.modules[f"{__name__}.{kind}"]))


def formats(kind: str) -> Mapping[str, Format]:
    """The formats of a kind by name, the usual one first. Raises NotFound."""
    return {form.name: form for form in find_kind(kind).FORMATS}


def make(
    kind: str,
    design: str,
    format: str,  # noqa: A002 - the word users know
    subject: Subject,
    **options: Any,
) -> Piece:
    """The piece; an empty design or format means the usual one. ``options`` that are None count as not given.

    Raises NotFound for a name, Invalid for an option that this design does not have and for texts that do not fit.
    """
    name = design or find_kind(kind).USUAL
    found, forms = designs(kind).get(name), formats(kind)
    if found is None:
        raise NotFound(f'There is no {kind} "{name[:80]}".', hint=_hint(name, designs(kind)))
    wanted = fold(format or next(iter(forms)))
    form = next((form for known, form in forms.items() if fold(known) == wanted), None)
    if form is None:
        raise NotFound(f'There is no {kind} of the format "{format[:80]}".', hint=_hint(format, forms))
    given = {key: value for key, value in options.items() if value is not None}
    known = _options(found)
    for key in given:
        if key not in known:
            hint = nearest(key, known) or "Leave it out, or choose another design."
            raise Invalid.field(key, f'The {kind} "{name}" has no such option.', hint=hint)
    return found.draw(subject, form, **given)


def _options(design: Design) -> tuple[str, ...]:
    """Names of what ``draw`` takes beside subject and format."""
    parameters = inspect.signature(design.draw).parameters.values()
    return tuple(one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY)


def _hint(name: str, known: Iterable[str]) -> str:
    return nearest(name, known) or f"There are {', '.join(known)}."
