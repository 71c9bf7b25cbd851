"""How a symbol is drawn: colours, size, quiet zone. A style that phones could not read cannot be made."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.core.colour import contrast_ratio, luminance, rgb
from scanly.core.errors import Invalid, Problem
from scanly.qr.symbol import LEVELS, Level, Symbol

MIN_CONTRAST = 3.0
MIN_QUIET_ZONE_MODULES = 1
MIN_MODULE_MM = 0.25
SIZE_MM = (5.0, 5000.0)
DPI = (72, 2400)

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


class Style(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The look of one code. Raises Invalid with a problem for every field that would not work."""

    dark: Annotated[str, Meta(description="Colour of the dark modules, #rrggbb")] = "#000000"
    light: Annotated[str, Meta(description='Colour of the ground, #rrggbb, or "none"')] = "#ffffff"
    quiet_zone_modules: Annotated[int, Meta(description="Light border around the symbol")] = 4
    size_mm: Annotated[float, Meta(description="Outer edge, quiet zone included")] = 30.0
    dpi: Annotated[int, Meta(description="Pixels per inch of a PNG")] = 300
    level: Annotated[Level, Meta(description="Error correction: L, M, Q or H")] = "M"
    boost: Annotated[bool, Meta(description="Raise the level where it costs no space")] = True

    def __post_init__(self) -> None:
        problems = [*_colour_problems(self.dark, self.light), *self._measure_problems()]
        if problems:
            raise Invalid(problems=tuple(problems))

    def outer_modules(self, symbol: Symbol) -> int:
        """Modules from edge to edge, quiet zone included. Raises Invalid when they would be under 0.25 mm."""
        outer = symbol.modules + 2 * self.quiet_zone_modules
        module_mm = self.size_mm / outer
        if module_mm < MIN_MODULE_MM:
            raise Invalid.field(
                "size_mm",
                f"{symbol.name} on {self.size_mm:g} mm has modules of {module_mm:.2f} mm, "
                f"which do not print reliably.",
                hint=f"Make it at least {outer * MIN_MODULE_MM:g} mm, or shorten the content.",
            )
        return outer

    def _measure_problems(self) -> list[Problem]:
        found: list[Problem] = []
        if self.quiet_zone_modules < MIN_QUIET_ZONE_MODULES:
            message = f"A quiet zone of {self.quiet_zone_modules} modules cannot be scanned."
            hint = f"Use at least {MIN_QUIET_ZONE_MODULES}; the standard asks for 4."
            found.append(Problem("quiet_zone_modules", message, hint))
        for name, value, (low, high) in (("size_mm", self.size_mm, SIZE_MM), ("dpi", self.dpi, DPI)):
            if not low <= value <= high:
                nearest = high if value > high else low
                message = f"{value:g} is not between {low:g} and {high:g}."
                found.append(Problem(name, message, f"Use {nearest:g}."))
        if self.level not in LEVELS:
            message = f'"{self.level}" is not an error correction level.'
            found.append(Problem("level", message, "Use L, M, Q or H."))
        return found


def _colour_problems(dark: str, light: str) -> list[Problem]:
    if not _COLOUR.fullmatch(dark):
        return [Problem("dark", f'"{dark}" is not a colour.', "Write it as #rrggbb, such as #000000.")]
    if light != "none" and not _COLOUR.fullmatch(light):
        return [Problem("light", f'"{light}" is not a colour.', 'Write it as #rrggbb, or "none".')]
    ground = "#ffffff" if light == "none" else light
    ink_luminance, ground_luminance = luminance(rgb(dark)), luminance(rgb(ground))
    if ink_luminance > ground_luminance:
        message = f"{dark} is lighter than its ground {ground}; many phones cannot read inverted codes."
        return [Problem("dark", message, f"Swap them: dark {ground}, light {dark}.")]
    ratio = contrast_ratio(ink_luminance, ground_luminance)
    if ratio >= MIN_CONTRAST:
        return []
    message = f"{dark} on {ground} has a contrast of {ratio:.1f}; phones need {MIN_CONTRAST:g} or more."
    return [Problem("dark", message, _nearest_readable(dark, ground))]


def _nearest_readable(dark: str, ground: str) -> str:
    """The hint that names the colour closest to ``dark`` (or else the lighter ground) that is readable."""
    red, green, blue = rgb(dark)
    for percent in range(99, -1, -1):
        darker = (red * percent // 100, green * percent // 100, blue * percent // 100)
        if contrast_ratio(luminance(darker), luminance(rgb(ground))) >= MIN_CONTRAST:
            return f"Use #{darker[0]:02x}{darker[1]:02x}{darker[2]:02x} or darker."
    return "Choose a lighter ground, such as #ffffff."
