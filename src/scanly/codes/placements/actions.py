"""What people can do with the register of printed things; each is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scanly.accounts.policy import permitted
from scanly.codes.placements import store
from scanly.codes.placements.details import Details, with_details
from scanly.codes.placements.model import Filter, Placement
from scanly.core.errors import Conflict, Invalid, NotFound, ScanlyError
from scanly.core.ids import LinkId, WorkspaceId
from scanly.db.engine import Connection
from scanly.links.address import Address, find_link
from scanly.links.model import Link
from scanly.links.store import get_links
from scanly.links.writing import alone, changed, write
from scanly.media.store import find_pictures
from scanly.work.call import Call


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall stand in the register of a link: ``changes`` as `read_details` made them; a ``name`` becomes the
    link's placement."""

    address: Address
    changes: Mapping[str, object]
    name: str | None = None


# A line as it was, if there was one, and as it is; or why it cannot be.
Outcome = tuple[Placement | None, Placement] | ScanlyError
_Refuse = Callable[[Address, Placement | None], None]


@permitted("placement.add")
async def add_placement(call: Call, workspace_id: WorkspaceId, wish: Wish) -> Placement:
    """Registers a link. Raises NotFound, Invalid, or Conflict for one that is registered or removed."""
    return await _register_one(call, workspace_id, wish, _refuse_known)


@permitted("placement.edit")
async def edit_placement(call: Call, workspace_id: WorkspaceId, wish: Wish) -> Placement:
    """Changes a line of the register. Raises NotFound, Invalid, or Conflict for a removed one."""
    return await _register_one(call, workspace_id, wish, _refuse_unknown)


@permitted("placement.add")
async def keep_placements(call: Call, workspace_id: WorkspaceId, wishes: Sequence[Wish]) -> list[Outcome]:
    """Registers links, or changes their lines; what is wrong with one stands in its place and stops no other."""
    async with alone(call) as connection:
        return await _register(connection, call, workspace_id, wishes, _refuse_removed)


@permitted("placement.add")
async def add_placements(call: Call, workspace_id: WorkspaceId, new: Mapping[LinkId, Details]) -> None:
    """Registers links of this workspace that have just been made; those in the register stay as they are."""
    async with call.db.write() as connection:
        await store.add_placements(connection, workspace_id, new, call.now_ms)


@permitted("placement.show")
async def show_placement(call: Call, workspace_id: WorkspaceId, address: Address) -> Placement:
    """Also a removed one. Raises NotFound."""
    async with call.db.read() as connection:
        return await _find(connection, workspace_id, address)


@permitted("placement.list")
async def list_placements(call: Call, workspace_id: WorkspaceId, wanted: Filter) -> list[Placement]:
    async with call.db.read() as connection:
        return await store.list_placements(connection, workspace_id, wanted)


@permitted("placement.list")
async def count_placements(call: Call, workspace_id: WorkspaceId, wanted: Filter) -> int:
    """How many the filter finds, whatever its limit."""
    async with call.db.read() as connection:
        return await store.count_placements(connection, workspace_id, wanted)


@permitted("placement.remove")
async def remove_placement(call: Call, workspace_id: WorkspaceId, address: Address) -> Placement:
    """Takes a line out of the register, where it can be put back; its link goes on working. Raises NotFound."""
    return await _set_removed(call, workspace_id, address, removed_ms=call.now_ms)


@permitted("placement.restore")
async def restore_placement(call: Call, workspace_id: WorkspaceId, address: Address) -> Placement:
    """Puts a removed line back. Raises NotFound."""
    return await _set_removed(call, workspace_id, address, removed_ms=None)


async def _set_removed(
    call: Call, workspace_id: WorkspaceId, address: Address, *, removed_ms: int | None
) -> Placement:
    async with call.db.write() as connection:
        before = await _find(connection, workspace_id, address)
        if (before.removed_ms is None) == (removed_ms is None):
            return before
        await store.set_removed(connection, workspace_id, before.link_id, removed_ms, call.now_ms)
        return await _find(connection, workspace_id, address)


async def _find(connection: Connection, workspace_id: WorkspaceId, address: Address) -> Placement:
    link = await find_link(connection, workspace_id, address)
    found = (await store.get_placements(connection, workspace_id, [link.id])).get(link.id)
    if found is None:
        raise _unregistered(address)
    return found


