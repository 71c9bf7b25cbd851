"""How a symbol is drawn: colours, shapes, logo, frame, size. A style that phones could not read is refused.

Source: limits as measured with zxing-cpp and zbar on drawings under blur, noise, perspective and low light.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from scanly.core.colour import contrast_ratio, luminance
from scanly.core.errors import Invalid, Problem
from scanly.core.text import nearest
from scanly.qr.ink import WHITE, Blend, Ink, inks_of, parse_ink, parse_paint
from scanly.qr.symbol import LEVELS, Level, Symbol

MIN_CONTRAST = 3.0
MIN_GROUND_LUMINANCE = 0.2
MIN_QUIET_ZONE_MODULES = 1
MIN_MODULE_MM = 0.25
MAX_MODULE_MM = 200.0
SIZE_MM = (5.0, 5000.0)
DPI = (72, 2400)
LOGO_RATIO = (0.05, 0.30)
USUAL_LOGO_RATIO = 0.2
MIN_SCALE = 0.8

ModuleShape = Literal["square", "rounded", "dots", "diamond", "gapped", "vertical-bars", "horizontal-bars"]
EyeShape = Literal["square", "rounded", "circle", "leaf"]
LogoShape = Literal["square", "circle"]
# What these shapes are drawn at by themselves, and the least that still reads.
SCALED: tuple[ModuleShape, ...] = ("dots", "gapped", "vertical-bars", "horizontal-bars")
_PAINTS = ("dark", "eye_colour", "pupil_colour", "frame_colour")
_CHOICES = {
    "module_shape": ("square", "rounded", "dots", "diamond", "gapped", "vertical-bars", "horizontal-bars"),
    "eye_shape": ("square", "rounded", "circle", "leaf"),
    "pupil_shape": ("square", "rounded", "circle", "leaf"),
    "logo_shape": ("square", "circle"),
    "inks": ("cmyk", "rgb"),
    "level": LEVELS,
}


class Style(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The look of one code. Raises Invalid with a problem for every field that would not work.

    ``forced`` lets pass what phones may not read; what cannot be drawn at all is refused still.
    """

    dark: Annotated[
        str, Meta(description="Paint of the dark modules: #rrggbb, cmyk(…), spot(…), linear(…)")
    ] = "#000000"
    light: Annotated[str, Meta(description='Colour of the ground, or "none"')] = "#ffffff"
    quiet_zone_modules: Annotated[int, Meta(description="Light border around the symbol")] = 4
    size_mm: Annotated[float, Meta(description="Width from edge to edge, quiet zone and frame included")] = (
        30.0
    )
    module_mm: Annotated[float, Meta(description="Width of one module; when given, the size follows")] = 0.0
    dpi: Annotated[int, Meta(description="Pixels per inch of a PNG")] = 300
    level: Annotated[Level, Meta(description="Error correction: L, M, Q or H")] = "M"
    boost: Annotated[bool, Meta(description="Raise the level where it costs no space")] = True
    module_shape: Annotated[ModuleShape, Meta(description="Shape of the modules")] = "square"
    module_scale: Annotated[
        float, Meta(description="Width of dots, bars and gapped modules, 0.8 to 1 of a module")
    ] = 0.9
    eye_shape: Annotated[EyeShape, Meta(description="Shape of the frames of the three eyes")] = "square"
    pupil_shape: Annotated[EyeShape, Meta(description="Shape of the eyes' pupils")] = "square"
    eye_colour: Annotated[
        str, Meta(description="Paint of the eyes' frames; empty for that of the modules")
    ] = ""
    pupil_colour: Annotated[str, Meta(description="Paint of the pupils; empty for that of the eyes")] = ""
    corner_radius_modules: Annotated[float, Meta(description="Rounded corners of the ground")] = 0.0
    logo: Annotated[str, Meta(description="A PNG, JPEG or SVG file for the middle")] = ""
    logo_ratio: Annotated[
        float, Meta(description="Width of the logo as a share of the symbol's, 0.05 to 0.30")
    ] = USUAL_LOGO_RATIO
    logo_shape: Annotated[LogoShape, Meta(description="Shape of the hole that is made for it")] = "square"
    frame: Annotated[str, Meta(description='What is drawn around: see "scanly qr styles"')] = ""
    caption: Annotated[str, Meta(description="The call to action; in any language")] = ""
    font: Annotated[str, Meta(description="A font file for the caption")] = ""
    frame_colour: Annotated[str, Meta(description="Paint of the frame; empty for that of the modules")] = ""
    inks: Annotated[Literal["cmyk", "rgb"], Meta(description="What PDF and EPS are printed with")] = "cmyk"
    micro: Annotated[bool, Meta(description="A Micro QR code, for the smallest labels")] = False
    forced: Annotated[bool, Meta(description="Draw it although phones may not read it")] = False

    def __post_init__(self) -> None:
        colours = tuple(self._colour_problems()) or tuple(self._spot_problems())
        problems = [*self._choice_problems(), *self._measure_problems(), *colours]
        if self.micro and self.logo:
            problems.append(
                Problem("logo", "A Micro QR code has no room for a logo.", "Leave one of them out.")
            )
        if not self.forced:
            problems += self._quiet_zone_problems()
            problems += () if colours else self._contrast_problems()
        if problems:
            raise Invalid(problems=tuple(problems))

    def outer_modules(self, symbol: Symbol) -> int:
        """Modules from edge to edge of the symbol, quiet zone included."""
        return symbol.modules + 2 * self.quiet_zone_modules

    def cautions(self) -> tuple[str, ...]:
        """What is allowed and yet makes a code a little harder to read."""
        found: list[str] = []
        if self.eye_shape == "circle" or (self.eye_shape, self.pupil_shape) == ("square", "circle"):
            found.append(
                "Eyes like these are missed by many readers when the code is turned; take rounded ones."
            )
        elif self.eye_shape == "leaf":
            found.append("Eyes with the shape leaf read a little worse at an angle; rounded ones do not.")
        if self.logo and self.logo_ratio > USUAL_LOGO_RATIO:
            found.append(
                f"A logo of {self.logo_ratio:g} reads worse at an angle than one of {USUAL_LOGO_RATIO:g}."
            )
        if self.quiet_zone_modules < 4:
            found.append(f"A quiet zone of {self.quiet_zone_modules} modules asks for calm print around it.")
        if self.frame or self.caption:
            palest = max(ink.luminance for ink in inks_of(self.frame_paint))
            ratio = contrast_ratio(palest, (self.ground or WHITE).luminance)
            if ratio < MIN_CONTRAST:
                found.append(f"The frame and its text have a contrast of {ratio:.1f}; people read 3 or more.")
        return tuple(found)

    def _choice_problems(self) -> Iterator[Problem]:
        for name, choices in _CHOICES.items():
            value = str(getattr(self, name))
            if value not in choices:
                if name == "level":
                    yield Problem(name, f'"{value}" is not an error correction level.', "Use L, M, Q or H.")
                    continue
                hint = nearest(value, choices) or f"There are {', '.join(choices)}."
                yield Problem(name, f'"{value[:60]}" is not one of them.', hint)

    def _measure_problems(self) -> Iterator[Problem]:
        limits: dict[str, tuple[float, tuple[float, float]]] = {
            "size_mm": (self.size_mm, SIZE_MM),
            "dpi": (self.dpi, DPI),
            "logo_ratio": (self.logo_ratio, (LOGO_RATIO[0], 1.0 if self.forced else LOGO_RATIO[1])),
            "module_scale": (self.module_scale, (0.3 if self.forced else MIN_SCALE, 1.0)),
            "corner_radius_modules": (self.corner_radius_modules, (0, 20)),
        }
        for name, (value, (low, high)) in limits.items():
            if not low <= value <= high:
                nearest_one = high if value > high else low
                yield Problem(
                    name, f"{value:g} is not between {low:g} and {high:g}.", f"Use {nearest_one:g}."
                )
        if self.module_mm and not MIN_MODULE_MM <= self.module_mm <= MAX_MODULE_MM:
            message = f"{self.module_mm:g} is not between {MIN_MODULE_MM:g} and {MAX_MODULE_MM:g}."
            yield Problem("module_mm", message, "Use 0.33 or more.")
        if not 0 <= self.quiet_zone_modules <= 50:
            yield Problem(
                "quiet_zone_modules", f"{self.quiet_zone_modules} is not between 0 and 50.", "Use 4."
            )

    def _colour_problems(self) -> Iterator[Problem]:
        for name in _PAINTS:
            if getattr(self, name) or name == "dark":
                try:
                    parse_paint(getattr(self, name), field=name)
                except Invalid as error:
                    yield from error.problems
        if self.light != "none":
            try:
                parse_ink(self.light, field="light")
            except Invalid as error:
                yield from error.problems

    def _spot_problems(self) -> Iterator[Problem]:
        """Inks whose plates a press would mix up: one name has one spelling and one replacement."""
        paints = [(name, parse_paint(getattr(self, name))) for name in _PAINTS if getattr(self, name)]
        known: dict[str, Ink] = {}
        for name, paint in [*paints, ("light", self.ground or WHITE)]:
            if isinstance(paint, Ink) and paint.spot:
                first = known.setdefault(paint.spot.casefold(), paint)
                if first != paint:
                    message = f'The spot ink "{paint.spot}" is written in two ways.'
                    yield Problem(name, message, "Use the same name and the same four inks everywhere.")

    def _quiet_zone_problems(self) -> Iterator[Problem]:
        if 0 <= self.quiet_zone_modules < MIN_QUIET_ZONE_MODULES:
            message = f"A quiet zone of {self.quiet_zone_modules} modules cannot be scanned."
            hint = f"Use at least {MIN_QUIET_ZONE_MODULES}; the standard asks for 4."
            yield Problem("quiet_zone_modules", message, hint)

    def _contrast_problems(self) -> Iterator[Problem]:
        ground = self.ground or WHITE
        for name in ("dark", "eye_colour", "pupil_colour"):
            if getattr(self, name):
                yield from _contrast_problems(name, parse_paint(getattr(self, name), field=name), ground)

    @property
    def ground(self) -> Ink | None:
        """The ground's ink, None for a transparent one."""
        return None if self.light == "none" else parse_ink(self.light, field="light")

    @property
    def dark_paint(self) -> Ink | Blend:
        return parse_paint(self.dark, field="dark")

    @property
    def eye_paint(self) -> Ink | Blend:
        return parse_paint(self.eye_colour, field="eye_colour") if self.eye_colour else self.dark_paint

    @property
    def pupil_paint(self) -> Ink | Blend:
        return parse_paint(self.pupil_colour, field="pupil_colour") if self.pupil_colour else self.eye_paint

    @property
    def frame_paint(self) -> Ink | Blend:
        return parse_paint(self.frame_colour, field="frame_colour") if self.frame_colour else self.dark_paint


