"""Artwork as EPS for design programs and plotters: vector, on process and spot inks, 7-bit clean.

The prolog gives PostScript the operators of PDF, so both files hold the same drawing. `painting_of` takes such
a file apart again, so that it can be looked at without a PostScript interpreter; it believes nothing but the very
bytes that are written here.

Source: EPSF 3.0 and Document Structuring Conventions 3.0 (Adobe technical notes 5002, 5001); PostScript Language
Reference, third edition, 3.13 (filters), 4.8.4 (Separation), 4.10.5 (images).
"""

from __future__ import annotations

import math
import re
from base64 import a85decode, a85encode
from collections.abc import Collection, Iterator
from dataclasses import replace

from scanly.qr.artwork import Artwork
from scanly.qr.ink import Ink
from scanly.qr.writers.numbers import number, numbers
from scanly.qr.writers.operators import Painting, Picture, inks_of, paint

_PROLOG = """%%BeginProlog
/scanly 48 dict def
scanly begin
/q /gsave load def /Q /grestore load def
/cm {6 array astore concat} bind def
/m /moveto load def /l /lineto load def /c /curveto load def /h /closepath load def
/re {4 2 roll moveto 1 index 0 rlineto 0 exch rlineto neg 0 rlineto closepath} bind def
/n /newpath load def /W /clip load def /W* /eoclip load def
/f /fill load def /f* /eofill load def
/k /setcmykcolor load def /rg /setrgbcolor load def
/cs {load setcolorspace} bind def /scn /setcolor load def
/sh {load shfill} bind def
/Do {load exec} bind def
end
%%EndProlog
"""
_START = "scanly begin\n"
_END = "end\nshowpage\n%%EOF\n"

# So that the line of a title stays under 255 characters, as the conventions ask.
_MAX_TITLE_BYTES = 60

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_STRING = r"\(((?:[^()\\]|\\[0-7]{3})*)\)"
_OUTLINE = rf"(?:(?:{_NUMBER} {_NUMBER} [ml]|(?:{_NUMBER} ){{6}}c|(?:{_NUMBER} ){{4}}re|h)\n)*+"
_FILLED = rf"(?:(?:{_NUMBER} ){{4}}k|(?:{_NUMBER} ){{3}}rg|/C[0-9]+ cs 1 scn)\n{_OUTLINE}f\*?\n"
_SHADED = rf"q\n{_OUTLINE}W\*? n\n/S[0-9]+ sh\nQ\n"
_PLACED = rf"q\n(?:{_OUTLINE}W n\n)?(?:{_NUMBER} ){{6}}cm\n/I[0-9]+ Do\n[ !-uz\n]*~>\nQ\n"
_CONTENT = re.compile(rf"q\n(?:{_NUMBER} ){{6}}cm\n(?:{_FILLED}|{_SHADED}|{_PLACED})*+Q\n")
_SHARES = rf"\[{_NUMBER}(?: {_NUMBER}){{2,3}}\]"
_PIECE = rf"<< /FunctionType 2 /Domain \[0 1\] /N 1 /C0 {_SHARES} /C1 {_SHARES} >>"
_STITCHED = (
    rf"<< /FunctionType 3 /Domain \[0 1\] /Functions \[{_PIECE}(?: {_PIECE})+\] "
    rf"/Bounds \[{_NUMBER}(?: {_NUMBER})*\] /Encode \[0 1(?: 0 1)+\] >>"
)
_SPACE = "/ColorSpace /Device(?:CMYK|RGB) /Coords"
_SHADING = re.compile(
    rf"/(S[0-9]+) (<< /ShadingType (?:2 {_SPACE} \[{_NUMBER}(?: {_NUMBER}){{3}}\]|"
    rf"3 {_SPACE} \[{_NUMBER}(?: {_NUMBER}){{5}}\]) "
    rf"/Extend \[true true\] /Function (?:{_PIECE}|{_STITCHED}) >>) def"
)
_SPOT = re.compile(
    rf"/(C[0-9]+) \[/Separation {_STRING} .* def % ({_NUMBER}) ({_NUMBER}) ({_NUMBER}) ({_NUMBER})"
)
_PICTURE = re.compile(r"/(I[0-9]+) .* % ([0-9]+) ([0-9]+) (cmyk|rgb)")
_SIZE = re.compile(rf"%%HiResBoundingBox: 0 0 ({_NUMBER}) ({_NUMBER})\n%%Title: {_STRING}\n")
_USE = re.compile(r"^/([CSI][0-9]+) (?:cs|sh|Do)", re.MULTILINE)
_DATA = re.compile(r"^/(I[0-9]+) Do\n([^~]*)~>\n", re.MULTILINE)


def write(artwork: Artwork) -> bytes:
    """The file."""
    return _file(paint(artwork), artwork.title or "QR code")


def painting_of(data: bytes) -> Painting | None:
    """What an EPS file that was written here draws; None for any other file."""
    try:
        head, _, rest = data.decode("ascii").partition(_PROLOG + _START)
        size = _SIZE.search(head)
        painting = _parsed(rest.removesuffix(_END), size) if size else None
        # Written again, it must be the same: so whatever was not understood is noticed.
        return painting if painting and size and _file(painting, _unescaped(size[3])) == data else None
    except ValueError:
        return None


