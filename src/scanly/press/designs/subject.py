"""What a piece is about: whose it is, what it says, where its code leads, and the inks that it is printed with."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from scanly.accounts.model import Workspace
from scanly.links.model import Link
from scanly.press.designs.colours import Colours, colours_of
from scanly.press.designs.words import call_of, usual_call
from scanly.press.pictures.picture import Picture
from scanly.press.type.setting import Face
from scanly.qr.artwork import Artwork
from scanly.qr.drawing import artwork_of, make_symbol
from scanly.qr.ink import WHITE, Ink
from scanly.qr.style import Style
from scanly.sites.look.themes import look_of, style
from scanly.sites.model import Site, Text
from scanly.sites.words.language import LANGUAGES, find_language

# A line under the name that is longer than this is no line any more.
_LONGEST_LINE = 120
QUIET_ZONE_MODULES = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """``name`` is the largest text, ``line`` one sentence under it (may be empty), ``call`` what to do with the code.

    ``address`` is what people may type instead of scanning, without ``https://``; ``content`` is what the code
    holds. ``font`` is a file of the owner's own font, empty for Scanly's.
    """

    name: str
    line: str
    call: str
    address: str
    content: bytes
    language: str
    colours: Colours
    rtl: bool = False
    logo: Picture | None = None
    font: str = ""
    style: Style = field(default_factory=Style)

    @property
    def accent(self) -> Ink:
        return self.colours.accent

    @property
    def ground(self) -> Ink:
        return self.colours.ground

    @property
    def text(self) -> Ink:
        return self.colours.text

    @property
    def heading(self) -> Face:
        return Face("bold", self.font)

    @property
    def body(self) -> Face:
        return Face("regular", self.font)

    def code(self, width_mm: float, *, dark: Ink | None = None, light: Ink | None = WHITE) -> Artwork:
        """The code, ``width_mm`` from edge to edge with its quiet zone; ``dark`` is the style's unless given, which
        is black unless chosen; without ``light`` what lies under it shows, which must be light. Raises Invalid."""
        said: dict[str, object] = {
            "size_mm": width_mm,
            "module_mm": 0.0,
            "quiet_zone_modules": max(self.style.quiet_zone_modules, QUIET_ZONE_MODULES),
            "light": _written(light) if light else "none",
            "frame": "",
            "caption": "",
        }
        if dark:
            said |= {"dark": _written(dark), "eye_colour": "", "pupil_colour": ""}
        style = msgspec.structs.replace(self.style, **said)
        return artwork_of(make_symbol(self.content, style), style)


def subject_of(
    workspace: Workspace,
    link: Link,
    site: Site | None,
    short_url: str,
    *,
    language: str = "",
    call: str = "",
    logo: Picture | None = None,
) -> Subject:
    """What a piece for ``link`` says: the words and colours of the page it leads to, else those of the workspace.

    ``call`` is the name of a call to action (``menu``, ``pay``, …) or any text. Raises NotFound or Invalid for a
    theme that cannot be used.
    """
    target = urlsplit(link.target)
    language = language or _language_of(workspace, site, target.path)
    name = _on_board(site, "name", site.title, language) if site else workspace.name
    line = _on_board(site, "line", site.description or "", language) if site else link.title
    return Subject(
        name=name,
        line="" if line == name else _shortened(line),
        call=call_of(language, call or usual_call(site, target.fragment)),
        address=_typed(short_url),
        content=short_url.encode(),
        language=language,
        colours=_colours(workspace, site),
        rtl=language in LANGUAGES and find_language(language).direction == "rtl",
        logo=logo,
    )


def _language_of(workspace: Workspace, site: Site | None, path: str) -> str:
    """The language of the page that a path such as ``/s/asha/hi`` shows; a workspace's where there is no page."""
    if site is None:
        return workspace.language
    last = path.rpartition("/")[2]
    return last if last in site.languages else site.language


def _typed(short_url: str) -> str:
    """What to type: a host is found in small letters, a code only as it is written."""
    host, slash, code = short_url.partition("://")[2].partition("/")
    return f"{host.lower()}{slash}{code}"


def _said(text: Text, site: Site, language: str) -> str:
    if isinstance(text, str):
        return text
    return text.get(language) or text.get(site.language) or next(iter(text.values()), "")


def _on_board(site: Site, field: str, otherwise: Text, language: str) -> str:
    """What the page's name board says, else what describes the page."""
    boards = (block.values.get(field) for block in site.blocks if block.type == "name-board")
    text: Text = next((said for said in boards if said), otherwise)
    return _said(text, site, language) if text else ""


def _shortened(line: str) -> str:
    """Cut between words, where a line is longer than a line can be."""
    if len(line) <= _LONGEST_LINE:
        return line
    return f"{line[:_LONGEST_LINE].rpartition(' ')[0] or line[:_LONGEST_LINE]}…"


def _colours(workspace: Workspace, site: Site | None) -> Colours:
    if site is None:
        return colours_of(workspace.accent, workspace.background)
    seen = style(look_of(site)).light
    return colours_of(site.brand or seen.accent, seen.bg)


def _written(ink: Ink) -> str:
    """The ink as styles are told it."""
    shares = " ".join(f"{100 * share:g}" for share in ink.cmyk)
    return f"spot({ink.spot}; {shares})" if ink.spot else f"cmyk({shares})"
