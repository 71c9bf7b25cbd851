"""The files beside a page, by name: its picture for sharing, icon, manifest, contact and calendar files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from scanly.sites.beside.calendar import MIME as CALENDAR_MIME
from scanly.sites.beside.calendar import Entry, calendar_file
from scanly.sites.beside.card import Card, draw_card
from scanly.sites.beside.contact import MIME as CONTACT_MIME
from scanly.sites.beside.contact import Contact, contact_file
from scanly.sites.beside.manifest import ICON_MIME, MANIFEST_MIME, icon, manifest
from scanly.sites.found.facts import Said
from scanly.sites.look.palette import Palette
from scanly.sites.look.themes import look_of, style
from scanly.sites.model import Block
from scanly.sites.page import Page
from scanly.sites.render import on_page
from scanly.sites.words.markup import to_plain

if TYPE_CHECKING:
    from scanly.media.model import Picture

_CARD, _CONTACT = "card.png", "contact.vcf"
_CALENDAR_ENDING = ".ics"


def picture_in(page: Page, name: str) -> str | None:
    """The kept file whose content a file shows, None where it shows none."""
    if name == _CARD:
        shown = page.facts.picture or page.facts.logo or _board(page).get("logo") or _board(page).get("cover")
        return _plain(page, shown, ("png", "jpg"))
    block = _first(page, "contact") if name == _CONTACT else None
    return _plain(page, block.values.get("photo"), ("jpg",)) if block else None


def file_beside(
    page: Page, name: str, *, stamp_ms: int, photo: bytes | None = None
) -> tuple[str, bytes] | None:
    """The type and content of a file; None when the page has none of that name at this moment.

    ``stamp_ms`` is when the page was published, ``photo`` the content of the file that `picture_in` names.
    """
    if name.endswith(_CALENDAR_ENDING):
        return _event(page, name.removesuffix(_CALENDAR_ENDING), stamp_ms)
    draw = _FILES.get(name)
    return draw(page, photo) if draw else None


def _card(page: Page, photo: bytes | None) -> tuple[str, bytes]:
    site = page.facts
    palette, corners_px = _looks(page)
    card = Card(
        title=page.phrase(site.title),
        line=page.description,
        address=page.setting.base.partition("://")[2] + page.setting.path,
        slug=site.slug,
        palette=palette,
        corners=corners_px,
        rtl=page.direction == "rtl",
        photo=photo,
    )
    return "image/png", draw_card(card)


def _manifest(page: Page, _photo: bytes | None) -> tuple[str, bytes]:
    logo = page.facts.logo or _board(page).get("logo")
    return MANIFEST_MIME, manifest(page, _looks(page)[0], _kept(page, logo))


def _icon(page: Page, _photo: bytes | None) -> tuple[str, bytes]:
    return ICON_MIME, icon(page.phrase(page.facts.title), page.facts.slug, *_looks(page))


def _contact(page: Page, photo: bytes | None) -> tuple[str, bytes] | None:
    """The first contact on the page."""
    block = _first(page, "contact")
    if block is None:
        return None
    said = Said(page, block.values)
    texts = {name: said.text(name) for name in ("name", "phone", "email", "company", "address", "note")}
    url = said.text("website") or page.address
    return CONTACT_MIME, contact_file(Contact(**texts, title=said.text("role"), url=url, photo=photo))


def _event(page: Page, block_id: str, stamp_ms: int) -> tuple[str, bytes] | None:
    block = next((block for block in _blocks(page) if (block.id, block.type) == (block_id, "event")), None)
    if block is None:
        return None
    said = Said(page, block.values)
    host = page.setting.base.partition("://")[2]
    entry = Entry(
        uid=f"{block.id}.{page.facts.slug}@{host}",
        title=said.text("name"),
        start=_moment(said, "start"),
        end=_moment(said, "end") if said.yes("end") else None,
        place=said.text("place"),
        note=to_plain(said.text("note")),
        url=page.address,
    )
    return CALENDAR_MIME, calendar_file([entry], stamp_ms=stamp_ms)


def _moment(said: Said, name: str) -> int | date:
    found = said.page.moment(said.text(name))
    return found.day.day if found.whole_day else found.ms


def _blocks(page: Page) -> Iterator[Block]:
    """The blocks that are on the page now, those inside others, too."""
    for block in on_page(page):
        yield block
        if block.type == "two-up":
            for inside in cast("Iterable[dict[str, dict[str, Any]]]", block.values.values()):
                yield from (Block(f"{block.id}-{name}", name, values) for name, values in inside.items())


def _first(page: Page, block_type: str) -> Block | None:
    return next((block for block in _blocks(page) if block.type == block_type), None)


def _board(page: Page) -> dict[str, Any]:
    """What the name board holds."""
    board = _first(page, "name-board")
    return board.values if board else {}


def _looks(page: Page) -> tuple[Palette, int]:
    """The colours that the page has unless a visitor's device is dark, and its corners in pixels."""
    look = look_of(page.facts)
    return style(look).light, look.theme.radius_px if look.corners_px is None else look.corners_px


def _kept(page: Page, value: dict[str, Any] | None) -> Picture | None:
    return page.setting.pictures.get(value["file"]) if value else None


def _plain(page: Page, value: dict[str, Any] | None, kinds: tuple[str, ...]) -> str | None:
    """The file of a picture that every program opens, if it is of one of these kinds."""
    kept = _kept(page, value)
    return kept.fallback.file if kept and kept.fallback.kind in kinds else None


_FILES: dict[str, Callable[[Page, bytes | None], tuple[str, bytes] | None]] = {
    _CARD: _card,
    _CONTACT: _contact,
    "icon.svg": _icon,
    "manifest.webmanifest": _manifest,
}
