"""Colours of the screen as process inks: by way of a press's profile, or by the plain formula; greys on black alone.

A photograph goes through the profile as a whole, because a grey in the midst of almost-greys would stand out. Flat
artwork, which has few colours, keeps its greys and its black on the black plate, where they cannot be out of register.
Source: ISO 15076-1, Annex D (relative colorimetric intent); black point compensation (ISO 18619); IEC 61966-2-1 (sRGB).
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from scanly.core.errors import Invalid
from scanly.press.pictures.picture import PixelInks
from scanly.press.pictures.profile import Profile
from scanly.qr.artwork import Fill, Gradient, Inks, Paint
from scanly.qr.ink import Cmyk, Ink
from scanly.qr.writers.operators import process_inks

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsProfile

# What has no more colours is drawn rather than photographed.
_FLAT_COLOURS = 4096
# Rows that are worked upon at a time, so that a large picture needs no many times its memory.
_BAND_PX = 256


@dataclass(frozen=True, slots=True)
class Inking:
    """How colours reach the paper: ``profile`` is used for process inks, ``ground`` lies under what shows through."""

    inks: Inks
    profile: Profile | None
    ground: Ink

    def plates(self, image: Image, embedded: bytes | None) -> tuple[Image, PixelInks]:
        """A picture in L, LA, RGB, RGBA or CMYK as L, CMYK or RGB; ``embedded`` says what its RGB means."""
        opaque, alpha = _parted(image)
        plates, kind = self._inked(opaque, embedded)
        return (plates, kind) if alpha is None else self._on_ground(plates, kind, alpha)

    def fills(self, fills: tuple[Fill, ...]) -> tuple[Fill, ...]:
        """A drawing with its inks by way of the profile."""
        if not self.profile or self.inks == "rgb":
            return fills
        wanted = sorted({ink.rgb for ink in _colours(fills) if not _is_neutral(ink)})
        known = dict(zip(wanted, _through(self.profile, wanted), strict=True))
        return tuple(replace(fill, paint=_painted(fill.paint, known)) for fill in fills)

    def _inked(self, image: Image, embedded: bytes | None) -> tuple[Image, PixelInks]:
        if image.mode == "CMYK":
            return image, "cmyk"
        if _is_grey(image):
            return image.getchannel(0), "grey"
        source = _usable(embedded)
        if self.inks == "cmyk" and self.profile:
            return _separated(image, source, self.profile), "cmyk"
        if source:
            image = _applied(image, _transform(source, b""))
        return (image, "rgb") if self.inks == "rgb" else (_by_formula(image), "cmyk")

    def _on_ground(self, plates: Image, kind: PixelInks, alpha: Image) -> tuple[Image, PixelInks]:
        """On paper, or on an ink; a grey picture on a colour is no longer grey."""
        from PIL import Image as Images

        if kind == "grey" and not _is_neutral(self.ground):
            plates, kind = _coloured(plates, self.inks), self.inks
        if kind == "cmyk":
            colour = tuple(round(share * 255) for share in self.ground.cmyk)
        else:
            colour = self.ground.rgb if kind == "rgb" else (round(255 * (1 - self.ground.cmyk[3])),)
        behind = Images.new(plates.mode, plates.size, colour)
        return Images.composite(plates, behind, alpha), kind


def is_printable(image: Image) -> bool:
    """Whether a picture needs no converting: four inks, or grey."""
    return image.mode == "CMYK" or _is_grey(_parted(image)[0])


def are_printable(fills: Iterable[Fill]) -> bool:
    """Whether a drawing is black, white and grey."""
    return all(_is_neutral(ink) for ink in _colours(fills))


def _parted(image: Image) -> tuple[Image, Image | None]:
    """The picture without transparency, white where nothing of it is seen, and how opaque it is unless all is."""
    from PIL import Image as Images

    if image.mode not in ("LA", "RGBA"):
        return image, None
    alpha, opaque = image.getchannel("A"), image.convert(image.mode[:-1])
    least, _ = alpha.getextrema()
    if least == 255:
        return opaque, None
    seen = alpha.point(lambda value: 255 if value else 0)
    return Images.composite(opaque, Images.new(opaque.mode, opaque.size, "white"), seen), alpha


def _is_grey(image: Image) -> bool:
    from PIL import ImageChops

    if image.mode != "RGB":
        return image.mode == "L"
    red, green, blue = image.split()
    return not any(ImageChops.difference(red, other).getbbox() for other in (green, blue))


def _coloured(grey: Image, inks: Inks) -> Image:
    from PIL import Image as Images
    from PIL import ImageChops

    if inks == "rgb":
        return grey.convert("RGB")
    nothing = Images.new("L", grey.size)
    return Images.merge("CMYK", (nothing, nothing, nothing, ImageChops.invert(grey)))


def _by_formula(image: Image) -> Image:
    from PIL import Image as Images

    plates = Images.new("CMYK", image.size)
    for top in range(0, image.height, _BAND_PX):
        band = image.crop((0, top, image.width, min(top + _BAND_PX, image.height)))
        plates.paste(process_inks(band), (0, top))
    return plates


def _separated(image: Image, source: bytes, profile: Profile) -> Image:
    """By way of the profile; what is grey in flat artwork stays on the black plate."""
    from PIL import ImageChops

    plates = _applied(image, _to_press(source, profile))
    if image.getcolors(_FLAT_COLOURS):
        red, green, blue = image.split()
        apart = ImageChops.lighter(ImageChops.difference(red, green), ImageChops.difference(red, blue))
        plates.paste(_coloured(red, "cmyk"), mask=apart.point(lambda value: 0 if value else 255))
    return plates


def _through(profile: Profile, colours: list[tuple[int, int, int]]) -> list[Cmyk]:
    from PIL import Image as Images

    if not colours:
        return []
    row = Images.new("RGB", (len(colours), 1))
    row.putdata(colours)
    plates = _applied(row, _to_press(b"", profile)).tobytes()
    c, m, y, k = ([share / 255 for share in plates[plate::4]] for plate in range(4))
    return list(zip(c, m, y, k, strict=True))


def _colours(fills: Iterable[Fill]) -> Iterable[Ink]:
    for fill in fills:
        paint = fill.paint
        yield from (ink for _, ink in paint.stops) if isinstance(paint, Gradient) else (paint,)


def _painted(paint: Paint, known: dict[tuple[int, int, int], Cmyk]) -> Paint:
    if isinstance(paint, Gradient):
        return replace(paint, stops=tuple((at, _inked(ink, known)) for at, ink in paint.stops))
    return _inked(paint, known)


def _inked(ink: Ink, known: dict[tuple[int, int, int], Cmyk]) -> Ink:
    return replace(ink, cmyk=known[ink.rgb]) if ink.rgb in known else ink


def _is_neutral(ink: Ink) -> bool:
    return ink.cmyk[:3] == (0, 0, 0)


def _usable(embedded: bytes | None) -> bytes:
    """The profile of an RGB picture, or nothing (which means sRGB) when there is none that can be used."""
    if not embedded or embedded[16:20] != b"RGB ":
        return b""
    from PIL import ImageCms

    try:
        _transform(embedded, b"")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return b""
    return embedded


def _to_press(source: bytes, profile: Profile) -> Any:
    from PIL import ImageCms

    try:
        return _transform(source, profile.data)
    except (ImageCms.PyCMSError, OSError) as error:
        message = f'"{profile.name}" is damaged: no colours can be converted with it.'
        raise Invalid.field("icc", message, hint="Get the profile from your print shop again.") from error


@lru_cache(maxsize=8)
def _transform(source: bytes, target: bytes) -> Any:
    """From RGB of a profile to the inks, or to the RGB, of another; nothing stands for sRGB. Raises PyCMSError."""
    from PIL import ImageCms

    return ImageCms.buildTransform(
        _opened(source),
        _opened(target),
        "RGB",
        "CMYK" if target else "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _applied(image: Image, transform: Any) -> Image:
    from PIL import ImageCms

    return cast("Image", ImageCms.applyTransform(image, transform))


def _opened(profile: bytes) -> ImageCmsProfile:
    from PIL import ImageCms

    if profile:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
