"""The file as a whole: syntax, encryption, version, layers, and what does more than print.

Source: ISO 32000-1, 7.5 (file structure), 7.6 (encryption), 8.11 (layers), 12.5 to 12.7 (interactive parts).
"""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf

from scanly.press.preflight.content.objects import (
    DAMAGED,
    Identity,
    bounds,
    common,
    elements,
    identity,
    item,
    items,
    name,
    text,
)
from scanly.press.preflight.findings import Standard
from scanly.press.preflight.ledger import Ledger
from scanly.press.preflight.view import View

# The newest version of PDF that each standard builds on.
_VERSIONS: tuple[tuple[Standard, tuple[int, int]], ...] = (
    ("PDF/X-1a", (1, 4)),
    ("PDF/X-3", (1, 4)),
    ("PDF/X-4", (1, 6)),
)
# What a press puts there itself.
_FOR_PRINTERS = frozenset({"PrinterMark", "TrapNet"})
_MOST_SAID = 5


def look_at_file(pdf: pikepdf.Pdf, ledger: Ledger) -> None:
    """Everything that does not belong to a page."""
    _syntax(pdf, ledger)
    version = version_of(pdf)
    for standard, newest in _VERSIONS:
        if version > newest:
            what = f"It is PDF {version[0]}.{version[1]}; {standard} is PDF {newest[0]}.{newest[1]} or older."
            ledger.meet("version", what, barred=(standard,))
    if pdf.is_encrypted:
        ledger.meet("encrypted", "The file is encrypted.")
    if name(item(pdf.trailer, "/Type")) == "XRef":
        ledger.meet("compressed-objects", "Objects are kept in compressed streams (PDF 1.5).")
    if len(elements(item(pdf.trailer, "/ID"))) != 2:
        ledger.meet("no-identity", "The file has no identifier.")
    _interactive(pdf.Root, ledger)
    for layer, is_hidden in layers_of(pdf).values():
        if is_hidden:
            ledger.meet("hidden-layer", f'The layer "{layer}" is switched off.')
    if item(pdf.Root, "/OCProperties") is not None:
        ledger.meet("layers", "The file has layers.")


def version_of(pdf: pikepdf.Pdf) -> tuple[int, int]:
    """The one in the header, or the newer one in the catalog."""
    told = (pdf.pdf_version, name(item(pdf.Root, "/Version")))
    found = [
        tuple(map(int, each.split(".")))
        for each in told
        if each.replace(".", "", 1).isdigit() and "." in each
    ]
    newest = max(found, default=(1, 0))
    return newest[0], newest[1]


def layers_of(pdf: pikepdf.Pdf) -> dict[Identity, tuple[str, bool]]:
    """Each layer's name, and whether it is off."""
    properties = item(pdf.Root, "/OCProperties")
    usual = item(properties, "/D")
    all_off = name(item(usual, "/BaseState")) == "OFF"
    on = {identity(each) for each in elements(item(usual, "/ON"))}
    off = {identity(each) for each in elements(item(usual, "/OFF"))}
    return {
        identity(layer): (
            text(item(layer, "/Name")) or "without a name",
            identity(layer) in off or (all_off and identity(layer) not in on),
        )
        for layer in elements(item(properties, "/OCGs"))
    }


def look_at_annotations(view: View) -> None:
    """Notes, links and fields that lie on what is printed."""
    for annotation in elements(item(view.page, "/Annots")):
        kind, where = name(item(annotation, "/Subtype")), bounds(item(annotation, "/Rect"))
        for action in _actions(annotation):
            _action(action, view.ledger, view.number)
        if where is None or kind in _FOR_PRINTERS or common(where, view.frame.bleed) is None:
            continue
        if kind == "Widget":
            view.meet("annotation-inside", "A form field lies on the page.", where)
        elif kind == "Link":
            view.meet("link-inside", "A link lies on the page.", where)
        elif kind != "Popup":
            view.meet("annotation-inside", f"An annotation lies on the page ({kind or 'of no kind'}).", where)
    for action in _actions(view.page):
        _action(action, view.ledger, view.number)


def _syntax(pdf: pikepdf.Pdf, ledger: Ledger) -> None:
    try:
        problems = pdf.check_pdf_syntax()
    except DAMAGED as error:
        problems = [str(error)]
    for problem in problems[:_MOST_SAID]:
        ledger.meet("syntax", f"The file is damaged: {_said(problem)}.")
    if not problems:
        for warning in pdf.get_warnings()[:_MOST_SAID]:
            ledger.meet("repaired", f"The file had to be repaired to be read: {_said(str(warning))}.")


def _said(problem: str) -> str:
    """What a library said, without the name of the file."""
    return " ".join(problem.rsplit(": ", 1)[-1].split())[:120].rstrip(".") or "no reason given"


def _interactive(root: pikepdf.Object, ledger: Ledger) -> None:
    if item(root, "/Names", "/JavaScript") is not None:
        ledger.meet("javascript", "The file has scripts.")
    if item(root, "/Names", "/EmbeddedFiles") is not None or elements(item(root, "/AF")):
        ledger.meet("attachments", "Other files are embedded in the file.")
    fields = item(root, "/AcroForm")
    if elements(item(fields, "/Fields")) or item(fields, "/XFA") is not None:
        ledger.meet("form-fields", "The file is a form.")
    for action in _actions(root):
        _action(action, ledger)
    if isinstance(opened := item(root, "/OpenAction"), pikepdf.Dictionary):
        _action(opened, ledger)


def _actions(holder: object) -> Iterator[object]:
    if (one := item(holder, "/A")) is not None:
        yield one
    yield from (action for _, action in items(item(holder, "/AA")))


def _action(action: object, ledger: Ledger, page: int = 0) -> None:
    """Going to an address or a page is what links are for; all else is a program."""
    kind = name(item(action, "/S"))
    if kind == "JavaScript":
        ledger.meet("javascript", "The file has scripts.", page=page)
    elif kind and kind not in ("URI", "GoTo"):
        ledger.meet("actions", f"The file does something by itself ({kind}).", page=page)
