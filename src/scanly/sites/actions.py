"""What people can do with sites: publish, take off, go back, plan, invite; each is one transaction."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec

from scanly.accounts.policy import permitted
from scanly.core.errors import Conflict, Invalid, NotFound, Problem
from scanly.core.events import Event, SitePublished, SiteUnpublished
from scanly.core.ids import WorkspaceId, show
from scanly.core.secrets import kept
from scanly.core.text import has_control, nearest
from scanly.db.engine import Connection
from scanly.db.sequence import in_commit_order
from scanly.links import hosts, passwords
from scanly.sites import store
from scanly.sites.model import Guest, Known, Plan, Publication, Release, Show, Site
from scanly.sites.page import Setting
from scanly.sites.render import render
from scanly.work import store as outbox
from scanly.work.call import Call

HASH_CHARACTERS = 16
_MAX_NAME = 80
_LOCK = "sites"


class Order(msgspec.Struct, frozen=True):
    """A site to be published: what was read, the file itself, and its pictures by the names of their files.

    ``front`` makes it the page of the whole host. ``password`` None leaves it as it is, "" takes it off.
    """

    site: Site
    source: str
    pictures: dict[str, Any] = {}
    host: str = hosts.DEFAULT
    front: bool | None = None
    password: str | None = None


class Shown(msgspec.Struct, frozen=True):
    """A site with what of it is live now and what comes next."""

    site: Known
    release: Release | None
    plans: tuple[Plan, ...]


def release_hash(site: Site, pictures: Mapping[str, Any]) -> str:
    """What names a release: 16 hexadecimal digits of its content."""
    content = msgspec.json.encode([site, msgspec.to_builtins(pictures)], order="sorted")
    return hashlib.sha256(content).hexdigest()[:HASH_CHARACTERS]


@permitted("site.publish")
async def publish(call: Call, workspace_id: WorkspaceId, order: Order) -> Shown:
    """Makes it what visitors see, at once. Raises Invalid, or Conflict when the address is somebody else's.

    It is rendered in every language before: a page that cannot be drawn never takes the place of one that can.
    """
    draw_all(order.site, order.pictures, call.now_ms)
    kept = _password_column(order.password)
    host = hosts.canonical(order.host) if order.host else hosts.DEFAULT
    if order.front and host == hosts.DEFAULT:
        raise Invalid.field("front", "needs a host.", hint="Say which with --host shop.example.com.")
    async with call.db.write() as connection:
        await in_commit_order(connection, _LOCK)
        site = await _site_for(connection, call, workspace_id, host, order.site.slug)
        site = await _settle(connection, call, workspace_id, site)
        release = await _keep(connection, call, workspace_id, site, order)
        front = site.front if order.front is None else order.front
        if front and not site.front:
            await _take_front(connection, workspace_id, host)
        changes = {"release_id": release.id, "front": front, "changed_ms": call.now_ms} | kept
        await store.edit_site(connection, workspace_id, site.id, changes)
        await _note(connection, call, workspace_id, site, release, "publish")
    return await show_site(call, workspace_id, host=host, slug=order.site.slug)


def draw_all(site: Site, pictures: Mapping[str, Any], now_ms: int) -> None:
    """Raises Invalid when the site cannot be drawn in one of its languages, with what it shows at other times."""
    from scanly.media.model import Picture

    kept = {
        name: msgspec.convert(picture, Picture, from_attributes=True) for name, picture in pictures.items()
    }
    blocks = tuple(msgspec.structs.replace(block, hidden=False, show=Show()) for block in site.blocks)
    whole = msgspec.structs.replace(site, blocks=blocks)
    for language in site.languages:
        render(whole, Setting(language, now_ms, "https://example.com", f"/s/{site.slug}", kept))


@permitted("site.schedule")
async def schedule(call: Call, workspace_id: WorkspaceId, order: Order, at_ms: int) -> Shown:
    """Makes it what visitors see from ``at_ms`` on. Raises as `publish`, and Invalid for the past."""
    draw_all(order.site, order.pictures, call.now_ms)
    host = hosts.canonical(order.host) if order.host else hosts.DEFAULT
    async with call.db.write() as connection:
        await in_commit_order(connection, _LOCK)
        site = await _site_for(connection, call, workspace_id, host, order.site.slug)
        site = await _settle(connection, call, workspace_id, site)
        release = await _keep(connection, call, workspace_id, site, order)
        await _plan(connection, call, workspace_id, site, release.id, at_ms)
    return await show_site(call, workspace_id, host=host, slug=order.site.slug)


@permitted("site.unpublish")
async def unpublish(
    call: Call, workspace_id: WorkspaceId, *, host: str, slug: str, at_ms: int | None = None
) -> Shown:
    """Takes it off, at once or at a moment; its releases stay. Raises NotFound."""
    async with call.db.write() as connection:
        await in_commit_order(connection, _LOCK)
        site = await _settle(
            connection, call, workspace_id, await _find(connection, workspace_id, host, slug)
        )
        if at_ms is not None:
            await _plan(connection, call, workspace_id, site, None, at_ms)
        else:
            changes = {"release_id": None, "changed_ms": call.now_ms}
            await store.edit_site(connection, workspace_id, site.id, changes)
            await _note(connection, call, workspace_id, site, None, "unpublish")
    return await show_site(call, workspace_id, host=host, slug=slug)


@permitted("site.publish")
async def roll_back(call: Call, workspace_id: WorkspaceId, *, host: str, slug: str, to: str = "") -> Shown:
    """Makes an earlier release live again: that whose hash begins with ``to``, else the one before. Raises NotFound."""
    async with call.db.write() as connection:
        await in_commit_order(connection, _LOCK)
        site = await _settle(
            connection, call, workspace_id, await _find(connection, workspace_id, host, slug)
        )
        release = await _earlier(connection, workspace_id, site, to)
        changes = {"release_id": release.id, "changed_ms": call.now_ms}
        await store.edit_site(connection, workspace_id, site.id, changes)
        await _note(connection, call, workspace_id, site, release, "rollback")
    return await show_site(call, workspace_id, host=host, slug=slug)


@permitted("site.schedule")
async def drop_plans(call: Call, workspace_id: WorkspaceId, *, host: str, slug: str) -> int:
    """Forgets what is planned; how many plans there were. Raises NotFound."""
    async with call.db.write() as connection:
        await in_commit_order(connection, _LOCK)
        site = await _settle(
            connection, call, workspace_id, await _find(connection, workspace_id, host, slug)
        )
        planned = await store.list_plans(connection, workspace_id, site.id)
        await store.drop_plans(connection, workspace_id, site.id, [plan.id for plan in planned])
        await store.touch_site(connection, workspace_id, site.id)
    return len(planned)


@permitted("site.show")
async def show_site(call: Call, workspace_id: WorkspaceId, *, host: str, slug: str) -> Shown:
    """Raises NotFound that names the nearest one."""
    async with call.db.read() as connection:
        site = await _find(connection, workspace_id, host, slug)
        return await _shown(connection, call, workspace_id, site)


@permitted("site.list")
async def list_sites(call: Call, workspace_id: WorkspaceId) -> list[Shown]:
    async with call.db.read() as connection:
        known = await store.list_sites(connection, workspace_id)
        return [await _shown(connection, call, workspace_id, site) for site in known]


@permitted("site.show")
async def history(call: Call, workspace_id: WorkspaceId, *, host: str, slug: str) -> list[Publication]:
    """What became live, the latest first, with what was planned up to now. Raises NotFound."""
    async with call.db.read() as connection:
        site = await _find(connection, workspace_id, host, slug)
        past = await store.list_publications(connection, workspace_id, site.id)
        plans = await store.list_plans(connection, workspace_id, site.id)
    due = [_as_publication(plan) for plan in plans if plan.at_ms <= call.now_ms]
    return sorted([*past, *due], key=lambda each: (each.at_ms, each.id), reverse=True)


@permitted("site.invite")
async def invite(
    call: Call, workspace_id: WorkspaceId, *, host: str, slug: str, name: str, expires_ms: int | None
) -> str:
    """The token of an invitation, which is shown once. Raises NotFound, Invalid."""
    if not name.strip() or len(name) > _MAX_NAME or has_control(name):
        raise Invalid.field("name", f"needs 1 to {_MAX_NAME} visible characters.")
    if expires_ms is not None and expires_ms <= call.now_ms:
        raise Invalid.field("expires", "is in the past.", hint="Give a later moment.")
    token = secrets.token_urlsafe(16)
    guest = Guest(call.make_id(), name.strip(), expires_ms, call.now_ms)
    async with call.db.write() as connection:
        site = await _find(connection, workspace_id, host, slug)
        await store.invite(connection, workspace_id, site.id, guest, kept(token))
        await store.touch_site(connection, workspace_id, site.id)
    return token


@permitted("site.show")
async def list_guests(call: Call, workspace_id: WorkspaceId, *, host: str, slug: str) -> list[Guest]:
    """Who is invited. Raises NotFound."""
    async with call.db.read() as connection:
        site = await _find(connection, workspace_id, host, slug)
        return await store.list_guests(connection, workspace_id, site.id)


@permitted("site.invite")
async def uninvite(call: Call, workspace_id: WorkspaceId, *, host: str, slug: str, name: str) -> None:
    """Takes invitations of that name back. Raises NotFound."""
    async with call.db.write() as connection:
        site = await _find(connection, workspace_id, host, slug)
        if not await store.drop_guest(connection, workspace_id, site.id, name):
            invited = [guest.name for guest in await store.list_guests(connection, workspace_id, site.id)]
            raise NotFound(f'Nobody named "{name}" is invited.', hint=nearest(name, invited))
        await store.touch_site(connection, workspace_id, site.id)


def _password_column(password: str | None) -> dict[str, str | None]:
    if password is None:
        return {}
    return {"password": passwords.keep(password) if password else None}


async def _find(connection: Connection, workspace_id: WorkspaceId, host: str, slug: str) -> Known:
    site = await store.find_site(connection, workspace_id, host, slug)
    if site is None:
        known = [each.slug for each in await store.list_sites(connection, workspace_id)]
        raise NotFound(f'There is no site "{slug}".', hint=nearest(slug, known) or 'Run "scanly site list".')
    return site


async def _site_for(
    connection: Connection, call: Call, workspace_id: WorkspaceId, host: str, slug: str
) -> Known:
    """The site at an address, made when nobody has one there. Raises Conflict."""
    site = await store.find_site(connection, workspace_id, host, slug)
    if site is not None:
        return site
    if await store.is_taken_anywhere(connection, host, slug):
        raise Conflict(
            str(
                Problem(
                    "site",
                    f'"{slug}" is taken on this host.',
                    "Choose another name in the file's first line.",
                )
            )
        )
    site = Known(call.make_id(), host, slug, created_ms=call.now_ms, changed_ms=call.now_ms)
    await store.add_site(connection, workspace_id, site)
    return site


async def _take_front(connection: Connection, workspace_id: WorkspaceId, host: str) -> None:
    """A host has one front: ours give way to each other, another workspace's does not."""
    for owner, site_id in await store.fronts_anywhere(connection, host):
        if owner != workspace_id:
            raise Conflict(f"{host} shows another workspace's page.", hint="Publish it without --front.")
        await store.edit_site(connection, workspace_id, site_id, {"front": False})


