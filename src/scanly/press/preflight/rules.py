"""The rules, as a table: how bad it is, what to do about it, which standards forbid it, and where that is laid down.

Source: ISO 15930-4:2003 (PDF/X-1a), ISO 15930-6:2003 (PDF/X-3), ISO 15930-7:2010 (PDF/X-4), each in clause 6;
clauses named below are those of ISO 32000-1 for the feature itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scanly.press.preflight.findings import Severity, Standard

_X1A: tuple[Standard, ...] = ("PDF/X-1a",)
_X3: tuple[Standard, ...] = ("PDF/X-1a", "PDF/X-3")
_ALL: tuple[Standard, ...] = ("PDF/X-1a", "PDF/X-3", "PDF/X-4")
_X4: tuple[Standard, ...] = ("PDF/X-4",)


class Rule(NamedTuple):
    """``severity`` is None for what only a standard minds."""

    severity: Severity | None
    remedy: str
    barred: tuple[Standard, ...] = ()
    clause: str = ""


_EXPORT = "Export the file again."
_EMBED = "Embed all fonts when exporting, or turn the text into outlines."
_FLATTEN = "Flatten transparency when exporting, or ask for PDF/X-4."
_TO_CMYK = "Convert it to CMYK, grey or a spot ink."
_ONE_BLACK = "Print it in 100 % black alone."

RULES: Mapping[str, Rule] = {
    # The file
    "unreadable": Rule("error", _EXPORT, _ALL, "7.5"),
    "syntax": Rule("error", _EXPORT, _ALL, "7.5"),
    "repaired": Rule("warning", _EXPORT, (), "7.5"),
    "encrypted": Rule("error", "Export it without a password and without restrictions.", _ALL, "7.6"),
    "no-pages": Rule("error", "Export at least one page."),
    "too-many-pages": Rule("warning", "Split the file."),
    "version": Rule(None, "Export it as that version of PDF.", (), "7.5.2"),
    "compressed-objects": Rule(None, "Save it without object streams.", _X3, "7.5.7, 7.5.8"),
    "no-identity": Rule(None, "Export it with a file identifier (ID).", _ALL, "14.4"),
    "javascript": Rule("warning", "Remove scripts.", _ALL, "12.6.4.16"),
    "actions": Rule("warning", "Remove actions.", _X3, "12.6"),
    "attachments": Rule("warning", "Remove embedded files.", _X3, "7.11.4"),
    "form-fields": Rule("warning", "Flatten the form: fields may not print.", (), "12.7"),
    "annotation-inside": Rule("warning", "Remove it, or move it off the page.", _ALL, "12.5"),
    "link-inside": Rule("note", "Nothing to do, unless PDF/X is asked for.", _ALL, "12.5.6.5"),
    "layers": Rule("note", "Flatten layers if the print shop does not ask for them.", _X3, "8.11"),
    "hidden-layer": Rule("warning", "Delete layers that are not to be printed.", (), "8.11"),
    # Output intent and marks of PDF/X
    "no-output-intent": Rule(
        None, "Export it as PDF/X for the printing condition of the shop.", _ALL, "14.11.5"
    ),
    "many-output-intents": Rule("warning", "Keep one output intent.", _ALL, "14.11.5"),
    "intent-incomplete": Rule("warning", "Export it with a complete output intent.", _ALL, "14.11.5"),
    "intent-not-output": Rule("error", "Take the CMYK output profile of the shop.", _ALL, "14.11.5"),
    "intent-without-profile": Rule(None, "Embed the profile of the printing condition.", _X4, "14.11.5"),
    "no-mark": Rule(None, "Export it as PDF/X; the mark alone does not make it one."),
    "mark-disagrees": Rule("warning", "Export it again, so that Info and XMP say the same.", _ALL, "14.3"),
    "no-title": Rule(None, "Give the document a title.", _ALL, "14.3.3"),
    "no-dates": Rule(None, "Export it with its dates.", _ALL, "14.3.3"),
    "no-trapped": Rule(None, "Say whether it is trapped: true or false.", _ALL, "14.11.6"),
    "no-xmp": Rule(None, "Export it with XMP metadata, not compressed.", _X4, "14.3.2"),
    # Boxes and bleed
    "box-missing": Rule("error", _EXPORT, _ALL, "14.11.2"),
    "no-trim-box": Rule("note", "Export it with a trim box.", _ALL, "14.11.2"),
    "boxes-not-nested": Rule("error", "Set media ⊇ bleed ⊇ trim.", _ALL, "14.11.2"),
    "crop-hides-bleed": Rule(
        "warning", "Remove the crop box, or make it as large as the bleed.", _ALL, "14.11.2"
    ),
    "art-and-trim": Rule("warning", "Keep the trim box and remove the art box.", _ALL, "14.11.2"),
    "rotated": Rule("note", "Check that the shop turns it as you see it.", (), "7.7.3.3"),
    "mixed-sizes": Rule("warning", "Send pages of different sizes in files of their own.", (), "14.11.2"),
    "user-unit": Rule("warning", "Export it at its real size.", _X3, "7.7.3.3"),
    "bleed-short": Rule("error", "Draw it beyond the edge, and export with bleed.", (), "14.11.2"),
    "marks-in-bleed": Rule("warning", "Move marks outside the bleed.", (), "14.11.3"),
    "marks-inside": Rule("note", "Nothing to do where several pieces stand on one sheet.", (), "14.11.3"),
    "near-trim": Rule("warning", "Move it inwards: cutting is off by a millimetre at times."),
    "empty-page": Rule("warning", "Remove it if it is not meant to be blank."),
    # Content
    "content-damaged": Rule("error", _EXPORT, _ALL, "7.8.2"),
    "content-too-long": Rule("warning", "Simplify the page; the rest of it was not looked at."),
    "states-unbalanced": Rule("warning", _EXPORT, _ALL, "8.4.2"),
    "operator-unknown": Rule("warning", _EXPORT, _ALL, "annex A"),
    "resource-missing": Rule("error", _EXPORT, _ALL, "7.8.3"),
    "forms-too-deep": Rule("error", "Simplify the page: forms hold one another.", (), "8.10"),
    "not-drawn": Rule("error", _EXPORT),
    "postscript": Rule("error", "Remove PostScript.", _ALL, "8.8.2"),
    "opi": Rule("error", "Embed the picture itself instead of a stand-in.", _ALL, "14.11.7"),
    "reference": Rule("error", "Embed what stands in another file.", _X3, "8.10.4"),
    "transfer-curve": Rule("warning", "Export it without transfer curves.", _ALL, "10.5"),
    "halftone-phase": Rule(None, "Export it without halftones.", _ALL, "8.4.5"),
    "lzw": Rule(None, "Compress with Flate.", _ALL, "7.4.4"),
    # Fonts
    "font-not-embedded": Rule("error", _EMBED, _ALL, "9.9"),
    "font-type-3": Rule(
        "note", "Ask the program for TrueType or OpenType fonts if letters look rough.", (), "9.6.5"
    ),
    "font-no-unicode": Rule("note", "Nothing to do for printing; the text cannot be searched.", (), "9.10.2"),
    # Colours and inks
    "rgb": Rule("error", _TO_CMYK, _ALL, "8.6.4.3"),
    "rgb-managed": Rule("error", _TO_CMYK, _X1A, "8.6.5"),
    "lab": Rule("warning", _TO_CMYK, _X1A, "8.6.5.4"),
    "icc-colour": Rule(None, "Export colours as device CMYK or grey.", _X1A, "8.6.5.5"),
    "space-unknown": Rule("warning", _TO_CMYK, _ALL, "8.6"),
    "registration-inside": Rule("error", _ONE_BLACK, (), "8.6.6.4"),
    "ink-limit": Rule("error", "Reduce the inks, or convert with the profile of the shop."),
    "spot-replacements": Rule("warning", "Give the ink one replacement in the whole file.", (), "8.6.6.4"),
    "spot-spellings": Rule("warning", "Spell the ink one way, or it prints on two plates.", (), "8.6.6.4"),
    "spot-process-name": Rule("warning", "Use the process ink itself.", (), "8.6.6.4"),
    "white-overprint": Rule("error", "Switch overprint off: white that overprints vanishes.", (), "8.6.7"),
    "colour-overprint": Rule("warning", "Switch overprint off unless the colours are to mix.", (), "8.6.7"),
    "rich-black-text": Rule("warning", _ONE_BLACK),
    "hairline": Rule("warning", "Draw lines of 0.25 pt or more."),
    "small-coloured-text": Rule("warning", "Set it larger, or in one ink."),
    "small-reversed-text": Rule("warning", "Set it larger, or dark on light."),
    # Pictures
    "image-rough": Rule("error", "Take a picture with more pixels, or print it smaller."),
    "image-soft": Rule("warning", "Take a picture with more pixels, or print it smaller."),
    "line-art-rough": Rule("warning", "Take 600 ppi or more, or a vector drawing."),
    "image-damaged": Rule("error", "Place the picture again.", _ALL, "8.9.5"),
    "jpeg2000": Rule(None, "Compress with JPEG or Flate.", _X3, "7.4.9"),
    # Transparency
    "transparency": Rule("note", _FLATTEN, _X3, "11.6"),
    "transparency-group": Rule(None, _FLATTEN, _X3, "11.6.6"),
    # Codes
    "code-small": Rule("error", "Print it larger: 0.33 mm a module, never below 0.25 mm."),
    "code-fine": Rule("warning", "Print it larger: 0.33 mm a module or more."),
    "code-unreadable": Rule("error", "Make the code anew, larger or plainer."),
    "code-failing": Rule("error", "Make the code anew, larger or plainer."),
    "code-weak": Rule("warning", "See what is said about it."),
    "code-quiet-zone": Rule("error", "Leave clear ground around it."),
    "code-duplicate": Rule("warning", "Check that both are meant."),
    "code-repeated": Rule("note", "Nothing to do where one piece is printed many times."),
    "code-near-trim": Rule("warning", "Move it inwards: cutting takes a millimetre at times."),
    "code-cut": Rule("error", "Move it into the page."),
    "code-covered": Rule("warning", "Bring the code to the front, or move what lies over it."),
    "code-rich-black": Rule("error", _ONE_BLACK),
    "code-many-inks": Rule(
        "warning", "Print it in one ink, best in 100 % black: plates are never quite in register."
    ),
    "code-blend": Rule(
        "note", "Nothing to do where modules are large; fine ones are safer in 100 % black alone."
    ),
    "code-screen-colours": Rule("error", "Draw it in 100 % black (0 0 0 1 k)."),
    "code-is-picture": Rule(
        "warning", "Place it as a vector drawing, or with 600 ppi or more and hard edges."
    ),
    "code-overprint": Rule("warning", "Switch overprint off for the code."),
    "serial-gap": Rule("warning", "Check that they are meant to be left out."),
}