@lru_cache(maxsize=1024)
def _contrast_problems(name: str, paint: Ink | Blend, ground: Ink) -> tuple[Problem, ...]:
    """None or the first of: inverted, too pale (the palest ink of a gradient counts), a ground too dark for any ink."""
    palest = max(inks_of(paint), key=lambda ink: ink.luminance)
    written, behind = palest.hex, ground.hex
    if palest.luminance > ground.luminance:
        message = f"{written} is lighter than its ground {behind}; many phones cannot read inverted codes."
        return (Problem(name, message, f"Swap them: dark {behind}, light {written}."),)
    ratio = contrast_ratio(palest.luminance, ground.luminance)
    if ratio < MIN_CONTRAST:
        message = (
            f"{written} on {behind} has a contrast of {ratio:.1f}; phones need {MIN_CONTRAST:g} or more."
        )
        return (Problem(name, message, _nearest_readable(palest, ground)),)
    if ground.luminance < MIN_GROUND_LUMINANCE:
        message = f"The ground {behind} is too dark; cameras expose for it and lose the modules."
        return (Problem("light", message, "Choose a lighter ground, such as #ffffff."),)
    return ()


def _nearest_readable(ink: Ink, ground: Ink) -> str:
    """The hint that names the colour closest to ``ink`` (or else the lighter ground) that is readable."""
    red, green, blue = ink.rgb
    for percent in range(99, -1, -1):
        darker = (red * percent // 100, green * percent // 100, blue * percent // 100)
        if contrast_ratio(luminance(darker), ground.luminance) >= MIN_CONTRAST:
            return f"Use #{darker[0]:02x}{darker[1]:02x}{darker[2]:02x} or darker."
    return "Choose a lighter ground, such as #ffffff."
