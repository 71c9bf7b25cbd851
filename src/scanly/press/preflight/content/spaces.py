"""Colour spaces of a PDF, and which plates a colour of them needs.

Source: ISO 32000-1, 8.6 (colour spaces), 8.6.5.6 (default colour spaces), 8.6.6 (special colour spaces).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pikepdf import Dictionary, Name, Stream, String

from scanly.press.preflight.content.objects import (
    DAMAGED,
    Identity,
    elements,
    identity,
    item,
    name,
    number,
    numbers,
)

Kind = Literal["grey", "cmyk", "rgb", "lab", "spot", "pattern", "unknown"]

PROCESS_INKS = ("Cyan", "Magenta", "Yellow", "Black")
# A separation of this name prints on every plate, one of the other on none.
EVERY_PLATE, NO_PLATE = "All", "None"

_MOST_NESTED = 4
_DEVICES: Mapping[str, tuple[Kind, int]] = {
    "DeviceGray": ("grey", 1),
    "G": ("grey", 1),
    "CalGray": ("grey", 1),
    "DeviceRGB": ("rgb", 3),
    "RGB": ("rgb", 3),
    "CalRGB": ("rgb", 3),
    "DeviceCMYK": ("cmyk", 4),
    "CMYK": ("cmyk", 4),
    "Lab": ("lab", 3),
}
_FULL_NAMES = {"G": "DeviceGray", "RGB": "DeviceRGB", "CMYK": "DeviceCMYK", "I": "Indexed"}
_BY_PROFILE: Mapping[int, Kind] = {1: "grey", 3: "rgb", 4: "cmyk"}
_DEFAULTS = {"DeviceGray": "/DefaultGray", "DeviceRGB": "/DefaultRGB", "DeviceCMYK": "/DefaultCMYK"}


@dataclass(frozen=True, slots=True)
class Space:
    """A colour space: its ``family`` as PDF names it, what ``kind`` of colours it holds, and how many ``tints``.

    ``colorants`` are the plates of Separation and DeviceN, ``replacement`` a fingerprint of what stands in for them
    where there is no such plate. ``base`` is the space of an Indexed table or of an uncoloured pattern.
    """

    family: str
    kind: Kind
    tints: int
    colorants: tuple[str, ...] = ()
    base: Space | None = None
    table: bytes = b""
    replacement: str = ""

    @property
    def is_device(self) -> bool:
        return self.family.startswith("Device") and self.family != "DeviceN"

    @property
    def real(self) -> Space:
        """The space in which colours are, below tables and patterns."""
        return self.base.real if self.family in ("Indexed", "Pattern") and self.base else self

    @property
    def first(self) -> tuple[float, ...]:
        """The colour that is current when the space is chosen."""
        if self.kind == "spot":
            return (1.0,) * self.tints
        return (0.0, 0.0, 0.0, 1.0) if self.kind == "cmyk" else (0.0,) * self.tints


class Paint(NamedTuple):
    """A colour in its space; ``tints`` is None where it has many (pictures, blends). ``shades`` are the colours
    between which a blend runs, where its functions tell."""

    space: Space
    tints: tuple[float, ...] | None
    shades: tuple[tuple[float, ...], ...] = ()

    def inks(self) -> Mapping[str, float] | None:
        """Shares (0 to 1) of every plate that it needs at most; None for colours that are not in inks."""
        if self.tints is not None:
            return _inks(self.space, self.tints)
        most: dict[str, float] = {}
        for shade in self.shades:
            for ink, share in (_inks(self.space, shade) or {}).items():
                most[ink] = max(most.get(ink, 0.0), share)
        return most if self.shades and self.space.kind in ("grey", "cmyk", "spot") else None

    def heaviest(self) -> Mapping[str, float]:
        """The colour of it that takes most ink; nothing where that is not known."""
        colours = self.shades if self.tints is None else (self.tints,)
        inks = [_inks(self.space, each) or {} for each in colours]
        return max(inks, key=lambda held: sum(held.values())) if inks else {}

    def is_white(self) -> bool:
        """Whether it leaves the paper as it is."""
        if self.tints is None:
            return False
        if self.space.kind == "rgb":
            return min(self.tints, default=0.0) >= 1
        return self.inks() == {}


def _inks(space: Space, tints: tuple[float, ...]) -> Mapping[str, float] | None:
    if space.family == "Indexed" and tints and space.base:
        start = max(int(tints[0]), 0) * space.base.tints
        values = space.table[start : start + space.base.tints]
        return _inks(space.base, tuple(value / 255 for value in values))
    if len(tints) < space.tints:
        return None
    match space.kind:
        case "grey":
            return {"Black": 1 - tints[0]} if tints[0] < 1 else {}
        case "cmyk":
            return {ink: share for ink, share in zip(PROCESS_INKS, tints, strict=False) if share > 0}
        case "spot":
            named = zip(space.colorants, tints, strict=False)
            return {ink: share for ink, share in named if share > 0 and ink != NO_PLATE}
        case _:
            return None


def shades_of(function: object, depth: int = 0) -> tuple[tuple[float, ...], ...]:
    """The colours at the ends of exponential functions, stitched or in an array of one an ink."""
    if depth > _MOST_NESTED:
        return ()
    if parts := elements(function):
        ends = [shades_of(part, depth + 1) for part in parts]
        if all(len(each) == 2 and len(each[0]) == 1 for each in ends):
            return tuple(tuple(each[end][0] for each in ends) for end in (0, 1))
        return ()
    if number(item(function, "/FunctionType")) == 3:
        inner = elements(item(function, "/Functions"))
        return tuple(shade for each in inner for shade in shades_of(each, depth + 1))
    if number(item(function, "/FunctionType")) != 2:
        return ()
    return numbers(item(function, "/C0")) or (0.0,), numbers(item(function, "/C1")) or (1.0,)


GREY = Space("DeviceGray", "grey", 1)
RGB = Space("DeviceRGB", "rgb", 3)
CMYK = Space("DeviceCMYK", "cmyk", 4)
PATTERN = Space("Pattern", "pattern", 0)
_UNKNOWN = Space("unknown", "unknown", 0)
BLACK = Paint(GREY, (0.0,))


class Spaces:
    """Reads colour spaces; each object of a file once."""

    def __init__(self) -> None:
        self._known: dict[Identity, Space] = {}

    def find(self, value: object, resources: object) -> Space:
        """The space that a name or array means under these resources."""
        return self._read(value, resources, 0)

    def _read(self, value: object, resources: object, depth: int) -> Space:
        if depth > _MOST_NESTED:
            return _UNKNOWN
        if isinstance(value, Name):
            return self._named(value, resources, depth)
        where = identity(value)
        if where not in self._known or where == (0, 0):
            found = self._built(value, resources, depth)
            if where == (0, 0):
                return found
            self._known[where] = found
        return self._known[where]

    def _named(self, value: Name, resources: object, depth: int) -> Space:
        called = name(value)
        if called == "Pattern":
            return PATTERN
        own = item(resources, "/ColorSpace", _DEFAULTS.get(called, f"/{called}"))
        if own is not None and own != value:
            return self._read(own, resources, depth + 1)
        # Pictures that stand in the content abbreviate.
        return _device(_FULL_NAMES.get(called, called))

    def _built(self, value: object, resources: object, depth: int) -> Space:
        parts = elements(value)
        family = _FULL_NAMES.get(name(parts[0]), name(parts[0])) if parts else ""
        base = (
            self._read(parts[1], resources, depth + 1)
            if family in ("Indexed", "Pattern") and parts[1:]
            else None
        )
        match family:
            case "ICCBased" if parts[1:]:
                return _profiled(parts[1])
            case "Indexed" if base and len(parts) > 3:
                return Space(
                    "Indexed", base.kind, 1, base.colorants, base, _table(parts[3]), base.replacement
                )
            case "Pattern":
                return Space("Pattern", "pattern", base.tints if base else 0, base=base)
            case "Separation" | "DeviceN" if len(parts) > 3:
                names = [parts[1]] if family == "Separation" else elements(parts[1])
                colorants = tuple(name(each) for each in names)
                return Space(family, "spot", len(colorants), colorants, None, b"", _fingerprint(parts[2:4]))
            case _:
                return _device(family)


def _device(family: str) -> Space:
    kind, tints = _DEVICES.get(family, ("unknown", 0))
    return Space(family or "unknown", kind, tints)


def _profiled(profile: object) -> Space:
    colours = int(number(item(profile, "/N")))
    if name(item(profile, "/Alternate")) == "Lab":
        return Space("ICCBased", "lab", 3)
    return Space("ICCBased", _BY_PROFILE.get(colours, "unknown"), colours)


def _table(value: object) -> bytes:
    try:
        if isinstance(value, Stream):
            return value.read_bytes()
        return bytes(value) if isinstance(value, String) else b""
    except DAMAGED:
        return b""


def _fingerprint(parts: list[object]) -> str:
    """Equal for alternates that look the same; what is in a file twice is often written twice."""
    return hashlib.sha256(repr([_plain(part, 0) for part in parts]).encode()).hexdigest()[:16]


def _plain(value: object, depth: int) -> object:
    if depth > _MOST_NESTED + 2:
        return "…"
    if isinstance(value, Stream):
        return [_plain_pairs(value, depth), _table(value)]
    if isinstance(value, Dictionary):
        return _plain_pairs(value, depth)
    if isinstance(value, Name):
        return name(value)
    parts = elements(value)
    return [_plain(part, depth + 1) for part in parts] if parts else round(number(value), 4)


def _plain_pairs(value: Dictionary | Stream, depth: int) -> list[tuple[str, object]]:
    technical = {"/Length", "/Filter", "/DecodeParms"}
    return [(key, _plain(value.get(key), depth + 1)) for key in sorted(value.keys()) if key not in technical]
