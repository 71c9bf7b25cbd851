"""A drawing in SVG as pixels: pictures that we draw ourselves, such as those that chats show beside an address."""

from __future__ import annotations

from scanly.core.errors import Invalid

MAX_SIDE_PX = 4_096


def picture(svg: str, width_px: int, height_px: int) -> bytes:
    """A PNG file, as large as fits into that size. Letters must be outlines: no font of the machine is asked.

    Raises Invalid for a size of more than 4,096 pixels and for a drawing that cannot be read.
    """
    if not (0 < width_px <= MAX_SIDE_PX and 0 < height_px <= MAX_SIDE_PX):
        raise Invalid(f"A picture has up to {MAX_SIDE_PX:,} pixels a side.", hint="Make it smaller.")
    import resvg_py

    try:
        return resvg_py.svg_to_bytes(svg_string=svg, width=width_px, height=height_px, skip_system_fonts=True)
    except ValueError as error:
        raise Invalid("The drawing cannot be read.", hint="Give a whole SVG drawing.") from error
