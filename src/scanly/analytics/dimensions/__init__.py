"""By what people can be counted besides when they came: one file a dimension, found by its folder.

A dimension turns the text of one field of a scan into the value that is counted. It is asked once for each text,
not once for each scan. Its number stands in the packed rollups, which are kept for ever.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, Protocol, cast

from scanly.core.extend import discover
from scanly.core.text import printable

# What stands for texts that were beyond the limit of new ones.
OTHER = "…"
_OTHER_LABELS = {"en": "Other", "hi": "अन्य"}
_ENGLISH = "en"


class Dimension(Protocol):
    """One file. ``NUMBER`` (16 to 127) and the file's name are never changed and never given again.

    ``PART`` is the blob of a rollup that it stands in; ``FIELD`` the column of a scan that it is made of, of which
    ``agent`` is an `Agent` and the others are texts. ``TITLE`` is by language; ``EXAMPLES`` are of `value`.
    """

    NUMBER: int
    PART: Literal["device", "place", "marketing"]
    FIELD: str
    TITLE: Mapping[str, str]
    EXAMPLES: tuple[tuple[Any, str], ...]

    @staticmethod
    def value(found: Any, /) -> str:
        """What is counted, for programs; empty when it is not known, which is not counted. Never raises."""
        ...

    @staticmethod
    def label(value: str, language: str, /) -> str:
        """A value in words for people, in English where ``language`` has none. Never raises."""
        ...


def by_field(field: str) -> Mapping[str, Dimension]:
    """The dimensions that are made of a field of a scan."""
    return {name: dimension for name, dimension in DIMENSIONS.items() if field == dimension.FIELD}


def said(names: Mapping[str, str], language: str) -> str:
    """The name in a language, or else in English."""
    return names.get(language) or names.get(language.partition("-")[0]) or names[_ENGLISH]


def as_it_is(value: str, language: str) -> str:
    """The label of values that are names in every language."""
    return said(_OTHER_LABELS, language) if value == OTHER else value


def tidy(text: str, most: int = 128) -> str:
    """One line without what is unseen, cut to ``most`` characters."""
    return " ".join(printable(" ".join(text[: 2 * most].split())).split())[:most]


@lru_cache(maxsize=64)
def known_names(kind: Literal["territories", "languages"], language: str) -> Mapping[str, str]:
    """What a language calls countries and languages by their codes; English for a language that is not known.

    Source: Unicode CLDR.
    """
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        locale = Locale.parse(_ENGLISH)
    return cast("Mapping[str, str]", getattr(locale, kind))


DIMENSIONS: Mapping[str, Dimension] = cast("dict[str, Dimension]", discover(sys.modules[__name__]))