async def _keep(
    connection: Connection, call: Call, workspace_id: WorkspaceId, site: Known, order: Order
) -> Release:
    hash_ = release_hash(order.site, order.pictures)
    release = Release(call.make_id(), hash_, order.source, order.site, order.pictures, call.now_ms)
    kept = await store.keep_release(connection, workspace_id, site.id, release)
    return msgspec.structs.replace(release, id=kept)


async def _settle(connection: Connection, call: Call, workspace_id: WorkspaceId, site: Known) -> Known:
    """The site after the plans that are due, which become history."""
    due = [p for p in await store.list_plans(connection, workspace_id, site.id) if p.at_ms <= call.now_ms]
    for plan in due:
        await store.note_publication(connection, workspace_id, site.id, _as_publication(plan))
        site = msgspec.structs.replace(site, release_id=plan.release_id)
    if due:
        await store.drop_plans(connection, workspace_id, site.id, [plan.id for plan in due])
        await store.edit_site(connection, workspace_id, site.id, {"release_id": site.release_id})
    return site


def _as_publication(plan: Plan) -> Publication:
    what = "publish" if plan.release_id is not None else "unpublish"
    return Publication(plan.id, plan.release_id, plan.at_ms, plan.who, f"{what} as planned", plan.hash)


async def _plan(
    connection: Connection,
    call: Call,
    workspace_id: WorkspaceId,
    site: Known,
    release_id: int | None,
    at_ms: int,
) -> None:
    if at_ms <= call.now_ms:
        raise Invalid.field("at", "is in the past.", hint="Give a later moment.")
    plan = Plan(call.make_id(), release_id, at_ms, call.who.name)
    await store.add_plan(connection, workspace_id, site.id, plan)
    await store.touch_site(connection, workspace_id, site.id)


