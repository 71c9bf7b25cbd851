"""A place on the map.

A link to a map by default: many phones do nothing with ``geo:``.

Source: RFC 5870, 3.3 (WGS 84, decimal degrees); the label after ``q=`` as Android reads it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from scanly.core.errors import Problem
from scanly.qr.grammar.percent import encoded
from scanly.qr.grammar.rules import Rule, line, refuse, settle, shown, wrong

_DEGREES = re.compile(r"[+-]?\d{1,3}(?:\.\d+)?", re.ASCII)
# A millionth of a degree is 11 cm.
_FINEST = Decimal("0.000001")


class Payload(msgspec.Struct, frozen=True):
    """A point; more than six decimals are rounded."""

    latitude: Annotated[str, Meta(description="Degrees north, such as 18.5204; south is negative")]
    longitude: Annotated[str, Meta(description="Degrees east, such as 73.8567; west is negative")]
    label: Annotated[str, Meta(description="Name of the place, shown on Android; only with form geo")] = ""
    form: Annotated[
        Literal["map", "geo"],
        Meta(description="map is a link for every phone; geo opens an app, but not on every phone"),
    ] = "map"

    def __post_init__(self) -> None:
        rules = {
            "latitude": _degrees(90, "18.5204"),
            "longitude": _degrees(180, "73.8567"),
            "label": line(255),
        }
        problems = settle(self, rules)
        if self.label and self.form == "map":
            hint = "Leave it out, or set form to geo."
            problems.append(Problem("label", "A link to a map shows no label.", hint))
        refuse(problems)

    def text(self) -> str:
        point = f"{self.latitude},{self.longitude}"
        if self.form == "map":
            return f"https://maps.google.com/?q={point}"
        return f"geo:{point}" + (f"?q={point}({encoded(self.label)})" if self.label else "")


def _degrees(most: int, example: str) -> Rule:
    """A rule for degrees from ``-most`` to ``most``, without zeros that say nothing."""

    def rule(text: str) -> str:
        typed = text.strip(" ")
        if not _DEGREES.fullmatch(typed):
            hint = f"Write one number of degrees with a dot, such as {example}."
            raise wrong(f"{shown(text)} is not a number of degrees.", hint)
        degrees = Decimal(typed).quantize(_FINEST).normalize() + 0
        if abs(degrees) > most:
            raise wrong(f"{shown(text)} is not on the globe.", f"It goes from -{most} to {most}.")
        return f"{degrees:f}"

    return rule


EXAMPLES = (
    ({"latitude": "18.5204", "longitude": "73.8567"}, "https://maps.google.com/?q=18.5204,73.8567"),
    ({"latitude": "80.33", "longitude": "-32.3344", "form": "geo"}, "geo:80.33,-32.3344"),
    ({"latitude": "48.2010", "longitude": "16.3695", "form": "geo"}, "geo:48.201,16.3695"),
    (
        {"latitude": "18.5204", "longitude": "73.8567", "label": "Asha", "form": "geo"},
        "geo:18.5204,73.8567?q=18.5204,73.8567(Asha)",
    ),
)
