"""What people do with pictures: keep, find, list and remove them.

Files are stored before the row that names them and removed after it, so that a row's files are always there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from scanly.accounts.policy import permitted
from scanly.core.errors import Conflict, Invalid, NotFound, Problem
from scanly.core.ids import WorkspaceId
from scanly.core.text import nearest
from scanly.media import store
from scanly.media.files import content_hash, keep_files, read_picture
from scanly.media.model import Picture, check_name
from scanly.media.storage import Storage
from scanly.work.call import Call

_MOST_AT_ONCE = 2


@permitted("media.add")
async def keep(
    call: Call, workspace_id: WorkspaceId, storage: Storage, source: Path | bytes, name: str
) -> Picture:
    """Keeps a picture under ``name``, in place of one of that name; what is kept already is not made again.

    Raises Invalid, Unavailable.
    """
    check_name(name)
    data = source if isinstance(source, bytes) else await asyncio.to_thread(read_picture, source, name)
    async with call.db.read() as connection:
        known = (await store.find_pictures(connection, workspace_id, [name])).get(name)
    if known and known.hash == content_hash(data) and await storage.get(known.fallback.file) is not None:
        return known
    picture = await keep_files(storage, data, name)
    async with call.db.write() as connection:
        await store.keep_picture(connection, workspace_id, picture, call.now_ms)
    return picture


@permitted("media.import")
async def keep_many(
    call: Call,
    workspace_id: WorkspaceId,
    storage: Storage,
    folder: Path,
    names: Collection[str],
    progress: Callable[[int, int], None],
) -> dict[str, Picture]:
    """Keeps the files ``names`` below ``folder``, two at a time; ``progress`` gets how many are done, of how many.

    Raises Invalid with a problem for each that cannot be kept; the others are kept. Raises Forbidden, Unavailable.
    """
    wanted = sorted(set(names))
    kept: dict[str, Picture] = {}
    problems: list[Problem] = []
    room = asyncio.Semaphore(_MOST_AT_ONCE)

    async def one(name: str) -> None:
        async with room:
            try:
                check_name(name)
                path = await asyncio.to_thread(_below, folder, name)
                kept[name] = await keep(call, workspace_id, storage, path, name)
            except Invalid as error:
                problems.extend(error.problems)
            progress(len(kept) + len(problems), len(wanted))

    await asyncio.gather(*map(one, wanted))
    if problems:
        raise Invalid(problems=tuple(sorted(problems, key=lambda problem: problem.field)))
    return kept


def _below(folder: Path, name: str) -> Path:
    """The file of that name. Raises Invalid when it is not there, or when a link leads out of the folder."""
    path = folder / name
    if not path.is_file():
        known = (each.relative_to(folder).as_posix() for each in path.parent.glob("*") if each.is_file())
        raise Invalid.field(name, f"There is no such file in {folder}.", hint=nearest(name, known))
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Invalid.field(
            name, "is a link that leads out of its folder.", hint="Put the file itself there."
        )
    return path


@permitted("media.show")
async def find_pictures(call: Call, workspace_id: WorkspaceId, names: Collection[str]) -> dict[str, Picture]:
    """Those of ``names`` that are kept."""
    async with call.db.read() as connection:
        return await store.find_pictures(connection, workspace_id, names)


@permitted("media.list")
async def list_media(call: Call, workspace_id: WorkspaceId) -> list[Picture]:
    """By name."""
    async with call.db.read() as connection:
        return await store.list_pictures(connection, workspace_id)


@permitted("media.remove")
async def remove_media(
    call: Call,
    workspace_id: WorkspaceId,
    storage: Storage,
    name: str,
    *,
    shown: Mapping[str, str],
    force: bool = False,
) -> Picture:
    """Removes a picture and the files that no other picture has; ``shown`` says of a
    picture's name, or of a file's, where it is seen.

    Raises NotFound, or without ``force`` Conflict for one that is seen somewhere; then Unavailable (storage).
    """
    async with call.db.write() as connection:
        known = {picture.name: picture for picture in await store.list_pictures(connection, workspace_id)}
        if name not in known:
            hint = nearest(name, known) or "Run: scanly media list."
            raise NotFound(f'There is no picture "{name}".', hint=hint)
        picture = known[name]
        files = {each.file for each in picture.variants}
        where = sorted({shown[each] for each in {name, *files} & shown.keys()})
        if where and not force:
            hint = "Take it out there first, or remove it all the same with --force."
            raise Conflict(f"{name} is shown by {', '.join(where)}.", hint=hint)
        await store.remove_picture(connection, workspace_id, name)
        needed = await store.files_in_use_anywhere(connection, files)
    for file in sorted(files - needed):
        await storage.remove(file)
    return picture