async def _note(
    connection: Connection,
    call: Call,
    workspace_id: WorkspaceId,
    site: Known,
    release: Release | None,
    what: str,
) -> None:
    """History and outbox."""
    release_id, hash_ = (release.id, release.hash) if release else (None, "")
    published = Publication(call.make_id(), release_id, call.now_ms, call.who.name, what, hash_)
    await store.note_publication(connection, workspace_id, site.id, published)
    fact: Event = SiteUnpublished(site.id, site.host, site.slug)
    if release:
        fact = SitePublished(site.id, site.host, site.slug, hash_)
    await outbox.put(connection, workspace_id, {show(published.id): fact}, call.now_ms)


async def _earlier(connection: Connection, workspace_id: WorkspaceId, site: Known, to: str) -> Release:
    if to:
        found = await store.find_releases(connection, workspace_id, site.id, to)
        if len(found) != 1:
            message = (
                f'No release of "{site.slug}" begins with "{to}".'
                if not found
                else f'Several begin with "{to}".'
            )
            raise NotFound(message, hint=f"See: scanly site history {site.slug}")
        return found[0]
    past = await store.list_publications(connection, workspace_id, site.id)
    for each in past:
        if each.release_id is not None and each.release_id != site.release_id:
            release = await store.get_release(connection, workspace_id, each.release_id)
            if release is not None:
                return release
    raise NotFound(f'There is no earlier release of "{site.slug}".', hint="Nothing was changed.")


async def _shown(connection: Connection, call: Call, workspace_id: WorkspaceId, site: Known) -> Shown:
    planned = await store.list_plans(connection, workspace_id, site.id)
    for plan in planned:
        if plan.at_ms <= call.now_ms:
            site = msgspec.structs.replace(site, release_id=plan.release_id)
    release = None
    if site.release_id is not None:
        release = await store.get_release(connection, workspace_id, site.release_id)
    coming = tuple(plan for plan in planned if plan.at_ms > call.now_ms)
    return Shown(site, release, coming)
