"""A page on the home screen of a phone: the web manifest, and an icon made of the page's first letter.

Source: W3C, Web Application Manifest, 1 (members); SVG 1.1.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scanly.qr.outline import tile
from scanly.qr.writers.svg import absolute
from scanly.sites.beside.lettering import fitted, initial

if TYPE_CHECKING:
    from scanly.media.model import Picture
    from scanly.sites.look.palette import Palette
    from scanly.sites.page import Page

MANIFEST_MIME = "application/manifest+json"
ICON_MIME = "image/svg+xml"
_SIDE = 128
_ROUNDEST = 24
_SHORT_CHARACTERS = 12
_ICON_KINDS = {"png": "image/png", "webp": "image/webp", "svg": "image/svg+xml"}


def manifest(page: Page, palette: Palette, logo: Picture | None = None) -> bytes:
    """The file: what the page is called, where it begins, its colours and icons."""
    site, path = page.facts, page.setting.path
    title = str(page.phrase(site.title))
    found: dict[str, Any] = {
        "name": title,
        "short_name": _short(title),
        "lang": page.language,
        "dir": page.direction,
        "id": f"{path}/",
        "start_url": page.address.removeprefix(page.setting.base),
        "scope": path or "/",
        "display": "minimal-ui",
        "background_color": palette.bg,
        "theme_color": palette.accent,
        "icons": [*_logo_icons(logo), {"src": page.own("icon.svg"), "sizes": "any", "type": ICON_MIME}],
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def _short(title: str) -> str:
    """As many whole words as a home screen shows under an icon, at least the first."""
    words = title.split()
    while len(words) > 1 and len(" ".join(words)) > _SHORT_CHARACTERS:
        words.pop()
    return " ".join(words)


def _logo_icons(logo: Picture | None) -> Sequence[dict[str, str]]:
    """The logo in its sizes, where it is as wide as high."""
    if logo is None or logo.width != logo.height:
        return ()
    return [
        {
            "src": f"/media/{one.file}",
            "sizes": "any" if one.kind == "svg" else f"{one.width}x{one.height}",
            "type": _ICON_KINDS[one.kind],
        }
        for one in logo.variants
        if one.kind in _ICON_KINDS
    ]


def icon(title: str, slug: str, palette: Palette, corners: int) -> bytes:
    """The first letter of ``title``, else of ``slug``, on the accent colour, as SVG. ``corners`` go from 0 to 24."""
    radius = _SIDE / 2 * corners / _ROUNDEST
    ground = absolute(tile(0, 0, _SIDE, radius))
    words = fitted(
        initial(title) or initial(slug), _SIDE * 0.62, largest_px=_SIDE * 0.66, smallest_px=8, lines=1
    )
    letter = ""
    if words:
        outlines = words.outlines(_SIDE / 2, (_SIDE - words.top_px - words.bottom_px) / 2, "middle")
        letter = f'<path fill="{palette.on_accent}" d="{outlines}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE} {_SIDE}">'
        f'<path fill="{palette.accent}" d="{ground}"/>{letter}</svg>'
    ).encode()
