"""Which part of a site a path asks for: the page in a language, a file, a counted link or a form."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

What = Literal["page", "file", "go", "form"]
_SITE = re.compile(rb"/s/([A-Za-z0-9][A-Za-z0-9_-]{0,63})(/.*)?", re.DOTALL)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
_BLOCK = "[a-z0-9][a-z0-9-]{0,63}"
_FILE = re.compile(rf"contact\.vcf|card\.png|manifest\.webmanifest|icon\.svg|{_BLOCK}\.ics")
_GO = re.compile(rf"go/({_BLOCK}/[a-z0-9]{{1,32}})")
_FORM = re.compile(rf"forms/({_BLOCK})")


class Wanted(NamedTuple):
    """What is asked for. ``name`` is the language of a page (empty for the first), the name of a file, the block and
    key of a link, or the block of a form; ``slash`` when a slash too many ends the path."""

    what: What
    name: str
    slash: bool = False


def site_of(path: bytes) -> tuple[str, str] | None:
    """The slug in ``/s/slug/…`` and what follows it."""
    found = _SITE.fullmatch(path)
    return (found[1].decode(), (found[2] or b"").decode("ascii", "replace")) if found else None


def read(rest: str) -> Wanted | None:
    """What a path asks of a site; ``rest`` follows the site's own path and is empty or begins with a slash."""
    if rest in ("", "/"):
        return Wanted("page", "", slash=rest == "/")
    inside = rest.removeprefix("/")
    bare = inside.removesuffix("/")
    if _LANGUAGE.fullmatch(bare):
        return Wanted("page", bare, slash=inside != bare)
    if _FILE.fullmatch(inside):
        return Wanted("file", inside)
    if found := _GO.fullmatch(inside):
        return Wanted("go", found[1])
    if found := _FORM.fullmatch(inside):
        return Wanted("form", found[1])
    return None