async def _register_one(call: Call, workspace_id: WorkspaceId, wish: Wish, refuse: _Refuse) -> Placement:
    async with alone(call) as connection:
        await find_link(connection, workspace_id, wish.address)
        (outcome,) = await _register(connection, call, workspace_id, [wish], refuse)
    if isinstance(outcome, ScanlyError):
        raise outcome
    return outcome[1]


@dataclass(frozen=True, slots=True)
class _Known:
    """What there is of what wishes speak of: links by address, lines by link, names of pictures."""

    links: Mapping[tuple[str, str], Link]
    lines: Mapping[LinkId, Placement]
    pictures: frozenset[str]

    def decided(self, call: Call, wish: Wish, refuse: _Refuse) -> tuple[Link, Link, Details]:
        """The wish's link as it is and as it shall be, and its details. Raises what is wrong with the wish."""
        link = self.links.get((wish.address.host, wish.address.code))
        if link is None:
            raise NotFound(f'There is no code "{wish.address}".', hint="Check its spelling; capitals count.")
        line = self.lines.get(link.id)
        refuse(wish.address, line)
        if link.removed_ms is not None and (line is None or wish.name is not None):
            hint = f"Bring it back first: scanly link restore {wish.address}."
            raise Conflict(f"The link {wish.address} is removed.", hint=hint)
        photo = wish.changes.get("photo")
        if photo and photo not in self.pictures:
            raise Invalid.field(
                "photo", f'"{photo}" is no picture of this workspace.', hint="See: scanly media list."
            )
        details = with_details(line.details if line else Details(), wish.changes)
        named = {} if wish.name is None else {"placement": wish.name}
        return link, changed(call, link, named, frozenset()), details


@dataclass(slots=True)
class _Written:
    """What is to be written."""

    links: list[tuple[Link, Link]] = field(default_factory=list)
    new: dict[LinkId, Details] = field(default_factory=dict)
    edited: dict[LinkId, Details] = field(default_factory=dict)

    def note(self, before: Link, after: Link, details: Details, line: Placement | None) -> None:
        self.links.append((before, after))
        if line is None:
            self.new[before.id] = details
        elif details != line.details:
            self.edited[before.id] = details


async def _register(
    connection: Connection, call: Call, workspace_id: WorkspaceId, wishes: Sequence[Wish], refuse: _Refuse
) -> list[Outcome]:
    """Writes what can be; each link is named once at most."""
    links = await get_links(
        connection, workspace_id, [(each.address.host, each.address.code) for each in wishes]
    )
    lines = await store.get_placements(connection, workspace_id, [link.id for link in links.values()])
    photos = [str(each.changes["photo"]) for each in wishes if each.changes.get("photo")]
    known = _Known(links, lines, frozenset(await find_pictures(connection, workspace_id, photos)))
    decided: list[LinkId | ScanlyError] = []
    written = _Written()
    for wish in wishes:
        try:
            before, after, details = known.decided(call, wish, refuse)
        except ScanlyError as error:
            decided.append(error)
        else:
            written.note(before, after, details, lines.get(before.id))
            decided.append(before.id)
    await write(connection, call, workspace_id, written.links, "edit")
    await store.add_placements(connection, workspace_id, written.new, call.now_ms)
    await store.edit_placements(connection, workspace_id, written.edited, call.now_ms)
    there = [each for each in decided if not isinstance(each, ScanlyError)]
    now = await store.get_placements(connection, workspace_id, there)
    return [each if isinstance(each, ScanlyError) else (lines.get(each), now[each]) for each in decided]


def _unregistered(address: Address) -> NotFound:
    return NotFound(
        f"{address} is not in the register.", hint=f"Put it there: scanly placement add {address}."
    )


def _refuse_removed(address: Address, line: Placement | None) -> None:
    if line is not None and line.removed_ms is not None:
        hint = f"Put it back first: scanly placement restore {address}."
        raise Conflict(f"{address} was taken out of the register.", hint=hint)


def _refuse_known(address: Address, line: Placement | None) -> None:
    _refuse_removed(address, line)
    if line is not None:
        raise Conflict(
            f"{address} is in the register already.", hint=f"Change it: scanly placement edit {address}."
        )


def _refuse_unknown(address: Address, line: Placement | None) -> None:
    _refuse_removed(address, line)
    if line is None:
        raise _unregistered(address)
