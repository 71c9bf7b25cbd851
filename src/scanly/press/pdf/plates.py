"""White ink and varnish: plates of their own, under and over everything that is printed.

A white that lay under the art would get holes, for black on its own plate knocks out all others; one that was printed
last with overprint would hide the art in every viewer that does not simulate it. So whatever is printed is printed on
those plates as well, in one DeviceN colour space: no press needs overprint for it, and every viewer shows the art.
Varnish spares codes, because a glossy code mirrors the lamp.

Source: ISO 32000-1, 8.6.6.5 (DeviceN), 7.10.5 (PostScript calculator functions).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scanly.press.pictures.picture import Pixels
from scanly.qr.ink import BLACK, Ink, parse_ink
from scanly.qr.writers.numbers import number, numbers
from scanly.qr.writers.operators import Painter, inks_of
from scanly.qr.writers.pdf import name_of

PROCESS = ("Cyan", "Magenta", "Yellow", "Black")
# What stands for the two where a viewer shows them bare: a light tint.
_WHITE_TINT, _VARNISH_TINT = "10 0 0 0", "0 0 10 0"


@dataclass(frozen=True, slots=True)
class Plates:
    """Names of the spot inks that white and varnish are printed with, as the print shop calls them; empty for none."""

    white: str = ""
    varnish: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.white, self.varnish) if name)

    def inks(self) -> tuple[Ink | None, Ink | None]:
        """White and varnish by themselves. Raises Invalid for names that no ink can have."""
        named = ((self.white, _WHITE_TINT, "white"), (self.varnish, _VARNISH_TINT, "varnish"))
        first, second = (
            parse_ink(f"spot({name}; {tint})", field=word) if name else None for name, tint, word in named
        )
        return first, second

    def shares(self, *, code: bool) -> tuple[float, ...]:
        """How much of each is printed with something."""
        return tuple(0.0 if code and name == self.varnish else 1.0 for name in self.names)


@dataclass(slots=True)
class PlatePainter(Painter):
    """A painter whose inks print on the plates ``names`` as well, by ``shares``; without shares, as any other.

    ``write`` puts an object into the file and returns its number. ``spaces`` are the colour spaces by name.
    """

    names: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    write: Callable[[bytes], int] = lambda _: 0
    spaces: dict[str, int] = field(default_factory=dict[str, int])

    def ink(self, ink: Ink, *, stroke: bool = False) -> str:
        if not self.shares:
            return super(PlatePainter, self).ink(ink, stroke=stroke)
        operands = "1" if ink.spot else inks_of(ink.cmyk)
        set_space, set_colour = ("CS", "SCN") if stroke else ("cs", "scn")
        return f"/{self._space_of(ink)} {set_space} {operands} {self._further} {set_colour}"

    def space(self) -> str:
        if not self.shares:
            return super(PlatePainter, self).space()
        return f"{self.spaces[self._space_of(BLACK)]} 0 R"

    def operands(self, ink: Ink) -> str:
        own = super(PlatePainter, self).operands(ink)
        return f"{own} {self._further}" if self.shares else own

    @property
    def _further(self) -> str:
        return numbers(*self.shares)

    def _space_of(self, ink: Ink) -> str:
        """The name of the colour space with the further plates in which an ink is printed."""
        space = ink.spot or PROCESS, ink.cmyk if ink.spot else None
        name = self._names.setdefault(space, f"N{len(self.spaces)}")
        if name not in self.spaces:
            self.spaces[name] = self.write(self._written(ink))
        return name

    def _written(self, ink: Ink) -> bytes:
        """The colour space: its function leaves the further plates out of what a viewer shows."""
        inks, program = (ink.spot,) if ink.spot else PROCESS, " ".join("pop" for _ in self.names)
        if ink.spot:
            cyan, magenta, yellow, black = (number(share, 4) for share in ink.cmyk)
            program += f" dup {cyan} mul exch dup {magenta} mul exch dup {yellow} mul exch {black} mul"
        names = (*inks, *self.names)
        code = f"{{ {program} }}".encode()
        function = self.write(
            b"<< /FunctionType 4 /Domain [%s] /Range [0 1 0 1 0 1 0 1] /Length %d >>\nstream\n%s\nendstream"
            % (b" ".join([b"0 1"] * len(names)), len(code), code)
        )
        written = " ".join(f"/{name_of(each)}" for each in names)
        return f"[/DeviceN [{written}] /DeviceCMYK {function} 0 R]".encode()


def on_plates(pixels: Pixels, shares: Sequence[float]) -> bytes:
    """The deflated data of a picture in process inks that prints on further plates as well."""
    data = zlib.decompress(pixels.data)
    count = pixels.width_px * pixels.height_px
    if pixels.inks == "grey":
        black = bytes(255 - level for level in range(256))
        bands = [bytes(count)] * 3 + [data.translate(black)]
    else:
        bands = [data[plate::4] for plate in range(4)]
    bands += [bytes([round(255 * share)]) * count for share in shares]
    woven = bytearray(count * len(bands))
    for plate, band in enumerate(bands):
        woven[plate :: len(bands)] = band
    return zlib.compress(bytes(woven), 6)
