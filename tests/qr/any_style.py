"""Styles of every kind, for properties that hold for all of them."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from scanly.qr.looks.frame import frames
from scanly.qr.style import EyeShape, ModuleShape, Style

_INKS = (
    "#000000",
    "#12264d",
    "cmyk(100 80 0 40)",
    "spot(PANTONE 286 C; 100 66 0 2)",
    "spot(HKS 43 (ß); 90 80 0 30)",
)
_PAINTS = (
    *_INKS,
    "linear(30, #003366, #102040, #663399)",
    "linear(-90, #003366, #401020)",
    "radial(#401020, #003366)",
)
_GROUNDS = ("#ffffff", "none", "#fff4e0", "spot(Opaque White; 0 0 0 0)")
_EYES = st.sampled_from(get_args(EyeShape))
_OWN_PAINT = st.sampled_from(("", *_PAINTS))


def any_style(**fixed: object) -> st.SearchStrategy[Style]:
    """Any look but a logo; ``fixed`` are fields that shall be as they are here."""
    frame = st.sampled_from(("", *frames()))
    drawn = {
        "dark": st.sampled_from(_PAINTS),
        "light": st.sampled_from(_GROUNDS),
        "quiet_zone_modules": st.integers(2, 6),
        "size_mm": st.floats(30, 400),
        "module_shape": st.sampled_from(get_args(ModuleShape)),
        "module_scale": st.floats(0.8, 1),
        "eye_shape": _EYES,
        "pupil_shape": _EYES,
        "eye_colour": _OWN_PAINT,
        "pupil_colour": _OWN_PAINT,
        "frame_colour": _OWN_PAINT,
        "corner_radius_modules": st.floats(0, 3),
        "frame": frame,
        "inks": st.sampled_from(("cmyk", "rgb")),
    }
    return st.builds(Style, **drawn | {name: st.just(value) for name, value in fixed.items()})