def _file(painting: Painting, title: str) -> bytes:
    width, height = round(painting.width_pt, 4), round(painting.height_pt, 4)
    short_title = title.encode("utf-8", "replace")[:_MAX_TITLE_BYTES].decode("utf-8", "ignore")
    head = (
        "%!PS-Adobe-3.0 EPSF-3.0",
        f"%%BoundingBox: 0 0 {math.ceil(width)} {math.ceil(height)}",
        f"%%HiResBoundingBox: 0 0 {numbers(width, height, digits=4)}",
        f"%%Title: ({_escaped(short_title)})",
        "%%Creator: (Scanly)",
        "%%LanguageLevel: 3",
        "%%DocumentData: Clean7Bit",
        *_spot_comments(painting.spots.values()),
        "%%EndComments",
        "",
    )
    return "".join(("\n".join(head), _PROLOG, _START, _setup(painting), _body(painting), _END)).encode(
        "ascii"
    )


def _spot_comments(inks: Collection[Ink]) -> Iterator[str]:
    """Which plates there are, and how design programs show them."""
    names = [f"({_escaped(ink.spot)})" for ink in inks]
    shares = [numbers(*ink.cmyk, digits=4) for ink in inks]
    replacements = [f"{four} {name}" for four, name in zip(shares, names, strict=True)]
    for comment, values in (("DocumentCustomColors", names), ("CMYKCustomColor", replacements)):
        for place, value in enumerate(values):
            yield f"%%+ {value}" if place else f"%%{comment}: {value}"


def _setup(painting: Painting) -> str:
    lines = [f"/{name} {_separation(ink)} def % {inks_of(ink.cmyk)}" for name, ink in painting.spots.items()]
    lines += [f"/{name} {shading} def" for name, shading in painting.shadings.items()]
    lines += [_image(name, picture) for name, picture in painting.pictures.items()]
    return "".join(f"{line}\n" for line in lines)


def _separation(ink: Ink) -> str:
    """The colour space of a spot ink; the procedure takes a tint to the four inks that replace it."""
    c, m, y, k = (number(share, 4) for share in ink.cmyk)
    tint = f"{{dup {c} mul exch dup {m} mul exch dup {y} mul exch {k} mul}}"
    return f"[/Separation ({_escaped(ink.spot)}) /DeviceCMYK {tint}]"


def _image(name: str, picture: Picture) -> str:
    """A procedure that draws the unit square from the data that follow its call."""
    width, height, inks = picture.width_px, picture.height_px, picture.inks
    space, decode = ("DeviceCMYK", "0 1 0 1 0 1 0 1") if inks == "cmyk" else ("DeviceRGB", "0 1 0 1 0 1")
    dictionary = (
        f"<< /ImageType 1 /Width {width} /Height {height} /BitsPerComponent 8 /Decode [{decode}] "
        f"/ImageMatrix [{width} 0 0 -{height} 0 {height}] /DataSource pixels /FlateDecode filter >>"
    )
    read = "/pixels currentfile /ASCII85Decode filter def"
    return (
        f"/{name} {{{read} /{space} setcolorspace {dictionary} image pixels flushfile}} bind def "
        f"% {width} {height} {inks}"
    )


def _body(painting: Painting) -> str:
    body = painting.content
    for name, picture in painting.pictures.items():
        body = body.replace(f"/{name} Do\n", f"/{name} Do\n{_armoured(picture.data)}~>\n")
    return body


def _armoured(data: bytes) -> str:
    """Base-85 in lines, none of which can be taken for a comment."""
    lines = a85encode(data, wrapcol=100).decode("ascii").split("\n")
    return "\n".join([f" {line}" if line.startswith("%") else line for line in lines])


def _parsed(text: str, size: re.Match[str]) -> Painting | None:
    """The drawing in a file's definitions and operators; None when a line is not as it is written here.

    Raises ValueError for damaged pictures.
    """
    painting = Painting("", float(size[1]), float(size[2]), {}, {}, {})
    start = text.find("q\n")
    if not _CONTENT.fullmatch(text, max(start, 0)):
        return None
    pictures = dict(_DATA.findall(text, start))
    for line in text[:start].splitlines():
        if spot := _SPOT.fullmatch(line):
            c, m, y, k = (float(share) for share in spot.groups()[2:])
            painting.spots[spot[1]] = Ink((0, 0, 0), (c, m, y, k), _unescaped(spot[2]))
        elif shading := _SHADING.fullmatch(line):
            painting.shadings[shading[1]] = shading[2]
        elif picture := _PICTURE.fullmatch(line):
            data = a85decode(pictures.get(picture[1], ""))
            inks = "cmyk" if picture[4] == "cmyk" else "rgb"
            painting.pictures[picture[1]] = Picture(data, int(picture[2]), int(picture[3]), inks)
    known = painting.spots.keys() | painting.shadings.keys() | painting.pictures.keys()
    if not known.issuperset(_USE.findall(text, start)):
        return None
    return replace(painting, content=_DATA.sub(r"/\1 Do\n", text[start:]))


def _escaped(text: str) -> str:
    """As a PostScript string in plain ASCII; every other byte of its UTF-8 by its octal number."""
    return "".join(
        chr(byte) if 32 <= byte < 127 and chr(byte) not in "()\\" else f"\\{byte:03o}"
        for byte in text.encode("utf-8", "replace")
    )


def _unescaped(text: str) -> str:
    """The text that is `_escaped` so. Raises ValueError."""
    raw = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), text)
    return raw.encode("latin-1").decode()
