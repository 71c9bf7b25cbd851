"""What a piece is about, read from what is kept: the link, the page it leads to, the workspace, the logo."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from scanly.accounts.model import Workspace
from scanly.core.errors import Invalid, NotFound
from scanly.links.actions import show_link
from scanly.links.address import Address
from scanly.links.hosts import BaseUrl
from scanly.links.model import Link
from scanly.media.model import Picture as Kept
from scanly.media.storage import Storage
from scanly.press.designs.subject import Subject, subject_of
from scanly.press.pictures.picture import Picture
from scanly.press.pictures.profile import Profile
from scanly.press.pictures.reading import read_picture
from scanly.qr.artwork import Inks
from scanly.qr.style import Style
from scanly.sites.actions import list_sites, show_site
from scanly.sites.model import Release
from scanly.work.call import Call

_SITE = "/s/"


@dataclass(frozen=True, slots=True)
class Choices:
    """What is chosen for a piece; empty is as the page or the workspace has it.

    ``call`` is the name of a call to action or any text, ``line`` any text in place of the page's. Pictures become
    ``inks``, by way of ``profile`` where there is one.
    """

    language: str = ""
    call: str = ""
    line: str = ""
    font: str = ""
    style: Style = field(default_factory=Style)
    inks: Inks = "cmyk"
    profile: Profile | None = None


async def read_subject(
    call: Call,
    workspace: Workspace,
    code: str,
    base_url: BaseUrl,
    media: Storage,
    choices: Choices | None = None,
) -> Subject:
    """What a piece for ``code`` (or ``host/code``) says. Raises NotFound, Invalid for a link that is closed and for
    what cannot be used, Forbidden, Unavailable."""
    choices = choices or Choices()
    link = await _link(call, workspace, code)
    if link.removed_ms is not None:
        hint = f"Open it again with: scanly link restore {link.code}."
        raise Invalid.field("code", f'"{link.code}" was removed, so it leads nowhere.', hint=hint)
    release = await _page_behind(call, workspace, link)
    subject = subject_of(
        workspace,
        link,
        release.site if release else None,
        base_url.short_url(link.host, link.code),
        language=choices.language,
        call=choices.call,
        logo=await _logo(logo_file(workspace, release), media, choices),
    )
    return replace(subject, line=choices.line or subject.line, font=choices.font, style=choices.style)


async def _link(call: Call, workspace: Workspace, code: str) -> Link:
    """Raises NotFound; where there is a page of that name, which has no link yet, with how to make one."""
    if "://" in code:
        alone = code.rstrip("/").rpartition("/")[2]
        raise Invalid.field(
            "code", f'"{code[:80]}" is a whole address.', hint=f"Give its code alone: {alone[:80]}"
        )
    try:
        return await show_link(call, workspace.id, Address.parse(code))
    except NotFound as error:
        if any(shown.site.slug == code for shown in await list_sites(call, workspace.id)):
            hint = f"It is the name of a page; give it one: scanly link add site:{code} --code {code}"
            raise NotFound(error.message, hint=hint) from error
        raise


def logo_file(workspace: Workspace, release: Release | None) -> str:
    """The file in media of the logo of a page, or else of the workspace; empty where there is none."""
    if release is None:
        return workspace.logo
    boards = (block.values.get("logo") for block in release.site.blocks if block.type == "name-board")
    said: dict[str, Any] | None = release.site.logo or next((logo for logo in boards if logo), None)
    kept = release.pictures.get(said["file"]) if said else None
    return msgspec.convert(kept, Kept).fallback.file if kept else workspace.logo


async def _page_behind(call: Call, workspace: Workspace, link: Link) -> Release | None:
    """What visitors see now of the site that a link leads to; None for other targets and where nothing is published."""
    parts = urlsplit(link.target)
    if parts.netloc or not parts.path.startswith(_SITE):
        return None
    slug = unquote(parts.path.removeprefix(_SITE).partition("/")[0])
    try:
        shown = await show_site(call, workspace.id, host=link.host, slug=slug)
    except NotFound:
        return None
    return shown.release


async def _logo(file: str, media: Storage, choices: Choices) -> Picture | None:
    data = await media.get(file) if file else None
    return await asyncio.to_thread(_read, file, data, choices) if data else None


def _read(name: str, data: bytes, choices: Choices) -> Picture:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return read_picture(path, inks=choices.inks, profile=choices.profile, field="logo")
