"""What the content uses beyond paint: transparency, damaged streams, missing parts, fonts."""

from __future__ import annotations

from collections.abc import Mapping

from scanly.press.preflight.content.typefaces import Typeface
from scanly.press.preflight.findings import FontFacts
from scanly.press.preflight.view import View

_SENTENCES: Mapping[str, str] = {
    "content-damaged": "The content of the page is damaged.",
    "content-too-long": "The page holds more than can be looked at.",
    "states-unbalanced": "Graphics states are saved and restored unevenly.",
    "operator-unknown": "The content has an operator that PDF does not know.",
    "resource-missing": "Something that the page needs is not in the file.",
    "forms-too-deep": "Forms hold one another, or too many of them.",
    "postscript": "A piece of PostScript is in the page.",
    "opi": "A picture stands in for another one (OPI).",
    "reference": "Something stands in another file.",
    "transfer-curve": "A transfer curve changes the tones.",
    "halftone-phase": "A phase of halftones is set.",
    "lzw": "A stream is compressed with LZW.",
    "transparency-group": "There is a transparency group.",
    "image-damaged": "A picture cannot be read.",
}


def look_at_uses(view: View) -> None:
    """Features by the code of their rule, and what is transparent."""
    for use in view.content.uses.values():
        detail = f' ("{use.detail}")' if use.detail else ""
        view.meet(use.code, _SENTENCES[use.code].removesuffix(".") + f"{detail}.", use.bounds)
    told: set[str] = set()
    for mark in view.seen():
        if mark.through and mark.through not in told:
            told.add(mark.through)
            view.meet("transparency", f"Something is transparent ({mark.through}).", mark.bounds)


def look_at_fonts(view: View, fonts: dict[Typeface, FontFacts]) -> None:
    """Fonts with which this page sets text."""
    for font in view.content.typefaces:
        fonts.setdefault(font, _facts(font, view.number))
        where = next((mark.bounds for mark in view.content.marks if mark.typeface == font), None)
        if not font.embedded:
            but = ", one that every viewer has but no press must have," if font.base_14 else ""
            view.meet("font-not-embedded", f"The font {font.name}{but} is not embedded.", where)
        if font.kind == "Type3":
            view.meet("font-type-3", f"The font {font.name} is drawn glyph by glyph (Type 3).", where)
        if not font.unicode:
            view.meet("font-no-unicode", f"The font {font.name} does not tell its characters.", where)


def _facts(font: Typeface, page: int) -> FontFacts:
    return FontFacts(
        name=font.name,
        kind=font.kind,
        embedded=font.embedded,
        subset=font.subset,
        unicode=font.unicode,
        page=page,
    )
