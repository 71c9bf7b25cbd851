"""What a funnel, a goal or an alert is about: everything, one code, one site, or the links that share a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args
from urllib.parse import unquote, urlsplit

from scanly.core.errors import Invalid, NotFound
from scanly.core.ids import LinkId, WorkspaceId
from scanly.core.text import nearest
from scanly.db.engine import Connection
from scanly.links import store as links
from scanly.links.address import Address, find_link
from scanly.links.model import Link
from scanly.links.watching.store import living_links
from scanly.sites import store as sites
from scanly.sites.model import Known

AboutKind = Literal["everything", "code", "tag", "campaign", "site"]
KINDS: tuple[AboutKind, ...] = get_args(AboutKind)


class About(NamedTuple):
    """``id`` is the link's or site's; ``text`` the tag or campaign."""

    kind: AboutKind = "everything"
    id: int = 0
    text: str = ""


EVERYTHING = About()


@dataclass(frozen=True, slots=True)
class Found:
    """What is meant, as it is now: its name for people, and the links and sites that belong to it.

    ``born_ms`` is when the oldest of them was made, None when there is none.
    """

    about: About
    title: str
    links: tuple[Link, ...] = ()
    sites: tuple[Known, ...] = ()

    @property
    def born_ms(self) -> int | None:
        return min((each.created_ms for each in (*self.links, *self.sites)), default=None)


async def named(connection: Connection, workspace_id: WorkspaceId, name: str) -> About:
    """What people mean by ``menu``, ``host/menu``, ``site:asha`` or ``/s/asha``: a code goes before a site.

    Raises NotFound that names the nearest.
    """
    if not name:
        return EVERYTHING
    said_site = name.startswith(("site:", "/s/"))
    address = Address.parse(name.removeprefix("site:").removeprefix("/s/"))
    if not said_site:
        link = await links.get_link(connection, workspace_id, address.host, address.code)
        if link is not None:
            return About("code", link.id)
    site = await sites.find_site(connection, workspace_id, address.host, address.code)
    if site is not None:
        return About("site", site.id)
    if said_site:
        known = await sites.list_sites(connection, workspace_id)
        near = nearest(address.code, [each.slug for each in known])
        raise NotFound(f'There is no site "{address}".', hint=near or 'Run "scanly site list".')
    return About("code", (await find_link(connection, workspace_id, address)).id)


async def chosen(
    connection: Connection, workspace_id: WorkspaceId, name: str, tag: str, campaign: str
) -> About:
    """What one of three options names; everything without any. Raises Invalid for two, and NotFound."""
    given = [each for each in (name, tag, campaign) if each]
    if len(given) > 1:
        raise Invalid("Name a code or site, a tag, or a campaign: only one of them.")
    if tag:
        return About("tag", text=tag)
    if campaign:
        return About("campaign", text=campaign)
    return await named(connection, workspace_id, name)


async def find_about(connection: Connection, workspace_id: WorkspaceId, about: About) -> Found:
    """The links and sites that are meant. Raises NotFound for a link that was removed."""
    match about.kind:
        case "everything":
            known = await links.list_links(connection, workspace_id, links.Filter())
            pages = await sites.list_sites(connection, workspace_id)
            return Found(about, "everything", tuple(known), tuple(pages))
        case "code":
            found = await living_links(connection, workspace_id, [LinkId(about.id)])
            if not found:
                raise NotFound("The code was removed.", hint="Bring it back: scanly link restore CODE.")
            return Found(about, title_of(found[0]), tuple(found))
        case "site":
            pages = await sites.list_sites(connection, workspace_id)
            mine = [each for each in pages if each.id == about.id]
            if not mine:
                raise NotFound("The site is no longer known.")
            return Found(about, f"site {title_of(mine[0])}", sites=tuple(mine))
        case "tag":
            known = await links.list_links(connection, workspace_id, links.Filter(tag=about.text))
            return Found(about, f"tag {about.text}", tuple(known))
        case "campaign":
            known = await links.list_links(connection, workspace_id, links.Filter(campaign=about.text))
            return Found(about, f"campaign {about.text}", tuple(known))


def title_of(thing: Link | Known) -> str:
    """``menu``, or ``go.example.com/menu`` for what is bound to a host."""
    name = thing.code if isinstance(thing, Link) else thing.slug
    return f"{thing.host}/{name}" if thing.host else name


def site_behind(link: Link, known: Sequence[Known]) -> Known | None:
    """The site that a link leads to by its target: a page of its own host, said without one."""
    parts = urlsplit(link.target)
    if parts.netloc or not parts.path.startswith("/s/"):
        return None
    slug = unquote(parts.path.split("/")[2])
    return next((site for site in known if (site.host, site.slug) == (link.host, slug)), None)


async def name_about(connection: Connection, workspace_id: WorkspaceId, about: About) -> str:
    """What is meant, in words, also when it is no longer there."""
    match about.kind:
        case "everything":
            return "everything"
        case "tag" | "campaign":
            return f"{about.kind} {about.text}"
        case "code":
            found = await living_links(connection, workspace_id, [LinkId(about.id)])
            return title_of(found[0]) if found else "a code that was removed"
        case "site":
            pages = await sites.list_sites(connection, workspace_id)
            return next((f"site {title_of(each)}" for each in pages if each.id == about.id), "a removed site")
