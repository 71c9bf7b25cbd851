"""Output intent and the marks of PDF/X: what printing condition the file is made for, and what it calls itself.

Source: ISO 32000-1, 14.3 (metadata), 14.11.5 (output intents), 14.11.6 (trapping); ISO 15930-4, -6 and -7, clause 6;
ICC.1:2010, 7.2 (profile header).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import pikepdf

from scanly.press.preflight.content.objects import DAMAGED, elements, item, name, number, text
from scanly.press.preflight.findings import STANDARDS
from scanly.press.preflight.ledger import Ledger

# Printing conditions that color.org registers.
REGISTERED = re.compile(
    r"FOGRA\d{2}L?|CGATS TR ?\d{3}|CGATS21-2-CRPC[1-7]|JC\d{6}|JCW\d{6}|IFRA\d{2}|EUROSB104|PSRgravure\w+"
)
REGISTRY = "http://www.color.org"
_CLASS, _COLOURS, _SIGNATURE = slice(12, 16), slice(16, 20), slice(36, 40)
_MOST_XMP_BYTES = 5_000_000
_PDFX_ID = "{http://www.npes.org/pdfx/ns/id/}GTS_PDFXVersion"
_PDFX_OLD = "{http://ns.adobe.com/pdfx/1.3/}GTS_PDFXVersion"
# What Info and XMP must say alike.
_TWICE = (("/Title", "dc:title"), ("/CreationDate", "xmp:CreateDate"), ("/ModDate", "xmp:ModifyDate"))


@dataclass(frozen=True, slots=True)
class Claims:
    """What the file says of itself; ``standards`` as it writes them."""

    title: str
    producer: str
    creator: str
    intent: str
    standards: tuple[str, ...]

    def claims(self, standard: str) -> bool:
        return any(each.startswith(standard) for each in self.standards)


def look_at_intent(pdf: pikepdf.Pdf, ledger: Ledger) -> Claims:
    """To be called after all pages: what is asked for depends on their colours."""
    info, xmp = item(pdf.trailer, "/Info"), _xmp(pdf)
    intents = [
        each for each in elements(item(pdf.Root, "/OutputIntents")) if name(item(each, "/S")) == "GTS_PDFX"
    ]
    if not intents:
        ledger.meet("no-output-intent", "It does not say for which printing condition it is made.")
    elif len(intents) > 1:
        ledger.meet("many-output-intents", f"It has {len(intents)} output intents.")
    for intent in intents[:1]:
        _one_intent(intent, ledger)
    standards = _standards(info, xmp)
    claims = Claims(
        title=text(item(info, "/Title")) or xmp.get("dc:title", ""),
        producer=text(item(info, "/Producer")),
        creator=text(item(info, "/Creator")),
        intent=text(item(intents[0], "/OutputConditionIdentifier")) if intents else "",
        standards=standards,
    )
    _metadata(info, xmp, claims, ledger)
    return claims


def _one_intent(intent: object, ledger: Ledger) -> None:
    condition = text(item(intent, "/OutputConditionIdentifier"))
    profile = item(intent, "/DestOutputProfile")
    if not condition:
        ledger.meet("intent-incomplete", "The output intent does not name its printing condition.")
    if isinstance(profile, pikepdf.Stream):
        _profile(profile, ledger)
        return
    barred = STANDARDS[1:] if ledger.has("rgb", "rgb-managed", "lab") else STANDARDS[2:]
    ledger.meet("intent-without-profile", "The output intent has no profile with it.", barred=barred)
    registered = text(item(intent, "/RegistryName")).rstrip("/") == REGISTRY and REGISTERED.fullmatch(
        condition
    )
    if condition and not registered:
        ledger.meet(
            "intent-incomplete", f'"{condition[:40]}" is not registered, and no profile says what it is.'
        )


def _profile(profile: pikepdf.Stream, ledger: Ledger) -> None:
    try:
        header = profile.read_bytes()[:128]
    except DAMAGED:
        header = b""
    if header[_SIGNATURE] != b"acsp":
        ledger.meet("intent-not-output", "The profile of the output intent is damaged.")
        return
    kind, colours = (header[part].decode("ascii", "replace").strip() for part in (_CLASS, _COLOURS))
    if kind != "prtr" or colours != "CMYK":
        what = f"The profile of the output intent is for {colours} ({kind}), not for CMYK printing (prtr)."
        ledger.meet("intent-not-output", what)
    elif int(number(item(profile, "/N"))) != 4:
        ledger.meet("intent-not-output", "The output intent says another number of inks than its profile.")


def _standards(info: object, xmp: Mapping[str, str]) -> tuple[str, ...]:
    told = (
        text(item(info, "/GTS_PDFXConformance")) or text(item(info, "/GTS_PDFXVersion")),
        xmp.get(_PDFX_ID, "") or xmp.get(_PDFX_OLD, ""),
    )
    return tuple(dict.fromkeys(each.strip()[:40] for each in told if each.strip()))


def _metadata(info: object, xmp: Mapping[str, str], claims: Claims, ledger: Ledger) -> None:
    for standard in STANDARDS:
        if not claims.claims(standard):
            ledger.meet("no-mark", f"It does not call itself {standard}.", barred=(standard,))
    if not claims.title:
        ledger.meet("no-title", "The document has no title.")
    if not all(text(item(info, key)) or xmp.get(other) for key, other in _TWICE[1:]):
        ledger.meet("no-dates", "The dates of making and change are not both there.")
    if _trapped(info) not in ("True", "False") and xmp.get("pdf:Trapped") not in ("True", "False"):
        ledger.meet("no-trapped", "It does not say whether it is trapped.")
    if not xmp:
        ledger.meet("no-xmp", "There is no XMP metadata.")
    _agreement(info, xmp, claims, ledger)


def _agreement(info: object, xmp: Mapping[str, str], claims: Claims, ledger: Ledger) -> None:
    """What is told twice must be told alike."""
    if len(claims.standards) > 1:
        both = " and ".join(claims.standards)
        ledger.meet("mark-disagrees", f"It calls itself {both}, in Info and in XMP.")
    told = [(key.removeprefix("/"), text(item(info, key)), xmp.get(other, "")) for key, other in _TWICE]
    told.append(("Trapped", _trapped(info), xmp.get("pdf:Trapped", "")))
    for called, one, two in told:
        if one and two and not _same(one, two):
            ledger.meet("mark-disagrees", f"Info and XMP disagree about {called}.")


def _trapped(info: object) -> str:
    return name(item(info, "/Trapped")) or text(item(info, "/Trapped"))


def _same(one: str, other: str) -> bool:
    first, second = _moment(one), _moment(other)
    return first == second if first and second else one.strip() == other.strip()


def _moment(told: str) -> datetime | None:
    """A date of PDF or of XMP, to the second; the zone counts where both have one."""
    digits = re.match(
        r"(?:D:)?(\d{4})-?(\d\d)-?(\d\d)T?(\d\d):?(\d\d):?(\d\d)?(?:\.\d+)?(Z|[+-]\d\d)?[':]?(\d\d)?",
        told.strip(),
    )
    if digits is None:
        return None
    year, month, day, hour, minute, second, zone, rest = digits.groups()
    offset = "+00:00" if zone in (None, "Z") else f"{zone}:{rest or '00'}"
    try:
        return datetime.fromisoformat(f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{offset}")
    except ValueError:
        return None


def _xmp(pdf: pikepdf.Pdf) -> dict[str, str]:
    """The properties that PDF/X asks about; nothing when there is no XMP or it cannot be read."""
    stream = item(pdf.Root, "/Metadata")
    if not isinstance(stream, pikepdf.Stream):
        return {}
    try:
        if len(stream.read_raw_bytes()) > _MOST_XMP_BYTES:
            return {}
        metadata = pdf.open_metadata(update_docinfo=False, strict=False)
        asked = (_PDFX_ID, _PDFX_OLD, "pdf:Trapped", *(other for _, other in _TWICE))
        found = {key: str(cast(object, metadata.get(key))) for key in asked if metadata.get(key) is not None}
    except (*DAMAGED, SyntaxError):
        return {}
    return found or {"": "empty"}
