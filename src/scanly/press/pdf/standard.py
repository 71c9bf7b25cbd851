"""PDF/X: which file is prepared as what, the output intent, and metadata that agree with each other.

No free tool certifies PDF/X, so files are "prepared as", never "certified".

Source: ISO 15930-4 (X-1a:2003), ISO 15930-6 (X-3:2003), ISO 15930-7 (X-4); ISO 32000-1, 14.11.5 (output intents);
XMP specification part 1 (ISO 16684-1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from xml.sax.saxutils import escape

from scanly.core.errors import Invalid
from scanly.core.text import nearest
from scanly.press.pictures.profile import Profile

Standard = Literal["", "PDF/X-1a", "PDF/X-3", "PDF/X-4"]


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a standard wants: its full name, the version of PDF, whether the profile is always embedded."""

    name: str
    version: str
    embeds: bool = False


STANDARDS: Mapping[Standard, _Rules] = {
    "PDF/X-1a": _Rules("PDF/X-1a:2003", "1.4"),
    "PDF/X-3": _Rules("PDF/X-3:2003", "1.4"),
    "PDF/X-4": _Rules("PDF/X-4", "1.6", embeds=True),
}
REGISTRY = "http://www.color.org"
# Conditions in the registry of the ICC: their names, and what they are.
CONDITIONS: Mapping[str, str] = {
    "FOGRA39": "Offset, coated paper, ISO 12647-2:2004",
    "FOGRA47": "Offset, uncoated white paper, ISO 12647-2:2004",
    "FOGRA51": "Offset, premium coated paper, ISO 12647-2:2013",
    "FOGRA52": "Offset, wood-free uncoated paper, ISO 12647-2:2013",
    "FOGRA54": "Offset, supercalendered paper, ISO 12647-2:2013",
    "FOGRA55": "Seven colours, coated paper",
    "FOGRA60": "Metal decoration",
    "CGATS TR 001": "Web offset, coated paper, SWOP",
    "CGATS TR 003": "SWOP 2006, coated paper #3",
    "CGATS TR 005": "SWOP 2006, coated paper #5",
    "CGATS TR 006": "GRACoL 2006, coated paper #1",
    "CGATS21-2-CRPC6": "GRACoL 2013, coated paper",
    "IFRA26": "Newsprint, ISO 12647-3",
    "JC200103": "Japan Color 2001, coated paper",
    "JC200104": "Japan Color 2001, uncoated paper",
}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says of itself. ``made_ms`` is Unix time in UTC."""

    title: str
    made_ms: int
    standard: Standard = ""
    profile: Profile | None = None
    condition: str = "FOGRA39"
    creator: str = "Scanly"


def find_condition(name: str) -> str:
    """A registered condition by its name, however it is spelled. Raises Invalid."""
    wanted = _plain(name)
    for known in CONDITIONS:
        if _plain(known) == wanted:
            return known
    hint = nearest(name, CONDITIONS) or f"There are {', '.join(CONDITIONS)}; or give its profile with --icc."
    raise Invalid.field("condition", f'"{name[:60]}" is not a registered printing condition.', hint=hint)


def check(metadata: Metadata) -> None:
    """Raises Invalid when the standard asks for what is not there."""
    rules = STANDARDS.get(metadata.standard)
    if rules and rules.embeds and metadata.profile is None:
        message = f"{rules.name} always holds the profile of the printing condition."
        hint = "Give it with --icc FILE, such as the one your print shop names; or take PDF/X-1a."
        raise Invalid.field("icc", message, hint=hint)


def version(metadata: Metadata) -> str:
    rules = STANDARDS.get(metadata.standard)
    return rules.version if rules else "1.4"


def info(metadata: Metadata) -> bytes:
    """The entries of the Info dictionary."""
    moment = datetime.fromtimestamp(metadata.made_ms / 1000, UTC).strftime("D:%Y%m%d%H%M%SZ")
    entries = [
        f"/Title {text(metadata.title)} /Creator ({metadata.creator}) /Producer (Scanly)",
        f"/CreationDate ({moment}) /ModDate ({moment}) /Trapped /False",
    ]
    if metadata.standard in ("PDF/X-1a", "PDF/X-3"):
        entries.append(f"/GTS_PDFXVersion ({STANDARDS[metadata.standard].name})")
    return " ".join(entries).encode()


def intent(metadata: Metadata, profile: str) -> str:
    """The output intent; ``profile`` is a reference to the embedded one, or empty."""
    if metadata.profile:
        name = metadata.profile.name
        return (
            f"<< /Type /OutputIntent /S /GTS_PDFX /OutputConditionIdentifier {text(name)} "
            f"/OutputCondition {text(name)} /Info {text(name)} /DestOutputProfile {profile} >>"
        )
    name = metadata.condition
    return (
        f"<< /Type /OutputIntent /S /GTS_PDFX /OutputConditionIdentifier {text(name)} /RegistryName ({REGISTRY}) "
        f"/OutputCondition {text(CONDITIONS[name])} /Info {text(f'{name}: {CONDITIONS[name]}')} >>"
    )


def xmp(metadata: Metadata, identity: str) -> bytes:
    """The metadata stream, which says the same as Info; ``identity`` is that of the file's contents, in hex."""
    moment = datetime.fromtimestamp(metadata.made_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    rules = STANDARDS.get(metadata.standard)
    mark = f"<pdfxid:GTS_PDFXVersion>{rules.name}</pdfxid:GTS_PDFXVersion>" if rules else ""
    title = escape(metadata.title)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '<rdf:Description rdf:about="" xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/" '
        'xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">\n'
        f"{mark}<pdf:Trapped>False</pdf:Trapped><pdf:Producer>Scanly</pdf:Producer>"
        f"<xmp:CreatorTool>{escape(metadata.creator)}</xmp:CreatorTool><xmp:CreateDate>{moment}</xmp:CreateDate>"
        f"<xmp:ModifyDate>{moment}</xmp:ModifyDate><xmp:MetadataDate>{moment}</xmp:MetadataDate>\n"
        f"<xmpMM:DocumentID>uuid:{identity}</xmpMM:DocumentID><xmpMM:VersionID>1</xmpMM:VersionID>"
        "<xmpMM:RenditionClass>default</xmpMM:RenditionClass><dc:format>application/pdf</dc:format>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>\n'
        '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()


def text(words: str) -> str:
    """A PDF text string: as it is where it is ASCII, else in UTF-16 as hexadecimal digits."""
    if words.isascii():
        return "(" + words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") + ")"
    digits = f"\ufeff{words}".encode("utf-16-be").hex()
    return f"<{digits}>"


def _plain(name: str) -> str:
    return "".join(one for one in name.casefold() if one.isalnum())
