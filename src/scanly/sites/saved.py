"""A site as files that work anywhere: one document for each language, with its pictures inside."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from scanly.sites.model import Site
from scanly.sites.page import Setting
from scanly.sites.render import render

if TYPE_CHECKING:
    from scanly.media.model import Picture

_MEDIA = re.compile(rb"/media/([0-9a-f]{32}\.([a-z]+))")


def media_files(pictures: Mapping[str, Picture]) -> set[str]:
    """The names of all files that an export may show."""
    return {variant.file for picture in pictures.values() for variant in picture.variants}


def export_site(
    site: Site,
    pictures: Mapping[str, Picture],
    files: Mapping[str, bytes],
    now_ms: int,
    *,
    base: str,
    stem: str,
) -> dict[str, bytes]:
    """HTML by file name: ``stem.html`` for the first language, ``stem.hi.html`` for others, which lead to each other.

    ``files`` are the contents of `media_files`; ``base`` is where forms and files of the page are still found.
    """
    names = {tag: file_name(site, stem, tag) for tag in site.languages}
    found: dict[str, bytes] = {}
    for tag in site.languages:
        setting = Setting(tag, now_ms, base, f"/s/{site.slug}", pictures, mode="export", files=names)
        html = render(site, setting).html
        found[names[tag]] = _MEDIA.sub(lambda match: _inside(match, files), html)
    return found


def file_name(site: Site, stem: str, tag: str) -> str:
    """What the page of a language is called."""
    return f"{stem}.html" if tag == site.language else f"{stem}.{tag}.html"


def _inside(match: re.Match[bytes], files: Mapping[str, bytes]) -> bytes:
    from scanly.media.model import CONTENT_TYPES

    data = files.get(match[1].decode())
    if data is None:  # words of the owner's that look like one
        return match[0]
    return b"data:" + CONTENT_TYPES[match[2].decode()].encode() + b";base64," + base64.b64encode(data)
